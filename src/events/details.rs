//! What an organiser says about an event, and the rules across it.

use chrono::{NaiveTime, TimeDelta};

use super::rsvp::{GuestList, Rsvp, Rules, WaitlistOrder};
use super::tags::{Link, Tags};
use super::times::{Day, TimeOfDay};
use crate::clock::Instant;
use crate::error::{ACROSS_FIELDS, Faults, Result};
use crate::groups::GroupId;
use crate::schema::events;
use crate::zone::Zone;

crate::word! {
    /// Whether an event is going to happen.
    Status { Scheduled = "scheduled", Cancelled = "cancelled", Draft = "draft" }
}

crate::word! {
    /// Who may know of an event: everybody, whoever has the link, or its group.
    Visibility { Public = "public", Unlisted = "unlisted", Group = "group" }
}

crate::text! {
    /// What an event is called.
    Title, 1..=200, line
}

crate::text! {
    /// What an event is about.
    Description, 0..=20000
}

crate::text! {
    /// Where an event is, in words.
    Location, 0..=255, line
}

/// Everything that an organiser decides about an event, and what follows from it.
#[derive(
    Clone,
    Debug,
    PartialEq,
    diesel::Insertable,
    diesel::AsChangeset,
    diesel::Queryable,
    diesel::Selectable,
)]
#[diesel(table_name = events, treat_none_as_null = true)]
#[expect(missing_docs, reason = "the contract says what they are")]
pub struct Details {
    pub group_id: Option<GroupId>,
    pub title: Title,
    pub description: Description,
    pub location: Location,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
    pub url: Link,
    pub start_date: Day,
    pub end_date: Day,
    pub start_time: Option<TimeOfDay>,
    pub end_time: Option<TimeOfDay>,
    pub timezone: Zone,
    pub starts_at: Instant,
    pub ends_at: Instant,
    pub days: i64,
    pub status: Status,
    pub visibility: Visibility,
    pub listed: bool,
    pub capacity: Option<i64>,
    pub rsvp: Rsvp,
    pub tags: Tags,
}

/// What to change. `None` leaves a field as it is; `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the contract says what they are")]
pub struct Change {
    pub group: Option<Option<GroupId>>,
    pub title: Option<Title>,
    pub description: Option<Description>,
    pub location: Option<Location>,
    pub latitude: Option<Option<f64>>,
    pub longitude: Option<Option<f64>>,
    pub url: Option<Link>,
    pub start_date: Option<Day>,
    pub end_date: Option<Option<Day>>,
    pub start_time: Option<Option<TimeOfDay>>,
    pub end_time: Option<Option<TimeOfDay>>,
    pub timezone: Option<Zone>,
    pub status: Option<Status>,
    pub visibility: Option<Visibility>,
    pub capacity: Option<Option<i64>>,
    pub rsvp_until: Option<Option<Instant>>,
    pub waitlist_order: Option<WaitlistOrder>,
    pub guest_list: Option<GuestList>,
    pub tags: Option<Tags>,
}

impl Details {
    /// What an event is before anything but its title, its day and its zone is said.
    fn blank(title: Title, start_date: Day, timezone: Zone) -> Self {
        Self {
            group_id: None,
            title,
            description: Description::default(),
            location: Location::default(),
            latitude: None,
            longitude: None,
            url: Link::default(),
            start_date,
            end_date: start_date,
            start_time: None,
            end_time: None,
            timezone,
            starts_at: timezone.start_of_day(start_date.0),
            ends_at: timezone.end_of_day(start_date.0),
            days: 0,
            status: Status::Scheduled,
            visibility: Visibility::Public,
            listed: true,
            capacity: None,
            rsvp: Rules::default().into(),
            tags: Tags::default(),
        }
    }

    /// The details of a new event; what is not said is what it is by default.
    pub fn new(change: &Change, timezone: Zone) -> Result<Self> {
        let (Some(title), Some(start_date)) = (change.title.clone(), change.start_date) else {
            let mut faults = Faults::default();
            faults.add(ACROSS_FIELDS, "an event needs a title and a start_date");
            return Err(faults.into());
        };
        Self::blank(title, start_date, timezone).changed(change)
    }

    /// The details after a change, if they still fit together.
    pub fn changed(mut self, change: &Change) -> Result<Self> {
        let before = (self.group_id, self.visibility);
        self.apply(change);
        let mut faults = Faults::default();
        self.check_place(&mut faults);
        self.check_group(before, &mut faults);
        self.settle_times(&mut faults);
        self.listed = self.visibility == Visibility::Public && self.status != Status::Draft;
        faults.check().map(|()| self)
    }

    fn apply(&mut self, change: &Change) {
        let was_one_day = self.start_date == self.end_date;
        let Change { group, title, description, location, latitude, longitude, url, .. } = change;
        set(&mut self.group_id, *group);
        set(&mut self.title, title.clone());
        set(&mut self.description, description.clone());
        set(&mut self.location, location.clone());
        set(&mut self.latitude, *latitude);
        set(&mut self.longitude, *longitude);
        set(&mut self.url, url.clone());
        set(&mut self.start_date, change.start_date);
        // The end of an event of one day moves along with its start.
        let end_date = change.end_date.or(was_one_day.then_some(None));
        set(&mut self.end_date, end_date.map(|day| day.unwrap_or(self.start_date)));
        set(&mut self.start_time, change.start_time);
        set(&mut self.end_time, change.end_time);
        set(&mut self.timezone, change.timezone);
        set(&mut self.status, change.status);
        set(&mut self.visibility, change.visibility);
        set(&mut self.capacity, change.capacity);
        let mut rules = self.rsvp.rules();
        set(&mut rules.until, change.rsvp_until);
        set(&mut rules.order, change.waitlist_order);
        set(&mut rules.guest_list, change.guest_list);
        self.rsvp = rules.into();
        set(&mut self.tags, change.tags.clone());
    }

    fn check_place(&self, faults: &mut Faults) {
        match (self.latitude, self.longitude) {
            (Some(_), None) => faults.add("longitude", "a place has both a latitude and this"),
            (None, Some(_)) => faults.add("latitude", "a place has both a longitude and this"),
            _ => {}
        }
    }

    /// An event may have lost its group; then it stays as it is until somebody says otherwise.
    fn check_group(&self, before: (Option<GroupId>, Visibility), faults: &mut Faults) {
        let has_changed = (self.group_id, self.visibility) != before;
        if has_changed && self.visibility == Visibility::Group && self.group_id.is_none() {
            faults.add("visibility", "only an event of a group can be for its group alone");
        }
    }

    /// Works out when the event begins and ends.
    ///
    /// Without times it lasts whole days. Without an end time it ends when it begins (RFC 5545,
    /// section 3.6.1), or, where it ends on a later day, with that day.
    fn settle_times(&mut self, faults: &mut Faults) {
        let (zone, first, last) = (self.timezone, self.start_date.0, self.end_date.0);
        let (start, end) = (self.start_time, self.end_time);
        let starts = zone.instant(first, start.map_or(NaiveTime::MIN, |time| time.0));
        let ends = match (start, end) {
            (Some(_), None) if first == last => starts,
            (_, None) => zone.end_of_day(last),
            (_, Some(end)) => zone.instant(last, end.0),
        };
        if end.is_some() && start.is_none() {
            faults.add("start_time", "an event that ends at a time also starts at one");
        }
        if last < first {
            faults.add("end_date", "the end is before the start");
        } else if ends < starts || (first == last && end.is_some() && end < start) {
            faults.add("end_time", "the end is before the start");
        }
        self.days = last.signed_duration_since(first).max(TimeDelta::zero()).num_days();
        (self.starts_at, self.ends_at) = (starts, ends);
    }

    /// When nobody looks for it any more: at its end, or with the day where only its beginning is known.
    pub fn over_at(&self) -> Instant {
        match (self.start_time, self.end_time) {
            (Some(_), None) => self.timezone.end_of_day(self.end_date.0),
            _ => self.ends_at,
        }
    }

    /// Without times, an event lasts whole days.
    pub fn is_all_day(&self) -> bool {
        self.start_time.is_none()
    }
}

/// Puts a new value in the place of the old one, if there is one.
fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::error::Error;
    use crate::input::Input;

    fn day(text: &str) -> Day {
        Day::from_text(text).unwrap()
    }

    fn time(text: &str) -> TimeOfDay {
        TimeOfDay::from_text(text).unwrap()
    }

    fn party() -> Change {
        Change {
            title: Some(Title::from_text("Owambe").unwrap()),
            start_date: Some(day("2026-06-06")),
            ..Change::default()
        }
    }

    fn made(change: &Change) -> Result<(String, String)> {
        let details = Details::new(change, Zone(Tz::Africa__Lagos))?;
        Ok((details.starts_at.utc().to_string(), details.ends_at.utc().to_string()))
    }

    fn fault(change: &Change) -> &'static str {
        match made(change) {
            Err(Error::Invalid(faults)) => faults.by_field().keys().next().unwrap(),
            other => panic!("not refused: {other:?}"),
        }
    }

    #[test]
    fn without_times_it_lasts_the_whole_day() {
        let (starts, ends) = made(&party()).unwrap();
        assert_eq!(
            (starts.as_str(), ends.as_str()),
            ("2026-06-05 23:00:00", "2026-06-06 23:00:00")
        );
    }

    #[test]
    fn without_an_end_time_it_ends_as_it_begins_or_with_its_last_day() {
        let mut change = Change { start_time: Some(Some(time("20:00"))), ..party() };
        assert_eq!(made(&change).unwrap().1, "2026-06-06 19:00:00");

        change.end_date = Some(Some(day("2026-06-07")));
        assert_eq!(made(&change).unwrap().1, "2026-06-07 23:00:00");
    }

    #[test]
    fn the_end_is_not_before_the_start() {
        let early = Change { end_date: Some(Some(day("2026-06-05"))), ..party() };
        assert_eq!(fault(&early), "end_date");

        let (start, end) = (Some(Some(time("20:00"))), Some(Some(time("19:00"))));
        let early = Change { start_time: start, end_time: end, ..party() };
        assert_eq!(fault(&early), "end_time");

        let over_midnight = Change { end_date: Some(Some(day("2026-06-07"))), ..early };
        assert!(made(&over_midnight).is_ok());
    }

    #[test]
    fn an_end_time_alone_a_latitude_alone_and_a_group_event_without_a_group_are_refused() {
        assert_eq!(fault(&Change { end_time: Some(Some(time("19:00"))), ..party() }), "start_time");
        assert_eq!(fault(&Change { latitude: Some(Some(6.5)), ..party() }), "longitude");
        assert_eq!(fault(&Change { visibility: Some(Visibility::Group), ..party() }), "visibility");
    }

    #[test]
    fn an_event_that_lost_its_group_stays_as_it_is_until_somebody_says_otherwise() {
        let made = Details::new(&party(), Zone(Tz::UTC)).unwrap();
        let lost = Details { visibility: Visibility::Group, ..made.clone() };
        let hidden = Some(Visibility::Group);
        let same = Change { visibility: hidden, group: Some(None), ..Change::default() };

        assert_eq!(lost.clone().changed(&same).unwrap().visibility, Visibility::Group);
        let shown = Change { visibility: Some(Visibility::Public), ..same.clone() };
        assert!(lost.clone().changed(&shown).is_ok());
        assert!(made.changed(&same).is_err());
        let theirs = Details { group_id: Some(GroupId(1)), ..lost };
        assert!(theirs.changed(&same).is_err());
    }

    #[test]
    fn an_event_of_one_day_moves_as_a_whole() {
        let made = Details::new(&party(), Zone(Tz::UTC)).unwrap();
        let moved = Change { start_date: Some(day("2026-07-04")), ..Change::default() };

        assert_eq!(made.changed(&moved).unwrap().end_date, day("2026-07-04"));
    }
}
