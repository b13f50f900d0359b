//! Who visits, in which language and print: read from cookies, query and bearer token, once per request.
//! Nothing is decided here about what a visitor may read; that is `app::access`.

use crate::error::WebError;
use crate::i18n::Lang;
use crate::layout::PageHead;
use crate::pace::{Source, What};
use crate::server::Site;
use app::viewer::{Staff, Viewer};
use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;

/// The cookie of a signed-in person.
pub const SESSION: &str = "gz_session";
/// The cookie of the language.
pub const LANG: &str = "gz_lang";
/// The cookie of the print size.
pub const SIZE: &str = "gz_size";
/// The cookie of a matter's code; its path is the matter's page.
pub const CODE: &str = "gz_code";

/// One visit.
#[derive(Clone)]
pub struct Visitor {
    /// The site.
    pub site: Site,
    /// The language.
    pub lang: Lang,
    /// Large print.
    pub large: bool,
    /// Path and query.
    pub path: String,
    /// Who signed in, by cookie or bearer token.
    pub staff: Option<Staff>,
    /// Signed in by a bearer token, not by a cookie.
    pub by_token: bool,
    /// The code that the cookie of this page holds.
    pub code: Option<String>,
    /// Where the visit comes from, as a hash, for back-off and pace; never kept.
    pub source: Source,
    /// The secret of the session.
    pub secret: Option<String>,
}

impl Visitor {
    /// The words of the kernel's texts in this language.
    #[must_use]
    pub fn text_lang(&self) -> kernel::text::Lang {
        match self.lang {
            Lang::Zh => kernel::text::Lang::Zh,
            Lang::En => kernel::text::Lang::En,
        }
    }

    /// The person who signed in.
    ///
    /// # Errors
    /// `SignIn`: the page then leads to the sign-in page and back.
    pub fn staff(&self) -> Result<&Staff, WebError> {
        self.staff.as_ref().ok_or_else(|| WebError::new(app::error::AppError::SignIn, self))
    }

    /// As a viewer: whoever signed in, else anybody.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        self.staff.clone().map_or(Viewer::Public, Viewer::Staff)
    }

    /// Counts one of these at the pace of where the visit comes from.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn pace(&self, what: What) -> Result<(), app::error::AppError> {
        self.site.pace.take(what, self.source)
    }

    /// An error of a use case as an answer to this visit.
    pub fn fails(&self) -> impl Fn(app::error::AppError) -> WebError + '_ {
        |e| WebError::new(e, self)
    }

    /// The head of a page.
    #[must_use]
    pub fn head(&self, title: impl Into<String>) -> PageHead {
        let settings = self.site.app.settings();
        PageHead {
            lang: self.lang,
            title: title.into(),
            install: match self.lang {
                Lang::Zh => settings.name.clone(),
                Lang::En => settings.name_en.clone(),
            },
            path: self.path.clone(),
            large: self.large,
            phone: settings.phone.clone(),
            ..PageHead::default()
        }
    }
}

/// The value of a cookie.
#[must_use]
pub fn cookie<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    let all = parts.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
    all.flat_map(|v| v.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, v)| v)
}

fn query<'a>(parts: &'a Parts, name: &str) -> Option<&'a str> {
    parts.uri.query()?.split('&').filter_map(|p| p.split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v)
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Visitor, WebError> {
        let lang = query(parts, "lang").or_else(|| cookie(parts, LANG)).and_then(Lang::parse).unwrap_or_default();
        let large = query(parts, "size").or_else(|| cookie(parts, SIZE)) == Some("large");
        let bearer =
            parts.headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        let secret = bearer.or_else(|| cookie(parts, SESSION)).map(str::to_owned);
        let mut visitor = Visitor {
            site: site.clone(),
            lang,
            large,
            path: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            staff: None,
            by_token: bearer.is_some(),
            code: cookie(parts, CODE).map(str::to_owned),
            source: site.pace.source(parts),
            secret: None,
        };
        if let Some(secret) = secret {
            let staff = site.app.who(&secret).await.map_err(|e| WebError::new(e, &visitor))?;
            // Pages are for sessions: a token is bound to its scopes, which only the API looks at.
            visitor.staff = staff.filter(|s| s.scopes.is_none());
            visitor.source.paced &= visitor.staff.is_none();
            visitor.secret = Some(secret);
        }
        Ok(visitor)
    }
}
