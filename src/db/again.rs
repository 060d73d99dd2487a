//! Changes that come again and again, whose statement is kept.
//!
//! diesel's own `update` is parsed and planned anew each time, because its text may differ by what is
//! to be changed: on PostgreSQL that takes longer than to run it.

use diesel::backend::Backend;
use diesel::expression::AppearsOnTable;
use diesel::query_builder::{AsChangeset, AstPass, QueryFragment, QueryId};
use diesel::query_source::QuerySource;
use diesel::sql_types::BoolOrNullableBool;
use diesel::{QueryResult, RunQueryDsl};

/// An UPDATE whose statement is kept: see [`again`].
pub struct Again<F, S, W> {
    table: F,
    set: S,
    filter: W,
}

/// Changes the rows of a table that a filter lets through. Every text is kept for good, so what is set
/// is always the same columns, not a changeset with an `Option` in it.
#[expect(clippy::needless_pass_by_value, reason = "a table is only its name")]
pub fn again<T, S, W>(table: T, set: S, filter: W) -> Again<T::FromClause, S::Changeset, W>
where
    T: QuerySource,
    S: AsChangeset<Target = T>,
    W: AppearsOnTable<T>,
    W::SqlType: BoolOrNullableBool,
{
    Again { table: table.from_clause(), set: set.as_changeset(), filter }
}

impl<F, S, W, DB> QueryFragment<DB> for Again<F, S, W>
where
    DB: Backend,
    F: QueryFragment<DB>,
    S: QueryFragment<DB>,
    W: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.set.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.filter.walk_ast(out)
    }
}

impl<F, S, W> QueryId for Again<F, S, W> {
    type QueryId = ();

    // It is told from others by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<F, S, W, C> RunQueryDsl<C> for Again<F, S, W> {}
