//! The pages that show several features at once. What shows one alone is in its own `web.rs`.

mod group_form;
mod groups;
mod home;

use axum::Router;

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new().merge(home::routes()).merge(groups::routes()).merge(group_form::routes())
}
