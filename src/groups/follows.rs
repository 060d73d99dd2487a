//! Who follows a group: they find its events among theirs. Nobody else learns who they are, so none
//! of it is in the trail.

use super::audit::Noted;
use super::{Group, GroupId, follows_store as store, get, lock, visible};
use crate::clock;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::users::{User, UserId};

/// Follows a group. Tells whether that is new.
pub fn follow(tx: &mut Tx, user: &User, group: GroupId) -> Result<(Group, bool)> {
    lock(tx, group)?;
    let (_, rights) = visible(tx, &user.into(), group)?;
    rights.check_welcome()?;

    let is_new = store::insert(tx, group, user.id, clock::now())?;
    if is_new {
        store::count(tx, group, 1)?;
    }
    Ok((get(tx, group)?, is_new))
}

/// Follows a group no more.
pub fn unfollow(tx: &mut Tx, user: &User, group: GroupId) -> Result<()> {
    lock(tx, group)?;
    visible(tx, &user.into(), group)?;

    match end(tx, group, user.id)? {
        true => Ok(()),
        false => Err(Error::NotFound("follow")),
    }
}

/// Ends somebody's following, where they follow. Tells whether they did.
pub(super) fn end(tx: &mut Tx, group: GroupId, user: UserId) -> Result<bool> {
    let did = store::delete(tx, group, user)?;
    if did {
        store::count(tx, group, -1)?;
    }
    Ok(did)
}

/// Ends the following of all who do not belong to a group that only its members see from now on.
pub(super) fn end_of_others(tx: &mut Tx, noted: &Noted) -> Result<()> {
    let gone = store::delete_of_others(tx, noted.group())?;
    Ok(store::count(tx, noted.group(), -gone)?)
}

/// Which of some groups somebody follows, asked for all of them at once.
pub(super) fn followed(conn: &mut Conn, groups: &[GroupId], user: UserId) -> Result<Vec<GroupId>> {
    Ok(store::followed(conn, groups, user)?)
}

/// Every group that somebody follows.
pub fn follows_of(conn: &mut Conn, user: UserId) -> Result<Vec<GroupId>> {
    Ok(store::of_user(conn, user)?)
}
