//! Rules about Rust files that need no compiler: module heads, length, silenced lints, unfinished code, purity.
//! Works on tokens, so that comments and strings never count as code. Does not judge names (see `names`).

use std::str::FromStr as _;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::{Finding, tree::Tree};

/// Most production lines in a file, and most lines of a file of tests.
pub const MOST_LINES: usize = 400;
/// As `MOST_LINES`, for a file that holds tests only.
pub const MOST_TEST_LINES: usize = 600;

/// Files that may be longer, each with its reason. The list may only shrink.
const LONGER: &[(&str, &str)] = &[];

/// Crates without any effect of their own.
const PURE: &[&str] = &["crates/kernel/src/", "crates/pack/src/"];
/// Modules of the standard library that have effects.
const EFFECTS: &[&str] = &["env", "fs", "net", "process", "thread"];

/// Every Rust file of the tree.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.rust() {
        findings.extend(head(path, text));
        findings.extend(length(path, text));
        match TokenStream::from_str(text) {
            Ok(tokens) => {
                findings.extend(silenced(path, tokens.clone()));
                if PURE.iter().any(|start| path.starts_with(start)) && !is_test_file(path) {
                    findings.extend(effects(path, tokens));
                }
            }
            Err(error) => findings.push(Finding::new(path, 0, format!("cannot be read as Rust: {error}"))),
        }
    }
    findings
}

/// Whether a file holds tests only.
pub fn is_test_file(path: &str) -> bool {
    path.contains("/tests/") || path.contains("/benches/") || path.ends_with("/tests.rs") || path.ends_with("_tests.rs")
}

/// A file opens by saying what it is for.
pub fn head(path: &str, text: &str) -> Option<Finding> {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let said = first.strip_prefix("//!").is_some_and(|rest| !rest.trim().is_empty());
    (!said)
        .then(|| Finding::new(path, 1, "opens without `//!`: say what it is for and what it deliberately does not do"))
}

/// Lines before the first inline module of tests.
pub fn production_lines(text: &str) -> usize {
    let lines: Vec<&str> = text.lines().collect();
    let tests = lines.iter().enumerate().position(|(i, line)| {
        // `#[cfg(test)] mod tests;` only names another file: what follows it is production code
        line.starts_with("#[cfg(test)]")
            && lines[i..].iter().map(|l| l.trim()).find(|l| l.contains("mod ")).is_some_and(|l| l.ends_with('{'))
    });
    tests.unwrap_or(lines.len())
}

/// A file stays short enough to be read in one go.
pub fn length(path: &str, text: &str) -> Option<Finding> {
    if LONGER.iter().any(|(long, _)| *long == path) {
        return None;
    }
    let (lines, most) =
        if is_test_file(path) { (text.lines().count(), MOST_TEST_LINES) } else { (production_lines(text), MOST_LINES) };
    (lines > most)
        .then(|| Finding::new(path, 0, format!("{lines} lines, at most {most}: split it by what it is about")))
}

/// Attributes and macros that silence a lint, a test or the question what should stand here.
pub fn silenced(path: &str, tokens: TokenStream) -> Vec<Finding> {
    let mut findings = Vec::new();
    walk(tokens, &mut |before, token, after| match (before, token, after) {
        (Some(TokenTree::Punct(p)), TokenTree::Group(group), _)
            if matches!(p.as_char(), '#' | '!') && group.delimiter() == Delimiter::Bracket =>
        {
            let Some(TokenTree::Ident(word)) = group.stream().into_iter().next() else {
                return;
            };
            let what = match word.to_string().as_str() {
                "should_panic" => "no #[should_panic]: assert the error itself",
                "ignore" => "no #[ignore]: a test runs or is deleted",
                "allow" => "no #[allow]: #[expect(.., reason = \"..\")] complains when it is stale",
                _ => return,
            };
            findings.push(Finding::new(path, group.span_open().start().line, what));
        }
        (_, TokenTree::Ident(word), Some(TokenTree::Punct(p)))
            if p.as_char() == '!' && (word == "todo" || word == "unimplemented") =>
        {
            findings.push(Finding::new(
                path,
                word.span().start().line,
                format!("no {word}!: an unfinished thing is not merged"),
            ));
        }
        _ => {}
    });
    findings
}

/// Uses of `std` modules that have effects, outside tests.
pub fn effects(path: &str, tokens: TokenStream) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tokens = flat(without_tests(tokens));
    for (i, (word, line)) in tokens.iter().enumerate() {
        if word != "std" || tokens.get(i + 1).is_none_or(|t| t.0 != ":") {
            continue;
        }
        let rest = &tokens[i + 3..];
        let named: Vec<&(String, usize)> = if rest.first().is_some_and(|t| t.0 == "{") {
            first_words_of_group(rest)
        } else {
            rest.first().into_iter().collect()
        };
        for (module, _) in named.into_iter().filter(|(m, _)| EFFECTS.contains(&m.as_str())) {
            findings.push(Finding::new(
                path,
                *line,
                format!("std::{module} in a pure crate: take the bytes or the value as an argument"),
            ));
        }
    }
    findings
}

/// The first word of each part of `{a::x, b, c::{d}}`.
fn first_words_of_group(tokens: &[(String, usize)]) -> Vec<&(String, usize)> {
    let mut depth = 0;
    let mut words = Vec::new();
    let mut at_start = false;
    for token in tokens {
        match token.0.as_str() {
            "{" => {
                depth += 1;
                at_start = depth == 1;
            }
            "}" => depth -= 1,
            "," => at_start = depth == 1,
            _ if at_start => {
                words.push(token);
                at_start = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    words
}

/// The tokens without items under `#[cfg(test)]`.
pub fn without_tests(tokens: TokenStream) -> TokenStream {
    let mut kept: Vec<TokenTree> = Vec::new();
    let mut skipping = false;
    for token in tokens {
        if skipping {
            let ends = match &token {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                TokenTree::Punct(p) => p.as_char() == ';',
                _ => false,
            };
            skipping = !ends;
            continue;
        }
        if let TokenTree::Group(group) = &token {
            let is_attribute = matches!(kept.last(), Some(TokenTree::Punct(p)) if p.as_char() == '#');
            if is_attribute && group.stream().to_string().replace(' ', "") == "cfg(test)" {
                kept.pop();
                skipping = true;
                continue;
            }
            let mut inner = proc_macro2::Group::new(group.delimiter(), without_tests(group.stream()));
            inner.set_span(group.span());
            kept.push(TokenTree::Group(inner));
        } else {
            kept.push(token);
        }
    }
    kept.into_iter().collect()
}

/// Words and punctuation with their lines; groups appear as `{`, `}` and so on. Comments of items (`#[doc]`) are left out.
pub fn flat(tokens: TokenStream) -> Vec<(String, usize)> {
    let mut out: Vec<(String, usize)> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let is_doc = matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(word)) if word == "doc");
                if is_doc && group.delimiter() == Delimiter::Bracket {
                    continue;
                }
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::None => ("", ""),
                };
                out.push((open.into(), group.span().start().line));
                out.extend(flat(group.stream()));
                out.push((close.into(), group.span().end().line));
            }
            other => out.push((other.to_string(), other.span().start().line)),
        }
    }
    out
}

/// Calls `see(before, token, after)` for every token, inside groups too.
fn walk(tokens: TokenStream, see: &mut impl FnMut(Option<&TokenTree>, &TokenTree, Option<&TokenTree>)) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (i, token) in tokens.iter().enumerate() {
        see(i.checked_sub(1).and_then(|b| tokens.get(b)), token, tokens.get(i + 1));
        if let TokenTree::Group(group) = token {
            walk(group.stream(), see);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> TokenStream {
        TokenStream::from_str(text).expect("a sample is Rust")
    }

    #[test]
    fn a_module_without_a_head_is_found() {
        assert!(head("a.rs", "//! What it is for.\nfn a() {}").is_none());
        assert!(head("a.rs", "// a comment\n//! late").is_some());
        assert!(head("a.rs", "//!\nfn a() {}").is_some());
    }

    #[test]
    fn a_long_file_is_found_and_tests_do_not_count() {
        let long = "fn a() {}\n".repeat(401);
        assert!(length("a.rs", &long).is_some());
        assert!(length("a/tests/b.rs", &long).is_none());
        let tested = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}", "fn a() {}\n".repeat(400));
        assert!(length("a.rs", &tested).is_none());
        let out_of_line = format!("#[cfg(test)]\nmod tests;\n{long}");
        assert!(length("a.rs", &out_of_line).is_some(), "a declaration must not hide what follows it");
    }

    #[test]
    fn silenced_and_unfinished_code_is_found() {
        for bad in [
            "#[should_panic] fn a() {}",
            "#[ignore] fn a() {}",
            "#[ignore = \"slow\"] fn a() {}",
            "#[allow(dead_code)] fn a() {}",
            "#![allow(dead_code)]",
            "mod m { fn a() { todo!() } }",
            "fn a() { unimplemented!(\"later\") }",
        ] {
            assert_eq!(silenced("a.rs", tokens(bad)).len(), 1, "{bad}");
        }
        let good = "// #[ignore] todo!()\n/// todo!()\n#[expect(dead_code, reason = \"x\")] fn a() { let allow = \"#[allow(x)] todo!\"; }";
        assert_eq!(silenced("a.rs", tokens(good)), []);
    }

    #[test]
    fn effects_in_a_pure_crate_are_found() {
        for bad in [
            "fn a() { std::fs::read(\"x\"); }",
            "use std::{collections::BTreeMap, env};",
            "use std::{a::{fs}, net::IpAddr};",
            "use ::std::thread;",
        ] {
            assert_eq!(effects("a.rs", tokens(bad)).len(), 1, "{bad}");
        }
        for good in [
            "use std::{collections::{self, env}, fmt};",
            "#[cfg(test)] mod tests { use std::fs; }",
            "fn a() { fs::b() }",
        ] {
            assert_eq!(effects("a.rs", tokens(good)), [], "{good}");
        }
    }
}
