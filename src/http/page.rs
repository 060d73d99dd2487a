//! HTML on its way out.

use std::sync::OnceLock;

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, VARY};
use axum::response::{Html, IntoResponse, Response};

use super::visit::Visit;
use crate::error::{Error, Result};

/// Where the pieces of a map may come from, if anywhere.
static TILES: OnceLock<String> = OnceLock::new();

/// Says where the pieces of a map come from: an origin, such as `https://tiles.example`. The first
/// word stands.
pub fn settle_tiles(origin: &str) {
    TILES.get_or_init(|| origin.to_owned());
}

/// What a page may load: our own files, and nothing that is written in the page itself (CSP level 3).
fn policy() -> String {
    let tiles = TILES.get().map_or("", String::as_str);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob: {tiles}; \
         connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    )
}

/// A template, ready to be a response.
pub struct Page<T>(pub T);

/// What a handler of pages returns.
pub type PageResult<T> = Result<Page<T>>;

impl<T: Template> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let headers = [
            (CONTENT_SECURITY_POLICY, policy()),
            // Other sites do not hear where somebody comes from; to ours, a form has to say it.
            (REFERRER_POLICY, "same-origin".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
            (VARY, "cookie, accept-language".to_owned()),
        ];
        match self.0.render() {
            Ok(html) => (headers, Html(html)).into_response(),
            Err(err) => Error::Internal(err.into()).into_response(),
        }
    }
}

/// A page that shows a form again, with what is wrong with it.
pub fn refused<T: Template>(page: T) -> Response {
    (StatusCode::BAD_REQUEST, Page(page)).into_response()
}

/// The page a person sees instead of a problem in JSON.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Who sees it.
    pub visit: Visit,
    /// What happened.
    pub message: String,
    /// The constant of what happened: `error-advice-…` says what to do.
    pub code: &'static str,
    /// Names the request in the log.
    pub request_id: String,
}
