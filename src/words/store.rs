use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{Wanted, tsvector, words};
use crate::db::{Conn, Fragment, MultiBackend, Nothing, Tx, fragment};
use crate::each;

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
    found: Found,
}

/// How much is found, which decides what is quicker: to sort what the index of words finds, or to
/// go through the rows in their order and look whether each has the words, until a page is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Found {
    Little,
    Much,
}

/// More rows than these take longer to sort than to come across.
const MUCH: i64 = 400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Fts5,
    Tsvector,
}

impl Index {
    /// Puts the words of a row in the place of those that it had, before the transaction ends.
    pub fn replace(self, tx: &mut Tx, id: i64, title: &str, body: &str) {
        tx.at_the_end(move |conn| match conn {
            Conn::Sqlite(conn) => {
                let delete = format!("delete from {} where rowid = ", self.table);
                fragment::<Nothing>(delete).int(id).execute(conn).map(drop)
            }
            Conn::Postgres(_) => Ok(()),
        });
        self.add(tx, id, title, body);
    }

    /// Brings the words of a row that has none yet, before the transaction ends.
    pub fn add(self, tx: &mut Tx, id: i64, title: &str, body: &str) {
        let (title, body) = (words(title), words(body));
        tx.at_the_end(move |conn| {
            // It may have been deleted by the end of the transaction, or by another that shares its
            // commit. Asked in the same statement, that would make it one with a savepoint.
            if !self.has_row(conn, id)? {
                return Ok(());
            }
            match conn {
                Conn::Sqlite(conn) => self
                    .inserted("rowid, title, body", id)
                    .text(title.join(" "))
                    .sql(", ")
                    .text(body.join(" "))
                    .sql(")")
                    .execute(conn),
                Conn::Postgres(conn) => self
                    .inserted(&format!("{}, words", self.key), id)
                    .sql("cast(")
                    .text(tsvector(&title, &body))
                    .sql(format!(" as tsvector)) on conflict ({}) do ", self.key))
                    .sql("update set words = excluded.words")
                    .execute(conn),
            }
            .map(drop)
        });
    }

    fn inserted(self, columns: &str, id: i64) -> Fragment<Nothing> {
        let insert = format!("insert into {} ({columns}) values (", self.table);
        fragment(insert).int(id).sql(", ")
    }

    fn has_row(self, conn: &mut Conn, id: i64) -> QueryResult<bool> {
        let (rows, _) = self.ids.split_once('.').unwrap_or_default();
        let exists = format!("exists (select 1 from {rows} where {} = ", self.ids);
        let exists = fragment::<Bool>(exists).int(id).sql(")");
        each!(conn, |conn| diesel::select(exists).get_result(conn))
    }

    /// The index on the engine of this connection.
    pub fn on(self, conn: &Conn) -> Search {
        let engine = match conn {
            Conn::Sqlite(_) => Engine::Fts5,
            Conn::Postgres(_) => Engine::Tsvector,
        };
        Search { index: self, engine, found: Found::Little }
    }
}

impl Search {
    /// The same, now that it is known how much has what is wanted.
    pub fn weighed(self, conn: &mut Conn, wanted: &Wanted) -> QueryResult<Self> {
        self.weigh(conn, &wanted.fts5(), wanted.tsquery())
    }

    /// The same, now that it is known how much has what is wanted in its title.
    pub fn weighed_in_title(self, conn: &mut Conn, wanted: &Wanted) -> QueryResult<Self> {
        self.weigh(conn, &wanted.fts5_in_title(), wanted.tsquery_in_title())
    }

    fn weigh(self, conn: &mut Conn, fts5: &str, tsquery: String) -> QueryResult<Self> {
        if tsquery.is_empty() {
            return Ok(self);
        }
        let (found, asked) = self.query(fts5, tsquery);
        let count = fragment::<BigInt>(format!("(select count(*) from ({found}"))
            .text(asked)
            .sql(format!("{} limit {}) as found)", self.end(), MUCH + 1));
        let count: i64 = diesel::select(count).get_result(conn)?;
        Ok(Self { found: if count > MUCH { Found::Much } else { Found::Little }, ..self })
    }

    /// Whether a row has what is wanted, anywhere. Where nothing is wanted, none has it.
    pub fn has<From: 'static>(self, wanted: &Wanted) -> Condition<From> {
        self.holds(true, &wanted.fts5(), wanted.tsquery())
    }

    /// Whether a row has all that is wanted in its title, or has not.
    pub fn has_in_title<From: 'static>(self, wanted: &Wanted, has: bool) -> Condition<From> {
        self.holds(has, &wanted.fts5_in_title(), wanted.tsquery_in_title())
    }

    /// 0 for a row that has all that is wanted in its title, and 1 for another one.
    pub fn rank<From: 'static>(self, wanted: &Wanted) -> Rank<From> {
        let (found, asked) = self.query(&wanted.fts5_in_title(), wanted.tsquery_in_title());
        let rank = fragment::<BigInt>(format!("cast(case when {} in ({found}", self.index.ids));
        let end = format!("{}) then 0 else 1 end as bigint)", self.end());
        Box::new(rank.text(asked).sql(end))
    }

    fn holds<From: 'static>(self, has: bool, fts5: &str, tsquery: String) -> Condition<From> {
        if tsquery.is_empty() {
            return Box::new(fragment::<Bool>("false"));
        }
        let Index { table, key, ids } = self.index;
        let is_in = if has { "in" } else { "not in" };
        let (found, asked) = self.query(fts5, tsquery);
        let (begin, end) = match (self.found, self.engine) {
            (Found::Little, Engine::Fts5) => (format!("{ids} {is_in} ({found}"), ")".to_owned()),
            // As an array it is found first, whatever PostgreSQL expects of a query for any words.
            (Found::Little, Engine::Tsvector) => {
                let is_in = if has { "= any" } else { "<> all" };
                (format!("{ids} {is_in}(array({found}"), format!("{}))", self.end()))
            }
            // The plus keeps SQLite from beginning with the words.
            (Found::Much, Engine::Fts5) => (format!("+{ids} {is_in} ({found}"), ")".to_owned()),
            // And this PostgreSQL, which cannot turn it into a join.
            (Found::Much, Engine::Tsvector) => (
                format!("coalesce((select words from {table} where {key} = {ids}) @@ cast("),
                format!(" as tsquery), false) = {has}"),
            ),
        };
        Box::new(fragment::<Bool>(begin).text(asked).sql(end))
    }

    /// A query for the ids of what is found: how it begins, and what is bound then.
    fn query(self, fts5: &str, tsquery: String) -> (String, String) {
        let Index { table, key, .. } = self.index;
        match self.engine {
            Engine::Fts5 => {
                (format!("select rowid from {table} where {table} match "), fts5.to_owned())
            }
            Engine::Tsvector => {
                (format!("select {key} from {table} where words @@ cast("), tsquery)
            }
        }
    }

    /// How that query ends.
    fn end(self) -> &'static str {
        match self.engine {
            Engine::Fts5 => "",
            Engine::Tsvector => " as tsquery)",
        }
    }
}
