use diesel::prelude::*;
use diesel::upsert::excluded;

use super::GroupId;
use super::audit::Noted;
use super::bans::{Ban, Reason};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::http::paging::Cursor;
use crate::schema::{bans, users};
use crate::users::UserId;
use crate::{each, keyset};

pub fn exists(conn: &mut Conn, group: GroupId, user: UserId) -> QueryResult<bool> {
    let banned = bans::table.find((group, user)).select(bans::user_id);
    banned.first::<UserId>(conn).optional().map(|ban| ban.is_some())
}

pub fn find(conn: &mut Conn, group: GroupId, user: UserId) -> QueryResult<Option<Ban>> {
    Ban::query()
        .filter(bans::group_id.eq(group))
        .filter(bans::user_id.eq(user))
        .first(conn)
        .optional()
}

pub fn list(
    conn: &mut Conn,
    group: GroupId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Ban>> {
    let at = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let user = UserId(cursor.map_or(0, |cursor| cursor.id));
    let query = bans::table.inner_join(users::table).filter(bans::group_id.eq(group)).into_boxed();
    keyset!(query, cursor, limit, true, (bans::created_at, at), (bans::user_id, user))
        .select(Ban::as_select())
        .load(conn)
}

pub fn count(conn: &mut Conn, group: GroupId) -> QueryResult<i64> {
    bans::table.filter(bans::group_id.eq(group)).count().get_result(conn)
}

pub fn of_user(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Ban>> {
    Ban::query().filter(bans::user_id.eq(user)).order(bans::group_id).load(conn)
}

/// Who was banned already is banned since then.
pub fn put(
    tx: &mut Tx,
    noted: &Noted,
    actor: UserId,
    user: UserId,
    reason: &Reason,
) -> QueryResult<()> {
    let ban = (
        bans::group_id.eq(noted.group()),
        bans::user_id.eq(user),
        bans::actor_id.eq(actor),
        bans::reason.eq(reason),
        bans::created_at.eq(noted.at()),
    );
    each!(tx.conn(), |conn| diesel::insert_into(bans::table)
        .values(ban)
        .on_conflict((bans::group_id, bans::user_id))
        .do_update()
        .set(
            (bans::actor_id.eq(excluded(bans::actor_id)), bans::reason.eq(excluded(bans::reason)),)
        )
        .execute(conn)
        .map(drop))
}

pub fn delete(tx: &mut Tx, noted: &Noted, user: UserId) -> QueryResult<()> {
    diesel::delete(bans::table.find((noted.group(), user))).execute(tx.conn()).map(drop)
}
