//! What people say under an event.
//!
//! Whoever may see the event may read and write. Answers go one level deep. A comment that has
//! answers leaves its place behind when it is deleted, without author and text.

pub mod api;
pub mod pictures_api;
mod store;

use std::collections::HashMap;

use diesel::QueryDsl;

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Event, EventId};
use crate::http::paging::{Cursor, Page, Paging};
use crate::images::{self, Image, ImageId, Kept, Place};
use crate::notifications::{Kind, Notice, notify, retract_comment};
use crate::schema::{comments, users as users_table};
use crate::users::{self, Person, User, UserId, Viewer};

crate::id! {
    /// Identifies a [`Comment`].
    CommentId
}

crate::text! {
    /// Text fit to be a comment.
    Text, 1..=5000
}

/// What somebody said.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = comments, base_query = comments::table.left_join(users_table::table))]
pub struct Comment {
    /// Identifies it.
    pub id: CommentId,
    /// What it is about.
    pub event_id: EventId,
    /// Who said it; nobody, once it is deleted and only its place is left.
    #[diesel(embed)]
    pub author: Option<Person>,
    /// What it answers.
    pub parent_id: Option<CommentId>,
    /// What they said.
    pub body: String,
    /// How many like it.
    pub like_count: i64,
    /// Whether its text was changed.
    pub edited: bool,
    /// When it was said.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
}

const ORDER: u8 = b'k';

/// The only way to a comment that a caller may see.
pub fn visible(conn: &mut Conn, viewer: &Viewer, id: CommentId) -> Result<Comment> {
    let comment = get(conn, id)?;
    events::check_visible(conn, viewer, comment.event_id).map_err(|err| err.about("comment"))?;
    Ok(comment)
}

impl Comment {
    fn is_by(&self, user: &User) -> bool {
        self.author.as_ref().is_some_and(|author| author.id == user.id)
    }
}

/// Says something about an event, or answers what somebody said.
pub fn create(
    tx: &mut Tx,
    author: &User,
    event: EventId,
    body: &Text,
    parent: Option<CommentId>,
) -> Result<Comment> {
    let about = events::visible(tx, &author.into(), event)?;
    let parent = match parent {
        None => None,
        Some(parent) => {
            let parent = store::find(tx, parent)?.filter(|it| it.event_id == event);
            let parent = parent.ok_or(Error::invalid("parent", "there is no such comment here"))?;
            if parent.parent_id.is_some() {
                return Err(Error::invalid(
                    "parent",
                    "answers go one level deep: answer the first",
                ));
            }
            Some(parent)
        }
    };

    let parent_id = parent.as_ref().map(|it| it.id);
    let new = store::NewComment { event_id: event, author_id: author.id, parent_id, body };
    let id = store::insert(tx, &new, clock::now())?;
    events::count_comments(tx, event, 1)?;
    tell(tx, author, &about, id, parent.and_then(|it| it.author))?;
    get(tx, id)
}

/// Tells whose comment is answered, and whose event it is; once, if that is the same person.
fn tell(
    tx: &mut Tx,
    author: &User,
    event: &Event,
    id: CommentId,
    answered: Option<Person>,
) -> Result<()> {
    let notice = |kind| Notice {
        event: Some(event.id.0),
        comment: Some(id.0),
        ..Notice::new(kind, Some(author.id), event.details.title.as_str())
    };
    let organiser = event.creator.id;
    let answered = answered.map(|it| it.id);
    if let Some(answered) = answered
        && may_still_see(tx, answered, event.id)?
    {
        notify(tx, &[answered], &notice(Kind::CommentAnswer))?;
    }
    match answered == Some(organiser) {
        true => Ok(()),
        false => notify(tx, &[organiser], &notice(Kind::EventComment)),
    }
}

/// Whoever wrote under an event may have left its group since.
fn may_still_see(tx: &mut Tx, user: UserId, event: EventId) -> Result<bool> {
    let viewer = Viewer(users::find(tx, user)?);
    match events::check_visible(tx, &viewer, event) {
        Err(Error::NotFound(_)) => Ok(false),
        seen => seen.map(|()| true),
    }
}

/// What people said about an event, the oldest first, and how much.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    event: EventId,
    paging: &Paging,
) -> Result<Page<Comment>> {
    events::check_visible(conn, viewer, event)?;
    let rows = store::list(conn, event, paging.cursor(ORDER)?, paging.limit())?;
    Ok(Page::new(rows, paging, |comment| (ORDER, comment.id.0, comment.id.0)))
}

/// How many rows that list has: comments, and the places of deleted ones.
pub fn count(conn: &mut Conn, viewer: &Viewer, event: EventId) -> Result<i64> {
    events::check_visible(conn, viewer, event)?;
    Ok(store::count(conn, event)?)
}

/// Where the page of that list begins that shows a comment, of so many rows: nowhere else than the
/// list itself where that is `None`, and close to the end where the comment is.
pub fn page_of(conn: &mut Conn, comment: &Comment, size: usize) -> Result<Option<Cursor>> {
    let limit = Paging::first(size).limit();
    let cursor = |id, back| Some(Cursor { order: ORDER, back, key: id, id });
    let first = store::list(conn, comment.event_id, None, limit)?;
    if first.iter().take(size).any(|it| it.id == comment.id) {
        return Ok(None);
    }
    let before = cursor(comment.id.0 - 1, false);
    let rest = store::list(conn, comment.event_id, before, limit)?;
    Ok(match rest.last() {
        Some(last) if rest.len() <= size => cursor(last.id.0 + 1, true),
        _ => before,
    })
}

/// The only way to a comment that a caller may change: one's own.
pub fn own(conn: &mut Conn, user: &User, id: CommentId) -> Result<Comment> {
    let comment = visible(conn, &user.into(), id)?;
    match comment.is_by(user) {
        true => Ok(comment),
        false => Err(Error::Forbidden("only its author may change a comment")),
    }
}

/// Changes the text of one's own comment.
pub fn update(tx: &mut Tx, user: &User, id: CommentId, body: Option<&Text>) -> Result<Comment> {
    let comment = own(tx, user, id)?;

    if let Some(body) = body.filter(|body| body.as_str() != comment.body) {
        store::update(tx, id, body, clock::now())?;
    }
    get(tx, id)
}

/// The only way to a comment that a caller may delete: its author may, and whoever may change the
/// event.
pub fn deletable(conn: &mut Conn, user: &User, id: CommentId) -> Result<Comment> {
    let comment = visible(conn, &user.into(), id)?;
    if !comment.is_by(user) {
        events::editable(conn, user, comment.event_id).map_err(|err| match err {
            Error::Forbidden(_) => {
                Error::Forbidden("only its author and the event's organisers may delete a comment")
            }
            other => other,
        })?;
    }
    if comment.author.is_none() {
        return Err(Error::NotFound("comment"));
    }
    Ok(comment)
}

/// Deletes a comment.
pub fn delete(tx: &mut Tx, user: &User, id: CommentId) -> Result<()> {
    lock(tx, id)?;
    let comment = deletable(tx, user, id)?;

    remove(tx, &comment)
}

/// Keeps others from changing a comment until the transaction ends.
pub fn lock(tx: &mut Tx, id: CommentId) -> Result<()> {
    Ok(store::lock(tx, id)?)
}

/// Takes a comment away, or empties it where answers need its place.
fn remove(tx: &mut Tx, comment: &Comment) -> Result<()> {
    events::count_comments(tx, comment.event_id, -1)?;
    if store::has_answers(tx, comment.id)? {
        images::delete_of_comment(tx, comment.id.0)?;
        retract_comment(tx, comment.id.0)?;
        return Ok(store::blank(tx, comment.id, clock::now())?);
    }
    store::delete(tx, comment.id)?;
    // The place of a deleted comment goes with its last answer.
    if let Some(parent) = comment.parent_id
        && get(tx, parent)?.author.is_none()
        && !store::has_answers(tx, parent)?
    {
        store::delete(tx, parent)?;
    }
    Ok(())
}

/// The pictures under a comment, and how many there are.
fn list_images(
    conn: &mut Conn,
    viewer: &Viewer,
    id: CommentId,
    paging: &Paging,
) -> Result<(Page<Image>, i64)> {
    let comment = visible(conn, viewer, id)?;
    let page = images::list_of_comment(conn, comment.id.0, paging)?;
    Ok((page, images::count_of_comment(conn, comment.id.0)?))
}

/// Puts pictures under one's own comment.
pub fn add_images(tx: &mut Tx, user: &User, id: CommentId, kept: &[Kept]) -> Result<Vec<Image>> {
    lock(tx, id)?;
    let comment = own(tx, user, id)?;
    let there = usize::try_from(images::count_of_comment(tx, id.0)?).unwrap_or(images::MOST);
    if there + kept.len() > images::MOST {
        let message = format!("a comment has at most {}, this one {there}", images::MOST);
        return Err(Error::invalid("image", message));
    }

    let place = Place::Comment(comment.event_id, id.0);
    let added = kept.iter().map(|kept| images::add(tx, place, kept)).collect::<Result<_>>()?;
    store::touch(tx, id, clock::now())?;
    Ok(added)
}

/// The only way to a picture that a caller may take away: what is under a comment, those who may
/// delete the comment; what is of something else, those who may change that.
pub fn deletable_image(tx: &mut Tx, user: &User, id: ImageId) -> Result<Image> {
    let image = images::visible(tx, &user.into(), id)?;
    match image.place() {
        Some(Place::Comment(_, comment)) => {
            lock(tx, CommentId(comment))?;
            deletable(tx, user, CommentId(comment))?;
        }
        Some(place) => {
            images::lock(tx, place)?;
            images::check_changeable(tx, user, place)?;
        }
        None => {}
    }
    // It may have gone before the lock was ours.
    images::visible(tx, &user.into(), id)
}

/// Takes a picture away.
pub fn delete_image(tx: &mut Tx, user: &User, image: &Image) -> Result<()> {
    images::delete(tx, user.id, image)?;
    match image.comment_id {
        Some(comment) => Ok(store::touch(tx, CommentId(comment), clock::now())?),
        None => Ok(()),
    }
}

/// Notes that somebody likes a comment. Tells whether that is new.
pub fn like(tx: &mut Tx, user: &User, id: CommentId) -> Result<(Comment, bool)> {
    let comment = visible(tx, &user.into(), id)?;
    if comment.author.is_none() {
        return Err(Error::NotFound("comment"));
    }

    let is_new = store::insert_like(tx, id, user.id, clock::now())?;
    if is_new {
        store::count_likes(tx, id, 1)?;
    }
    Ok((get(tx, id)?, is_new))
}

/// Forgets that somebody liked a comment.
pub fn unlike(tx: &mut Tx, user: &User, id: CommentId) -> Result<()> {
    visible(tx, &user.into(), id)?;
    if !store::delete_like(tx, id, user.id)? {
        return Err(Error::NotFound("like"));
    }

    Ok(store::count_likes(tx, id, -1)?)
}

/// Which of some comments somebody likes, asked for all of them at once.
pub fn liked(conn: &mut Conn, user: UserId, comments: &[Comment]) -> Result<Vec<CommentId>> {
    let ids: Vec<CommentId> = comments.iter().map(|comment| comment.id).collect();
    Ok(store::liked(conn, user, &ids)?)
}

/// The pictures under some comments, asked for all of them at once.
pub fn images_of(conn: &mut Conn, comments: &[Comment]) -> Result<HashMap<CommentId, Vec<Image>>> {
    // No query binds more than some ten thousand values.
    const AT_ONCE: usize = 1_000;
    let mut of: HashMap<CommentId, Vec<Image>> = HashMap::new();
    for some in comments.chunks(AT_ONCE) {
        let ids = some.iter().map(|comment| comment.id.0).collect();
        for image in images::of_comments(conn, ids)? {
            if let Some(comment) = image.comment_id {
                of.entry(CommentId(comment)).or_default().push(image);
            }
        }
    }
    Ok(of)
}

/// Everything that somebody said.
pub fn said_by(conn: &mut Conn, user: UserId) -> Result<Vec<Comment>> {
    Ok(store::said_by(conn, user)?)
}

/// Everything that somebody likes.
pub fn likes_of(conn: &mut Conn, user: UserId) -> Result<Vec<CommentId>> {
    Ok(store::likes_of(conn, user)?)
}

/// Takes back everything that somebody said and liked, before their account goes.
pub fn forget(tx: &mut Tx, user: UserId) -> Result<()> {
    for id in store::likes_of(tx, user)? {
        store::delete_like(tx, id, user)?;
        store::count_likes(tx, id, -1)?;
    }
    for comment in store::said_by(tx, user)? {
        // A picture may be on its way to it: afterwards, the comment is nobody's.
        lock(tx, comment.id)?;
        remove(tx, &comment)?;
    }
    Ok(())
}

fn get(conn: &mut Conn, id: CommentId) -> Result<Comment> {
    store::find(conn, id)?.ok_or(Error::NotFound("comment"))
}
