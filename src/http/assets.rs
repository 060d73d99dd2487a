//! The stylesheet, the scripts and the icons: inside the binary, and kept by browsers for good.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::RustEmbed;

use super::caching::is_known;
use super::extract::Path;
use crate::app::App;
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "static"]
struct Files;

/// The files.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/static/{name}", get(show))
        // Where browsers and crawlers look by themselves.
        .route("/favicon.ico", get(async |request| file("icon.svg", &request)))
        .route("/robots.txt", get(async |request| file("robots.txt", &request)))
}

/// Where a file is, with what its bytes are called by: another version has another address.
pub fn url(name: &str) -> String {
    let hash = Files::get(name).map(|file| short(&file.metadata.sha256_hash()));
    format!("/static/{name}?v={}", hash.unwrap_or_default())
}

async fn show(Path(name): Path<String>, request: Request) -> Result<Response> {
    file(&name, &request)
}

fn file(name: &str, request: &Request) -> Result<Response> {
    let file = Files::get(name).ok_or(Error::NotFound("file"))?;
    let hash = short(&file.metadata.sha256_hash());
    let tag = format!("\"{hash}\"");
    let is_by_hash = request.uri().query() == Some(&format!("v={hash}"));
    let cache = match is_by_hash {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind(name))),
        (header::ETAG, HeaderValue::try_from(&tag).map_err(anyhow::Error::new)?),
        (header::CACHE_CONTROL, HeaderValue::from_static(cache)),
    ];
    if is_known(request.headers(), &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, file.data.into_owned()).into_response())
}

fn short(hash: &[u8; 32]) -> String {
    let first = hash.first_chunk().copied().unwrap_or_default();
    format!("{:016x}", u64::from_be_bytes(first))
}

/// The media type of a file, by how its name ends.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("webmanifest") => "application/manifest+json",
        _ => "text/plain; charset=utf-8",
    }
}
