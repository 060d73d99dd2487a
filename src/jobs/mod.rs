//! Work for later: noted in the transaction that causes it, done by the server on its own, and once
//! even where several servers share a database.
//!
//! There is one job for each kind and subject. Whoever runs it holds a claim on it; a claim that has
//! run out belonged to a server that died. What fails is tried again, later and later, and in the
//! end given up on: then it stays in the table, with what was wrong, for `owambe jobs` to show.

mod store;

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::clock::{self, Instant};
use crate::db::{Conn, Db, Tx};
use crate::error::{Error, Result};
use crate::schema::jobs;

crate::id! {
    /// Identifies a [`Job`].
    JobId
}

crate::word! {
    /// What there is to do. The subject says to what.
    Kind {
        DiscardFile = "discard_file",
        VerifyAddress = "verify_address",
        ResetPassword = "reset_password",
        MailNotifications = "mail_notifications",
        MailInvitation = "mail_invitation",
    }
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq, diesel::HasQuery)]
#[diesel(table_name = jobs)]
pub struct Job {
    /// Identifies it.
    pub id: JobId,
    /// What to do.
    pub kind: Kind,
    /// To what.
    pub subject: String,
    /// How often it was begun.
    pub attempts: i64,
}

/// A job as it is shown: also one of a kind that a newer program knows.
#[derive(Clone, Debug, PartialEq, Eq, diesel::HasQuery)]
#[diesel(table_name = jobs)]
#[expect(missing_docs, reason = "the same as in Job")]
pub struct Listed {
    pub id: JobId,
    pub kind: String,
    pub subject: String,
    pub attempts: i64,
    pub run_at: Instant,
    pub error: Option<String>,
    pub failed_at: Option<Instant>,
    pub claimed_until: Option<Instant>,
}

/// What came of a job that did not fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done.
    Done,
    /// It is not its time yet.
    Later(Instant),
    /// Others have to be there first. It is tried again then, and not given up on.
    Waits {
        /// Until when.
        until: Instant,
        /// For what.
        why: String,
    },
}

/// After so many attempts nobody tries any more.
const MOST_ATTEMPTS: i64 = 12;

/// Jobs that are looked up at once.
const BATCH: i64 = 20;

/// How often somebody looks whether there is anything to do.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a job may take, and for how long nobody else touches it.
const LONGEST: Duration = Duration::from_mins(5);
const CLAIM: TimeDelta = TimeDelta::minutes(10);

/// Notes something to do, not before `run_at`. Where it is noted already, it is done once more after
/// that.
pub fn enqueue(tx: &mut Tx, kind: Kind, subject: &str, run_at: Instant) -> Result<()> {
    Ok(store::enqueue(tx, kind, subject, run_at, clock::now())?)
}

/// Strikes out what nobody does at the moment.
pub fn cancel(tx: &mut Tx, kind: Kind, subject: &str) -> Result<()> {
    Ok(store::cancel(tx, kind, subject)?)
}

/// Whether somebody is doing it at the moment. Until the transaction ends nobody begins to.
pub fn is_under_way(tx: &mut Tx, kind: Kind, subject: &str) -> Result<bool> {
    Ok(store::is_under_way(tx, kind, subject, clock::now())?)
}

/// What there is to do, what was given up on first.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Listed>> {
    Ok(store::list(conn, limit)?)
}

/// Takes up again what was given up on: one job, or all of them. Tells how many.
pub fn retry(tx: &mut Tx, id: Option<JobId>) -> Result<usize> {
    Ok(store::retry(tx, id, clock::now())?)
}

/// Does what is due, again and again, until it is told to stop; what is begun then is finished.
/// `run` says how.
pub async fn attend<F>(db: Db, mut stop: watch::Receiver<bool>, run: impl Fn(Job) -> F)
where
    F: Future<Output = Result<Outcome>>,
{
    while !*stop.borrow() {
        let is_over = || *stop.borrow();
        match run_until(&db, &run, is_over).await {
            Ok(1..) => continue,
            Ok(0) => {}
            Err(err) => tracing::warn!(error = %cause(&err), "cannot look for jobs"),
        }
        let _told_or_not = tokio::time::timeout(PAUSE, stop.wait_for(|stop| *stop)).await;
    }
}

/// Does what is due now. Tells how many jobs that were.
pub async fn run_due<F>(db: &Db, run: impl Fn(Job) -> F) -> Result<usize>
where
    F: Future<Output = Result<Outcome>>,
{
    run_until(db, run, || false).await
}

async fn run_until<F>(db: &Db, run: impl Fn(Job) -> F, is_over: impl Fn() -> bool) -> Result<usize>
where
    F: Future<Output = Result<Outcome>>,
{
    let due = db.read(|conn| Ok(store::due(conn, clock::now(), BATCH)?)).await?;
    let mut done = 0;
    for id in due {
        if is_over() {
            break;
        }
        match run_one(db, id, &run).await {
            Ok(was_free) => done += usize::from(was_free),
            // The others are none the worse for it.
            Err(err) => tracing::warn!(%id, error = %cause(&err), "cannot do a job"),
        }
    }
    Ok(done)
}

/// Does a job, if nobody else is doing it.
async fn run_one<F>(db: &Db, id: JobId, run: impl Fn(Job) -> F) -> Result<bool>
where
    F: Future<Output = Result<Outcome>>,
{
    let until = clock::now().plus(CLAIM);
    let claimed = db.write(move |tx| Ok(store::claim(tx, id, clock::now(), until)?)).await?;
    let Some(job) = claimed else { return Ok(false) };
    let outcome = tokio::time::timeout(LONGEST, run(job.clone())).await;
    let outcome = outcome.unwrap_or_else(|_| Err(anyhow::anyhow!("it took too long").into()));
    settle(db, job, until, outcome).await.map(|()| true)
}

/// Writes down what came of a job.
async fn settle(db: &Db, job: Job, until: Instant, outcome: Result<Outcome>) -> Result<()> {
    let id = job.id;
    let err = match outcome {
        Ok(Outcome::Done) => return db.write(move |tx| Ok(store::finish(tx, id, until)?)).await,
        Ok(Outcome::Later(at)) => {
            return db.write(move |tx| Ok(store::postpone(tx, id, until, at, None)?)).await;
        }
        Ok(Outcome::Waits { until: at, why }) => {
            return db.write(move |tx| Ok(store::postpone(tx, id, until, at, Some(&why))?)).await;
        }
        Err(err) => cause(&err),
    };
    let now = clock::now();
    let gives_up = job.attempts >= MOST_ATTEMPTS;
    if gives_up {
        tracing::error!(%id, kind = job.kind.as_str(), job.subject, err, "gave up on a job");
    } else {
        tracing::warn!(%id, kind = job.kind.as_str(), job.subject, err, "a job failed");
    }
    let next = now.plus(delay(job.attempts));
    let failed_at = gives_up.then_some(now);
    db.write(move |tx| Ok(store::fail(tx, id, until, &err, next, failed_at)?)).await
}

/// How long to wait after so many attempts: from some ten seconds to some hours, not all at the
/// same moment.
fn delay(attempts: i64) -> TimeDelta {
    let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(10);
    let seconds = 10_i64 << doublings;
    TimeDelta::seconds(seconds + rand::random_range(0..=seconds / 4))
}

/// What went wrong, with what is not for strangers.
fn cause(err: &Error) -> String {
    match err {
        Error::Internal(cause) | Error::StorageDown(cause) => format!("{cause:#}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_gets_longer_and_has_an_end() {
        let bounds = |attempts| {
            let seconds = delay(attempts).num_seconds();
            (seconds >= 10, seconds <= 4 * 3600)
        };
        assert!((1..=MOST_ATTEMPTS * 10).all(|attempts| bounds(attempts) == (true, true)));
        assert!(delay(1) < delay(4) && delay(4) < delay(8));
    }
}
