//! Signing up, in, on and out.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Session, SessionId, token};
use crate::app::App;
use crate::clock;
use crate::error::{Error, Faults, Result};
use crate::http::extract::{Body, Json};
use crate::input::Field;
use crate::users::api::OwnUserOut;
use crate::users::password::Password;
use crate::users::{self, DisplayName, Email, NewUser, User, Username};
use crate::zone::Zone;

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
struct RegistrationIn {
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
    #[schema(value_type = String, max_length = 100, example = "Ada")]
    #[serde(default)]
    display_name: Field<DisplayName>,
}

/// A name or an address (either field takes either), and a password.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = Login)]
struct LoginIn {
    #[schema(value_type = String, example = "ada")]
    #[serde(default)]
    username: Field<String>,
    #[schema(value_type = String, example = "ada@example.com")]
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
struct PasswordIn {
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
    fn new(app: &App, session: &Session, user: User) -> Result<Self> {
        let now = clock::now();
        Ok(Self {
            access: token::access(&app.site, session, now)?,
            refresh: token::refresh(&app.site, session, now)?,
            token_type: "Bearer",
            expires_in: token::ACCESS_LIFETIME.num_seconds(),
            user: user.into(),
        })
    }
}

/// Sign up.
#[utoipa::path(
    post,
    path = "/api/users/register/",
    tag = "sessions",
    security((), ("bearer" = [])),
    request_body = RegistrationIn,
    responses((status = 201, body = SessionOut)),
)]
async fn register(
    app: App,
    Body(input): Body<RegistrationIn>,
) -> Result<(StatusCode, Json<SessionOut>)> {
    let new = new_user(&app, input).await?;
    let (session, user) = app
        .db
        .write(move |tx| {
            let user = users::create(tx, &new)?;
            Ok((super::create(tx, user.id)?, user))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(SessionOut::new(&app, &session, user)?)))
}

/// Everything that can be wrong is said at once, before the costly hash.
async fn new_user(app: &App, input: RegistrationIn) -> Result<NewUser> {
    let mut faults = Faults::default();
    let username = input.username.required("username", &mut faults);
    let email = input.email.required("email", &mut faults);
    let password = input.password.required("password", &mut faults);
    let display_name = input.display_name.clearable("display_name", &mut faults);

    let (name, address) = (username.clone(), email.clone());
    let free = move |conn: &mut _| users::check_free(conn, name.as_ref(), address.as_ref(), None);
    if let Err(taken) = app.db.read(free).await {
        faults.absorb(taken)?;
    }
    let (Some(username), Some(email), Some(password)) = (username, email, password) else {
        return Err(faults.into());
    };
    let (name, address) = (username.clone(), email.clone());
    let password_hash = app
        .hashers
        .run(move || {
            if let Some(weakness) = password.weakness(name.as_str(), address.as_str()) {
                faults.add("password", weakness);
            }
            faults.check()?;
            password.hash()
        })
        .await?;
    Ok(NewUser {
        username,
        email,
        display_name: display_name.unwrap_or_default(),
        password_hash,
        timezone: Zone(app.site.timezone),
        is_admin: false,
    })
}

/// Sign in.
#[utoipa::path(
    post,
    path = "/api/users/login/",
    tag = "sessions",
    security((), ("bearer" = [])),
    request_body = LoginIn,
    responses((status = 200, body = SessionOut)),
)]
async fn login(app: App, Body(input): Body<LoginIn>) -> Result<Json<SessionOut>> {
    let mut faults = Faults::default();
    let username = input.username.or_nothing("username", &mut faults);
    let login = input.email.or_nothing("email", &mut faults).or(username);
    let password = input.password.required("password", &mut faults);
    let (Some(login), Some(password)) = (login, password) else {
        faults.add("username", "give your name or your e-mail address");
        return Err(faults.into());
    };
    faults.check()?;

    let found = app.db.read(move |conn| users::find_by_login(conn, &login)).await?;
    let (user, hash) = found.unzip();
    let attempt = Password::attempt(&password);
    let matches = app.hashers.run(move || attempt.matches(hash.as_deref())).await?;
    let Some(user) = user.filter(|_| matches) else {
        return Err(Error::Unauthenticated("no account with this name and password"));
    };
    let id = user.id;
    let session = app.db.write(move |tx| super::create(tx, id)).await?;
    Ok(Json(SessionOut::new(&app, &session, user)?))
}

/// Exchange a refresh token for a new pair. It works once; a second use ends the session.
#[utoipa::path(
    post,
    path = "/api/users/token/refresh/",
    tag = "sessions",
    security((), ("bearer" = [])),
    request_body = RefreshIn,
    responses((status = 200, body = SessionOut)),
)]
async fn refresh(app: App, Body(input): Body<RefreshIn>) -> Result<Json<SessionOut>> {
    const REFUSED: Error =
        Error::Unauthenticated("this refresh token is not valid, or not any more");

    let mut faults = Faults::default();
    let Some(token) = input.refresh.required("refresh", &mut faults) else {
        return Err(faults.into());
    };
    let (session, generation) = token::read_refresh(&app.site, &token).ok_or(REFUSED)?;
    let next = app.db.write(move |tx| super::refresh(tx, session, generation)).await?;
    let (session, user) = next.ok_or(REFUSED)?;
    Ok(Json(SessionOut::new(&app, &session, user)?))
}

/// Sign out: this session ends at once.
#[utoipa::path(
    post,
    path = "/api/users/logout/",
    tag = "sessions",
    security(("bearer" = [])),
    responses((status = 204)),
)]
async fn logout(app: App, session: SessionId) -> Result<StatusCode> {
    app.db.write(move |tx| super::delete(tx, session)).await?;
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
    Body(input): Body<PasswordIn>,
) -> Result<StatusCode> {
    let mut faults = Faults::default();
    let current = input.current_password.required("current_password", &mut faults);
    let new = input.new_password.required("new_password", &mut faults);
    let (Some(current), Some(new)) = (current, new) else { return Err(faults.into()) };

    let id = user.id;
    let old_hash = app.db.read(move |conn| users::password_hash(conn, id)).await?;
    let known = old_hash.clone();
    let new_hash = app
        .hashers
        .run(move || {
            let mut faults = Faults::default();
            if !Password::attempt(&current).matches(Some(&known))? {
                faults.add("current_password", "this is not your password");
            }
            if let Some(weakness) = new.weakness(&user.username, &user.email) {
                faults.add("new_password", weakness);
            }
            faults.check()?;
            new.hash()
        })
        .await?;
    app.db.write(move |tx| super::change_password(tx, id, session, &old_hash, &new_hash)).await?;
    Ok(StatusCode::NO_CONTENT)
}
