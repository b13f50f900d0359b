//! The inbox: the five lanes as saved views, filters that have an address, pages by key.

use super::frame::{hints, page};
use super::rows::work_row;
use crate::components::empty::Empty;
use crate::components::field::Opt;
use crate::components::filter_bar::{Filter, FilterBar, View, filter_bar};
use crate::components::pager::Pager;
use crate::components::ring::PHASES;
use crate::components::work_list::{WorkList, work_list};
use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::layout::with_query;
use crate::visitor::Visitor;
use app::lists::{ItemView, Lane, LaneCounts, Listing};
use axum::extract::Query;
use maud::{Markup, html};
use serde::Deserialize;

use super::words::say;

const PAGE: u32 = 25;
const VIEWS: [(&str, Lane); 5] = [
    ("mine", Lane::Mine),
    ("decide", Lane::Decide),
    ("escalated", Lane::Escalated),
    ("others", Lane::Others),
    ("ended", Lane::Ended),
];

/// What the address asks for; what makes no sense there is as if it were not there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    view: String,
    mechanism: String,
    ring: String,
    overdue: String,
    region: String,
    after: Option<String>,
}

impl Asked {
    fn view(&self) -> (&'static str, Lane) {
        VIEWS.into_iter().find(|(name, _)| *name == self.view).unwrap_or(VIEWS[0])
    }

    fn filtered(&self) -> bool {
        [&self.mechanism, &self.ring, &self.overdue, &self.region].iter().any(|v| !v.is_empty())
    }

    fn listing(&self) -> Listing {
        Listing {
            lane: self.view().1,
            mechanism: Some(self.mechanism.clone()).filter(|m| !m.is_empty()),
            region: self.region.parse().ok(),
            ring: self.ring.parse().ok(),
            overdue: self.overdue == "yes",
            after: self.after.clone(),
            limit: PAGE + 1,
            ..Listing::default()
        }
    }
}

/// The page.
pub async fn inbox(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Markup, WebError> {
    let (staff, app) = (visitor.staff()?, &visitor.site.app);
    let counts = app.lane_counts(staff).await.map_err(visitor.fails())?;
    let mut items = app.list(staff, &asked.listing()).await.map_err(visitor.fails())?;
    let more = items.len() > PAGE as usize;
    items.truncate(PAGE as usize);
    let view = asked.view().0;
    let title = t(visitor.lang, &format!("desk.view.{view}"));
    let body =
        html! { (filter_bar(visitor.lang, &bar(&visitor, &asked, &counts))) (list(&visitor, &asked, &items, more)) };
    let keys = hints(visitor.lang, &[("J", "keys.next"), ("Enter", "keys.open"), ("/", "keys.search")]);
    page(&visitor, visitor.head(title), "/desk/inbox", &keys, &body).await
}

fn bar(visitor: &Visitor, asked: &Asked, counts: &LaneCounts) -> FilterBar {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let count = [counts.mine, counts.decide, counts.escalated, counts.others, counts.ended];
    let view = |((name, _), n): ((&str, Lane), i64)| View {
        href: format!("/desk/inbox?view={name}"),
        label: t(lang, &format!("desk.view.{name}")).into(),
        count: (n > 0).then(|| n.to_string()),
        current: asked.view().0 == name,
    };
    let filter = |name: &str, value: &str, options: Vec<Opt>| Filter {
        name: name.into(),
        label: t(lang, &format!("desk.filter.{name}")).into(),
        options,
        value: value.into(),
    };
    let territory = app.settings().territory;
    let mechanisms = app.catalogue().ids().into_iter().filter_map(|id| app.catalogue().effective(&id, &territory));
    let mechanisms = mechanisms
        .map(|e| Opt::new(&e.mechanism.mechanism.id, say(lang, &e.mechanism.mechanism.name)))
        .collect::<Vec<_>>();
    let rings = PHASES.into_iter().zip(1..).map(|(p, n): (_, u8)| Opt::new(n.to_string(), p.label(lang))).collect();
    let regions = app.regions().choices(&territory, app.now().date());
    let regions = regions.iter().map(|r| Opt::new(r.code.as_str(), say(lang, &app.region_name(&r.code)))).collect();
    FilterBar {
        action: "/desk/inbox".into(),
        views: VIEWS.into_iter().zip(count).map(view).collect(),
        query: None,
        filters: vec![
            filter("mechanism", &asked.mechanism, mechanisms),
            filter("ring", &asked.ring, rings),
            filter("overdue", &asked.overdue, vec![Opt::new("yes", t(lang, "desk.filter.overdue_yes"))]),
            filter("region", &asked.region, regions),
        ],
        hidden: vec![("view".into(), asked.view().0.into())],
        posted: false,
    }
}

fn list(visitor: &Visitor, asked: &Asked, items: &[ItemView], more: bool) -> Markup {
    let lang = visitor.lang;
    let view = asked.view().0;
    let first = [
        ("mechanism", &asked.mechanism),
        ("ring", &asked.ring),
        ("overdue", &asked.overdue),
        ("region", &asked.region),
    ]
    .into_iter()
    .filter(|(_, v)| !v.is_empty())
    .fold(format!("/desk/inbox?view={view}"), |path, (name, value)| with_query(&path, name, value));
    let older = items.last().filter(|_| more).map(|i| with_query(&first, "after", &i.cursor));
    let (title, text) = if asked.filtered() {
        ("desk.inbox.none", "desk.inbox.none_text")
    } else {
        ("desk.inbox.empty", "desk.inbox.empty_text")
    };
    let pager = Pager {
        newer: asked.after.as_ref().map(|_| first.clone()),
        older,
        shown: (more || asked.after.is_some())
            .then(|| tf(lang, "desk.inbox.shown", &[("n", &items.len().to_string())])),
        label: None,
    };
    work_list(
        lang,
        &WorkList {
            caption: t(lang, &format!("desk.view.{view}")).into(),
            rows: items.iter().map(|i| work_row(visitor, i)).collect(),
            pager,
            empty: Empty { title: t(lang, title).into(), text: Some(t(lang, text).into()), action: None },
        },
    )
}
