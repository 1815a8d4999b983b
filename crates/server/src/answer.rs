//! Answers: JSON, or an OData error with code, field and advice.

use axum::Json as Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Refusal, Texts};
use serde_json::{Value as Json, json};
use std::any::Any;

/// An error on its way to the client, in the user's language.
pub struct Failure {
    status: StatusCode,
    body: Json,
}

pub type Reply = Result<Response, Failure>;

impl Failure {
    pub fn new(error: &Error, texts: &Texts, language: &str) -> Self {
        match error {
            Error::Refused(refusal) => {
                Self { status: status(refusal.code), body: refused(refusal, texts, language) }
            }
            Error::Store(store::Error::Full) => Self::plain(
                StatusCode::INSUFFICIENT_STORAGE,
                "store.full",
                "The disk is full; nothing was written.",
                "Make room, then try again.",
            ),
            Error::Store(store::Error::Unknown) => Self::plain(
                StatusCode::SERVICE_UNAVAILABLE,
                "store.unknown",
                "The line to the database broke: it is not known whether this was written.",
                "Look first, then repeat it: a repeat with the same key does nothing twice.",
            ),
            Error::Store(error) => {
                tracing::error!(%error, "request failed");
                Self::plain(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "store.failed",
                    "The database did not carry this out; nothing was written.",
                    "Try again. If it stays so, show the administrator the log.",
                )
            }
        }
    }

    fn plain(status: StatusCode, code: &str, message: &str, advice: &str) -> Self {
        Self { status, body: json!({"error": {"code": code, "message": message, "@celota.advice": advice}}) }
    }
}

pub fn refused(refusal: &Refusal, texts: &Texts, language: &str) -> Json {
    let one = |r: &Refusal| {
        json!({
            "code": r.code, "message": r.message(texts, language), "target": r.field,
            "@celota.advice": r.advice(texts, language),
        })
    };
    let mut error = one(refusal);
    let details: Vec<Json> = refusal.more.iter().map(one).collect();
    if let Some(map) = error.as_object_mut()
        && !details.is_empty()
    {
        map.insert("details".into(), Json::Array(details));
    }
    json!({"error": error})
}

fn status(code: &str) -> StatusCode {
    match code {
        "access.signed_out" | "access.wrong_password" | "access.no_company" => StatusCode::UNAUTHORIZED,
        "access.too_many_tries" => StatusCode::TOO_MANY_REQUESTS,
        "kernel.forbidden" | "access.csrf" => StatusCode::FORBIDDEN,
        "kernel.not_found" | "kernel.no_such_entity" | "kernel.no_such_command" => StatusCode::NOT_FOUND,
        "kernel.stale" => StatusCode::PRECONDITION_FAILED,
        "kernel.not_unique"
        | "kernel.illegal_step"
        | "kernel.in_use"
        | "kernel.not_editable"
        | "kernel.key_reused" => StatusCode::CONFLICT,
        code if code.starts_with("kernel.") => StatusCode::BAD_REQUEST,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, odata_headers(), Body(self.body)).into_response()
    }
}

pub fn odata_headers() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert("OData-Version", axum::http::HeaderValue::from_static("4.01"));
    headers
}

pub fn ok(body: Json) -> Response {
    (odata_headers(), Body(body)).into_response()
}

/// A bug: logged once, nothing written, and no detail for strangers.
#[expect(clippy::needless_pass_by_value, reason = "the shape that the layer asks for")]
pub fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let what =
        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(what = what.unwrap_or("unknown"), "panic");
    Failure::plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "server.bug",
        "The program made a mistake; nothing was written.",
        "Show the administrator the log.",
    )
    .into_response()
}
