//! How often each row has been written: what is made of three rows holds until one of them is.
//!
//! Rows share counters, so that they take no more memory the more there are: at worst, something is
//! read anew for nothing.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A row that something kept is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Row {
    /// Of the table `events`.
    Event(i64),
    /// Of the table `users`.
    User(i64),
    /// Of the table `groups`.
    Group(i64),
    /// Of the table `sessions`.
    Session(i64),
}

/// What a commit changes.
#[derive(Debug)]
pub enum Changes {
    /// These rows, and others of which nothing is made that is kept by its rows.
    Rows(Vec<Row>),
    /// Nobody knows.
    Anything,
}

/// Rows have so many counters, as a power of two.
const BITS: u32 = 14;

/// The last one is for what nobody knows.
const ANYTHING: usize = 1 << BITS;

/// The most rows that something may be made of.
const MOST: usize = 3;

/// How long it may be since somebody looked for what other processes have written: nothing of rows is
/// shown from then on, until they look again.
const LONGEST_UNSEEN: Duration = Duration::from_millis(900);

/// Counts the writes of rows: before each begins, and when it is over.
#[derive(Debug)]
pub struct Counters {
    all: Box<[Counter]>,
    made: Instant,
    /// When somebody looked for what other processes have written, in nanoseconds since then.
    looked: AtomicU64,
}

#[derive(Debug, Default)]
struct Counter {
    begun: AtomicU64,
    over: AtomicU64,
}

/// How often some rows had been written when they were read.
#[derive(Clone, Copy, Debug)]
pub struct Versions([(usize, u64); MOST + 1]);

impl Row {
    /// A row of this table, if anything is made of such.
    pub fn of(table: &[u8], id: i64) -> Option<Self> {
        match table {
            b"events" => Some(Self::Event(id)),
            b"users" => Some(Self::User(id)),
            b"groups" => Some(Self::Group(id)),
            b"sessions" => Some(Self::Session(id)),
            _ => None,
        }
    }

    /// Neighbours, which are often written together, have different counters (Knuth's multiplicative
    /// hashing).
    fn counter(self) -> usize {
        let (kind, id) = match self {
            Self::Event(id) => (0, id),
            Self::User(id) => (1, id),
            Self::Group(id) => (2, id),
            Self::Session(id) => (3, id),
        };
        let key = id.cast_unsigned().wrapping_mul(4).wrapping_add(kind);
        let place = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - BITS);
        usize::try_from(place).unwrap_or(ANYTHING)
    }
}

impl Default for Counters {
    fn default() -> Self {
        let all = (0..=ANYTHING).map(|_| Counter::default()).collect();
        Self { all, made: Instant::now(), looked: AtomicU64::new(0) }
    }
}

impl Counters {
    /// Counts what is about to be changed; tells which counters did.
    pub fn begin(&self, changes: &Changes) -> Vec<usize> {
        let mut counters: Vec<usize> = match changes {
            Changes::Rows(rows) => rows.iter().map(|row| row.counter()).collect(),
            Changes::Anything => vec![ANYTHING],
        };
        counters.sort_unstable();
        counters.dedup();
        for counter in &counters {
            self.all[*counter].begun.fetch_add(1, Ordering::SeqCst);
        }
        counters
    }

    /// Counts that it has been changed.
    pub fn end(&self, counters: &[usize]) {
        for counter in counters {
            self.all[*counter].over.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often these rows have been written, if nobody is at it.
    pub fn versions(&self, rows: &[Row]) -> Option<Versions> {
        let mut versions = [(ANYTHING, 0); MOST + 1];
        for (place, row) in versions[1..].iter_mut().zip(rows) {
            place.0 = row.counter();
        }
        for (counter, version) in &mut versions {
            *version = self.all[*counter].now()?;
        }
        Some(Versions(versions)).filter(|_| rows.len() <= MOST)
    }

    /// Whether these rows are what they were, as far as anybody can know by now.
    pub fn are(&self, versions: &Versions, now: Instant) -> bool {
        let is_same =
            |(counter, version): &(usize, u64)| self.all[*counter].now() == Some(*version);
        self.is_looked_after(now) && versions.0.iter().all(is_same)
    }

    /// Notes that what other processes had written by this time has been counted.
    pub fn looked(&self, at: Instant) {
        self.looked.store(self.nanos(at), Ordering::SeqCst);
    }

    fn is_looked_after(&self, now: Instant) -> bool {
        let looked = self.made + Duration::from_nanos(self.looked.load(Ordering::SeqCst));
        now.saturating_duration_since(looked) < LONGEST_UNSEEN
    }

    fn nanos(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.made).as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Counter {
    /// How often, if nobody is at it: in this order, whoever comes in between seems to be.
    fn now(&self) -> Option<u64> {
        let over = self.over.load(Ordering::SeqCst);
        (self.begun.load(Ordering::SeqCst) == over).then_some(over)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn are(counters: &Counters, versions: &Versions) -> bool {
        counters.are(versions, counters.made)
    }

    #[test]
    fn nothing_is_known_of_rows_where_nobody_looks_after_them() {
        let counters = Counters::default();
        let rows = counters.versions(&[Row::Event(1)]).unwrap();
        let later = |times| counters.made + times * LONGEST_UNSEEN;
        assert!(counters.are(&rows, counters.made));
        assert!(!counters.are(&rows, later(1)));
        counters.looked(later(1));
        assert!(counters.are(&rows, later(1)));
        assert!(!counters.are(&rows, later(2)));
    }

    #[test]
    fn rows_are_what_they_were_until_one_of_them_is_written() {
        let counters = Counters::default();
        let rows = [Row::Event(1), Row::User(1), Row::Group(1)];
        let before = counters.versions(&rows).unwrap();

        let others = counters.begin(&Changes::Rows(vec![Row::Event(2), Row::User(3)]));
        assert!(are(&counters, &before) && counters.versions(&rows).is_some());
        counters.end(&others);
        assert!(are(&counters, &before));

        for changes in [Changes::Rows(vec![Row::User(1)]), Changes::Anything] {
            let before = counters.versions(&rows).unwrap();
            let begun = counters.begin(&changes);
            assert!(!are(&counters, &before), "{changes:?} is under way");
            assert!(counters.versions(&rows).is_none(), "nobody knows what would be read");
            counters.end(&begun);
            assert!(!are(&counters, &before), "{changes:?} is over");
            assert!(are(&counters, &counters.versions(&rows).unwrap()));
        }
    }

    #[test]
    fn a_row_that_is_written_twice_at_once_is_counted_once() {
        let counters = Counters::default();
        let twice = counters.begin(&Changes::Rows(vec![Row::Event(7), Row::Event(7)]));
        assert_eq!(twice.len(), 1);
        counters.end(&twice);
        assert!(counters.versions(&[Row::Event(7)]).is_some());
    }

    #[test]
    fn nothing_is_made_of_more_rows_than_are_looked_at() {
        let rows = [Row::Event(1), Row::User(1), Row::User(2), Row::User(3)];
        assert!(Counters::default().versions(&rows).is_none());
    }
}
