//! Who is signed in: sessions that begin with a password and end at once when they are revoked.
//!
//! A session gives out access tokens that live for minutes, and a refresh token that works once:
//! using it gives the next one. A refresh token that comes a second time was stolen, by the first
//! who used it or by the second, so the whole session ends.

pub mod api;
pub mod auth;
mod browser;
pub mod cookie_auth;
pub mod credentials;
mod forgot_web;
pub mod mailbox;
pub mod mailbox_api;
mod own_web;
mod sign_in_web;
mod sign_up_web;
mod store;
pub mod token;
pub mod web;

use chrono::TimeDelta;

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::schema::sessions;
use crate::users::{self, User, UserId};

crate::id! {
    /// Identifies a session.
    SessionId
}

/// How long a session lasts after it was last refreshed.
const LIFETIME: TimeDelta = TimeDelta::days(30);

/// Somebody signed in, on some device.
#[derive(
    Clone, Debug, serde::Serialize, utoipa::ToSchema, diesel::Queryable, diesel::Selectable,
)]
#[diesel(table_name = sessions)]
#[schema(as = SignedIn)]
pub struct Session {
    /// Identifies it.
    pub id: SessionId,
    /// Whose it is.
    #[serde(skip)]
    pub user_id: UserId,
    /// Which of its refresh tokens is the valid one.
    #[serde(skip)]
    pub generation: i64,
    /// When it began.
    pub created_at: Instant,
    /// When it last gave out tokens.
    pub used_at: Instant,
    /// When it ends if it is not used again.
    pub expires_at: Instant,
    /// What the browser calls itself that it is in; empty where it is none.
    pub user_agent: String,
}

/// Begins a session.
pub fn create(tx: &mut Tx, user: UserId) -> Result<Session> {
    let now = clock::now();
    Ok(store::insert(tx, user, now, now.plus(LIFETIME))?)
}

/// Whose session it is, while it lasts.
pub fn user(conn: &mut Conn, id: SessionId, user: UserId) -> Result<Option<User>> {
    Ok(store::find_user(conn, id, user, clock::now())?)
}

/// Exchanges a refresh token of this generation for the next, if it is the valid one.
///
/// `None` means that there is no such session, or no more: it ends when an old token comes back.
pub fn refresh(tx: &mut Tx, id: SessionId, generation: i64) -> Result<Option<(Session, User)>> {
    let now = clock::now();
    if !store::advance(tx, id, generation, now, now.plus(LIFETIME))? {
        store::delete(tx, id)?;
        return Ok(None);
    }
    let session = store::get(tx, id)?;
    let user = users::get(tx, session.user_id)?;
    Ok(Some((session, user)))
}

/// Puts off the end of a session that is used by pages; tells how it is now, if it still is.
pub fn put_off(tx: &mut Tx, id: SessionId) -> Result<Option<Session>> {
    let now = clock::now();
    Ok(store::put_off(tx, id, now, now.plus(LIFETIME))?)
}

/// Notes in which browser a session is: what it calls itself (RFC 9110, section 10.1.5).
pub fn note_browser(tx: &mut Tx, id: SessionId, user_agent: &str) -> Result<()> {
    let printable = user_agent.chars().filter(|it| !it.is_control());
    Ok(store::set_user_agent(tx, id, &printable.take(200).collect::<String>())?)
}

/// Ends a session.
pub fn delete(tx: &mut Tx, id: SessionId) -> Result<()> {
    Ok(store::delete(tx, id)?)
}

/// Ends one of somebody's own sessions.
pub fn revoke(tx: &mut Tx, user: UserId, id: SessionId) -> Result<()> {
    match store::delete_of(tx, user, id)? {
        true => Ok(()),
        false => Err(Error::NotFound("session")),
    }
}

/// Ends every session of somebody but this one.
pub fn revoke_others(tx: &mut Tx, user: UserId, keep: SessionId) -> Result<()> {
    Ok(store::delete_others(tx, user, keep)?)
}

/// Replaces a password, and ends every session but this one.
pub fn change_password(
    tx: &mut Tx,
    user: UserId,
    keep: SessionId,
    old_hash: &str,
    new_hash: &str,
) -> Result<()> {
    if !users::set_password(tx, user, old_hash, new_hash)? {
        return Err(Error::invalid("current_password", "this is not your password any more"));
    }
    Ok(store::delete_others(tx, user, keep)?)
}

/// Clears away the sessions that are over. Whoever had them is refused already.
pub fn sweep(tx: &mut Tx) -> Result<()> {
    Ok(store::delete_expired(tx, clock::now())?)
}

/// All the sessions of somebody, the newest last.
pub fn list(conn: &mut Conn, user: UserId) -> Result<Vec<Session>> {
    Ok(store::list(conn, user)?)
}

/// Those of them that are not over, the one that was used last first.
pub fn lasting(conn: &mut Conn, user: UserId) -> Result<Vec<Session>> {
    let now = clock::now();
    let mut sessions = list(conn, user)?;
    sessions.retain(|session| session.expires_at > now);
    sessions.sort_by_key(|session| std::cmp::Reverse((session.used_at, session.id)));
    Ok(sessions)
}
