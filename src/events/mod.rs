//! What happens, when and where, and who may see it and change it.

pub mod address;
pub mod api;
pub mod calendar;
mod details;
mod form;
mod list;
mod news;
mod rsvp;
mod search_store;
pub mod seats;
mod seats_store;
pub mod shape;
pub mod shown;
mod store;
mod tags;
mod tags_store;
mod times;
mod trail;
mod visibility;
mod written;

use diesel::QueryDsl;

pub use details::{Change, Description, Details, Location, Status, Title, Visibility};
pub use form::{EventIn, EventQuery};
pub use list::{Filter, Near, Ordering, When, count, list};
pub use news::hearers;
pub use rsvp::{GuestList, Rsvp, Rules, WaitlistOrder};
pub use tags::{Link, Tag, TagId, Tags, UsedTag, count_tags, list_tags};
pub use times::{Day, TimeOfDay};
pub use visibility::visible_to;

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::files::FileName;
use crate::groups::{self, Action, Group, GroupId};
use crate::kept::Row;
use crate::schema::{events, groups as groups_table, users};
use crate::users::{Person, User, UserId, Viewer};
use crate::zone::Zone;

crate::id! {
    /// Identifies an [`Event`].
    EventId
}

crate::word! {
    /// How somebody takes part in an event. Who is refused takes no part, and only organisers hear so.
    Interest {
        Interested = "interested", Going = "going", Waitlisted = "waitlisted", Refused = "refused",
    }
}

/// Something that happens.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(
    table_name = events,
    base_query = events::table.inner_join(users::table).left_join(groups_table::table),
)]
pub struct Event {
    /// Identifies it.
    pub id: EventId,
    /// What its organiser says about it.
    #[diesel(embed)]
    pub details: Details,
    /// Who made it.
    #[diesel(embed)]
    pub creator: Person,
    /// Whose event it is, if it is a group's.
    #[diesel(embed)]
    pub group: Option<Host>,
    /// How many are interested.
    pub interested_count: i64,
    /// How many are going.
    pub going_count: i64,
    /// Both of them: what "popular" orders by.
    pub popularity: i64,
    /// How many comments stand under it.
    pub comment_count: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// A picture of it.
    pub thumbnail: Option<FileName>,
    /// How many seats are taken, guests counted.
    pub seats_taken: i64,
}

/// A group, beside its event.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = groups_table)]
pub struct Host {
    /// Identifies it.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// Who sees it.
    pub visibility: groups::Visibility,
    /// A picture of it.
    pub image: Option<FileName>,
}

/// An event in a few words, beside what refers to it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = events)]
#[expect(missing_docs, reason = "the same as in Details")]
pub struct Brief {
    pub id: EventId,
    pub title: Title,
    pub start_date: Day,
    pub starts_at: Instant,
    pub location: Location,
    pub status: Status,
    pub thumbnail: Option<FileName>,
}

/// An event, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct Hosted {
    id: EventId,
    creator: UserId,
    group: Option<GroupId>,
}

/// What a caller has to do with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ties {
    /// Whether, and how, they take part.
    pub interest: Option<Interest>,
    /// Whether they may change it.
    pub can_edit: bool,
}

impl From<Group> for Host {
    fn from(group: Group) -> Self {
        let Group { id, name, visibility, image, .. } = group;
        Self { id, name, visibility, image }
    }
}

impl Event {
    /// One that was made just now, as it is read from then on.
    pub fn new(id: EventId, details: Details, whose: (Person, Option<Host>), now: Instant) -> Self {
        let (creator, group) = whose;
        Self {
            id,
            details,
            creator,
            group,
            interested_count: 0,
            going_count: 0,
            popularity: 0,
            comment_count: 0,
            created_at: now,
            updated_at: now,
            thumbnail: None,
            seats_taken: 0,
        }
    }

    /// Whose it is.
    pub fn hosted(&self) -> Hosted {
        Hosted { id: self.id, creator: self.creator.id, group: self.details.group_id }
    }
}

impl Ties {
    /// What its creator has to do with an event that nobody else has seen yet.
    fn of_creator(event: &Event, creator: &User) -> Self {
        Self { interest: None, can_edit: event.hosted().can_be_edited_by(&creator.into(), None) }
    }
}

impl Hosted {
    /// The rows that it is made of, as everybody sees it.
    fn rows(self) -> Vec<Row> {
        let mut rows = vec![Row::Event(self.id.0), Row::User(self.creator.0)];
        rows.extend(self.group.map(|group| Row::Group(group.0)));
        rows
    }

    /// The one place that decides who may change an event: its creator, the admins of its group,
    /// and those who look after the whole site.
    fn can_be_edited_by(self, viewer: &Viewer, role: Option<groups::Role>) -> bool {
        viewer.id() == Some(self.creator)
            || viewer.is_admin()
            || role.is_some_and(groups::Role::is_admin)
    }
}

/// The only way to an event that a caller may see.
pub fn visible(conn: &mut Conn, viewer: &Viewer, id: EventId) -> Result<Event> {
    store::find_visible(conn, viewer, id)?.ok_or(Error::NotFound("event"))
}

/// Fails unless a caller may see an event: for those who need to know no more about it.
pub fn check_visible(conn: &mut Conn, viewer: &Viewer, id: EventId) -> Result<()> {
    match store::is_visible(conn, viewer, id)? {
        true => Ok(()),
        false => Err(Error::NotFound("event")),
    }
}

/// The only way to an event that a caller may change.
pub fn editable(conn: &mut Conn, user: &User, id: EventId) -> Result<Event> {
    let viewer = user.into();
    let event = visible(conn, &viewer, id)?;
    if !ties(conn, &viewer, &[event.hosted()])?.iter().flatten().all(|it| it.can_edit) {
        return Err(Error::Forbidden("only its creator and its group's admins may do this"));
    }
    Ok(event)
}

/// What a caller has to do with each of some events, asked for all of them at once. `None` where
/// nobody in particular asks.
pub fn ties(conn: &mut Conn, viewer: &Viewer, events: &[Hosted]) -> Result<Vec<Option<Ties>>> {
    let Some(user) = viewer.id() else { return Ok(vec![None; events.len()]) };
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let interests = store::interests_of(conn, user, &ids)?;
    let groups: Vec<GroupId> = events.iter().filter_map(|event| event.group).collect();
    let roles = groups::roles_in(conn, &groups, user)?;

    let ties = |event: &Hosted| {
        let interest = interests.iter().find(|(id, _)| *id == event.id).map(|(_, it)| *it);
        let interest = interest.filter(|it| *it != Interest::Refused);
        let role = roles.iter().find(|(id, _)| Some(*id) == event.group);
        let can_edit = event.can_be_edited_by(viewer, role.map(|(_, role)| *role));
        Some(Ties { interest, can_edit })
    };
    Ok(events.iter().map(ties).collect())
}

/// Makes an event, and tells its group's people.
pub fn create(tx: &mut Tx, creator: &User, change: &Change, zone: Zone) -> Result<Event> {
    let event = bring(tx, creator, change, zone)?;
    news::of_new(tx, creator.id, &event)?;
    Ok(event)
}

/// Makes an event without a word to anybody: for who brings many. Its row says that its words are
/// there, and so they are when this is done.
pub fn bring(tx: &mut Tx, creator: &User, change: &Change, zone: Zone) -> Result<Event> {
    let details = Details::new(change, zone)?;
    let group = find_host(tx, creator, details.group_id)?;

    let now = clock::now();
    let id = store::insert(tx, creator.id, &details, now)?;
    tags_store::add(tx, id, &details.tags.words())?;
    search_store::add(tx, id, &details);
    trail::note(tx, creator.id, &details, Action::EventCreated)?;
    Ok(Event::new(id, details, (creator.into(), group), now))
}

/// Changes an event.
pub fn update(tx: &mut Tx, user: &User, id: EventId, change: &Change) -> Result<Event> {
    store::lock(tx, id)?;
    let event = editable(tx, user, id)?;
    let before = &event.details;
    let details = before.clone().changed(change)?;
    if details.group_id != before.group_id {
        find_host(tx, user, details.group_id)?;
    }

    store::update(tx, id, &details, clock::now())?;
    if details.tags != before.tags {
        tags_store::replace(tx, id, &details.tags.words())?;
    }
    search_store::replace(tx, id, &details);
    trail::note_change(tx, user.id, before, &details)?;
    // There may be more seats than before, or other rules.
    seats::fill(tx, id, Some(user.id))?;
    let changed = get(tx, id)?;
    news::of_change(tx, user.id, &event, &changed)?;
    Ok(changed)
}

/// Finds the words of some events that have none yet. Tells how many there were.
pub fn index_outdated(tx: &mut Tx) -> Result<usize> {
    const AT_ONCE: i64 = 500;
    let outdated = search_store::outdated(tx, AT_ONCE)?;
    for (id, details) in &outdated {
        search_store::replace(tx, *id, details);
        search_store::mark(tx, *id)?;
    }
    Ok(outdated.len())
}

/// Makes searches quick again, after many events have come at once.
pub fn tidy_index(tx: &mut Tx) -> Result<()> {
    Ok(search_store::tidy(tx)?)
}

/// Deletes an event, and with it its comments and who was interested.
pub fn delete(tx: &mut Tx, user: &User, id: EventId) -> Result<()> {
    store::lock(tx, id)?;
    let event = editable(tx, user, id)?;

    news::of_deletion(tx, user.id, &event)?;
    trail::note(tx, user.id, &event.details, Action::EventDeleted)?;
    Ok(store::delete(tx, id)?)
}

/// Only members hold events in a group; a group that one may not see is no group.
fn find_host(conn: &mut Conn, user: &User, group: Option<GroupId>) -> Result<Option<Host>> {
    let Some(id) = group else { return Ok(None) };
    let (group, rights) = match groups::visible(conn, &user.into(), id) {
        Err(Error::NotFound(_)) => return Err(Error::invalid("group", "there is no such group")),
        seen => seen?,
    };
    match user.is_admin || rights.is_member() {
        true => Ok(Some(group.into())),
        false => Err(Error::Forbidden("only members may hold events in a group")),
    }
}

/// Keeps others from changing an event, or its counters, until the transaction ends.
pub fn lock(tx: &mut Tx, id: EventId) -> Result<()> {
    Ok(store::lock(tx, id)?)
}

/// Notes which picture shows an event.
pub fn set_thumbnail(tx: &mut Tx, by: UserId, id: EventId, file: Option<&FileName>) -> Result<()> {
    let event = get(tx, id)?;
    trail::note(tx, by, &event.details, Action::EventChanged)?;
    Ok(store::set_thumbnail(tx, id, file, clock::now())?)
}

/// Keeps count of comments.
pub fn count_comments(tx: &mut Tx, id: EventId, more: i64) -> Result<()> {
    Ok(store::count_comments(tx, id, more)?)
}

/// Lets go of somebody's events before their account goes: those of a group stay with the group's
/// owner, the others are deleted.
pub fn forget(tx: &mut Tx, user: UserId) -> Result<()> {
    store::leave_to_groups(tx, user)?;
    for event in store::made_by(tx, user)? {
        news::of_deletion(tx, user, &event)?;
    }
    Ok(store::delete_of(tx, user)?)
}

/// Everything that somebody made, whoever may see it.
pub fn made_by(conn: &mut Conn, user: UserId) -> Result<Vec<Event>> {
    Ok(store::made_by(conn, user)?)
}

fn get(conn: &mut Conn, id: EventId) -> Result<Event> {
    store::find(conn, id)?.ok_or(Error::NotFound("event"))
}
