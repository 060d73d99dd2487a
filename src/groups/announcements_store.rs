use diesel::prelude::*;

use super::GroupId;
use super::announcements::{Announcement, AnnouncementId, Body, Title};
use super::audit::Noted;
use crate::db::{Conn, Tx};
use crate::http::paging::Cursor;
use crate::keyset;
use crate::schema::{announcements, users};
use crate::users::UserId;

pub fn insert(
    tx: &mut Tx,
    noted: &Noted,
    author: UserId,
    title: &Title,
    body: &Body,
) -> QueryResult<AnnouncementId> {
    diesel::insert_into(announcements::table)
        .values((
            announcements::group_id.eq(noted.group()),
            announcements::author_id.eq(author),
            announcements::title.eq(title),
            announcements::body.eq(body),
            announcements::created_at.eq(noted.at()),
        ))
        .returning(announcements::id)
        .get_result(tx.conn())
}

pub fn find(
    conn: &mut Conn,
    group: GroupId,
    id: AnnouncementId,
) -> QueryResult<Option<Announcement>> {
    Announcement::query()
        .filter(announcements::id.eq(id))
        .filter(announcements::group_id.eq(group))
        .first(conn)
        .optional()
}

pub fn list(
    conn: &mut Conn,
    group: GroupId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Announcement>> {
    let id = AnnouncementId(cursor.map_or(0, |cursor| cursor.id));
    let query = announcements::table
        .left_join(users::table)
        .filter(announcements::group_id.eq(group))
        .into_boxed();
    keyset!(query, cursor, limit, true, (announcements::id, id), (announcements::id, id))
        .select(Announcement::as_select())
        .load(conn)
}

pub fn count(conn: &mut Conn, group: GroupId) -> QueryResult<i64> {
    announcements::table.filter(announcements::group_id.eq(group)).count().get_result(conn)
}

pub fn by_author(conn: &mut Conn, author: UserId) -> QueryResult<Vec<Announcement>> {
    Announcement::query()
        .filter(announcements::author_id.eq(author))
        .order(announcements::id)
        .load(conn)
}

pub fn delete(tx: &mut Tx, noted: &Noted, id: AnnouncementId) -> QueryResult<()> {
    let announced = announcements::table.find(id);
    diesel::delete(announced.filter(announcements::group_id.eq(noted.group())))
        .execute(tx.conn())
        .map(drop)
}
