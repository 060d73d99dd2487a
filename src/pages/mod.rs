//! The pages that show several features at once. What shows one alone is in its own `web.rs`.

mod event;
mod event_files;
mod event_meta;
mod event_part;
mod event_people;
mod event_when;
mod home;

use axum::Router;

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(home::routes())
        .merge(event::routes())
        .merge(event_files::routes())
        .merge(event_people::routes())
}
