use diesel::dsl::{exists, max};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::rsvp::Rsvp;
use super::seats::{Entry, Room, Situation};
use super::visibility::{Sight, sight};
use super::{EventId, Interest, Status, Visibility};
use crate::clock::Instant;
use crate::db::{Conn, Tx, Wording, again, worded};
use crate::each;
use crate::error::{Error, Result};
use crate::groups::{self, GroupId};
use crate::schema::{events, groups as groups_table, interests, memberships};
use crate::users::{UserId, Viewer};

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct Seating {
    capacity: Option<i64>,
    seats_taken: i64,
    rsvp: Rsvp,
    status: Status,
    ends_at: Instant,
    creator_id: UserId,
    visibility: Visibility,
    group_id: Option<GroupId>,
}

impl Seating {
    fn room(self, of_group: Option<groups::Visibility>) -> Room {
        Room {
            capacity: self.capacity,
            taken: self.seats_taken,
            rules: self.rsvp.rules(),
            status: self.status,
            ends_at: self.ends_at,
            members_of: self.members_alone(of_group),
            is_for_group: self.visibility == Visibility::Group,
            creator: self.creator_id,
        }
    }

    /// The group whose members alone see an event: it is for them, or nobody else knows of the group.
    fn members_alone(&self, of_group: Option<groups::Visibility>) -> Option<GroupId> {
        let is_private = of_group == Some(groups::Visibility::Private);
        self.group_id.filter(|_| self.visibility == Visibility::Group || is_private)
    }
}

pub fn room(conn: &mut Conn, event: EventId) -> Result<Room> {
    let found: Option<(Seating, _)> = each!(conn, |conn| events::table
        .left_join(groups_table::table)
        .filter(events::id.eq(event))
        .select((Seating::as_select(), groups_table::visibility.nullable()))
        .first(conn))
    .optional()?;
    let (seating, of_group) = found.ok_or(Error::NotFound("event"))?;
    Ok(seating.room(of_group))
}

/// Whether somebody waits for a seat at the event that a query is over.
struct SomebodyWaits;

impl Wording for SomebodyWaits {
    type Kind = Bool;

    const SQL: &'static [&'static str] = &["exists (select 1 from interests as waiting where \
         waiting.event_id = events.id and waiting.line is not null \
         and waiting.status = 'waitlisted')"];
}

pub fn has_line(conn: &mut Conn, event: EventId) -> QueryResult<bool> {
    let found: Option<bool> = each!(conn, |conn| events::table
        .filter(events::id.eq(event))
        .select(worded::<SomebodyWaits, 0>([]))
        .first(conn))
    .optional()?;
    Ok(found.unwrap_or_default())
}

type Found = (Seating, Option<groups::Visibility>, Option<Columns>, bool);

/// All that decides about what somebody says of an event, if they may see it.
pub fn situation(
    conn: &mut Conn,
    viewer: &Viewer,
    event: EventId,
    user: UserId,
) -> Result<Situation> {
    let theirs = interests::event_id.eq(events::id).and(interests::user_id.eq(user));
    let found: Option<Found> = each!(conn, |conn| {
        let found = events::table
            .left_join(groups_table::table)
            .left_join(interests::table.on(theirs))
            .filter(events::id.eq(event))
            .select((
                Seating::as_select(),
                groups_table::visibility.nullable(),
                (interests::user_id, interests::status, interests::guests, interests::line)
                    .nullable(),
                worded::<SomebodyWaits, 0>([]),
            ));
        match sight(viewer) {
            Sight::All => found.first(conn),
            Sight::Anybody(seen) => found.filter(seen).first(conn),
            Sight::Somebody(seen) => found.filter(seen).first(conn),
        }
    })
    .optional()?;
    let (seating, of_group, before, somebody_waits) = found.ok_or(Error::NotFound("event"))?;
    Ok(Situation { room: seating.room(of_group), before: before.map(entry), somebody_waits })
}

type Columns = (UserId, Interest, i64, Option<i64>);

fn entry((user, status, guests, line): Columns) -> Entry {
    Entry { user, status, guests, line }
}

pub fn find(conn: &mut Conn, event: EventId, user: UserId) -> QueryResult<Option<Entry>> {
    let found: Option<Columns> = each!(conn, |conn| interests::table
        .find((event, user))
        .select((interests::user_id, interests::status, interests::guests, interests::line))
        .first(conn))
    .optional()?;
    Ok(found.map(entry))
}

/// Those who wait, the first in line first; no more than `most`, and perhaps only a group's members
/// and the event's creator.
pub fn waiting(
    conn: &mut Conn,
    event: EventId,
    members_of: Option<GroupId>,
    most: i64,
) -> QueryResult<Vec<Entry>> {
    let mut waiting = interests::table
        .inner_join(events::table)
        .filter(interests::event_id.eq(event))
        .filter(interests::line.is_not_null())
        .filter(interests::status.eq(Interest::Waitlisted))
        .order(interests::line)
        .limit(most)
        .into_boxed();
    if let Some(group) = members_of {
        let belongs = memberships::table
            .filter(memberships::group_id.eq(group))
            .filter(memberships::user_id.eq(interests::user_id));
        waiting = waiting.filter(exists(belongs).or(events::creator_id.eq(interests::user_id)));
    }
    let waiting = waiting
        .select((interests::user_id, interests::status, interests::guests, interests::line))
        .load::<Columns>(conn)?;
    Ok(waiting.into_iter().map(entry).collect())
}

/// Who takes part in any way; perhaps only a group's members, and the event's creator.
pub fn takers(
    conn: &mut Conn,
    event: EventId,
    members_of: Option<GroupId>,
) -> QueryResult<Vec<UserId>> {
    let mut takers = interests::table
        .inner_join(events::table)
        .filter(interests::event_id.eq(event))
        .filter(interests::status.ne(Interest::Refused))
        .order(interests::user_id)
        .into_boxed();
    if let Some(group) = members_of {
        let belongs = memberships::table
            .filter(memberships::group_id.eq(group))
            .filter(memberships::user_id.eq(interests::user_id));
        takers = takers.filter(exists(belongs).or(events::creator_id.eq(interests::user_id)));
    }
    takers.select(interests::user_id).load(conn)
}

/// The place after everybody's.
pub fn end_of_line(conn: &mut Conn, event: EventId) -> QueryResult<i64> {
    let last: Option<i64> = interests::table
        .filter(interests::event_id.eq(event))
        .filter(interests::line.is_not_null())
        .select(max(interests::line))
        .first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

pub fn insert(tx: &mut Tx, event: EventId, entry: &Entry, now: Instant) -> QueryResult<()> {
    each!(tx.conn(), |conn| diesel::insert_into(interests::table)
        .values((
            interests::event_id.eq(event),
            interests::user_id.eq(entry.user),
            interests::status.eq(entry.status),
            interests::guests.eq(entry.guests),
            interests::line.eq(entry.line),
            interests::created_at.eq(now),
        ))
        .execute(conn))
    .map(drop)
}

pub fn update(tx: &mut Tx, event: EventId, entry: &Entry) -> QueryResult<()> {
    let set = (
        interests::status.eq(entry.status),
        interests::guests.eq(entry.guests),
        interests::line.eq(entry.line),
    );
    let theirs = interests::event_id.eq(event).and(interests::user_id.eq(entry.user));
    let update = again(interests::table, set, theirs);
    each!(tx.conn(), |conn| update.execute(conn)).map(drop)
}

pub fn delete(tx: &mut Tx, event: EventId, user: UserId) -> QueryResult<()> {
    diesel::delete(interests::table.find((event, user))).execute(tx.conn()).map(drop)
}

/// Counts what changes. The database, too, refuses to seat more than there are seats for.
pub fn count(
    tx: &mut Tx,
    event: EventId,
    before: Option<&Entry>,
    after: Option<&Entry>,
    seats: impl Fn(&Entry) -> i64,
) -> Result<()> {
    let is = |entry: Option<&Entry>, status| i64::from(entry.is_some_and(|it| it.status == status));
    let more = |status| is(after, status) - is(before, status);
    let (interested, going) = (more(Interest::Interested), more(Interest::Going));
    let taken = after.map_or(0, &seats) - before.map_or(0, &seats);
    let room = events::capacity
        .is_null()
        .or(events::capacity.ge((events::seats_taken + taken).nullable()))
        .or((taken <= 0).into_sql::<Bool>());
    let set = (
        events::interested_count.eq(events::interested_count + interested),
        events::going_count.eq(events::going_count + going),
        events::popularity.eq(events::popularity + interested + going),
        events::seats_taken.eq(events::seats_taken + taken),
    );
    let update = again(events::table, set, events::id.eq(event).and(room));
    match each!(tx.conn(), |conn| update.execute(conn))? {
        1 => Ok(()),
        _ => Err(Error::Conflict { code: "event_full", message: "this event is full" }),
    }
}
