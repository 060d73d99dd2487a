//! Dates and times in the one way in which SQLite's file has them, and JSON: with digits at fixed
//! places. chrono reads and writes any format, which takes ten times as long; an event has eight.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Timelike};

/// Reads `YYYY-MM-DD`.
pub fn day(text: &[u8]) -> Option<NaiveDate> {
    let [year @ .., b'-', m, mm, b'-', d, dd] = text else { return None };
    if year.len() != 4 {
        return None;
    }
    let year = i32::try_from(number(year)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(&[*m, *mm])?, number(&[*d, *dd])?)
}

/// Reads `HH:MM:SS`, and perhaps a fraction of up to nine digits.
pub fn time(text: &[u8]) -> Option<NaiveTime> {
    let (clock, fraction) = text.split_at_checked(8)?;
    let [h, hh, b':', m, mm, b':', s, ss] = clock else { return None };
    let nanos = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            let missing = u32::try_from(9 - digits.len()).ok()?;
            number(digits)? * 10_u32.pow(missing)
        }
        _ => return None,
    };
    NaiveTime::from_hms_nano_opt(
        number(&[*h, *hh])?,
        number(&[*m, *mm])?,
        number(&[*s, *ss])?,
        nanos,
    )
}

/// Reads a day and a time with a space between them.
pub fn moment(text: &[u8]) -> Option<NaiveDateTime> {
    let (date, clock) = text.split_at_checked(10)?;
    Some(NaiveDateTime::new(day(date)?, time(clock.strip_prefix(b" ")?)?))
}

/// At most nine digits.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |sum, digit| match digit {
        b'0'..=b'9' => Some(sum * 10 + u32::from(digit - b'0')),
        _ => None,
    })
}

/// Writes `HH:MM:SS`.
pub fn time_in_json(time: NaiveTime) -> String {
    let mut out = *b"00:00:00";
    write_time(&mut out, time);
    text(&out)
}

fn write_time(out: &mut [u8], time: NaiveTime) {
    for (at, part) in [(0, time.hour()), (3, time.minute()), (6, time.second())] {
        write(&mut out[at..at + 2], part);
    }
}

fn text(ascii: &[u8]) -> String {
    String::from_utf8_lossy(ascii).into_owned()
}

/// Writes a day as it is read.
pub fn day_in_text(day: NaiveDate) -> String {
    let Some(year) = usual_year(day) else { return day.format("%F").to_string() };
    let mut out = *b"0000-00-00";
    write_day(&mut out, year, day);
    text(&out)
}

/// Writes a time as it is read, with as many digits of its fraction as chrono does.
pub fn time_in_text(time: NaiveTime) -> String {
    match time.nanosecond() {
        0 => time_in_json(time),
        _ => time.format("%T%.f").to_string(),
    }
}

/// Writes a day and a time with a space between them, and with as many digits of the fraction of a second
/// as it takes: none, three or six.
pub fn moment_in_text(moment: NaiveDateTime) -> String {
    let is_exact = moment.nanosecond().is_multiple_of(1000);
    let Some(year) = usual_year(moment.date()).filter(|_| is_exact) else {
        return moment.format("%F %T%.f").to_string();
    };
    let mut out = *b"0000-00-00 00:00:00.000000";
    let kept = write_moment(&mut out, year, moment);
    text(&out[..kept])
}

fn usual_year(day: NaiveDate) -> Option<u32> {
    u32::try_from(day.year()).ok().filter(|year| *year <= 9999)
}

fn write_day(out: &mut [u8], year: u32, day: NaiveDate) {
    write(&mut out[..4], year);
    write(&mut out[5..7], day.month());
    write(&mut out[8..10], day.day());
}

/// Tells how much of it there is.
fn write_moment(out: &mut [u8], year: u32, moment: NaiveDateTime) -> usize {
    let micros = moment.nanosecond() / 1000;
    write_day(out, year, moment.date());
    write_time(&mut out[11..19], moment.time());
    write(&mut out[20..26], micros);
    match micros {
        0 => 19,
        _ if micros.is_multiple_of(1000) => 23,
        _ => 26,
    }
}

/// Writes an instant as RFC 3339 has it, with a `Z`, and with as many of its microseconds as it takes:
/// none, three or six digits.
pub fn instant_in_json(instant: NaiveDateTime) -> String {
    let Some(year) = usual_year(instant.date()) else {
        return instant.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
    };
    let mut out = *b"0000-00-00T00:00:00.000000Z";
    let kept = write_moment(&mut out, year, instant);
    out[kept] = b'Z';
    text(&out[..=kept])
}

/// Writes a number with leading zeros.
fn write(out: &mut [u8], mut number: u32) {
    for place in out.iter_mut().rev() {
        *place = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    fn any_moment() -> impl Strategy<Value = NaiveDateTime> {
        let seconds = -80_000_000_000_i64..280_000_000_000;
        let micros = prop_oneof![Just(0), (0_u32..1000).prop_map(|it| it * 1000), 0..1_000_000_u32];
        (seconds, micros).prop_map(|(seconds, micros)| {
            DateTime::from_timestamp(seconds, micros * 1000).unwrap_or_default().naive_utc()
        })
    }

    proptest! {
        #[test]
        fn what_the_file_has_is_read_as_chrono_reads_it(instant in any_moment()) {
            let text = instant.format("%F %T%.f").to_string();
            let is_usual = (0..=9999).contains(&instant.year());
            prop_assert_eq!(moment(text.as_bytes()), is_usual.then_some(instant));
            if is_usual {
                prop_assert_eq!(day(&text.as_bytes()[..10]), Some(instant.date()));
                prop_assert_eq!(time(&text.as_bytes()[11..]), Some(instant.time()));
            }
        }

        #[test]
        fn an_instant_is_written_as_chrono_writes_it(instant in any_moment()) {
            let expected = instant.and_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true);
            prop_assert_eq!(instant_in_json(instant), expected);
            let time = instant.time().format("%H:%M:%S").to_string();
            prop_assert_eq!(time_in_json(instant.time()), time);
        }

        #[test]
        fn the_file_gets_what_chrono_would_write(instant in any_moment(), nanos in 0_u32..1_000_000_000) {
            let finer = instant.with_nanosecond(nanos).unwrap_or_default();
            for moment in [instant, finer] {
                prop_assert_eq!(moment_in_text(moment), moment.format("%F %T%.f").to_string());
                prop_assert_eq!(day_in_text(moment.date()), moment.format("%F").to_string());
                prop_assert_eq!(time_in_text(moment.time()), moment.format("%T%.f").to_string());
            }
        }

        #[test]
        fn no_text_makes_them_panic(text in "[0-9:. -]{0,30}|\\PC*") {
            let bytes = text.as_bytes();
            if let Some(read) = moment(bytes) {
                let same = NaiveDateTime::parse_from_str(&text, "%F %T%.f");
                prop_assert_eq!(Ok(read), same);
            }
            let _day = day(bytes);
            let _time = time(bytes);
        }
    }

    #[test]
    fn what_is_no_such_text_is_left_to_others() {
        for wrong in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-02-30 00:00:00",
            "2026-01-01 24:00:00",
            "2026-01-01 00:00:00.",
            "2026-01-01 00:00:00.1234567890",
            "+2026-1-01 00:00:00",
            "2026-01-01 00:00:00Z",
        ] {
            assert_eq!(moment(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
