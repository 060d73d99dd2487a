//! How often each row has been written: what is made of three rows holds until one of them is.
//!
//! Rows share counters, so that they take no more memory the more there are: at worst, something is
//! read anew for nothing.

use std::sync::atomic::{AtomicU64, Ordering};

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

/// Counts the writes of rows: before each begins, and when it is over.
#[derive(Debug)]
pub struct Counters(Box<[Counter]>);

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
        Self((0..=ANYTHING).map(|_| Counter::default()).collect())
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
            self.0[*counter].begun.fetch_add(1, Ordering::SeqCst);
        }
        counters
    }

    /// Counts that it has been changed.
    pub fn end(&self, counters: &[usize]) {
        for counter in counters {
            self.0[*counter].over.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How often these rows have been written, if nobody is at it.
    pub fn versions(&self, rows: &[Row]) -> Option<Versions> {
        let mut versions = [(ANYTHING, 0); MOST + 1];
        for (place, row) in versions[1..].iter_mut().zip(rows) {
            place.0 = row.counter();
        }
        for (counter, version) in &mut versions {
            *version = self.0[*counter].now()?;
        }
        Some(Versions(versions)).filter(|_| rows.len() <= MOST)
    }

    /// Whether these rows are what they were.
    pub fn are(&self, versions: &Versions) -> bool {
        versions.0.iter().all(|(counter, version)| self.0[*counter].now() == Some(*version))
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

    #[test]
    fn rows_are_what_they_were_until_one_of_them_is_written() {
        let counters = Counters::default();
        let rows = [Row::Event(1), Row::User(1), Row::Group(1)];
        let before = counters.versions(&rows).unwrap();

        let others = counters.begin(&Changes::Rows(vec![Row::Event(2), Row::User(3)]));
        assert!(counters.are(&before) && counters.versions(&rows).is_some());
        counters.end(&others);
        assert!(counters.are(&before));

        for changes in [Changes::Rows(vec![Row::User(1)]), Changes::Anything] {
            let before = counters.versions(&rows).unwrap();
            let begun = counters.begin(&changes);
            assert!(!counters.are(&before), "{changes:?} is under way");
            assert!(counters.versions(&rows).is_none(), "nobody knows what would be read");
            counters.end(&begun);
            assert!(!counters.are(&before), "{changes:?} is over");
            assert!(counters.are(&counters.versions(&rows).unwrap()));
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
