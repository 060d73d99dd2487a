//! The pages on which somebody looks after their password, and after where they are signed in.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::api::PasswordIn;
use super::sign_in_web::Browser;
use super::{Session, SessionId, browser, cookie_auth, credentials};
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::http::extract::{Path, Query};
use crate::http::form::Form;
use crate::http::idempotency::Once;
use crate::http::page::{Page, PageResult, refused};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::{User, UserId};

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/settings/password/", get(show_password).post(change_password))
        .route("/settings/sessions/", get(list))
        .route("/settings/sessions/others/end/", post(end_others))
        .route("/settings/sessions/{id}/end/", post(end))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    saved: Field<bool>,
}

#[derive(Template)]
#[template(path = "sessions/password.html")]
struct PasswordPage {
    visit: Visit,
    form: Form,
    username: String,
    is_saved: bool,
}

#[derive(Template)]
#[template(path = "sessions/list.html")]
struct SessionsPage {
    visit: Visit,
    sessions: Vec<Shown>,
}

/// A session, in words.
struct Shown {
    id: SessionId,
    /// In which browser it is, and on which system.
    place: String,
    /// Since when, and when it was last used.
    dates: String,
    is_this: bool,
}

impl Shown {
    fn new(visit: &Visit, session: &Session, this: SessionId) -> Self {
        let day = |at| visit.language().short_day(visit.day_of(at));
        let (since, used) = (day(session.created_at), day(session.used_at));
        Self {
            id: session.id,
            place: place(visit, &session.user_agent),
            dates: visit.with_two("sessions-since", ("since", &since), ("used", &used)),
            is_this: session.id == this,
        }
    }
}

/// Firefox on Linux; or an app, which is called nothing.
fn place(visit: &Visit, user_agent: &str) -> String {
    match browser::named(user_agent) {
        (browser, _) if browser.is_empty() => visit.say("sessions-app"),
        (browser, None) => browser,
        (browser, Some(system)) => {
            visit.with_two("sessions-browser", ("browser", &browser), ("system", system))
        }
    }
}

async fn show_password(visit: Visit, user: User, Query(said): Query<Said>) -> Page<PasswordPage> {
    let is_saved = matches!(said.saved, Field::Value(true));
    let (form, username) = (Form::default(), user.username);
    Page(PasswordPage { visit, form, username, is_saved })
}

async fn change_password(
    app: App,
    visit: Visit,
    user: User,
    session: SessionId,
    browser: Browser,
    form: Form,
) -> Result<Response> {
    let (id, username) = (user.id, user.username.clone());
    let changed = match form.read::<PasswordIn>()?.read() {
        Ok((current, new)) => {
            let once = Once::default();
            credentials::renew_password(&app, user, session, &current, new, once).await
        }
        Err(err) => Err(err),
    };
    match changed {
        Ok(()) => begin_anew(&app, browser, id).await,
        Err(err) => {
            let form = form.refused(err)?.with("current_password", "").with("new_password", "");
            Ok(refused(PasswordPage { visit, form, username, is_saved: false }))
        }
    }
}

/// Whoever has a copy of this browser's cookie is signed out by a new password, too.
async fn begin_anew(app: &App, browser: Browser, user: UserId) -> Result<Response> {
    let begin = move |tx: &mut Tx| {
        let session = super::create(tx, user)?;
        browser.takes(tx, &session).map(|()| session)
    };
    let session = app.db.write(begin).await?;
    let mut response = Redirect::to("/settings/password/?saved=true").into_response();
    cookie_auth::sign_in(app, &session, &mut response)?;
    Ok(response)
}

async fn list(app: App, visit: Visit, user: User, this: SessionId) -> PageResult<SessionsPage> {
    let sessions = app.db.read(move |conn| super::lasting(conn, user.id)).await?;
    let mut sessions: Vec<_> = sessions.iter().map(|it| Shown::new(&visit, it, this)).collect();
    sessions.sort_by_key(|session| !session.is_this);
    Ok(Page(SessionsPage { visit, sessions }))
}

async fn end(app: App, user: User, Path(id): Path<SessionId>) -> Result<Redirect> {
    app.db.write(move |tx| super::revoke(tx, user.id, id)).await?;
    Ok(Redirect::to("/settings/sessions/"))
}

async fn end_others(app: App, user: User, this: SessionId) -> Result<Redirect> {
    app.db.write(move |tx| super::revoke_others(tx, user.id, this)).await?;
    Ok(Redirect::to("/settings/sessions/"))
}
