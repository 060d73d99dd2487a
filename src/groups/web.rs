//! The pages of groups alone: their list, what one click does about belonging, and their end.

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use super::address::Named;
use super::shape::GroupQuery;
use super::shown::{Card, Head, Offer, apart, way_back};
use super::{
    Filter, GroupId, add_member, announcements_web, audit_web, bans_web, deletable, follow,
    invitations_of, invitations_web, link_web, members_web, remove_member, requests_web, unfollow,
};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::users::{User, Viewer};

/// The pages of this feature.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/", get(list))
        .route("/groups/{group}/join/", post(join))
        .route("/groups/{group}/leave/", post(leave))
        .route("/groups/{group}/follow/", post(start_following))
        .route("/groups/{group}/unfollow/", post(stop_following))
        .route("/groups/{group}/delete/", get(ask_to_delete).post(delete))
        .merge(members_web::routes())
        .merge(requests_web::routes())
        .merge(invitations_web::routes())
        .merge(bans_web::routes())
        .merge(announcements_web::routes())
        .merge(audit_web::routes())
        .merge(link_web::routes())
}

#[derive(Template)]
#[template(path = "groups/list.html")]
struct GroupsPage {
    visit: Visit,
    /// What is looked for.
    form: Form,
    cards: Vec<Card>,
    pager: Links,
    offers: Vec<Offer>,
}

#[derive(Template)]
#[template(path = "groups/delete.html")]
struct DeletePage {
    visit: Visit,
    head: Head,
}

async fn list(app: App, visit: Visit, viewer: Viewer, paging: Paging) -> Result<Response> {
    let query = visit.path().split_once('?').map_or("", |(_, query)| query);
    let form = Form::of(form_urlencoded::parse(query.as_bytes()).into_owned().collect());
    match form.read::<GroupQuery>()?.read(&viewer) {
        Ok(filter) => {
            let page = listed(app, visit, viewer, (filter, paging)).await?;
            Ok(Page(GroupsPage { form, ..page }).into_response())
        }
        Err(error) => {
            let (cards, pager, offers) = (Vec::new(), Links::default(), Vec::new());
            let form = form.refused(error)?;
            Ok(refused(GroupsPage { visit, form, cards, pager, offers }))
        }
    }
}

async fn listed(
    app: App,
    visit: Visit,
    viewer: Viewer,
    (filter, paging): (Filter, Paging),
) -> Result<GroupsPage> {
    app.db
        .read_slow(move |conn| {
            let page = super::list(conn, &viewer, &filter, &paging)?;
            let (groups, pager) = apart(page, &paging);
            let cards = Card::all(conn, &viewer, groups)?;
            let offered = match viewer.id() {
                Some(user) => invitations_of(conn, user)?,
                None => Vec::new(),
            };
            let offers = Offer::all(conn, &visit, offered)?;
            Ok(GroupsPage { visit, form: Form::default(), cards, pager, offers })
        })
        .await
}

/// Does something with a group, and leads to one of its pages, or where they do not see it any more to
/// the list.
pub(super) async fn act(
    app: App,
    user: User,
    id: GroupId,
    page: &'static str,
    deed: impl Fn(&mut Tx, &User) -> Result<()> + Send + 'static,
) -> Result<Redirect> {
    let work = move |tx: &mut Tx| {
        deed(tx, &user)?;
        way_back(tx, &(&user).into(), id)
    };
    let path = app.db.write(work).await?;
    let page = if path == "/groups/" { "" } else { page };
    Ok(Redirect::to(&format!("{path}{page}")))
}

/// The same form with what is wrong with it: where the state of the world is in the way, that is said
/// beside this field. What else went wrong is passed on.
pub(super) fn beside(field: &'static str, error: Error, form: Form) -> Result<Form> {
    form.refused(match error {
        Error::Conflict { message, .. } => Error::invalid(field, message),
        other => other,
    })
}

async fn join(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    act(app, user, id, "", move |tx, user| add_member(tx, user, id, user.id, None).map(drop)).await
}

async fn leave(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    act(app, user, id, "", move |tx, user| remove_member(tx, user, id, user.id)).await
}

async fn start_following(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    act(app, user, id, "", move |tx, user| follow(tx, user, id).map(drop)).await
}

async fn stop_following(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    act(app, user, id, "", move |tx, user| {
        match unfollow(tx, user, id) {
            // They do not follow, and that is what they want.
            Err(Error::NotFound("follow")) => Ok(()),
            done => done,
        }
    })
    .await
}

async fn ask_to_delete(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
) -> PageResult<DeletePage> {
    let (group, rights) = app.db.read(move |conn| deletable(conn, &user, id)).await?;
    Ok(Page(DeletePage { visit, head: Head::new(&group, rights) }))
}

async fn delete(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    app.db.write(move |tx| super::delete(tx, &user, id)).await?;
    Ok(Redirect::to("/groups/?member=me"))
}
