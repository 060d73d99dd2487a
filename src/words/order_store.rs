use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::wanted::Begun;
use super::{Index, Part, Place, Wanted};
use crate::db::{Conn, fragment};

/// More words than these, with those of their phrase, are no longer asked for each where one that is
/// only begun may go on as any of them.
const MOST_WORDS: usize = 32;

/// Rows that have what is wanted, in the order of their starts: SQLite's alone.
#[derive(Debug)]
pub struct InOrder {
    index: Index,
    /// What FTS5 is asked; nothing, where no word goes on as the last one begins.
    asked: Option<String>,
}

impl Index {
    /// A way to what is wanted that finds it in order; none on PostgreSQL, and where the last word goes
    /// on in too many ways.
    pub fn in_order(
        self,
        conn: &mut Conn,
        wanted: &Wanted,
        part: Part,
    ) -> QueryResult<Option<InOrder>> {
        let (Conn::Sqlite(_), Some(terms), false) = (&*conn, self.terms, wanted.is_nothing())
        else {
            return Ok(None);
        };
        let phrase = match wanted.begun() {
            Begun::Nothing => {
                return Ok(Some(InOrder { index: self, asked: Some(wanted.fts5(part, None)) }));
            }
            Begun::Last(phrase) => phrase,
            Begun::More => return Ok(None),
        };
        let endings = endings(conn, terms, phrase.last().map_or("", String::as_str))?;
        if endings.len() * phrase.len() > MOST_WORDS {
            return Ok(None);
        }
        let asked = (!endings.is_empty()).then(|| wanted.fts5(part, Some(&endings)));
        Ok(Some(InOrder { index: self, asked }))
    }
}

/// The words that begin so, and not many more than are asked for.
fn endings(conn: &mut Conn, terms: &str, begun: &str) -> QueryResult<Vec<String>> {
    let words = fragment::<Text>(format!("term from {terms} where term >= "))
        .text(begun.to_owned())
        .sql(" and term < ")
        .text(format!("{begun}{}", char::MAX))
        .sql(format!(" order by term limit {}", MOST_WORDS + 1));
    diesel::select(words).load(conn)
}

impl InOrder {
    /// The first of them, or the last of them with the last first, between two places.
    pub fn places(
        &self,
        conn: &mut Conn,
        (first, last): (Place, Place),
        down: bool,
        limit: i64,
    ) -> QueryResult<Vec<Place>> {
        let Some(asked) = &self.asked else { return Ok(Vec::new()) };
        let table = self.index.table;
        let order = if down { " order by rowid desc limit " } else { " order by rowid limit " };
        let rows = fragment::<BigInt>(format!("rowid from {table} where {table} match "))
            .text(asked.clone())
            .sql(" and rowid >= ")
            .int(first.row())
            .sql(" and rowid <= ")
            .int(last.row())
            .sql(order)
            .int(limit);
        let rows: Vec<i64> = diesel::select(rows).load(conn)?;
        Ok(rows.into_iter().map(Place::of_row).collect())
    }
}
