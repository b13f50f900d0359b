//! What the calendar will raise: the plans, by their day. Only of matters that whoever looks may read.

use super::frame::page;
use super::rows::{href, title};
use super::words::say;
use crate::components::empty::{Empty, empty};
use crate::error::WebError;
use crate::i18n::{date_long, t, tf};
use crate::visitor::Visitor;
use maud::{Markup, html};

/// `GET /desk/plans`
pub async fn plans(visitor: Visitor) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let app = &visitor.site.app;
    let coming = app.planned_views(visitor.staff()?).await.map_err(visitor.fails())?;
    let today = app.now().date();
    let body = html! {
        p.quiet { (t(lang, "desk.plans.lede")) }
        @if coming.is_empty() { (empty(&Empty { title: t(lang, "desk.plans.none").to_owned(), text: None, action: None })) }
        @else { table.tbl data-cards { caption.vh { (t(lang, "desk.plans.title")) }
            thead { tr { th scope="col" { (t(lang, "desk.plans.day")) } th scope="col" { (t(lang, "desk.plans.plan")) } th scope="col" { (t(lang, "desk.plans.raises")) } th scope="col" { (t(lang, "desk.plans.of")) } } }
            tbody { @for p in &coming { tr {
                th scope="row" { (date_long(lang, p.day)) @if p.day < today { " " small.quiet { (t(lang, "desk.plans.missed")) } } }
                td data-l=(t(lang, "desk.plans.plan")) { (say(lang, &p.name)) }
                td data-l=(t(lang, "desk.plans.raises")) { (say(lang, &p.raises)) }
                td data-l=(t(lang, "desk.plans.of")) { @match (&p.of, &p.place) {
                    (Some(item), _) => { a href=(href(item)) { (title(item)) } " " small.num { (item.number) } }
                    (None, Some(place)) => { (tf(lang, "desk.plans.region", &[("place", say(lang, place))])) }
                    (None, None) => {}
                } }
            } } } } }
    };
    page(&visitor, visitor.head(t(lang, "desk.plans.title")), "/desk/plans", &html! {}, &body).await
}
