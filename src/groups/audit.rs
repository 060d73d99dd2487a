//! What was done to a group, and by whom: the trail that its admins read.
//!
//! Whatever the stores of this feature write about a group, or about who is in it, they write for a
//! [`Noted`], and only [`note`] makes one: a deed that forgets its line does not compile.

use super::{GroupId, audit_store as store, visible};
use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::schema::group_deeds;
use crate::users::{User, UserId};

crate::id! {
    /// Identifies an [`Entry`].
    EntryId
}

crate::word! {
    /// What was done to a group. Who follows it is nobody's business, and not in here.
    Action {
        Created = "created",
        Changed = "changed",
        ImageChanged = "image_changed",
        ImageRemoved = "image_removed",
        Joined = "joined",
        Added = "added",
        Left = "left",
        Removed = "removed",
        RoleChanged = "role_changed",
        HandedOver = "handed_over",
        Invited = "invited",
        InvitationAccepted = "invitation_accepted",
        InvitationDeclined = "invitation_declined",
        InvitationRevoked = "invitation_revoked",
        Requested = "requested",
        RequestWithdrawn = "request_withdrawn",
        RequestAccepted = "request_accepted",
        RequestRefused = "request_refused",
        Banned = "banned",
        Unbanned = "unbanned",
        Announced = "announced",
        AnnouncementDeleted = "announcement_deleted",
        EventCreated = "event_created",
        EventChanged = "event_changed",
        EventCancelled = "event_cancelled",
        EventDeleted = "event_deleted",
        EventMovedIn = "event_moved_in",
        EventMovedOut = "event_moved_out",
    }
}

/// Something that is being done to a group.
#[derive(Clone, Debug, diesel::Insertable)]
#[diesel(table_name = group_deeds)]
pub(super) struct Deed {
    actor_id: Option<UserId>,
    action: Action,
    user_id: Option<UserId>,
    detail: String,
}

/// Something that was done to a group.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = group_deeds)]
pub struct Entry {
    /// Identifies it.
    pub id: EntryId,
    /// Who did it; nobody, where an account went.
    pub actor_id: Option<UserId>,
    /// What they did.
    pub action: Action,
    /// Whom they did it to.
    pub user_id: Option<UserId>,
    /// What else there is to say.
    pub detail: String,
    /// When they did it.
    pub created_at: Instant,
}

/// Stands for a line in the trail of a group: with one, a store writes.
pub struct Noted {
    group: GroupId,
    at: Instant,
}

/// What cursors of this list are told by.
const ORDER: u8 = b'd';

impl Deed {
    /// What somebody does.
    pub fn by(actor: UserId, action: Action) -> Self {
        Self { actor_id: Some(actor), ..Self::by_nobody(action) }
    }

    /// What happens because an account goes.
    pub fn by_nobody(action: Action) -> Self {
        Self { actor_id: None, action, user_id: None, detail: String::new() }
    }

    /// Whom it is done to.
    pub fn to(self, user: impl Into<Option<UserId>>) -> Self {
        Self { user_id: user.into(), ..self }
    }

    /// What else there is to say.
    pub fn saying(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }
}

impl Noted {
    /// Which group it is about.
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// When it is done.
    pub fn at(&self) -> Instant {
        self.at
    }
}

/// Adds a line to the trail of a group.
pub(super) fn note(tx: &mut Tx, group: GroupId, deed: &Deed) -> Result<Noted> {
    let at = clock::now();
    store::insert(tx, group, deed, at)?;
    Ok(Noted { group, at })
}

/// Adds a line about one of its events to the trail of a group.
pub fn note_event(
    tx: &mut Tx,
    actor: UserId,
    group: GroupId,
    action: Action,
    title: &str,
) -> Result<()> {
    note(tx, group, &Deed::by(actor, action).saying(title)).map(drop)
}

/// What was done to a group, the latest first, for those who look after it; and how much, where
/// that is asked for.
pub(super) fn list(
    conn: &mut Conn,
    user: &User,
    group: GroupId,
    paging: &Paging,
) -> Result<(Page<Entry>, Option<i64>)> {
    let (_, rights) = visible(conn, &user.into(), group)?;
    if !rights.can_manage() {
        return Err(Error::Forbidden("only the owner and the admins see what was done"));
    }

    let rows = store::list(conn, group, paging.cursor(ORDER)?, paging.limit())?;
    let count = paging.count.then(|| store::count(conn, group)).transpose()?;
    Ok((Page::new(rows, paging, |entry| (ORDER, entry.id.0, entry.id.0)), count))
}
