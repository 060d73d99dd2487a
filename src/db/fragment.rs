//! SQL in words, for conditions and commands that diesel cannot say, whose plan is kept all the same.
//!
//! What diesel has for that has every statement that it is in parsed and planned anew,
//! each time: on SQLite that takes longer than a small read. What is written here is the same text
//! every time, and what differs is bound.

use std::borrow::Cow;
use std::marker::PhantomData;

use diesel::backend::Backend;
use diesel::expression::{
    AppearsOnTable, Expression, SelectableExpression, TypedExpressionType, ValidGrouping,
    is_aggregate,
};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Double, HasSqlType, Text};
use diesel::{QueryResult, RunQueryDsl};

/// A piece of SQL with values in it, of a type that the caller vouches for.
pub struct Fragment<ST> {
    parts: Vec<Part>,
    kind: PhantomData<ST>,
}

enum Part {
    Sql(Cow<'static, str>),
    Int(i64),
    Double(f64),
    Text(String),
}

/// What a command yields, that only does something.
pub struct Nothing;

/// Begins a piece of SQL. Its text must be one of few: every one is kept for good.
pub fn fragment<ST>(sql: impl Into<Cow<'static, str>>) -> Fragment<ST> {
    Fragment { parts: vec![Part::Sql(sql.into())], kind: PhantomData }
}

impl<ST> Fragment<ST> {
    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Goes on with more of it.
    #[must_use]
    pub fn sql(self, sql: impl Into<Cow<'static, str>>) -> Self {
        self.with(Part::Sql(sql.into()))
    }

    /// Goes on with a whole number.
    #[must_use]
    pub fn int(self, value: i64) -> Self {
        self.with(Part::Int(value))
    }

    /// Goes on with a number.
    #[must_use]
    pub fn double(self, value: f64) -> Self {
        self.with(Part::Double(value))
    }

    /// Goes on with a text.
    #[must_use]
    pub fn text(self, value: String) -> Self {
        self.with(Part::Text(value))
    }
}

impl<ST, DB> QueryFragment<DB> for Fragment<ST>
where
    DB: Backend + HasSqlType<BigInt> + HasSqlType<Double> + HasSqlType<Text>,
    i64: ToSql<BigInt, DB>,
    f64: ToSql<Double, DB>,
    String: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for part in &self.parts {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Int(value) => out.push_bind_param::<BigInt, _>(value)?,
                Part::Double(value) => out.push_bind_param::<Double, _>(value)?,
                Part::Text(value) => out.push_bind_param::<Text, _>(value)?,
            }
        }
        Ok(())
    }
}

impl<Conn> RunQueryDsl<Conn> for Fragment<Nothing> {}

impl<ST: TypedExpressionType> Expression for Fragment<ST> {
    type SqlType = ST;
}

impl<ST> QueryId for Fragment<ST> {
    type QueryId = ();

    // It is told from others by its text.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<From, ST> SelectableExpression<From> for Fragment<ST> where Self: Expression {}

impl<From, ST> AppearsOnTable<From> for Fragment<ST> where Self: Expression {}

impl<ST, GB> ValidGrouping<GB> for Fragment<ST> {
    type IsAggregate = is_aggregate::Never;
}
