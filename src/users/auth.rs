//! Asking for somebody in a handler's arguments is how a route requires them.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::{User, Viewer};
use crate::error::Error;

impl<S: Sync> FromRequestParts<S> for Viewer {
    type Rejection = Error;

    /// Whoever it is: the API's door has looked already, and refused who is not who they say.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

impl<S: Sync> FromRequestParts<S> for User {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Viewer(user) = Viewer::from_request_parts(parts, state).await?;
        user.ok_or(Error::Unauthenticated("please sign in first"))
    }
}
