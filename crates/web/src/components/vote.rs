//! How a vote stands: turn-out against the line of the quorum, and after the count a bar for each option; with a table that
//! says the same. Who chose what is nowhere in it.

use crate::i18n::{Lang, source as clause, t, tf};
use crate::portal::words::say;
use app::vote::VoteView;
use maud::{Markup, html};

/// Every vote of a matter.
#[must_use]
pub fn votes(lang: Lang, views: &[VoteView]) -> Markup {
    html! { @for view in views { section.vote.block aria-labelledby=(format!("vote-{}", view.id)) {
        h2.h2 id=(format!("vote-{}", view.id)) { (say(lang, &view.name)) }
        p { b { (outcome(lang, view)) } @if let Some(until) = view.until.filter(|_| view.open) { " " span.quiet { (tf(lang, "vote.until", &[("when", &crate::words::when(lang, until, until.date()))])) } } }
        (turnout(lang, view))
        @for option in &view.options { @if let Some(n) = option.count {
            (bar(&tf(lang, "vote.option", &[("label", say(lang, &option.label)), ("n", &n.to_string())]), n, view.base, None, option.favour))
        } }
        p.small.quiet { (say(lang, &view.quorum_rule)) (t(lang, "portal.semicolon")) (say(lang, &view.majority_rule)) (t(lang, "portal.stop"))
            @if let Some(source) = &view.source { " " span.clause { (tf(lang, "portal.clause", &[("source", &clause(lang, source))])) } } }
        @if view.printed > 0 { p.small.quiet { (tf(lang, "vote.printed", &[("n", &view.printed.to_string()), ("again", &view.again.to_string())])) } }
        @if view.secret { p.small.quiet { (t(lang, "vote.secret")) } }
        (twin(lang, view))
    } } }
}

/// The result in words.
#[must_use]
pub fn outcome(lang: Lang, view: &VoteView) -> String {
    match view.outcome.as_deref() {
        Some("passed") => t(lang, "vote.passed"),
        Some("failed") => t(lang, "vote.failed"),
        Some(_) => t(lang, "vote.no_quorum"),
        None if view.open => t(lang, "vote.open"),
        None => t(lang, "vote.closed"),
    }
    .to_owned()
}

fn turnout(lang: Lang, view: &VoteView) -> Markup {
    let per = say(lang, &view.per);
    let words =
        [("present", view.present.to_string()), ("base", view.base.to_string()), ("quorum", view.quorum.to_string())];
    let words: Vec<(&str, &str)> = words.iter().map(|(k, v)| (*k, v.as_str())).chain([("per", per)]).collect();
    let mut label = tf(lang, "vote.turnout", &words);
    let missing = view.quorum.saturating_sub(view.present);
    if missing > 0 {
        let key = if view.outcome.is_some() { "vote.short" } else { "vote.missing" };
        label.push_str(&tf(lang, key, &[("n", &missing.to_string()), ("per", per)]));
    }
    let at = tf(lang, "vote.line", &[("quorum", &view.quorum.to_string()), ("per", per)]);
    bar(&label, view.present, view.base, Some((view.quorum, &at)), false)
}

fn share(n: u32, of: u32) -> f64 {
    if of == 0 { 0.0 } else { (f64::from(n) * 100.0 / f64::from(of)).min(100.0) }
}

/// A bar, and where it takes so many, the line to be reached with its name below.
pub(crate) fn bar(label: &str, n: u32, of: u32, line: Option<(u32, &str)>, favour: bool) -> Markup {
    html! { div.vote-bar data-for[favour] {
        span { (label) }
        svg width="100%" height=(if line.is_some() { "36" } else { "18" }) aria-hidden="true" {
            rect.bar-all width="100%" height="18" rx="3" {}
            rect.bar-part width=(format!("{:.1}%", share(n, of))) height="18" rx="3" {}
            @if let Some((at, name)) = line {
                @let x = format!("{:.1}%", share(at, of));
                line.bar-halo x1=(x) x2=(x) y1="0" y2="18" {}
                line.bar-line x1=(x) x2=(x) y1="0" y2="22" {}
                text.bar-name x=(x) y="34" text-anchor=(anchor(share(at, of))) { (name) }
            }
        }
    } }
}

/// Words at the edge stand inside it.
fn anchor(share: f64) -> &'static str {
    match share {
        s if s > 80.0 => "end",
        s if s < 20.0 => "start",
        _ => "middle",
    }
}

fn twin(lang: Lang, view: &VoteView) -> Markup {
    let row = |label: &str, n: u32| html! { tr { th scope="row" { (label) } td.num { (n) } } };
    html! { details { summary { (t(lang, "vote.table")) } table.tbl { tbody {
        (row(t(lang, "vote.row.base"), view.base))
        (row(t(lang, "vote.row.present"), view.present))
        @if view.paper { (row(t(lang, "vote.row.paper"), view.on_paper)) }
        (row(t(lang, "vote.row.quorum"), view.quorum))
        @for option in &view.options { @if let Some(n) = option.count { (row(say(lang, &option.label), n)) } }
        @if let Some(n) = view.invalid { (row(t(lang, "vote.invalid"), n)) }
        @if let Some(n) = view.handed { (row(t(lang, "vote.row.handed"), n)) }
    } } } }
}
