//! Calling an event off, and back on; publishing a draft; deleting what should never have been.

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::app::App;
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::events::address::Named;
use crate::events::{self, Change, Event, EventId, Status};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, PageResult};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::User;

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/{event}/cancel/", get(ask_to_cancel).post(cancel))
        .route("/events/{event}/delete/", get(ask_to_delete).post(delete))
        .route("/events/{event}/publish/", post(publish))
}

/// What becomes of an event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StateIn {
    status: Field<Status>,
}

#[derive(Template)]
#[template(path = "pages/organise/cancel.html")]
struct CancelPage {
    visit: Visit,
    event: Event,
    told: usize,
}

#[derive(Template)]
#[template(path = "pages/organise/delete.html")]
struct DeletePage {
    visit: Visit,
    event: Event,
    told: usize,
}

impl CancelPage {
    fn is_draft(&self) -> bool {
        self.event.details.status == Status::Draft
    }

    fn is_cancelled(&self) -> bool {
        self.event.details.status == Status::Cancelled
    }
}

impl DeletePage {
    /// What becomes of the guest list.
    fn guests(&self) -> String {
        let Event { going_count, interested_count, .. } = self.event;
        let (going, interested) = (("going", going_count), ("interested", interested_count));
        self.visit.with_two("organise-delete-guests", going, interested)
    }

    fn can_be_cancelled(&self) -> bool {
        self.event.details.status == Status::Scheduled
    }
}

/// An event, and how many would be told that it is off.
async fn asked(app: &App, user: User, id: EventId) -> Result<(Event, usize)> {
    let read = move |conn: &mut Conn| {
        let event = events::editable(conn, &user, id)?;
        let told = events::hearers(conn, user.id, &event)?;
        Ok((event, told))
    };
    app.db.read_slow(read).await
}

async fn ask_to_cancel(
    app: App,
    user: User,
    visit: Visit,
    Path(Named(id)): Path<Named>,
) -> PageResult<CancelPage> {
    let (event, told) = asked(&app, user, id).await?;
    Ok(Page(CancelPage { visit, event, told }))
}

async fn cancel(
    app: App,
    user: User,
    Path(Named(id)): Path<Named>,
    form: Form,
) -> Result<Redirect> {
    let mut faults = Faults::default();
    let status = form.read::<StateIn>()?.status.required("status", &mut faults);
    faults.check()?;
    match status {
        Some(Status::Cancelled) => {
            turn(&app, user, id, (Status::Scheduled, Status::Cancelled)).await
        }
        Some(Status::Scheduled) => {
            turn(&app, user, id, (Status::Cancelled, Status::Scheduled)).await
        }
        _ => Err(Error::invalid("status", "this page only calls off, and takes that back")),
    }
}

async fn publish(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    turn(&app, user, id, (Status::Draft, Status::Scheduled)).await
}

/// Takes an event from one state to another, and leaves one that is in neither as it is.
async fn turn(
    app: &App,
    user: User,
    id: EventId,
    (from, to): (Status, Status),
) -> Result<Redirect> {
    let turn = move |tx: &mut Tx| {
        events::lock(tx, id)?;
        let event = events::editable(tx, &user, id)?;
        if event.details.status == from {
            let change = Change { status: Some(to), ..Change::default() };
            events::update(tx, &user, id, &change)?;
        }
        Ok(event.path())
    };
    let path = app.db.write(turn).await?;
    Ok(Redirect::to(&path))
}

async fn ask_to_delete(
    app: App,
    user: User,
    visit: Visit,
    Path(Named(id)): Path<Named>,
) -> PageResult<DeletePage> {
    let (event, told) = asked(&app, user, id).await?;
    Ok(Page(DeletePage { visit, event, told }))
}

async fn delete(app: App, user: User, Path(Named(id)): Path<Named>) -> Result<Redirect> {
    app.db.write(move |tx| events::delete(tx, &user, id)).await?;
    Ok(Redirect::to("/mine/organised/"))
}
