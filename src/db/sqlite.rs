//! What only SQLite needs: how its file is opened.

use anyhow::Context;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{Double, Nullable};
use diesel::{Connection, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use super::{Conn, migrate, qpsg};
use crate::geo::Place;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

const SETTINGS: &str = "
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma cache_size = -16000;
    pragma wal_autocheckpoint = 8000;";

#[diesel::declare_sql_function]
extern "SQL" {
    /// Kilometres along the great circle. On PostgreSQL it is a function of the database.
    fn great_circle_km(
        latitude: Nullable<Double>,
        longitude: Nullable<Double>,
        from_latitude: Double,
        from_longitude: Double,
    ) -> Nullable<Double>;
}

fn great_circle(
    latitude: Option<f64>,
    longitude: Option<f64>,
    from_latitude: f64,
    from_longitude: f64,
) -> Option<f64> {
    let from = Place { latitude: from_latitude, longitude: from_longitude };
    Some(Place { latitude: latitude?, longitude: longitude? }.km_to(from))
}

/// A connection that writes: there is one, and what it has in memory no other's commit makes worthless.
pub fn open_writer(file: &str) -> anyhow::Result<Conn> {
    let mut conn = connect(file)?;
    conn.batch_execute("pragma cache_size = -32000")?;
    Ok(Conn::Sqlite(conn))
}

fn connect(file: &str) -> anyhow::Result<SqliteConnection> {
    qpsg::keep_plans();
    let mut conn = SqliteConnection::establish(file)
        .with_context(|| format!("cannot open the database {file}"))?;
    great_circle_km_utils::register_impl(&mut conn, great_circle)?;
    conn.batch_execute(SETTINGS).with_context(|| format!("cannot use the database {file}"))?;
    Ok(conn)
}

/// A connection that refuses to write.
pub fn open_reader(file: &str) -> anyhow::Result<Conn> {
    let mut conn = connect(file)?;
    conn.batch_execute("pragma query_only = on")?;
    Ok(Conn::Sqlite(conn))
}

/// The same, for what reads much and seldom the same: it keeps fewer pages in memory.
pub fn open_slow_reader(file: &str) -> anyhow::Result<Conn> {
    let mut conn = open_reader(file)?;
    conn.batch_execute("pragma cache_size = -8000")?;
    Ok(conn)
}

/// Moves what is in the write-ahead log into the file itself.
pub fn settle(file: &str) -> anyhow::Result<()> {
    Ok(connect(file)?.batch_execute("pragma wal_checkpoint(truncate)")?)
}

/// Brings the schema up to date.
pub fn migrate(file: &str) -> anyhow::Result<()> {
    let mut conn = connect(file)?;
    migrate::run(&mut conn, MIGRATIONS)
}
