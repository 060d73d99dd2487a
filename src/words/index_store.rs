use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::text::{fts5, tsvector};
use super::{Index, Place, words};
use crate::clock::Instant;
use crate::db::{AtTheEnd, Conn, Nothing, Tx, fragment};

/// The words of a row, until they are brought.
struct Entry {
    index: Index,
    id: i64,
    /// Where they go, on SQLite; nowhere, where it has no place for them.
    rowid: Option<i64>,
    title: Vec<String>,
    body: Vec<String>,
    /// Whether there may be words already.
    replaces: bool,
}

impl Index {
    /// Puts the words of a row in the place of those that it had, before the transaction ends.
    pub fn replace(self, tx: &mut Tx, id: i64, title: &str, body: &str) {
        self.put(tx, (id, Some(id)), (title, body), true);
    }

    /// The same for rows that begin at some time.
    pub fn replace_at(self, tx: &mut Tx, start: Instant, id: i64, title: &str, body: &str) {
        let row = Place::new(start, id).map(Place::row);
        self.put(tx, (id, row), (title, body), true);
    }

    /// Brings the words of a row that has none yet, and begins at some time.
    pub fn add_at(self, tx: &mut Tx, start: Instant, id: i64, title: &str, body: &str) {
        let row = Place::new(start, id).map(Place::row);
        self.put(tx, (id, row), (title, body), false);
    }

    /// Puts together what was brought in many parts, on SQLite: each of them is looked into for each word.
    pub fn tidy(self, tx: &mut Tx) -> QueryResult<()> {
        let table = self.table;
        match tx.conn() {
            Conn::Sqlite(conn) => {
                let tidy = format!("insert into {table} ({table}) values ('optimize')");
                fragment::<Nothing>(tidy).execute(conn).map(drop)
            }
            Conn::Postgres(_) => Ok(()),
        }
    }

    fn put(
        self,
        tx: &mut Tx,
        (id, rowid): (i64, Option<i64>),
        (title, body): (&str, &str),
        replaces: bool,
    ) {
        let (title, body) = (words(title), words(body));
        tx.at_the_end(Entry { index: self, id, rowid, title, body, replaces });
    }
}

impl AtTheEnd for Entry {
    fn finish(conn: &mut Conn, left: Vec<Self>) -> QueryResult<()> {
        let mut entries = latest(left);
        // FTS5 writes down all it has where it is given a lower row than the last one.
        entries.sort_by_key(|entry| (entry.index.table, entry.rowid));
        for entries in entries.chunk_by(|one, other| one.index == other.index) {
            let index = entries[0].index;
            let rows = index.rows_among(conn, entries.iter().map(|entry| entry.id))?;
            let entries: Vec<&Self> =
                entries.iter().filter(|entry| rows.contains(&entry.id)).collect();
            index.learn(conn, &entries)?;
            entries.iter().try_for_each(|entry| entry.write(conn))?;
        }
        Ok(())
    }
}

/// The last that was said of each row.
fn latest(left: Vec<Entry>) -> Vec<Entry> {
    let mut seen = HashSet::new();
    let mut latest: Vec<Entry> = Vec::with_capacity(left.len());
    for entry in left.into_iter().rev() {
        if seen.insert((entry.index.table, entry.id)) {
            latest.push(entry);
        }
    }
    latest
}

impl Index {
    /// Which of these rows are there: some may have been deleted by the end of the transaction, or by
    /// another that shares its commit.
    fn rows_among(
        self,
        conn: &mut Conn,
        ids: impl Iterator<Item = i64>,
    ) -> QueryResult<HashSet<i64>> {
        let ids: Vec<String> = ids.map(|id| id.to_string()).collect();
        let Self { rows, ids: column, .. } = self;
        let (list, end) = match conn {
            Conn::Sqlite(_) => (format!("[{}]", ids.join(",")), "in (select value from json_each("),
            Conn::Postgres(_) => (format!("{{{}}}", ids.join(",")), "= any(cast("),
        };
        let close = if matches!(conn, Conn::Sqlite(_)) { "))" } else { " as bigint[]))" };
        let found = fragment::<BigInt>(format!("{column} from {rows} where {column} {end}"));
        let found: Vec<i64> = diesel::select(found.text(list).sql(close)).load(conn)?;
        Ok(found.into_iter().collect())
    }

    /// Notes which words there are at all.
    fn learn(self, conn: &mut Conn, entries: &[&Entry]) -> QueryResult<()> {
        let (Conn::Sqlite(conn), Some(terms)) = (conn, self.terms) else { return Ok(()) };
        let all = entries.iter().flat_map(|entry| entry.title.iter().chain(&entry.body));
        let all: BTreeSet<&str> = all.map(String::as_str).collect();
        // However many they are, it is one statement.
        let insert = format!("insert or ignore into {terms} (term) select value from json_each(");
        let all: serde_json::Value = all.into_iter().collect();
        fragment::<Nothing>(insert).text(all.to_string()).sql(")").execute(conn).map(drop)
    }
}

impl Entry {
    fn write(&self, conn: &mut Conn) -> QueryResult<()> {
        let Index { table, key, .. } = self.index;
        match conn {
            Conn::Sqlite(conn) => {
                let Some(rowid) = self.rowid else { return Ok(()) };
                if self.replaces {
                    let delete = format!("delete from {table} where rowid = ");
                    fragment::<Nothing>(delete).int(rowid).execute(conn)?;
                }
                fragment::<Nothing>(format!("insert into {table} (rowid, words) values ("))
                    .int(rowid)
                    .sql(", ")
                    .text(fts5(&self.title, &self.body))
                    .sql(")")
                    .execute(conn)
            }
            Conn::Postgres(conn) => {
                fragment::<Nothing>(format!("insert into {table} ({key}, words) values ("))
                    .int(self.id)
                    .sql(", cast(")
                    .text(tsvector(&self.title, &self.body))
                    .sql(format!(" as tsvector)) on conflict ({key}) do "))
                    .sql("update set words = excluded.words")
                    .execute(conn)
            }
        }
        .map(drop)
    }
}
