//! The count of a vote as a page to print and as a file: for whoever may see it, at the desk and in the portal alike.

use crate::i18n::{Lang, t};
use crate::portal::words::say;
use app::count_sheet::CountSheet;
use app::error::AppError;
use app::vote::VoteView;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

/// What an Excel file is.
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Where the counts of a matter's votes are.
#[must_use]
pub fn links(lang: Lang, matter: &str, votes: &[VoteView]) -> Markup {
    html! { @for vote in votes.iter().filter(|v| v.outcome.is_some()) {
        p.no-print { a href=(format!("{matter}/count/{}", vote.id)) { (t(lang, "vote.count.link")) } }
    } }
}

/// The lines, below a heading that prints.
#[must_use]
pub fn count(lang: Lang, sheet: &CountSheet, here: &str, back: &str) -> Markup {
    html! {
        p.lede { span.num { (sheet.number) } " · " (say(lang, &sheet.name)) @if let Some(about) = &sheet.about { (t(lang, "portal.colon")) (about) } }
        p.actions.no-print { button.btn type="button" data-print hidden { (t(lang, "vote.count.print")) }
            a.btn href=(format!("{here}?format=xlsx")) { (t(lang, "vote.count.excel")) } a href=(back) { (t(lang, "vote.back")) } }
        table.tbl.block { tbody { @for (label, value) in &sheet.lines { tr { th scope="row" { (say(lang, label)) } td { (say(lang, value)) } } } } }
        p.small.quiet { (t(lang, "vote.count.note")) }
    }
}

/// The file.
///
/// # Errors
/// A table that no sheet can hold.
pub fn file(lang: Lang, sheet: &CountSheet) -> Result<Response, AppError> {
    let name: String = sheet.number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let how = format!("attachment; filename=\"count-{name}.xlsx\"");
    let bytes = sheet.xlsx(lang == Lang::Zh)?;
    Ok(([(CONTENT_TYPE, XLSX.to_owned()), (CONTENT_DISPOSITION, how)], bytes).into_response())
}
