//! The only place that asks the machine what time it is.

pub mod digits;

use chrono::{DateTime, NaiveDateTime, SubsecRound, TimeDelta, Utc};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

/// A point in time, in UTC, as exact as both engines keep it: microseconds.
///
/// On the wire it is RFC 3339 with a `Z`.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    AsExpression,
    FromSqlRow,
    Deserialize,
    utoipa::ToSchema,
)]
#[diesel(sql_type = Timestamp)]
#[serde(from = "DateTime<Utc>")]
#[schema(value_type = DateTime<Utc>, example = "2026-12-31T19:00:00Z")]
pub struct Instant(NaiveDateTime);

crate::column!(Instant is Timestamp, as NaiveDateTime, read by digits::moment, written by digits::moment_in_text);

/// This very moment.
#[expect(clippy::disallowed_methods, reason = "this is the clock")]
pub fn now() -> Instant {
    Utc::now().into()
}

impl Instant {
    /// The first moment of 1970.
    pub const EPOCH: Self = Self(DateTime::UNIX_EPOCH.naive_utc());

    /// Microseconds since 1970, as a cursor keeps them.
    pub fn micros(self) -> i64 {
        self.0.and_utc().timestamp_micros()
    }

    /// The instant that many microseconds after 1970, if the calendar reaches that far.
    pub fn from_micros(micros: i64) -> Option<Self> {
        DateTime::from_timestamp_micros(micros).map(Self::from)
    }

    /// The same moment in UTC, without saying so.
    pub fn utc(self) -> NaiveDateTime {
        self.0
    }

    /// How long after another one it is; nothing if it is before.
    pub fn since(self, other: Self) -> std::time::Duration {
        (self.0 - other.0).to_std().unwrap_or_default()
    }

    /// Later by that much, or earlier if it is negative; the end of the calendar stops it.
    #[must_use]
    pub fn plus(self, span: TimeDelta) -> Self {
        Self(self.0.checked_add_signed(span).unwrap_or(self.0))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digits::instant_in_json(self.0))
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.naive_utc().trunc_subsecs(6))
    }
}

impl From<Instant> for DateTime<Utc> {
    fn from(instant: Instant) -> Self {
        instant.0.and_utc()
    }
}
