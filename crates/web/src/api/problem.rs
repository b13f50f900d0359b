//! Errors of the API as RFC 9457 problems: what, which rule, what to do, in the reader's language. Statuses come from `error`.
//! A hidden thing and a missing one give the same bytes.

use crate::api::shape::Condition;
use crate::error::{log, status, words};
use crate::i18n::{Lang, t, tf};
use crate::refusal;
use app::error::{AppError, StoreError};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::refusal::{FieldError, Rule};
use serde::Serialize;
use utoipa::ToSchema;

/// A problem, as `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable name for programs: `urn:gongzhi:problem:NAME`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What went wrong, in a few words.
    pub title: String,
    /// The status of the answer.
    pub status: u16,
    /// What, why and what to do.
    pub detail: String,
    /// The rule that refused, if a rule did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// The clause that the rule rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// The actions that are possible instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub possible: Option<Vec<String>>,
    /// The conditions that do not hold, where the rule is `guard`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
    /// What is wrong, item by item.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Item>,
    /// Under which id the cause was logged; for our own faults only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
}

/// What is wrong with one item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Item {
    /// Which field of the form, item of the request, query parameter or header.
    pub field: String,
    /// A stable name for programs.
    pub code: String,
    /// What is wrong and what to do, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Item {
    /// An item whose words stand under `failure.item.CODE`.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &str) -> Item {
        let key = format!("failure.item.{code}");
        let (zh, en) = (t(Lang::Zh, &key).to_owned(), t(Lang::En, &key).to_owned());
        Item { field: field.into(), code: code.to_owned(), zh, en }
    }
}

impl From<&FieldError> for Item {
    fn from(e: &FieldError) -> Item {
        let (zh, en) = (e.message.zh.clone(), e.message.en.clone());
        Item { field: e.field.clone(), code: e.code.to_owned(), zh, en }
    }
}

/// An error on its way to a client.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    wait: u32,
    lang: Lang,
}

impl ApiError {
    /// A failure of the transport or the envelope, with the words under `failure.NAME`.
    #[must_use]
    pub fn new(lang: Lang, status: StatusCode, name: &str, values: &[(&str, &str)]) -> ApiError {
        let title = t(lang, &format!("failure.{name}.title")).to_owned();
        let detail = tf(lang, &format!("failure.{name}.text"), values);
        let problem = Problem {
            kind: format!("urn:gongzhi:problem:{name}"),
            title,
            status: status.as_u16(),
            detail,
            rule: None,
            clause: None,
            possible: None,
            conditions: Vec::new(),
            errors: Vec::new(),
            request: None,
        };
        ApiError { problem: Box::new(problem), wait: 0, lang }
    }

    /// Items that are not as they should be: 422.
    #[must_use]
    pub fn items(lang: Lang, items: Vec<Item>) -> ApiError {
        let mut error = ApiError::new(lang, StatusCode::UNPROCESSABLE_ENTITY, "shape", &[]);
        error.problem.errors = items;
        error
    }

    /// An error of a use case.
    #[must_use]
    pub fn of(error: &AppError, lang: Lang) -> ApiError {
        let status = status(error);
        let mut api = match error {
            AppError::Refused(refusal, mechanism) => {
                let name = if matches!(refusal.rule, Rule::Fields(_)) { "fields" } else { "refused" };
                let detail = refusal::said(refusal, mechanism.as_deref(), lang);
                let mut api = ApiError::bare(lang, status, name, detail);
                api.problem.rule = Some(refusal.rule.code().to_owned());
                api.problem.clause.clone_from(&refusal.clause);
                api.problem.possible = Some(refusal.possible.clone());
                let conditions = refusal::conditions(&refusal.rule, mechanism.as_deref());
                api.problem.conditions = conditions.into_iter().map(Condition::from).collect();
                if let Rule::Fields(errors) = &refusal.rule {
                    api.problem.errors = errors.iter().map(Item::from).collect();
                }
                api
            }
            _ => ApiError::worded(error, status, lang),
        };
        api.problem.request = log(error);
        api.wait = error.wait().unwrap_or(0);
        api
    }

    fn worded(error: &AppError, status: StatusCode, lang: Lang) -> ApiError {
        let name = name(error);
        match words(error, lang) {
            Some((title, detail)) => {
                let mut api = ApiError::bare(lang, status, "refused", detail);
                api.problem.title = title;
                api.problem.kind = format!("urn:gongzhi:problem:{name}");
                api
            }
            None => ApiError::new(lang, status, name, &[]),
        }
    }

    fn bare(lang: Lang, status: StatusCode, name: &str, detail: String) -> ApiError {
        let problem = Problem {
            kind: format!("urn:gongzhi:problem:{name}"),
            title: t(lang, &format!("failure.{name}.title")).to_owned(),
            status: status.as_u16(),
            detail,
            rule: None,
            clause: None,
            possible: None,
            conditions: Vec::new(),
            errors: Vec::new(),
            request: None,
        };
        ApiError { problem: Box::new(problem), wait: 0, lang }
    }

    /// The same words under another status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> ApiError {
        self.problem.status = status.as_u16();
        self
    }
}

/// The stable name of an error without a rule.
fn name(error: &AppError) -> &'static str {
    match error {
        AppError::NotFound => "not_found",
        AppError::Refused(..) => "refused",
        AppError::NotOffered { .. } => "not_offered",
        AppError::Nobody { .. } => "nobody",
        AppError::OutsideTerritory { .. } => "outside",
        AppError::UnknownRegion { .. } => "region",
        AppError::UnknownMechanism { .. } => "mechanism",
        AppError::KeyReused => "key_reused",
        AppError::Conflict => "conflict",
        AppError::WrongCode { wait: 0 } => "wrong_code",
        AppError::WrongCode { .. } => "wait",
        AppError::TooMany { .. } => "pace",
        AppError::Upload(_) => "upload",
        AppError::UnknownAttachment => "attachment",
        AppError::SignIn => "sign_in",
        AppError::Forbidden => "forbidden",
        AppError::Store(_) if status(error) == StatusCode::INSUFFICIENT_STORAGE => "full",
        AppError::Store(StoreError::FlushFailed) => "stopped",
        AppError::Store(_) if status(error) == StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        _ => "internal",
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&*self.problem).expect("invariant: a problem is plain data");
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.lang.tag()));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.wait > 0 {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(self.wait));
        }
        (status, headers, body).into_response()
    }
}
