//! SQL in words that never differ. With [`each!`](crate::each), a query of nothing else is known by its
//! type, and its text is put together once.

use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
    is_aggregate,
};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text};
use diesel::{QueryResult, RunQueryDsl};

use super::Conn;

/// Words of SQL, which name a type of their own.
pub trait Wording: 'static {
    /// What they are a value of. Whoever writes them vouches for it.
    type Kind: TypedExpressionType + 'static;

    /// The words, parted where a whole number goes in.
    const SQL: &'static [&'static str];
}

/// A [`Wording`] with its numbers.
#[derive(Clone, Copy, Debug)]
pub struct Worded<W, const N: usize> {
    numbers: [i64; N],
    words: PhantomData<W>,
}

/// Words with these numbers between them.
pub fn worded<W: Wording, const N: usize>(numbers: [i64; N]) -> Worded<W, N> {
    const { assert!(W::SQL.len() == N + 1, "a number goes between two pieces") };
    Worded { numbers, words: PhantomData }
}

impl<W: Wording, DB, const N: usize> QueryFragment<DB> for Worded<W, N>
where
    DB: Backend + HasSqlType<BigInt>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(W::SQL[0]);
        for (number, words) in self.numbers.iter().zip(&W::SQL[1..]) {
            out.push_bind_param::<BigInt, _>(number)?;
            out.push_sql(words);
        }
        Ok(())
    }
}

impl<W: Wording, const N: usize> Expression for Worded<W, N> {
    type SqlType = W::Kind;
}

impl<W: Wording, const N: usize> QueryId for Worded<W, N> {
    type QueryId = Self;

    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<From, W: Wording, const N: usize> SelectableExpression<From> for Worded<W, N> {}

impl<From, W: Wording, const N: usize> AppearsOnTable<From> for Worded<W, N> {}

impl<W, GB, const N: usize> ValidGrouping<GB> for Worded<W, N> {
    type IsAggregate = is_aggregate::Never;
}

/// A query whose statement is kept: see [`settled`].
pub struct Settled<Q>(Q);

/// A query of which it is known that its statement can be kept. diesel walks through all its columns to
/// find out, whenever it runs.
pub fn settled<Q>(query: Q) -> Settled<Q> {
    Settled(query)
}

impl<Q, DB> QueryFragment<DB> for Settled<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q: Query> Query for Settled<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryId> QueryId for Settled<Q> {
    type QueryId = Settled<Q::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q, Conn> RunQueryDsl<Conn> for Settled<Q> {}

/// Whether a column is one of some ids: see [`one_of`].
pub struct OneOf<C> {
    column: C,
    ids: String,
    is_sqlite: bool,
}

/// Whether a column is one of some ids. However many they are, it is one text and one plan, which
/// `eq_any` has on PostgreSQL alone.
pub fn one_of<C>(conn: &Conn, column: C, ids: impl IntoIterator<Item = i64>) -> OneOf<C> {
    let ids: Vec<String> = ids.into_iter().map(|id| id.to_string()).collect();
    let listed = ids.join(",");
    match conn {
        Conn::Sqlite(_) => OneOf { column, ids: format!("[{listed}]"), is_sqlite: true },
        Conn::Postgres(_) => OneOf { column, ids: format!("{{{listed}}}"), is_sqlite: false },
    }
}

impl<C: QueryFragment<DB>, DB> QueryFragment<DB> for OneOf<C>
where
    DB: Backend + HasSqlType<Text>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        let (before, after) = match self.is_sqlite {
            true => (" in (select value from json_each(", "))"),
            false => (" = any(cast(", " as bigint[]))"),
        };
        self.column.walk_ast(out.reborrow())?;
        out.push_sql(before);
        out.push_bind_param::<Text, _>(&self.ids)?;
        out.push_sql(after);
        Ok(())
    }
}

impl<C> Expression for OneOf<C> {
    type SqlType = Bool;
}

impl<C: QueryId> QueryId for OneOf<C> {
    // A connection is of one engine, and keeps its own statements.
    type QueryId = OneOf<C::QueryId>;

    const HAS_STATIC_QUERY_ID: bool = C::HAS_STATIC_QUERY_ID;
}

impl<From, C: SelectableExpression<From>> SelectableExpression<From> for OneOf<C> where
    Self: AppearsOnTable<From>
{
}

impl<From, C: AppearsOnTable<From>> AppearsOnTable<From> for OneOf<C> {}

impl<C: ValidGrouping<GB>, GB> ValidGrouping<GB> for OneOf<C> {
    type IsAggregate = C::IsAggregate;
}
