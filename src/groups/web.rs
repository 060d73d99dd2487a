//! The page behind the link of an invitation: whoever has it joins, with the account that they have
//! or with a new one.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::invitations::{self, Invitation};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Faults, Result};
use crate::http::extract::{Body, Query};
use crate::http::limits::{Caller, Client};
use crate::http::page::{Page, PageResult};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::sessions::credentials::{self, Registration};
use crate::sessions::{self, Session};
use crate::users::password::Password;
use crate::users::{DisplayName, Email, User, Username};

/// The pages of this feature.
pub fn routes() -> Router<App> {
    Router::new().route("/invitations/", get(show).post(join))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link {
    token: Field<String>,
}

/// Who joins: with `email`, somebody new.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Who {
    username: Field<String>,
    email: Field<String>,
    password: Field<String>,
    is_new: Field<bool>,
}

#[derive(Template)]
#[template(path = "groups/invitation.html")]
struct InvitationPage {
    visit: Visit,
    token: String,
    /// What the invitation is to, while it is open.
    group: Option<String>,
    is_admin: bool,
    until: String,
    /// What was typed, for another try.
    username: String,
    email: String,
    is_new: bool,
    /// What was wrong with it.
    faults: Vec<String>,
    has_joined: bool,
}

impl InvitationPage {
    fn void(visit: Visit) -> Self {
        Self {
            visit,
            token: String::new(),
            group: None,
            is_admin: false,
            until: String::new(),
            username: String::new(),
            email: String::new(),
            is_new: false,
            faults: Vec::new(),
            has_joined: false,
        }
    }

    fn of(visit: Visit, token: String, invitation: Invitation) -> Self {
        Self {
            token,
            group: Some(invitation.group.name),
            is_admin: invitation.role.is_admin(),
            until: invitation.expires_at.utc().format("%-d %B %Y").to_string(),
            email: invitation.email.unwrap_or_default(),
            ..Self::void(visit)
        }
    }
}

async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(link): Query<Link>,
) -> PageResult<InvitationPage> {
    Ok(Page(open(&app, visit, text(link.token)).await?))
}

/// The page of an invitation that is open, or of one that is not.
async fn open(app: &App, visit: Visit, token: String) -> Result<InvitationPage> {
    let (site, same) = (app.site.clone(), token.clone());
    let found = app.db.read(move |conn| invitations::open_invitation(conn, &site, &same)).await;
    match found {
        Ok(invitation) => Ok(InvitationPage::of(visit, token, invitation)),
        Err(Error::NotFound(_)) => Ok(InvitationPage::void(visit)),
        Err(other) => Err(other),
    }
}

async fn join(
    State(app): State<App>,
    visit: Visit,
    client: Client,
    Query(link): Query<Link>,
    Body(who): Body<Who>,
) -> Result<Response> {
    let page = open(&app, visit, text(link.token)).await?;
    if page.group.is_none() {
        return Ok((StatusCode::NOT_FOUND, Page(page)).into_response());
    }
    let is_new = matches!(who.is_new, Field::Value(true));
    let (username, email) = (text(who.username), text(who.email));
    let joined = match is_new {
        true => {
            app.limits.check_sign_up(&client.0)?;
            register(&app, &page.token, (&username, &email), text(who.password)).await
        }
        false => sign_in(&app, client, &page.token, &username, text(who.password)).await,
    };
    let faults = match joined {
        Ok(()) => {
            return Ok(Page(InvitationPage { has_joined: true, ..page }).into_response());
        }
        Err(Error::Invalid(faults)) => faults.by_field().values().flatten().cloned().collect(),
        Err(
            err @ (Error::Unauthenticated(_)
            | Error::Forbidden(_)
            | Error::Conflict { .. }
            | Error::NotFound(_)),
        ) => vec![err.to_string()],
        Err(other) => return Err(other),
    };
    let page = InvitationPage { username, email, is_new, faults, ..page };
    Ok((StatusCode::BAD_REQUEST, Page(page)).into_response())
}

async fn sign_in(
    app: &App,
    Client(address): Client,
    token: &str,
    login: &str,
    password: String,
) -> Result<()> {
    let (site, token) = (app.site.clone(), token.to_owned());
    let accept = move |tx: &mut Tx, session: Session, user: User| -> Result<()> {
        // The page signs nobody in: it only has to know who they are.
        sessions::delete(tx, session.id)?;
        invitations::accept_by_token(tx, &site, &user, &token).map(drop)
    };
    credentials::sign_in(app, Caller::new(login, address), &password, accept).await
}

async fn register(
    app: &App,
    token: &str,
    (username, email): (&str, &str),
    password: String,
) -> Result<()> {
    let mut faults = Faults::default();
    let new = Registration {
        username: field::<Username>(username).required("username", &mut faults),
        email: field::<Email>(email).required("email", &mut faults),
        password: field::<Password>(&password).required("password", &mut faults),
        display_name: DisplayName::default(),
    };
    let (site, token) = (app.site.clone(), token.to_owned());
    let accept = move |tx: &mut Tx, session: Session, user: User| -> Result<()> {
        sessions::delete(tx, session.id)?;
        invitations::accept_by_token(tx, &site, &user, &token).map(drop)
    };
    credentials::register(app, new, faults, accept).await
}

fn field<T: crate::input::Input>(text: &str) -> Field<T> {
    T::from_text(text).into()
}

fn text(field: Field<String>) -> String {
    match field {
        Field::Value(text) => text,
        _ => String::new(),
    }
}
