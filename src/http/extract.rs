//! Axum's extractors, refusing in our own words.
#![expect(clippy::disallowed_types, reason = "this is where they are wrapped")]

use std::time::Duration;

use axum::extract::multipart::MultipartError;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::fields;
use crate::error::{Error, Result};

const READ: &str = "send JSON, a form, or multipart/form-data";

/// The largest body without pictures, in bytes.
pub const LARGEST_BODY: usize = 1_000_000;

/// How long a body may take to arrive.
pub const SLOWEST_BODY: Duration = Duration::from_secs(30);

/// The segments of the path. One that does not parse names nothing.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Self {
        Self::NotFound("page")
    }
}

/// JSON on its way out.
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// JSON on its way out that is written already.
pub struct WrittenJson(pub Bytes);

impl WrittenJson {
    /// Writes something.
    pub fn of(shown: &impl Serialize) -> Result<Self> {
        let text = serde_json::to_vec(shown).map_err(anyhow::Error::new)?;
        Ok(Self(text.into()))
    }
}

impl IntoResponse for WrittenJson {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/json")], self.0).into_response()
    }
}

/// The query string, read into [`Field`](crate::input::Field)s.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = parts.uri.query().unwrap_or_default();
        fields::from_form(query.as_bytes()).map(Self)
    }
}

/// The body: JSON, a form, or multipart, read into [`Field`](crate::input::Field)s.
///
/// Without a content type, or as plain text, it is read as JSON; an empty one is an empty object.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let kind = Kind::of(&request)?;
        let read = async {
            if kind == Kind::Multipart {
                return multipart(request, state).await;
            }
            let body = whole(request).await?;
            match kind {
                // No encoder of forms leaves a brace as it is, but `curl -d '{…}'` calls it a form.
                Kind::Form if !body.starts_with(b"{") => fields::from_form(&body),
                _ => fields::from_json(&body),
            }
        };
        timeout(SLOWEST_BODY, read).await.map_err(|_| Error::TooSlow)?.map(Self)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Form,
    Multipart,
}

impl Kind {
    fn of(request: &Request) -> Result<Self> {
        let Some(kind) = request.headers().get(CONTENT_TYPE) else { return Ok(Self::Json) };
        let kind = kind.to_str().map_err(|_| Error::MediaType(READ))?;
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match essence.as_str() {
            "" | "application/json" | "text/plain" => Ok(Self::Json),
            "application/x-www-form-urlencoded" => Ok(Self::Form),
            "multipart/form-data" => Ok(Self::Multipart),
            other if other.starts_with("application/") && other.ends_with("+json") => {
                Ok(Self::Json)
            }
            _ => Err(Error::MediaType(READ)),
        }
    }
}

/// The whole body, if it is no larger than anybody needs.
pub async fn whole(request: Request) -> Result<Vec<u8>> {
    let body = Limited::new(request.into_body(), LARGEST_BODY);
    match body.collect().await {
        Ok(body) => Ok(body.to_bytes().into()),
        Err(err) if err.is::<LengthLimitError>() => Err(Error::TooLarge(LARGEST_BODY)),
        Err(_) => Err(Error::Malformed("the body ended before it was complete".to_owned())),
    }
}

/// The text parts of a multipart body.
async fn multipart<T: DeserializeOwned, S: Send + Sync>(request: Request, state: &S) -> Result<T> {
    let request = request.map(|body| axum::body::Body::new(Limited::new(body, LARGEST_BODY)));
    let mut parts = Multipart::from_request(request, state)
        .await
        .map_err(|_| Error::Malformed("the multipart body has no boundary".to_owned()))?;
    let mut pairs = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|err| unreadable(&err, LARGEST_BODY))? {
        let name = part.name().unwrap_or_default().to_owned();
        pairs.push((name, part.text().await.map_err(|err| unreadable(&err, LARGEST_BODY))?));
    }
    fields::from_pairs(pairs)
}

/// More of a body has come in than anybody needs to say what follows.
#[derive(Debug, thiserror::Error)]
#[error("the head of a part is too long")]
pub struct HeadTooLong;

/// What is wrong with a multipart body that may have `most` bytes.
pub fn unreadable(err: &MultipartError, most: usize) -> Error {
    if err.status() == StatusCode::PAYLOAD_TOO_LARGE || was_too_long(err) {
        return Error::TooLarge(most);
    }
    Error::Malformed("the multipart body cannot be read".to_owned())
}

fn was_too_long(err: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(err);
    while let Some(err) = cause {
        if err.is::<LengthLimitError>() || err.is::<HeadTooLong>() {
            return true;
        }
        cause = err.source();
    }
    false
}
