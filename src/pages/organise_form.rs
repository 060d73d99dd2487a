//! An event as a form: what its fields hold, how they are read, and which of them are folded away.

use chrono::{DateTime, NaiveDateTime, NaiveTime, Timelike, Utc};

use crate::clock::Instant;
use crate::error::{Error, Faults, Result};
use crate::events::{Change, Day, Details, Event, EventIn, Tags, TimeOfDay};
use crate::http::form::Form;
use crate::input::Input;
use crate::users::User;
use crate::zone::Zone;

/// What an organiser decides, by the names of the API; beside them, the picture.
pub const FIELDS: &[&str] = &[
    "title",
    "description",
    "location",
    "latitude",
    "longitude",
    "url",
    "start_date",
    "end_date",
    "start_time",
    "end_time",
    "timezone",
    "status",
    "visibility",
    "capacity",
    "rsvp_until",
    "waitlist_order",
    "guest_list",
    "tags",
    "group",
    "image",
    "picture_alt",
];

/// Fields that are folded away together, and what they hold where nobody has said anything.
pub type Part = &'static [(&'static str, &'static str)];

/// Where exactly it is.
pub const MAP: Part = &[("latitude", ""), ("longitude", "")];

/// How it is found.
pub const MORE: Part = &[("tags", ""), ("url", "")];

/// Who has a seat.
pub const SEATS: Part =
    &[("capacity", ""), ("rsvp_until", ""), ("waitlist_order", "strict"), ("guest_list", "hidden")];

/// Who sees it.
pub const ACCESS: Part = &[("visibility", "public"), ("group", "")];

/// Whether any field of a part holds something else, or is at fault.
pub fn is_open(form: &Form, part: Part) -> bool {
    part.iter().any(|(name, usual)| form.text(name) != *usual || !form.faults(name).is_empty())
}

/// The form of an event that somebody has said nothing of yet.
pub fn blank(user: &User, group: Option<i64>) -> Form {
    let usual = SEATS.iter().chain(ACCESS).map(|(name, usual)| (*name, (*usual).to_owned()));
    let zone = ("timezone", user.timezone.0.name().to_owned());
    let form = filled(usual.chain([zone, ("status", "scheduled".to_owned())]));
    match group {
        Some(group) => form.with("group", group.to_string()),
        None => form,
    }
}

/// The form that holds an event as it is. `alt` is what its picture shows.
pub fn of(event: &Event, alt: &str) -> Form {
    let details = &event.details;
    let parts = [essentials(details), rules(details)].into_iter().flatten();
    let picture = [
        ("picture_alt", alt.to_owned()),
        ("seen", seen(event)),
        ("seen_picture", seen_picture(event)),
    ];
    filled(parts.chain(picture))
}

/// The form of another event like this one, on a day that is still to be said.
pub fn copy(event: &Event, alt: &str) -> Form {
    let form = of(event, alt).with("from", event.id.to_string());
    let dates = ["start_date", "end_date", "rsvp_until", "seen", "seen_picture"];
    dates.into_iter().fold(form, |form, name| form.with(name, "")).with("status", "scheduled")
}

/// Every zone that a clock can be in.
pub fn zones() -> impl Iterator<Item = &'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
}

/// Which version of an event somebody has seen.
pub fn seen(event: &Event) -> String {
    event.updated_at.micros().to_string()
}

/// Which picture of it they have seen, if any.
pub fn seen_picture(event: &Event) -> String {
    event.thumbnail.as_ref().map(|file| file.as_str().to_owned()).unwrap_or_default()
}

fn filled(pairs: impl Iterator<Item = (&'static str, String)>) -> Form {
    Form::of(pairs.map(|(name, text)| (name.to_owned(), text)).collect())
}

fn essentials(it: &Details) -> Vec<(&'static str, String)> {
    // An event of one day need not say twice which.
    let last = (it.end_date != it.start_date).then_some(it.end_date);
    let number = |it: Option<f64>| it.map(|it| it.to_string()).unwrap_or_default();
    vec![
        ("title", it.title.as_str().to_owned()),
        ("description", it.description.as_str().to_owned()),
        ("start_date", it.start_date.0.to_string()),
        ("start_time", it.start_time.map(|it| time(it.0)).unwrap_or_default()),
        ("end_date", last.map(|it| it.0.to_string()).unwrap_or_default()),
        ("end_time", it.end_time.map(|it| time(it.0)).unwrap_or_default()),
        ("timezone", it.timezone.0.name().to_owned()),
        ("location", it.location.as_str().to_owned()),
        ("latitude", number(it.latitude)),
        ("longitude", number(it.longitude)),
    ]
}

fn rules(it: &Details) -> Vec<(&'static str, String)> {
    let rules = it.rsvp.rules();
    vec![
        ("url", it.url.as_str().to_owned()),
        ("tags", listed(&it.tags)),
        ("status", it.status.as_str().to_owned()),
        ("visibility", it.visibility.as_str().to_owned()),
        ("group", it.group_id.map(|id| id.to_string()).unwrap_or_default()),
        ("capacity", it.capacity.map(|it| it.to_string()).unwrap_or_default()),
        ("rsvp_until", rules.until.map(|at| moment(at, it.timezone)).unwrap_or_default()),
        ("waitlist_order", rules.order.as_str().to_owned()),
        ("guest_list", rules.guest_list.as_str().to_owned()),
    ]
}

/// Tags as a field holds them.
fn listed(tags: &Tags) -> String {
    tags.words().join(", ")
}

/// A time as a field for times holds it: without seconds, unless there are some.
fn time(time: NaiveTime) -> String {
    let pattern = if time.second() == 0 { "%H:%M" } else { "%H:%M:%S" };
    time.format(pattern).to_string()
}

/// An instant on the clocks of a zone.
pub fn local(at: Instant, zone: Zone) -> NaiveDateTime {
    DateTime::<Utc>::from(at).with_timezone(&zone.0).naive_local()
}

/// The same as a field for dates and times holds it.
fn moment(at: Instant, zone: Zone) -> String {
    let local = local(at, zone);
    format!("{}T{}", local.date(), time(local.time()))
}

/// What is to change, or all that is wrong. What is left empty is what it was at first; the zone is
/// this one where none is said. `before` is what the form was filled with.
pub fn read(form: &Form, zone: Zone, before: Option<&Details>) -> Result<Change> {
    let mut faults = Faults::default();
    let tags = same_tags(form, before);
    let is_read = |name: &str| name != "rsvp_until" && (name != "tags" || tags.is_none());
    let said = FIELDS.iter().filter(|name| is_read(name) && !form.text(name).is_empty());
    let said = filled(said.map(|name| (*name, form.text(name).to_owned())));
    let change = noted(said.read::<EventIn>()?.whole(zone).read(), &mut faults)?;
    let until = noted(deadline(form, zone, before), &mut faults)?;
    faults.check()?;
    let mut change = Change { rsvp_until: until, ..change.unwrap_or_default() };
    if tags.is_some() {
        change.tags = tags;
    }
    Ok(change)
}

/// The tags as they were, where nobody has changed the field: it does not tell a comma inside a tag
/// from one between two.
fn same_tags(form: &Form, before: Option<&Details>) -> Option<Tags> {
    let tags = &before?.tags;
    (form.text("tags").trim() == listed(tags)).then(|| tags.clone())
}

/// A value, or a note of what is wrong with it.
pub fn noted<T>(read: Result<T>, faults: &mut Faults) -> Result<Option<T>> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(err) => faults.absorb(err).map(|()| None),
    }
}

/// Until when one can say that one goes: a date and a time on the clocks where the event is.
fn deadline(form: &Form, zone: Zone, before: Option<&Details>) -> Result<Option<Instant>> {
    let text = form.text("rsvp_until").trim();
    if text.is_empty() {
        return Ok(None);
    }
    let zone = Zone::from_text(form.text("timezone")).unwrap_or(zone);
    // A field does not hold all of an instant: what nobody changed stays as it was.
    let until = before.and_then(|it| it.rsvp.rules().until);
    if let Some(until) = until.filter(|until| moment(*until, zone) == text) {
        return Ok(Some(until));
    }
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let read = Day::from_text(day).and_then(|day| Ok((day, TimeOfDay::from_text(time)?)));
    let (day, time) = read.map_err(|wrong| Error::invalid("rsvp_until", wrong))?;
    Ok(Some(zone.instant(day.0, time.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(pairs: &[(&'static str, &str)]) -> Form {
        filled(pairs.iter().map(|(name, text)| (*name, (*text).to_owned())))
    }

    fn until(text: &str) -> Result<Option<Instant>> {
        let fields = [("rsvp_until", text), ("timezone", "Africa/Lagos")];
        deadline(&form(&fields), Zone(chrono_tz::Tz::UTC), None)
    }

    #[test]
    fn a_deadline_is_on_the_clocks_where_the_event_is() {
        let at = until("2030-06-01T20:00").unwrap().unwrap();
        assert_eq!(at.utc().to_string(), "2030-06-01 19:00:00");
        assert_eq!(moment(at, Zone(chrono_tz::Tz::Africa__Lagos)), "2030-06-01T20:00");
        assert_eq!(until(" ").unwrap(), None);
        for wrong in ["2030-06-01", "20:00", "99999-01-01T00:00", "2030-06-01T25:00", "\"><b>"] {
            assert!(until(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = form(&[("capacity", "none"), ("url", "x"), ("rsvp_until", "soon")]);
        let Err(Error::Invalid(faults)) = read(&wrong, Zone(chrono_tz::Tz::UTC), None) else {
            panic!("this was taken")
        };
        let names: Vec<_> = faults.by_field().keys().copied().collect();
        assert_eq!(names, ["capacity", "rsvp_until", "start_date", "title", "url"]);
    }

    #[test]
    fn a_part_is_open_where_something_is_in_it() {
        let usual = form(&[("visibility", "public"), ("group", "")]);
        assert!(!is_open(&usual, ACCESS));
        assert!(is_open(&usual.clone().with("group", "3"), ACCESS));
        assert!(is_open(&usual.refused(Error::invalid("group", "no")).unwrap(), ACCESS));
    }
}
