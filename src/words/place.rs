//! Where the words of something that begins at some time stand in an index of SQLite.
//!
//! FTS5 finds rows in the order of their rowids, one by one: where that is the order in which they are
//! wanted, a page of them costs the same however many there are.

use crate::clock::Instant;

/// The rowid of something with a start: as rowids are ordered, so are their starts, and then their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(i64);

/// Bits for the id.
const ID_BITS: u32 = 30;

/// The last id that has a place.
const LAST_ID: i64 = (1 << ID_BITS) - 1;

/// Bits for the second: from 1900 to 2444.
const SECOND_BITS: u32 = 34;

const LAST_SECOND: i64 = (1 << SECOND_BITS) - 1;

/// The first moment of 1970 among these seconds: the one before the first of 1900 is 0.
const EPOCH: i64 = 2_208_988_801;

impl Place {
    /// Before all others.
    pub const FIRST: Self = Self(i64::MIN);

    /// After all others.
    pub const LAST: Self = Self(i64::MAX);

    /// The id of what is in a place, as SQLite finds it.
    pub const ID: &str = "rowid & 1073741823";

    /// Where something is that begins then; an id that is too large has no place.
    pub fn new(start: Instant, id: i64) -> Option<Self> {
        (0..=LAST_ID).contains(&id).then(|| Self::at(start, id))
    }

    /// Where it is, or as near to it as there are places.
    pub fn near(start: Instant, id: i64) -> Self {
        Self::at(start, id.clamp(0, LAST_ID))
    }

    fn at(start: Instant, id: i64) -> Self {
        let second = start.micros().div_euclid(1_000_000).saturating_add(EPOCH);
        let second = second.clamp(0, LAST_SECOND) - (1 << (SECOND_BITS - 1));
        Self((second << ID_BITS) | id)
    }

    /// The place with this rowid.
    pub fn of_row(rowid: i64) -> Self {
        Self(rowid)
    }

    /// The rowid.
    pub fn row(self) -> i64 {
        self.0
    }

    /// The id of what is there.
    pub fn id(self) -> i64 {
        self.0 & LAST_ID
    }

    /// Whether what is there begins before or after all seconds that have places of their own: then its
    /// neighbours may not be in order.
    pub fn is_beyond(self) -> bool {
        let second = (self.0 >> ID_BITS) + (1 << (SECOND_BITS - 1));
        second <= 0 || second >= LAST_SECOND
    }

    /// The next one.
    #[must_use]
    pub fn after(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The one before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Instant {
        text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().into()
    }

    proptest! {
        #[test]
        fn places_are_in_the_order_of_starts_and_then_of_ids(
            one in (-2_208_988_800_i64..14_970_880_380, 0..=LAST_ID),
            other in (-2_208_988_800_i64..14_970_880_380, 0..=LAST_ID),
        ) {
            let place = |(second, id): (i64, i64)| {
                Place::new(Instant::from_micros(second * 1_000_000).unwrap(), id).unwrap()
            };
            prop_assert_eq!(place(one).cmp(&place(other)), one.cmp(&other));
            prop_assert_eq!(place(one).id(), one.1);
            prop_assert!(!place(one).is_beyond());
        }
    }

    #[test]
    fn what_begins_in_another_age_is_beyond() {
        for (then, is_beyond) in [
            ("1000-01-01T00:00:00Z", true),
            ("1899-12-31T23:59:59Z", true),
            ("1900-01-01T00:00:00Z", false),
            ("2444-05-29T00:00:00Z", false),
            ("2444-05-30T12:00:00Z", true),
            ("9998-12-31T23:59:59Z", true),
        ] {
            for id in [0, 7, LAST_ID] {
                let place = Place::new(at(then), id).unwrap();
                assert_eq!((place.is_beyond(), place.id()), (is_beyond, id), "{then} {id}");
            }
        }
        assert_eq!(Place::new(at("2030-01-01T00:00:00Z"), LAST_ID + 1), None);
    }
}
