//! The page on which somebody takes their data along, or deletes their account.

use askama::Template;
use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::api::{self, DeletionIn};
use crate::app::App;
use crate::error::Result;
use crate::http::form::Form;
use crate::http::page::{Page, refused};
use crate::http::visit::Visit;
use crate::sessions::cookie_auth::sign_out;
use crate::users::User;

/// The pages of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/settings/account/", get(show))
        .route("/settings/account/export/", get(export))
        .route("/settings/account/delete/", post(delete))
}

#[derive(Template)]
#[template(path = "accounts/account.html")]
struct AccountPage {
    visit: Visit,
    form: Form,
}

async fn show(visit: Visit, _: User) -> Page<AccountPage> {
    Page(AccountPage { visit, form: Form::default() })
}

/// What the API answers, as a file to keep.
async fn export(app: App, user: User) -> Result<Response> {
    let everything = api::export(app, user).await?;
    let headers = [
        (CONTENT_DISPOSITION, "attachment; filename=\"owambe.json\""),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, everything).into_response())
}

async fn delete(app: App, visit: Visit, user: User, form: Form) -> Result<Response> {
    let closed = match form.read::<DeletionIn>()?.read() {
        Ok(password) => super::close(&app, &user, &password).await,
        Err(err) => Err(err),
    };
    match closed {
        Ok(()) => {
            let mut response = Redirect::to("/").into_response();
            sign_out(&app, &mut response);
            Ok(response)
        }
        Err(err) => {
            let form = form.refused(err)?.with("password", "");
            Ok(refused(AccountPage { visit, form }))
        }
    }
}
