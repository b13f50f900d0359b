//! Who calls the API: a bearer token, or the code of one matter, or anybody. Cookies are never read here.
//! What a caller may read of a matter is decided in `app::access`.

use crate::api::problem::{ApiError, Item};
use crate::i18n::Lang;
use crate::pace::{Source, What};
use crate::server::Site;
use app::error::AppError;
use app::installation::App;
use app::people::SCOPES;
use app::viewer::{Staff, Viewer};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use std::convert::Infallible;

/// The header with the short or long code of a matter.
pub const QUERY_CODE: &str = "gongzhi-query-code";
/// The header with the last four digits of the phone left with it.
pub const PHONE_TAIL: &str = "gongzhi-phone-tail";
/// The header by which a second sending is the same command.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// What a token may be for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scope {
    /// Reading matters.
    Read,
    /// Raising them and acting on them.
    Write,
}

impl Scope {
    /// As it stands in a token.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => SCOPES[0],
            Scope::Write => SCOPES[1],
        }
    }
}

/// The language of an answer's words, from `Accept-Language`: the one with the higher weight, Chinese if in doubt.
#[must_use]
pub fn language(headers: &HeaderMap) -> Lang {
    let Some(wanted) = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()) else { return Lang::Zh };
    let weight = |of: &str| {
        let ranges = wanted.split(',').filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next()?.to_ascii_lowercase();
            let q = parts.find_map(|p| p.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
            (tag == of || tag.starts_with(&format!("{of}-"))).then_some(q)
        });
        ranges.fold(0.0, f32::max)
    };
    if weight("en") > weight("zh") { Lang::En } else { Lang::Zh }
}

impl<S: Send + Sync> FromRequestParts<S> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Lang, Infallible> {
        Ok(language(&parts.headers))
    }
}

/// One call.
#[derive(Clone)]
pub struct Caller {
    /// The site.
    pub site: Site,
    /// The language of the answer's words.
    pub lang: Lang,
    /// The client's key for repeating safely.
    pub key: Option<String>,
    staff: Option<Staff>,
    code: Option<String>,
    phone_tail: Option<String>,
    source: Source,
}

impl Caller {
    /// The use cases.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.site.app
    }

    /// A hash of where the call comes from, for back-off.
    #[must_use]
    pub fn source(&self) -> u64 {
        self.source.hash
    }

    /// An error of a use case as an answer to this call.
    pub fn fails(&self) -> impl Fn(AppError) -> ApiError {
        let lang = self.lang;
        move |e| ApiError::of(&e, lang)
    }

    /// Counts one of these at the pace of where the call comes from.
    ///
    /// # Errors
    /// 429 with `Retry-After`.
    pub fn pace(&self, what: What) -> Result<(), ApiError> {
        self.site.pace.take(what, self.source).map_err(self.fails())
    }

    /// The holder of the token.
    ///
    /// # Errors
    /// 401 without one, 403 where it lacks the scope.
    pub fn staff(&self, scope: Scope) -> Result<&Staff, ApiError> {
        let staff = self.staff.as_ref().ok_or_else(|| ApiError::of(&AppError::SignIn, self.lang))?;
        if self.may(scope) { Ok(staff) } else { Err(self.lacks(scope)) }
    }

    /// Whether nothing but the token's scope could stand in the way; true without a token.
    #[must_use]
    pub fn may(&self, scope: Scope) -> bool {
        let scopes = self.staff.as_ref().and_then(|s| s.scopes.as_deref());
        scopes.is_none_or(|all| all.iter().any(|s| s == scope.name()))
    }

    fn lacks(&self, scope: Scope) -> ApiError {
        ApiError::new(self.lang, StatusCode::FORBIDDEN, "scope", &[("scope", scope.name())])
    }

    /// As whom the caller raises a matter: the token's holder, else anybody.
    ///
    /// # Errors
    /// 403 where the token lacks the scope.
    pub fn raiser(&self) -> Result<Viewer, ApiError> {
        match &self.staff {
            None => Ok(Viewer::Public),
            Some(_) => self.staff(Scope::Write).map(|s| Viewer::Staff(s.clone())),
        }
    }

    /// As whom the caller looks at one matter: by its code if one is shown, else by the token, else as anybody.
    ///
    /// # Errors
    /// 401 for a wrong code, 429 after too many, 403 where the token lacks the scope.
    pub async fn viewer(&self, number: &str, scope: Scope) -> Result<Viewer, ApiError> {
        if let Some(code) = &self.code {
            let tail = self.phone_tail.as_deref();
            return self.site.show_code(number, code, tail, self.source).await.map_err(self.fails());
        }
        match &self.staff {
            None => Ok(Viewer::Public),
            Some(_) => self.staff(scope).map(|s| Viewer::Staff(s.clone())),
        }
    }
}

impl FromRequestParts<Site> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Caller, ApiError> {
        let lang = language(&parts.headers);
        let text = |name: &str| parts.headers.get(name).map(|v| v.to_str().unwrap_or("\u{fffd}").to_owned());
        let key = text(IDEMPOTENCY_KEY);
        let sound = |k: &String| (1..=200).contains(&k.len()) && k.bytes().all(|b| b.is_ascii_graphic());
        if key.as_ref().is_some_and(|k| !sound(k)) {
            return Err(ApiError::items(lang, vec![Item::new("Idempotency-Key", "key")]));
        }
        let mut staff = None;
        if let Some(given) = text(header::AUTHORIZATION.as_str()) {
            let secret = given.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            if let Some((_, secret)) = secret {
                staff = site.app.who(secret.trim()).await.map_err(|e| ApiError::of(&e, lang))?;
            }
            // The secret of a browser's session is no token: only tokens have scopes.
            staff = staff.filter(|s| s.scopes.is_some());
            if staff.is_none() {
                return Err(ApiError::of(&AppError::SignIn, lang));
            }
        }
        let mut source = site.pace.source(parts);
        source.paced &= staff.is_none();
        Ok(Caller {
            site: site.clone(),
            lang,
            key,
            staff,
            code: text(QUERY_CODE),
            phone_tail: text(PHONE_TAIL),
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heavier_language_wins_and_chinese_in_doubt() {
        let of = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, text.parse().expect("a header"));
            language(&headers)
        };
        assert_eq!(of("en-GB,en;q=0.9,zh;q=0.1"), Lang::En);
        assert_eq!(of("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(of("fr"), Lang::Zh);
        assert_eq!(of("*;q=x, en;q=nan"), Lang::Zh);
        assert_eq!(language(&HeaderMap::new()), Lang::Zh);
    }
}
