//! What every page says about itself, and the `<html>` around it.

use crate::assets::asset_url;
use crate::components::breadcrumb::Crumb;
use crate::i18n::Lang;
use maud::{DOCTYPE, Markup, html};

/// What a frame needs to know about the page in it.
#[derive(Clone, Debug, Default)]
pub struct PageHead {
    pub lang: Lang,
    /// Title of the page, without the installation's name.
    pub title: String,
    /// Name of the installation, e.g. 汀云共治.
    pub install: String,
    /// Path and query of this page: the switches keep it.
    pub path: String,
    /// Large print (关怀版), from `?size=large` or a cookie.
    pub large: bool,
    /// Key of the portal section that is open: `home`, `follow`, `find`, `take_part`, `open`, `my`.
    pub section: &'static str,
    /// Way back, outermost first; the page itself is not in it.
    pub crumbs: Vec<Crumb>,
    /// Telephone of the staffed line, shown in the portal's footer.
    pub phone: Option<String>,
    /// Where and when somebody helps in person, shown in the portal's footer.
    pub desk_help: Option<String>,
    /// Address of a form that was just sent: its draft on the device is no longer needed (see `data-draft`).
    pub draft_sent: Option<String>,
    /// Pages that hold personal matters are not for search engines.
    pub private: bool,
}

pub(super) fn document(head: &PageHead, style: &str, scripts: &[&str], body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(head.lang.tag()) data-size=[head.large.then_some("large")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (head.title) " · " (head.install) }
                @if head.private { meta name="robots" content="noindex"; }
                @if let Some(key) = &head.draft_sent { meta name="draft-sent" content=(key); }
                meta name="referrer" content="same-origin";
                meta name="theme-color" content="#fbfaf6" media="(prefers-color-scheme: light)";
                meta name="theme-color" content="#15181a" media="(prefers-color-scheme: dark)";
                link rel="icon" href=(asset_url("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(asset_url(style));
                @for name in scripts { script src=(asset_url(name)) defer {} }
            }
            (body)
        }
    }
}
