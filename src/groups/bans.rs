//! Whom the admins of a group keep out: banned people are no members, and do not come back by
//! themselves.

use diesel::QueryDsl;

use super::audit::{Action, Deed, note};
use super::{
    Group, GroupId, Rights, bans_store as store, follows, invitations, lock, members, requests,
    visible,
};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::schema::{bans, users};
use crate::users::{Person, User, UserId, get as get_user};

crate::text! {
    /// Why somebody is kept out.
    Reason, 0..=500
}

/// Somebody who is kept out.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = bans, base_query = bans::table.inner_join(users::table))]
pub struct Ban {
    /// Out of which group.
    pub group_id: GroupId,
    /// Who they are.
    #[diesel(embed)]
    pub user: Person,
    /// Who keeps them out; nobody, where the account went.
    pub actor_id: Option<UserId>,
    /// Why; may be empty.
    pub reason: String,
    /// Since when.
    pub created_at: Instant,
}

const ORDER: u8 = b'b';

/// What who manages a group hears about somebody who is kept out.
pub(super) const BANNED: Error = Error::Conflict {
    code: "banned",
    message: "they are banned from this group: lift the ban first",
};

/// Whether somebody is kept out of a group.
pub(super) fn is_banned(conn: &mut Conn, group: GroupId, user: UserId) -> Result<bool> {
    Ok(store::exists(conn, group, user)?)
}

/// Fails where somebody who is to come in is kept out.
pub(super) fn check_not_banned(conn: &mut Conn, group: GroupId, user: UserId) -> Result<()> {
    if is_banned(conn, group, user)? { Err(BANNED) } else { Ok(()) }
}

/// The only way to whom a group keeps out.
fn manageable(conn: &mut Conn, actor: &User, id: GroupId) -> Result<(Group, Rights)> {
    let (group, rights) = visible(conn, &actor.into(), id)?;
    match rights.can_manage() {
        true => Ok((group, rights)),
        false => Err(Error::Forbidden("only the owner and the admins keep others out")),
    }
}

/// Whom a group keeps out, the latest first; and how many, where that is asked for.
pub(super) fn list(
    conn: &mut Conn,
    actor: &User,
    group: GroupId,
    paging: &Paging,
) -> Result<(Page<Ban>, Option<i64>)> {
    manageable(conn, actor, group)?;

    let rows = store::list(conn, group, paging.cursor(ORDER)?, paging.limit())?;
    let count = paging.count.then(|| store::count(conn, group)).transpose()?;
    let place = |ban: &Ban| (ORDER, ban.created_at.micros(), ban.user.id.0);
    Ok((Page::new(rows, paging, place), count))
}

/// Keeps somebody out from now on, or says anew why. Tells whether that is new.
///
/// What they are in the group, and what they are about to be, goes.
pub fn ban(
    tx: &mut Tx,
    actor: &User,
    group: GroupId,
    user: UserId,
    reason: &Reason,
) -> Result<(Ban, bool)> {
    lock(tx, group)?;
    let (found, rights) = manageable(tx, actor, group)?;
    if actor.id == user {
        return Err(Error::Forbidden("nobody bans themselves"));
    }
    get_user(tx, user)?;
    members::check_not_owner(&found, rights, user)?;

    let before = store::find(tx, group, user)?;
    if before.as_ref().is_none_or(|ban| ban.reason != reason.as_str()) {
        let deed = Deed::by(actor.id, Action::Banned).to(user).saying(reason.as_str());
        let noted = note(tx, group, &deed)?;
        store::put(tx, &noted, actor.id, user, reason)?;
        members::expel(tx, &noted, user)?;
        requests::forget(tx, &noted, user)?;
        invitations::forget(tx, &noted, user)?;
        follows::end(tx, group, user)?;
    }
    let ban = store::find(tx, group, user)?.ok_or(Error::NotFound("ban"))?;
    Ok((ban, before.is_none()))
}

/// Keeps somebody out no more.
pub fn lift(tx: &mut Tx, actor: &User, group: GroupId, user: UserId) -> Result<()> {
    lock(tx, group)?;
    manageable(tx, actor, group)?;
    if !is_banned(tx, group, user)? {
        return Err(Error::NotFound("ban"));
    }

    let noted = note(tx, group, &Deed::by(actor.id, Action::Unbanned).to(user))?;
    Ok(store::delete(tx, &noted, user)?)
}

/// Every group that keeps somebody out.
pub fn bans_on(conn: &mut Conn, user: UserId) -> Result<Vec<Ban>> {
    Ok(store::of_user(conn, user)?)
}
