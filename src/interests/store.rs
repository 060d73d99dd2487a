use diesel::dsl::{InnerJoin, IntoBoxed, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::Participation;
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx};
use crate::events::{EventId, Interest};
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
    let (since, user) = cursor.map_or((0, 0), |cursor| (cursor.key, cursor.id));
    let since = Instant::from_micros(since).ok_or(diesel::NotFound)?;
    let query = all().filter(interests::event_id.eq(event));
    let by_arrival = (interests::created_at, since);
    let page = keyset!(
        query,
        cursor,
        limit,
        false,
        (by_arrival.0, by_arrival.1),
        (interests::user_id, UserId(user))
    );
    page.select(Participation::as_select()).load(conn)
}

pub fn list_of_user(
    conn: &mut Conn,
    user: &User,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Participation>> {
    let (start, event) = cursor.map_or((0, 0), |cursor| (cursor.key, cursor.id));
    let start = Instant::from_micros(start).ok_or(diesel::NotFound)?;
    let query = still_visible(user);
    let page = keyset!(
        query,
        cursor,
        limit,
        false,
        (events::starts_at, start),
        (events::id, EventId(event))
    );
    page.select(Participation::as_select()).load(conn)
}

pub fn count_of_user(conn: &mut Conn, user: &User) -> QueryResult<i64> {
    still_visible(user).count().get_result(conn)
}

/// Somebody's interests in events that they may see, as `events` decides.
fn still_visible(user: &User) -> IntoBoxed<'static, Joined, MultiBackend> {
    let theirs = all().filter(interests::user_id.eq(user.id));
    if user.is_admin {
        return theirs;
    }
    theirs.filter(
        sql::<Bool>("(events.creator_id = ")
            .bind::<BigInt, _>(user.id)
            .sql(
                " or (events.status <> 'draft' and events.visibility <> 'group' and not exists \
                 (select 1 from groups where groups.id = events.group_id and groups.visibility = \
                 'private')) or exists (select 1 from memberships where memberships.group_id = \
                 events.group_id and (events.status <> 'draft' or memberships.role <> 'member') \
                 and memberships.user_id = ",
            )
            .bind::<BigInt, _>(user.id)
            .sql("))"),
    )
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
