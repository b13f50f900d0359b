//! The worked path of a promise: each step with who, how long and until when, and the sum. A table, because people
//! check it with a pencil.

use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One step of the longest lawful path.
#[derive(Clone, Debug, Default)]
pub struct PathStep {
    pub name: String,
    pub who: String,
    pub length: String,
    /// Calendar days that it adds.
    pub days: String,
    /// Reached by, on the worst start.
    pub until: String,
    /// A sum: first answer, end.
    pub total: bool,
}

/// The path.
#[must_use]
pub fn promise_path(lang: Lang, caption: &str, steps: &[PathStep]) -> Markup {
    html! { table.tbl data-cards {
        caption { (caption) }
        thead { tr { th scope="col" { (t(lang, "path.step")) } th scope="col" { (t(lang, "path.who")) } th scope="col" { (t(lang, "path.length")) } th.n scope="col" { (t(lang, "path.days")) } th scope="col" { (t(lang, "path.until")) } } }
        tbody { @for step in steps { tr data-total[step.total] {
            th scope="row" { (step.name) } td data-l=(t(lang, "path.who")) { (step.who) } td data-l=(t(lang, "path.length")) { (step.length) }
            td.n data-l=(t(lang, "path.days")) { (step.days) } td data-l=(t(lang, "path.until")) { (step.until) }
        } } }
    } }
}

/// Two steps and a sum.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let step = |key, days: &str, total| PathStep {
        name: t(lang, key).into(),
        who: t(lang, "sample.holder").into(),
        length: t(lang, "sample.path.length").into(),
        days: days.into(),
        until: "10-15".into(),
        total,
    };
    promise_path(
        lang,
        t(lang, "sample.path.label"),
        &[step("ring.taken", "0", false), step("ring.working", "21", false), step("ring.answered", "21", true)],
    )
}
