//! The page for who forgot their password: a letter lets them choose another.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::mailbox;
use super::mailbox_api::ForgottenIn;
use crate::app::App;
use crate::error::Result;
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::idempotency::Once;
use crate::http::page::{Page, refused};
use crate::http::visit::Visit;
use crate::input::Field;

/// The page.
pub fn routes() -> Router<App> {
    Router::new().route("/forgot/", get(show).post(ask))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    sent: Field<bool>,
}

#[derive(Template)]
#[template(path = "sessions/forgot.html")]
struct ForgotPage {
    visit: Visit,
    form: Form,
    is_sent: bool,
}

async fn show(visit: Visit, Query(said): Query<Said>) -> Page<ForgotPage> {
    let is_sent = matches!(said.sent, Field::Value(true));
    Page(ForgotPage { visit, form: Form::default(), is_sent })
}

/// Says the same to everybody, so that nobody learns who has an account.
async fn ask(app: App, visit: Visit, form: Form) -> Result<Response> {
    match form.read::<ForgottenIn>()?.read() {
        Ok(address) => {
            mailbox::forgot(&app, &address, Once::default()).await?;
            Ok(Redirect::to("/forgot/?sent=true").into_response())
        }
        Err(err) => Ok(refused(ForgotPage { visit, form: form.refused(err)?, is_sent: false })),
    }
}
