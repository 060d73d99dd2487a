//! The page behind the link of an invitation: whoever has it joins, with the account that they have
//! or with a new one.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::invitations::{self, Invitation};
use super::shown::Offer;
use super::{address, invitations_of};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ACROSS_FIELDS, Error, Faults, Result};
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::limits::{Caller, Client};
use crate::http::page::{Page, refused};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::sessions::credentials::{self, Registration};
use crate::sessions::{self, Session};
use crate::users::password::Password;
use crate::users::{DisplayName, Email, User, Username, Viewer};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new().route("/invitations/", get(show).post(join))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link {
    token: Field<String>,
}

/// Who signs up.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Newcomer {
    username: Field<Username>,
    email: Field<Email>,
    password: Field<Password>,
}

#[derive(Template)]
#[template(path = "groups/invitation.html")]
struct InvitationPage {
    visit: Visit,
    token: String,
    /// What the invitation is to, while it is open.
    offer: Option<Offer>,
    /// Where the group is.
    path: String,
    /// What somebody signs in with.
    known: Form,
    /// What somebody signs up with.
    new: Form,
    has_joined: bool,
}

#[derive(Template)]
#[template(path = "groups/offers.html")]
struct OffersPage {
    visit: Visit,
    offers: Vec<Offer>,
}

impl InvitationPage {
    fn void(visit: Visit) -> Self {
        let (known, new) = (Form::default(), Form::default());
        let (token, path) = (String::new(), String::new());
        Self { visit, token, offer: None, path, known, new, has_joined: false }
    }

    /// Whose form was wrong says so.
    fn with(self, form: Form) -> Self {
        match form.is("is_new", "true") {
            true => Self { new: form, ..self },
            false => Self { known: form, ..self },
        }
    }
}

async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    Query(link): Query<Link>,
) -> Result<Response> {
    match (text(link.token), viewer.0) {
        (token, Some(user)) if token.is_empty() => own(app, visit, user).await,
        (token, _) => Ok(Page(open(&app, visit, token).await?).into_response()),
    }
}

/// Without a link there are those that one was sent.
async fn own(app: App, visit: Visit, user: User) -> Result<Response> {
    let read = move |conn: &mut crate::db::Conn| {
        let offered = invitations_of(conn, user.id)?;
        let offers = Offer::all(conn, &visit, offered)?;
        Ok(Page(OffersPage { visit, offers }).into_response())
    };
    app.db.read(read).await
}

/// The page of an invitation that is open, or of one that is not.
async fn open(app: &App, visit: Visit, token: String) -> Result<InvitationPage> {
    let (site, same, asking) = (app.site.clone(), token.clone(), visit.clone());
    let read = move |conn: &mut crate::db::Conn| {
        let found: Invitation = invitations::open_invitation(conn, &site, &same)?;
        let email = found.email.clone().unwrap_or_default();
        let path = address::path(found.group.id, &found.group.name);
        Ok((Offer::all(conn, &asking, vec![found])?.pop(), path, email))
    };
    match app.db.read(read).await {
        Ok((offer, path, email)) => {
            let new = Form::default().with("email", email);
            Ok(InvitationPage { token, offer, path, new, ..InvitationPage::void(visit) })
        }
        Err(Error::NotFound(_)) => Ok(InvitationPage::void(visit)),
        Err(other) => Err(other),
    }
}

async fn join(
    app: App,
    (visit, viewer): (Visit, Viewer),
    client: Client,
    Query(link): Query<Link>,
    form: Form,
) -> Result<Response> {
    let page = open(&app, visit, text(link.token)).await?;
    if page.offer.is_none() {
        return Ok((StatusCode::NOT_FOUND, Page(page)).into_response());
    }
    let is_known = viewer.0.is_some();
    let joined = match viewer.0 {
        Some(user) => accept(&app, user, &page.token).await,
        None if form.is("is_new", "true") => {
            app.limits.check_sign_up(&client.0)?;
            register(&app, &page.token, &form).await
        }
        None => sign_in(&app, client, &page.token, &form).await,
    };
    match joined {
        Ok(()) if is_known => Ok(Redirect::to(&page.path).into_response()),
        Ok(()) => Ok(Page(InvitationPage { has_joined: true, ..page }).into_response()),
        Err(error) => Ok(refused(page.with(form.refused(fault(error))?))),
    }
}

/// What is said beside the form, since it is the form that has to change.
fn fault(error: Error) -> Error {
    match error {
        Error::Unauthenticated(_)
        | Error::Forbidden(_)
        | Error::Conflict { .. }
        | Error::NotFound(_) => Error::invalid(ACROSS_FIELDS, error.to_string()),
        other => other,
    }
}

async fn accept(app: &App, user: User, token: &str) -> Result<()> {
    let (site, token) = (app.site.clone(), token.to_owned());
    let work = move |tx: &mut Tx| invitations::accept_by_token(tx, &site, &user, &token).map(drop);
    app.db.write(work).await
}

async fn sign_in(app: &App, Client(address): Client, token: &str, form: &Form) -> Result<()> {
    let (site, token) = (app.site.clone(), token.to_owned());
    let accept = move |tx: &mut Tx, session: Session, user: User| -> Result<()> {
        // The page signs nobody in: it only has to know who they are.
        sessions::delete(tx, session.id)?;
        invitations::accept_by_token(tx, &site, &user, &token).map(drop)
    };
    let caller = Caller::new(form.text("username"), address);
    credentials::sign_in(app, caller, form.text("password"), accept).await
}

async fn register(app: &App, token: &str, form: &Form) -> Result<()> {
    let mut faults = Faults::default();
    let Newcomer { username, email, password } = form.read()?;
    let new = Registration {
        username: username.required("username", &mut faults),
        email: email.required("email", &mut faults),
        password: password.required("password", &mut faults),
        display_name: DisplayName::default(),
    };
    let (site, token) = (app.site.clone(), token.to_owned());
    let accept = move |tx: &mut Tx, session: Session, user: User| -> Result<()> {
        sessions::delete(tx, session.id)?;
        invitations::accept_by_token(tx, &site, &user, &token).map(drop)
    };
    credentials::register(app, new, faults, accept).await
}

fn text(field: Field<String>) -> String {
    match field {
        Field::Value(text) => text,
        _ => String::new(),
    }
}
