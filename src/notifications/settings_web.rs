//! The page on which somebody says what they want to hear of, and how.

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use serde::Deserialize;

use super::web::about;
use super::{Kind, Setting};
use crate::app::App;
use crate::error::Result;
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::User;

/// The page.
pub fn routes() -> Router<App> {
    Router::new().route("/settings/notifications/", get(show).post(save))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    saved: Field<bool>,
}

#[derive(Template)]
#[template(path = "notifications/settings.html")]
struct SettingsPage {
    visit: Visit,
    rows: Vec<Row>,
    /// Whether letters would reach them.
    is_verified: bool,
    is_saved: bool,
}

/// What somebody wants to hear of one kind.
struct Row {
    kind: &'static str,
    about: String,
    in_app: bool,
    by_mail: bool,
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Query(said): Query<Said>,
) -> PageResult<SettingsPage> {
    let settings = app.db.read(move |conn| super::settings(conn, user.id)).await?;
    let row = |it: &Setting| Row {
        kind: it.kind.as_str(),
        about: about(&visit, it.kind),
        in_app: it.in_app,
        by_mail: it.by_mail,
    };
    let rows = settings.iter().map(row).collect();
    let is_verified = user.email_verified_at.is_some();
    let is_saved = matches!(said.saved, Field::Value(true));
    Ok(Page(SettingsPage { visit, rows, is_verified, is_saved }))
}

/// A box that is not ticked is not sent: it says no.
async fn save(app: App, user: User, form: Form) -> Result<Redirect> {
    let of = |kind: &Kind| Setting {
        kind: *kind,
        in_app: form.is("app", kind.as_str()),
        by_mail: form.is("mail", kind.as_str()),
    };
    let wanted: Vec<Setting> = Kind::ALL.iter().map(of).collect();
    app.db.write(move |tx| super::set_all(tx, user.id, &wanted)).await?;
    Ok(Redirect::to("/settings/notifications/?saved=true"))
}
