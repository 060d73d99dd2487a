//! What those who take part in an event are told about it.

use super::details::Details;
use super::{Event, EventId, Status, Visibility, seats_store, store};
use crate::clock;
use crate::db::Tx;
use crate::error::Result;
use crate::groups;
use crate::notifications::{Kind, Notice, notify};
use crate::users::UserId;

/// Tells who takes part what an organiser has changed.
///
/// Nobody hears of what is over, of what they cannot see any more, or of a description that reads
/// better now.
pub fn of_change(tx: &mut Tx, actor: UserId, before: &Event, after: &Event) -> Result<()> {
    let (was, is) = (&before.details, &after.details);
    let is_over = is.ends_at <= clock::now() && was.ends_at <= clock::now();
    if is_over || was.status == Status::Draft || is.status == Status::Draft {
        return Ok(());
    }
    let notice = match (was.status, is.status) {
        (Status::Cancelled, Status::Cancelled) => return Ok(()),
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
    let details = &event.details;
    if details.ends_at <= clock::now() || details.status != Status::Scheduled {
        return Ok(());
    }
    let notice = Notice {
        // The notification is there when the event is not.
        event: None,
        subject: Some(event.id.0),
        ..about(Kind::EventCancelled, actor, event)
    };
    let to = readers(tx, event)?;
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

/// Who takes part, and may still see the event.
fn readers(tx: &mut Tx, event: &Event) -> Result<Vec<UserId>> {
    let is_for_members = event.details.visibility == Visibility::Group
        || event.group.as_ref().is_some_and(|it| it.visibility == groups::Visibility::Private);
    let members_of = event.details.group_id.filter(|_| is_for_members);
    Ok(seats_store::takers(tx, event.id, members_of)?)
}
