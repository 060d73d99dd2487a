//! Who belongs to a group: joining, being added, changing roles, handing over, leaving.

use diesel::QueryDsl;

use super::{Group, GroupId, Rights, Role, Visibility, lock, store, visible};
use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::schema::{memberships, users};
use crate::users::{Person, User, UserId, Viewer, get as get_user};

/// Somebody in a group.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = memberships, base_query = memberships::table.inner_join(users::table))]
pub struct Membership {
    /// Where they belong.
    pub group_id: GroupId,
    /// Who they are.
    #[diesel(embed)]
    pub user: Person,
    /// What they may do there.
    pub role: Role,
    /// Since when.
    pub created_at: Instant,
}

const HAND_OVER: Error = Error::Conflict {
    code: "owner_must_hand_over",
    message: "the owner leaves only after handing the group over",
};

const ORDER: u8 = b'm';

/// What somebody is in a group, if anything.
pub fn role_in(conn: &mut Conn, group: GroupId, user: UserId) -> Result<Option<Role>> {
    Ok(store::find_role(conn, group, user)?)
}

/// What somebody is in each of some groups, for a whole page at once.
pub fn roles_in(
    conn: &mut Conn,
    groups: Vec<GroupId>,
    user: UserId,
) -> Result<Vec<(GroupId, Role)>> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    Ok(store::find_roles(conn, groups, user)?)
}

/// The members of a group, those who have been there longest first.
pub fn list_members(
    conn: &mut Conn,
    viewer: &Viewer,
    group: GroupId,
    paging: &Paging,
) -> Result<Page<Membership>> {
    visible(conn, viewer, group)?;
    let cursor = paging.cursor(ORDER)?;
    let rows = store::list_members(conn, group, cursor, paging.limit())?;
    Ok(Page::new(rows, paging, |it| (ORDER, it.created_at.micros(), it.user.id.0)))
}

/// Every membership of somebody.
pub fn memberships_of(conn: &mut Conn, user: UserId) -> Result<Vec<Membership>> {
    Ok(store::memberships_of(conn, user)?)
}

/// Makes somebody a member, or changes their role. Tells whether they are new.
///
/// Anyone may join an open group themselves; owner and admins may add anyone. Only the owner
/// gives the group away, with the role `owner`, and becomes an admin.
pub fn add_member(
    tx: &mut Tx,
    actor: &User,
    group: GroupId,
    user: UserId,
    role: Option<Role>,
) -> Result<(Membership, bool)> {
    lock(tx, group)?;
    let (found, rights) = visible(tx, &actor.into(), group)?;
    let is_self = actor.id == user;
    if !(rights.can_manage() || is_self) {
        return Err(Error::Forbidden("only the owner and the admins may add others"));
    }
    get_user(tx, user)?;

    let before = role_in(tx, group, user)?;
    match before {
        None => check_newcomer(&found, rights, role)?,
        Some(before) => check_change(rights, before, role)?,
    }
    let after = role.or(before).unwrap_or(Role::Member);
    if after == Role::Owner && before != Some(Role::Owner) {
        store::set_role(tx, group, found.owner.id, Role::Admin)?;
        store::set_owner(tx, group, user)?;
    }
    match before {
        None => insert(tx, group, user, after, clock::now())?,
        Some(_) => store::set_role(tx, group, user, after)?,
    }
    let membership = store::find_member(tx, group, user)?.ok_or(Error::NotFound("member"))?;
    Ok((membership, before.is_none()))
}

fn check_newcomer(group: &Group, rights: Rights, role: Option<Role>) -> Result<()> {
    if !rights.can_manage() {
        if group.visibility != Visibility::Open {
            return Err(Error::Forbidden("this group is joined by invitation"));
        }
        if role.is_some_and(Role::is_admin) {
            return Err(Error::Forbidden("who joins a group joins as a member"));
        }
    }
    if role == Some(Role::Owner) && !rights.can_own() {
        return Err(Error::Forbidden("only the owner may hand the group over"));
    }
    Ok(())
}

fn check_change(rights: Rights, before: Role, role: Option<Role>) -> Result<()> {
    let Some(after) = role.filter(|after| *after != before) else { return Ok(()) };
    if before == Role::Owner {
        return Err(if rights.can_own() {
            HAND_OVER
        } else {
            Error::Forbidden("only the owner may hand the group over")
        });
    }
    if !rights.can_manage() {
        return Err(Error::Forbidden("only the owner and the admins may change roles"));
    }
    if after == Role::Owner && !rights.can_own() {
        return Err(Error::Forbidden("only the owner may hand the group over"));
    }
    Ok(())
}

/// Takes somebody out of a group.
pub fn remove_member(tx: &mut Tx, actor: &User, group: GroupId, user: UserId) -> Result<()> {
    lock(tx, group)?;
    let (_, rights) = visible(tx, &actor.into(), group)?;
    if !(rights.can_manage() || actor.id == user) {
        return Err(Error::Forbidden("only the owner and the admins may remove others"));
    }
    let role = role_in(tx, group, user)?.ok_or(Error::NotFound("member"))?;
    if role == Role::Owner {
        return Err(if rights.can_own() {
            HAND_OVER
        } else {
            Error::Forbidden("only the owner may hand the group over")
        });
    }

    remove(tx, group, user)
}

/// Takes somebody out of every group before their account goes.
///
/// What they owned goes to the admin, or else the member, who has been there longest; a group
/// that nobody else belongs to goes as well.
pub fn depart(tx: &mut Tx, user: UserId) -> Result<()> {
    for membership in memberships_of(tx, user)? {
        let group = membership.group_id;
        lock(tx, group)?;
        if membership.role == Role::Owner {
            let Some(heir) = store::find_heir(tx, group, user)? else {
                store::delete(tx, group)?;
                continue;
            };
            store::set_role(tx, group, heir, Role::Owner)?;
            store::set_owner(tx, group, heir)?;
        }
        remove(tx, group, user)?;
    }
    Ok(())
}

pub(super) fn insert_owner(tx: &mut Tx, group: GroupId, owner: UserId, now: Instant) -> Result<()> {
    insert(tx, group, owner, Role::Owner, now)
}

fn insert(tx: &mut Tx, group: GroupId, user: UserId, role: Role, now: Instant) -> Result<()> {
    store::insert_member(tx, group, user, role, now)?;
    Ok(store::count_members(tx, group, 1)?)
}

fn remove(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    store::delete_member(tx, group, user)?;
    Ok(store::count_members(tx, group, -1)?)
}
