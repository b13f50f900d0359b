//! Today: what is late and due, what waits for an approval, what was reported up, what others owe. The verb comes first.

use super::frame::{hints, page};
use super::new::raises_any;
use super::rows::{As, todo_row, waiting_row};
use super::words::SOON;
use crate::components::Link;
use crate::components::breadcrumb::Crumb;
use crate::components::empty::{Empty, empty};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::PageHead;
use crate::visitor::Visitor;
use app::error::AppError;
use app::lists::{ItemView, Lane, LaneCounts, Listing};
use app::viewer::Staff;
use maud::{Markup, html};

/// The lanes of one desk.
struct Lanes {
    counts: LaneCounts,
    mine: Vec<ItemView>,
    decide: Vec<ItemView>,
    escalated: Vec<ItemView>,
    others: Vec<ItemView>,
}

impl Lanes {
    async fn read(visitor: &Visitor, staff: &Staff) -> Result<Lanes, AppError> {
        let app = &visitor.site.app;
        let lane = |lane, limit| Listing { lane, limit, ..Listing::default() };
        Ok(Lanes {
            counts: app.lane_counts(staff).await?,
            mine: app.list(staff, &lane(Lane::Mine, 40)).await?,
            decide: app.list(staff, &lane(Lane::Decide, 20)).await?,
            escalated: app.list(staff, &lane(Lane::Escalated, 20)).await?,
            others: app.list(staff, &lane(Lane::Others, 8)).await?,
        })
    }

    fn is_empty(&self) -> bool {
        [&self.mine, &self.decide, &self.escalated, &self.others].iter().all(|l| l.is_empty())
    }
}

/// The page.
pub async fn today(visitor: Visitor) -> Result<Markup, WebError> {
    let staff = visitor.staff()?;
    let mut lanes = Lanes::read(&visitor, staff).await.map_err(visitor.fails())?;
    // By the day that stands in the row; the lane itself is kept in the order of its own clocks.
    lanes.mine.sort_by_key(|i| (i.due_at.is_none(), i.due_at));
    let at = visitor.site.app.now();
    let day = at.date();
    let (late, rest): (Vec<_>, Vec<_>) = lanes.mine.iter().partition(|i| i.overdue);
    let (now, later): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|i| i.due_at.is_some_and(|d| d.date() <= day || d.0 - at.0 < SOON * 3_600_000));
    let head = PageHead {
        crumbs: vec![Crumb::text(date_long(visitor.lang, day))],
        ..visitor.head(match lanes.is_empty() && looks_only(staff) {
            true => t(visitor.lang, "desk.today.no_cases").to_owned(),
            false => title(visitor.lang, &lanes.counts, late.len(), now.len()),
        })
    };
    let body = if lanes.is_empty() { nothing(&visitor, staff) } else { desk(&visitor, &lanes, &late, &now, &later) };
    let keys = hints(visitor.lang, &[("J", "keys.next"), ("Enter", "keys.open"), ("?", "keys.title")]);
    page(&visitor, head, "/desk", &keys, &body).await
}

fn title(lang: Lang, counts: &LaneCounts, late: usize, now: usize) -> String {
    let n = |n: i64| n.to_string();
    let mut parts = Vec::new();
    if late > 0 {
        parts.push(tf(lang, "desk.today.late", &[("n", &late.to_string())]));
    }
    if now > 0 {
        parts.push(tf(lang, "desk.today.now", &[("n", &now.to_string())]));
    }
    if counts.decide > 0 {
        parts.push(tf(lang, "desk.today.decide", &[("n", &n(counts.decide))]));
    }
    if counts.escalated > 0 {
        parts.push(tf(lang, "desk.today.escalated", &[("n", &n(counts.escalated))]));
    }
    match (parts.is_empty(), counts.mine) {
        (false, _) => parts.join(t(lang, "desk.comma")),
        (true, 0) => t(lang, "desk.today.free").to_owned(),
        (true, mine) => tf(lang, "desk.today.calm", &[("n", &n(mine))]),
    }
}

fn desk(visitor: &Visitor, lanes: &Lanes, late: &[&ItemView], now: &[&ItemView], later: &[&ItemView]) -> Markup {
    let lang = visitor.lang;
    let all: fn(&Vec<ItemView>) -> Vec<&ItemView> = |list| list.iter().collect();
    let counted = |n: i64, view: &str| html! { a href=(format!("/desk/inbox?view={view}")) { (tf(lang, "desk.today.all", &[("n", &n.to_string())])) } };
    let earliest = html! { (t(lang, "desk.today.earliest")) };
    html! { div.two {
        div.main {
            (section(visitor, "desk.lane.late", late, As::Mine, &earliest))
            (section(visitor, "desk.lane.now", now, As::Mine, &earliest))
            (section(visitor, "desk.lane.decide", &all(&lanes.decide), As::Decide, &counted(lanes.counts.decide, "decide")))
            (section(visitor, "desk.lane.escalated", &all(&lanes.escalated), As::Escalated, &counted(lanes.counts.escalated, "escalated")))
            (section(visitor, "desk.lane.later", later, As::Mine, &counted(lanes.counts.mine, "mine")))
            @if late.is_empty() && now.is_empty() && later.is_empty() && lanes.decide.is_empty() && lanes.escalated.is_empty() {
                (empty(&Empty { title: t(lang, "desk.today.free").into(), text: Some(t(lang, "desk.today.free_text").into()), action: None }))
            }
        }
        div.side {
            section.sec { header { h2 { (t(lang, "desk.lane.others")) " " (lanes.counts.others) } @if lanes.counts.others > 0 { p { (counted(lanes.counts.others, "others")) } } }
                @if lanes.others.is_empty() { p.quiet { (t(lang, "desk.lane.others_none")) } }
                @else { ul.rows.bare { @for item in &lanes.others { (waiting_row(visitor, item)) } } }
            }
        }
    } }
}

fn section(visitor: &Visitor, key: &str, items: &[&ItemView], lane: As, note: &Markup) -> Markup {
    html! { @if !items.is_empty() {
        section.sec {
            header { h2 { (t(visitor.lang, key)) " " (items.len()) } p { (note) } }
            ul.rows { @for item in items { (todo_row(visitor, item, lane)) } }
        }
    } }
}

/// A post that works no matters and sees the administration.
fn looks_only(staff: &Staff) -> bool {
    staff.bodies().is_empty() && crate::admin::admits(staff)
}

fn nothing(visitor: &Visitor, staff: &Staff) -> Markup {
    let lang = visitor.lang;
    let (title, text, action) = if looks_only(staff) {
        ("desk.today.looks", "desk.today.admin", Some(Link::new("/admin/mechanisms", t(lang, "desk.today.look"))))
    } else if !raises_any(visitor, staff) {
        ("desk.today.free", "desk.today.free_text", None)
    } else {
        ("desk.today.free", "desk.today.free_text", Some(Link::new("/desk/new", t(lang, "desk.new.title"))))
    };
    empty(&Empty { title: t(lang, title).into(), text: Some(t(lang, text).into()), action })
}
