//! Matters in a list: a table on a desk, cards on a phone, the same markup. The ring says how far, the words say who
//! is to do what by when. Order and paging are the caller's.

use super::due::{Due, due};
use super::empty::{Empty, empty};
use super::pager::{Pager, pager};
use super::ring::{Phase, Ring, Size, ring};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One matter in a list.
#[derive(Clone, Debug, Default)]
pub struct WorkRow {
    pub href: String,
    pub ring: Ring,
    pub title: String,
    pub number: String,
    pub mechanism: String,
    pub region: String,
    /// Who holds it.
    pub holder: String,
    /// Who is to do what, verb first, e.g. 你答复; `None` leaves the holder alone.
    pub next: Option<String>,
    pub due: Due,
    /// Name and value of a box to tick for acting on several.
    pub select: Option<(String, String)>,
}

/// A page of matters.
#[derive(Clone, Debug, Default)]
pub struct WorkList {
    /// What the list is, for screen readers.
    pub caption: String,
    pub rows: Vec<WorkRow>,
    pub pager: Pager,
    pub empty: Empty,
}

/// The list with its pager, or its empty state.
#[must_use]
pub fn work_list(lang: Lang, list: &WorkList) -> Markup {
    if list.rows.is_empty() {
        return html! { (empty(&list.empty)) (pager(lang, &list.pager)) };
    }
    let select = list.rows.iter().any(|row| row.select.is_some());
    html! {
        table.tbl.work data-cards {
            caption.vh { (list.caption) }
            thead { tr {
                @if select { th scope="col" { span.vh { (t(lang, "work.select")) } } }
                th scope="col" { span.vh { (t(lang, "work.ring")) } }
                th scope="col" { (t(lang, "work.title")) }
                th scope="col" { (t(lang, "work.region")) }
                th scope="col" { (t(lang, "work.holder")) }
                th scope="col" { (t(lang, "work.due")) }
            } }
            tbody { @for row in &list.rows { (row_view(lang, row, select)) } }
        }
        (pager(lang, &Pager { label: Some(list.caption.clone()), ..list.pager.clone() }))
    }
}

fn row_view(lang: Lang, row: &WorkRow, select: bool) -> Markup {
    html! {
        tr data-row {
            @if select { td.tick { @if let Some((name, value)) = &row.select {
                label { span.vh { (t(lang, "work.select")) " " (row.title) } input type="checkbox" name=(name) value=(value); }
            } } }
            td.mk { (ring(lang, Size::S, row.ring)) }
            th scope="row" { a.t href=(row.href) { (row.title) }
                small { span.num { (row.number) } " · " (row.mechanism) } }
            td data-l=(t(lang, "work.region")) { (row.region) }
            td data-l=(t(lang, "work.holder")) { (row.holder) @if let Some(next) = &row.next { small { (next) } } }
            td.when { (due(lang, &row.due)) }
        }
    }
}

/// Three matters in different states, and none.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let day = jiff::civil::date(2026, 10, 16);
    let row = |n: u8, phase, left: i32| WorkRow {
        href: "#".into(),
        ring: Ring { late: left < 0, ..Ring::at(phase) },
        title: t(lang, "sample.title").into(),
        number: format!("YX-2026-09417{n}"),
        mechanism: t(lang, "sample.mechanism").into(),
        region: t(lang, "sample.community.value").into(),
        holder: t(lang, "sample.holder").into(),
        next: Some(t(lang, "sample.todo").into()),
        due: Due::working(left, day),
        select: None,
    };
    let rows = vec![row(3, Phase::Working, -2), row(4, Phase::Answered, 0), row(5, Phase::Received, 4)];
    let list = WorkList {
        caption: t(lang, "sample.inbox").into(),
        rows,
        pager: Pager { older: Some("#".into()), ..Pager::default() },
        empty: Empty::default(),
    };
    work_list(lang, &list)
}
