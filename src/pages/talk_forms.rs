//! Saying something under an event, with pictures; changing it, and taking it back.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::talk::{Picture, Said, place, said};
use crate::app::App;
use crate::comments::api::{CommentIn, CommentPatch};
use crate::comments::{self, Comment, CommentId, Text};
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::events::address::Named;
use crate::events::{self, Event};
use crate::http::extract::{Path, Query};
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::upload::Upload;
use crate::http::visit::Visit;
use crate::images::{self, Kept};
use crate::input::Field;
use crate::users::{User, Viewer};

/// The forms.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/{event}/comments/", axum::routing::post(create))
        .route("/events/{event}/comments/new/", get(show_new))
        .route("/comments/{id}/edit/", get(show_edit).post(edit))
        .route("/comments/{id}/delete/", get(show_delete).post(delete))
}

/// A form in which somebody writes.
pub struct Writing {
    /// Where it is sent.
    pub action: String,
    /// Where somebody goes who does not send it.
    pub back: String,
    /// What it answers.
    pub parent: Option<i64>,
    /// The comment that it changes.
    pub changes: Option<i64>,
    /// The pictures that are there already.
    pub pictures: Vec<Picture>,
    /// How many more there may be.
    pub most: usize,
    /// What was typed.
    pub form: Form,
}

impl Writing {
    /// A blank form to say something under an event.
    pub fn under(event: &Event) -> Self {
        Self {
            action: format!("{}comments/", event.path()),
            back: event.path(),
            parent: None,
            changes: None,
            pictures: Vec::new(),
            most: images::MOST,
            form: Form::default(),
        }
    }

    fn answering(event: &Event, parent: Option<&Said>, form: Form) -> Self {
        let parent = parent.map(|parent| parent.id);
        let back = match parent {
            Some(parent) => format!("/comments/{parent}/"),
            None => event.path(),
        };
        Self { back, parent, form, ..Self::under(event) }
    }

    fn changing(event: &Event, id: CommentId, pictures: Vec<Picture>, form: Form) -> Self {
        Self {
            action: format!("/comments/{id}/edit/"),
            back: format!("/comments/{id}/"),
            changes: Some(id.0),
            most: images::MOST.saturating_sub(pictures.len()),
            pictures,
            form,
            ..Self::under(event)
        }
    }

    /// Whether a picture is about to be taken away.
    pub fn is_removed(&self, picture: &Picture) -> bool {
        self.form.is("remove", &picture.id.to_string())
    }

    /// What tells its fields from those of another form on the same page.
    pub fn suffix(&self) -> String {
        self.parent.map(|parent| format!("-{parent}")).unwrap_or_default()
    }

    /// What is wrong with it as a whole, or with what it does not show.
    pub fn faults(&self) -> Vec<&String> {
        self.form.other_faults(["body", "image", "alt"])
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    parent: Field<CommentId>,
}

#[derive(Template)]
#[template(path = "pages/talk_new.html")]
struct NewPage {
    visit: Visit,
    title: String,
    path: String,
    parent: Option<Said>,
    writing: Writing,
}

async fn show_new(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    Query(asked): Query<Asked>,
) -> PageResult<NewPage> {
    let mut faults = Faults::default();
    let parent = asked.parent.or_nothing("parent", &mut faults);
    faults.check()?;

    let viewer = Viewer::from(&user);
    let read = move |conn: &mut Conn| {
        let event = events::visible(conn, &viewer, id)?;
        new_page(conn, visit, &viewer, &event, (parent, Form::default()))
    };
    app.db.read_slow(read).await.map(Page)
}

fn new_page(
    conn: &mut Conn,
    visit: Visit,
    viewer: &Viewer,
    event: &Event,
    (parent, form): (Option<CommentId>, Form),
) -> Result<NewPage> {
    let found = match parent {
        Some(parent) => find(conn, viewer, parent)?.filter(|it| it.event_id == event.id),
        None => None,
    };
    let parent = said(conn, &visit, viewer, event, found.into_iter().collect())?.pop();
    let writing = Writing::answering(event, parent.as_ref(), form);
    let (title, path) = (event.details.title.as_str().to_owned(), event.path());
    Ok(NewPage { visit, title, path, parent, writing })
}

fn find(conn: &mut Conn, viewer: &Viewer, id: CommentId) -> Result<Option<Comment>> {
    match comments::visible(conn, viewer, id) {
        Err(Error::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// Looks whether somebody may write here before it reads what they send.
async fn create(
    app: App,
    visit: Visit,
    author: User,
    Path(Named(id)): Path<Named>,
    upload: Upload,
) -> Result<Response> {
    let viewer = Viewer::from(&author);
    let asking = viewer.clone();
    let event = app.db.read(move |conn| events::visible(conn, &asking, id)).await?;
    let (form, kept) = images::receive_form(&app, upload, images::MOST).await?;

    let read = form.read::<CommentIn>().and_then(CommentIn::read);
    let done = match both(read, kept) {
        Ok(((body, parent), kept)) => {
            let event = event.clone();
            let new = New { body, parent, kept };
            app.db.write(move |tx| new.say(tx, &author, &event)).await
        }
        Err(wrong) => Err(wrong),
    };
    let wrong = match done {
        Ok(path) => return Ok(Redirect::to(&path).into_response()),
        Err(wrong) => wrong,
    };
    let parent = form.text("parent").parse().ok().map(CommentId);
    let asked = (parent, form.refused(wrong)?);
    let page = move |conn: &mut Conn| new_page(conn, visit, &viewer, &event, asked);
    Ok(refused(app.db.read_slow(page).await?))
}

/// What somebody says.
struct New {
    body: Text,
    parent: Option<CommentId>,
    kept: Vec<Kept>,
}

impl New {
    /// Says it, with its pictures or not at all. Tells where it is.
    fn say(&self, tx: &mut Tx, author: &User, event: &Event) -> Result<String> {
        let comment = comments::create(tx, author, event.id, &self.body, self.parent)?;
        if !self.kept.is_empty() {
            comments::add_images(tx, author, comment.id, &self.kept)?;
        }
        place(tx, event, &comment)
    }
}

/// Both, or all that is wrong with either.
fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(wrong), Ok(_)) | (Ok(_), Err(wrong)) => Err(wrong),
        (Err(wrong), Err(more)) => {
            let mut faults = Faults::default();
            faults.absorb(wrong)?;
            faults.absorb(more)?;
            Err(faults.into())
        }
    }
}

#[derive(Template)]
#[template(path = "pages/talk_edit.html")]
struct EditPage {
    visit: Visit,
    title: String,
    path: String,
    writing: Writing,
}

async fn show_edit(
    app: App,
    visit: Visit,
    user: User,
    Path(id): Path<CommentId>,
) -> PageResult<EditPage> {
    let read = move |conn: &mut Conn| {
        let comment = comments::own(conn, &user, id)?;
        let form = Form::default().with("body", comment.body.as_str());
        edit_page(conn, visit, &user, comment, form)
    };
    app.db.read_slow(read).await.map(Page)
}

fn edit_page(
    conn: &mut Conn,
    visit: Visit,
    user: &User,
    comment: Comment,
    form: Form,
) -> Result<EditPage> {
    let (id, name) = (comment.id, user.shown_name());
    let event = events::visible(conn, &user.into(), comment.event_id)?;
    let images = comments::images_of(conn, &[comment])?.remove(&id).unwrap_or_default();
    let images = images.into_iter().enumerate();
    let pictures = images.map(|(at, image)| Picture::new(&visit, name, at + 1, image)).collect();
    let writing = Writing::changing(&event, id, pictures, form);
    let (title, path) = (event.details.title.as_str().to_owned(), event.path());
    Ok(EditPage { visit, title, path, writing })
}

async fn edit(
    app: App,
    visit: Visit,
    user: User,
    Path(id): Path<CommentId>,
    upload: Upload,
) -> Result<Response> {
    let asking = user.clone();
    let comment = app.db.read(move |conn| comments::own(conn, &asking, id)).await?;
    let (form, kept) = images::receive_form(&app, upload, images::MOST).await?;

    let read = form.read::<CommentPatch>().and_then(CommentPatch::read);
    let done = match both(read, kept) {
        Ok((body, kept)) => {
            let edit = Edit { body, kept, form: form.clone() };
            let author = user.clone();
            app.db.write(move |tx| edit.make(tx, &author, id)).await
        }
        Err(wrong) => Err(wrong),
    };
    let wrong = match done {
        Ok(path) => return Ok(Redirect::to(&path).into_response()),
        Err(wrong) => wrong,
    };
    let form = form.refused(wrong)?;
    let page = move |conn: &mut Conn| edit_page(conn, visit, &user, comment, form);
    Ok(refused(app.db.read_slow(page).await?))
}

/// What somebody changes of what they said.
struct Edit {
    body: Option<Text>,
    kept: Vec<Kept>,
    form: Form,
}

impl Edit {
    /// Changes it all, or nothing. Tells where it is.
    fn make(&self, tx: &mut Tx, author: &User, id: CommentId) -> Result<String> {
        comments::lock(tx, id)?;
        let comment = comments::update(tx, author, id, self.body.as_ref())?;
        let images = comments::images_of(tx, std::slice::from_ref(&comment))?.remove(&id);
        for image in images.unwrap_or_default() {
            if self.form.is("remove", &image.id.to_string()) {
                let image = comments::deletable_image(tx, author, image.id)?;
                comments::delete_image(tx, author, &image)?;
            }
        }
        if !self.kept.is_empty() {
            comments::add_images(tx, author, id, &self.kept)?;
        }
        let event = events::visible(tx, &author.into(), comment.event_id)?;
        place(tx, &event, &comment)
    }
}

#[derive(Template)]
#[template(path = "pages/talk_delete.html")]
struct DeletePage {
    visit: Visit,
    title: String,
    path: String,
    said: Option<Said>,
    id: i64,
}

async fn show_delete(
    app: App,
    visit: Visit,
    user: User,
    Path(id): Path<CommentId>,
) -> PageResult<DeletePage> {
    let asking = visit.clone();
    let read = move |conn: &mut Conn| {
        let viewer = Viewer::from(&user);
        let comment = comments::deletable(conn, &user, id)?;
        let event = events::visible(conn, &viewer, comment.event_id)?;
        let said = said(conn, &asking, &viewer, &event, vec![comment])?.pop();
        Ok((event, said))
    };
    let (event, said) = app.db.read_slow(read).await?;
    let (title, path) = (event.details.title.as_str().to_owned(), event.path());
    Ok(Page(DeletePage { visit, title, path, said, id: id.0 }))
}

async fn delete(app: App, user: User, Path(id): Path<CommentId>) -> Result<Redirect> {
    Ok(Redirect::to(&app.db.write(move |tx| take_back(tx, &user, id)).await?))
}

/// Deletes a comment. Tells where its place is, or that of what it answered, or else all the others.
fn take_back(tx: &mut Tx, user: &User, id: CommentId) -> Result<String> {
    let viewer = Viewer::from(user);
    let comment = comments::deletable(tx, user, id)?;
    let event = events::visible(tx, &viewer, comment.event_id)?;
    comments::delete(tx, user, id)?;

    for near in [Some(id), comment.parent_id].into_iter().flatten() {
        if let Some(near) = find(tx, &viewer, near)? {
            return place(tx, &event, &near);
        }
    }
    Ok(format!("{}#comments", event.path()))
}
