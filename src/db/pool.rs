//! A few connections, used off the async workers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;
use deadpool::Runtime;
use deadpool::managed::{Manager, Metrics, Object, RecycleError, RecycleResult};
use diesel::connection::SimpleConnection;
use diesel::result::{DatabaseErrorKind, Error as DbError};
use tokio::task::spawn_blocking;

use super::Conn;
use crate::error::{Error, Result};

/// How long a request waits for a connection before it is told that too much is going on.
pub const WAIT: Duration = Duration::from_secs(5);

/// How long opening a connection may take.
const OPENING: Duration = Duration::from_secs(5);

/// How old a connection may get: what a failover or a restart left behind goes in the end.
const LIFETIME: Duration = Duration::from_mins(30);

/// A connection that nobody used for this long is asked whether it is still there.
const IDLE: Duration = Duration::from_secs(10);

/// Connections, opened when first needed. Cheap to clone.
#[derive(Clone)]
pub struct Pool {
    conns: deadpool::managed::Pool<Opener>,
    open: Open,
}

type Open = Arc<dyn Fn() -> anyhow::Result<Conn> + Send + Sync>;

struct Opener(Open);

/// A connection, and whether it has to be asked if it is still there.
struct Pooled {
    conn: Conn,
    slept: bool,
}

impl Manager for Opener {
    type Type = Pooled;
    type Error = anyhow::Error;

    async fn create(&self) -> anyhow::Result<Pooled> {
        let open = self.0.clone();
        let conn = spawn_blocking(move || open()).await??;
        Ok(Pooled { conn, slept: false })
    }

    async fn recycle(
        &self,
        pooled: &mut Pooled,
        metrics: &Metrics,
    ) -> RecycleResult<anyhow::Error> {
        // It is asked later, on a thread that may wait for the answer.
        pooled.slept = metrics.last_used() > IDLE;
        match metrics.age() > LIFETIME {
            true => Err(RecycleError::message("too old")),
            false => Ok(()),
        }
    }
}

impl Pool {
    pub fn new(
        size: usize,
        open: impl Fn() -> anyhow::Result<Conn> + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let open: Open = Arc::new(open);
        let conns = deadpool::managed::Pool::builder(Opener(open.clone()))
            .max_size(size)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(OPENING))
            .runtime(Runtime::Tokio1)
            .build()?;
        Ok(Self { conns, open })
    }

    /// Does `work` with a connection that nobody else uses meanwhile.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.get().await?.run(work).await
    }

    /// Waits for a connection.
    pub async fn get(&self) -> Result<Taken> {
        let pooled = self.conns.get().await.map_err(|err| {
            tracing::error!(%err, "no connection to the database");
            Error::Busy
        })?;
        Ok(Taken { pooled, open: self.open.clone() })
    }
}

/// A connection that nobody else uses.
pub struct Taken {
    pooled: Object<Opener>,
    open: Open,
}

impl Taken {
    /// Does `work` with it, on a thread that may wait.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let Self { mut pooled, open } = self;
        let task = move || {
            if pooled.slept && pooled.conn.batch_execute("select 1").is_err() {
                pooled.conn = open()?;
            }
            let result = caught(|| work(&mut pooled.conn));
            if is_in_doubt(&result) {
                drop(Object::take(pooled));
            }
            result
        };
        spawn_blocking(task).await.map_err(anyhow::Error::new)?
    }
}

/// Makes an error of a panic.
pub fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(anyhow!(Panicked).into()))
}

#[derive(Debug, thiserror::Error)]
#[error("work on a connection panicked")]
struct Panicked;

/// Why a connection is given up whose work has been answered already.
#[derive(Debug, thiserror::Error)]
#[error("the connection is in doubt")]
pub struct InDoubt;

/// Whether the connection may be the reason why it went wrong.
pub fn is_in_doubt<T>(result: &Result<T>) -> bool {
    let Err(Error::Internal(cause)) = result else { return false };
    match cause.downcast_ref::<DbError>() {
        Some(DbError::DatabaseError(kind, _)) => matches!(
            kind,
            DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::Unknown
        ),
        Some(DbError::BrokenTransactionManager | DbError::AlreadyInTransaction) => true,
        _ => cause.is::<Panicked>() || cause.is::<InDoubt>(),
    }
}
