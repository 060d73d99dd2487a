//! People who hold events together, and what each of them may do.
//!
//! An `open` group is joined by anyone, a `closed` one is seen by all and joined by invitation, a
//! `private` one does not exist for others. One member is its owner; admins help.
//!
//! Who is in a group is in `members.rs`; how one gets there in `requests.rs` and `invitations.rs`,
//! and who does not in `bans.rs`. All of it is noted in the group's trail, `audit.rs`.

pub mod address;
mod announcements;
pub mod announcements_api;
mod announcements_store;
mod announcements_web;
pub mod api;
mod audit;
mod audit_store;
mod audit_web;
mod bans;
mod bans_store;
mod bans_web;
pub mod community_api;
mod follows;
mod follows_store;
mod invitations;
pub mod invitations_api;
mod invitations_store;
mod invitations_web;
mod link_web;
mod members;
mod members_web;
mod news;
mod requests;
pub mod requests_api;
mod requests_store;
mod requests_web;
mod shape;
pub mod shown;
mod store;
pub mod web;

use std::collections::HashMap;

use diesel::QueryDsl;

pub use announcements::{
    Announcement, AnnouncementId, Body, Title, announce, announced_by, get as announcement,
    list as list_announcements,
};
pub use audit::{Action, Entry, EntryId, note_event};
pub use bans::{Ban, Reason, ban, bans_on, lift};
pub use follows::{follow, follows_of, unfollow};
pub use invitations::{
    Brief, Invitation, InvitationId, Invitee, accept, accept_by_token, invitation_url,
    invitations_of, invite, open_invitation, sweep, to_be_sent,
};
pub use members::{
    Membership, add_member, depart, list_members, memberships_of, remove_member, role_in, roles_in,
};
pub use news::audience;
pub use requests::{JoinRequest, Message, ask, request_of, requests_of};
pub(crate) use requests_api::JoinRequestIn;
pub(crate) use shape::GroupIn;
pub use store::seen_by;

use audit::{Deed, note};

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::files::FileName;
use crate::http::paging::{Page, Paging};
use crate::schema::{groups, users};
use crate::users::{Person, User, UserId, Viewer};
use crate::words::Wanted;

crate::id! {
    /// Identifies a [`Group`].
    GroupId
}

crate::word! {
    /// Who sees a group, and who joins it.
    Visibility { Open = "open", Closed = "closed", Private = "private" }
}

crate::word! {
    /// What a member of a group may do.
    Role { Owner = "owner", Admin = "admin", Member = "member" }
}

crate::text! {
    /// What a group is called.
    Name, 1..=100, line
}

crate::text! {
    /// What a group is about.
    Description, 0..=5000
}

/// People who hold events together.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = groups, base_query = groups::table.inner_join(users::table))]
pub struct Group {
    /// Identifies it.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Who sees it, and who joins it.
    pub visibility: Visibility,
    /// Who answers for it.
    #[diesel(embed)]
    pub owner: Person,
    /// How many belong to it, the owner among them.
    pub member_count: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it last changed.
    pub updated_at: Instant,
    /// A picture of it.
    pub image: Option<FileName>,
    /// How many follow it.
    pub follower_count: i64,
}

/// What it takes to make a group.
#[derive(Clone, Debug, diesel::Insertable)]
#[diesel(table_name = groups)]
pub struct NewGroup {
    /// What it is called.
    pub name: Name,
    /// What it is about.
    pub description: Description,
    /// Who sees it, and who joins it.
    pub visibility: Visibility,
}

/// What to change. `None` leaves a field as it is.
#[derive(Clone, Debug, Default, diesel::AsChangeset)]
#[diesel(table_name = groups)]
pub struct Change {
    /// What it is called.
    pub name: Option<Name>,
    /// What it is about.
    pub description: Option<Description>,
    /// Who sees it, and who joins it.
    pub visibility: Option<Visibility>,
}

/// Which groups to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Those that somebody belongs to.
    pub member: Option<UserId>,
    /// Those that somebody follows.
    pub follower: Option<UserId>,
    /// Those with these words.
    pub q: Option<Wanted>,
}

impl Role {
    /// One member of a group answers for it.
    pub fn is_owner(self) -> bool {
        self == Self::Owner
    }

    /// Owners and admins look after a group.
    pub fn is_admin(self) -> bool {
        matches!(self, Self::Owner | Self::Admin)
    }
}

impl Change {
    /// Which fields of a group it changes.
    fn fields(&self, group: &Group) -> Vec<&'static str> {
        let name = self.name.as_ref().is_some_and(|it| it.as_str() != group.name);
        let description =
            self.description.as_ref().is_some_and(|it| it.as_str() != group.description);
        let visibility = self.visibility.is_some_and(|it| it != group.visibility);
        let all = [("name", name), ("description", description), ("visibility", visibility)];
        all.into_iter().filter(|(_, changes)| *changes).map(|(field, _)| field).collect()
    }
}

/// The one place that decides who may do what with a group.
#[derive(Clone, Copy, Debug)]
pub struct Rights {
    role: Option<Role>,
    is_banned: bool,
    is_site_admin: bool,
}

impl Rights {
    fn can_see(self, visibility: Visibility) -> bool {
        visibility != Visibility::Private || self.role.is_some() || self.is_site_admin
    }

    /// Belong to it.
    pub fn is_member(self) -> bool {
        self.role.is_some()
    }

    /// Hear what its members are told.
    pub fn can_hear(self) -> bool {
        self.is_member() || self.is_site_admin
    }

    /// Change it, and its members; let people in, keep people out, and see what was done.
    pub fn can_manage(self) -> bool {
        self.is_site_admin || self.role.is_some_and(Role::is_admin)
    }

    /// Delete it, or hand it over.
    pub fn can_own(self) -> bool {
        self.is_site_admin || self.role == Some(Role::Owner)
    }

    /// What they are in it, if anything.
    pub fn role(self) -> Option<Role> {
        self.role
    }

    /// Come in or follow, in whichever way, unless one is kept out.
    pub fn check_welcome(self) -> Result<()> {
        match self.is_banned {
            true => Err(Error::Forbidden("the admins of this group have banned you")),
            false => Ok(()),
        }
    }
}

/// What a caller may do with a group, whether they see it or not.
fn rights(conn: &mut Conn, viewer: &Viewer, id: GroupId) -> Result<Rights> {
    let (mut role, mut is_banned) = (None, false);
    if let Some(user) = viewer.id() {
        role = role_in(conn, id, user)?;
        // Who belongs to a group is not banned from it.
        is_banned = role.is_none() && bans::is_banned(conn, id, user)?;
    }
    Ok(Rights { role, is_banned, is_site_admin: viewer.is_admin() })
}

/// The only way to a group that a caller may see, and to what they may do with it.
pub fn visible(conn: &mut Conn, viewer: &Viewer, id: GroupId) -> Result<(Group, Rights)> {
    let group = get(conn, id)?;
    let rights = rights(conn, viewer, id)?;
    if !rights.can_see(group.visibility) {
        return Err(Error::NotFound("group"));
    }
    Ok((group, rights))
}

/// Makes a group, with its maker as the owner.
pub fn create(tx: &mut Tx, owner: &User, new: &NewGroup) -> Result<Group> {
    let id = store::insert(tx, owner.id, new, clock::now())?;
    let noted = note(tx, id, &Deed::by(owner.id, Action::Created))?;
    members::admit(tx, &noted, owner.id, Role::Owner)?;
    store::index(tx, id, new.name.as_str(), new.description.as_str())?;
    get(tx, id)
}

/// The groups that somebody may see, in the order they were made; where words are looked for, those
/// that have them in their name come first.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &Filter,
    paging: &Paging,
) -> Result<Page<Group>> {
    if let Some(wanted) = &filter.q {
        let cursor = paging.cursor(BY_RELEVANCE)?;
        let rows = store::search(conn, viewer, filter, wanted, (cursor, paging.limit()))?;
        let place = |(group, rank): &(Group, i64)| (BY_RELEVANCE, *rank, group.id.0);
        return Ok(Page::new(rows, paging, place).map(|(group, _)| group));
    }
    let cursor = paging.cursor(ORDER)?;
    let rows = store::list(conn, viewer, filter, cursor, paging.limit())?;
    Ok(Page::new(rows, paging, |group| (ORDER, group.id.0, group.id.0)))
}

/// How many groups there are to list.
pub fn count(conn: &mut Conn, viewer: &Viewer, filter: &Filter) -> Result<i64> {
    Ok(store::count(conn, viewer, filter)?)
}

/// What cursors of these lists are told by.
const ORDER: u8 = b'g';
const BY_RELEVANCE: u8 = b'h';

/// Finds the words of some groups that have none yet. Tells how many there were.
pub fn index_outdated(tx: &mut Tx) -> Result<usize> {
    const AT_ONCE: i64 = 500;
    let outdated = store::outdated(tx, AT_ONCE)?;
    for (id, name, description) in &outdated {
        store::index(tx, *id, name, description)?;
    }
    Ok(outdated.len())
}

/// The only way to a group that a caller may change.
pub fn manageable(conn: &mut Conn, user: &User, id: GroupId) -> Result<Group> {
    let (group, rights) = visible(conn, &user.into(), id)?;
    match rights.can_manage() {
        true => Ok(group),
        false => Err(Error::Forbidden("only the owner and the admins may change a group")),
    }
}

/// Changes a group.
pub fn update(tx: &mut Tx, user: &User, id: GroupId, change: &Change) -> Result<Group> {
    lock(tx, id)?;
    let before = manageable(tx, user, id)?;
    let fields = change.fields(&before);
    if fields.is_empty() {
        return Ok(before);
    }

    let deed = Deed::by(user.id, Action::Changed).saying(fields.join(", "));
    let noted = note(tx, id, &deed)?;
    store::update(tx, &noted, change)?;
    let group = get(tx, id)?;
    store::index(tx, id, &group.name, &group.description)?;
    if group.visibility != Visibility::Closed {
        requests::forget_all(tx, &noted)?;
    }
    if group.visibility == Visibility::Private {
        follows::end_of_others(tx, &noted)?;
    }
    get(tx, id)
}

/// Notes which picture shows a group.
pub fn set_image(tx: &mut Tx, by: UserId, id: GroupId, file: Option<&FileName>) -> Result<()> {
    let action = if file.is_some() { Action::ImageChanged } else { Action::ImageRemoved };
    let noted = note(tx, id, &Deed::by(by, action))?;
    Ok(store::set_image(tx, &noted, file)?)
}

/// The only way to a group that a caller may delete.
fn deletable(conn: &mut Conn, user: &User, id: GroupId) -> Result<(Group, Rights)> {
    let (group, rights) = visible(conn, &user.into(), id)?;
    match rights.can_own() {
        true => Ok((group, rights)),
        false => Err(Error::Forbidden("only the owner may delete a group")),
    }
}

/// Deletes a group. Its events stay, without a group, and no more visible than before.
pub fn delete(tx: &mut Tx, user: &User, id: GroupId) -> Result<()> {
    lock(tx, id)?;
    deletable(tx, user, id)?;
    Ok(store::delete(tx, id)?)
}

/// Keeps others from changing a group, or its members, until the transaction ends.
pub fn lock(tx: &mut Tx, id: GroupId) -> Result<()> {
    Ok(store::lock(tx, id)?)
}

fn get(conn: &mut Conn, id: GroupId) -> Result<Group> {
    store::find(conn, id)?.ok_or(Error::NotFound("group"))
}

/// Somebody each, asked for all of them at once.
fn people(
    conn: &mut Conn,
    ids: impl Iterator<Item = Option<UserId>>,
) -> Result<HashMap<UserId, Person>> {
    let people = store::find_people(conn, &ids.flatten().collect::<Vec<_>>())?;
    Ok(people.into_iter().map(|person| (person.id, person)).collect())
}
