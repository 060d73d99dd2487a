//! The page of an event: what it is, when and where, who goes, and a button to go as well.

mod files;
mod meta;
mod part;
mod people;
mod when;

use askama::Template;
use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use meta::Meta;
use part::Part;
use people::Going;
use when::When;

use crate::address;
use crate::app::App;
use crate::clock::{self, Instant};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::events::address::Named;
use crate::events::{self, Event, EventId, GuestList, Status, Visibility};
use crate::files::Size;
use crate::http::extract::{Path, Query};
use crate::http::page::Page;
use crate::http::paging::Paging;
use crate::http::visit::Visit;
use crate::images::{self, Place};
use crate::input::Field;
use crate::pages::talk::{self, Talk};
use crate::users::Viewer;

/// The page of an event, and what belongs to it.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/{event}/", get(show))
        .merge(people::routes())
        .merge(files::routes())
}

#[derive(Template)]
#[template(path = "pages/event.html")]
struct EventPage {
    visit: Visit,
    path: String,
    event: Event,
    when: When,
    now: Instant,
    picture: Option<Picture>,
    part: Part,
    refused: Option<String>,
    going: Option<Going>,
    can_edit: bool,
    talk: Talk,
    /// What programs are told, where everybody may see the event.
    meta: Option<Meta>,
}

/// The picture of an event.
struct Picture {
    path: String,
    full: String,
    width: i64,
    height: i64,
    alt: String,
}

/// What the address says besides the event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    refused: Field<String>,
}

async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    Path(Named(id)): Path<Named>,
    Query(asked): Query<Asked>,
) -> Result<Response> {
    let page = app.db.read(move |conn| EventPage::read(conn, visit.clone(), &viewer, id));
    let mut page = page.await?;
    if let Some(way) = moved(&page.visit, &page.path) {
        // It is not for good: the title may become again what it was.
        return Ok(([(CACHE_CONTROL, "no-store")], Redirect::permanent(&way)).into_response());
    }
    if let Field::Value(word) = asked.refused {
        page.refused = part::refusal(&page.visit, &page.event, &word);
    }
    Ok(Page(page).into_response())
}

/// Where a page is, if it was asked for by an address that is old or short.
fn moved(visit: &Visit, path: &str) -> Option<String> {
    let (asked, query) = match visit.path().split_once('?') {
        Some((asked, query)) => (asked, format!("?{query}")),
        None => (visit.path(), String::new()),
    };
    (!asked.eq_ignore_ascii_case(path)).then(|| format!("{path}{query}"))
}

impl EventPage {
    fn read(conn: &mut Conn, visit: Visit, viewer: &Viewer, id: EventId) -> Result<Self> {
        let event = events::visible(conn, viewer, id)?;
        let now = clock::now();
        let when = When::new(&visit, &event.details);
        let ties = events::ties(conn, viewer, &[event.hosted()])?.pop().flatten();
        let meta = match events::check_visible(conn, &Viewer::default(), id) {
            Ok(()) => Some(Meta::new(&visit, &event, &events::shown::when(&visit, &event.details))),
            Err(Error::NotFound(_)) => None,
            Err(other) => return Err(other),
        };
        Ok(Self {
            path: event.path(),
            when,
            now,
            picture: Picture::find(conn, &event)?,
            part: Part::read(conn, viewer, &event, now)?,
            refused: None,
            going: Going::find(conn, viewer, id)?,
            can_edit: ties.is_some_and(|ties| ties.can_edit),
            talk: talk::read(conn, &visit, viewer, &event, &Paging::first(talk::SHOWN))?,
            meta,
            event,
            visit,
        })
    }

    /// The whole address, for who passes it on.
    fn share(&self) -> String {
        address::of(&self.path)
    }

    fn is_draft(&self) -> bool {
        self.event.details.status == Status::Draft
    }

    fn is_unlisted(&self) -> bool {
        self.event.details.visibility == Visibility::Unlisted
    }

    fn is_for_group(&self) -> bool {
        self.event.details.visibility == Visibility::Group
    }

    /// Whether it is going on at this moment.
    fn is_on(&self) -> bool {
        let details = &self.event.details;
        let is_on = details.starts_at <= self.now && self.now < details.over_at();
        is_on && details.status == Status::Scheduled
    }

    /// Seats that are free, where they are counted and it still matters.
    fn seats_left(&self) -> Option<i64> {
        let capacity = self.event.details.capacity.filter(|_| self.part.can_follow());
        capacity.map(|seats| (seats - self.event.seats_taken).max(0))
    }

    fn people_go(&self) -> String {
        let id = if self.part.is_over() { "event-went" } else { "event-people-go" };
        self.visit.with(id, "count", self.event.going_count)
    }

    fn are_interested(&self) -> String {
        let is_over = self.part.is_over();
        let id = if is_over { "event-were-interested" } else { "event-are-interested" };
        self.visit.with(id, "count", self.event.interested_count)
    }

    /// Until when one can say that one goes.
    fn deadline(&self) -> Option<String> {
        let until = self.event.details.rsvp.rules().until.filter(|_| self.part.can_follow())?;
        let said = when::moment(&self.visit, &self.event.details, until);
        let id = if until <= self.now { "event-deadline-passed" } else { "event-deadline" };
        Some(self.visit.with(id, "time", &said))
    }

    /// Whether only who may change the event sees who goes.
    fn is_list_hidden(&self) -> bool {
        self.event.details.rsvp.rules().guest_list == GuestList::Hidden
    }

    /// Whether signing in is all it takes to see who goes.
    fn shows_list_to_signed_in(&self) -> bool {
        self.visit.who().is_none()
            && self.event.details.rsvp.rules().guest_list == GuestList::All
            && self.event.going_count > 0
    }

    /// Where it is, for the reader's own map (RFC 5870), and on a map of everybody's.
    fn maps(&self) -> Option<(String, String)> {
        let details = &self.event.details;
        let (latitude, longitude) = details.latitude.zip(details.longitude)?;
        let here = format!("{latitude}/{longitude}");
        let map = format!("?mlat={latitude}&mlon={longitude}#map=16/{here}");
        Some((
            format!("geo:{latitude},{longitude}"),
            format!("https://www.openstreetmap.org/{map}"),
        ))
    }

    /// The host that its link leads to.
    fn link_host(&self) -> String {
        let url = self.event.details.url.as_str();
        let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.unwrap_or_default()
    }

    /// Where events with the same tag are.
    fn tagged(tag: &str) -> String {
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("tag", tag).finish();
        format!("/events/?{query}")
    }
}

impl Picture {
    /// Whether it is a poster, of which nothing is to be cut off.
    fn is_tall(&self) -> bool {
        self.height > self.width
    }

    fn find(conn: &mut Conn, event: &Event) -> Result<Option<Self>> {
        if event.thumbnail.is_none() {
            return Ok(None);
        }
        let image = match images::get_at(conn, Place::Event(event.id)) {
            Err(Error::NotFound(_)) => return Ok(None),
            found => found?,
        };
        Ok(Some(Self {
            path: image.file.name.path(Size::Large),
            full: image.file.name.path(Size::Full),
            width: image.file.width,
            height: image.file.height,
            alt: image.alt,
        }))
    }
}
