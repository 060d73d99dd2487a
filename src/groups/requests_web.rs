//! The page of those who ask to be let into a closed group. Asking is done on the group's own page.

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};

use super::address::Named;
use super::shown::{Face, Head, Moment, apart};
use super::web::act;
use super::{JoinRequest, requests};
use crate::app::App;
use crate::error::Result;
use crate::http::extract::Path;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::users::{User, UserId};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/{group}/requests/", get(show))
        .route("/groups/{group}/requests/{user}/accept/", post(accept))
        .route("/groups/{group}/requests/{user}/refuse/", post(refuse))
        .route("/groups/{group}/withdraw/", post(withdraw))
}

#[derive(Template)]
#[template(path = "groups/requests.html")]
struct RequestsPage {
    visit: Visit,
    head: Head,
    rows: Vec<Row>,
    pager: Links,
}

/// Somebody who asks.
struct Row {
    person: Face,
    message: String,
    at: Moment,
}

impl Row {
    fn new(visit: &Visit, it: JoinRequest) -> Self {
        let at = Moment::new(visit, it.created_at);
        Self { person: (&it.user).into(), message: it.message, at }
    }
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<RequestsPage> {
    app.db
        .read(move |conn| {
            let (page, _) = requests::list(conn, &user, id, &paging)?;
            let head = Head::read(conn, &(&user).into(), id)?;
            let (rows, pager) = apart(page.map(|it| Row::new(&visit, it)), &paging);
            Ok(Page(RequestsPage { visit, head, rows, pager }))
        })
        .await
}

async fn accept(
    app: App,
    user: User,
    Path((Named(id), who)): Path<(Named, UserId)>,
) -> Result<Redirect> {
    act(app, user, id, "requests/", move |tx, actor| requests::accept(tx, actor, id, who).map(drop))
        .await
}

async fn refuse(
    app: App,
    user: User,
    Path((Named(id), who)): Path<(Named, UserId)>,
) -> Result<Redirect> {
    act(app, user, id, "requests/", move |tx, actor| requests::refuse(tx, actor, id, who)).await
}

async fn withdraw(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    act(app, user, id, "", move |tx, user| requests::withdraw(tx, user, id)).await
}
