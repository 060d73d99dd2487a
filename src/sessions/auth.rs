//! The API's doorman: finds out who is asking, before anything else is looked at.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::response::Response;

use super::cookie_auth::identify_reader;
use super::{SessionId, token};
use crate::app::App;
use crate::clock::{self, Instant};
use crate::error::{Error, Result};
use crate::http::idempotency::Owner;
use crate::kept::Row;
use crate::users::{User, UserId, Viewer};

const NOT_VALID: Error = Error::Unauthenticated("this token is not valid, or not any more");

/// Lets in whoever shows no token, and whoever shows a valid one. A bad one is refused everywhere,
/// so that a client notices.
pub async fn identify(
    app: &App,
    mut request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Result<Response> {
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        // A page shows pictures by their addresses alone: its cookie says who looks at it.
        if request.uri().path().starts_with("/images/") {
            identify_reader(app, &mut request).await?;
        }
        return Ok(next(request).await);
    };
    let token = header.to_str().ok().and_then(bearer).ok_or(NOT_VALID)?;
    let known = find(app, token).await?;
    request.extensions_mut().insert(Owner(known.user.id.to_string()));
    request.extensions_mut().insert(Viewer(Some(known.user.clone())));
    request.extensions_mut().insert(known.session);
    Ok(next(request).await)
}

/// Whose a token is.
pub(super) struct Known {
    /// The session that it is of.
    pub session: SessionId,
    /// Who they are.
    pub user: User,
    /// Until when it is good.
    pub until: Instant,
}

/// Whose a token is, if it is valid. Who asks several things in a row is looked up once, until their
/// session or their account is written: a session that somebody ends, ends at once. It lasts for longer
/// than the token.
async fn find(app: &App, token: &str) -> Result<Arc<Known>> {
    find_by(app, format!("token {token}"), || token::read_access(&app.site, token)).await
}

/// The same for any kind of token: how it is kept, and what it says.
pub(super) async fn find_by(
    app: &App,
    asked: String,
    read: impl FnOnce() -> Option<(SessionId, UserId, Instant)>,
) -> Result<Arc<Known>> {
    let now = app.db.moment();
    let known: Option<Arc<Known>> = app.kept.get(&asked, now);
    if let Some(known) = known.filter(|known| clock::now() < known.until) {
        return Ok(known);
    }
    let (session, user, until) = read().ok_or(NOT_VALID)?;
    let user = app.db.read(move |conn| super::user(conn, session, user)).await?;
    let known = Arc::new(Known { session, user: user.ok_or(NOT_VALID)?, until });
    let rows = [Row::Session(session.0), Row::User(known.user.id.0)];
    if let Some(read) = app.db.read_of(now, &rows) {
        let bytes = size_of::<Known>() + known.user.bio.len();
        app.kept.put(asked, read, known.clone(), bytes);
    }
    Ok(known)
}

/// The token of `Bearer <token>`; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

impl<S: Sync> FromRequestParts<S> for SessionId {
    type Rejection = Error;

    /// The session that the request belongs to.
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let session = parts.extensions.get().copied();
        session.ok_or(Error::Unauthenticated("please sign in first"))
    }
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn only_bearer_tokens_are_read() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer abc"), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("Bearer"), None);
    }
}
