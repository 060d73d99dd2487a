use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{dsl::sql, sql_query};

use super::{Wanted, tsvector, words};
use crate::db::{Conn, MultiBackend, Tx};

/// A condition on a query over these tables.
pub type Condition<From> = Box<dyn BoxableExpression<From, MultiBackend, SqlType = Bool>>;

/// A number to order a query over these tables by.
pub type Rank<From> = Box<dyn BoxableExpression<From, MultiBackend, SqlType = BigInt>>;

/// The words of the rows of a table, in a table of their own: FTS5 on SQLite, `tsvector` on
/// PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    /// The table of the words.
    pub table: &'static str,
    /// What refers to the row there, on PostgreSQL; on SQLite it is the rowid.
    pub key: &'static str,
    /// The id of the row in its own table.
    pub ids: &'static str,
}

/// An index as one of the engines is asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Search {
    index: Index,
    engine: Engine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Fts5,
    Tsvector,
}

impl Index {
    /// Puts the words of a row in the place of those that it had.
    pub fn replace(self, tx: &mut Tx, id: i64, title: &str, body: &str) -> QueryResult<()> {
        let Self { table, key, .. } = self;
        let (title, body) = (words(title), words(body));
        match tx.conn() {
            Conn::Sqlite(conn) => {
                sql_query(format!("delete from {table} where rowid = ?"))
                    .bind::<BigInt, _>(id)
                    .execute(conn)?;
                sql_query(format!("insert into {table} (rowid, title, body) values (?, ?, ?)"))
                    .bind::<BigInt, _>(id)
                    .bind::<Text, _>(title.join(" "))
                    .bind::<Text, _>(body.join(" "))
                    .execute(conn)?;
            }
            Conn::Postgres(conn) => {
                sql_query(format!(
                    "insert into {table} ({key}, words) values ($1, $2::tsvector) \
                     on conflict ({key}) do update set words = excluded.words"
                ))
                .bind::<BigInt, _>(id)
                .bind::<Text, _>(tsvector(&title, &body))
                .execute(conn)?;
            }
        }
        Ok(())
    }

    /// The index on the engine of this connection.
    pub fn on(self, conn: &Conn) -> Search {
        let engine = match conn {
            Conn::Sqlite(_) => Engine::Fts5,
            Conn::Postgres(_) => Engine::Tsvector,
        };
        Search { index: self, engine }
    }
}

impl Search {
    /// Whether a row has what is wanted, anywhere. Where nothing is wanted, none has it.
    pub fn has<From: 'static>(self, wanted: &Wanted) -> Condition<From> {
        self.holds("in", &wanted.fts5(), wanted.tsquery(""))
    }

    /// Whether a row has all that is wanted in its title, or has not.
    pub fn has_in_title<From: 'static>(self, wanted: &Wanted, has: bool) -> Condition<From> {
        let is_in = if has { "in" } else { "not in" };
        self.holds(is_in, &format!("title : ({})", wanted.fts5()), wanted.tsquery("A"))
    }

    /// 0 for a row that has all that is wanted in its title, and 1 for another one.
    pub fn rank<From: 'static>(self, wanted: &Wanted) -> Rank<From> {
        let (found, asked, end) =
            self.found(&format!("title : ({})", wanted.fts5()), wanted.tsquery("A"));
        let rank = sql::<BigInt>(&format!("cast(case when {} in ({found}", self.index.ids));
        Box::new(rank.bind::<Text, _>(asked).sql(end).sql(" then 0 else 1 end as bigint)"))
    }

    fn holds<From: 'static>(self, is_in: &str, fts5: &str, tsquery: String) -> Condition<From> {
        if tsquery.is_empty() {
            return Box::new(sql::<Bool>("false"));
        }
        let (found, asked, end) = self.found(fts5, tsquery);
        let condition = sql::<Bool>(&format!("{} {is_in} ({found}", self.index.ids));
        Box::new(condition.bind::<Text, _>(asked).sql(end))
    }

    /// How a query for the ids of what is found begins, what is bound then, and how it ends.
    fn found(self, fts5: &str, tsquery: String) -> (String, String, &'static str) {
        let Index { table, key, .. } = self.index;
        match self.engine {
            Engine::Fts5 => {
                (format!("select rowid from {table} where {table} match "), fts5.to_owned(), ")")
            }
            Engine::Tsvector => (
                format!("select {key} from {table} where words @@ cast("),
                tsquery,
                " as tsquery))",
            ),
        }
    }
}
