//! What arrives about events: to make one, to change one, to list some.

use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::{
    Change, Day, Description, Filter, GuestList, Link, Location, Near, Ordering, Status, Tag, Tags,
    TimeOfDay, Title, Visibility, WaitlistOrder, When,
};
use crate::clock::Instant;
use crate::error::{Faults, Result};
use crate::geo::Place;
use crate::groups::GroupId;
use crate::input::{Field, Input};
use crate::users::UserId;
use crate::words::Wanted;
use crate::zone::Zone;

/// What to change of an event: only what is there is changed, and null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = EventPatch)]
pub struct EventIn {
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "Jollof Night")]
    #[serde(default)]
    title: Field<Title>,
    #[schema(value_type = Option<String>, max_length = 20000, example = "Bring a spoon.")]
    #[serde(default)]
    description: Field<Description>,
    #[schema(value_type = Option<String>, max_length = 255, example = "Freedom Park, Lagos")]
    #[serde(default)]
    location: Field<Location>,
    #[schema(value_type = Option<f64>, minimum = -90, maximum = 90, example = 6.4488)]
    #[serde(default)]
    latitude: Field<Degrees<90>>,
    #[schema(value_type = Option<f64>, minimum = -180, maximum = 180, example = 3.3958)]
    #[serde(default)]
    longitude: Field<Degrees<180>>,
    /// A page about it elsewhere.
    #[schema(value_type = Option<String>, pattern = r"^(https?://.+)?$", max_length = 2000, example = "https://example.com/jollof")]
    #[serde(default)]
    url: Field<Link>,
    #[schema(value_type = String, format = "date", example = "2026-12-31")]
    #[serde(default)]
    start_date: Field<Day>,
    /// The same as `start_date` by default.
    #[schema(value_type = Option<String>, format = "date", example = "2027-01-01")]
    #[serde(default)]
    end_date: Field<Day>,
    /// `HH:MM`, `HH:MM:SS`, or the time part of an ISO timestamp. Without it, the event lasts all day.
    #[schema(value_type = Option<String>, pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?|([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)$", example = "20:00")]
    #[serde(default)]
    start_time: Field<TimeOfDay>,
    #[schema(value_type = Option<String>, pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?|([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)$", example = "02:00")]
    #[serde(default)]
    end_time: Field<TimeOfDay>,
    /// A zone of the IANA database; the site's own by default.
    #[schema(value_type = String, format = "timezone", example = "Africa/Lagos")]
    #[serde(default)]
    timezone: Field<Zone>,
    #[schema(inline, value_type = Status)]
    #[serde(default)]
    status: Field<Status>,
    #[schema(inline, value_type = Visibility)]
    #[serde(default)]
    visibility: Field<Visibility>,
    /// Seats. Null is as many as come.
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000, example = 50)]
    #[serde(default)]
    capacity: Field<Seats>,
    /// From when on nobody more can go. Null is never.
    #[schema(value_type = Option<String>, format = "date-time", example = "2026-12-30T20:00:00Z")]
    #[serde(default)]
    rsvp_until: Field<Instant>,
    /// Who moves up when seats are free: strictly the first in line, or the first whose party fits.
    #[schema(inline, value_type = WaitlistOrder)]
    #[serde(default)]
    waitlist_order: Field<WaitlistOrder>,
    /// Who sees who is going: the organisers alone, those who are going, or all who see the event.
    #[schema(inline, value_type = GuestList)]
    #[serde(default)]
    guest_list: Field<GuestList>,
    /// At most 10, of 1 to 40 characters.
    #[schema(value_type = Option<Vec<Tag>>, max_items = 10, example = json!(["food", "music"]))]
    #[serde(default)]
    tags: Field<Tags>,
    /// The group that holds it. The caller has to be a member.
    #[schema(value_type = Option<i64>, example = json!(null))]
    #[serde(default)]
    group: Field<GroupId>,
}

/// A new event, or the whole of one.
#[derive(ToSchema)]
#[schema(as = NewEvent)]
#[expect(dead_code, reason = "it is read as an EventIn, and asks for more of it")]
pub struct EventPut {
    #[schema(min_length = 1, max_length = 200, example = "Jollof Night")]
    title: String,
    #[schema(max_length = 20000, example = "Bring a spoon.")]
    description: Option<String>,
    #[schema(max_length = 255, example = "Freedom Park, Lagos")]
    location: Option<String>,
    #[schema(minimum = -90, maximum = 90, example = 6.4488)]
    latitude: Option<f64>,
    #[schema(minimum = -180, maximum = 180, example = 3.3958)]
    longitude: Option<f64>,
    /// A page about it elsewhere.
    #[schema(
        pattern = r"^(https?://.+)?$",
        max_length = 2000,
        example = "https://example.com/jollof"
    )]
    url: Option<String>,
    #[schema(format = "date", example = "2026-12-31")]
    start_date: String,
    /// The same as `start_date` by default.
    #[schema(format = "date", example = "2027-01-01")]
    end_date: Option<String>,
    /// `HH:MM`, `HH:MM:SS`, or the time part of an ISO timestamp. Without it, the event lasts all day.
    #[schema(
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?|([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)$",
        example = "20:00"
    )]
    start_time: Option<String>,
    #[schema(
        pattern = r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?|([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?)$",
        example = "02:00"
    )]
    end_time: Option<String>,
    /// A zone of the IANA database; the site's own by default.
    #[schema(required = false, format = "timezone", example = "Africa/Lagos")]
    timezone: String,
    /// `scheduled` by default.
    #[schema(inline, required = false)]
    status: Status,
    /// `public` by default.
    #[schema(inline, required = false)]
    visibility: Visibility,
    /// Seats. Null is as many as come.
    #[schema(minimum = 1, maximum = 1_000_000, example = 50)]
    capacity: Option<i64>,
    /// From when on nobody more can go. Null is never.
    #[schema(format = "date-time", example = "2026-12-30T20:00:00Z")]
    rsvp_until: Option<String>,
    /// Who moves up when seats are free; `strict` by default.
    #[schema(inline, required = false)]
    waitlist_order: WaitlistOrder,
    /// Who sees who is going; `hidden` by default.
    #[schema(inline, required = false)]
    guest_list: GuestList,
    /// At most 10, of 1 to 40 characters.
    #[schema(max_items = 10, example = json!(["food", "music"]))]
    tags: Option<Vec<Tag>>,
    /// The group that holds it. The caller has to be a member.
    #[schema(example = json!(null))]
    group: Option<i64>,
}

/// Degrees north or east, up to a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Degrees<const MOST: i32>(f64);

impl<const MOST: i32> Degrees<MOST> {
    fn within(degrees: f64) -> Result<Self, String> {
        match degrees.abs() <= f64::from(MOST) {
            true => Ok(Self(degrees)),
            false => Err(format!("this must be from -{MOST} to {MOST}")),
        }
    }
}

impl<const MOST: i32> Input for Degrees<MOST> {
    fn from_text(text: &str) -> Result<Self, String> {
        f64::from_text(text).and_then(Self::within)
    }

    fn from_json(value: serde_json::Value) -> Result<Self, String> {
        f64::from_json(value).and_then(Self::within)
    }
}

/// How far something is near, where nobody says.
const NEAR_KM: f64 = 25.0;

/// A distance, up to that of the antipodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kilometres(f64);

impl Input for Kilometres {
    fn from_text(text: &str) -> Result<Self, String> {
        match f64::from_text(text)? {
            km if km > 0.0 && km <= 20_040.0 => Ok(Self(km)),
            _ => Err("this must be more than 0, and at most 20040".to_owned()),
        }
    }
}

/// How many people an event has room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seats(i64);

impl Seats {
    fn within(seats: i64) -> Result<Self, String> {
        match seats {
            1..=1_000_000 => Ok(Self(seats)),
            _ => Err("this must be from 1 to 1000000".to_owned()),
        }
    }
}

impl Input for Seats {
    fn from_text(text: &str) -> Result<Self, String> {
        i64::from_text(text).and_then(Self::within)
    }

    fn from_json(value: serde_json::Value) -> Result<Self, String> {
        i64::from_json(value).and_then(Self::within)
    }
}

impl EventIn {
    /// What is not there becomes what it was at first.
    #[must_use]
    pub fn whole(self, zone: Zone) -> Self {
        Self {
            title: self.title.must(),
            description: self.description.or_null(),
            location: self.location.or_null(),
            latitude: self.latitude.or_null(),
            longitude: self.longitude.or_null(),
            url: self.url.or_null(),
            start_date: self.start_date.must(),
            end_date: self.end_date.or_null(),
            start_time: self.start_time.or_null(),
            end_time: self.end_time.or_null(),
            timezone: self.timezone.or(zone),
            status: self.status.or(Status::Scheduled),
            visibility: self.visibility.or(Visibility::Public),
            capacity: self.capacity.or_null(),
            rsvp_until: self.rsvp_until.or_null(),
            waitlist_order: self.waitlist_order.or(WaitlistOrder::Strict),
            guest_list: self.guest_list.or(GuestList::Hidden),
            tags: self.tags.or_null(),
            group: self.group.or_null(),
        }
    }

    /// All that is wrong with any field is said at once.
    pub fn read(self) -> Result<Change> {
        let mut faults = Faults::default();
        let faults = &mut faults;
        let change = Change {
            title: self.title.optional("title", faults),
            description: self.description.clearable("description", faults),
            location: self.location.clearable("location", faults),
            latitude: self.latitude.nullable("latitude", faults).map(|it| it.map(|it| it.0)),
            longitude: self.longitude.nullable("longitude", faults).map(|it| it.map(|it| it.0)),
            url: self.url.clearable("url", faults),
            start_date: self.start_date.optional("start_date", faults),
            end_date: self.end_date.nullable("end_date", faults),
            start_time: self.start_time.nullable("start_time", faults),
            end_time: self.end_time.nullable("end_time", faults),
            timezone: self.timezone.optional("timezone", faults),
            status: self.status.optional("status", faults),
            visibility: self.visibility.optional("visibility", faults),
            capacity: self.capacity.nullable("capacity", faults).map(|it| it.map(|it| it.0)),
            rsvp_until: self.rsvp_until.nullable("rsvp_until", faults),
            waitlist_order: self.waitlist_order.optional("waitlist_order", faults),
            guest_list: self.guest_list.optional("guest_list", faults),
            tags: self.tags.clearable("tags", faults),
            group: self.group.nullable("group", faults),
        };
        std::mem::take(faults).check().map(|()| change)
    }
}

/// Which events to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct EventQuery {
    /// Events that last until this day or longer.
    #[param(value_type = Option<String>, format = "date")]
    from: Field<Day>,
    /// Events that begin on this day or before it.
    #[param(value_type = Option<String>, format = "date")]
    to: Field<Day>,
    /// As seen from now.
    #[param(inline, value_type = Option<When>)]
    when: Field<When>,
    /// Events that this user made.
    #[param(value_type = Option<i64>)]
    creator: Field<UserId>,
    /// Events of this group.
    #[param(value_type = Option<i64>)]
    group: Field<GroupId>,
    /// Events that have all of these words, in the title first. The last word may be the beginning
    /// of one; quotes hold words together.
    #[param(value_type = Option<String>, max_length = 200, example = "jollof nig")]
    q: Field<Wanted>,
    /// Events with this tag.
    #[param(value_type = Option<String>, max_length = 40)]
    tag: Field<Tag>,
    /// Events near a place, as `latitude,longitude`; each then says its `distance`.
    #[param(value_type = Option<String>, pattern = r"^-?[0-9]{1,2}(\.[0-9]+)?,-?[0-9]{1,3}(\.[0-9]+)?$", example = "6.45,3.39")]
    near: Field<Place>,
    /// How near, in kilometres: 25 by default.
    #[param(value_type = Option<f64>, exclusive_minimum = 0, maximum = 20_040)]
    within: Field<Kilometres>,
    /// `me`: events that the caller takes part in.
    #[param(inline, value_type = Option<Me>)]
    interested: Field<Me>,
    /// `me`: events of groups that the caller follows or belongs to.
    #[param(inline, value_type = Option<Me>)]
    following: Field<Me>,
    /// Drafts are listed only when asked for, to those who may see them.
    #[param(inline, value_type = Option<Status>)]
    status: Field<Status>,
    /// `start` by default, `relevance` with `q`.
    #[param(inline, value_type = Option<Ordering>)]
    ordering: Field<Ordering>,
}

crate::word! {
    /// The caller.
    Me { Me = "me" }
}

impl EventQuery {
    /// All that is wrong with any field is said at once.
    pub fn read(self) -> Result<Filter> {
        let mut faults = Faults::default();
        let place = self.near.or_nothing("near", &mut faults);
        let within = self.within.or_nothing("within", &mut faults);
        if within.is_some() && place.is_none() {
            faults.add("near", "say near which place, as latitude,longitude");
        }
        let relevance = matches!(self.ordering, Field::Value(Ordering::Relevance));
        if relevance && matches!(self.q, Field::Absent | Field::Null) {
            faults.add("ordering", "only what is searched for with q has a relevance");
        }
        let Kilometres(km) = within.unwrap_or(Kilometres(NEAR_KM));
        let filter = Filter {
            from: self.from.or_nothing("from", &mut faults),
            to: self.to.or_nothing("to", &mut faults),
            when: self.when.or_nothing("when", &mut faults),
            creator: self.creator.or_nothing("creator", &mut faults),
            group: self.group.or_nothing("group", &mut faults),
            q: self.q.or_nothing("q", &mut faults),
            tag: self.tag.or_nothing("tag", &mut faults),
            near: place.map(|place| Near { place, km }),
            is_interested: self.interested.or_nothing("interested", &mut faults).is_some(),
            is_followed: self.following.or_nothing("following", &mut faults).is_some(),
            status: self.status.or_nothing("status", &mut faults),
            ordering: self.ordering.or_nothing("ordering", &mut faults),
        };
        faults.check().map(|()| filter)
    }
}
