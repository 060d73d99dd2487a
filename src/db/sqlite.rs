//! What only SQLite needs: readers that cannot write, and the one thread that does.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;

use anyhow::{Context, anyhow};
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::sql_types::{Double, Nullable};
use diesel::{Connection, QueryResult, SqliteConnection};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use tokio::sync::{mpsc, oneshot};

use super::readers::Readers;
use super::{Conn, Last, Tx, migrate, qpsg};
use crate::error::Result;
use crate::geo::Place;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

const SETTINGS: &str = "
    pragma busy_timeout = 5000;
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma foreign_keys = on;
    pragma cache_size = -32000;
    pragma wal_autocheckpoint = 4000;";

/// Writes that may share one commit.
const LARGEST_GROUP: usize = 256;

/// Writes that may wait in line before the next one waits outside.
const LONGEST_QUEUE: usize = 4 * LARGEST_GROUP;

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

/// The one thread that writes.
///
/// Writes that arrive while it is busy share the next commit, so a hundred of them wait for the
/// disk once and not a hundred times. Each has a savepoint of its own: one that fails, or panics,
/// takes nothing from the others. None is answered before the commit.
pub struct Writer(mpsc::Sender<Job>);

/// Does its part, and returns what is left to do at the end, and how to answer whoever waits for it.
type Job = Box<dyn FnOnce(&mut Conn) -> (Vec<Last>, Answer) + Send>;
type Answer = Box<dyn FnOnce(&QueryResult<()>)>;

impl Writer {
    pub fn start(file: String, readers: Arc<Readers>) -> anyhow::Result<Self> {
        let (jobs, queue) = mpsc::channel(LONGEST_QUEUE);
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || serve(&file, queue, &readers))?;
        Ok(Self(jobs))
    }

    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let mut last = Vec::new();
            let result = conn.transaction(|conn| {
                catch_unwind(AssertUnwindSafe(|| work(&mut Tx { conn, last: &mut last })))
                    .unwrap_or_else(|_| Err(anyhow!("a write panicked").into()))
            });
            if result.is_err() {
                last.clear();
            }
            let answer = Box::new(move |committed: &QueryResult<()>| {
                let _gone = answer.send(match committed {
                    Ok(()) => result,
                    Err(cause) => result.and(Err(anyhow!("not committed: {cause}").into())),
                });
            });
            (last, answer)
        });

        self.0.send(job).await.map_err(|_| anyhow!("the writer is gone"))?;
        answered.await.map_err(|_| anyhow!("the write was lost"))?
    }
}

fn serve(file: &str, mut queue: mpsc::Receiver<Job>, readers: &Readers) {
    let mut idle = None;
    while let Some(job) = queue.blocking_recv() {
        let conn = idle.take().map_or_else(|| connect(file).map(Conn::Sqlite), Ok);
        // A connection that could not commit is in doubt: the next group gets a fresh one.
        match conn.and_then(|conn| Ok(write_group(conn, job, &mut queue, readers)?)) {
            Ok(conn) => idle = Some(conn),
            Err(cause) => tracing::error!(?cause, "a group of writes was lost"),
        }
    }
}

fn write_group(
    mut conn: Conn,
    first: Job,
    queue: &mut mpsc::Receiver<Job>,
    readers: &Readers,
) -> QueryResult<Conn> {
    begin_immediate(&mut conn)?;
    let (mut last, answer) = first(&mut conn);
    let mut answers = vec![answer];
    while answers.len() < LARGEST_GROUP
        && let Ok(job) = queue.try_recv()
    {
        let (more, answer) = job(&mut conn);
        last.extend(more);
        answers.push(answer);
    }
    let committed = finish(&mut conn, last).and_then(|()| {
        let _commit = readers.make_way();
        Conn::commit_transaction(&mut conn)
    });
    for answer in answers {
        answer(&committed);
    }
    committed.map(|()| conn)
}

/// Does what was left for the end, for all of a group at once: an index of words writes what it has at
/// the end of each savepoint, so that a hundred of them would cost a hundred times as much.
fn finish(conn: &mut Conn, last: Vec<Last>) -> QueryResult<()> {
    let all = || last.into_iter().try_for_each(|work| work(conn));
    catch_unwind(AssertUnwindSafe(all)).unwrap_or(Err(diesel::result::Error::RollbackTransaction))
}

/// Takes the write lock up front, where waiting for another process is safe.
fn begin_immediate(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            AnsiTransactionManager::begin_transaction_sql(conn, "begin immediate")
        }
        Conn::Postgres(_) => unreachable!("the writer is SQLite's"),
    }
}
