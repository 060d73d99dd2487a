use diesel::expression::BoxableExpression;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::{Part, Place, Wanted};
use crate::db::{Conn, MultiBackend, fragment};

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
    /// The table of the rows.
    pub rows: &'static str,
    /// The id of a row there.
    pub ids: &'static str,
    /// Where the rows begin at some time, and on SQLite are indexed in that order: the table of all words.
    pub terms: Option<&'static str>,
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
    /// The same, now that it is known how much has what is wanted there.
    pub fn weighed(self, conn: &mut Conn, wanted: &Wanted, part: Part) -> QueryResult<Self> {
        if wanted.is_nothing() {
            return Ok(self);
        }
        let (found, asked) = self.query(wanted, part);
        let count = fragment::<BigInt>(format!("(select count(*) from ({found}"))
            .text(asked)
            .sql(format!("{} limit {}) as found)", self.end(), MUCH + 1));
        let count: i64 = diesel::select(count).get_result(conn)?;
        Ok(Self { found: if count > MUCH { Found::Much } else { Found::Little }, ..self })
    }

    /// 0 for a row that has all that is wanted in its title, and 1 for another one.
    pub fn rank<From: 'static>(self, wanted: &Wanted) -> Rank<From> {
        let (found, asked) = self.query(wanted, Part::Title);
        let rank = fragment::<BigInt>(format!("cast(case when {} in ({found}", self.index.ids));
        let end = format!("{}) then 0 else 1 end as bigint)", self.end());
        Box::new(rank.text(asked).sql(end))
    }

    /// Whether a row has what is wanted there. Where nothing is wanted, none has it.
    pub fn has<From: 'static>(self, wanted: &Wanted, part: Part) -> Condition<From> {
        if wanted.is_nothing() {
            return Box::new(fragment::<Bool>("false"));
        }
        let Index { table, key, ids, .. } = self.index;
        let (found, asked) = self.query(wanted, part);
        let (begin, end) = match (self.found, self.engine) {
            (Found::Little, Engine::Fts5) => (format!("{ids} in ({found}"), ")"),
            // As an array it is found first, whatever PostgreSQL expects of a query for any words.
            (Found::Little, Engine::Tsvector) => {
                (format!("{ids} = any(array({found}"), " as tsquery)))")
            }
            // The plus keeps SQLite from beginning with the words.
            (Found::Much, Engine::Fts5) => (format!("+{ids} in ({found}"), ")"),
            // And this PostgreSQL, which cannot turn it into a join.
            (Found::Much, Engine::Tsvector) => (
                format!("coalesce((select words from {table} where {key} = {ids}) @@ cast("),
                " as tsquery), false)",
            ),
        };
        Box::new(fragment::<Bool>(begin).text(asked).sql(end))
    }

    /// A query for the ids of what is found: how it begins, and what is bound then.
    fn query(self, wanted: &Wanted, part: Part) -> (String, String) {
        let Index { table, key, terms, .. } = self.index;
        match self.engine {
            Engine::Fts5 => {
                let id = if terms.is_some() { Place::ID } else { "rowid" };
                let found = format!("select {id} from {table} where {table} match ");
                (found, wanted.fts5(part, None))
            }
            Engine::Tsvector => {
                let found = format!("select {key} from {table} where words @@ cast(");
                (found, wanted.tsquery(part))
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
