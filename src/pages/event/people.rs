//! Who goes to an event, for who may see that.

use askama::Template;
use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use super::moved;
use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::events::address::Named;
use crate::events::{self, Event, EventId};
use crate::files::Size;
use crate::http::extract::Path;
use crate::http::page::Page;
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::interests::{self, Participation};
use crate::users::{User, Viewer};

/// The list of those who go.
pub fn routes() -> Router<App> {
    Router::new().route("/events/{event}/people/", get(show))
}

/// How many the page of the event shows.
const SHOWN: usize = 12;

/// Those who go, or the first of them.
pub struct Going {
    /// The people.
    pub people: Vec<Face>,
    /// Where the others are.
    pub links: Links,
}

/// Somebody, as they stand in a list.
pub struct Face {
    /// Identifies them.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// Where a small picture of them is.
    pub avatar: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/event_people.html")]
struct PeoplePage {
    visit: Visit,
    event: Event,
    path: String,
    going: Going,
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> Result<Response> {
    let read = move |conn: &mut Conn| {
        let event = events::visible(conn, &(&user).into(), id)?;
        Ok((Going::read(conn, &user, id, &paging)?, event))
    };
    let (going, event) = app.db.read(read).await?;
    let path = event.path();
    if let Some(way) = moved(&visit, &format!("{path}people/")) {
        return Ok(([(CACHE_CONTROL, "no-store")], Redirect::permanent(&way)).into_response());
    }
    Ok(Page(PeoplePage { visit, event, path, going }).into_response())
}

impl Going {
    /// The first who go, where somebody may see who does.
    pub fn find(conn: &mut Conn, viewer: &Viewer, event: EventId) -> Result<Option<Self>> {
        let Some(user) = &viewer.0 else { return Ok(None) };
        match Self::read(conn, user, event, &Paging::first(SHOWN)) {
            Ok(going) => Ok(Some(going)),
            Err(Error::Forbidden(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    fn read(conn: &mut Conn, user: &User, event: EventId, paging: &Paging) -> Result<Self> {
        let page = interests::list_going(conn, user, event, paging)?;
        let links = page.links(paging);
        Ok(Self { people: page.rows.into_iter().map(Face::from).collect(), links })
    }
}

impl From<Participation> for Face {
    fn from(participation: Participation) -> Self {
        let person = participation.user;
        Self {
            id: person.id.0,
            name: person.shown_name().to_owned(),
            avatar: person.avatar.as_ref().map(|file| file.path(Size::Small)),
        }
    }
}
