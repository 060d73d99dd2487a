//! Verifying one's address, and a new password for who forgot theirs.

use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::mailbox;
use crate::app::App;
use crate::error::{Faults, Result};
use crate::http::extract::Body;
use crate::http::idempotency::Once;
use crate::input::Field;
use crate::users::password::Password;
use crate::users::{Email, User};

/// The routes of this feature that have to do with letters.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(ask_to_verify))
        .routes(routes!(verify))
        .routes(routes!(ask_to_reset))
        .routes(routes!(reset))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AddressVerification)]
struct VerificationIn {
    /// What the link in the letter ends with.
    #[schema(value_type = String, required)]
    #[serde(default)]
    token: Field<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ForgottenPassword)]
pub(super) struct ForgottenIn {
    #[schema(value_type = String, required, format = "email", max_length = 254, example = "ada@example.com")]
    #[serde(default)]
    email: Field<Email>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = PasswordReset)]
struct ResetIn {
    /// What the link in the letter ends with.
    #[schema(value_type = String, required)]
    #[serde(default)]
    token: Field<String>,
    #[schema(value_type = String, required, format = "password", min_length = 8, max_length = 128)]
    #[serde(default)]
    new_password: Field<Password>,
}

impl ForgottenIn {
    /// The address whose password is forgotten.
    pub(super) fn read(self) -> Result<Email> {
        let mut faults = Faults::default();
        let email = self.email.required("email", &mut faults);
        email.ok_or(faults.into())
    }
}

/// Send the letter that verifies one's address once more. The first goes out by itself, when one
/// signs up or changes the address.
#[utoipa::path(
    post,
    path = "/api/users/email/verify/send/",
    tag = "users",
    security(("bearer" = [])),
    responses((status = 204), (status = 409)),
)]
async fn ask_to_verify(app: App, user: User, once: Once) -> Result<StatusCode> {
    mailbox::ask_again(&app, user, once).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Verify an address, with the token of the link that was sent to it.
#[utoipa::path(
    post,
    path = "/api/users/email/verify/",
    tag = "users",
    security(()),
    request_body = VerificationIn,
    responses((status = 204)),
)]
async fn verify(app: App, once: Once, Body(input): Body<VerificationIn>) -> Result<StatusCode> {
    let mut faults = Faults::default();
    let token = input.token.required("token", &mut faults);
    let Some(token) = token else { return Err(faults.into()) };
    let site = app.site.clone();
    app.db
        .write(move |tx| {
            mailbox::verify(tx, &site, &token)?;
            once.done(tx)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ask for a letter with a link to choose a new password.
///
/// The answer is the same whether there is an account with this address or not.
#[utoipa::path(
    post,
    path = "/api/users/password/reset/",
    tag = "users",
    security(()),
    request_body = ForgottenIn,
    responses((status = 204)),
)]
async fn ask_to_reset(app: App, once: Once, Body(input): Body<ForgottenIn>) -> Result<StatusCode> {
    mailbox::forgot(&app, &input.read()?, once).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Choose a new password, with the token of the link that was sent. It works once, and ends every
/// session.
#[utoipa::path(
    post,
    path = "/api/users/password/reset/confirm/",
    tag = "users",
    security(()),
    request_body = ResetIn,
    responses((status = 204)),
)]
async fn reset(app: App, once: Once, Body(input): Body<ResetIn>) -> Result<StatusCode> {
    let mut faults = Faults::default();
    let token = input.token.required("token", &mut faults);
    let new = input.new_password.required("new_password", &mut faults);
    let (Some(token), Some(new)) = (token, new) else { return Err(faults.into()) };
    mailbox::reset(&app, token, new, once).await?;
    Ok(StatusCode::NO_CONTENT)
}
