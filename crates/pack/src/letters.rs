//! Letters (函件): a template of words and fields, checked when the pack is read and filled in when a letter is issued.
//! It does not number, sign or send letters, and decides nothing about who gets one.
//!
//! A template sees, all as text ready to print: `number` (of the matter), `letter_number` (文号, empty without a series),
//! `date` (of issue, as 2026年9月28日), `body` (who issues), `to` (who receives), `installation` (the name of the region's
//! site), `mechanism` (its name), `remedy` (what one may do against it), `kept` (how long the
//! matter is kept after its end; empty where nothing says it), `fields.ID` for every field that `letter.X.fields` lists, `counted.ID` (over which days, for a number
//! that the system counted), and `clocks.ID` with `due` (the
//! date) and `length` (such as 60 日) for every clock, and `votes.ID` for every vote that was opened: see [`tally`]. A field that
//! was not given is absent: write `{% if fields.ID is defined %}`.

pub mod tally;

use crate::fault::{Fault, Place};
use crate::near::nearest;
use kernel::mechanism::{Letter, Mechanism};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Steps of one letter; a loop over every field takes a few hundred.
const FUEL: u64 = 20_000;
/// Longest letter in bytes.
const LONGEST: usize = 200_000;
/// What every letter may name, apart from its fields and clocks.
pub const NAMES: [&str; 9] =
    ["body", "date", "installation", "kept", "letter_number", "mechanism", "number", "remedy", "to"];

/// What a letter is filled in with.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Context {
    /// The number of the matter.
    pub number: String,
    /// The number of the letter; empty where it has none.
    pub letter_number: String,
    /// The day of issue in words.
    pub date: String,
    /// The body that issues it.
    pub body: String,
    /// Whom it is addressed to.
    pub to: String,
    /// What the site is called.
    pub installation: String,
    /// What the mechanism is called.
    pub mechanism: String,
    /// What the person may do against it; empty where the action says nothing.
    pub remedy: String,
    /// How long the matter is kept after its end; empty where nothing says it.
    pub kept: String,
    /// The fields that the letter quotes, ready to print.
    pub fields: BTreeMap<String, String>,
    /// Of the numbers among them that the system counted: over which days.
    pub counted: BTreeMap<String, String>,
    /// The clocks that run.
    pub clocks: BTreeMap<String, ClockWords>,
    /// The votes that were opened.
    pub votes: BTreeMap<String, tally::TallyWords>,
}

/// A clock in words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct ClockWords {
    /// The day that counts.
    pub due: String,
    /// How long.
    pub length: String,
}

/// Why a letter could not be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the letter cannot be written, line {line}: {why}")]
pub struct LetterError {
    /// The line of the template, from 1; 0 if none is known.
    pub line: usize,
    /// What went wrong.
    pub why: String,
}

/// Fills in a template. A name that is not there is an error, never a blank; nothing is escaped, for this is text.
///
/// # Errors
/// A template that cannot be read, names what is not there, or does not come to an end.
pub fn render(template: &str, context: &Context) -> Result<String, LetterError> {
    let env = environment();
    let failed = |e: &minijinja::Error| LetterError { line: e.line().unwrap_or(0), why: e.to_string() };
    let text =
        env.render_str(template, minijinja::Value::from(minijinja::value::Serde(context))).map_err(|e| failed(&e))?;
    if text.len() > LONGEST {
        return Err(LetterError { line: 0, why: "it is far too long".into() });
    }
    Ok(text)
}

/// Checks the templates of a mechanism, each already in the place of its file name.
#[must_use]
pub fn check(mechanism: &Mechanism, files: &BTreeMap<String, Arc<str>>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (id, letter) in &mechanism.letter {
        let file = files.get(id).cloned().unwrap_or_else(|| id.as_str().into());
        check_one(mechanism, &format!("letter.{id}"), letter, &file, &mut faults);
    }
    faults
}

/// What a template prints: the names that it uses, such as `fields.what`. Nothing where it cannot be read.
#[must_use]
pub fn prints(template: &str) -> BTreeSet<String> {
    let env = environment();
    let read = env.template_from_str(template);
    read.map(|t| t.undeclared_variables(true).into_iter().collect()).unwrap_or_default()
}

fn check_one(mechanism: &Mechanism, path: &str, letter: &Letter, file: &Arc<str>, faults: &mut Vec<Fault>) {
    let env = environment();
    let text = letter.template.as_str();
    let at = |span| Place { file: file.clone(), path: path.to_owned(), span: Some(span) };
    let template = match env.template_from_str(text) {
        Ok(template) => template,
        Err(e) => {
            let span = line_span(text, e.line().unwrap_or(1));
            let said = e.detail().unwrap_or("it is not a template").to_owned();
            let help = ["检查 {{ }} 和 {% %} 是否成对", "look for an unpaired {{ }} or {% %}"];
            return faults.push(Fault::new(&at(span), "letter", ["函件模板写法不对", &said], help));
        }
    };
    let known = known(mechanism, letter);
    let mut named: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    named.sort();
    for name in named.iter().filter(|n| !known.contains(n.as_str())) {
        let whole = matches!(name.as_str(), "fields" | "clocks" | "counted");
        if whole {
            continue;
        }
        let found = text.find(name.as_str()).map_or(0..0, |start| start..start + name.len());
        faults.push(unknown(mechanism, letter, &at(found), name, &known));
    }
}

fn unknown(mechanism: &Mechanism, letter: &Letter, at: &Place, name: &str, known: &BTreeSet<String>) -> Fault {
    let message = [&*format!("函件里没有“{name}”可填"), &*format!("a letter has no `{name}`")];
    let field = name.strip_prefix("fields.").filter(|f| mechanism.field.contains_key(*f));
    let help = match (field, nearest(name, known.iter().map(String::as_str))) {
        (Some(f), _) if !letter.fields.iter().any(|l| l == f) => {
            [format!("先在这封函件的 fields 里列出“{f}”"), format!("list `{f}` in the letter's `fields` first")]
        }
        (_, Some(near)) => [format!("是不是想写“{near}”？"), format!("did you mean `{near}`?")],
        _ => {
            let all = known.iter().map(String::as_str).collect::<Vec<_>>();
            [format!("可以写：{}", all.join("、")), format!("there are: {}", all.join(", "))]
        }
    };
    Fault::new(at, "letter", message, [&help[0], &help[1]])
}

fn known(mechanism: &Mechanism, letter: &Letter) -> BTreeSet<String> {
    let fields = letter.fields.iter().map(|f| format!("fields.{f}"));
    let clocks = mechanism
        .clock
        .keys()
        .flat_map(|c| [format!("clocks.{c}"), format!("clocks.{c}.due"), format!("clocks.{c}.length")]);
    let counts = |f: &&String| mechanism.action.values().any(|a| a.counts.get(*f).is_some_and(|c| c.tally().is_some()));
    let counted = letter.fields.iter().filter(counts).map(|f| format!("counted.{f}"));
    let all = NAMES.into_iter().map(str::to_owned).chain(fields).chain(counted).chain(clocks);
    all.chain(tally::known(mechanism)).collect()
}

fn line_span(text: &str, line: usize) -> std::ops::Range<usize> {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let length = text[start.min(text.len())..].lines().next().map_or(0, str::len);
    start..start + length
}

fn environment<'a>() -> Environment<'a> {
    let mut env = Environment::new();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|_| AutoEscape::None);
    env.set_fuel(Some(FUEL));
    // A line that holds only a tag leaves no blank line in the letter.
    let syntax = SyntaxConfig::builder().keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true).build();
    env.set_syntax(syntax.expect("invariant: the usual delimiters are valid"));
    env
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        let clock = ClockWords { due: "2026年10月16日".into(), length: "15 日".into() };
        Context {
            number: "YX-2026-000017-3".into(),
            body: "某街道办事处".into(),
            fields: [("facts".to_owned(), "路灯不亮 <3 天>".to_owned())].into(),
            clocks: [("handle".to_owned(), clock)].into(),
            ..Context::default()
        }
    }

    #[test]
    fn a_letter_is_filled_in_and_nothing_escaped() {
        let template = "{{ body }}收到您反映的“{{ fields.facts }}”，{{ clocks.handle.due }}前答复。\n{% if fields.extra is defined %}\n另：{{ fields.extra }}\n{% endif %}\n";
        let text = render(template, &context()).expect("renders");
        assert_eq!(text, "某街道办事处收到您反映的“路灯不亮 <3 天>”，2026年10月16日前答复。\n");
    }

    #[test]
    fn what_is_not_there_is_an_error_with_its_line() {
        let error = render("甲\n{{ fields.no }}", &context()).expect_err("refused");
        assert_eq!(error.line, 2);
    }

    #[test]
    fn a_letter_comes_to_an_end() {
        let endless = "{% for a in range(9999) %}{% for b in range(9999) %}x{% endfor %}{% endfor %}";
        assert!(render(endless, &context()).is_err());
        assert!(render("{{ 'x' * 300000 }}", &context()).is_err());
    }
}
