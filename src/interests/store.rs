use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;

use super::Participation;
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx};
use crate::events::{EventId, Interest, visible_to};
use crate::http::paging::Cursor;
use crate::keyset;
use crate::schema::{events, interests, users};
use crate::users::{User, UserId};

type Joined = InnerJoin<InnerJoin<interests::table, users::table>, events::table>;

fn all() -> IntoBoxed<'static, Joined, MultiBackend> {
    interests::table.inner_join(users::table).inner_join(events::table).into_boxed()
}

pub fn insert(
    tx: &mut Tx,
    user: UserId,
    event: EventId,
    status: Interest,
    now: Instant,
) -> QueryResult<()> {
    diesel::insert_into(interests::table)
        .values((
            interests::user_id.eq(user),
            interests::event_id.eq(event),
            interests::status.eq(status),
            interests::created_at.eq(now),
        ))
        .execute(tx.conn())
        .map(drop)
}

pub fn find(conn: &mut Conn, user: UserId, event: EventId) -> QueryResult<Option<Participation>> {
    Participation::query()
        .filter(interests::user_id.eq(user))
        .filter(interests::event_id.eq(event))
        .first(conn)
        .optional()
}

pub fn find_status(conn: &mut Conn, user: UserId, event: EventId) -> QueryResult<Option<Interest>> {
    interests::table.find((event, user)).select(interests::status).first(conn).optional()
}

pub fn list_of_event(
    conn: &mut Conn,
    event: EventId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Participation>> {
    let since = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let user = UserId(cursor.map_or(0, |cursor| cursor.id));
    let query = all().filter(interests::event_id.eq(event));
    let page = keyset!(
        query,
        cursor,
        limit,
        false,
        (interests::created_at, since),
        (interests::user_id, user)
    );
    page.select(Participation::as_select()).load(conn)
}

pub fn list_of_user(
    conn: &mut Conn,
    user: &User,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Participation>> {
    let start = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let event = EventId(cursor.map_or(0, |cursor| cursor.id));
    let query = still_visible(user);
    let page =
        keyset!(query, cursor, limit, false, (events::starts_at, start), (events::id, event));
    page.select(Participation::as_select()).load(conn)
}

pub fn count_of_user(conn: &mut Conn, user: &User) -> QueryResult<i64> {
    still_visible(user).count().get_result(conn)
}

/// Somebody's interests in events that they may still see.
fn still_visible(user: &User) -> IntoBoxed<'static, Joined, MultiBackend> {
    all().filter(interests::user_id.eq(user.id)).filter(visible_to(&user.into()))
}

pub fn all_of_user(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Participation>> {
    Participation::query().filter(interests::user_id.eq(user)).order(interests::event_id).load(conn)
}

pub fn update(tx: &mut Tx, user: UserId, event: EventId, status: Interest) -> QueryResult<()> {
    diesel::update(interests::table.find((event, user)))
        .set(interests::status.eq(status))
        .execute(tx.conn())
        .map(drop)
}

/// What the interest was, if there was one.
pub fn delete(tx: &mut Tx, user: UserId, event: EventId) -> QueryResult<Option<Interest>> {
    diesel::delete(interests::table.find((event, user)))
        .returning(interests::status)
        .get_result(tx.conn())
        .optional()
}
