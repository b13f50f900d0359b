//! A frame with nothing but the brand: sign-in and errors, where navigation would lead astray.

use super::PageHead;
use super::head::document;
use super::portal::tools;
use crate::components::ring::brand_mark;
use crate::i18n::t;
use maud::{Markup, html};

/// A page without navigation.
#[must_use]
pub fn plain_page(head: &PageHead, body: &Markup) -> Markup {
    let inner = html! {
        body.portal.plain-page {
            a.skip href="#main" { (t(head.lang, "frame.skip")) }
            header.top { div.wrap {
                a.brand href="/" { (brand_mark()) span { (head.install) } }
                (tools(head))
            } }
            main #main.wrap tabindex="-1" { (body) }
        }
    };
    document(head, "portal.css", &["draft.js"], &inner)
}
