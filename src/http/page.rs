//! HTML on its way out.

use askama::Template;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY};
use axum::response::{Html, IntoResponse, Response};

use crate::error::{Error, Result};

/// What a page may load: nothing but the style that is written in it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; \
                      base-uri 'none'; form-action 'self'";

/// A template, ready to be a response.
pub struct Page<T>(pub T);

/// What a handler of pages returns.
pub type PageResult<T> = Result<Page<T>>;

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_SECURITY_POLICY, POLICY),
            // Some addresses have a token in them, and that is nobody else's business.
            (REFERRER_POLICY, "no-referrer"),
            (CACHE_CONTROL, "no-store"),
        ];
        match self.0.render() {
            Ok(html) => (headers, Html(html)).into_response(),
            Err(err) => Error::Internal(err.into()).into_response(),
        }
    }
}

/// The page a person sees instead of a problem in JSON.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// What happened.
    pub message: String,
    /// Names the request in the log.
    pub request_id: String,
}
