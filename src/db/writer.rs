//! The one thread that writes to SQLite.
//!
//! Writes that arrive while it is busy share the next commit, so a hundred of them wait for the disk
//! once and not a hundred times. One that fails, or panics, takes nothing from the others, and none is
//! answered before the commit.
//!
//! A savepoint for each would copy every page that it touches. So they run without at first: only where
//! one fails after it has written something, all of them are undone, and run once more with savepoints.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use diesel::result::Error::RollbackTransaction;
use diesel::sql_types::BigInt;
use tokio::sync::{mpsc, oneshot};

use super::last::Left;
use super::readers::Readers;
use super::{Conn, Tx, fragment, sqlite, touched};
use crate::error::{Error, Result};
use crate::kept::Changes;

/// Writes that may share one commit.
const LARGEST_GROUP: usize = 256;

/// How often somebody looks whether another process has written.
const LOOK: Duration = Duration::from_millis(300);

/// Writes that may wait in line before the next one waits outside.
const LONGEST_QUEUE: usize = 4 * LARGEST_GROUP;

/// Those who write, in line for the one who does it.
pub struct Writer(mpsc::Sender<Message>);

enum Message {
    Write(Box<dyn Write>),
    /// Look whether another process has written.
    Look,
}

type Queue = mpsc::Receiver<Message>;

/// A write, from its arrival to its answer.
trait Write: Send {
    /// Does its part, perhaps more than once: what counts is the last time.
    fn run(&mut self, conn: &mut Conn) -> Outcome;

    /// What it left for the end.
    fn left(&mut self) -> Left;

    /// Answers whoever waits for it.
    fn answer(self: Box<Self>, committed: &QueryResult<()>);
}

/// How a write went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Done,
    Refused,
    /// And the database, or a panic, may be the reason: what became of the transaction is not known.
    Broken,
}

struct Job<W, T> {
    work: W,
    left: Left,
    done: Option<Result<T>>,
    answer: oneshot::Sender<Result<T>>,
}

impl<W, T> Write for Job<W, T>
where
    W: Fn(&mut Tx) -> Result<T> + Send,
    T: Send,
{
    fn run(&mut self, conn: &mut Conn) -> Outcome {
        let mut left = Left::default();
        let work = || (self.work)(&mut Tx { conn, left: &mut left });
        let done = catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| Err(anyhow!("a write panicked").into()));
        let outcome = match &done {
            Ok(_) => Outcome::Done,
            Err(Error::Internal(_) | Error::StorageFull) => Outcome::Broken,
            Err(_) => Outcome::Refused,
        };
        self.left = if outcome == Outcome::Done { left } else { Left::default() };
        self.done = Some(done);
        outcome
    }

    fn left(&mut self) -> Left {
        std::mem::take(&mut self.left)
    }

    fn answer(self: Box<Self>, committed: &QueryResult<()>) {
        let _gone = self.answer.send(match (self.done, committed) {
            (Some(done), Ok(())) => done,
            (Some(Err(why)), Err(_)) => Err(why),
            (_, Err(cause)) => Err(Error::of_commit(cause)),
            (None, Ok(())) => Err(anyhow!("the write was not run").into()),
        });
    }
}

impl Writer {
    /// Starts the thread.
    pub fn start(file: String, readers: Arc<Readers>) -> anyhow::Result<Self> {
        let (messages, queue) = mpsc::channel(LONGEST_QUEUE);
        let reminded = messages.downgrade();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || serve(&file, queue, &readers))?;
        thread::Builder::new().name("reminder".to_owned()).spawn(move || {
            while let Some(messages) = reminded.upgrade() {
                // Where the line is full, the writer does not sleep.
                let _full = messages.try_send(Message::Look);
                drop(messages);
                thread::sleep(LOOK);
            }
        })?;
        Ok(Self(messages))
    }

    /// Does some work in a transaction, which may be more than once: when this returns, it is on the
    /// disk, or undone.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let job = Job { work, left: Left::default(), done: None, answer };
        let write = Message::Write(Box::new(job));
        self.0.send(write).await.map_err(|_| anyhow!("the writer is gone"))?;
        answered.await.map_err(|_| anyhow!("the write was lost"))?
    }
}

/// Lets those who read go first where there are fewer processors than there is to do. Linux has a
/// niceness for each thread, POSIX only one for all of them.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        const NICENESS: i32 = 8;
        let own = rustix::thread::gettid();
        if let Err(err) = rustix::process::setpriority_process(Some(own), NICENESS) {
            tracing::debug!(%err, "the writer keeps its place among the others");
        }
    }
}

fn serve(file: &str, mut queue: Queue, readers: &Readers) {
    step_back();
    let mut idle = None;
    while let Some(message) = queue.blocking_recv() {
        let hand = idle.take().map_or_else(|| Hand::new(file), Ok);
        // A connection that could not commit is in doubt: the next group gets a fresh one.
        match hand.and_then(|hand| Ok(hand.serve(message, &mut queue, readers)?)) {
            Ok(hand) => idle = Some(hand),
            Err(cause) => tracing::error!(?cause, "a group of writes was lost"),
        }
    }
}

/// The connection that writes.
struct Hand {
    conn: Conn,
    /// What changes when another process writes, as it was when this one looked.
    version: Option<i64>,
    looked: Instant,
}

impl Hand {
    fn new(file: &str) -> anyhow::Result<Self> {
        Ok(Self { conn: sqlite::open_writer(file)?, version: None, looked: Instant::now() })
    }

    fn serve(
        mut self,
        message: Message,
        queue: &mut Queue,
        readers: &Readers,
    ) -> QueryResult<Self> {
        if let Message::Write(first) = message {
            self.conn = write_group(self.conn, first, queue, readers)?;
        }
        if self.version.is_none() || self.looked.elapsed() >= LOOK / 2 {
            self.look(readers)?;
        }
        Ok(self)
    }

    fn look(&mut self, readers: &Readers) -> QueryResult<()> {
        let began = Instant::now();
        let version = diesel::select(fragment::<BigInt>("data_version from pragma_data_version"));
        let version = Some(version.get_result(&mut self.conn)?);
        if version != self.version {
            drop(readers.make_way(&Changes::Anything));
        }
        readers.looked(began);
        (self.version, self.looked) = (version, Instant::now());
        Ok(())
    }
}

fn write_group(
    mut conn: Conn,
    first: Box<dyn Write>,
    queue: &mut Queue,
    readers: &Readers,
) -> QueryResult<Conn> {
    let mut group = Vec::new();
    let committed = run_group(&mut conn, first, queue, &mut group).and_then(|()| {
        finish(&mut conn, &mut group)?;
        check_depth(&mut conn)?;
        let _commit = readers.make_way(&touched::take());
        Conn::commit_transaction(&mut conn)
    });
    for write in group {
        write.answer(&committed);
    }
    committed.map(|()| conn)
}

/// Begins a transaction, and runs in it whoever has come by then.
fn run_group(
    conn: &mut Conn,
    first: Box<dyn Write>,
    queue: &mut Queue,
    group: &mut Vec<Box<dyn Write>>,
) -> QueryResult<()> {
    let begun = begin_immediate(conn);
    if begun.is_err() {
        group.push(first);
        return begun;
    }
    let mut is_careful = false;
    let mut next = Some(first);
    while let Some(mut write) = next.take() {
        let is_clean = match is_careful {
            true => run_apart(conn, &mut *write).map(|()| true)?,
            false => run_among_others(conn, &mut *write)?,
        };
        group.push(write);
        if !is_clean {
            is_careful = true;
            Conn::rollback_transaction(conn)?;
            begin_immediate(conn)?;
            group.iter_mut().try_for_each(|write| run_apart(conn, &mut **write))?;
        }
        if group.len() < LARGEST_GROUP {
            next = next_write(queue);
        }
    }
    Ok(())
}

/// Whoever waits already.
fn next_write(queue: &mut Queue) -> Option<Box<dyn Write>> {
    loop {
        match queue.try_recv().ok()? {
            Message::Write(write) => return Some(write),
            Message::Look => {}
        }
    }
}

/// Runs a write with a savepoint of its own.
fn run_apart(conn: &mut Conn, write: &mut dyn Write) -> QueryResult<()> {
    let done = conn.transaction(|conn| match write.run(conn) {
        Outcome::Done => Ok(()),
        Outcome::Refused | Outcome::Broken => Err(RollbackTransaction),
    });
    match done {
        Err(RollbackTransaction) => Ok(()),
        done => done,
    }
}

/// Runs a write without one. Tells whether what the others wrote is still all that there is.
fn run_among_others(conn: &mut Conn, write: &mut dyn Write) -> QueryResult<bool> {
    let before = changes(conn)?;
    Ok(match write.run(conn) {
        Outcome::Done => true,
        Outcome::Refused => changes(conn)? == before,
        Outcome::Broken => false,
    })
}

/// How many rows were changed on this connection, ever.
fn changes(conn: &mut Conn) -> QueryResult<i64> {
    diesel::select(fragment::<BigInt>("total_changes()")).get_result(conn)
}

/// Does what was left for the end, for all of a group at once.
fn finish(conn: &mut Conn, group: &mut [Box<dyn Write>]) -> QueryResult<()> {
    let mut left = Left::default();
    for write in &mut *group {
        left.append(write.left());
    }
    catch_unwind(AssertUnwindSafe(|| left.finish(conn))).unwrap_or(Err(RollbackTransaction))
}

/// Fails unless what comes next is the commit itself: not where a write that panicked has left a
/// savepoint of its own open.
fn check_depth(conn: &mut Conn) -> QueryResult<()> {
    let Conn::Sqlite(conn) = conn else { return Ok(()) };
    let status = AnsiTransactionManager::transaction_manager_status_mut(conn);
    match status.transaction_depth()?.map(NonZero::get) {
        Some(1) => Ok(()),
        _ => Err(RollbackTransaction),
    }
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
