use diesel::dsl::exists;
use diesel::prelude::*;

use super::{Comment, CommentId, Text};
use crate::clock::Instant;
use crate::db::{Conn, Tx, one_of};
use crate::events::EventId;
use crate::http::paging::Cursor;
use crate::schema::{comments, likes, users};
use crate::users::UserId;
use crate::{each, keyset, lock};

/// What it takes to say something.
#[derive(Insertable)]
#[diesel(table_name = comments)]
pub struct NewComment<'a> {
    pub event_id: EventId,
    pub author_id: UserId,
    pub parent_id: Option<CommentId>,
    pub body: &'a Text,
}

pub fn insert(tx: &mut Tx, new: &NewComment, now: Instant) -> QueryResult<CommentId> {
    diesel::insert_into(comments::table)
        .values((new, comments::created_at.eq(now), comments::updated_at.eq(now)))
        .returning(comments::id)
        .get_result(tx.conn())
}

pub fn find(conn: &mut Conn, id: CommentId) -> QueryResult<Option<Comment>> {
    Comment::query().filter(comments::id.eq(id)).first(conn).optional()
}

pub fn lock(tx: &mut Tx, id: CommentId) -> QueryResult<()> {
    lock!(tx.conn(), comments::table.find(id), comments::id)
}

pub fn list(
    conn: &mut Conn,
    event: EventId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Comment>> {
    let id = CommentId(cursor.map_or(0, |cursor| cursor.id));
    let query =
        comments::table.left_join(users::table).filter(comments::event_id.eq(event)).into_boxed();
    keyset!(query, cursor, limit, false, (comments::id, id), (comments::id, id))
        .select(Comment::as_select())
        .load(conn)
}

pub fn count(conn: &mut Conn, event: EventId) -> QueryResult<i64> {
    comments::table.filter(comments::event_id.eq(event)).count().get_result(conn)
}

pub fn has_answers(conn: &mut Conn, id: CommentId) -> QueryResult<bool> {
    let answers = comments::table.filter(comments::parent_id.eq(id));
    diesel::select(exists(answers)).get_result(conn)
}

pub fn said_by(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Comment>> {
    Comment::query().filter(comments::author_id.eq(user)).order(comments::id).load(conn)
}

pub fn update(tx: &mut Tx, id: CommentId, body: &Text, now: Instant) -> QueryResult<()> {
    diesel::update(comments::table.find(id))
        .set((comments::body.eq(body), comments::edited.eq(true), comments::updated_at.eq(now)))
        .execute(tx.conn())
        .map(drop)
}

/// Notes that what stands under a comment has changed.
pub fn touch(tx: &mut Tx, id: CommentId, now: Instant) -> QueryResult<()> {
    diesel::update(comments::table.find(id))
        .set(comments::updated_at.eq(now))
        .execute(tx.conn())
        .map(drop)
}

/// Leaves nothing but the place.
pub fn blank(tx: &mut Tx, id: CommentId, now: Instant) -> QueryResult<()> {
    diesel::delete(likes::table.filter(likes::comment_id.eq(id))).execute(tx.conn())?;
    diesel::update(comments::table.find(id))
        .set((
            comments::author_id.eq(None::<UserId>),
            comments::body.eq(""),
            comments::like_count.eq(0),
            comments::edited.eq(false),
            comments::updated_at.eq(now),
        ))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete(tx: &mut Tx, id: CommentId) -> QueryResult<()> {
    diesel::delete(comments::table.find(id)).execute(tx.conn()).map(drop)
}

/// Whether there was no like before.
pub fn insert_like(
    tx: &mut Tx,
    comment: CommentId,
    user: UserId,
    now: Instant,
) -> QueryResult<bool> {
    let like = (likes::comment_id.eq(comment), likes::user_id.eq(user), likes::created_at.eq(now));
    each!(tx.conn(), |conn| diesel::insert_into(likes::table)
        .values(like)
        .on_conflict_do_nothing()
        .execute(conn)
        .map(|rows| rows == 1))
}

/// Whether there was a like.
pub fn delete_like(tx: &mut Tx, comment: CommentId, user: UserId) -> QueryResult<bool> {
    diesel::delete(likes::table.find((comment, user))).execute(tx.conn()).map(|rows| rows == 1)
}

pub fn count_likes(tx: &mut Tx, id: CommentId, more: i64) -> QueryResult<()> {
    diesel::update(comments::table.find(id))
        .set(comments::like_count.eq(comments::like_count + more))
        .execute(tx.conn())
        .map(drop)
}

pub fn liked(conn: &mut Conn, user: UserId, comments: &[CommentId]) -> QueryResult<Vec<CommentId>> {
    likes::table
        .filter(likes::user_id.eq(user))
        .filter(one_of(conn, likes::comment_id, comments.iter().map(|id| id.0)))
        .select(likes::comment_id)
        .load(conn)
}

pub fn likes_of(conn: &mut Conn, user: UserId) -> QueryResult<Vec<CommentId>> {
    likes::table
        .filter(likes::user_id.eq(user))
        .order(likes::comment_id)
        .select(likes::comment_id)
        .load(conn)
}
