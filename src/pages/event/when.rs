//! When an event is: on the clocks where it is, and on the reader's.

use chrono::{DateTime, Offset, Utc};
use chrono_tz::Tz;

use crate::clock::Instant;
use crate::events::{Day, Details, TimeOfDay};
use crate::http::visit::Visit;

/// When an event is, in words.
pub struct When {
    /// The day, or the first one; with the time, where there are several.
    pub day: String,
    /// The times of one day, or that it is all of it; or the last day.
    pub hours: String,
    /// Which clocks these are.
    pub zone: String,
    /// What the zone is called among programs.
    pub zone_name: &'static str,
    /// The first instant of it (RFC 3339).
    pub starts_at: String,
    /// The same on the clock of who is signed in, where it shows something else.
    pub local: Option<String>,
    /// Whether a script may say it on the reader's clock, which only the browser knows.
    pub asks_browser: bool,
}

impl When {
    /// When an event is, for somebody.
    pub fn new(visit: &Visit, details: &Details) -> Self {
        let zone = details.timezone.0;
        let (day, hours) = day_and_hours(visit, details);
        Self {
            day,
            hours,
            zone: said(visit, zone, details.starts_at),
            zone_name: zone.name(),
            starts_at: DateTime::<Utc>::from(details.starts_at).to_rfc3339(),
            local: visit.zone().and_then(|own| local(visit, details, own)),
            asks_browser: visit.who().is_none() && !details.is_all_day(),
        }
    }
}

fn day_and_hours(visit: &Visit, details: &Details) -> (String, String) {
    let language = visit.language();
    let (first, last) = (details.start_date.0, details.end_date.0);
    if first != last {
        return match details.is_all_day() {
            true => (visit.with("event-from", "from", &language.day(first)), language.day(last)),
            false => from_day_to_day(visit, details),
        };
    }
    let hours = match (details.start_time, details.end_time) {
        (None, _) => visit.say("event-all-day"),
        (Some(start), None) => language.time(start.0),
        (Some(start), Some(end)) => from_to(visit, &language.time(start.0), &language.time(end.0)),
    };
    (language.day(first), hours)
}

/// Two moments, in a line each.
fn from_day_to_day(visit: &Visit, details: &Details) -> (String, String) {
    let language = visit.language();
    let moment = |day: Day, time: Option<TimeOfDay>| match time {
        Some(time) => language.moment(day.0.and_time(time.0)),
        None => language.short_day(day.0),
    };
    let from = moment(details.start_date, details.start_time);
    let to = moment(details.end_date, details.end_time);
    (visit.with("event-from", "from", &from), to)
}

fn from_to(visit: &Visit, from: &str, to: &str) -> String {
    visit.with_two("from-to", ("from", from), ("to", to))
}

/// A moment on the clocks where an event is: Thu 30 May 2030, 13:00 (UTC+1).
pub fn moment(visit: &Visit, details: &Details, at: Instant) -> String {
    let local = DateTime::<Utc>::from(at).with_timezone(&details.timezone.0);
    let said = visit.language().moment(local.naive_local());
    visit.with_two("event-moment", ("moment", &said), ("offset", &offset(local.offset().fix())))
}

/// A zone as people say it: Lagos time (UTC+1).
fn said(visit: &Visit, zone: Tz, at: Instant) -> String {
    let offset = offset(DateTime::<Utc>::from(at).with_timezone(&zone).offset().fix());
    match city(zone.name()) {
        Some(city) => visit.with_two("event-zone", ("city", &city), ("offset", &offset)),
        None => offset,
    }
}

/// How far clocks are from UTC: UTC+1, UTC−3:30, or UTC.
fn offset(offset: chrono::FixedOffset) -> String {
    let minutes = offset.local_minus_utc() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, minutes) => format!("UTC{sign}{hours}:{minutes:02}"),
    }
}

/// The place that a zone is called after, if it is called after one.
fn city(name: &str) -> Option<String> {
    let (area, _) = name.split_once('/')?;
    let place = name.rsplit('/').next()?;
    (area != "Etc").then(|| place.replace('_', " "))
}

/// When it is on somebody's clock, if that shows something else.
fn local(visit: &Visit, details: &Details, own: Tz) -> Option<String> {
    let on = |zone: Tz, at: Instant| DateTime::<Utc>::from(at).with_timezone(&zone).naive_local();
    let (starts, ends) = (details.starts_at, details.ends_at);
    if details.is_all_day() || on(own, starts) == on(details.timezone.0, starts) {
        return None;
    }
    let language = visit.language();
    let (from, to) = (on(own, starts), on(own, ends));
    let said = match details.end_time {
        None => language.moment(from),
        Some(_) if from.date() == to.date() => {
            from_to(visit, &language.moment(from), &language.time(to.time()))
        }
        Some(_) => from_to(visit, &language.moment(from), &language.moment(to)),
    };
    Some(visit.with("event-local-time", "time", &said))
}

#[cfg(test)]
mod tests {
    use chrono::FixedOffset;

    use super::*;

    #[test]
    fn an_offset_is_said_in_hours() {
        let said = |seconds| offset(FixedOffset::east_opt(seconds).unwrap());
        assert_eq!(said(3600), "UTC+1");
        assert_eq!(said(0), "UTC");
        assert_eq!(said(19_800), "UTC+5:30");
        assert_eq!(said(-12_600), "UTC−3:30");
    }

    #[test]
    fn a_zone_is_called_after_its_city() {
        assert_eq!(city("Africa/Porto-Novo").as_deref(), Some("Porto-Novo"));
        assert_eq!(city("America/Argentina/Buenos_Aires").as_deref(), Some("Buenos Aires"));
        assert_eq!((city("UTC"), city("Etc/GMT+3")), (None, None));
    }
}
