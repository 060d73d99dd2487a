//! Creation the simple way: one connection behind a lock, and one transaction for each request.
//!
//! The rows are Owambe's, with the same settings of the database: the event, and its words for the search.
//! Each is on the disk before it is answered. Nobody is asked who they are.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use owambe::clock;
use owambe::db::Conn;
use owambe::events::shape::EventOut;
use owambe::events::{Change, Day, Description, Details, Event, EventId, Location, Title};
use owambe::input::Input;
use owambe::schema::{events, users};
use owambe::users::{self as people, User, UserId};
use owambe::words::{Place, VERSION, fts5, words};
use owambe::zone::Zone;
use serde_json::Value;

/// As `db/sqlite.rs` has them.
const SETTINGS: &str = "
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma cache_size = -32000;";

diesel::table! {
    /// The words of events, as FTS5 has them.
    event_words (rowid) {
        /// Where the event is among others, as they begin.
        rowid -> BigInt,
        /// The words of its title, and all others.
        words -> Text,
    }
}

diesel::table! {
    /// Which words there are.
    event_terms (term) {
        /// A word.
        term -> Text,
    }
}

/// A database with the tables of Owambe, and who makes all events.
pub struct Site {
    conn: Mutex<Conn>,
    creator: User,
}

impl Site {
    /// Opens a database that an Owambe has made.
    pub fn open(file: &str) -> anyhow::Result<Self> {
        let mut conn = SqliteConnection::establish(file)?;
        conn.batch_execute(SETTINGS)?;
        let first: UserId = users::table.select(users::id).order(users::id).first(&mut conn)?;
        let mut conn = Conn::Sqlite(conn);
        let creator = people::get(&mut conn, first).context("there are no people")?;
        Ok(Self { conn: Mutex::new(conn), creator })
    }

    fn create(&self, sent: &[u8]) -> anyhow::Result<Vec<u8>> {
        let details = Details::new(&change(sent)?, Zone(Tz::UTC))?;
        let mut conn = self.conn.lock().unwrap_or_else(PoisonError::into_inner);
        conn.transaction(|conn| {
            let id = insert(conn, self.creator.id, &details)?;
            let event = Event::query().filter(events::id.eq(id)).first(conn)?;
            let shown = EventOut::one(conn, &(&self.creator).into(), event)?;
            Ok(serde_json::to_vec(&shown)?)
        })
    }
}

/// Reads an event, keeps it, and answers with it.
pub async fn create(State(site): State<Arc<Site>>, sent: Bytes) -> Response {
    let created = tokio::task::spawn_blocking(move || site.create(&sent)).await;
    match created {
        Ok(Ok(event)) => crate::json(StatusCode::CREATED, event.into()),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn insert(conn: &mut Conn, creator: UserId, details: &Details) -> anyhow::Result<EventId> {
    let Conn::Sqlite(conn) = conn else { anyhow::bail!("this is SQLite's") };
    let now = clock::now();
    let made = (
        events::creator_id.eq(creator),
        events::words_version.eq(VERSION),
        events::created_at.eq(now),
        events::updated_at.eq(now),
    );
    let id: EventId = diesel::insert_into(events::table)
        .values((details, made))
        .returning(events::id)
        .get_result(conn)?;
    let rest = [details.location.as_str(), details.description.as_str()].join("\n");
    let (title, rest) = (words(details.title.as_str()), words(&rest));
    let place = Place::new(details.starts_at, id.0).context("there are too many events")?;
    for term in title.iter().chain(&rest) {
        let term = event_terms::term.eq(term);
        diesel::insert_or_ignore_into(event_terms::table).values(term).execute(conn)?;
    }
    diesel::insert_into(event_words::table)
        .values((event_words::rowid.eq(place.row()), event_words::words.eq(fts5(&title, &rest))))
        .execute(conn)?;
    Ok(id)
}

/// What the load sends, which has no other fields than these.
fn change(sent: &[u8]) -> anyhow::Result<Change> {
    let sent: Value = serde_json::from_slice(sent)?;
    Ok(Change {
        title: Some(field::<Title>(&sent, "title")?),
        description: Some(field::<Description>(&sent, "description")?),
        location: Some(field::<Location>(&sent, "location")?),
        start_date: Some(field::<Day>(&sent, "start_date")?),
        end_date: Some(Some(field::<Day>(&sent, "end_date")?)),
        ..Change::default()
    })
}

fn field<T: Input>(sent: &Value, name: &str) -> anyhow::Result<T> {
    let text = sent[name].as_str().with_context(|| format!("there is no {name}"))?;
    T::from_text(text).map_err(|wrong| anyhow::anyhow!("{name}: {wrong}"))
}
