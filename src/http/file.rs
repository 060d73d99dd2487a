//! Files on their way out: whole or in part, and only to who has not got them already.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_range_header::{RangeUnsatisfiableError, parse_range_header};

use super::caching::is_known;
use crate::error::{Error, Result};
use crate::files::Format;
use crate::storage::Storage;

/// What a request says about how it wants a file.
pub struct FileRequest(HeaderMap, Method);

impl<S: Sync> FromRequestParts<S> for FileRequest {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(parts.headers.clone(), parts.method.clone()))
    }
}

/// Answers with a file whose name is never given to other bytes, so that its name is its entity tag.
pub async fn answer(
    storage: &Storage,
    request: &FileRequest,
    name: &str,
    format: Format,
    is_public: bool,
) -> Result<Response> {
    let tag = format!("\"{name}\"");
    let mut headers = headers(name, &tag, format, is_public)?;
    if is_known(&request.0, &tag) {
        headers.remove(header::CONTENT_TYPE);
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    let lost = |err| match err {
        Error::NotFound(_) => {
            tracing::error!(name, "a file is not in the storage");
            Error::NotFound("image")
        }
        other => other,
    };
    let wanted = match request.0.get(header::RANGE) {
        // A part is something to GET (RFC 9110, section 14.2).
        Some(_) if request.1 != Method::GET || request.has_another(&tag) => None,
        Some(range) => range_in(range, storage.size(name).await.map_err(lost)?)?,
        None => None,
    };
    let (length, stream) = storage.get(name, wanted.clone()).await.map_err(lost)?;
    let status = match &wanted {
        None => {
            headers.insert(header::CONTENT_LENGTH, length.into());
            StatusCode::OK
        }
        Some(part) => {
            let range = format!("bytes {}-{}/{length}", part.start, part.end - 1);
            headers.insert(header::CONTENT_RANGE, HeaderValue::try_from(range).map_err(odd)?);
            headers.insert(header::CONTENT_LENGTH, (part.end - part.start).into());
            StatusCode::PARTIAL_CONTENT
        }
    };
    Ok((status, headers, Body::from_stream(stream)).into_response())
}

impl FileRequest {
    /// Whether the client has some of another file, and so wants all of this one (`If-Range`).
    fn has_another(&self, tag: &str) -> bool {
        self.0.get(header::IF_RANGE).is_some_and(|held| held != tag)
    }
}

/// The bytes that are asked for. What is no range, or several, means all of them (RFC 9110, section
/// 14.2).
fn range_in(range: &HeaderValue, length: u64) -> Result<Option<std::ops::Range<u64>>> {
    let Some(parsed) = range.to_str().ok().and_then(|text| parse_range_header(text).ok()) else {
        return Ok(None);
    };
    match parsed.validate(length) {
        Err(RangeUnsatisfiableError::Unsatisfiable) => Err(Error::RangeNotSatisfiable(length)),
        Ok(ranges) if ranges.len() == 1 => Ok(Some(*ranges[0].start()..*ranges[0].end() + 1)),
        _ => Ok(None),
    }
}

fn headers(name: &str, tag: &str, format: Format, is_public: bool) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    let cache = match is_public {
        true => "public, max-age=31536000, immutable",
        false => "private, max-age=31536000, immutable",
    };
    let disposition = format!("inline; filename=\"{name}\"");
    for (header, value) in [
        (header::CONTENT_TYPE, format.as_str()),
        (header::ETAG, tag),
        (header::CACHE_CONTROL, cache),
        (header::VARY, "authorization, cookie"),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CONTENT_DISPOSITION, &disposition),
        // Opened by itself, it is a picture and never a page with a script.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ] {
        headers.insert(header, HeaderValue::try_from(value).map_err(odd)?);
    }
    Ok(headers)
}

fn odd(err: impl Into<anyhow::Error>) -> Error {
    Error::Internal(err.into())
}
