//! What only PostgreSQL needs.

use anyhow::{Context, anyhow};
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as DbError};
use diesel::{Connection, PgConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use super::last::Left;
use super::{Conn, Tx, migrate};
use crate::error::{Error, Result};
use crate::kept::{Changes, Commits};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How often a transaction that collided with another is run before we give up.
const TRIES: usize = 10;

pub fn open(url: &str) -> anyhow::Result<Conn> {
    connect(url).map(Conn::Postgres)
}

fn connect(url: &str) -> anyhow::Result<PgConnection> {
    let mut conn = PgConnection::establish(url).map_err(|err| {
        // libpq writes some lines of advice, one below the other.
        let said = err.to_string();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        anyhow!("cannot connect to PostgreSQL: {said}")
    })?;
    // A bound LIMIT would make PostgreSQL plan every list anew, which costs more than running it.
    conn.batch_execute("set plan_cache_mode = force_generic_plan; set time zone 'UTC'")?;
    Ok(conn)
}

/// How long to wait for a server that is silent, in libpq's words: the system would wait for hours.
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("tcp_user_timeout", "30000"),
    ("keepalives_idle", "30"),
    ("keepalives_interval", "10"),
    ("keepalives_count", "3"),
];

/// The same URL, which says how long to wait for a server that is silent; what it says itself, stays.
pub fn with_patience(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else { return url.to_owned() };
    let named: Vec<String> = parsed.query_pairs().map(|(key, _)| key.into_owned()).collect();
    let missing = PATIENCE.iter().filter(|(key, _)| named.iter().all(|it| it != key));
    parsed.query_pairs_mut().extend_pairs(missing);
    parsed.into()
}

/// The same URL, told where this system keeps the authorities it trusts.
///
/// The OpenSSL inside the binary looks for them where it was built, which is nowhere here.
pub fn with_authorities(url: &str) -> String {
    let Ok(mut parsed) = url::Url::parse(url) else { return url.to_owned() };
    let verifies = parsed
        .query_pairs()
        .any(|(key, value)| key == "sslmode" && matches!(&*value, "verify-full" | "verify-ca"));
    let named = parsed.query_pairs().any(|(key, value)| key == "sslrootcert" && value != "system");
    let Some(file) = openssl_probe::probe().cert_file.filter(|_| verifies && !named) else {
        return url.to_owned();
    };

    let others: Vec<(String, String)> =
        parsed.query_pairs().into_owned().filter(|(key, _)| key != "sslrootcert").collect();
    let file = file.to_string_lossy().into_owned();
    parsed.query_pairs_mut().clear().extend_pairs(others).append_pair("sslrootcert", &file);
    parsed.into()
}

/// Several servers may start at once: the first migrates while the others wait.
pub fn migrate(url: &str) -> anyhow::Result<()> {
    let mut conn = connect(url)?;
    conn.batch_execute("select pg_advisory_lock(6737)").context("cannot lock the schema")?;
    migrate::run(&mut conn, MIGRATIONS)
}

pub fn write<T>(
    conn: &mut Conn,
    commits: &Commits,
    work: impl Fn(&mut Tx) -> Result<T>,
) -> Result<T> {
    let mut run = || {
        let mut commit = None;
        let done = conn.transaction(|conn| {
            let done = to_the_end(conn, &work)?;
            commit = Some(commits.begin(&Changes::Anything));
            Ok(done)
        });
        drop(commit);
        done
    };
    for _ in 1..TRIES {
        let done = run();
        if !has_collided(&done) {
            return done;
        }
    }
    run()
}

/// Does some work, and what it left for the end.
pub fn to_the_end<T>(conn: &mut Conn, work: &impl Fn(&mut Tx) -> Result<T>) -> Result<T> {
    let mut left = Left::default();
    let done = work(&mut Tx { conn, left: &mut left })?;
    left.finish(conn)?;
    Ok(done)
}

/// Whether a transaction may go better the next time.
pub fn has_collided<T>(done: &Result<T>) -> bool {
    use DatabaseErrorKind::{ForeignKeyViolation, SerializationFailure, UniqueViolation};
    let Err(Error::Internal(cause)) = done else { return false };
    match cause.downcast_ref() {
        // What was looked at came, or went, before it was written: the next run sees it.
        Some(DbError::DatabaseError(
            SerializationFailure | ForeignKeyViolation | UniqueViolation,
            _,
        )) => true,
        Some(DbError::DatabaseError(_, info)) => info.message() == "deadlock detected",
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{with_authorities, with_patience};

    #[test]
    fn a_server_that_is_silent_is_not_waited_for_without_end() {
        let patient =
            with_patience("postgres://ada:p%40ss@db/owambe?sslmode=require&connect_timeout=9");
        let expected = "postgres://ada:p%40ss@db/owambe?sslmode=require&connect_timeout=9&\
                        tcp_user_timeout=30000&keepalives_idle=30&keepalives_interval=10&\
                        keepalives_count=3";
        assert_eq!(patient, expected);
        assert!(with_patience("postgresql:///owambe?host=/run/x").contains("connect_timeout=5"));
    }

    #[test]
    fn only_a_url_that_verifies_and_names_no_authorities_is_told_the_systems() {
        let plain = "postgres://ada@db/owambe?sslmode=require";
        assert_eq!(with_authorities(plain), plain);
        let own = "postgres://ada@db/owambe?sslmode=verify-full&sslrootcert=/etc/own.pem";
        assert_eq!(with_authorities(own), own);

        let verified = with_authorities("postgres://ada@db/owambe?sslmode=verify-full");
        assert!(verified.contains("sslrootcert=%2F"), "{verified}");
        let system = with_authorities("postgres://db/o?sslmode=verify-full&sslrootcert=system");
        assert!(!system.contains("system"), "{system}");
    }
}
