//! Whether the server lives, and whether it can work: for those who watch over it.

use axum::Router;
use axum::routing::get;
use serde::Serialize;

use super::extract::Json;
use crate::app::App;
use crate::error::{Error, Result};

#[derive(Serialize)]
struct Health {
    status: &'static str,
}

/// `/health/live` needs nothing; `/health/ready` asks the database.
pub fn routes() -> Router<App> {
    Router::new().route("/health/live/", get(live)).route("/health/ready/", get(ready))
}

async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

async fn ready(app: App) -> Result<Json<Health>> {
    app.db.ping().await.map_err(|cause| {
        tracing::error!(?cause, "the database does not answer");
        Error::Busy
    })?;
    Ok(Json(Health { status: "ok" }))
}
