//! What was read, kept in memory for as long as nobody writes.
//!
//! Once a write is acknowledged, or anybody was shown it, nobody on this server is shown what was there
//! before it: each commit is counted before it begins and when it is over, and what was read is shown
//! only where none has begun since before the reading. What other processes wrote, and what is so by
//! the time of day alone, is shown within a second, because nothing is kept for longer. An answer that
//! differs by who asks is never put here.
//!
//! What is made of a few rows alone, whatever the time of day, is kept until one of them is written, for
//! as long as it takes, where the database tells which rows are: SQLite does (`kept/rows.rs`).

pub mod made;
mod rows;

use std::any::Any;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;

pub use rows::{Changes, Row};
use rows::{Counters, Versions};

use crate::error::{Error, Result};

/// How long something is kept at most. An answer is made of a page, which is read from a snapshot, and
/// each of the three may be as old as this when the next one is made of it: a second in all.
const LONGEST: Duration = Duration::from_millis(300);

/// How much is kept at most, in bytes.
const MOST: u64 = 48 << 20;

/// How many things that are, about.
const USUAL_ENTRIES: usize = 32 << 10;

/// The largest thing that is kept, in bytes.
const LARGEST: usize = 256 << 10;

/// How many questions are remembered, to tell what is asked often.
const ASKED: u64 = 1024;

/// How many different things that take long are worked out at once, at most.
const TURNS: u64 = 64;

/// How long somebody waits for their turn before they are told that too much is going on.
const LONGEST_TURN: Duration = Duration::from_secs(5);

/// What an entry takes beside its key and its value, in bytes, about.
const OVERHEAD: usize = 512;

/// How many commits there have been. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    begun: AtomicU64,
    over: AtomicU64,
    /// Where the database tells which rows it writes.
    rows: Option<Counters>,
}

/// A commit that is under way, until it is dropped: before anybody hears of it.
#[derive(Debug)]
pub struct Commit {
    commits: Commits,
    counters: Vec<usize>,
}

/// When something was read, and what of.
#[derive(Clone, Debug)]
pub struct Read(ReadOf);

#[derive(Clone, Debug)]
enum ReadOf {
    /// Of anything, at this moment.
    Anything(Moment),
    /// Of these rows alone.
    Rows(Commits, Versions),
}

/// A moment, taken before something is read.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    begun: u64,
    over: u64,
    at: Instant,
}

impl Commits {
    /// Of a database that tells which rows each of them changes.
    pub fn by_row() -> Self {
        Self(Arc::new(Counts { rows: Some(Counters::default()), ..Counts::default() }))
    }

    /// Notes that what other processes had written by this time has been counted.
    pub fn looked(&self, at: Instant) {
        if let Some(rows) = &self.0.rows {
            rows.looked(at);
        }
    }

    /// Counts one that is about to begin.
    pub fn begin(&self, changes: &Changes) -> Commit {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        let counters = self.0.rows.as_ref().map(|rows| rows.begin(changes));
        Commit { commits: self.clone(), counters: counters.unwrap_or_default() }
    }

    /// What was read since `before`, of these rows alone; of anything, where the database does not tell
    /// which are written. `None` where it cannot be told which state of them it was.
    pub fn read_of(&self, before: Moment, rows: &[Row]) -> Option<Read> {
        let Some(counters) = &self.0.rows else { return Some(before.into()) };
        // In this order: a commit that these versions count may have come after the reading.
        let versions = counters.versions(rows)?;
        let now = self.moment();
        let nobody_began_or_ended = (before.begun, before.over) == (now.begun, now.over);
        nobody_began_or_ended.then(|| Read(ReadOf::Rows(self.clone(), versions)))
    }

    /// This very moment.
    pub fn moment(&self) -> Moment {
        // In this order, a commit that comes in between looks as if it were under way.
        let over = self.0.over.load(Ordering::SeqCst);
        Moment { begun: self.0.begun.load(Ordering::SeqCst), over, at: Instant::now() }
    }
}

impl Drop for Commit {
    fn drop(&mut self) {
        let Counts { over, rows, .. } = &*self.commits.0;
        // In this order: who sees the rows' new versions, sees too that a commit has ended since they read.
        over.fetch_add(1, Ordering::SeqCst);
        if let Some(rows) = rows {
            rows.end(&self.counters);
        }
    }
}

impl From<Moment> for Read {
    fn from(moment: Moment) -> Self {
        Self(ReadOf::Anything(moment))
    }
}

impl Read {
    /// Whether what was read then is what would be read now.
    fn still_holds(&self, now: Moment) -> bool {
        match &self.0 {
            ReadOf::Anything(moment) => moment.still_holds(now),
            ReadOf::Rows(commits, versions) => {
                commits.0.rows.as_ref().is_some_and(|rows| rows.are(versions, now.at))
            }
        }
    }

    /// Whether it is worth keeping: not what is asked for the first time in a while, if it is not kept
    /// for long. Most of that is not asked for again.
    fn is_worth_it(&self, is_asked_often: impl FnOnce() -> bool) -> bool {
        match &self.0 {
            ReadOf::Anything(moment) => moment.is_quiet() && is_asked_often(),
            ReadOf::Rows(..) => true,
        }
    }
}

impl Moment {
    /// Whether no commit is under way.
    pub fn is_quiet(self) -> bool {
        self.begun == self.over
    }

    /// Whether what was read then is what would be read now.
    pub fn still_holds(self, now: Self) -> bool {
        let nobody_wrote = self.is_quiet() && now.is_quiet() && self.over == now.over;
        nobody_wrote && now.at.duration_since(self.at) < LONGEST
    }
}

/// Things of any kind, by what was asked. Cheap to clone.
#[derive(Clone)]
pub struct Kept(Arc<Memory>);

struct Memory {
    entries: Cache<String, Entry, Weights>,
    hasher: RandomState,
    /// What was asked a moment ago, as hashes.
    asked: Vec<AtomicU64>,
    /// Who works out what takes long, as hashes of what is asked.
    turns: Vec<Mutex<()>>,
}

#[derive(Clone)]
struct Entry {
    read: Read,
    bytes: usize,
    thing: Arc<dyn Any + Send + Sync>,
}

#[derive(Clone)]
struct Weights;

impl Weighter<String, Entry> for Weights {
    fn weight(&self, key: &String, entry: &Entry) -> u64 {
        (key.len() + entry.bytes + OVERHEAD) as u64
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self(Arc::new(Memory {
            entries: Cache::with_weighter(USUAL_ENTRIES, MOST, Weights),
            hasher: RandomState::new(),
            asked: (0..ASKED).map(|_| AtomicU64::new(0)).collect(),
            turns: (0..TURNS).map(|_| Mutex::new(())).collect(),
        }))
    }
}

impl Kept {
    /// What was read of this, if it would still be read so now.
    pub fn get<T: Send + Sync + 'static>(&self, asked: &str, now: Moment) -> Option<Arc<T>> {
        let entry = self.0.entries.get(asked).filter(|entry| entry.read.still_holds(now))?;
        entry.thing.downcast().ok()
    }

    /// Waits for one's turn to work out what takes long: by then somebody else may have done it. Fails
    /// where that takes too long.
    pub async fn turn(&self, asked: &str) -> Result<MutexGuard<'_, ()>> {
        let hash = self.0.hasher.hash_one(asked);
        let turn = self.0.turns[(hash % TURNS) as usize].lock();
        timeout(LONGEST_TURN, turn).await.map_err(|_| Error::Busy)
    }

    /// What somebody has read of this since one asked, whatever was written meanwhile.
    pub fn get_since<T: Send + Sync + 'static>(
        &self,
        asked: &str,
        arrived: Moment,
    ) -> Option<Arc<T>> {
        let is_since = |read: &Read| match &read.0 {
            ReadOf::Anything(moment) => moment.at >= arrived.at,
            ReadOf::Rows(..) => false,
        };
        let entry = self.0.entries.get(asked).filter(|entry| is_since(&entry.read))?;
        entry.thing.downcast().ok()
    }

    /// Keeps what was worked out in one's turn, for those who wait for theirs.
    pub fn put_for_the_next<T: Send + Sync + 'static>(
        &self,
        asked: String,
        read: Moment,
        thing: Arc<T>,
        bytes: usize,
    ) {
        if asked.len() + bytes <= LARGEST {
            self.0.entries.insert(asked, Entry { read: read.into(), bytes, thing });
        }
    }

    /// Keeps what was read of this, which takes so many bytes, if it is worth it.
    pub fn put<T: Send + Sync + 'static>(
        &self,
        asked: String,
        read: impl Into<Read>,
        thing: Arc<T>,
        bytes: usize,
    ) {
        let read = read.into();
        let is_small = asked.len() + bytes <= LARGEST;
        if is_small && read.is_worth_it(|| self.was_asked(&asked)) {
            self.0.entries.insert(asked, Entry { read, bytes, thing });
        }
    }

    /// Whether this was asked a moment ago; notes that it is.
    fn was_asked(&self, asked: &str) -> bool {
        let hash = self.0.hasher.hash_one(asked);
        let place = &self.0.asked[(hash % ASKED) as usize];
        place.swap(hash, Ordering::Relaxed) == hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(kept: &Kept, asked: &str, read: Moment, bytes: usize) {
        for _ in 0..2 {
            kept.put(asked.to_owned(), read, Arc::new(bytes), bytes);
        }
    }

    #[test]
    fn nothing_outlives_a_commit_or_a_second() {
        let (kept, commits) = (Kept::default(), Commits::default());
        let before = commits.moment();
        put(&kept, "a", before, 1);
        assert_eq!(kept.get::<usize>("a", commits.moment()).as_deref(), Some(&1));
        assert!(kept.get::<usize>("b", commits.moment()).is_none());
        assert!(kept.get::<String>("a", commits.moment()).is_none(), "it is no text");

        let later = Moment { at: before.at + LONGEST, ..before };
        assert!(kept.get::<usize>("a", later).is_none());

        let commit = commits.begin(&Changes::Anything);
        let meanwhile = commits.moment();
        assert!(kept.get::<usize>("a", meanwhile).is_none(), "somebody may have seen more");
        put(&kept, "a", meanwhile, 2);
        drop(commit);
        assert!(kept.get::<usize>("a", commits.moment()).is_none());
        put(&kept, "a", before, 3);
        assert!(kept.get::<usize>("a", commits.moment()).is_none(), "it was read before");
    }

    #[test]
    fn what_is_made_of_rows_outlives_what_others_write_and_any_time() {
        let (kept, commits) = (Kept::default(), Commits::by_row());
        let rows = [Row::Event(1), Row::User(2)];
        let is_kept = || {
            let now = commits.moment();
            let later = Moment { at: now.at + 10 * LONGEST, ..now };
            commits.looked(later.at);
            kept.get::<usize>("a", later).is_some()
        };
        let keep = || {
            let read = commits.read_of(commits.moment(), &rows);
            read.map(|read| kept.put("a".to_owned(), read, Arc::new(1_usize), 1))
        };
        keep().unwrap();
        assert!(is_kept());

        let other = commits.begin(&Changes::Rows(vec![Row::Event(2)]));
        assert!(is_kept());
        let before = commits.moment();
        drop(other);
        assert!(is_kept());
        assert!(commits.read_of(before, &rows).is_none(), "whose commits were they?");

        let own = commits.begin(&Changes::Rows(vec![Row::User(2)]));
        assert!(!is_kept() && keep().is_none());
        drop(own);
        assert!(!is_kept());
        keep().unwrap();
        assert!(is_kept());
    }

    #[test]
    fn where_nobody_tells_which_rows_are_written_all_of_them_may_be() {
        let (kept, commits) = (Kept::default(), Commits::default());
        let read = commits.read_of(commits.moment(), &[Row::Event(1)]).unwrap();
        for _ in 0..2 {
            kept.put("a".to_owned(), read.clone(), Arc::new(1_usize), 1);
        }
        assert!(kept.get::<usize>("a", commits.moment()).is_some());
        drop(commits.begin(&Changes::Rows(vec![Row::Event(2)])));
        assert!(kept.get::<usize>("a", commits.moment()).is_none());
    }

    #[test]
    fn what_was_read_since_one_asked_is_as_good_as_what_one_would_read() {
        let (kept, commits) = (Kept::default(), Commits::default());
        let arrived = commits.moment();
        let commit = commits.begin(&Changes::Anything);
        let read = commits.moment();
        kept.put_for_the_next("a".to_owned(), read, Arc::new(1_usize), 1);
        drop(commit);

        assert_eq!(kept.get_since::<usize>("a", arrived).as_deref(), Some(&1));
        assert!(kept.get::<usize>("a", commits.moment()).is_none());
        assert!(kept.get_since::<usize>("a", commits.moment()).is_none());
    }

    #[test]
    fn it_takes_no_more_than_it_may() {
        let (kept, now) = (Kept::default(), Commits::default().moment());
        put(&kept, "large", now, LARGEST);
        assert!(kept.get::<usize>("large", now).is_none());
        for number in 0..2000 {
            put(&kept, &number.to_string(), now, LARGEST / 2);
        }
        assert!(kept.0.entries.weight() <= MOST);
        assert!(kept.0.entries.len() > 10);
    }

    #[test]
    fn only_what_is_asked_again_is_kept() {
        let (kept, now) = (Kept::default(), Commits::default().moment());
        kept.put("a".to_owned(), now, Arc::new(1_usize), 1);
        assert!(kept.get::<usize>("a", now).is_none());
        kept.put("a".to_owned(), now, Arc::new(1_usize), 1);
        assert_eq!(kept.get::<usize>("a", now).as_deref(), Some(&1));
    }
}
