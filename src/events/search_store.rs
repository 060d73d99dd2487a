use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{dsl::sql, sql_query};

use super::visibility::Condition;
use super::{Details, EventId};
use crate::db::{Conn, Tx};
use crate::schema::events;
use crate::words::{self, Wanted};

/// Puts the words of an event in the place of those that it had.
pub fn replace(tx: &mut Tx, id: EventId, details: &Details) -> QueryResult<()> {
    let title = words::words(details.title.as_str());
    let tags = details.tags.words().join(" ");
    let rest = [details.location.as_str(), &tags, details.description.as_str()].join("\n");
    let body = words::words(&rest);
    match tx.conn() {
        Conn::Sqlite(conn) => {
            sql_query("delete from event_words where rowid = ?")
                .bind::<BigInt, _>(id)
                .execute(conn)?;
            sql_query("insert into event_words (rowid, title, body) values (?, ?, ?)")
                .bind::<BigInt, _>(id)
                .bind::<Text, _>(title.join(" "))
                .bind::<Text, _>(body.join(" "))
                .execute(conn)?;
        }
        Conn::Postgres(conn) => {
            sql_query(
                "insert into event_words (event_id, words) values ($1, $2::tsvector) \
                 on conflict (event_id) do update set words = excluded.words",
            )
            .bind::<BigInt, _>(id)
            .bind::<Text, _>(words::tsvector(&title, &body))
            .execute(conn)?;
        }
    }
    Ok(())
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

/// Where the words are, which is not the same on both engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    Fts5,
    Tsvector,
}

impl Index {
    pub fn of(conn: &Conn) -> Self {
        match conn {
            Conn::Sqlite(_) => Self::Fts5,
            Conn::Postgres(_) => Self::Tsvector,
        }
    }

    /// Whether an event has what is wanted, anywhere. Where nothing is wanted, none has it.
    pub fn has<From: 'static>(self, wanted: &Wanted) -> Condition<From> {
        self.holds("in", &wanted.fts5(), &wanted.tsquery(""))
    }

    /// Whether an event has all that is wanted in its title, or has not.
    pub fn has_in_title<From: 'static>(self, wanted: &Wanted, has: bool) -> Condition<From> {
        let is_in = if has { "in" } else { "not in" };
        self.holds(is_in, &format!("title : ({})", wanted.fts5()), &wanted.tsquery("A"))
    }

    fn holds<From: 'static>(self, is_in: &str, fts5: &str, tsquery: &str) -> Condition<From> {
        let (found, asked, end) = match self {
            Self::Fts5 => ("select rowid from event_words where event_words match ", fts5, ")"),
            Self::Tsvector => {
                ("select event_id from event_words where words @@ cast(", tsquery, " as tsquery))")
            }
        };
        if tsquery.is_empty() {
            return Box::new(sql::<Bool>("false"));
        }
        let condition = sql::<Bool>(&format!("events.id {is_in} ({found}"));
        Box::new(condition.bind::<Text, _>(asked.to_owned()).sql(end))
    }
}
