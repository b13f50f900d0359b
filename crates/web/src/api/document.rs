//! The description of the API, generated from the handlers; and which problems each kind of call can answer with.

use crate::api::problem::Problem;
use std::collections::BTreeMap;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// The problems of a call that needs nobody.
pub struct Open;
/// The problems of reading one matter.
pub struct Reads;
/// The problems of lists.
pub struct Lists;
/// The problems of searching.
pub struct Finds;
/// The problems of raising.
pub struct Raises;
/// The problems of acting.
pub struct Acts;
/// The problems of staging a file.
pub struct Stages;

type Responses = BTreeMap<String, RefOr<Response>>;

fn problems(of: &[u16]) -> Responses {
    let one = |status: &u16| {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(why(*status)).content("application/problem+json", content);
        (status.to_string(), RefOr::T(response.build()))
    };
    of.iter().map(one).collect()
}

fn why(status: u16) -> &'static str {
    match status {
        400 => "not JSON, or it did not arrive whole",
        401 => "a token or code that is missing or wrong",
        403 => "the caller may know of it but not do this",
        404 => "there is no such thing, or the caller may not know of it",
        409 => "a rule refuses; or the matter moved on; or the key was used for something else",
        413 => "too large; it was not read",
        415 => "not JSON",
        422 => "items that are not as they should be, one by one in `errors`",
        429 => "too many wrong codes, or too much at once from one address; see `Retry-After`",
        500 => "our own fault",
        503 => "busy or being maintained",
        507 => "nothing can be saved at the moment",
        _ => "a problem",
    }
}

macro_rules! sets {
    ($($name:ident: $($status:literal)*;)*) => {
        $(impl IntoResponses for $name {
            fn responses() -> Responses {
                problems(&[$($status),*])
            }
        })*
    };
}

sets! {
    Open: 404 422 500 503;
    Reads: 401 403 404 422 429 500 503;
    Lists: 401 403 422 500 503;
    Finds: 400 401 403 413 415 422 500 503;
    Raises: 400 401 403 409 413 415 422 429 500 503 507;
    Acts: 400 401 403 404 409 413 415 422 429 500 503 507;
    Stages: 400 401 403 413 422 429 500 503 507;
}

/// The description before the paths are added.
#[must_use]
pub fn start() -> OpenApi {
    let mut api = OpenApi::default();
    api.info.title = "gongzhi 共治".into();
    api.info.version = env!("CARGO_PKG_VERSION").into();
    api.info.description = Some(
        "Matters of one installation. Times are RFC 3339 at +08:00; words are in `zh` and `en`; errors are RFC 9457 problems \
         in the language of `Accept-Language` (zh or en). Cookies mean nothing here."
            .into(),
    );
    api.info.license = Some(utoipa::openapi::License::new("Apache-2.0"));
    let mut components = Components::new();
    let token = SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build());
    let code = SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("Gongzhi-Query-Code")));
    components.add_security_scheme("token", token);
    components.add_security_scheme("code", code);
    components.schemas.insert("Problem".into(), Problem::schema());
    let mut more = Vec::new();
    Problem::schemas(&mut more);
    components.schemas.extend(more);
    api.components = Some(components);
    api
}

/// The operations of a description, with their method and path.
pub fn operations(api: &OpenApi) -> impl Iterator<Item = (&str, &'static str, &Operation)> {
    api.paths.paths.iter().flat_map(|(path, item)| {
        let all = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("DELETE", &item.delete)];
        all.into_iter().filter_map(move |(method, o)| Some((path.as_str(), method, o.as_ref()?)))
    })
}
