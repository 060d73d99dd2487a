use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::visibility::listed;
use super::{EventId, TagId, UsedTag};
use crate::clock::Instant;
use crate::db::{Conn, Tx, fragment};
use crate::each;
use crate::http::paging::Cursor;
use crate::schema::{event_tags, events, tags};

/// Puts these words in the place of those that an event had.
pub fn replace(tx: &mut Tx, event: EventId, words: &[String]) -> QueryResult<()> {
    diesel::delete(event_tags::table.filter(event_tags::event_id.eq(event))).execute(tx.conn())?;
    add(tx, event, words)
}

fn find(conn: &mut Conn, word: &str) -> QueryResult<Option<TagId>> {
    tags::table.filter(tags::name.eq(word)).select(tags::id).first(conn).optional()
}

/// Gives these words to an event that has none yet.
pub fn add(tx: &mut Tx, event: EventId, words: &[String]) -> QueryResult<()> {
    for word in words {
        // Most words are there already. Of two who bring a new one at once, one does nothing.
        let mut tag = find(tx, word)?;
        if tag.is_none() {
            each!(tx.conn(), |conn| diesel::insert_into(tags::table)
                .values(tags::name.eq(word))
                .on_conflict_do_nothing()
                .execute(conn))?;
            tag = find(tx, word)?;
        }
        let tag = tag.ok_or(diesel::NotFound)?;
        diesel::insert_into(event_tags::table)
            .values((event_tags::tag_id.eq(tag), event_tags::event_id.eq(event)))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// How many tags upcoming public events have between them.
pub fn count(conn: &mut Conn, now: Instant) -> QueryResult<i64> {
    events::table
        .inner_join(event_tags::table)
        .filter(events::listed.eq(true))
        .filter(events::starts_at.gt(now))
        .filter(listed())
        .select(fragment::<BigInt>("count(distinct event_tags.tag_id)"))
        .first(conn)
}

/// The tags of upcoming public events, the most used first.
pub fn list(
    conn: &mut Conn,
    now: Instant,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<UsedTag>> {
    let back = cursor.is_some_and(|cursor| cursor.back);
    let (uses, id) = cursor.map_or((i64::MAX, 0), |cursor| (cursor.key, cursor.id));
    let (fewer, after) = if back { (">", "<") } else { ("<", ">") };
    let beyond = fragment::<Bool>(format!("(count(*) {fewer} "))
        .int(uses)
        .sql(" or (count(*) = ")
        .int(uses)
        .sql(format!(" and tags.id {after} "))
        .int(id)
        .sql("))");
    let query = events::table
        .inner_join(event_tags::table.inner_join(tags::table))
        .filter(events::listed.eq(true))
        .filter(events::starts_at.gt(now))
        .filter(listed())
        .group_by((tags::id, tags::name))
        .having(beyond)
        .select((tags::id, tags::name, count_star()))
        .limit(limit);
    match back {
        true => query.order((count_star().asc(), tags::id.desc())).load(conn),
        false => query.order((count_star().desc(), tags::id.asc())).load(conn),
    }
}
