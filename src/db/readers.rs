//! SQLite's readers of what is small: a few connections, each with a snapshot that it keeps for as
//! long as nobody writes.
//!
//! To begin and end a snapshot takes locks of the system, and with several statements for each
//! request that was a fifth of what a request took. Before a commit the snapshots end, and while it
//! is under way each statement has its own: the log can be emptied only where nobody reads of it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::QueryResult;
use diesel::connection::SimpleConnection;

use super::Conn;
use super::sqlite::open_reader;
use crate::error::{Error, Result};
use crate::kept::{Changes, Commit, Commits, Moment};

/// How often somebody looks for snapshots that nobody renews.
const SWEEP: Duration = Duration::from_millis(500);

/// Those who read. Each thread has its own place, as long as there are enough.
pub struct Readers {
    file: String,
    commits: Commits,
    places: Vec<Mutex<Option<Reader>>>,
}

struct Reader {
    conn: Conn,
    /// When its snapshot began, if it has one.
    since: Option<Moment>,
}

impl Readers {
    /// As many as there are processors, opened when first needed.
    pub fn new(file: String, commits: Commits) -> anyhow::Result<Arc<Self>> {
        let places = thread::available_parallelism().map_or(1, usize::from);
        let places = (0..places).map(|_| Mutex::new(None)).collect();
        let readers = Arc::new(Self { file, commits, places });
        let swept = Arc::downgrade(&readers);
        thread::Builder::new().name("readers".to_owned()).spawn(move || {
            while let Some(readers) = swept.upgrade() {
                readers.sweep();
                drop(readers);
                thread::sleep(SWEEP);
            }
        })?;
        Ok(readers)
    }

    /// Reads on the thread that asks.
    pub fn read<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut place = self.place();
        let mut reader = self.ready(place.take())?;
        let done = catch_unwind(AssertUnwindSafe(|| work(&mut reader.conn)));
        let is_over = self.commits.moment().is_quiet() || reader.end().is_ok();
        // Otherwise the connection may be the reason, and the next one who reads gets a fresh one.
        let is_sound = !matches!(done, Err(_) | Ok(Err(Error::Internal(_) | Error::StorageFull)));
        *place = Some(reader).filter(|_| is_over && is_sound);
        // What a panic drops on its way is taken for broken.
        drop(place);
        done.unwrap_or_else(|panic| resume_unwind(panic))
    }

    /// A reader with the right snapshot: this one, or a new one where there is none that can have it.
    fn ready(&self, reader: Option<Reader>) -> Result<Reader> {
        let now = self.commits.moment();
        if let Some(mut reader) = reader
            && reader.renew(now).is_ok()
        {
            return Ok(reader);
        }
        let mut reader = Reader { conn: open_reader(&self.file)?, since: None };
        reader.renew(now)?;
        Ok(reader)
    }

    /// The thread's own place, or one that is free.
    fn place(&self) -> MutexGuard<'_, Option<Reader>> {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            static THREAD: Cell<usize> = Cell::new(THREADS.fetch_add(1, Ordering::Relaxed));
        }
        let own = THREAD.get();
        let place = |number: usize| &self.places[number % self.places.len()];
        let mut all = (own..own + self.places.len()).map(place);
        let free = all.find_map(|place| place.try_lock().ok());
        free.unwrap_or_else(|| place(own).lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Ends the snapshots that are too old, so that the log can be emptied behind them.
    fn sweep(&self) {
        let now = self.commits.moment();
        for place in &self.places {
            let mut place = place.lock().unwrap_or_else(PoisonError::into_inner);
            let old = place.as_mut().filter(|reader| !reader.holds(now));
            if old.is_some_and(|reader| reader.end().is_err()) {
                *place = None;
            }
        }
    }

    /// Counts a commit that is about to begin, and ends the snapshots that nobody is using.
    pub fn make_way(&self, changes: &Changes) -> Commit {
        let commit = self.commits.begin(changes);
        for place in &self.places {
            let Ok(mut place) = place.try_lock() else { continue };
            if place.as_mut().is_some_and(|reader| reader.end().is_err()) {
                *place = None;
            }
        }
        commit
    }

    /// Notes that what other processes had written by this time has been counted.
    pub fn looked(&self, at: Instant) {
        self.commits.looked(at);
    }

    /// Closes them all.
    pub fn close(&self) {
        for place in &self.places {
            *place.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }
}

impl Reader {
    fn holds(&self, now: Moment) -> bool {
        self.since.is_some_and(|since| since.still_holds(now))
    }

    /// Begins a new snapshot, unless what it has is what it would read now, or a commit is under way.
    fn renew(&mut self, now: Moment) -> QueryResult<()> {
        if self.holds(now) {
            return Ok(());
        }
        self.end()?;
        if !now.is_quiet() {
            return Ok(());
        }
        self.conn.batch_execute("begin")?;
        self.since = Some(now);
        Ok(())
    }

    fn end(&mut self) -> QueryResult<()> {
        match self.since.take() {
            Some(_) => self.conn.batch_execute("commit"),
            None => Ok(()),
        }
    }
}
