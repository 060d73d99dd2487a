//! A page to read the API and to try it. Its assets are inside the binary.
#![expect(clippy::disallowed_types, reason = "a file that is not there is no error of a field")]

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_swagger_ui::{Config, serve};

use super::openapi::DOCUMENT;
use crate::app::App;
use crate::error::{Error, Result};

/// What the page may load: nothing from anywhere else. Swagger UI writes styles into elements.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                      frame-ancestors 'none'; base-uri 'none'";

/// The page and its assets.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/api/docs/", get(|| async { file("index.html") }))
        .route("/api/docs/{file}", get(|Path(name): Path<String>| async move { file(&name) }))
}

fn file(name: &str) -> Result<Response> {
    let config = Config::from(DOCUMENT).try_it_out_enabled(true);
    let found = serve(name, Arc::new(config)).map_err(|err| anyhow::anyhow!("{err}"))?;
    let found = found.ok_or(Error::NotFound("page"))?;
    let headers = [
        (CONTENT_TYPE, found.content_type.as_str()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CACHE_CONTROL, "max-age=3600"),
    ];
    Ok((headers, found.bytes.into_owned()).into_response())
}
