//! Every component with its states.

use super::admin;
use crate::components::components_page;
use crate::desk::frame::page as framed;
use crate::error::WebError;
use crate::i18n::t;
use crate::visitor::Visitor;
use maud::{Markup, html};

/// The page.
pub async fn page(visitor: Visitor) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let body = components_page(visitor.lang);
    framed(&visitor, visitor.head(t(visitor.lang, "admin.nav.components")), "/admin/components", &html! {}, &body).await
}
