//! The matters behind a figure: the way from a number to the files that make it, for whoever may read them. Others are
//! counted in the figure and are not here; the page says so.

use super::frame::page;
use super::measures::Asked;
use super::rows::work_row;
use super::words::say;
use crate::components::Link;
use crate::components::breadcrumb::Crumb;
use crate::components::empty::Empty;
use crate::components::work_list::{WorkList, work_list};
use crate::error::WebError;
use crate::i18n::{date_long, t, tf};
use crate::layout::{PageHead, with_query};
use crate::visitor::Visitor;
use app::measures::{Side, Span};
use axum::extract::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;

/// Which side of the line, and where the page begins.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Place {
    side: String,
    after: String,
}

/// The word of a side in addresses.
#[must_use]
pub fn word(side: Side) -> &'static str {
    match side {
        Side::Above => "above",
        Side::Below => "below",
    }
}

/// `GET /desk/measures/{figure}?side=&region=&span=&after=`
pub async fn counted(
    visitor: Visitor,
    Path(figure): Path<String>,
    Query(asked): Query<Asked>,
    Query(place): Query<Place>,
) -> Result<Markup, WebError> {
    let (staff, lang, app) = (visitor.staff()?, visitor.lang, &visitor.site.app);
    let side = if place.side == word(Side::Below) { Side::Below } else { Side::Above };
    let Span { region, from, to, .. } = asked.given(&visitor);
    let span = Span { region, from, to, by_region: false };
    let found = app.counted(staff, &span, (&figure, side), place.after.parse().ok()).await;
    let found = found.map_err(visitor.fails())?;
    let key = if side == Side::Below { "desk.counted.below" } else { "desk.counted.above" };
    let scope = [
        ("place", say(lang, &app.place(&region)).to_owned()),
        ("from", date_long(lang, from)),
        ("to", date_long(lang, to)),
    ];
    let scope: Vec<(&str, &str)> = scope.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let list = WorkList {
        caption: say(lang, &found.name).to_owned(),
        rows: found.items.iter().map(|i| work_row(&visitor, i)).collect(),
        empty: Empty {
            title: t(lang, if found.next.is_some() { "desk.counted.none_yet" } else { "desk.counted.none" }).into(),
            text: Some(t(lang, "desk.counted.only").into()),
            action: None,
        },
        ..WorkList::default()
    };
    let next = found.next.map(|n| with_query(&asked.address(&figure, side), "after", &n.to_string()));
    let body = html! {
        p.overline { (say(lang, &found.mechanism)) }
        p { b { (say(lang, &found.name)) } " · " (t(lang, key)) }
        p.small { (say(lang, &found.formula)) }
        p.quiet { (tf(lang, "desk.measures.scope", &scope)) }
        (work_list(lang, &list))
        @if let Some(next) = next { p.block { a href=(next) { (t(lang, "desk.counted.more")) } } }
        p.src { (t(lang, "desk.counted.only")) }
    };
    let head = PageHead {
        crumbs: vec![Crumb::link(Link::new("/desk/measures", t(lang, "desk.nav.measures")))],
        ..visitor.head(t(lang, "desk.counted.title"))
    };
    page(&visitor, head, "/desk/measures", &html! {}, &body).await
}
