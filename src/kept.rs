//! What was read, kept in memory for as long as nobody writes.
//!
//! Once a write is acknowledged, nobody on this server is shown what was there before it: each write
//! is counted after its commit and before its answer, and what was read is shown only while the count
//! is what it was before the reading began. What other processes wrote is shown within a second,
//! because nothing is kept for longer. What differs by who asks is never put here.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use quick_cache::Weighter;
use quick_cache::sync::Cache;

/// How long something is kept at most.
const LONGEST: Duration = Duration::from_millis(900);

/// How much is kept at most, in bytes.
const MOST: u64 = 16 << 20;

/// How many things that are, about.
const USUAL_ENTRIES: usize = 4096;

/// The largest thing that is kept, in bytes.
const LARGEST: usize = 256 << 10;

/// What an entry takes beside its key and its value, in bytes, about.
const OVERHEAD: usize = 512;

/// How many commits there have been. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Commits(Arc<AtomicU64>);

/// A moment between two commits, taken before something is read.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    commits: u64,
    at: Instant,
}

impl Commits {
    /// Counts one, before anybody hears of it.
    pub fn count(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }

    /// This very moment.
    pub fn moment(&self) -> Moment {
        Moment { commits: self.0.load(Ordering::Acquire), at: Instant::now() }
    }
}

impl Moment {
    /// Whether what was read then is what would be read now.
    fn still_holds(self, now: Self) -> bool {
        self.commits == now.commits && now.at.duration_since(self.at) < LONGEST
    }
}

/// Things of any kind, by what was asked. Cheap to clone.
#[derive(Clone)]
pub struct Kept(Arc<Cache<String, Entry, Weights>>);

#[derive(Clone)]
struct Entry {
    read: Moment,
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
        Self(Arc::new(Cache::with_weighter(USUAL_ENTRIES, MOST, Weights)))
    }
}

impl Kept {
    /// What was read of this, if it would still be read so now.
    pub fn get<T: Send + Sync + 'static>(&self, asked: &str, now: Moment) -> Option<Arc<T>> {
        let entry = self.0.get(asked).filter(|entry| entry.read.still_holds(now))?;
        entry.thing.downcast().ok()
    }

    /// Keeps what was read of this since `read`, which takes so many bytes.
    pub fn put<T: Send + Sync + 'static>(
        &self,
        asked: String,
        read: Moment,
        thing: Arc<T>,
        bytes: usize,
    ) {
        if asked.len() + bytes <= LARGEST {
            self.0.insert(asked, Entry { read, bytes, thing });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(kept: &Kept, asked: &str, read: Moment, bytes: usize) {
        kept.put(asked.to_owned(), read, Arc::new(bytes), bytes);
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

        commits.count();
        assert!(kept.get::<usize>("a", commits.moment()).is_none());
        put(&kept, "a", before, 2);
        assert!(kept.get::<usize>("a", commits.moment()).is_none(), "it was read before");
    }

    #[test]
    fn it_takes_no_more_than_it_may() {
        let (kept, now) = (Kept::default(), Commits::default().moment());
        put(&kept, "large", now, LARGEST);
        assert!(kept.get::<usize>("large", now).is_none());
        for number in 0..1000 {
            put(&kept, &number.to_string(), now, LARGEST / 2);
        }
        assert!(kept.0.weight() <= MOST);
        assert!(kept.0.len() > 10);
    }
}
