//! One connection type over both engines.
#![expect(missing_docs, reason = "diesel writes most of it")]

use diesel::{PgConnection, SqliteConnection};

/// A connection to either engine. With one of these you may read.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// The embedded one.
    Sqlite(SqliteConnection),
    /// The one that runs elsewhere.
    Postgres(PgConnection),
}
