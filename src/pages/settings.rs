//! The first page of the settings: what others see of somebody, and where letters reach them.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::app::App;
use crate::error::{Error, Result};
use crate::files::{FileName, Size};
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::idempotency::Once;
use crate::http::page::{Page, PageResult, refused};
use crate::http::upload::Upload;
use crate::http::visit::Visit;
use crate::images::{self, Place};
use crate::input::Field;
use crate::sessions::mailbox;
use crate::users::api::ProfileIn;
use crate::users::{self, User};
use crate::zone::Zone;

/// The page, and what its forms do.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/settings/", get(show).post(save))
        .route("/settings/verify/", post(send_again))
        .route("/settings/avatar/", post(put_picture))
        .route("/settings/avatar/remove/", post(remove_picture))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    saved: Field<bool>,
    sent: Field<bool>,
}

#[derive(Template)]
#[template(path = "pages/settings.html")]
struct SettingsPage {
    visit: Visit,
    profile: Form,
    picture: Form,
    shown: Shown,
}

/// What the page shows beside its forms.
struct Shown {
    user: User,
    picture: Option<FileName>,
    /// What the picture shows.
    alt: String,
    is_saved: bool,
    is_sent: bool,
}

impl Shown {
    /// How things are.
    async fn read(app: &App, user: User) -> Result<Self> {
        let place = Place::User(user.id);
        let image = match app.db.read(move |conn| images::get_at(conn, place)).await {
            Ok(image) => Some(image),
            Err(Error::NotFound(_)) => None,
            Err(other) => return Err(other),
        };
        let (picture, alt) = image.map(|image| (image.file.name, image.alt)).unzip();
        let alt = alt.unwrap_or_default();
        Ok(Self { user, picture, alt, is_saved: false, is_sent: false })
    }

    /// Whether letters reach them is said beside the address.
    fn email_hint(&self, visit: &Visit) -> String {
        visit.say(match self.user.email_verified_at {
            Some(_) => "settings-verified",
            None => "settings-email-hint",
        })
    }

    /// The form, with what it would change.
    fn profile(&self) -> Form {
        Form::default()
            .with("display_name", &self.user.display_name)
            .with("username", &self.user.username)
            .with("email", &self.user.email)
            .with("bio", &self.user.bio)
            .with("timezone", self.user.timezone.0.name())
    }
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Query(said): Query<Said>,
) -> PageResult<SettingsPage> {
    let mut shown = Shown::read(&app, user).await?;
    shown.is_saved = matches!(said.saved, Field::Value(true));
    shown.is_sent = matches!(said.sent, Field::Value(true));
    let profile = shown.profile();
    Ok(Page(SettingsPage { visit, profile, picture: Form::default(), shown }))
}

async fn save(app: App, visit: Visit, user: User, form: Form) -> Result<Response> {
    match change(&app, user.clone(), form.read::<ProfileIn>()?).await {
        Ok(_) => Ok(Redirect::to("/settings/?saved=true").into_response()),
        Err(err) => {
            let profile = form.refused(err)?;
            let shown = Shown::read(&app, user).await?;
            Ok(refused(SettingsPage { visit, profile, picture: Form::default(), shown }))
        }
    }
}

async fn change(app: &App, user: User, wanted: ProfileIn) -> Result<User> {
    let change = wanted.read()?;
    users::check_new_address(app, &user, &change).await?;
    app.db
        .write(move |tx| {
            users::lock(tx, user.id)?;
            users::update(tx, &user, &change)
        })
        .await
}

async fn send_again(app: App, user: User) -> Result<Redirect> {
    mailbox::ask_again(&app, user, Once::default()).await?;
    Ok(Redirect::to("/settings/?sent=true"))
}

async fn put_picture(app: App, visit: Visit, user: User, upload: Upload) -> Result<Response> {
    match take_picture(&app, &user, upload).await {
        Ok(()) => Ok(Redirect::to("/settings/?saved=true").into_response()),
        Err(err) => {
            let picture = Form::default().refused(err)?;
            let shown = Shown::read(&app, user).await?;
            let profile = shown.profile();
            Ok(refused(SettingsPage { visit, profile, picture, shown }))
        }
    }
}

async fn take_picture(app: &App, user: &User, upload: Upload) -> Result<()> {
    let kept = images::receive_form(app, upload, 1).await?.1?.pop();
    let kept = kept.ok_or_else(|| Error::invalid("image", "choose a picture first"))?;
    let user = user.clone();
    app.db
        .write(move |tx| {
            images::check_changeable(tx, &user, Place::User(user.id))?;
            images::put(tx, user.id, Place::User(user.id), &kept).map(drop)
        })
        .await
}

async fn remove_picture(app: App, user: User) -> Result<Redirect> {
    let place = Place::User(user.id);
    app.db
        .write(move |tx| {
            images::lock(tx, place)?;
            let image = images::get_at(tx, place)?;
            images::delete(tx, user.id, &image)
        })
        .await?;
    Ok(Redirect::to("/settings/?saved=true"))
}
