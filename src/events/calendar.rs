//! An event as a calendar keeps it (RFC 5545, section 3.6.1).

use chrono::{DateTime, Days, Utc};
use icalendar::{Calendar, Component, EventLike, EventStatus, Property};

use super::{Event, EventId, Status, store};
use crate::address;
use crate::clock;
use crate::db::Conn;
use crate::error::Result;

/// The name of an event in every calendar, for good (RFC 5545, section 3.8.4.7).
pub fn uid(id: EventId, host: &str) -> String {
    format!("event-{id}@{host}")
}

/// An event of the site at this host, as a component of a calendar.
pub fn component(event: &Event, host: &str) -> icalendar::Event {
    let details = &event.details;
    let mut out = icalendar::Event::new();
    out.uid(&uid(event.id, host))
        .timestamp(clock::now().into())
        .created(event.created_at.into())
        .last_modified(event.updated_at.into())
        .sequence(sequence(event))
        .summary(details.title.as_str());
    for (name, text) in [
        ("DESCRIPTION", details.description.as_str()),
        ("LOCATION", details.location.as_str()),
        ("URL", details.url.as_str()),
    ] {
        if !text.is_empty() {
            out.append_property(Property::new(name, text));
        }
    }
    if let (Some(latitude), Some(longitude)) = (details.latitude, details.longitude) {
        out.append_property(Property::new("GEO", format!("{latitude};{longitude}")));
    }
    let status = match details.status {
        Status::Scheduled => EventStatus::Confirmed,
        Status::Cancelled => EventStatus::Cancelled,
        Status::Draft => EventStatus::Tentative,
    };
    out.status(status);
    when(&mut out, event);
    out.done()
}

/// An event as a file that calendars take in (RFC 5545, section 3.4). Nobody is invited by it, so it
/// names no method.
pub fn file(event: &Event, host: &str) -> String {
    let mut component = component(event, host);
    if event.details.url.as_str().is_empty() {
        component.append_property(Property::new("URL", address::of(&event.path())));
    }
    let mut calendar = Calendar::empty();
    for property in [("VERSION", "2.0"), ("PRODID", "-//Owambe//Owambe//EN")] {
        calendar.append_property(property);
    }
    calendar.push(component);
    calendar.to_string()
}

/// What takes an event out of calendars whose reader sees no more of it than what it was called.
pub fn tombstone(id: EventId, title: &str, sequence: u32, host: &str) -> icalendar::Event {
    let mut out = icalendar::Event::new();
    out.uid(&uid(id, host))
        .timestamp(clock::now().into())
        .sequence(sequence)
        .summary(title)
        .status(EventStatus::Cancelled);
    out.done()
}

/// Whole days are dates, of which the last is the one after; everything else is instants in UTC.
fn when(out: &mut icalendar::Event, event: &Event) {
    let details = &event.details;
    if details.is_all_day() {
        let last = details.end_date.0;
        out.starts(details.start_date.0).ends(last.checked_add_days(Days::new(1)).unwrap_or(last));
        return;
    }
    out.starts(DateTime::<Utc>::from(details.starts_at));
    if details.ends_at > details.starts_at {
        out.ends(DateTime::<Utc>::from(details.ends_at));
    }
}

/// The number of an event as it is now; of one that is not there any more, the last that there is.
pub fn last_sequence(conn: &mut Conn, id: EventId) -> Result<u32> {
    Ok(store::find(conn, id)?.as_ref().map_or(LAST, sequence))
}

/// The largest that every calendar reads.
const LAST: u32 = i32::MAX.unsigned_abs();

/// It grows with every change: the seconds between the first and the last (RFC 5545, section
/// 3.8.7.4).
fn sequence(event: &Event) -> u32 {
    let seconds = event.updated_at.since(event.created_at).as_secs();
    u32::try_from(seconds).unwrap_or(u32::MAX).min(LAST - 1)
}
