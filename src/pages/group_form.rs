//! The forms that make a group and change it, with its picture.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::app::App;
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::files::FileName;
use crate::groups::address::Named;
use crate::groups::shown::Head;
use crate::groups::{self, GroupId, GroupIn, Visibility};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::upload::Upload;
use crate::http::visit::Visit;
use crate::images::{self, Alt, Kept, Place};
use crate::input::Input;
use crate::users::User;

/// The pages that make a group and change it.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/new/", get(show_new).post(create))
        .route("/groups/{group}/edit/", get(show_edit).post(update))
}

#[derive(Template)]
#[template(path = "pages/group_form.html")]
struct FormPage {
    visit: Visit,
    /// The group, where there is one already.
    head: Option<Head>,
    form: Form,
}

/// What the picture of a group is to be.
struct Wanted {
    /// Another one, if one came.
    picture: Option<FileName>,
    alt: Alt,
    /// Whether it is to have none, unless another one came.
    removes: bool,
}

impl FormPage {
    /// The fields that it shows.
    const SHOWN: &[&str] = &["name", "description", "visibility", "image", "picture_alt"];

    fn is_chosen(&self, visibility: Visibility) -> bool {
        self.form.is("visibility", visibility.as_str())
    }

    /// Where the form goes.
    fn action(&self) -> String {
        match &self.head {
            Some(head) => format!("{}edit/", head.path),
            None => "/groups/new/".to_owned(),
        }
    }
}

async fn show_new(visit: Visit, _: User) -> Page<FormPage> {
    let form = Form::default().with("visibility", Visibility::Open.as_str());
    Page(FormPage { visit, head: None, form })
}

async fn create(app: App, visit: Visit, user: User, upload: Upload) -> Result<Response> {
    let (form, kept) = images::receive_form(&app, upload, 1).await?;
    let wanted = Wanted::read(&form, kept);
    let (new, wanted) = match both(form.read::<GroupIn>()?.new_group(), wanted) {
        Ok(both) => both,
        Err(error) => {
            let form = form.refused(error)?;
            return Ok(refused(FormPage { visit, head: None, form }));
        }
    };
    let work = move |tx: &mut Tx| {
        let group = groups::create(tx, &user, &new)?;
        wanted.settle(tx, &user, group.id)?;
        Ok(group.path())
    };
    Ok(Redirect::to(&app.db.write(work).await?).into_response())
}

async fn show_edit(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
) -> PageResult<FormPage> {
    let read = move |conn: &mut Conn| {
        let group = groups::manageable(conn, &user, id)?;
        let form = Form::default()
            .with("name", &group.name)
            .with("description", &group.description)
            .with("visibility", group.visibility.as_str())
            .with(
                "picture_alt",
                images::find_at(conn, Place::Group(id))?.map(|image| image.alt).unwrap_or_default(),
            );
        Ok(Page(FormPage { visit, head: Some(Head::read(conn, &(&user).into(), id)?), form }))
    };
    app.db.read(read).await
}

async fn update(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    upload: Upload,
) -> Result<Response> {
    // Whether they may, before the picture is read.
    let head = head(&app, user.clone(), id).await?;
    let (form, kept) = images::receive_form(&app, upload, 1).await?;
    let wanted = Wanted::read(&form, kept);
    let (change, wanted) = match both(form.read::<GroupIn>()?.whole().read(), wanted) {
        Ok(both) => both,
        Err(error) => {
            let form = form.refused(error)?;
            return Ok(refused(FormPage { visit, head: Some(head), form }));
        }
    };
    let work = move |tx: &mut Tx| {
        let group = groups::update(tx, &user, id, &change)?;
        wanted.settle(tx, &user, id)?;
        Ok(group.path())
    };
    Ok(Redirect::to(&app.db.write(work).await?).into_response())
}

async fn head(app: &App, user: User, id: GroupId) -> Result<Head> {
    let read = move |conn: &mut Conn| {
        groups::manageable(conn, &user, id)?;
        Head::read(conn, &(&user).into(), id)
    };
    app.db.read(read).await
}

impl Wanted {
    /// Reads what a form says of the picture that came with it, or of the one that is there.
    fn read(form: &Form, kept: Result<Vec<Kept>>) -> Result<Self> {
        let alt = Alt::from_text(form.text("picture_alt"));
        let alt = alt.map_err(|wrong| Error::invalid("picture_alt", wrong));
        let (mut kept, alt) = both(kept, alt)?;
        let picture = kept.pop().map(|kept| kept.name);
        Ok(Self { picture, alt, removes: form.is("remove_image", "true") })
    }

    /// Gives a group another picture, or none, or other words for the one that it has.
    fn settle(&self, tx: &mut Tx, user: &User, group: GroupId) -> Result<()> {
        if let Some(name) = self.picture.clone() {
            return self.put(tx, user, group, name);
        }
        match images::find_at(tx, Place::Group(group))? {
            Some(image) if self.removes => images::delete(tx, user.id, &image),
            Some(image) if image.alt != self.alt.as_str() => {
                self.put(tx, user, group, image.file.name)
            }
            _ => Ok(()),
        }
    }

    fn put(&self, tx: &mut Tx, user: &User, group: GroupId, name: FileName) -> Result<()> {
        let kept = Kept { name, alt: self.alt.clone() };
        images::put(tx, user.id, Place::Group(group), &kept).map(drop)
    }
}

/// Both of these, or all that is wrong with either.
fn both<A, B>(one: Result<A>, other: Result<B>) -> Result<(A, B)> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (one, other) => {
            let mut faults = Faults::default();
            for error in [one.err(), other.err()].into_iter().flatten() {
                faults.absorb(error)?;
            }
            Err(faults.into())
        }
    }
}
