//! The residents' frame: brand, sections, two switches, and a footer that offers a person to talk to.

use super::head::document;
use super::{PageHead, with_query};
use crate::components::breadcrumb::breadcrumb;
use crate::components::ring::brand_mark;
use crate::i18n::{t, tf};
use maud::{Markup, html};

/// Sections that exist; finding places and my data come with their pages.
const SECTIONS: [(&str, &str); 4] = [("home", "/"), ("follow", "/follow"), ("know", "/know"), ("open", "/open")];

/// A page of the portal.
#[must_use]
pub fn portal_page(head: &PageHead, body: &Markup) -> Markup {
    let inner = html! {
        body.portal {
            a.skip href="#main" { (t(head.lang, "frame.skip")) }
            (top(head))
            main #main.wrap tabindex="-1" {
                (breadcrumb(head.lang, &head.crumbs))
                (body)
            }
            (foot(head))
        }
    };
    document(head, "portal.css", &["draft.js", "needs.js", "photo.js", "sketch.js", "share.js"], &inner)
}

fn top(head: &PageHead) -> Markup {
    let lang = head.lang;
    html! {
        header.top { div.wrap {
            a.brand href="/" { (brand_mark()) span { (head.install) } }
            (tools(head))
            nav aria-label=(t(lang, "frame.nav")) {
                @for (key, href) in SECTIONS {
                    a href=(href) aria-current=[(head.section == key).then_some("page")] {
                        (t(lang, &format!("nav.{key}")))
                    }
                }
            }
        } }
    }
}

/// Language and type size; the page stays the same.
pub(super) fn tools(head: &PageHead) -> Markup {
    let (lang, other) = (head.lang, head.lang.other());
    let (size, size_key) = if head.large { ("normal", "frame.size.normal") } else { ("large", "frame.size.large") };
    html! {
        p.tools {
            a href=(with_query(&head.path, "size", size)) { (t(lang, size_key)) }
            a href=(with_query(&head.path, "lang", other.code())) hreflang=(other.tag()) lang=(other.tag()) {
                (t(other, "frame.lang.own_name"))
            }
        }
    }
}

fn foot(head: &PageHead) -> Markup {
    let lang = head.lang;
    html! {
        footer.foot { div.wrap {
            div {
                @if let Some(phone) = &head.phone {
                    p { b { (t(lang, "foot.offline")) " " (tf(lang, "foot.call", &[("phone", phone)])) } }
                }
                @if let Some(help) = &head.desk_help { p { (help) } }
            }
            nav aria-label=(t(lang, "frame.about")) { ul.plain {
                @for (key, href) in [("foot.mine", "/mine"), ("foot.proof", "/receipt"), ("portal.staff", "/desk")] {
                    li { a href=(href) { (t(lang, key)) } }
                }
            } }
        } }
    }
}
