use diesel::prelude::*;

use super::{Session, SessionId};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::each;
use crate::schema::{sessions, users};
use crate::users::{User, UserId};

pub fn insert(tx: &mut Tx, user: UserId, now: Instant, expires: Instant) -> QueryResult<Session> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::user_id.eq(user),
            sessions::created_at.eq(now),
            sessions::used_at.eq(now),
            sessions::expires_at.eq(expires),
        ))
        .returning(sessions::all_columns)
        .get_result(tx.conn())
}

pub fn find_user(
    conn: &mut Conn,
    id: SessionId,
    user: UserId,
    now: Instant,
) -> QueryResult<Option<User>> {
    let found = each!(conn, |conn| sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id))
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(now))
        .select(User::as_select())
        .first(conn));
    found.optional()
}

pub fn get(conn: &mut Conn, id: SessionId) -> QueryResult<Session> {
    sessions::table.find(id).select(Session::as_select()).first(conn)
}

pub fn list(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Session>> {
    sessions::table
        .filter(sessions::user_id.eq(user))
        .order(sessions::id)
        .select(Session::as_select())
        .load(conn)
}

/// Whether this was the valid generation. Of two who ask at once, one hears no.
pub fn advance(
    tx: &mut Tx,
    id: SessionId,
    generation: i64,
    now: Instant,
    expires: Instant,
) -> QueryResult<bool> {
    let valid = sessions::table
        .find(id)
        .filter(sessions::generation.eq(generation))
        .filter(sessions::expires_at.gt(now));
    diesel::update(valid)
        .set((
            sessions::generation.eq(generation + 1),
            sessions::used_at.eq(now),
            sessions::expires_at.eq(expires),
        ))
        .execute(tx.conn())
        .map(|rows| rows == 1)
}

pub fn put_off(
    tx: &mut Tx,
    id: SessionId,
    now: Instant,
    expires: Instant,
) -> QueryResult<Option<Session>> {
    let lasting = sessions::table.find(id).filter(sessions::expires_at.gt(now));
    diesel::update(lasting)
        .set((sessions::used_at.eq(now), sessions::expires_at.eq(expires)))
        .execute(tx.conn())?;
    sessions::table.find(id).select(Session::as_select()).first(tx.conn()).optional()
}

pub fn set_user_agent(tx: &mut Tx, id: SessionId, user_agent: &str) -> QueryResult<()> {
    diesel::update(sessions::table.find(id))
        .set(sessions::user_agent.eq(user_agent))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete(tx: &mut Tx, id: SessionId) -> QueryResult<()> {
    diesel::delete(sessions::table.find(id)).execute(tx.conn()).map(drop)
}

/// Whether it was theirs, and there.
pub fn delete_of(tx: &mut Tx, user: UserId, id: SessionId) -> QueryResult<bool> {
    let own = sessions::table.find(id).filter(sessions::user_id.eq(user));
    diesel::delete(own).execute(tx.conn()).map(|rows| rows == 1)
}

pub fn delete_others(tx: &mut Tx, user: UserId, keep: SessionId) -> QueryResult<()> {
    let others = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::id.ne(keep));
    diesel::delete(others).execute(tx.conn()).map(drop)
}

pub fn delete_all(tx: &mut Tx, user: UserId) -> QueryResult<()> {
    let all = sessions::table.filter(sessions::user_id.eq(user));
    diesel::delete(all).execute(tx.conn()).map(drop)
}

pub fn delete_expired(tx: &mut Tx, now: Instant) -> QueryResult<()> {
    let expired = sessions::table.filter(sessions::expires_at.le(now));
    diesel::delete(expired).execute(tx.conn()).map(drop)
}
