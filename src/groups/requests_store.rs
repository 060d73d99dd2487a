use diesel::prelude::*;

use super::GroupId;
use super::audit::Noted;
use super::requests::{JoinRequest, Message};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::http::paging::Cursor;
use crate::keyset;
use crate::schema::{join_requests, users};
use crate::users::UserId;

pub fn find(conn: &mut Conn, group: GroupId, user: UserId) -> QueryResult<Option<JoinRequest>> {
    JoinRequest::query()
        .filter(join_requests::group_id.eq(group))
        .filter(join_requests::user_id.eq(user))
        .first(conn)
        .optional()
}

pub fn list(
    conn: &mut Conn,
    group: GroupId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<JoinRequest>> {
    let at = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let user = UserId(cursor.map_or(0, |cursor| cursor.id));
    let query = join_requests::table
        .inner_join(users::table)
        .filter(join_requests::group_id.eq(group))
        .into_boxed();
    let by_age = keyset!(
        query,
        cursor,
        limit,
        false,
        (join_requests::created_at, at),
        (join_requests::user_id, user)
    );
    by_age.select(JoinRequest::as_select()).load(conn)
}

pub fn count(conn: &mut Conn, group: GroupId) -> QueryResult<i64> {
    join_requests::table.filter(join_requests::group_id.eq(group)).count().get_result(conn)
}

pub fn of_user(conn: &mut Conn, user: UserId) -> QueryResult<Vec<JoinRequest>> {
    JoinRequest::query()
        .filter(join_requests::user_id.eq(user))
        .order(join_requests::group_id)
        .load(conn)
}

pub fn insert(tx: &mut Tx, noted: &Noted, user: UserId, message: &Message) -> QueryResult<()> {
    diesel::insert_into(join_requests::table)
        .values((
            join_requests::group_id.eq(noted.group()),
            join_requests::user_id.eq(user),
            join_requests::message.eq(message),
            join_requests::created_at.eq(noted.at()),
        ))
        .execute(tx.conn())
        .map(drop)
}

/// Who asked already keeps their place. What they say is no deed.
pub fn say(tx: &mut Tx, group: GroupId, user: UserId, message: &Message) -> QueryResult<()> {
    diesel::update(join_requests::table.find((group, user)))
        .set(join_requests::message.eq(message))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete(tx: &mut Tx, noted: &Noted, user: UserId) -> QueryResult<()> {
    diesel::delete(join_requests::table.find((noted.group(), user))).execute(tx.conn()).map(drop)
}

pub fn delete_all(tx: &mut Tx, noted: &Noted) -> QueryResult<()> {
    diesel::delete(join_requests::table.filter(join_requests::group_id.eq(noted.group())))
        .execute(tx.conn())
        .map(drop)
}
