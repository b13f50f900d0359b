//! Errors as answers: the only place where a use case's error becomes a status. Hidden things are 404, internals never leak.

use crate::components::Link;
use crate::components::error_page::{ErrorKind, ErrorPage, error_page};
use crate::i18n::{Lang, source, t, tf};
use crate::layout::plain_page;
use crate::refusal;
use crate::visitor::Visitor;
use app::error::{AppError, StoreError};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

/// An error on its way to a visitor.
pub struct WebError {
    error: AppError,
    visitor: Box<Visitor>,
}

impl WebError {
    /// An error of a use case, for this visitor.
    #[must_use]
    pub fn new(error: AppError, visitor: &Visitor) -> WebError {
        WebError { error, visitor: Box::new(visitor.clone()) }
    }

    /// The error itself.
    #[must_use]
    pub fn error(&self) -> &AppError {
        &self.error
    }
}

/// The status of an error.
#[must_use]
pub fn status(error: &AppError) -> StatusCode {
    use kernel::refusal::Rule;
    match error {
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::Refused(refusal, _) => match refusal.rule {
            Rule::Fields(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Rule::UnknownAction(_) => StatusCode::NOT_FOUND,
            Rule::Role { .. } | Rule::Separation => StatusCode::FORBIDDEN,
            _ => StatusCode::CONFLICT,
        },
        AppError::KeyReused | AppError::Conflict | AppError::Nobody { .. } => StatusCode::CONFLICT,
        AppError::NotOffered { .. } | AppError::OutsideTerritory { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::UnknownRegion { .. } | AppError::UnknownMechanism { .. } | AppError::UnknownAttachment => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AppError::WrongCode { wait: 0 } => StatusCode::UNAUTHORIZED,
        AppError::WrongCode { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        AppError::Upload(app::upload::Refusal::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
        AppError::Upload(_) => StatusCode::UNPROCESSABLE_ENTITY,
        AppError::SignIn => StatusCode::UNAUTHORIZED,
        AppError::Forbidden => StatusCode::FORBIDDEN,
        AppError::Store(StoreError::ReadOnly(_)) => StatusCode::INSUFFICIENT_STORAGE,
        AppError::Store(StoreError::Unavailable { .. } | StoreError::FlushFailed | StoreError::InUse) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        AppError::Letter(_) | AppError::Store(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Says when to try again, where waiting helps.
#[must_use]
pub fn retry(error: &AppError, mut response: Response) -> Response {
    if let Some(wait) = error.wait() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}

/// Logs what went wrong inside, once, at the boundary; gives the id that the page shows. Never a person's words.
pub fn log(error: &AppError) -> Option<String> {
    if !status(error).is_server_error() {
        return None;
    }
    let id = format!("{:08x}", std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), 0) >> 32);
    let mut chain = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    tracing::error!(request = %id, error = %chain, "a request failed");
    Some(id)
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let status = status(&self.error);
        if matches!(self.error, AppError::SignIn) {
            let back = crate::layout::in_query(&self.visitor.path);
            return Redirect::to(&format!("/desk/sign-in?back={back}")).into_response();
        }
        let mut page = page(&self.error, &self.visitor);
        page.links = ways_on(&self.visitor, status);
        let head = self.visitor.head(page.title(self.visitor.lang));
        let body = plain_page(&head, &error_page(self.visitor.lang, &page));
        retry(&self.error, (status, body).into_response())
    }
}

/// Whether the page is one of the desk or the administration.
fn at_work(visitor: &Visitor) -> bool {
    ["/desk", "/admin"].iter().any(|start| visitor.path.starts_with(start))
}

/// Where to go from an error: nobody is left at a page that leads nowhere.
fn ways_on(visitor: &Visitor, status: StatusCode) -> Vec<Link> {
    let work = at_work(visitor);
    let ways: &[(&str, &str)] = match &visitor.staff {
        Some(_) if work => &[("/desk", "error.way.today"), ("/desk/search", "error.way.search")],
        _ => &[("/", "error.way.home"), ("/follow", "error.way.follow"), ("/open#rules", "error.way.rules")],
    };
    // At the desk a page that is not there may belong to a matter that is not theirs either.
    let matter = the_matter(&visitor.path).filter(|_| !work || status != StatusCode::NOT_FOUND);
    let matter = matter.map(|href| Link::new(href, t(visitor.lang, "error.way.matter")));
    let phone = visitor.site.app.settings().phone.as_ref().filter(|_| !work);
    let call = phone.map(|p| Link::new(format!("tel:{p}"), tf(visitor.lang, "foot.call", &[("phone", p)])));
    let ways = ways.iter().map(|(href, key)| Link::new(*href, t(visitor.lang, key)));
    matter.into_iter().chain(ways).chain(call).collect()
}

/// The matter's own page, from a page below it: who was refused one step wants to go on with the matter.
fn the_matter(path: &str) -> Option<String> {
    let path = path.split('?').next().unwrap_or_default();
    let (start, rest) = ["/desk/m/", "/m/"].iter().find_map(|start| Some((start, path.strip_prefix(start)?)))?;
    let (number, below) = rest.split_once('/')?;
    (!number.is_empty() && !below.is_empty()).then(|| format!("{start}{number}"))
}

fn page(error: &AppError, visitor: &Visitor) -> ErrorPage {
    let lang = visitor.lang;
    let mut page = ErrorPage::new(match status(error) {
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        StatusCode::FORBIDDEN => ErrorKind::Forbidden,
        StatusCode::CONFLICT => ErrorKind::Refused,
        s if s.is_server_error() => ErrorKind::Broken,
        _ => ErrorKind::Other,
    });
    page.request_id = log(error);
    if let AppError::Refused(refusal, mechanism) = error {
        page.text = refusal::words(refusal, mechanism.as_deref(), lang);
        page.clause = refusal.clause.as_ref().map(|c| source(lang, c));
        return page;
    }
    if page.kind == ErrorKind::NotFound && visitor.staff.is_some() && at_work(visitor) {
        page.text = vec![t(lang, "error.not_found.desk").to_owned()];
    }
    if let Some((title, text)) = words(error, lang) {
        page.title = Some(title);
        page.text = vec![text];
    }
    page
}

/// Title and text of an error that has words of its own.
#[must_use]
pub fn words(error: &AppError, lang: Lang) -> Option<(String, String)> {
    let pair = |key: &str| {
        Some((t(lang, &format!("failure.{key}.title")).to_owned(), t(lang, &format!("failure.{key}.text")).to_owned()))
    };
    match error {
        AppError::NotOffered { .. } => pair("not_offered"),
        AppError::Nobody { .. } => pair("nobody"),
        AppError::OutsideTerritory { .. } => pair("outside"),
        AppError::UnknownRegion { given } => {
            Some((t(lang, "failure.region.title").to_owned(), tf(lang, "failure.region.text", &[("given", given)])))
        }
        AppError::UnknownMechanism { given } => Some((
            t(lang, "failure.mechanism.title").to_owned(),
            tf(lang, "failure.mechanism.text", &[("given", given)]),
        )),
        AppError::KeyReused => pair("key_reused"),
        AppError::Conflict => pair("conflict"),
        AppError::WrongCode { wait: 0 } => pair("wrong_code"),
        AppError::WrongCode { wait } => Some((
            t(lang, "failure.wait.title").to_owned(),
            tf(lang, "failure.wait.text", &[("seconds", &wait.to_string())]),
        )),
        AppError::TooMany { wait } => Some((
            t(lang, "failure.pace.title").to_owned(),
            tf(lang, "failure.pace.text", &[("wait", &crate::i18n::wait(lang, *wait))]),
        )),
        AppError::Upload(refusal) => {
            let text = if lang == Lang::Zh { refusal.zh() } else { refusal.en() };
            Some((t(lang, "failure.upload.title").to_owned(), text.to_owned()))
        }
        AppError::UnknownAttachment => pair("attachment"),
        AppError::Store(StoreError::ReadOnly(_)) => pair("full"),
        // Waiting helps with everything else that is 503; here nothing is saved before somebody looked after the disk.
        AppError::Store(StoreError::FlushFailed) => pair("stopped"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After a failed flush nothing is saved until a restart: nobody is told to wait.
    #[test]
    fn whoever_cannot_be_served_until_a_restart_is_told_to_keep_her_text_and_to_call() {
        let failed = AppError::Store(StoreError::FlushFailed);
        assert_eq!(status(&failed), StatusCode::SERVICE_UNAVAILABLE);
        let (title, text) = words(&failed, Lang::Zh).expect("words of its own");
        assert!(title.contains("没有保存") && text.contains("留好") && text.contains("打电话"), "{title} {text}");
        let (title, text) = words(&failed, Lang::En).expect("words of its own");
        assert!(
            title.contains("Not saved") && text.contains("keep your text") && text.contains("call us"),
            "{title} {text}"
        );
        let busy = StoreError::Unavailable { during: "test", source: "busy".into() };
        assert!(words(&AppError::Store(busy), Lang::Zh).is_none(), "what passes is said otherwise");
    }
}
