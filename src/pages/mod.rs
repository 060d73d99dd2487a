//! The pages that show several features at once. What shows one alone is in its own `web.rs`.

mod event;
mod find;
mod group_form;
mod groups;
mod guests;
mod home;
mod mine;
mod news;
mod notifications;
mod organise;
mod organise_around;
mod organise_form;
mod organise_order;
mod organise_state;
mod people;
mod settings;
pub mod talk;
mod talk_forms;
pub mod unread;

use axum::Router;

use crate::app::App;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .merge(home::routes())
        .merge(find::routes())
        .merge(event::routes())
        .merge(talk::routes())
        .merge(talk_forms::routes())
        .merge(organise::routes())
        .merge(organise_state::routes())
        .merge(guests::routes())
        .merge(mine::routes())
        .merge(groups::routes())
        .merge(group_form::routes())
        .merge(people::routes())
        .merge(notifications::routes())
        .merge(settings::routes())
}
