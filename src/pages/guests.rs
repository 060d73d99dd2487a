//! The guest list, for the organisers of an event: who goes, who waits, who looks on, who is refused;
//! and what is decided about each.

use askama::Template;
use axum::Router;
use axum::http::{HeaderName, header};
use axum::response::Redirect;
use axum::routing::{get, post};
use serde::Deserialize;

use crate::app::App;
use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::events::address::Named;
use crate::events::{self, Event, EventId, Interest, Status};
use crate::files::Size;
use crate::http::extract::{Path, Query};
use crate::http::form::Form;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::interests::api::guest_file;
use crate::interests::{self, Decision, Participation};
use crate::users::{User, UserId};

/// The pages.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/{event}/guests/", get(show))
        .route("/events/{event}/guests.csv", get(download))
        .route("/events/{event}/guests/{user}/", post(decide))
}

/// How many people a page shows.
const SHOWN: usize = 50;

/// The parts of a guest list, in the order in which they are shown.
const PARTS: [Interest; 4] =
    [Interest::Going, Interest::Waitlisted, Interest::Interested, Interest::Refused];

crate::word! {
    /// What an organiser does with somebody.
    Deed { Seat = "seat", Refuse = "refuse", Remove = "remove" }
}

/// Which part of the list somebody looks at.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Shown {
    show: Field<Interest>,
    refused: Field<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct DeedIn {
    r#do: Field<Deed>,
    show: Field<Interest>,
}

/// The way to a part of the list.
struct Tab {
    part: &'static str,
    name: String,
    count: String,
    is_shown: bool,
}

/// Somebody on the list.
struct Guest {
    id: i64,
    name: String,
    username: String,
    picture: Option<String>,
    /// How many they bring along, if any.
    brings: Option<String>,
    /// Where they are in line, if they wait.
    place: Option<String>,
    since: String,
    can_be_seated: bool,
}

#[derive(Template)]
#[template(path = "pages/organise/guests.html")]
struct GuestsPage {
    visit: Visit,
    event: Event,
    part: Interest,
    tabs: Vec<Tab>,
    people: Vec<Guest>,
    links: Links,
    /// Where this page of the list begins, if not at the beginning.
    cursor: String,
    /// Why what they decided was not done.
    refused: Option<String>,
}

impl Guest {
    fn new(visit: &Visit, event: &Event, now: Instant, it: Participation) -> Self {
        let room = event.details.capacity.map(|seats| seats - event.seats_taken);
        let has_room = room.is_none_or(|room| room > it.guests);
        let is_on = event.details.status != Status::Cancelled && event.details.ends_at > now;
        Self {
            id: it.user.id.0,
            name: it.user.shown_name().to_owned(),
            picture: it.user.avatar.as_ref().map(|file| file.path(Size::Small)),
            username: it.user.username,
            brings: (it.guests > 0).then(|| visit.with("guests-brings", "count", it.guests)),
            place: it.position.map(|place| visit.with("guests-place", "place", place)),
            since: visit.with("guests-since", "moment", &visit.moment(it.created_at)),
            can_be_seated: is_on && has_room && it.status != Interest::Going,
        }
    }
}

fn called(visit: &Visit, part: Interest) -> String {
    visit.say(match part {
        Interest::Going => "guests-going",
        Interest::Waitlisted => "guests-waiting",
        Interest::Interested => "guests-interested",
        Interest::Refused => "guests-refused",
    })
}

impl GuestsPage {
    fn heading(&self) -> String {
        called(&self.visit, self.part)
    }

    /// What is said where nobody is in this part.
    fn nobody(&self) -> String {
        self.visit.say(match self.part {
            Interest::Going => "guests-nobody-goes",
            Interest::Waitlisted => "guests-nobody-waits",
            Interest::Interested => "guests-nobody-interested",
            Interest::Refused => "guests-nobody-refused",
        })
    }

    fn is_refused(&self) -> bool {
        self.part == Interest::Refused
    }

    /// How many go, and how many these bring along, all of them together.
    fn summary(&self) -> String {
        let going = self.event.going_count;
        let brought = (self.event.seats_taken - going).max(0);
        self.visit.with_two("guests-summary", ("going", going), ("guests", brought))
    }

    fn seats_left(&self) -> Option<i64> {
        self.event.details.capacity.map(|seats| (seats - self.event.seats_taken).max(0))
    }
}

async fn show(
    app: App,
    user: User,
    visit: Visit,
    Path(Named(id)): Path<Named>,
    (Query(shown), mut paging): (Query<Shown>, Paging),
) -> PageResult<GuestsPage> {
    let mut faults = Faults::default();
    let part = shown.show.or_nothing("show", &mut faults).unwrap_or(Interest::Going);
    faults.check()?;
    paging.size = SHOWN;

    let asked = paging.clone();
    let read = move |conn: &mut Conn| {
        let event = events::editable(conn, &user, id)?;
        let mut counts = PARTS.map(|part| (part, 0));
        for (part, count) in &mut counts {
            *count = interests::count_of_part(conn, &user, id, *part)?;
        }
        let page = interests::list_of_part(conn, &user, id, part, &asked)?;
        Ok((event, counts, page))
    };
    let (event, counts, page) = app.db.read_slow(read).await?;
    let now = clock::now();
    let page = page.map(|it| Guest::new(&visit, &event, now, it));
    let word = if let Field::Value(word) = shown.refused { word } else { String::new() };
    let refused = explained(&visit, &word);
    let links =
        if refused.is_some() { afresh(page.links(&paging), &word) } else { page.links(&paging) };
    let cursor = paging.cursor.map(|cursor| cursor.to_string()).unwrap_or_default();
    let tab = |(each, count): (Interest, i64)| Tab {
        part: each.as_str(),
        name: called(&visit, each),
        count: visit.language().number(count),
        is_shown: each == part,
    };
    let tabs = counts.into_iter().map(tab).collect();
    let people = page.rows;
    Ok(Page(GuestsPage { visit, event, part, tabs, people, links, cursor, refused }))
}

/// Why somebody was not given a seat, by the word that the form was answered with.
fn explained(visit: &Visit, word: &str) -> Option<String> {
    let text = match word {
        "event_full" => "guests-full",
        "event_cancelled" => "guests-off",
        "event_over" => "guests-over",
        "forbidden" => "guests-members",
        _ => return None,
    };
    Some(visit.say(text))
}

/// The ways to other pages, where nothing was refused.
fn afresh(links: Links, word: &str) -> Links {
    let said = format!("refused={word}&");
    let without = |link: String| link.replace(&said, "");
    Links { next: links.next.map(without), previous: links.previous.map(without) }
}

async fn decide(
    app: App,
    user: User,
    Path((Named(event), guest)): Path<(Named, UserId)>,
    form: Form,
) -> Result<Redirect> {
    let input: DeedIn = form.read()?;
    let mut faults = Faults::default();
    let deed = input.r#do.required("do", &mut faults);
    let part = input.show.or_nothing("show", &mut faults).unwrap_or(Interest::Going);
    faults.check()?;

    let asking = user.clone();
    app.db.read(move |conn| events::editable(conn, &asking, event)).await?;
    let done = move |tx: &mut Tx| match deed {
        Some(Deed::Seat) => decided(tx, &user, (event, guest), Decision::Going),
        Some(Deed::Refuse) => decided(tx, &user, (event, guest), Decision::Refused),
        Some(Deed::Remove) => interests::remove(tx, &user, event, guest),
        None => Ok(()),
    };
    let refused = app.db.write_in_turn(event.0, done).await.err().map(refusal).transpose()?;
    let mut query = form_urlencoded::Serializer::new(format!("show={}", part.as_str()));
    if let Some(why) = refused {
        query.append_pair("refused", why);
    }
    if !form.text("cursor").is_empty() {
        query.append_pair("cursor", form.text("cursor"));
    }
    Ok(Redirect::to(&format!("/events/{event}/guests/?{}", query.finish())))
}

/// The word for why something was not done, which the list explains beside how things are now. Any
/// other error is passed on.
fn refusal(error: Error) -> Result<&'static str> {
    match error {
        Error::Conflict { code, .. } => Ok(code),
        Error::Forbidden(_) => Ok("forbidden"),
        other => Err(other),
    }
}

fn decided(
    tx: &mut Tx,
    user: &User,
    (event, guest): (EventId, UserId),
    decision: Decision,
) -> Result<()> {
    interests::decide(tx, user, event, guest, decision).map(drop)
}

type Headers = [(HeaderName, String); 2];

/// The whole list, for spreadsheets.
async fn download(
    app: App,
    user: User,
    Path(Named(event)): Path<Named>,
) -> Result<(Headers, [(HeaderName, &'static str); 1], Vec<u8>)> {
    let (headers, bytes) = guest_file(&app, user, event).await?;
    Ok((headers, [(header::CACHE_CONTROL, "no-store")], bytes))
}
