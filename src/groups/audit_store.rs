use diesel::prelude::*;

use super::GroupId;
use super::audit::{Deed, Entry, EntryId};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::http::paging::Cursor;
use crate::keyset;
use crate::schema::group_deeds;

pub fn insert(tx: &mut Tx, group: GroupId, deed: &Deed, now: Instant) -> QueryResult<()> {
    diesel::insert_into(group_deeds::table)
        .values((deed.clone(), group_deeds::group_id.eq(group), group_deeds::created_at.eq(now)))
        .execute(tx.conn())
        .map(drop)
}

pub fn list(
    conn: &mut Conn,
    group: GroupId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Entry>> {
    let id = EntryId(cursor.map_or(0, |cursor| cursor.id));
    let query = group_deeds::table.filter(group_deeds::group_id.eq(group)).into_boxed();
    keyset!(query, cursor, limit, true, (group_deeds::id, id), (group_deeds::id, id))
        .select(Entry::as_select())
        .load(conn)
}

pub fn count(conn: &mut Conn, group: GroupId) -> QueryResult<i64> {
    group_deeds::table.filter(group_deeds::group_id.eq(group)).count().get_result(conn)
}
