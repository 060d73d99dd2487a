//! The pages of what the members of a group are told.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::address::Named;
use super::announcements_api::AnnouncementIn;
use super::shown::{Head, Told, apart};
use super::web::act;
use super::{AnnouncementId, GroupId, announcement, announcements, list_announcements};
use crate::app::App;
use crate::error::Result;
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::users::{User, Viewer};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/{group}/announcements/", get(show).post(announce))
        .route("/groups/{group}/announcements/{id}/", get(show_one))
        .route("/groups/{group}/announcements/{id}/delete/", post(delete))
}

#[derive(Template)]
#[template(path = "groups/announcements.html")]
struct AnnouncementsPage {
    visit: Visit,
    head: Head,
    rows: Vec<Told>,
    pager: Links,
    /// What is to be told.
    form: Form,
}

#[derive(Template)]
#[template(path = "groups/announcement.html")]
struct AnnouncementPage {
    visit: Visit,
    head: Head,
    told: Told,
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<AnnouncementsPage> {
    listed(&app, visit, user, (id, paging)).await.map(Page)
}

async fn listed(
    app: &App,
    visit: Visit,
    user: User,
    (id, paging): (GroupId, Paging),
) -> Result<AnnouncementsPage> {
    app.db
        .read(move |conn| {
            let viewer = Viewer::from(&user);
            let (page, _) = list_announcements(conn, &viewer, id, &paging)?;
            let head = Head::read(conn, &viewer, id)?;
            let (rows, pager) = apart(page.map(|it| Told::new(&visit, it)), &paging);
            Ok(AnnouncementsPage { visit, head, rows, pager, form: Form::default() })
        })
        .await
}

async fn show_one(
    app: App,
    visit: Visit,
    user: User,
    Path((Named(group), id)): Path<(Named, AnnouncementId)>,
) -> PageResult<AnnouncementPage> {
    app.db
        .read(move |conn| {
            let viewer = Viewer::from(&user);
            let told = Told::new(&visit, announcement(conn, &viewer, group, id)?);
            let head = Head::read(conn, &viewer, group)?;
            Ok(Page(AnnouncementPage { visit, head, told }))
        })
        .await
}

async fn announce(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    form: Form,
) -> Result<Response> {
    let (title, body) = match form.read::<AnnouncementIn>()?.read() {
        Ok(told) => told,
        Err(error) => {
            let form = form.refused(error)?;
            let page = listed(&app, visit, user, (id, Paging::first(20))).await?;
            return Ok(refused(AnnouncementsPage { form, ..page }));
        }
    };
    let told = act(app, user, id, "announcements/", move |tx, author| {
        super::announce(tx, author, id, &title, &body).map(drop)
    });
    Ok(told.await?.into_response())
}

async fn delete(
    app: App,
    user: User,
    Path((Named(group), id)): Path<(Named, AnnouncementId)>,
) -> Result<Redirect> {
    act(app, user, group, "announcements/", move |tx, actor| {
        announcements::delete(tx, actor, group, id)
    })
    .await
}
