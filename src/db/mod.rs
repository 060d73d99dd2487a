//! One database handle, two engines: SQLite by default, PostgreSQL when outgrown.
//!
//! Queries are written once, in each feature's `store.rs`; the compiler checks them against
//! [`schema`](crate::schema) and for both engines. Where the two truly differ, [`each!`](crate::each) says so.
//!
//! Everything done with a connection is synchronous, and that is the point: nothing slow can be
//! awaited inside a transaction.

mod again;
mod column;
mod conn;
mod fragment;
mod lanes;
mod last;
mod migrate;
mod pool;
mod postgres;
mod qpsg;
mod readers;
mod sqlite;
mod touched;
mod worded;
mod writer;

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use diesel::Connection;
use diesel::connection::SimpleConnection;

pub use again::{Again, again};
pub use conn::{Conn, MultiBackend, MultiRawValue};
pub use fragment::{Fragment, Nothing, fragment};
pub use last::AtTheEnd;
pub use worded::{OneOf, Settled, Worded, Wording, one_of, settled, worded};

use crate::error::{Error, Result};
use crate::kept::{Commits, Moment, Read, Row};
use lanes::Lanes;
use last::Left;
use pool::Pool;
use readers::Readers;
use writer::Writer;

/// A connection in a transaction, made and committed by [`Db::write`]. With one you may write.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    left: &'a mut Left,
}

/// Whichever database the URL names. Cheap to clone.
#[derive(Clone)]
pub struct Db(Arc<Engine>, Commits);

enum Engine {
    Sqlite { file: String, readers: Arc<Readers>, slow: Pool, writer: Writer },
    Postgres { pool: Pool, slow: Pool, lanes: Lanes },
}

/// Connections that slow reads may hold at once.
const SLOW: usize = 2;

/// Connections to PostgreSQL for everything else.
const QUICK: usize = 8;

impl Db {
    /// Opens the database and brings its schema up to date.
    pub fn open(url: &str) -> anyhow::Result<Self> {
        let url = url.to_owned();
        let is_postgres = is_postgres(&url);
        let commits = if is_postgres { Commits::default() } else { Commits::by_row() };
        let engine = if is_postgres {
            let url = postgres::with_authorities(&postgres::with_patience(&url));
            postgres::migrate(&url)?;
            let open = move || postgres::open(&url);
            let pool = Pool::new(QUICK, open.clone())?;
            let lanes = Lanes::new(pool.clone(), commits.clone());
            Engine::Postgres { pool, slow: Pool::new(SLOW, open)?, lanes }
        } else {
            let file = url.strip_prefix("sqlite://").unwrap_or(&url).to_owned();
            sqlite::migrate(&file)?;
            let readers = Readers::new(file.clone(), commits.clone())?;
            let writer = Writer::start(file.clone(), readers.clone())?;
            let path = file.clone();
            let slow = Pool::new(SLOW, move || sqlite::open_slow_reader(&path))?;
            Engine::Sqlite { file, readers, writer, slow }
        };
        Ok(Self(Arc::new(engine), commits))
    }

    /// Reads something small.
    ///
    /// SQLite answers in microseconds, less than it takes to hand the work to another thread.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &*self.0 {
            Engine::Sqlite { readers, .. } => readers.read(work),
            Engine::Postgres { pool, .. } => pool.run(work).await,
        }
    }

    /// Reads something that may take long (a search, a count, an export), out of everyone's way. On
    /// SQLite all of it is of one moment.
    pub async fn read_slow<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &*self.0 {
            Engine::Sqlite { slow, .. } => slow.run(|conn| conn.transaction(work)).await,
            Engine::Postgres { slow, .. } => slow.run(work).await,
        }
    }

    /// Runs `work` in a transaction: all of it is on disk when this returns, or none of it is.
    ///
    /// It may have to be run again, so it borrows what it uses.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let done = match &*self.0 {
            Engine::Sqlite { writer, .. } => writer.run(work).await,
            Engine::Postgres { pool, .. } => {
                let commits = self.1.clone();
                pool.run(move |conn| postgres::write(conn, &commits, work)).await
            }
        };
        done.map_err(gone)
    }

    /// The same for what locks one row that many may ask for at once, such as a popular event: on
    /// PostgreSQL those of a `lane`, which is the row's number, share a commit instead of waiting for
    /// each other's. On SQLite all do anyway.
    pub async fn write_in_turn<T: Send + 'static>(
        &self,
        lane: i64,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        match &*self.0 {
            Engine::Sqlite { .. } => self.write(work).await,
            Engine::Postgres { lanes, .. } => lanes.run(lane, work).await.map_err(gone),
        }
    }

    /// This moment, as [`Kept`](crate::kept::Kept) is asked: taken before something is read.
    pub fn moment(&self) -> Moment {
        self.1.moment()
    }

    /// What was read since `before`, of these rows alone: see [`Commits::read_of`].
    pub fn read_of(&self, before: Moment, rows: &[Row]) -> Option<Read> {
        self.1.read_of(before, rows)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.read(|conn| Ok(conn.batch_execute("select 1")?)).await
    }

    /// Leaves everything in one file, so that whoever copies it copies all of it. For the end.
    pub fn settle(&self) -> anyhow::Result<()> {
        match &*self.0 {
            Engine::Sqlite { file, readers, .. } => {
                readers.close();
                sqlite::settle(file)
            }
            Engine::Postgres { .. } => Ok(()),
        }
    }

    /// Tells the query planner what is in the tables, after much of it has changed.
    pub async fn analyze(&self) -> Result<()> {
        self.write(|tx| Ok(tx.conn().batch_execute("analyze")?)).await
    }
}

/// Whether a database URL names PostgreSQL.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

impl Tx<'_> {
    /// The connection to write with. Only a store asks for it.
    pub fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// Leaves something to be done just before the commit, in the same transaction.
    pub fn at_the_end(&mut self, work: impl AtTheEnd) {
        self.left.push(work);
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}

/// Compiles a query once for each engine, for the few that diesel will not build for both at once.
#[macro_export]
macro_rules! each {
    ($conn:expr, |$inner:ident| $query:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($inner) => $query,
            $crate::db::Conn::Postgres($inner) => $query,
        }
    };
}

/// Locks one row until the transaction ends, so that what was read of it still holds when it is
/// written. SQLite has one writer at a time and needs nothing.
#[macro_export]
macro_rules! lock {
    ($conn:expr, $row:expr, $column:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite(_) => Ok(()),
            $crate::db::Conn::Postgres(conn) => {
                $row.select($column).for_update().execute(conn).map(drop)
            }
        }
    };
}

/// What refers to something that went in the same moment, such as the caller's account, says so.
fn gone(err: Error) -> Error {
    use diesel::result::DatabaseErrorKind::ForeignKeyViolation;
    use diesel::result::Error::DatabaseError;
    match &err {
        Error::Internal(cause) => match cause.downcast_ref() {
            Some(DatabaseError(ForeignKeyViolation, _)) => Error::NotFound("thing any more"),
            _ => err,
        },
        _ => err,
    }
}
