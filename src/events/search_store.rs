use diesel::prelude::*;

use super::{Details, EventId};
use crate::db::{Conn, Tx};
use crate::schema::events;
use crate::words::{self, Index};

/// The words of events: their titles, and all else that is written about them.
pub const WORDS: Index = Index { table: "event_words", key: "event_id", ids: "events.id" };

/// Puts the words of an event in the place of those that it had.
pub fn replace(tx: &mut Tx, id: EventId, details: &Details) {
    WORDS.replace(tx, id.0, details.title.as_str(), &rest(details));
}

/// Brings the words of an event that is new.
pub fn add(tx: &mut Tx, id: EventId, details: &Details) {
    WORDS.add(tx, id.0, details.title.as_str(), &rest(details));
}

fn rest(details: &Details) -> String {
    let tags = details.tags.words().join(" ");
    [details.location.as_str(), &tags, details.description.as_str()].join("\n")
}

/// Notes that the words of an event are there, and of this make.
pub fn mark(tx: &mut Tx, id: EventId) -> QueryResult<()> {
    diesel::update(events::table.find(id))
        .set(events::words_version.eq(words::VERSION))
        .execute(tx.conn())
        .map(drop)
}

/// Some of the events whose words are not there, or of an older make.
pub fn outdated(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(EventId, Details)>> {
    events::table
        .filter(events::words_version.lt(words::VERSION))
        .order(events::words_version)
        .limit(limit)
        .select((events::id, Details::as_select()))
        .load(conn)
}
