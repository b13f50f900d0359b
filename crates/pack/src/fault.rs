//! Faults (毛病) of pack files as people see them: what is wrong, where exactly, and what to change. As text with the place
//! underlined, or as JSON. It does not look for faults; reading, merging and proving do.

use crate::finding::Finding;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceSpan};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

/// The texts of the files that faults point into, by name.
pub type Sources = BTreeMap<String, Arc<str>>;

/// Something in a pack that has to be changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The file, relative to `packs/`.
    pub file: String,
    /// The place as keys joined with dots, `action.transfer.assign`; empty for the file as a whole.
    pub path: String,
    /// The rule, as in machine output: `syntax`, `unknown`, `held` …
    pub rule: &'static str,
    /// What is wrong, in English.
    pub message: String,
    /// What is wrong, in Chinese.
    pub zh: String,
    /// What to change, in English.
    pub help: String,
    /// What to change, in Chinese.
    pub help_zh: String,
    /// The offending path, one link each.
    pub chain: Vec<String>,
    /// The bytes of the file that it is about.
    pub span: Option<Range<usize>>,
}

impl Fault {
    /// A fault without a chain.
    #[must_use]
    pub fn new(at: &Place, rule: &'static str, message: [&str; 2], help: [&str; 2]) -> Fault {
        let ([zh, en], [help_zh, help_en]) = (message.map(str::to_owned), help.map(str::to_owned));
        let (file, path, span) = (at.file.to_string(), at.path.clone(), at.span.clone());
        Fault { file, path, rule, message: en, zh, help: help_en, help_zh, chain: Vec::new(), span }
    }

    /// What a check found, at its place in a file.
    #[must_use]
    pub fn from_finding(finding: &Finding, at: &Place) -> Fault {
        let (message, help) = (&finding.message, &finding.help);
        let mut fault = Fault::new(at, finding.rule.id(), [&message.zh, &message.en], [&help.zh, &help.en]);
        fault.path.clone_from(&finding.path);
        fault.chain.clone_from(&finding.chain);
        fault
    }
}

/// A place in a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file.
    pub file: Arc<str>,
    /// The keys that lead there.
    pub path: String,
    /// The bytes.
    pub span: Option<Range<usize>>,
}

/// Line and column of a byte, both from 1; the column counts characters.
#[must_use]
pub fn line_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |n| n + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// All faults as text for people. `colour` only for a terminal.
#[must_use]
pub fn text(faults: &[Fault], sources: &Sources, colour: bool) -> String {
    let theme = if colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(WIDTH).with_links(false).with_context_lines(1);
    let mut out = String::new();
    for fault in faults {
        let mut one = String::new();
        let report = Report { source: source(fault, sources), fault };
        handler.render_report(&mut one, &report).expect("invariant: writing to a string does not fail");
        out.push_str(&in_characters(&one, fault, sources));
        out.push('\n');
    }
    // The renderer pads lines to the width of the frame; trailing blanks are noise in files and tests.
    out.lines().map(|l| format!("{}\n", l.trim_end())).collect()
}

/// All faults for programs: `[{file, line, column, path, rule, message, zh, help, help_zh, chain}]`.
#[must_use]
pub fn json(faults: &[Fault], sources: &Sources) -> serde_json::Value {
    let one = |f: &Fault| {
        let at = f.span.as_ref().zip(sources.get(&f.file)).map(|(span, text)| line_column(text, span.start));
        serde_json::json!({
            "file": f.file, "line": at.map(|a| a.0), "column": at.map(|a| a.1), "path": f.path, "rule": f.rule,
            "message": f.message, "zh": f.zh, "help": f.help, "help_zh": f.help_zh, "chain": f.chain,
        })
    };
    faults.iter().map(one).collect()
}

const WIDTH: usize = 110;

/// The renderer counts the column of the headline in bytes; editors count characters.
fn in_characters(report: &str, fault: &Fault, sources: &Sources) -> String {
    let at = fault.span.as_ref().zip(sources.get(&fault.file));
    let Some((text, start)) = at.map(|(span, text)| (text, span.start.min(text.len()))) else {
        return report.to_owned();
    };
    let (line, column) = line_column(text, start);
    let bytes = start - text[..start].rfind('\n').map_or(0, |n| n + 1) + 1;
    report.replacen(&format!(":{line}:{bytes}]"), &format!(":{line}:{column}]"), 1)
}

fn source(fault: &Fault, sources: &Sources) -> Option<NamedSource<String>> {
    fault.span.as_ref()?;
    let text = sources.get(&fault.file)?;
    Some(NamedSource::new(&fault.file, text.to_string()))
}

#[derive(Debug)]
struct Report<'a> {
    fault: &'a Fault,
    source: Option<NamedSource<String>>,
}

impl std::fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Fault { zh, message, .. } = self.fault;
        write!(f, "{zh}\n{message}")?;
        if self.source.is_none() {
            write!(f, "\n{} {}", self.fault.file, self.fault.path)?;
        }
        if !self.fault.chain.is_empty() {
            write!(f, "\n{}", self.fault.chain.join(" "))?;
        }
        Ok(())
    }
}

impl std::error::Error for Report<'_> {}

impl miette::Diagnostic for Report<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        Some(Box::new(self.fault.rule))
    }

    fn help<'a>(&'a self) -> Option<Box<dyn std::fmt::Display + 'a>> {
        let Fault { help, help_zh, .. } = self.fault;
        let both = if help_zh.is_empty() { help.clone() } else { format!("{help_zh}\n{help}") };
        (!both.is_empty()).then(|| Box::new(both) as Box<dyn std::fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source.as_ref().map(|s| s as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.fault.span.clone().filter(|_| self.source.is_some())?;
        let label = (!self.fault.path.is_empty()).then(|| self.fault.path.clone());
        let span = SourceSpan::new(span.start.into(), span.len());
        Some(Box::new(std::iter::once(LabeledSpan::new_with_span(label, span))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str, word: &str) -> (Fault, Sources) {
        let file: Arc<str> = "national/x/mechanism.toml".into();
        let start = text.find(word).expect("the word is there");
        let at = Place { file: file.clone(), path: "action.send.to".into(), span: Some(start..start + word.len()) };
        let fault = Fault::new(&at, "unknown", ["没有这个状态", "no such state"], ["写成 handling", "write handling"]);
        (fault, Sources::from([(file.to_string(), text.into())]))
    }

    #[test]
    fn the_place_is_underlined_under_chinese_text() {
        let line = "send = { label = { zh = \"转给承办单位\" }, to = \"handlng\" }";
        let (fault, sources) = fault(&format!("[action]\n{line}\n# 完"), "\"handlng\"");
        let shown = text(&[fault], &sources, false);
        let width =
            |s: &str| s.chars().map(|c| if c.is_ascii() || "│╭╰─┬·×".contains(c) { 1 } else { 2 }).sum::<usize>();
        let source_line = shown.lines().find(|l| l.contains("handlng")).expect("the line is shown");
        let under = shown.lines().find(|l| l.contains('┬')).expect("the underline is shown");
        let from = |l: &str, what: &str| width(l.split(what).next().unwrap_or_default());
        assert_eq!(from(source_line, "\"handlng\""), from(under, "─"), "\n{shown}");
        assert!(shown.contains("mechanism.toml:2:42"), "{shown}");
        assert!(!shown.contains('\u{1b}'), "no colour\n{shown}");
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn lines_and_columns_count_characters() {
        assert_eq!(line_column("甲\n乙丙x", "甲\n乙丙".len()), (2, 3));
        assert_eq!(line_column("a", 0), (1, 1));
    }

    #[test]
    fn programs_read_line_and_column() {
        let (fault, sources) = fault("甲 = 1\nto = \"handlng\"", "\"handlng\"");
        let json = json(&[fault], &sources);
        assert_eq!((json[0]["line"].as_u64(), json[0]["column"].as_u64()), (Some(2), Some(6)));
        assert_eq!(json[0]["rule"], "unknown");
    }
}
