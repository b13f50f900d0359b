//! The staff's frame: a rail with sections, counts and keys; the post one acts for; who one is.

use super::PageHead;
use super::head::document;
use super::portal::tools;
use crate::components::breadcrumb::breadcrumb;
use crate::components::ring::brand_mark;
use crate::i18n::t;
use maud::{Markup, html};

/// The rail at the side of every desk page.
#[derive(Clone, Debug, Default)]
pub struct Rail {
    /// Whose desk it is, e.g. 柳巷街道工作台.
    pub place: String,
    pub groups: Vec<RailGroup>,
    pub me: Me,
}

/// Sections under one heading; the first group usually has none.
#[derive(Clone, Debug, Default)]
pub struct RailGroup {
    pub label: Option<String>,
    pub items: Vec<RailItem>,
}

/// One section. Of the first group all stay visible on a phone, of the others they fold away.
#[derive(Clone, Debug, Default)]
pub struct RailItem {
    pub href: String,
    pub label: String,
    /// How many wait there; `None` shows nothing, not zero.
    pub count: Option<String>,
    /// Second letter of the key pair `G x`.
    pub key: Option<char>,
    pub current: bool,
}

/// The signed-in person, as shown at the foot of the rail.
#[derive(Clone, Debug, Default)]
pub struct Me {
    pub name: String,
    /// The post that is acted for now, e.g. 柳巷街道 · 综合办.
    pub post: String,
    /// Every post that the person holds; with fewer than two no switch is shown.
    pub posts: Vec<Post>,
    /// Where the post switch is posted; the field is `post`.
    pub switch_action: String,
    /// Where settings are; empty shows no link.
    pub settings_href: String,
    /// Where signing out is posted.
    pub sign_out_action: String,
    /// Hidden fields of both forms, e.g. the CSRF token.
    pub hidden: Vec<(String, String)>,
}

/// One post of the person.
#[derive(Clone, Debug, Default)]
pub struct Post {
    pub id: String,
    pub label: String,
    pub current: bool,
}

/// A page of the desk or the administration. `aside` stands right of the title: a few buttons or key hints.
#[must_use]
pub fn desk_page(head: &PageHead, rail: &Rail, aside: &Markup, body: &Markup) -> Markup {
    let lang = head.lang;
    let inner = html! {
        body.desk {
            a.skip href="#main" { (t(lang, "frame.skip")) }
            (rail_view(head, rail))
            main #main.page tabindex="-1" {
                header.page-top {
                    div { (breadcrumb(lang, &head.crumbs)) h1 { (head.title) } }
                    div.page-aside { (aside) }
                }
                (body)
            }
            (keys_help(head))
        }
    };
    let scripts = ["draft.js", "needs.js", "photo.js", "sketch.js", "keys.js", "share.js", "similar.js"];
    document(head, "desk.css", &scripts, &inner)
}

fn rail_view(head: &PageHead, rail: &Rail) -> Markup {
    let lang = head.lang;
    html! {
        header.rail {
            a.brand href="/desk" { (brand_mark()) span { b { (head.install) } small { (rail.place) } } }
            nav aria-label=(t(lang, "frame.nav")) {
                @for (index, group) in rail.groups.iter().enumerate() {
                    @if index == 0 { (section_list(group)) } @else { div.rail-group {
                        @if let Some(label) = &group.label { h2 { (label) } }
                        (section_list(group))
                    } }
                }
            }
            @if rail.groups.len() > 1 {
                details.rail-more {
                    summary { (t(lang, "frame.more")) }
                    @for group in &rail.groups[1..] {
                        @if let Some(label) = &group.label { h2 { (label) } }
                        (section_list(group))
                    }
                    (me_view(head, &rail.me, "small"))
                }
            }
            (me_view(head, &rail.me, "wide"))
        }
    }
}

fn section_list(group: &RailGroup) -> Markup {
    html! {
        ul.plain { @for item in &group.items {
            li { a href=(item.href) aria-current=[item.current.then_some("page")] data-go=[item.key] {
                span { (item.label) }
                @if let Some(count) = &item.count { b { (count) } }
                @if let Some(key) = item.key { kbd aria-hidden="true" { "G " (key.to_ascii_uppercase()) } }
            } }
        } }
    }
}

fn me_view(head: &PageHead, me: &Me, place: &str) -> Markup {
    let lang = head.lang;
    let hidden = html! { @for (name, value) in &me.hidden { input type="hidden" name=(name) value=(value); } };
    html! {
        div.me data-place=(place) {
            p { b { (me.name) } @if me.posts.len() < 2 { br; (me.post) } }
            @if me.posts.len() > 1 {
                form method="post" action=(me.switch_action) {
                    (hidden)
                    label { span.vh { (t(lang, "frame.post.label")) }
                        select name="post" { @for post in &me.posts {
                            option value=(post.id) selected[post.current] { (post.label) }
                        } }
                    }
                    button.btn { (t(lang, "frame.post.switch")) }
                }
            }
            (tools(head))
            form.me-out method="post" action=(me.sign_out_action) {
                (hidden)
                @if !me.settings_href.is_empty() { a href=(me.settings_href) { (t(lang, "frame.settings")) } }
                button.link { (t(lang, "frame.sign_out")) }
            }
        }
    }
}

/// Opened by `?`; closed by Escape or its button. Without scripts it never appears.
fn keys_help(head: &PageHead) -> Markup {
    let lang = head.lang;
    html! {
        dialog #keys-help aria-labelledby="keys-title" {
            h2 #keys-title { (t(lang, "keys.title")) }
            dl.facts {
                @for (keys, text) in [("G T", "keys.today"), ("G I", "keys.inbox"), ("J / K", "keys.next"), ("Enter", "keys.open"), ("/", "keys.search"), ("A", "keys.act"), ("1 – 9", "keys.choose"), ("Ctrl Enter", "keys.send"), ("?", "keys.this")] {
                    dt { kbd { (keys) } } dd { (t(lang, text)) }
                }
            }
            form method="dialog" { button.btn { (t(lang, "keys.close")) } }
        }
    }
}
