//! What the trail of a group says about its events.

use super::{Details, Status};
use crate::db::Tx;
use crate::error::Result;
use crate::groups::{self, Action};
use crate::users::UserId;

/// Notes what somebody does with an event, where it is a group's.
pub(super) fn note(tx: &mut Tx, actor: UserId, details: &Details, action: Action) -> Result<()> {
    match details.group_id {
        Some(group) => groups::note_event(tx, actor, group, action, details.title.as_str()),
        None => Ok(()),
    }
}

/// Notes what became of an event: it moved from one group to another, is cancelled, or only changed.
pub(super) fn note_change(
    tx: &mut Tx,
    actor: UserId,
    before: &Details,
    after: &Details,
) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let is_moved = before.group_id != after.group_id;
    if is_moved {
        note(tx, actor, before, Action::EventMovedOut)?;
        note(tx, actor, after, Action::EventMovedIn)?;
    }
    if after.status == Status::Cancelled && before.status != Status::Cancelled {
        return note(tx, actor, after, Action::EventCancelled);
    }
    if is_moved { Ok(()) } else { note(tx, actor, after, Action::EventChanged) }
}
