//! The frame of desk and administration for whoever signed in: the rail with only those sections that lead somewhere.

use crate::error::WebError;
use crate::i18n::{Lang, t, tf};
use crate::layout::{Me, PageHead, Rail, RailGroup, RailItem, desk_page};
use crate::visitor::Visitor;
use app::view::body_name;
use app::viewer::Staff;
use maud::{Markup, html};

use super::new::raises_any;
use super::words::{post, say};

/// A page in the frame. `section` is the address of the section that is open.
///
/// # Errors
/// `SignIn`, the store.
pub async fn page(
    visitor: &Visitor,
    head: PageHead,
    section: &str,
    aside: &Markup,
    body: &Markup,
) -> Result<Markup, WebError> {
    let staff = visitor.staff()?;
    let counts = visitor.site.app.lane_counts(staff).await.map_err(visitor.fails())?;
    let waiting = counts.mine + counts.decide + counts.escalated;
    let rail = rail(visitor, staff, section, waiting);
    Ok(desk_page(&PageHead { private: true, ..head }, &rail, aside, body))
}

/// What keys do on this page, for those who can see them.
#[must_use]
pub fn hints(lang: Lang, keys: &[(&str, &str)]) -> Markup {
    html! { @for (key, word) in keys { span.keys { kbd { (key) } " " (t(lang, word)) } } }
}

fn rail(visitor: &Visitor, staff: &Staff, section: &str, waiting: i64) -> Rail {
    let lang = visitor.lang;
    let item = |href: &str, label: &str, count: i64, key: Option<char>| RailItem {
        href: href.into(),
        label: t(lang, label).into(),
        count: (count > 0).then(|| count.to_string()),
        key,
        current: href == section,
    };
    let mut first =
        vec![item("/desk", "desk.nav.today", waiting, Some('t')), item("/desk/inbox", "desk.nav.inbox", 0, Some('i'))];
    if raises_any(visitor, staff) {
        first.push(item("/desk/new", "desk.nav.new", 0, Some('w')));
        first.push(item("/desk/intake", "desk.nav.intake", 0, Some('n')));
    }
    first.push(item("/desk/search", "desk.nav.search", 0, Some('s')));
    let mut groups = vec![RailGroup { label: None, items: first }];
    let group = |label: &str, items| RailGroup { label: Some(t(lang, label).into()), items };
    let whole =
        ["measures", "plans", "letters"].map(|s| item(&format!("/desk/{s}"), &format!("desk.nav.{s}"), 0, None));
    groups.push(group("desk.nav.whole", whole.into()));
    let ground = vec![
        item("/desk/calendar", "desk.nav.calendar", 0, Some('c')),
        item("/open#rules", "desk.nav.rules", 0, None),
        item("/know", "portal.know.title", 0, None),
        item("/desk/keys", "desk.nav.keys", 0, None),
    ];
    groups.push(group("desk.nav.ground", ground));
    if crate::admin::admits(staff) {
        let items = vec![
            item("/admin/mechanisms", "admin.nav.mechanisms", 0, Some('m')),
            item("/admin/clauses", "admin.nav.clauses", 0, None),
            item("/admin/stories", "admin.nav.stories", 0, None),
            item("/admin/people", "admin.nav.people", 0, None),
            item("/admin/sets", "sets.title", 0, None),
            item("/admin/verify", "admin.nav.verify", 0, Some('v')),
            item("/admin/components", "admin.nav.components", 0, None),
        ];
        groups.push(group("admin.nav.title", items));
    }
    Rail { place: place(visitor, staff), groups, me: me(visitor, staff) }
}

fn me(visitor: &Visitor, staff: &Staff) -> Me {
    let directory = visitor.site.app.directory();
    let lang = visitor.lang;
    let posts = staff.posts.iter().map(|p| {
        let body = body_name(&directory, p.body);
        tf(lang, "desk.me.post", &[("body", say(lang, &body.name)), ("post", &post(lang, &p.role))])
    });
    Me {
        name: staff.name.clone(),
        post: posts.collect::<Vec<_>>().join(t(lang, "desk.list")),
        sign_out_action: "/desk/sign-out".into(),
        ..Me::default()
    }
}

fn place(visitor: &Visitor, staff: &Staff) -> String {
    let directory = visitor.site.app.directory();
    let name = staff.posts.first().map(|p| body_name(&directory, p.body).name).unwrap_or_default();
    tf(visitor.lang, "desk.place", &[("body", say(visitor.lang, &name))])
}
