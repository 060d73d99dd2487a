//! Time zones, and which instant a local time is in one.

use chrono::{Days, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Serialize, Serializer};

use crate::clock::Instant;
use crate::input::Input;

/// A zone of the IANA database, such as `Africa/Lagos`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Zone(pub Tz);

impl Input for Zone {
    fn from_text(text: &str) -> Result<Self, String> {
        let zone = text.parse().map(Self);
        zone.map_err(|_| "this must be a time zone of the IANA database, like Africa/Lagos".into())
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<DB: Backend> FromSql<Text, DB> for Zone
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let name = String::from_sql(value)?;
        name.parse().map(Self).map_err(|_| format!("{name:?} is no time zone").into())
    }
}

impl<DB: Backend> ToSql<Text, DB> for Zone
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.name().to_sql(out)
    }
}

impl Zone {
    /// What every zone is called, in the order of the alphabet.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// The instant at which clocks in the zone show this.
    ///
    /// A time that comes twice is the first of the two; one that the clocks skip is read with the
    /// offset before the gap, which moves it forward by the gap (RFC 5545, section 3.3.5).
    pub fn instant(self, date: NaiveDate, time: NaiveTime) -> Instant {
        let local = date.and_time(time);
        match self.0.from_local_datetime(&local) {
            LocalResult::Single(at) => at.with_timezone(&Utc).into(),
            LocalResult::Ambiguous(one, other) => one.min(other).with_timezone(&Utc).into(),
            LocalResult::None => self.skipped(local),
        }
    }

    fn skipped(self, local: NaiveDateTime) -> Instant {
        // No gap is longer than a day, and a day before it the old offset is in force.
        let before = self.0.from_local_datetime(&(local - TimeDelta::days(1))).earliest();
        let before = before.map_or_else(|| local.and_utc(), |at| at.with_timezone(&Utc));
        (before + TimeDelta::days(1)).into()
    }

    /// The instant at which the day begins in the zone.
    pub fn start_of_day(self, date: NaiveDate) -> Instant {
        self.instant(date, NaiveTime::MIN)
    }

    /// The instant at which the day is over in the zone.
    pub fn end_of_day(self, date: NaiveDate) -> Instant {
        self.start_of_day(date.checked_add_days(Days::new(1)).unwrap_or(date))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: Tz, date: &str, time: &str) -> String {
        let instant = Zone(zone).instant(date.parse().unwrap(), time.parse().unwrap());
        instant.utc().to_string()
    }

    #[test]
    fn a_time_is_what_clocks_in_its_zone_show() {
        assert_eq!(at(Tz::Africa__Lagos, "2026-06-01", "20:00:00"), "2026-06-01 19:00:00");
        assert_eq!(at(Tz::Asia__Kolkata, "2026-06-01", "00:00:00"), "2026-05-31 18:30:00");
    }

    #[test]
    fn a_time_that_clocks_skip_moves_forward_by_the_gap() {
        // 02:30 does not exist on this night; clocks go from 02:00 to 03:00. It becomes 03:30.
        assert_eq!(at(Tz::Europe__Berlin, "2026-03-29", "02:30:00"), "2026-03-29 01:30:00");
        assert_eq!(at(Tz::America__New_York, "2026-03-08", "02:30:00"), "2026-03-08 07:30:00");
        // Lord Howe's gap is half an hour; Samoa skipped a whole day.
        assert_eq!(at(Tz::Australia__Lord_Howe, "2026-10-04", "02:15:00"), "2026-10-03 15:45:00");
        assert_eq!(at(Tz::Pacific__Apia, "2011-12-30", "12:00:00"), "2011-12-30 22:00:00");
    }

    #[test]
    fn a_time_that_comes_twice_is_the_first_of_the_two() {
        assert_eq!(at(Tz::Europe__Berlin, "2026-10-25", "02:30:00"), "2026-10-25 00:30:00");
    }

    #[test]
    fn a_day_may_begin_after_midnight_and_last_23_hours() {
        let zone = Zone(Tz::America__Sao_Paulo);
        let day = "2018-11-04".parse().unwrap();
        assert_eq!(zone.start_of_day(day).utc().to_string(), "2018-11-04 03:00:00");
        assert_eq!(zone.end_of_day(day).utc().to_string(), "2018-11-05 02:00:00");
    }
}
