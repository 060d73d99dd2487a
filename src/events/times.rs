//! Dates and times as people write them.

use chrono::{NaiveDate, NaiveTime, Timelike};
use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use serde::{Serialize, Serializer};

use crate::clock::digits;
use crate::input::Input;

/// A day of the calendar: `YYYY-MM-DD`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow, Serialize,
)]
#[diesel(sql_type = diesel::sql_types::Date)]
pub struct Day(pub NaiveDate);

crate::column!(Day is Date, as NaiveDate, read by digits::day, written by digits::day_in_text);

/// What a clock shows, to the second: `HH:MM:SS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = diesel::sql_types::Time)]
pub struct TimeOfDay(pub NaiveTime);

crate::column!(TimeOfDay is Time, as NaiveTime, read by digits::time, written by digits::time_in_text);

/// The first and the last year in which an event can be.
const YEARS: std::ops::RangeInclusive<i32> = 1000..=9998;

impl Input for Day {
    fn from_text(text: &str) -> Result<Self, String> {
        let day = parse_day(text.trim()).ok_or("write a date as YYYY-MM-DD, like 2026-12-31")?;
        match YEARS.contains(&chrono::Datelike::year(&day)) {
            true => Ok(Self(day)),
            false => Err(format!("the year must be from {} to {}", YEARS.start(), YEARS.end())),
        }
    }
}

fn parse_day(text: &str) -> Option<NaiveDate> {
    let looks_right = text.len() == 10 && text.bytes().all(|it| it.is_ascii_digit() || it == b'-');
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| looks_right)
}

impl Input for TimeOfDay {
    /// `HH:MM`, `HH:MM:SS`, `HH:MM:SS.fff…`, or the time part of a full ISO timestamp. What is
    /// less than a second is dropped.
    fn from_text(text: &str) -> Result<Self, String> {
        let time = parse_time(text.trim()).ok_or("write a time as HH:MM or HH:MM:SS")?;
        Ok(Self(time))
    }
}

fn parse_time(text: &str) -> Option<NaiveTime> {
    let clock = match text.split_once(['T', 't', ' ']) {
        Some((day, time)) => {
            parse_day(day)?;
            without_offset(time)?
        }
        None => text,
    };
    let clock = match clock.split_once('.') {
        Some((clock, fraction)) => {
            let is_fraction =
                !fraction.is_empty() && fraction.bytes().all(|it| it.is_ascii_digit());
            Some(clock).filter(|clock| is_fraction && clock.len() == 8)?
        }
        None => clock,
    };
    let looks_right = clock.bytes().all(|it| it.is_ascii_digit() || it == b':');
    let time = match clock.len() {
        5 => NaiveTime::parse_from_str(clock, "%H:%M"),
        8 => NaiveTime::parse_from_str(clock, "%H:%M:%S"),
        _ => return None,
    };
    // chrono reads the leap second 23:59:60; no zone's clock shows it.
    time.ok().filter(|time| looks_right && time.nanosecond() < 1_000_000_000)
}

/// The time of an ISO timestamp without its `Z`, `+01:00`, `+0100` or `-01`.
fn without_offset(time: &str) -> Option<&str> {
    if let Some(time) = time.strip_suffix(['Z', 'z']) {
        return Some(time);
    }
    let Some(at) = time.find(['+', '-']) else { return Some(time) };
    let (time, offset) = time.split_at_checked(at)?;
    let digits = offset[1..].bytes().all(|it| it.is_ascii_digit() || it == b':');
    (digits && matches!(offset.len(), 3 | 5 | 6)).then_some(time)
}

impl Serialize for TimeOfDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&digits::time_in_json(self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Option<String> {
        TimeOfDay::from_text(text).ok().map(|time| time.0.to_string())
    }

    #[test]
    fn a_time_is_written_in_many_ways() {
        for half_past_six in [
            "18:30",
            "18:30:00",
            "18:30:00.000",
            "18:30:00.123456789012",
            "2026-06-01T18:30",
            "2026-06-01T18:30:00Z",
            "2026-06-01T18:30:00.000Z",
            "2026-06-01T18:30:00+01:00",
            "2026-06-01 18:30:00-0800",
        ] {
            assert_eq!(time(half_past_six).as_deref(), Some("18:30:00"), "{half_past_six}");
        }
        for wrong in [
            "",
            "6",
            "6:30",
            "18.30",
            "24:00",
            "18:60",
            "18:30:60",
            "18:30:00.",
            "1830",
            "18:30Z",
            "T18:30",
            "yesterday",
            "2026-13-01T18:30",
            "18:30:00.12a",
            "+8:30",
        ] {
            assert_eq!(time(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_date_is_written_in_one_way() {
        assert!(Day::from_text("2028-02-29").is_ok());
        for wrong in ["", "2026-2-3", "2026-02-30", "01/02/2026", "+2026-01-1", "0001-01-01"] {
            assert!(Day::from_text(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_time_comes_back(hour in 0_u32..24, minute in 0_u32..60, second in 0_u32..60) {
            let text = format!("{hour:02}:{minute:02}:{second:02}");
            let read = TimeOfDay::from_text(&text).unwrap();
            prop_assert_eq!(serde_json::to_value(read).unwrap(), text);
        }

        #[test]
        fn no_text_makes_the_parsers_panic(text: String) {
            let _time = TimeOfDay::from_text(&text);
            let _day = Day::from_text(&text);
        }

        #[test]
        fn nothing_that_looks_like_a_time_makes_the_parser_panic(text in "[0-9:.TZ+ -]{0,30}") {
            let _time = TimeOfDay::from_text(&text);
        }
    }
}
