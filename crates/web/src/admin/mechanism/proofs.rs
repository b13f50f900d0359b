//! The nine checks, each with what it looked at and what it found.

use crate::components::Tone;
use crate::components::tag::tag;
use crate::desk::words::say;
use crate::i18n::{Lang, t, tf};
use app::catalogue::{Proof, Worked};
use kernel::mechanism::{CLOCK, Mechanism, RAISER};
use maud::{Markup, html};

/// The section.
#[must_use]
pub fn proofs(lang: Lang, mechanism: &Mechanism, worked: Option<&Worked>, own: usize, all: &[Proof]) -> Markup {
    let found: usize = all.iter().map(|p| p.found.len()).sum();
    let sum = if found == 0 { "admin.check.all" } else { "admin.check.found" };
    html! { section.sec id="checks" { header { h2 { (t(lang, "admin.check.title")) } p { (tf(lang, sum, &[("n", &found.to_string())])) } }
        ol.checks.plain { @for proof in all.iter().filter(|p| p.rule > 0 || !p.found.is_empty()) { li {
            @if proof.found.is_empty() { (tag(Tone::Done, t(lang, "admin.check.passed"))) }
            @else { (tag(Tone::Warn, &tf(lang, "admin.check.found", &[("n", &proof.found.len().to_string())]))) }
            div {
                b { (t(lang, &format!("admin.check.{}", proof.rule))) }
                small { (t(lang, &format!("admin.check.{}_text", proof.rule))) }
                @if let Some(seen) = seen(lang, mechanism, worked, own, proof.rule) { small.seen { (seen) } }
                @for (what, help, chain) in &proof.found { div.note data-tone="warn" {
                    p { (say(lang, what)) } p.small { (say(lang, help)) }
                    @if !chain.is_empty() { details { summary { (t(lang, "admin.check.path")) } ol { @for link in chain { li { code lang="en" { (link) } } } } } }
                } }
            }
        } } }
    } }
}

/// What a rule looked at, in numbers of this mechanism.
fn seen(lang: Lang, m: &Mechanism, worked: Option<&Worked>, own: usize, rule: u8) -> Option<String> {
    let ends = m.state.values().filter(|s| s.end).count();
    let acts = m.action.values();
    let numbers: Vec<(&str, usize)> = match rule {
        1 => vec![("states", m.state.len()), ("ends", ends)],
        2 => vec![("states", m.state.len() - ends)],
        3 => {
            let windows = m.clock.values().filter(|c| c.whose() == RAISER).count();
            vec![("clocks", m.clock.len() - windows), ("windows", windows)]
        }
        4 => vec![("answers", acts.filter(|a| a.answers).count())],
        5 => vec![("counted", acts.filter(|a| a.at_most.is_some()).count())],
        6 => vec![("owed", m.clock.values().filter(|c| c.expiry.as_deref().is_some_and(|r| r != CLOCK)).count())],
        7 => vec![("shields", m.field.values().filter(|f| f.shield).count())],
        8 => {
            let worked = worked?;
            let days = |at: kernel::time::Timestamp| at.date().to_string();
            let dates = [("answer", days(worked.promised_by)), ("end", days(worked.final_end))];
            let dates: Vec<(&str, &str)> = dates.iter().map(|(k, v)| (*k, v.as_str())).collect();
            return Some(tf(lang, "admin.check.8_seen", &dates));
        }
        9 => vec![("own", own)],
        _ => return None,
    };
    let words: Vec<(&str, String)> = numbers.iter().map(|(k, n)| (*k, n.to_string())).collect();
    let words: Vec<(&str, &str)> = words.iter().map(|(k, n)| (*k, n.as_str())).collect();
    let nothing = matches!(rule, 7 | 9) && numbers.iter().all(|(_, n)| *n == 0);
    Some(tf(lang, &format!("admin.check.{rule}_{}", if nothing { "none" } else { "seen" }), &words))
}
