//! The first page: what this is, and where to go on.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;

use super::page::Page;
use crate::app::App;

/// The first page.
pub fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    site: String,
    version: &'static str,
}

async fn show(State(app): State<App>) -> Page<HomePage> {
    Page(HomePage { site: app.site.url.clone(), version: env!("CARGO_PKG_VERSION") })
}
