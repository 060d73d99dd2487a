//! The page of whom a group keeps out.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::address::Named;
use super::community_api::BanIn;
use super::shown::{Face, Head, Moment, apart, name};
use super::web::{act, beside};
use super::{Ban, GroupId, bans, lift, members};
use crate::app::App;
use crate::error::{Error, Faults, Result};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult, refused};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::{Person, User, UserId, Username};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/groups/{group}/bans/", get(show).post(ban))
        .route("/groups/{group}/bans/{user}/lift/", post(lift_ban))
}

#[derive(Template)]
#[template(path = "groups/bans.html")]
struct BansPage {
    visit: Visit,
    head: Head,
    rows: Vec<Row>,
    pager: Links,
    /// Who is to be kept out, and why.
    form: Form,
}

/// Somebody who is kept out.
struct Row {
    person: Face,
    actor: Option<String>,
    reason: String,
    at: Moment,
}

/// Who is to be kept out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Banned {
    username: Field<Username>,
}

impl Row {
    /// Since when, and by whom.
    fn since(&self, visit: &Visit) -> String {
        let when = &self.at.said;
        match &self.actor {
            Some(actor) => visit.with_two("group-ban-by", ("actor", actor), ("when", when)),
            None => visit.with("group-ban-at", "when", when),
        }
    }

    fn new(visit: &Visit, people: &HashMap<UserId, Person>, ban: Ban) -> Self {
        Self {
            person: (&ban.user).into(),
            actor: name(people, ban.actor_id),
            reason: ban.reason,
            at: Moment::new(visit, ban.created_at),
        }
    }
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<BansPage> {
    listed(&app, visit, user, (id, paging)).await.map(Page)
}

async fn listed(
    app: &App,
    visit: Visit,
    user: User,
    (id, paging): (GroupId, Paging),
) -> Result<BansPage> {
    app.db
        .read(move |conn| {
            let (page, _) = bans::list(conn, &user, id, &paging)?;
            let head = Head::read(conn, &(&user).into(), id)?;
            let (found, pager) = apart(page, &paging);
            let people = super::people(conn, found.iter().map(|ban| ban.actor_id))?;
            let rows = found.into_iter().map(|ban| Row::new(&visit, &people, ban)).collect();
            Ok(BansPage { visit, head, rows, pager, form: Form::default() })
        })
        .await
}

async fn ban(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    form: Form,
) -> Result<Response> {
    match keep_out(&app, user.clone(), id, &form).await {
        Ok(to) => Ok(to.into_response()),
        Err(error) => {
            let form = beside("username", error, form)?;
            let page = listed(&app, visit, user, (id, Paging::first(20))).await?;
            Ok(refused(BansPage { form, ..page }))
        }
    }
}

async fn keep_out(app: &App, user: User, id: GroupId, form: &Form) -> Result<Redirect> {
    let mut faults = Faults::default();
    let banned = form.read::<Banned>()?.username.required("username", &mut faults);
    let reason = form.read::<BanIn>()?.read(&mut faults);
    faults.check()?;
    let banned = banned.ok_or(Error::NotFound("user"))?;
    act(app.clone(), user, id, "bans/", move |tx, actor| {
        super::manageable(tx, actor, id)?;
        let banned = members::named(tx, &banned)?;
        super::ban(tx, actor, id, banned.id, &reason).map(drop)
    })
    .await
}

async fn lift_ban(
    app: App,
    user: User,
    Path((Named(id), who)): Path<(Named, UserId)>,
) -> Result<Redirect> {
    act(app, user, id, "bans/", move |tx, actor| lift(tx, actor, id, who)).await
}
