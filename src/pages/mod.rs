//! The pages that show several features at once. What shows one alone is in its own `web.rs`.

mod find;
mod guests;
mod home;
mod mine;
mod organise;
mod organise_form;
mod organise_order;
mod organise_state;

use axum::Router;

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(home::routes())
        .merge(find::routes())
        .merge(organise::routes())
        .merge(organise_state::routes())
        .merge(guests::routes())
        .merge(mine::routes())
}
