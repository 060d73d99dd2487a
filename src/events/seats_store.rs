use diesel::dsl::{exists, max};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::rsvp::Rsvp;
use super::seats::{Entry, Room};
use super::{EventId, Interest, Status, Visibility};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::groups::{self, GroupId};
use crate::schema::{events, groups as groups_table, interests, memberships};
use crate::users::UserId;

type Seating = (Option<i64>, i64, Rsvp, Status, Instant, UserId);
type Host = (Visibility, Option<GroupId>, Option<groups::Visibility>);

pub fn room(conn: &mut Conn, event: EventId) -> Result<Room> {
    let found: Option<(Seating, Host)> = events::table
        .left_join(groups_table::table)
        .filter(events::id.eq(event))
        .select((
            (
                events::capacity,
                events::seats_taken,
                events::rsvp,
                events::status,
                events::ends_at,
                events::creator_id,
            ),
            (events::visibility, events::group_id, groups_table::visibility.nullable()),
        ))
        .first(conn)
        .optional()?;
    let (seating, host) = found.ok_or(Error::NotFound("event"))?;
    let (capacity, taken, rsvp, status, ends_at, creator) = seating;
    let is_for_group = host.0 == Visibility::Group;
    let (members_of, rules) = (members_alone(host), rsvp.rules());
    Ok(Room { capacity, taken, rules, status, ends_at, members_of, is_for_group, creator })
}

/// The group whose members alone see an event: it is for them, or nobody else knows of the group.
fn members_alone((visibility, group, of_group): Host) -> Option<GroupId> {
    let is_private = of_group == Some(groups::Visibility::Private);
    group.filter(|_| visibility == Visibility::Group || is_private)
}

type Columns = (UserId, Interest, i64, Option<i64>);

fn entry((user, status, guests, line): Columns) -> Entry {
    Entry { user, status, guests, line }
}

pub fn find(conn: &mut Conn, event: EventId, user: UserId) -> QueryResult<Option<Entry>> {
    let found = interests::table
        .find((event, user))
        .select((interests::user_id, interests::status, interests::guests, interests::line))
        .first::<Columns>(conn)
        .optional()?;
    Ok(found.map(entry))
}

pub fn somebody_waits(conn: &mut Conn, event: EventId) -> QueryResult<bool> {
    let waits = interests::table
        .filter(interests::event_id.eq(event))
        .filter(interests::line.is_not_null())
        .filter(interests::status.eq(Interest::Waitlisted));
    diesel::select(exists(waits)).get_result(conn)
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
    diesel::insert_into(interests::table)
        .values((
            interests::event_id.eq(event),
            interests::user_id.eq(entry.user),
            interests::status.eq(entry.status),
            interests::guests.eq(entry.guests),
            interests::line.eq(entry.line),
            interests::created_at.eq(now),
        ))
        .execute(tx.conn())
        .map(drop)
}

pub fn update(tx: &mut Tx, event: EventId, entry: &Entry) -> QueryResult<()> {
    diesel::update(interests::table.find((event, entry.user)))
        .set((
            interests::status.eq(entry.status),
            interests::guests.eq(entry.guests),
            interests::line.eq(entry.line),
        ))
        .execute(tx.conn())
        .map(drop)
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
    let counted = diesel::update(events::table.find(event).filter(room))
        .set((
            events::interested_count.eq(events::interested_count + interested),
            events::going_count.eq(events::going_count + going),
            events::popularity.eq(events::popularity + interested + going),
            events::seats_taken.eq(events::seats_taken + taken),
        ))
        .execute(tx.conn())?;
    match counted {
        1 => Ok(()),
        _ => Err(Error::Conflict { code: "event_full", message: "this event is full" }),
    }
}
