use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{File, Image, ImageId, Kept, Place};
use crate::clock::Instant;
use crate::db::{Conn, Tx, one_of};
use crate::events::visible_to;
use crate::files::FileName;
use crate::groups::seen_by;
use crate::http::paging::Cursor;
use crate::schema::{events, files, groups, images};
use crate::users::{UserId, Viewer};
use crate::{each, keyset, lock};

/// Notes that somebody brings a file.
pub fn bring(tx: &mut Tx, file: &File, now: Instant) -> QueryResult<()> {
    let new = (file, files::brought_at.eq(now));
    each!(tx.conn(), |conn| diesel::insert_into(files::table)
        .values(new)
        .on_conflict(files::name)
        .do_update()
        .set(files::brought_at.eq(excluded(files::brought_at)))
        .execute(conn)
        .map(drop))
}

/// Whether a file is being thrown away, or is gone. Asked after it was written or locked.
pub fn is_leaving(conn: &mut Conn, name: &FileName) -> QueryResult<bool> {
    let leaving = files::table.find(name).select(files::is_leaving).first(conn).optional()?;
    Ok(leaving.unwrap_or(true))
}

pub fn lock_file(tx: &mut Tx, name: &FileName) -> QueryResult<()> {
    lock!(tx.conn(), files::table.find(name), files::name)
}

pub fn brought_at(conn: &mut Conn, name: &FileName) -> QueryResult<Option<Instant>> {
    files::table.find(name).select(files::brought_at).first(conn).optional()
}

pub fn is_used(conn: &mut Conn, name: &FileName) -> QueryResult<bool> {
    let uses = images::table.filter(images::file_name.eq(name));
    diesel::select(exists(uses)).get_result(conn)
}

pub fn set_leaving(tx: &mut Tx, name: &FileName, is_leaving: bool) -> QueryResult<()> {
    diesel::update(files::table.find(name))
        .set(files::is_leaving.eq(is_leaving))
        .execute(tx.conn())
        .map(drop)
}

pub fn forget_leaving(tx: &mut Tx, name: &FileName) -> QueryResult<()> {
    diesel::delete(files::table.find(name).filter(files::is_leaving.eq(true)))
        .execute(tx.conn())
        .map(drop)
}

pub fn find_file(conn: &mut Conn, names: &[FileName]) -> QueryResult<Option<File>> {
    files::table
        .filter(files::name.eq_any(names.to_vec()))
        .filter(files::is_leaving.eq(false))
        .select(File::as_select())
        .first(conn)
        .optional()
}

pub fn shows_somebody(conn: &mut Conn, name: &FileName) -> QueryResult<bool> {
    let avatars =
        images::table.filter(images::file_name.eq(name)).filter(images::user_id.is_not_null());
    diesel::select(exists(avatars)).get_result(conn)
}

pub fn is_of_visible_event(conn: &mut Conn, viewer: &Viewer, name: &FileName) -> QueryResult<bool> {
    let seen: Option<ImageId> = images::table
        .inner_join(events::table)
        .filter(images::file_name.eq(name))
        .filter(visible_to(viewer))
        .select(images::id)
        .first(conn)
        .optional()?;
    Ok(seen.is_some())
}

pub fn is_of_visible_group(conn: &mut Conn, viewer: &Viewer, name: &FileName) -> QueryResult<bool> {
    let seen: Option<ImageId> = images::table
        .inner_join(groups::table)
        .filter(images::file_name.eq(name))
        .filter(seen_by(viewer))
        .select(images::id)
        .first(conn)
        .optional()?;
    Ok(seen.is_some())
}

pub fn insert(tx: &mut Tx, place: Place, kept: &Kept, now: Instant) -> QueryResult<ImageId> {
    let (mut user, mut group, mut event, mut comment) = (None, None, None, None);
    match place {
        Place::User(id) => user = Some(id),
        Place::Group(id) => group = Some(id),
        Place::Event(id) => event = Some(id),
        Place::Comment(id, under) => (event, comment) = (Some(id), Some(under)),
    }
    diesel::insert_into(images::table)
        .values((
            images::file_name.eq(&kept.name),
            images::alt.eq(&kept.alt),
            images::user_id.eq(user),
            images::group_id.eq(group),
            images::event_id.eq(event),
            images::comment_id.eq(comment),
            images::created_at.eq(now),
        ))
        .returning(images::id)
        .get_result(tx.conn())
}

pub fn find(conn: &mut Conn, id: ImageId) -> QueryResult<Option<Image>> {
    Image::query().filter(images::id.eq(id)).first(conn).optional()
}

pub fn find_at(conn: &mut Conn, place: Place) -> QueryResult<Option<Image>> {
    let query = Image::query();
    match place {
        Place::User(id) => query.filter(images::user_id.eq(id)).first(conn),
        Place::Group(id) => query.filter(images::group_id.eq(id)).first(conn),
        Place::Event(id) => {
            query.filter(images::event_id.eq(id)).filter(images::comment_id.is_null()).first(conn)
        }
        Place::Comment(_, id) => query.filter(images::comment_id.eq(id)).first(conn),
    }
    .optional()
}

pub fn delete(tx: &mut Tx, id: ImageId) -> QueryResult<()> {
    diesel::delete(images::table.find(id)).execute(tx.conn()).map(drop)
}

pub fn delete_of_comment(tx: &mut Tx, comment: i64) -> QueryResult<()> {
    diesel::delete(images::table.filter(images::comment_id.eq(comment)))
        .execute(tx.conn())
        .map(drop)
}

pub fn of_comments(conn: &mut Conn, comments: Vec<i64>) -> QueryResult<Vec<Image>> {
    Image::query().filter(one_of(conn, images::comment_id, comments)).order(images::id).load(conn)
}

pub fn of_user_and_events(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Image>> {
    let made = events::table.filter(events::creator_id.eq(user)).select(events::id);
    let shows = images::event_id.assume_not_null().eq_any(made).and(images::comment_id.is_null());
    Image::query()
        .filter(images::user_id.assume_not_null().eq(user).or(shows))
        .order(images::id)
        .load(conn)
}

pub fn list_of_comment(
    conn: &mut Conn,
    comment: i64,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Image>> {
    let id = ImageId(cursor.map_or(0, |cursor| cursor.id));
    let query =
        images::table.inner_join(files::table).filter(images::comment_id.eq(comment)).into_boxed();
    keyset!(query, cursor, limit, false, (images::id, id), (images::id, id))
        .select(Image::as_select())
        .load(conn)
}

pub fn count_of_comment(conn: &mut Conn, comment: i64) -> QueryResult<i64> {
    images::table.filter(images::comment_id.eq(comment)).count().get_result(conn)
}
