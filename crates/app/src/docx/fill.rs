//! Words in double braces in the paragraphs of WordprocessingML. Word cuts a paragraph's text into runs as it likes, also in
//! the middle of a word in braces, so each paragraph is read as a whole; what it becomes stands in its first run.

/// The text of a paragraph's runs: where each begins and ends.
fn runs(paragraph: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = paragraph[at..].find("<w:t").map(|o| at + o) {
        let after = &paragraph[open + 4..];
        let Some(end) = after.find('>') else { break };
        at = open + 4 + end + 1;
        // `<w:tab/>`, `<w:tbl>` and the like begin the same.
        if !(after.starts_with('>') || after.starts_with(' ')) || after[..end].ends_with('/') {
            continue;
        }
        let Some(close) = paragraph[at..].find("</w:t>") else { break };
        found.push((at, at + close));
        at += close;
    }
    found
}

/// The innermost paragraphs: where each begins and ends.
fn paragraphs(xml: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(close) = xml[from..].find("</w:p>").map(|c| from + c) {
        let opens = [xml[from..close].rfind("<w:p>"), xml[from..close].rfind("<w:p ")];
        let end = close + "</w:p>".len();
        if let Some(open) = opens.into_iter().flatten().max() {
            found.push((from + open, end));
        }
        from = end;
    }
    found
}

fn text_of(paragraph: &str) -> String {
    runs(paragraph).into_iter().map(|(a, b)| &paragraph[a..b]).collect()
}

/// The words in braces of a text.
pub(super) fn names(xml: &str) -> Vec<String> {
    let all = paragraphs(xml).into_iter().map(|(a, b)| text_of(&xml[a..b]));
    all.flat_map(|t| {
        t.split("{{").skip(1).filter_map(|r| Some(r.split_once("}}")?.0.trim().to_owned())).collect::<Vec<_>>()
    })
    .collect()
}

/// Fills in; a word that means nothing stays as it is.
pub(super) fn fill(xml: &str, part: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    let mut out = String::with_capacity(xml.len());
    let mut from = 0;
    for (a, b) in paragraphs(xml) {
        out.push_str(&xml[from..a]);
        from = b;
        let paragraph = &xml[a..b];
        let text = text_of(paragraph);
        if !text.contains("{{") {
            out.push_str(paragraph);
            continue;
        }
        let alone = text.trim().strip_prefix("{{").and_then(|t| t.strip_suffix("}}")).and_then(|n| part(n.trim()));
        match alone {
            Some(lines) if lines.is_empty() => {
                // A cell of a table, a box or a header must keep one paragraph.
                if must_stay(&xml[b..]) || paragraph.contains("<w:sectPr") {
                    out.push_str(&with_text(paragraph, ""));
                }
            }
            Some(lines) => lines.iter().for_each(|l| out.push_str(&with_text(paragraph, &escaped(l)))),
            None => out.push_str(&with_text(paragraph, &inline(&text, part))),
        }
    }
    out.push_str(&xml[from..]);
    out
}

fn must_stay(after: &str) -> bool {
    ["</w:tc>", "</w:txbxContent>", "</w:hdr>", "</w:ftr>"].iter().any(|end| after.trim_start().starts_with(end))
}

/// Words in braces within other words.
fn inline(text: &str, part: &dyn Fn(&str) -> Option<Vec<String>>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let found = after.split_once("}}").and_then(|(name, after)| Some((part(name.trim())?, after)));
        match found {
            Some((lines, after)) => {
                out.push_str(&escaped(&lines.join(" ")));
                rest = after;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out + rest
}

/// The paragraph with another text, all of it in its first run.
fn with_text(paragraph: &str, text: &str) -> String {
    let mut out = String::new();
    let mut from = 0;
    for (n, (a, b)) in runs(paragraph).into_iter().enumerate() {
        out.push_str(&paragraph[from..a]);
        out.push_str(if n == 0 { text } else { "" });
        from = b;
    }
    out + &paragraph[from..]
}

/// As text of XML, without characters that XML has no place for.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => out.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str) -> Option<Vec<String>> {
        match name {
            "正文" => Some(vec!["一 & 二".into(), "三".into()]),
            "文号" => Some(Vec::new()),
            "抬头" => Some(vec!["某街道".into()]),
            _ => None,
        }
    }

    #[test]
    fn a_word_that_is_cut_into_runs_is_found_and_repeated() {
        let xml = "<w:p w:x=\"1\"><w:pPr><w:tabs/></w:pPr><w:r><w:t>{{正</w:t></w:r><w:r><w:tab/><w:t xml:space=\"preserve\">文}}</w:t></w:r></w:p>";
        let filled = fill(xml, &part);
        assert_eq!(filled.matches("<w:p ").count(), 2);
        assert!(filled.contains("<w:t>一 &amp; 二</w:t>") && filled.contains("<w:t>三</w:t>"), "{filled}");
        assert_eq!(names(xml), ["正文"]);
    }

    #[test]
    fn words_within_words_empty_parts_and_cells() {
        assert!(fill("<w:p><w:r><w:t>{{抬头}}文件 {{不是}}</w:t></w:r></w:p>", &part).contains("某街道文件 {{不是}}"));
        assert_eq!(fill("<w:p><w:r><w:t>{{文号}}</w:t></w:r></w:p>", &part), "");
        let cell = fill("<w:tc><w:p><w:r><w:t>{{文号}}</w:t></w:r></w:p></w:tc>", &part);
        assert_eq!(cell, "<w:tc><w:p><w:r><w:t></w:t></w:r></w:p></w:tc>");
    }
}
