//! What people say under an event: a part of its page, and a page of its own, where all of it is.

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::talk_forms::Writing;
use crate::app::App;
use crate::comments::{self, Comment, CommentId};
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::events::address::Named;
use crate::events::{self, Event};
use crate::files::Size;
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Cursor, Paging};
use crate::http::visit::Visit;
use crate::images::Image;
use crate::input::Field;
use crate::users::{Person, User, Viewer};

/// The page where all of it is, the places of single comments, and likes.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/{event}/comments/", get(list))
        .route("/comments/{id}/", get(find))
        .route("/comments/{id}/like/", post(like))
}

/// How many comments the page of an event shows. Where somebody is led to one of them, that page is
/// meant.
pub const SHOWN: usize = 20;

/// What people say under an event, as somebody sees a page of it.
pub struct Talk {
    /// How many comments there are in all.
    pub count: i64,
    /// Those of this page, the oldest first.
    pub said: Vec<Said>,
    /// Where all of them are.
    pub path: String,
    /// Where those before are, if there are any.
    pub previous: Option<String>,
    /// Where those after are, if there are any.
    pub next: Option<String>,
    /// The form to say something, for who is signed in.
    pub writing: Option<Writing>,
}

/// A comment, as somebody sees it.
#[expect(clippy::struct_excessive_bools, reason = "the page asks each of them by itself")]
pub struct Said {
    /// Its id.
    pub id: i64,
    /// Who said it, unless it is deleted.
    pub author: Option<Author>,
    /// When it was said (RFC 3339).
    pub at: String,
    /// When it was said, for the reader.
    pub when: String,
    /// Whether its text was changed.
    pub is_edited: bool,
    /// Its text.
    pub text: String,
    /// The pictures under it.
    pub pictures: Vec<Picture>,
    /// How many like it.
    pub like_count: i64,
    /// Whether the reader does.
    pub is_liked: bool,
    /// Whether the reader wrote it, and may change it.
    pub is_own: bool,
    /// Whether the reader may delete it.
    pub is_deletable: bool,
    /// Where an answer to it is written, where there may be one.
    pub answer: Option<String>,
    /// What it answers, where that is not on the same page.
    pub parent: Option<i64>,
    /// The answers to it.
    pub answers: Vec<Said>,
}

/// Who said something.
pub struct Author {
    /// Their id.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// Where a small picture of them is.
    pub avatar: Option<String>,
}

/// A picture under a comment.
pub struct Picture {
    /// Its id.
    pub id: i64,
    /// Where a small one is.
    pub small: String,
    /// Where it is as it was sent.
    pub full: String,
    /// The pixels of the small one.
    pub width: i64,
    /// The same from top to bottom.
    pub height: i64,
    /// What it shows, or else whose it is.
    pub alt: String,
}

/// What somebody reads under an event: a page of it.
pub fn read(
    conn: &mut Conn,
    visit: &Visit,
    viewer: &Viewer,
    event: &Event,
    paging: &Paging,
) -> Result<Talk> {
    let page = comments::list(conn, viewer, event.id, paging)?;
    let next = match paging.cursor {
        Some(cursor) if cursor.back => still_there(conn, viewer, event, page.next())?,
        _ => page.next(),
    };
    let path = format!("{}comments/", event.path());
    let link = |cursor: Cursor| format!("{path}?cursor={cursor}");
    Ok(Talk {
        count: event.comment_count,
        previous: page.previous().map(link),
        next: next.map(link),
        said: said(conn, visit, viewer, event, page.rows)?,
        writing: viewer.id().map(|_| Writing::under(event)),
        path,
    })
}

/// The next page, unless it is empty: a list that was read backwards does not know.
fn still_there(
    conn: &mut Conn,
    viewer: &Viewer,
    event: &Event,
    next: Option<Cursor>,
) -> Result<Option<Cursor>> {
    let mut after = Paging::first(1);
    after.cursor = next;
    let rows = comments::list(conn, viewer, event.id, &after)?.rows;
    Ok(next.filter(|_| !rows.is_empty()))
}

/// Comments as somebody sees them, each answer under what it answers where both are here.
pub fn said(
    conn: &mut Conn,
    visit: &Visit,
    viewer: &Viewer,
    event: &Event,
    comments: Vec<Comment>,
) -> Result<Vec<Said>> {
    let mut images = comments::images_of(conn, &comments)?;
    let liked = match viewer.id() {
        Some(user) => comments::liked(conn, user, &comments)?,
        None => Vec::new(),
    };
    let ties = events::ties(conn, viewer, &[event.hosted()])?;
    let is_organiser = ties.iter().flatten().any(|ties| ties.can_edit);
    let said = comments.into_iter().map(|comment| {
        let images = images.remove(&comment.id).unwrap_or_default();
        let is_liked = liked.contains(&comment.id);
        let mut said = Said { is_liked, ..Said::new(visit, event, comment, images) };
        said.is_deletable = said.author.is_some() && (said.is_own || is_organiser);
        said
    });
    Ok(grouped(said.collect()))
}

/// Puts each answer under what it answers, where that is here. The order stays.
fn grouped(said: Vec<Said>) -> Vec<Said> {
    let mut first: Vec<Said> = Vec::new();
    for mut said in said {
        match first.iter_mut().find(|it| Some(it.id) == said.parent) {
            Some(parent) => {
                said.parent = None;
                parent.answers.push(said);
            }
            None => first.push(said),
        }
    }
    first
}

impl Said {
    fn new(visit: &Visit, event: &Event, comment: Comment, images: Vec<Image>) -> Self {
        let id = comment.id.0;
        let author = comment.author.map(Author::from);
        let is_answerable = visit.who().is_some() && author.is_some();
        let is_answerable = is_answerable && comment.parent_id.is_none();
        let answer = || format!("{}comments/new/?parent={id}", event.path());
        let name = author.as_ref().map(|author| author.name.as_str()).unwrap_or_default();
        let pictures = images.into_iter().enumerate();
        Self {
            id,
            at: DateTime::<Utc>::from(comment.created_at).to_rfc3339(),
            when: visit.moment(comment.created_at),
            is_edited: comment.edited,
            text: comment.body,
            pictures: pictures.map(|(at, it)| Picture::new(visit, name, at + 1, it)).collect(),
            like_count: comment.like_count,
            is_liked: false,
            is_own: author.as_ref().is_some_and(|author| visit.is(author.id)),
            is_deletable: false,
            answer: is_answerable.then(answer),
            parent: comment.parent_id.map(|parent| parent.0),
            answers: Vec::new(),
            author,
        }
    }
}

impl From<Person> for Author {
    fn from(person: Person) -> Self {
        Self {
            id: person.id.0,
            name: person.shown_name().to_owned(),
            avatar: person.avatar.as_ref().map(|file| file.path(Size::Small)),
        }
    }
}

impl Picture {
    /// A picture, the how-manieth of somebody's comment.
    pub fn new(visit: &Visit, author: &str, number: usize, image: Image) -> Self {
        let file = image.file;
        let side = i64::from(Size::Small.side());
        let longest = file.width.max(file.height).max(1);
        let small = |pixels: i64| match longest > side {
            true => (pixels * side / longest).max(1),
            false => pixels,
        };
        let unknown = || visit.with_two("talk-picture-of", ("number", number), ("name", author));
        Self {
            id: image.id.0,
            small: file.name.path(Size::Small),
            full: file.name.path(Size::Full),
            width: small(file.width),
            height: small(file.height),
            alt: if image.alt.is_empty() { unknown() } else { image.alt },
        }
    }
}

/// The page that shows a comment, and where on it that is.
pub fn place(conn: &mut Conn, event: &Event, comment: &Comment) -> Result<String> {
    let mut path = event.path();
    if let Some(cursor) = comments::page_of(conn, comment, SHOWN)? {
        path = format!("{path}comments/?cursor={cursor}");
    }
    Ok(format!("{path}#comment-{}", comment.id))
}

#[derive(Template)]
#[template(path = "pages/talk.html")]
struct TalkPage {
    visit: Visit,
    title: String,
    path: String,
    talk: Talk,
}

async fn list(
    app: App,
    visit: Visit,
    viewer: Viewer,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<TalkPage> {
    let asking = visit.clone();
    let read = move |conn: &mut Conn| {
        let event = events::visible(conn, &viewer, id)?;
        let talk = read(conn, &asking, &viewer, &event, &paging)?;
        Ok((event, talk))
    };
    let (event, talk) = app.db.read_slow(read).await?;
    let (title, path) = (event.details.title.as_str().to_owned(), event.path());
    Ok(Page(TalkPage { visit, title, path, talk }))
}

/// Leads to where a comment is shown.
async fn find(app: App, viewer: Viewer, Path(id): Path<CommentId>) -> Result<Redirect> {
    let read = move |conn: &mut Conn| {
        let comment = comments::visible(conn, &viewer, id)?;
        let event = events::visible(conn, &viewer, comment.event_id)?;
        place(conn, &event, &comment)
    };
    Ok(Redirect::to(&app.db.read_slow(read).await?))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LikeIn {
    liked: Field<bool>,
}

async fn like(app: App, user: User, Path(id): Path<CommentId>, form: Form) -> Result<Redirect> {
    let mut faults = Faults::default();
    let liked = form.read::<LikeIn>()?.liked.required("liked", &mut faults);
    faults.check()?;

    let liked = liked.unwrap_or_default();
    Ok(Redirect::to(&app.db.write(move |tx| set_liked(tx, &user, id, liked)).await?))
}

/// Notes whether somebody likes a comment, whatever they said before. Tells where it is.
fn set_liked(tx: &mut Tx, user: &User, id: CommentId, liked: bool) -> Result<String> {
    let done = match liked {
        true => comments::like(tx, user, id).map(drop),
        false => comments::unlike(tx, user, id),
    };
    match done {
        Ok(()) | Err(Error::NotFound("like")) => {}
        Err(other) => return Err(other),
    }
    let viewer = user.into();
    let comment = comments::visible(tx, &viewer, id)?;
    let event = events::visible(tx, &viewer, comment.event_id)?;
    place(tx, &event, &comment)
}
