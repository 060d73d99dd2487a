//! Writes to PostgreSQL that would wait for the same row, and so share a commit.
//!
//! One after the other, each of them would wait for the disk while the next ones wait for its row.
//! Here the first leads: it takes along whoever waits in its lane, in one transaction with a
//! savepoint for each. One that fails, or panics, takes nothing from the others, and one that
//! collided runs again, alone. None is answered before the commit. The rows are locked as ever: what
//! other servers write at the same time, waits and is waited for.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::anyhow;
use diesel::connection::SimpleConnection;
use diesel::result::Error as DbError;
use diesel::{Connection, QueryResult};
use tokio::sync::oneshot;

use super::pool::{InDoubt, Pool, WAIT, caught, is_in_doubt};
use super::{Conn, Tx, postgres};
use crate::error::{Error, Result};
use crate::kept::{Changes, Commits};

/// Writes that may share one commit. PostgreSQL remembers 64 savepoints of a transaction where others
/// find them fast.
const LARGEST_GROUP: usize = 64;

/// Those who wait, by what they wait for. Cheap to clone.
#[derive(Clone)]
pub struct Lanes {
    pool: Pool,
    commits: Commits,
    /// A lane is here for as long as somebody leads it.
    waiting: Arc<Mutex<HashMap<i64, Line>>>,
}

/// Those who wait for the same, the first first.
type Line = Vec<Box<dyn Turn>>;

impl Lanes {
    pub fn new(pool: Pool, commits: Commits) -> Self {
        Self { pool, commits, waiting: Arc::default() }
    }

    /// Does `work` with those who wait in the same lane.
    pub async fn run<T: Send + 'static>(
        &self,
        lane: i64,
        work: impl Fn(&mut Tx) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let turn = Job { work, done: None, since: Instant::now(), answer };
        if self.line_up(lane, Box::new(turn)) {
            // Not on the request of who came first, who may hang up.
            tokio::spawn(self.clone().lead(lane));
        }
        answered.await.map_err(|_| anyhow!("the write was lost"))?
    }

    /// Tells whether they are the first, whom nobody leads yet.
    fn line_up(&self, lane: i64, turn: Box<dyn Turn>) -> bool {
        match self.waiting().entry(lane) {
            Entry::Occupied(mut others) => {
                others.get_mut().push(turn);
                false
            }
            Entry::Vacant(place) => {
                place.insert(vec![turn]);
                true
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<i64, Line>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works a lane off, group by group: in between, others may have the connection.
    async fn lead(self, lane: i64) {
        while let Ok(conn) = self.pool.get().await {
            let lanes = self.clone();
            // Whatever went wrong with a group, they have been told, and the next one gets another
            // connection.
            let _told = conn.run(move |conn| lanes.serve(conn, lane)).await;
            let mut waiting = self.waiting();
            if waiting.get(&lane).is_none_or(Vec::is_empty) {
                waiting.remove(&lane);
                return;
            }
        }
        let left = self.waiting().remove(&lane);
        for turn in left.into_iter().flatten() {
            turn.refuse(Error::Busy);
        }
    }

    /// Runs, commits and answers those who are first in a lane.
    fn serve(&self, conn: &mut Conn, lane: i64) -> Result<()> {
        let mut group = self.next(lane);
        // Whoever is alone needs no savepoint.
        if group.len() > 1
            && let Err(cause) = self.write(conn, &mut group)
        {
            for turn in group {
                turn.lose(&cause);
            }
            return Err(anyhow!(InDoubt).into());
        }
        let (done, left): (Line, Line) = group.into_iter().partition(|turn| turn.is_done());
        for turn in done {
            turn.answer();
        }
        let mut left = left.into_iter();
        while let Some(turn) = left.next() {
            if !turn.write(conn, &self.commits) {
                self.waiting().entry(lane).or_default().splice(..0, left);
                return Err(anyhow!(InDoubt).into());
            }
        }
        Ok(())
    }

    /// Those who are first in a lane, without those who have waited too long.
    fn next(&self, lane: i64) -> Line {
        let mut waiting = self.waiting();
        let Some(all) = waiting.get_mut(&lane) else { return Line::new() };
        let overdue = all.iter().take_while(|turn| turn.since().elapsed() > WAIT).count();
        let mut group: Line = all.drain(..all.len().min(overdue + LARGEST_GROUP)).collect();
        drop(waiting);
        for turn in group.drain(..overdue) {
            turn.refuse(Error::Busy);
        }
        group
    }

    fn write(&self, conn: &mut Conn, group: &mut Line) -> QueryResult<()> {
        let mut commit = None;
        let committed = conn.transaction(|conn| {
            let mut savepoint = "savepoint turn";
            for turn in group {
                conn.batch_execute(savepoint)?;
                if !turn.run(conn) {
                    conn.batch_execute("rollback to savepoint turn")?;
                }
                savepoint = "release savepoint turn; savepoint turn";
            }
            commit = Some(self.commits.begin(&Changes::Anything));
            Ok(())
        });
        drop(commit);
        committed
    }
}

/// Somebody's write, while it waits and while it is done.
trait Turn: Send {
    /// Since when it waits.
    fn since(&self) -> Instant;

    /// Does it, among others. Tells whether that may stay.
    fn run(&mut self, conn: &mut Conn) -> bool;

    /// Whether it was done among others, and did not collide.
    fn is_done(&self) -> bool;

    /// Answers, after the commit.
    fn answer(self: Box<Self>);

    /// Does it alone, and answers. Tells whether the connection is good for more.
    fn write(self: Box<Self>, conn: &mut Conn, commits: &Commits) -> bool;

    /// Answers that there was no commit.
    fn lose(self: Box<Self>, cause: &DbError);

    /// Answers that it was not tried.
    fn refuse(self: Box<Self>, why: Error);
}

struct Job<T, W> {
    work: W,
    done: Option<Result<T>>,
    since: Instant,
    answer: oneshot::Sender<Result<T>>,
}

impl<T, W> Job<T, W> {
    fn tell(self, done: Result<T>) {
        let _gone = self.answer.send(done);
    }
}

impl<T: Send, W: Fn(&mut Tx) -> Result<T> + Send> Turn for Job<T, W> {
    fn since(&self) -> Instant {
        self.since
    }

    fn run(&mut self, conn: &mut Conn) -> bool {
        let done = caught(|| postgres::to_the_end(conn, &self.work));
        let stays = done.is_ok();
        self.done = Some(done).filter(|done| !postgres::has_collided(done));
        stays
    }

    fn is_done(&self) -> bool {
        self.done.is_some()
    }

    fn answer(mut self: Box<Self>) {
        if let Some(done) = self.done.take() {
            self.tell(done);
        }
    }

    fn write(self: Box<Self>, conn: &mut Conn, commits: &Commits) -> bool {
        let done = caught(|| postgres::write(conn, commits, &self.work));
        let is_sound = !is_in_doubt(&done);
        self.tell(done);
        is_sound
    }

    fn lose(mut self: Box<Self>, cause: &DbError) {
        let lost = || Err(Error::of_commit(cause));
        let done = self.done.take().filter(Result::is_err).unwrap_or_else(lost);
        self.tell(done);
    }

    fn refuse(self: Box<Self>, why: Error) {
        self.tell(Err(why));
    }
}
