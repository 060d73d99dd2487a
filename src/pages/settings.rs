//! The first page of the settings: what others see of somebody, and where letters reach them.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::organise_form::noted;
use crate::app::App;
use crate::error::{Error, Faults, Result};
use crate::files::{FileName, Size};
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::idempotency::Once;
use crate::http::page::{Page, PageResult, refused};
use crate::http::upload::Upload;
use crate::http::visit::Visit;
use crate::images::{self, Alt, Kept, Place};
use crate::input::{Field, Input};
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
        let image = app.db.read(move |conn| images::find_at(conn, place)).await?;
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

    /// The form of the picture, with what is said of the one that is there.
    fn described(&self) -> Form {
        Form::default().with("picture_alt", &self.alt)
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
    Ok(Page(SettingsPage { visit, profile, picture: shown.described(), shown }))
}

async fn save(app: App, visit: Visit, user: User, form: Form) -> Result<Response> {
    match change(&app, user.clone(), form.read::<ProfileIn>()?).await {
        Ok(_) => Ok(Redirect::to("/settings/?saved=true").into_response()),
        Err(err) => {
            let profile = form.refused(err)?;
            let shown = Shown::read(&app, user).await?;
            Ok(refused(SettingsPage { visit, profile, picture: shown.described(), shown }))
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
    let (form, kept) = images::receive_form(&app, upload, 1).await?;
    match take_picture(&app, &user, &form, kept).await {
        Ok(()) => Ok(Redirect::to("/settings/?saved=true").into_response()),
        Err(err) => {
            let picture = form.refused(err)?;
            let shown = Shown::read(&app, user).await?;
            let profile = shown.profile();
            Ok(refused(SettingsPage { visit, profile, picture, shown }))
        }
    }
}

/// Another picture, or other words for the one that is there.
async fn take_picture(app: &App, user: &User, form: &Form, kept: Result<Vec<Kept>>) -> Result<()> {
    let mut faults = Faults::default();
    let alt = Alt::from_text(form.text("picture_alt"));
    let alt = alt.map_err(|wrong| Error::invalid("picture_alt", wrong));
    let alt = noted(alt, &mut faults)?.unwrap_or_default();
    let kept = noted(kept, &mut faults)?.and_then(|mut kept| kept.pop());
    faults.check()?;

    let (user, place) = (user.clone(), Place::User(user.id));
    app.db
        .write(move |tx| {
            images::check_changeable(tx, &user, place)?;
            images::lock(tx, place)?;
            let name = match (&kept, images::find_at(tx, place)?) {
                (Some(kept), _) => kept.name.clone(),
                (None, Some(image)) if image.alt == alt.as_str() => return Ok(()),
                (None, Some(image)) => image.file.name,
                (None, None) => return Err(Error::invalid("image", "choose a picture first")),
            };
            images::put(tx, user.id, place, &Kept { name, alt: alt.clone() }).map(drop)
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
