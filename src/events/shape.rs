//! How an event is written on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Brief, Day, Description, Event, EventId, GuestList, Host, Hosted, Interest, Link, Location,
    Status, Ties, TimeOfDay, Title, UsedTag, Visibility, WaitlistOrder, ties,
};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::files::Size;
use crate::geo::Place;
use crate::groups::{self, GroupId};
use crate::users::api::PersonOut;
use crate::users::{User, Viewer};
use crate::zone::Zone;

/// Something that happens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Event)]
pub struct EventOut {
    /// Identifies it.
    pub id: EventId,
    #[schema(value_type = String, example = "Jollof Night")]
    title: Title,
    #[schema(value_type = String)]
    description: Description,
    #[schema(value_type = String, example = "Freedom Park, Lagos")]
    location: Location,
    latitude: Option<f64>,
    longitude: Option<f64>,
    #[schema(value_type = String)]
    url: Link,
    #[schema(value_type = String, format = "date", example = "2026-12-31")]
    start_date: Day,
    #[schema(value_type = String, format = "date", example = "2027-01-01")]
    end_date: Day,
    #[schema(value_type = Option<String>, example = "20:00:00")]
    start_time: Option<TimeOfDay>,
    #[schema(value_type = Option<String>, example = "02:00:00")]
    end_time: Option<TimeOfDay>,
    #[schema(value_type = String, example = "Africa/Lagos")]
    timezone: Zone,
    starts_at: Instant,
    ends_at: Instant,
    all_day: bool,
    #[schema(inline)]
    status: Status,
    #[schema(inline)]
    visibility: Visibility,
    /// Seats. Null is as many as come.
    capacity: Option<i64>,
    /// Seats that are free. Null where there is no number of seats.
    seats_left: Option<i64>,
    /// From when on nobody more can go.
    rsvp_until: Option<Instant>,
    #[schema(inline)]
    waitlist_order: WaitlistOrder,
    #[schema(inline)]
    guest_list: GuestList,
    tags: Vec<String>,
    group: Option<HostOut>,
    /// The address of a picture of at most 960 pixels a side.
    #[schema(format = "uri")]
    thumbnail: Option<String>,
    creator: PersonOut,
    interested_count: i64,
    going_count: i64,
    comment_count: i64,
    /// What the caller has to do with it; null for anonymous callers.
    viewer: Option<EventViewer>,
    created_at: Instant,
    updated_at: Instant,
    /// Kilometres from the place that was asked about; only there where one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3.2)]
    distance: Option<f64>,
}

/// A group, beside its event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Host)]
struct HostOut {
    id: GroupId,
    name: String,
    #[schema(inline)]
    visibility: groups::Visibility,
    /// The address of a picture of at most 320 pixels a side.
    #[schema(format = "uri")]
    image: Option<String>,
}

/// What the caller has to do with an event.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventViewer {
    #[schema(inline)]
    interest: Option<Interest>,
    can_edit: bool,
}

/// A tag, and how many upcoming public events have it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Tag)]
pub struct TagOut {
    #[schema(example = "food")]
    name: String,
    count: i64,
}

impl From<UsedTag> for TagOut {
    fn from(tag: UsedTag) -> Self {
        Self { name: tag.name, count: tag.count }
    }
}

/// An event in a few words.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EventBrief)]
pub struct BriefOut {
    id: EventId,
    #[schema(value_type = String, example = "Jollof Night")]
    title: Title,
    #[schema(value_type = String, format = "date", example = "2026-12-31")]
    start_date: Day,
    starts_at: Instant,
    #[schema(value_type = String)]
    location: Location,
    #[schema(inline)]
    status: Status,
    /// The address of a picture of at most 320 pixels a side.
    #[schema(format = "uri")]
    thumbnail: Option<String>,
}

impl EventOut {
    fn new(event: Event, ties: Option<Ties>) -> Self {
        let all_day = event.details.is_all_day();
        let details = event.details;
        let rules = details.rsvp.rules();
        Self {
            id: event.id,
            title: details.title,
            description: details.description,
            location: details.location,
            latitude: details.latitude,
            longitude: details.longitude,
            url: details.url,
            start_date: details.start_date,
            end_date: details.end_date,
            start_time: details.start_time,
            end_time: details.end_time,
            timezone: details.timezone,
            starts_at: details.starts_at,
            ends_at: details.ends_at,
            all_day,
            status: details.status,
            visibility: details.visibility,
            capacity: details.capacity,
            seats_left: details.capacity.map(|seats| (seats - event.seats_taken).max(0)),
            rsvp_until: rules.until,
            waitlist_order: rules.order,
            guest_list: rules.guest_list,
            tags: details.tags.words(),
            group: event.group.map(HostOut::from),
            thumbnail: event.thumbnail.map(|file| file.url(Size::Large)),
            creator: event.creator.into(),
            interested_count: event.interested_count,
            going_count: event.going_count,
            comment_count: event.comment_count,
            viewer: ties.map(EventViewer::from),
            created_at: event.created_at,
            updated_at: event.updated_at,
            distance: None,
        }
    }

    /// The event with how far it is from a place, to the metre.
    #[must_use]
    pub fn seen_from(mut self, place: Place) -> Self {
        if let (Some(latitude), Some(longitude)) = (self.latitude, self.longitude) {
            let km = place.km_to(Place { latitude, longitude });
            self.distance = Some((km * 1000.0).round() / 1000.0);
        }
        self
    }

    /// Events with what the caller has to do with each, all asked at once.
    pub fn for_viewer(conn: &mut Conn, viewer: &Viewer, events: Vec<Event>) -> Result<Vec<Self>> {
        let hosted: Vec<Hosted> = events.iter().map(Event::hosted).collect();
        let ties = ties(conn, viewer, &hosted)?;
        Ok(events.into_iter().zip(ties).map(|(event, ties)| Self::new(event, ties)).collect())
    }

    /// An event for nobody in particular.
    pub fn for_nobody(event: Event) -> Self {
        Self::new(event, None)
    }

    /// An event for who has just made it.
    pub fn made(event: Event, creator: &User) -> Self {
        let ties = Ties::of_creator(&event, creator);
        Self::new(event, Some(ties))
    }

    /// One event with what the caller has to do with it.
    pub fn one(conn: &mut Conn, viewer: &Viewer, event: Event) -> Result<Self> {
        let mut out = Self::for_viewer(conn, viewer, vec![event])?;
        out.pop().ok_or(Error::NotFound("event"))
    }
}

impl From<Host> for HostOut {
    fn from(host: Host) -> Self {
        let image = host.image.map(|file| file.url(Size::Small));
        Self { id: host.id, name: host.name, visibility: host.visibility, image }
    }
}

impl From<Ties> for EventViewer {
    fn from(ties: Ties) -> Self {
        Self { interest: ties.interest, can_edit: ties.can_edit }
    }
}

impl From<Brief> for BriefOut {
    fn from(event: Brief) -> Self {
        Self {
            id: event.id,
            title: event.title,
            start_date: event.start_date,
            starts_at: event.starts_at,
            location: event.location,
            status: event.status,
            thumbnail: event.thumbnail.map(|file| file.url(Size::Small)),
        }
    }
}
