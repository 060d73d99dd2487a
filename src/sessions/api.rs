//! Signing up, in, on and out.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::credentials::{self, Registration};
use super::{Session, SessionId, token};
use crate::app::{App, Site};
use crate::clock;
use crate::db::Tx;
use crate::error::{Faults, Result};
use crate::http::extract::{Body, Json};
use crate::http::idempotency::Once;
use crate::http::limits::{Caller, Client};
use crate::input::Field;
use crate::users::api::OwnUserOut;
use crate::users::password::Password;
use crate::users::{DisplayName, Email, User, Username};

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(register))
        .routes(routes!(login))
        .routes(routes!(refresh))
        .routes(routes!(logout))
        .routes(routes!(change_password))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Registration)]
pub(super) struct RegistrationIn {
    #[schema(value_type = String, required, pattern = "^[A-Za-z0-9._-]{1,50}$", example = "ada")]
    #[serde(default)]
    username: Field<Username>,
    #[schema(value_type = String, required, format = "email", max_length = 254, example = "ada@example.com")]
    #[serde(default)]
    email: Field<Email>,
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 128, example = "jollof rice at noon")]
    #[serde(default)]
    password: Field<Password>,
    /// The name to go by.
    #[schema(value_type = Option<String>, max_length = 100, example = "Ada")]
    #[serde(default)]
    display_name: Field<DisplayName>,
}

/// A name or an address (either field takes either), and a password.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Login)]
struct LoginIn {
    #[schema(value_type = Option<String>, example = "ada")]
    #[serde(default)]
    username: Field<String>,
    #[schema(value_type = Option<String>, example = "ada@example.com")]
    #[serde(default)]
    email: Field<String>,
    #[schema(value_type = String, required, format = "password", example = "jollof rice at noon")]
    #[serde(default)]
    password: Field<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Refresh)]
struct RefreshIn {
    #[schema(value_type = String, required)]
    #[serde(default)]
    refresh: Field<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
pub(super) struct PasswordIn {
    #[schema(value_type = String, required, format = "password")]
    #[serde(default)]
    current_password: Field<String>,
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 128)]
    #[serde(default)]
    new_password: Field<Password>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
struct SessionOut {
    /// Goes into `Authorization: Bearer …`.
    access: String,
    /// Gets the next pair, once.
    refresh: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds until `access` expires.
    #[schema(example = 900)]
    expires_in: i64,
    user: OwnUserOut,
}

impl SessionOut {
    fn new(site: &Site, session: &Session, user: User) -> Result<Self> {
        let now = clock::now();
        Ok(Self {
            access: token::access(site, session, now)?,
            refresh: token::refresh(site, session, now)?,
            token_type: "Bearer",
            expires_in: token::ACCESS_LIFETIME.num_seconds(),
            user: user.into(),
        })
    }
}

impl RegistrationIn {
    /// What somebody signs up with, and what is wrong with it.
    pub(super) fn read(self) -> (Registration, Faults) {
        let mut faults = Faults::default();
        let new = Registration {
            username: self.username.required("username", &mut faults),
            email: self.email.required("email", &mut faults),
            password: self.password.required("password", &mut faults),
            display_name: self
                .display_name
                .clearable("display_name", &mut faults)
                .unwrap_or_default(),
        };
        (new, faults)
    }
}

impl PasswordIn {
    /// The password that somebody has, and the one that they want.
    pub(super) fn read(self) -> Result<(String, Password)> {
        let mut faults = Faults::default();
        let current = self.current_password.required("current_password", &mut faults);
        let new = self.new_password.required("new_password", &mut faults);
        current.zip(new).ok_or(faults.into())
    }
}

/// Sign up.
#[utoipa::path(
    post,
    path = "/api/users/register/",
    tag = "sessions",
    security(()),
    request_body = RegistrationIn,
    responses((status = 201, body = SessionOut)),
)]
async fn register(
    app: App,
    once: Once,
    Body(input): Body<RegistrationIn>,
) -> Result<(StatusCode, Json<SessionOut>)> {
    let (new, faults) = input.read();
    let site = app.site.clone();
    credentials::register(&app, new, faults, move |tx, session, user| {
        let session = SessionOut::new(&site, &session, user)?;
        once.keep(tx, StatusCode::CREATED, None, Some(&session))?;
        Ok((StatusCode::CREATED, Json(session)))
    })
    .await
}

/// Sign in.
#[utoipa::path(
    post,
    path = "/api/users/login/",
    tag = "sessions",
    security(()),
    request_body = LoginIn,
    responses((status = 200, body = SessionOut)),
)]
async fn login(
    app: App,
    Client(address): Client,
    once: Once,
    Body(input): Body<LoginIn>,
) -> Result<Json<SessionOut>> {
    let mut faults = Faults::default();
    let username = input.username.or_nothing("username", &mut faults);
    let login = input.email.or_nothing("email", &mut faults).or(username);
    let password = input.password.required("password", &mut faults);
    if login.is_none() {
        faults.add("username", "give your name or your e-mail address");
    }
    let (Some(login), Some(password)) = (login, password) else { return Err(faults.into()) };
    faults.check()?;

    let caller = Caller::new(&login, address);
    credentials::sign_in(&app, caller, &password, shown(&app, once)).await
}

/// Exchange a refresh token for a new pair. It works once; a second use ends the session.
#[utoipa::path(
    post,
    path = "/api/users/token/refresh/",
    tag = "sessions",
    security(()),
    request_body = RefreshIn,
    responses((status = 200, body = SessionOut)),
)]
async fn refresh(app: App, once: Once, Body(input): Body<RefreshIn>) -> Result<Json<SessionOut>> {
    let mut faults = Faults::default();
    let Some(token) = input.refresh.required("refresh", &mut faults) else {
        return Err(faults.into());
    };
    credentials::renew(&app, &token, shown(&app, once)).await
}

/// Shows a session, and keeps that for who asks again.
fn shown(
    app: &App,
    once: Once,
) -> impl Fn(&mut Tx, Session, User) -> Result<Json<SessionOut>> + Send + 'static {
    let site = app.site.clone();
    move |tx, session, user| {
        let session = SessionOut::new(&site, &session, user)?;
        once.keep(tx, StatusCode::OK, None, Some(&session))?;
        Ok(Json(session))
    }
}

/// Sign out: this session ends at once.
#[utoipa::path(
    post,
    path = "/api/users/logout/",
    tag = "sessions",
    security(("bearer" = [])),
    responses((status = 204)),
)]
async fn logout(app: App, session: SessionId, once: Once) -> Result<StatusCode> {
    app.db
        .write(move |tx| {
            super::delete(tx, session)?;
            once.done(tx)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Change one's password: all other sessions end at once.
#[utoipa::path(
    post,
    path = "/api/users/password/change/",
    tag = "sessions",
    security(("bearer" = [])),
    request_body = PasswordIn,
    responses((status = 204)),
)]
async fn change_password(
    app: App,
    user: User,
    session: SessionId,
    once: Once,
    Body(input): Body<PasswordIn>,
) -> Result<StatusCode> {
    let (current, new) = input.read()?;
    credentials::renew_password(&app, user, session, &current, new, once).await?;
    Ok(StatusCode::NO_CONTENT)
}
