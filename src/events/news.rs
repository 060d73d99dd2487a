//! What those who take part in an event are told about it.

use super::details::Details;
use super::{Event, EventId, Status, Visibility, seats_store, store};
use crate::clock;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::groups;
use crate::notifications::{Kind, Notice, is_known, notify, outlive};
use crate::users::UserId;

/// Tells who takes part what an organiser has changed, and a group's people of an event that is new.
///
/// Nobody hears of what is over, of what they cannot see, or of a description that reads better now.
/// What becomes a draft again is off.
pub fn of_change(tx: &mut Tx, actor: UserId, before: &Event, after: &Event) -> Result<()> {
    let (was, is) = (&before.details, &after.details);
    if is_new(was, is) {
        of_new(tx, actor, after)?;
    }
    if is.ends_at <= clock::now() && was.ends_at <= clock::now() {
        return Ok(());
    }
    let notice = match (was.status, is.status) {
        (Status::Draft | Status::Cancelled, Status::Draft | Status::Cancelled) => return Ok(()),
        (Status::Scheduled, Status::Draft) => return of_loss(tx, actor, before),
        (_, Status::Cancelled) => about(Kind::EventCancelled, actor, after),
        _ => {
            let changed = changed(was, is).join(",");
            if changed.is_empty() {
                return Ok(());
            }
            Notice { detail: changed, ..about(Kind::EventChanged, actor, after) }
        }
    };
    let to = readers(tx, after)?;
    notify(tx, &to, &notice)
}

/// Tells who takes part that an event is deleted, before it is.
pub fn of_deletion(tx: &mut Tx, actor: UserId, event: &Event) -> Result<()> {
    outlive(tx, event.id.0)?;
    match event.details.status {
        Status::Scheduled if event.details.ends_at > clock::now() => of_loss(tx, actor, event),
        _ => Ok(()),
    }
}

/// Tells who takes part that there is no such event any more, as far as they can see.
fn of_loss(tx: &mut Tx, actor: UserId, event: &Event) -> Result<()> {
    let notice = Notice {
        event: None,
        subject: Some(event.id.0),
        ..about(Kind::EventCancelled, actor, event)
    };
    let to = readers(tx, event)?;
    notify(tx, &to, &notice)
}

/// Whether a group's people find an event among theirs that was not there before.
fn is_new(was: &Details, is: &Details) -> bool {
    let is_there = |it: &Details| it.status == Status::Scheduled && it.group_id.is_some();
    is_there(is) && (!is_there(was) && was.status == Status::Draft || was.group_id != is.group_id)
}

/// Tells a group's members of a new event, and those who follow it where everybody may know.
pub fn of_new(tx: &mut Tx, actor: UserId, event: &Event) -> Result<()> {
    let details = &event.details;
    let Some(group) = details.group_id else { return Ok(()) };
    if details.status != Status::Scheduled || details.ends_at <= clock::now() {
        return Ok(());
    }
    // Once, and by who belongs there: nobody talks to a group that they are out of.
    let belongs = groups::role_in(tx, group, actor)?.is_some();
    if !belongs || is_known(tx, event.id.0, group.0)? {
        return Ok(());
    }
    let to = groups::audience(tx, group, details.visibility == Visibility::Public)?;
    let notice = Notice { group: Some(group.0), ..about(Kind::GroupEvent, actor, event) };
    notify(tx, &to, &notice)
}

/// Tells somebody who waited that they have a seat, unless they have seen to it themselves.
pub fn of_seat(tx: &mut Tx, event: EventId, user: UserId, actor: Option<UserId>) -> Result<()> {
    let title = store::title(tx, event)?;
    let notice = Notice { event: Some(event.0), ..Notice::new(Kind::MovedUp, actor, &title) };
    notify(tx, &[user], &notice)
}

fn about(kind: Kind, actor: UserId, event: &Event) -> Notice {
    Notice {
        event: Some(event.id.0),
        ..Notice::new(kind, Some(actor), event.details.title.as_str())
    }
}

/// Which fields changed of those that matter to who comes.
fn changed(was: &Details, is: &Details) -> Vec<&'static str> {
    [
        ("title", was.title != is.title),
        ("start_date", was.start_date != is.start_date),
        ("start_time", was.start_time != is.start_time),
        ("end_date", was.end_date != is.end_date),
        ("end_time", was.end_time != is.end_time),
        ("timezone", was.timezone != is.timezone),
        ("location", was.location != is.location),
        ("latitude", was.latitude != is.latitude),
        ("longitude", was.longitude != is.longitude),
        ("status", was.status != is.status),
    ]
    .into_iter()
    .filter_map(|(field, is_other)| is_other.then_some(field))
    .collect()
}

/// How many would hear if an organiser called an event off.
pub fn hearers(conn: &mut Conn, actor: UserId, event: &Event) -> Result<usize> {
    let details = &event.details;
    if details.status != Status::Scheduled || details.ends_at <= clock::now() {
        return Ok(0);
    }
    Ok(readers(conn, event)?.iter().filter(|reader| **reader != actor).count())
}

/// Who takes part, and may still see the event.
fn readers(conn: &mut Conn, event: &Event) -> Result<Vec<UserId>> {
    let is_for_members = event.details.visibility == Visibility::Group
        || event.group.as_ref().is_some_and(|it| it.visibility == groups::Visibility::Private);
    let members_of = event.details.group_id.filter(|_| is_for_members);
    Ok(seats_store::takers(conn, event.id, members_of)?)
}
