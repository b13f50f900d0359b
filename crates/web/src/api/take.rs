//! What comes in: JSON bodies, queries and path segments, each refused as a problem and never read beyond its limit.

use crate::api::caller::language;
use crate::api::problem::{ApiError, Item};
use crate::i18n::Lang;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

/// The largest JSON body.
const LARGEST_JSON: usize = 1024 * 1024;

/// A JSON body.
pub struct Json<T>(pub T);
/// A query string; unknown parameters are refused by their types.
pub struct Params<T>(pub T);
/// Segments of the path.
pub struct Segments<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Json<T>, ApiError> {
        let lang = language(request.headers());
        if !is_json(request.headers()) {
            return Err(ApiError::new(lang, StatusCode::UNSUPPORTED_MEDIA_TYPE, "media_type", &[]));
        }
        let bytes = bytes(request, LARGEST_JSON, lang).await?;
        read(&bytes, lang).map(Json)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    given.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The bytes of a body up to a limit; what says beforehand that it is larger is not read at all.
///
/// # Errors
/// 413, or 400 for what breaks off.
pub async fn bytes(request: Request, limit: usize, lang: Lang) -> Result<Bytes, ApiError> {
    refuse_large(request.headers(), limit, lang)?;
    let read = axum::body::to_bytes(request.into_body(), limit).await;
    read.map_err(|error| {
        let cause = std::error::Error::source(&error);
        if cause.is_some_and(|e| e.is::<http_body_util::LengthLimitError>()) {
            too_large(limit, lang)
        } else {
            ApiError::new(lang, StatusCode::BAD_REQUEST, "unreadable", &[])
        }
    })
}

/// Refuses what says that it is larger than the limit.
///
/// # Errors
/// 413.
pub fn refuse_large(headers: &HeaderMap, limit: usize, lang: Lang) -> Result<(), ApiError> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|n| n > limit as u64) { Err(too_large(limit, lang)) } else { Ok(()) }
}

/// 413.
#[must_use]
pub fn too_large(limit: usize, lang: Lang) -> ApiError {
    ApiError::new(lang, StatusCode::PAYLOAD_TOO_LARGE, "too_large", &[("limit", &limit.to_string())])
}

/// Reads JSON: 400 for what is none, 422 for what is not as described.
///
/// # Errors
/// A problem that names the place.
pub fn read<T: DeserializeOwned>(bytes: &[u8], lang: Lang) -> Result<T, ApiError> {
    let ill_formed = |e: &serde_json::Error| {
        let (line, column) = (e.line().to_string(), e.column().to_string());
        ApiError::new(lang, StatusCode::BAD_REQUEST, "json", &[("line", &line), ("column", &column)])
    };
    // The whole first: what is no JSON is called so, wherever it breaks.
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).map_err(|e| ill_formed(&e))?;
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.is_data() { ApiError::items(lang, vec![item(&path, &inner.to_string())]) } else { ill_formed(&inner) }
    })
}

/// What serde says, as an item.
fn item(path: &str, message: &str) -> Item {
    let quoted = |start: &str| message.strip_prefix(start).and_then(|rest| rest.split('`').next());
    let path = if path == "." { "" } else { path };
    if let Some(name) = quoted("unknown field `") {
        // The path of an unknown field ends with its name already.
        return Item::new(if path.is_empty() { name } else { path }, "unknown_field");
    }
    if let Some(name) = quoted("missing field `") {
        let name = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        return Item::new(name, "missing");
    }
    Item::new(path, "wrong_type")
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Params<T>, ApiError> {
        let lang = language(&parts.headers);
        let read = Query::<T>::try_from_uri(&parts.uri);
        read.map(|Query(v)| Params(v)).map_err(|e| {
            let text = std::error::Error::source(&e).map(ToString::to_string).unwrap_or_default();
            // The form reader puts the name of the parameter before a fault of its value.
            let found = match text.split_once(": ") {
                Some((path, message)) if !path.contains(' ') => item(path, message),
                _ => item("", &text),
            };
            ApiError::items(lang, vec![found])
        })
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Segments<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Segments<T>, ApiError> {
        let lang = language(&parts.headers);
        let read = Path::<T>::from_request_parts(parts, state).await;
        read.map(|Path(v)| Segments(v)).map_err(|_| ApiError::new(lang, StatusCode::NOT_FOUND, "not_found", &[]))
    }
}
