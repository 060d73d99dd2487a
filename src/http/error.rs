//! How an [`Error`] leaves the house.
//!
//! A handler returns the error as a value. It travels inside the response to the door the request
//! came through, and that door says it in its own language: JSON for programs, a page for people.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use serde::Serialize;
use utoipa::ToSchema;

use super::csrf::Key;
use super::extract::Json;
use super::page::{ErrorPage, Page};
use super::visit::Visit;
use crate::app::App;
use crate::error::Error;

/// The body of every error of the API: RFC 9457, with a constant `code`, and the fields at fault.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A stable address that explains the problem.
    #[serde(rename = "type")]
    #[schema(format = "uri", example = "http://127.0.0.1:8000/problems/not_found")]
    kind: String,
    /// The kind of problem in a few words.
    title: &'static str,
    /// The status code.
    status: u16,
    /// What is wrong with this very request.
    detail: String,
    /// A constant that programs may rely on.
    #[schema(example = "not_found")]
    code: &'static str,
    /// Names this request in the server's log.
    request_id: String,
    /// What is wrong with each field; `non_field_errors` holds rules across fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, Vec<String>>>, nullable = false)]
    errors: Option<BTreeMap<&'static str, Vec<String>>>,
}

/// The id of a request, for who answers in its name.
#[derive(Clone, Debug, Default)]
pub struct RequestId(pub String);

/// Identifies a request: in the answer, in the log, and in an error.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

/// The outermost layer: names the request, survives its panic, says its error, writes it down.
pub async fn answer(
    app: &App,
    mut request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let began = Instant::now();
    let id = request_id(request.headers());
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let wants_page = wants_page(&uri, request.headers());
    let anybody =
        wants_page.then(|| Visit::new(app, &uri, request.headers(), None, Key::of_nobody()));
    request.extensions_mut().insert(RequestId(id.clone()));

    let ran = AssertUnwindSafe(next(request)).catch_unwind().await;
    let response = ran.unwrap_or_else(|panic| panicked(&*panic).into_response());
    let mut response = match response.extensions().get::<Arc<Error>>().cloned() {
        None => response,
        Some(error) => {
            let visit = response.extensions().get::<Visit>().cloned().or(anybody);
            said(app, &error, &id, response.headers(), visit.filter(|_| wants_page))
        }
    };

    tracing::info!(%id, %method, path = uri.path(), status = response.status().as_u16(),
        micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX), "answered");
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(X_REQUEST_ID, id);
    }
    response
}

/// What no route answers to.
pub async fn no_such_page() -> Error {
    Error::NotFound("page")
}

/// A route that does not know the method. Axum adds which ones it knows.
pub async fn no_such_method(method: Method) -> Error {
    Error::Method(method.to_string().chars().take(20).collect())
}

/// The id that the request brought, if it is a sane one, or a new one.
fn request_id(headers: &HeaderMap) -> String {
    let brought = headers.get(X_REQUEST_ID).and_then(|id| id.to_str().ok()).filter(|id| {
        let sane = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        (1..=100).contains(&id.len()) && id.bytes().all(sane)
    });
    brought.map_or_else(|| format!("{:032x}", rand::random::<u128>()), str::to_owned)
}

/// Programs ask under `/api/`, or do not say that they read HTML.
fn wants_page(uri: &Uri, headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    !uri.path().starts_with("/api/") && accept.contains("text/html")
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let message = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let message = message.or_else(|| panic.downcast_ref::<String>().cloned());
    anyhow::anyhow!("a handler panicked: {}", message.unwrap_or_default()).into()
}

/// The error in the language of the door, with the headers that the response already had.
fn said(app: &App, error: &Error, id: &str, bare: &HeaderMap, visit: Option<Visit>) -> Response {
    if let Error::Internal(cause) | Error::StorageDown(cause) = error {
        tracing::error!(%id, error = ?cause, "request failed");
    }
    let mut response = if let Some(visit) = visit {
        let message = visit.translated(&error.to_string());
        let (code, request_id) = (error.code(), id.to_owned());
        let page = ErrorPage { visit, message, code, request_id };
        (error.status(), Page(page)).into_response()
    } else {
        let problem = (error.status(), Json(error.problem(&app.site.url, id)));
        ([(header::CONTENT_TYPE, "application/problem+json")], problem).into_response()
    };

    let headers = response.headers_mut();
    for (name, value) in bare {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            headers.append(name, value.clone());
        }
    }
    match error {
        Error::Unauthenticated(_) => {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Error::RangeNotSatisfiable(length) => {
            if let Ok(range) = HeaderValue::from_str(&format!("bytes */{length}")) {
                headers.insert(header::CONTENT_RANGE, range);
            }
        }
        Error::TooMany(wait) => {
            let seconds = wait.as_secs() + 1;
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        Error::Conflict { code: "idempotency_in_progress", .. }
        | Error::Busy
        | Error::StorageDown(_) => {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        _ => {}
    }
    response
}

impl Error {
    /// The status code of RFC 9110 that says this.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::Invalid(_) => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict { .. } => StatusCode::CONFLICT,
            Self::Changed => StatusCode::PRECONDITION_FAILED,
            Self::KeyReused => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::RangeNotSatisfiable(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::Busy | Self::StorageDown(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The constant that programs may rely on. [`problems`](super::problems) explains each.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Invalid(_) => "invalid",
            Self::Unauthenticated(_) => "unauthenticated",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::Method(_) => "method_not_allowed",
            Self::TooSlow => "too_slow",
            Self::Conflict { code, .. } => code,
            Self::Changed => "precondition_failed",
            Self::KeyReused => "idempotency_key_reused",
            Self::TooMany(_) => "too_many_requests",
            Self::TooLarge(_) => "too_large",
            Self::MediaType(_) => "unsupported_media_type",
            Self::RangeNotSatisfiable(_) => "range_not_satisfiable",
            Self::Busy => "busy",
            Self::StorageDown(_) => "storage_unavailable",
            Self::StorageFull => "storage_full",
            Self::Internal(_) => "internal",
        }
    }

    /// What the API says of it.
    pub fn problem(&self, site: &str, id: &str) -> Problem {
        let code = self.code();
        let errors = match self {
            Self::Invalid(faults) => Some(faults.by_field().clone()),
            _ => None,
        };
        Problem {
            kind: format!("{site}/problems/{code}"),
            title: super::problems::title(code),
            status: self.status().as_u16(),
            detail: self.to_string(),
            code,
            request_id: id.to_owned(),
            errors,
        }
    }
}
