//! How an event is shown in a list on a page, and when it says that it is.

use chrono::{DateTime, Datelike, Utc};

use super::{Details, Event, Status};
use crate::files::Size;
use crate::http::visit::Visit;

/// An event on a card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its id.
    pub id: i64,
    /// Where its page is.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// Where a picture of it is.
    pub cover: Option<String>,
    /// The month and the day on which it begins.
    pub leaf: (String, u32),
    /// When it is, on the clocks where it is.
    pub when: String,
    /// The first instant of it (RFC 3339).
    pub starts_at: String,
    /// Where it is, in words.
    pub location: String,
    /// How many come.
    pub going_count: i64,
    /// How many are interested.
    pub interested_count: i64,
    /// Seats that are free, where they are counted.
    pub seats_left: Option<i64>,
    /// Whether it is called off.
    pub is_cancelled: bool,
    /// Whether nobody else sees it yet.
    pub is_draft: bool,
    /// The group that holds it.
    pub group: Option<String>,
    /// What whoever looks at it has to do with it, where the list is about that.
    pub tie: Option<String>,
}

impl Card {
    /// An event on a card, for somebody.
    pub fn new(visit: &Visit, event: &Event) -> Self {
        let details = &event.details;
        let first = details.start_date.0;
        Self {
            id: event.id.0,
            path: event.path(),
            title: details.title.as_str().to_owned(),
            cover: event.thumbnail.as_ref().map(|file| file.path(Size::Large)),
            leaf: (visit.language().short_month(first), first.day()),
            when: when(visit, details),
            starts_at: DateTime::<Utc>::from(details.starts_at).to_rfc3339(),
            location: details.location.as_str().to_owned(),
            going_count: event.going_count,
            interested_count: event.interested_count,
            seats_left: details.capacity.map(|seats| (seats - event.seats_taken).max(0)),
            is_cancelled: details.status == Status::Cancelled,
            is_draft: details.status == Status::Draft,
            group: event.group.as_ref().map(|group| group.name.clone()),
            tie: None,
        }
    }
}

/// When an event is, on the clocks where it is: a day, a day and a time, or from one to another.
pub fn when(visit: &Visit, details: &Details) -> String {
    let language = visit.language();
    let (first, last) = (details.start_date.0, details.end_date.0);
    let moment = |day, time: Option<super::TimeOfDay>| match time {
        Some(time) => language.moment(chrono::NaiveDate::and_time(&day, time.0)),
        None => language.short_day(day),
    };
    let from = moment(first, details.start_time);
    let to = match (first == last, details.end_time) {
        (true, None) => return from,
        (true, Some(end)) => language.time(end.0),
        (false, end) => moment(last, end),
    };
    visit.with_two("from-to", ("from", &from), ("to", &to))
}
