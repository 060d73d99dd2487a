//! Conditional requests (RFC 9110, section 13): nothing is sent twice, and nothing is overwritten
//! unseen.
//!
//! An entity tag is made of the very bytes of a representation, so it changes with every one of
//! them, and it is the same on every server.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, VARY,
};
use axum::http::response::Parts;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, request};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::BodyExt;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::{Error, Result};

/// Gives every representation its entity tag, and answers 304 to who has it already. What nobody in
/// particular asks for is kept, and shown again while nobody writes.
pub async fn tag(
    app: &App,
    mut request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    if request.uri().path().starts_with("/images/") {
        // A file is tagged by its name.
        return next(request).await;
    }
    let (asked, now) = (Asked::by(&mut request), app.db.moment());
    let for_everybody = for_everybody(&request);
    if let Some(uri) = &for_everybody
        && let Some(shown) = app.kept.get::<Shown>(uri, now)
    {
        return asked.answer(Shown::clone(&shown));
    }

    let response = next(request).await;
    if !is_representation(&response) {
        return response;
    }
    let shown = match Shown::of(response).await {
        Ok(shown) => shown,
        Err(err) => return err.into_response(),
    };
    if let Some(uri) = for_everybody {
        let bytes = shown.body.len();
        app.kept.put(uri, now, Arc::new(shown.clone()), bytes);
    }
    asked.answer(shown)
}

/// What is asked for, where everybody who asks for it is shown the same.
fn for_everybody(request: &Request) -> Option<String> {
    let is_same = request.method() == Method::GET && !request.headers().contains_key(AUTHORIZATION);
    let asked = request.uri().path_and_query().map(PathAndQuery::as_str).unwrap_or_default();
    is_same.then(|| format!("answer {asked}"))
}

/// What a client says of a representation that it may have.
struct Asked {
    known: Option<HeaderValue>,
    is_head: bool,
}

/// A representation with its entity tag.
#[derive(Clone)]
struct Shown {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    /// The tag of a HEAD is that of the GET, and so is made of the same bytes: it becomes one.
    fn by(request: &mut Request) -> Self {
        let is_head = request.method() == Method::HEAD;
        if is_head {
            *request.method_mut() = Method::GET;
        }
        let is_get = request.method() == Method::GET;
        let known = request.headers().get(IF_NONE_MATCH).cloned().filter(|_| is_get);
        Self { known, is_head }
    }

    fn answer(self, shown: Shown) -> Response {
        let Shown { status, mut headers, body } = shown;
        let tag = headers.get(ETAG).and_then(|tag| tag.to_str().ok()).unwrap_or_default();
        let is_known = self.known.is_some_and(|known| names(&known, tag, Comparison::Weak));
        let (status, body) = if is_known {
            headers.remove(CONTENT_TYPE);
            headers.remove(CONTENT_LENGTH);
            (StatusCode::NOT_MODIFIED, Body::empty())
        } else {
            (status, if self.is_head { Body::empty() } else { Body::from(body) })
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        response
    }
}

impl Shown {
    async fn of(response: Response) -> Result<Self> {
        let (Parts { status, mut headers, .. }, body) = response.into_parts();
        let body = body.collect().await.map_err(anyhow::Error::new)?.to_bytes();
        if let Ok(tag) = HeaderValue::from_str(&etag(&body)) {
            headers.insert(ETAG, tag);
        }
        headers.append(VARY, HeaderValue::from_static("authorization, origin"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        Ok(Self { status, headers, body })
    }
}

/// Whether `If-None-Match` names this entity tag.
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().any(|known| names(known, tag, Comparison::Weak))
}

/// An answer that shows a resource, as JSON: what was asked for, made or changed.
fn is_representation(response: &Response) -> bool {
    let is_json = response.headers().get(CONTENT_TYPE).is_some_and(|it| it == "application/json");
    is_json && response.status().is_success()
}

fn etag(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..16]))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of entity tags, or `*`, names this one.
fn names(list: &HeaderValue, tag: &str, comparison: Comparison) -> bool {
    let Ok(list) = list.to_str() else { return false };
    list.trim() == "*"
        || list.split(',').map(str::trim).any(|named| match named.strip_prefix("W/") {
            Some(named) => comparison == Comparison::Weak && named == tag,
            None => named == tag,
        })
}

/// The header that [`Precondition`] reads.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "it is for the document")]
pub struct IfMatch {
    /// The `ETag` of what the caller has seen. Where it has changed since, the answer is 412.
    #[param(rename = "If-Match", value_type = String, required = false)]
    if_match: Option<String>,
}

/// What a client believes a resource to be that it is about to change: `If-Match`.
#[derive(Clone, Debug, Default)]
pub struct Precondition(Option<HeaderValue>);

impl Precondition {
    /// Whether there is anything to check.
    pub fn is_there(&self) -> bool {
        self.0.is_some()
    }

    /// Fails when the resource is not what the client believes it to be.
    ///
    /// `current` is what a GET would show the same caller. Ask inside of the transaction, with the
    /// row locked, or it may change once more before it is written.
    pub fn check(&self, current: &impl Serialize) -> Result<()> {
        let Some(believed) = &self.0 else { return Ok(()) };
        let bytes = serde_json::to_vec(current).map_err(anyhow::Error::new)?;
        match names(believed, &etag(&bytes), Comparison::Strong) {
            true => Ok(()),
            false => Err(Error::Changed),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Precondition {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut request::Parts, _: &S) -> Result<Self> {
        Ok(Self(joined(&parts.headers)))
    }
}

/// A header that comes more than once says the same as one with commas.
fn joined(headers: &HeaderMap) -> Option<HeaderValue> {
    let all: Vec<&[u8]> = headers.get_all(IF_MATCH).iter().map(HeaderValue::as_bytes).collect();
    match all.is_empty() {
        true => None,
        false => Some(HeaderValue::from_bytes(&all.join(&b", "[..])).ok()?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(list: &'static str, comparison: Comparison) -> bool {
        names(&HeaderValue::from_static(list), "\"a\"", comparison)
    }

    #[test]
    fn a_list_names_a_tag_as_rfc_9110_says() {
        for list in ["*", "\"a\"", "\"b\", \"a\"", " \"a\" ,\"c\""] {
            assert!(named(list, Comparison::Strong) && named(list, Comparison::Weak), "{list}");
        }
        assert!(named("W/\"a\"", Comparison::Weak) && !named("W/\"a\"", Comparison::Strong));
        for list in ["", "a", "\"b\"", "\"ab\""] {
            assert!(!named(list, Comparison::Weak), "{list}");
        }
    }

    #[test]
    fn what_differs_in_one_byte_has_another_tag() {
        assert_eq!(etag(b"owambe"), etag(b"owambe"));
        assert_ne!(etag(b"owambe"), etag(b"Owambe"));
        Precondition(None).check(&1).unwrap();
        let tag = HeaderValue::from_str(&etag(b"1")).unwrap();
        Precondition(Some(tag.clone())).check(&1).unwrap();
        assert!(matches!(Precondition(Some(tag)).check(&2), Err(Error::Changed)));
    }
}
