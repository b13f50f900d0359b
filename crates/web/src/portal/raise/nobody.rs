//! Nobody is appointed here for what somebody wants to raise: said before anything is asked, with the ways that are open.

use super::draft::Draft;
use crate::components::Link;
use crate::components::error_page::{ErrorKind, ErrorPage, error_page};
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::doors;
use crate::portal::words::say;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::filled::Unfilled;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::mechanism::Mechanism;
use std::sync::Arc;

/// Who is missing for what is drafted: in the place that was picked, or anywhere in the territory while none is.
pub fn missing(visitor: &Visitor, effective: &Effective, draft: &Draft) -> Option<Arc<Unfilled>> {
    let app = &visitor.site.app;
    let region = draft.region(&app.settings().territory);
    if draft.picks.is_empty() { app.nobody_in(effective, &region) } else { app.nobody_at(effective, &region) }
}

/// The page, with what was told already.
pub fn page(visitor: &Visitor, (mechanism, unfilled): (&Mechanism, &Unfilled), draft: &Draft) -> Response {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let region = draft.region(&app.settings().territory);
    let (name, role) = (say(lang, &mechanism.mechanism.name), say(lang, &unfilled.name));
    let place = app.place(&region);
    let words = [("name", name), ("place", say(lang, &place)), ("role", role)];
    let title = tf(lang, "raise.nobody.title", &words);
    let mut page = ErrorPage::new(ErrorKind::Refused);
    page.title = Some(title.clone());
    let turn = if app.settings().phone.is_some() { "raise.nobody.turn" } else { "raise.nobody.turn_else" };
    page.text = vec![tf(lang, "raise.nobody.text", &words), t(lang, turn).to_owned()];
    if let Some(phone) = &app.settings().phone {
        page.links.push(Link::new(format!("tel:{phone}"), tf(lang, "raise.nobody.call", &[("phone", phone)])));
    }
    let others = doors::others(visitor, &region, &mechanism.mechanism.id);
    let other = |e: &Effective| {
        Link::new(format!("/raise/{}", e.mechanism.mechanism.id), say(lang, &e.mechanism.mechanism.name))
    };
    page.links.extend(others.iter().map(other));
    page.links.push(Link::new("/", t(lang, "error.way.home")));
    page.kept = Some(draft.what.clone()).filter(|w| !w.is_empty());
    let head = PageHead { section: "home", private: true, ..visitor.head(title) };
    (StatusCode::CONFLICT, portal_page(&head, &error_page(lang, &page))).into_response()
}
