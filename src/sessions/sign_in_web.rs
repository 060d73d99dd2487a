//! The page that signs somebody in, and the button that signs them out.

use askama::Template;
use axum::Router;
use axum::extract::FromRequestParts;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::cookie_auth::{self, own_path};
use super::{Session, SessionId, credentials};
use crate::app::App;
use crate::db::Tx;
use crate::error::{ACROSS_FIELDS, Error, Result};
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::limits::{Caller, Client};
use crate::http::page::{Page, refused};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::User;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new().route("/signin/", get(show).post(sign_in)).route("/signout/", post(sign_out))
}

/// Where somebody wants to go after they have signed in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Onward {
    next: Field<String>,
}

/// The browser that somebody signs in with.
pub(super) struct Browser {
    address: String,
    user_agent: String,
    /// The session that was in it before, which nobody reaches after that.
    before: Option<SessionId>,
}

#[derive(Template)]
#[template(path = "sessions/sign_in.html")]
struct SignInPage {
    visit: Visit,
    form: Form,
}

impl Onward {
    /// A blank form that leads there. To another site it leads nobody.
    pub(super) fn form(self) -> Form {
        let next = match &self.next {
            Field::Value(next) => own_path(next),
            _ => "/",
        };
        Form::default().with("next", next)
    }
}

impl Browser {
    /// A session is in this browser now, and no other one is.
    pub(super) fn takes(&self, tx: &mut Tx, session: &Session) -> Result<()> {
        super::note_browser(tx, session.id, &self.user_agent)?;
        self.before.map_or(Ok(()), |before| super::delete(tx, before))
    }
}

impl FromRequestParts<App> for Browser {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Client(address) = Client::from_request_parts(parts, app).await?;
        let name = parts.headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
        let user_agent = name.unwrap_or_default().to_owned();
        Ok(Self { address, user_agent, before: parts.extensions.get().copied() })
    }
}

async fn show(visit: Visit, Query(onward): Query<Onward>) -> Response {
    let form = onward.form();
    match visit.who() {
        Some(_) => Redirect::to(own_path(form.text("next"))).into_response(),
        None => Page(SignInPage { visit, form }).into_response(),
    }
}

async fn sign_in(app: App, visit: Visit, browser: Browser, form: Form) -> Result<Response> {
    let caller = Caller::new(form.text("login"), browser.address.clone());
    let settled = move |tx: &mut Tx, session: Session, _: User| {
        browser.takes(tx, &session)?;
        Ok(session)
    };
    match credentials::sign_in(&app, caller, form.text("password"), settled).await {
        Ok(session) => lead_on(&app, &session, form.text("next")),
        Err(err) => {
            let form = form.refused(beside_the_form(err))?.with("password", "");
            Ok(refused(SignInPage { visit, form }))
        }
    }
}

async fn sign_out(app: App, session: SessionId) -> Result<Response> {
    app.db.write(move |tx| super::delete(tx, session)).await?;
    let mut response = Redirect::to("/").into_response();
    cookie_auth::sign_out(&app, &mut response);
    Ok(response)
}

/// To where they wanted to go, signed in.
pub(super) fn lead_on(app: &App, session: &Session, next: &str) -> Result<Response> {
    let mut response = Redirect::to(own_path(next)).into_response();
    cookie_auth::sign_in(app, session, &mut response)?;
    Ok(response)
}

/// Who gives a wrong password is asked for another, and not to sign in.
fn beside_the_form(err: Error) -> Error {
    match err {
        Error::Unauthenticated(message) => Error::invalid(ACROSS_FIELDS, message),
        other => other,
    }
}
