use diesel::dsl::{exists, not};
use diesel::prelude::*;

use super::GroupId;
use crate::clock::Instant;
use crate::db::{Conn, Tx, one_of};
use crate::each;
use crate::schema::{follows, groups, memberships};
use crate::users::UserId;

/// Whether they did not follow before.
pub fn insert(tx: &mut Tx, group: GroupId, user: UserId, now: Instant) -> QueryResult<bool> {
    let follow =
        (follows::group_id.eq(group), follows::user_id.eq(user), follows::created_at.eq(now));
    each!(tx.conn(), |conn| diesel::insert_into(follows::table)
        .values(follow)
        .on_conflict_do_nothing()
        .execute(conn)
        .map(|rows| rows == 1))
}

/// Whether they followed before.
pub fn delete(tx: &mut Tx, group: GroupId, user: UserId) -> QueryResult<bool> {
    diesel::delete(follows::table.find((group, user))).execute(tx.conn()).map(|rows| rows == 1)
}

/// How many followed who are no members.
pub fn delete_of_others(tx: &mut Tx, group: GroupId) -> QueryResult<i64> {
    let belongs = memberships::table
        .filter(memberships::group_id.eq(follows::group_id))
        .filter(memberships::user_id.eq(follows::user_id));
    let others = follows::table.filter(follows::group_id.eq(group)).filter(not(exists(belongs)));
    let rows = diesel::delete(others).execute(tx.conn())?;
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

pub fn follower_ids(conn: &mut Conn, group: GroupId) -> QueryResult<Vec<UserId>> {
    follows::table.filter(follows::group_id.eq(group)).select(follows::user_id).load(conn)
}

pub fn count(tx: &mut Tx, group: GroupId, more: i64) -> QueryResult<()> {
    diesel::update(groups::table.find(group))
        .set(groups::follower_count.eq(groups::follower_count + more))
        .execute(tx.conn())
        .map(drop)
}

pub fn followed(conn: &mut Conn, groups: &[GroupId], user: UserId) -> QueryResult<Vec<GroupId>> {
    follows::table
        .filter(follows::user_id.eq(user))
        .filter(one_of(conn, follows::group_id, groups.iter().map(|id| id.0)))
        .select(follows::group_id)
        .load(conn)
}

pub fn of_user(conn: &mut Conn, user: UserId) -> QueryResult<Vec<GroupId>> {
    follows::table
        .filter(follows::user_id.eq(user))
        .order(follows::group_id)
        .select(follows::group_id)
        .load(conn)
}
