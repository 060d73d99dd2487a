//! Who belongs to a group: joining, being added, changing roles, handing over, leaving.

use diesel::QueryDsl;

use super::audit::{Action, Deed, Noted, note};
use super::{
    Group, GroupId, Rights, Role, Visibility, bans, follows, get, invitations, lock, news,
    requests, store, visible,
};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::schema::{memberships, users};
use crate::users::{Person, User, UserId, Username, Viewer, find_by_login, get as get_user};

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

/// What who is in already hears, where they come again.
pub(super) const YOU_ARE_IN: Error =
    Error::Conflict { code: "already_member", message: "you belong to this group already" };

/// What is heard of who is in already, where they are invited.
pub(super) const THEY_ARE_IN: Error =
    Error::Conflict { code: "already_member", message: "they belong to this group already" };

const ORDER: u8 = b'm';

/// What somebody is in a group, if anything.
pub fn role_in(conn: &mut Conn, group: GroupId, user: UserId) -> Result<Option<Role>> {
    Ok(store::find_role(conn, group, user)?)
}

/// What somebody is in each of some groups, for a whole page at once.
pub fn roles_in(conn: &mut Conn, groups: &[GroupId], user: UserId) -> Result<Vec<(GroupId, Role)>> {
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
    if !(rights.can_manage() || actor.id == user) {
        return Err(Error::Forbidden("only the owner and the admins may add others"));
    }
    get_user(tx, user)?;

    let before = role_in(tx, group, user)?;
    let now = match before {
        None => enter(tx, actor, (&found, rights), user, role)?,
        Some(before) => {
            check_change(rights, before, role)?;
            before
        }
    };
    match role.filter(|role| *role != now) {
        Some(Role::Owner) => hand_over(tx, Some(actor.id), &found, user)?,
        Some(role) => set_role(tx, actor, group, user, role)?,
        None => {}
    }
    Ok((get_member(tx, group, user)?, before.is_none()))
}

/// Joins, or is added, and tells as what. Who is to own the group begins as a member.
fn enter(
    tx: &mut Tx,
    actor: &User,
    (group, rights): (&Group, Rights),
    user: UserId,
    role: Option<Role>,
) -> Result<Role> {
    let is_self = actor.id == user;
    match is_self {
        true => rights.check_welcome()?,
        false => bans::check_not_banned(tx, group.id, user)?,
    }
    check_newcomer(group, rights, role)?;

    let asked = requests::request_of(tx, group.id, user)?.is_some();
    let is_to_own = role == Some(Role::Owner);
    let role = role.filter(|_| !is_to_own).unwrap_or(Role::Member);
    let action = if is_self { Action::Joined } else { Action::Added };
    let noted = note(tx, group.id, &Deed::by(actor.id, action).to(user).saying(role.as_str()))?;
    admit(tx, &noted, user, role)?;
    if asked {
        news::of_answer(tx, group.id, actor.id, user, true)?;
    } else if !is_to_own {
        news::of_role(tx, group.id, Some(actor.id), user, role)?;
    }
    Ok(role)
}

/// Gives a member another role, but for the owner's.
fn set_role(tx: &mut Tx, actor: &User, group: GroupId, user: UserId, role: Role) -> Result<()> {
    let deed = Deed::by(actor.id, Action::RoleChanged).to(user).saying(role.as_str());
    let noted = note(tx, group, &deed)?;
    store::set_role(tx, &noted, user, role)?;
    if !role.is_admin() {
        invitations::forget_made_by(tx, &noted, user)?;
        news::looks_after_no_more(tx, group, user)?;
    }
    news::of_role(tx, group, Some(actor.id), user, role)
}

/// Makes a member the owner, and the owner an admin.
fn hand_over(tx: &mut Tx, actor: Option<UserId>, group: &Group, heir: UserId) -> Result<()> {
    let deed = match actor {
        Some(actor) => Deed::by(actor, Action::HandedOver),
        None => Deed::by_nobody(Action::HandedOver),
    };
    let noted = note(tx, group.id, &deed.to(heir))?;
    store::set_role(tx, &noted, group.owner.id, Role::Admin)?;
    store::set_role(tx, &noted, heir, Role::Owner)?;
    store::set_owner(tx, &noted, heir)?;
    news::of_hand_over(tx, group, actor, heir)
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
    let (found, rights) = visible(tx, &actor.into(), group)?;
    let is_self = actor.id == user;
    if !(rights.can_manage() || is_self) {
        return Err(Error::Forbidden("only the owner and the admins may remove others"));
    }
    role_in(tx, group, user)?.ok_or(Error::NotFound("member"))?;
    check_not_owner(&found, rights, user)?;

    let action = if is_self { Action::Left } else { Action::Removed };
    let noted = note(tx, group, &Deed::by(actor.id, action).to(user))?;
    expel(tx, &noted, user)?;
    if found.visibility == Visibility::Private {
        follows::end(tx, group, user)?;
    }
    Ok(())
}

/// The owner does not go, and is not taken out, before somebody else is.
pub(super) fn check_not_owner(group: &Group, rights: Rights, user: UserId) -> Result<()> {
    match (group.owner.id == user, rights.can_own()) {
        (false, _) => Ok(()),
        (true, true) => Err(HAND_OVER),
        (true, false) => Err(Error::Forbidden("only the owner may hand the group over")),
    }
}

/// Takes somebody out of every group before their account goes, and ends their following.
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
            let found = get(tx, group)?;
            hand_over(tx, None, &found, heir)?;
        }
        let noted = note(tx, group, &Deed::by_nobody(Action::Left).to(user))?;
        expel(tx, &noted, user)?;
    }
    for request in requests::requests_of(tx, user)? {
        news::request_is_over(tx, request.group_id, Some(user))?;
    }
    for group in follows::follows_of(tx, user)? {
        lock(tx, group)?;
        follows::end(tx, group, user)?;
    }
    Ok(())
}

/// Who has this name.
pub(super) fn named(conn: &mut Conn, name: &Username) -> Result<User> {
    let found = find_by_login(conn, name.as_str())?.map(|(user, _)| user);
    found.ok_or_else(|| Error::invalid("username", "there is nobody of this name"))
}

fn get_member(conn: &mut Conn, group: GroupId, user: UserId) -> Result<Membership> {
    store::find_member(conn, group, user)?.ok_or(Error::NotFound("member"))
}

/// Lets somebody in, however they come: the one way into a group. What they asked for, and what they
/// were invited to, is done with.
pub(super) fn admit(tx: &mut Tx, noted: &Noted, user: UserId, role: Role) -> Result<Membership> {
    store::insert_member(tx, noted, user, role)?;
    store::count_members(tx, noted.group(), 1)?;
    requests::forget(tx, noted, user)?;
    invitations::forget(tx, noted, user)?;
    get_member(tx, noted.group(), user)
}

/// Takes somebody out, where they are in, and the invitations that are theirs: they could come back by
/// one.
pub(super) fn expel(tx: &mut Tx, noted: &Noted, user: UserId) -> Result<()> {
    invitations::forget_made_by(tx, noted, user)?;
    news::is_out(tx, noted.group(), user)?;
    match role_in(tx, noted.group(), user)? {
        Some(_) => remove(tx, noted, user),
        None => Ok(()),
    }
}

/// The one way out of a group.
fn remove(tx: &mut Tx, noted: &Noted, user: UserId) -> Result<()> {
    store::delete_member(tx, noted, user)?;
    Ok(store::count_members(tx, noted.group(), -1)?)
}
