use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;

use super::{Participation, Scope};
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, one_of};
use crate::events::{EventId, Interest, visible_to};
use crate::http::paging::Cursor;
use crate::schema::{events, interests, users};
use crate::users::{User, UserId};
use crate::{each, keyset};

type Joined = InnerJoin<InnerJoin<interests::table, users::table>, events::table>;

fn all() -> IntoBoxed<'static, Joined, MultiBackend> {
    interests::table.inner_join(users::table).inner_join(events::table).into_boxed()
}

pub fn find(conn: &mut Conn, user: UserId, event: EventId) -> QueryResult<Option<Participation>> {
    each!(conn, |conn| Participation::query()
        .filter(interests::user_id.eq(user))
        .filter(interests::event_id.eq(event))
        .first(conn))
    .optional()
}

pub fn list_of_event(
    conn: &mut Conn,
    event: EventId,
    scope: Scope,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Participation>> {
    let since = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let user = UserId(cursor.map_or(0, |cursor| cursor.id));
    let query = in_scope(event, scope);
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

/// Those who wait, the first in line first.
pub fn line_of_event(
    conn: &mut Conn,
    event: EventId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Participation>> {
    let line = cursor.map_or(0, |cursor| cursor.key);
    let user = UserId(cursor.map_or(0, |cursor| cursor.id));
    let waiting = in_scope(event, Scope::Part(Interest::Waitlisted));
    let waiting = waiting.filter(interests::line.is_not_null());
    let page = keyset!(
        waiting,
        cursor,
        limit,
        false,
        (interests::line.assume_not_null(), line),
        (interests::user_id, user)
    );
    page.select(Participation::as_select()).load(conn)
}

pub fn among(conn: &mut Conn, user: UserId, events: &[EventId]) -> QueryResult<Vec<Participation>> {
    all()
        .filter(interests::user_id.eq(user))
        .filter(one_of(conn, interests::event_id, events.iter().map(|event| event.0)))
        .select(Participation::as_select())
        .load(conn)
}

pub fn count_of_event(conn: &mut Conn, event: EventId, scope: Scope) -> QueryResult<i64> {
    in_scope(event, scope).count().get_result(conn)
}

fn in_scope(event: EventId, scope: Scope) -> IntoBoxed<'static, Joined, MultiBackend> {
    let query = all().filter(interests::event_id.eq(event));
    match scope {
        Scope::Everybody => query,
        Scope::Part(part) => query.filter(interests::status.eq(part)),
    }
}

pub fn all_of_event(conn: &mut Conn, event: EventId) -> QueryResult<Vec<Participation>> {
    Participation::query()
        .filter(interests::event_id.eq(event))
        .order((
            interests::status,
            interests::line.is_null(),
            interests::line,
            interests::created_at,
            interests::user_id,
        ))
        .load(conn)
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
    all()
        .filter(interests::user_id.eq(user.id))
        .filter(interests::status.ne(Interest::Refused))
        .filter(visible_to(&user.into()))
}

pub fn all_of_user(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Participation>> {
    Participation::query().filter(interests::user_id.eq(user)).order(interests::event_id).load(conn)
}
