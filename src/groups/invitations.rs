//! Invitations into a group: of somebody, of whoever reads letters at an address, or of whoever has
//! the link. One is good for two weeks, and for one person: it is gone when it is accepted.
//!
//! Whose address an invitation went to is not looked up: who invites learns of nobody that they have
//! an account.

use chrono::TimeDelta;
use diesel::QueryDsl;

use super::audit::{Action, Deed, Noted, note};
use super::{
    GroupId, Membership, Role, bans, invitations_store as store, lock, members, news, rights,
    role_in, visible,
};
use crate::app::Site;
use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::files::FileName;
use crate::http::paging::{Page, Paging};
use crate::schema::{groups, invitations};
use crate::sessions::token;
use crate::users::{self, Email, User, UserId, Username};

crate::id! {
    /// Identifies an [`Invitation`].
    InvitationId
}

/// Leave to join.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = invitations, base_query = invitations::table.inner_join(groups::table))]
pub struct Invitation {
    /// Identifies it.
    pub id: InvitationId,
    /// To join which group.
    #[diesel(embed)]
    pub group: Brief,
    /// Who invites; nobody, where the account went.
    pub inviter_id: Option<UserId>,
    /// Who is invited, if it is somebody in particular.
    pub user_id: Option<UserId>,
    /// Who reads letters here is invited.
    pub email: Option<String>,
    /// What they will be.
    pub role: Role,
    /// Since when it is good.
    pub created_at: Instant,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// A group in a few words, beside what refers to it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = groups)]
pub struct Brief {
    /// Identifies it.
    pub id: GroupId,
    /// What it is called.
    pub name: String,
    /// A picture of it.
    pub image: Option<FileName>,
}

/// Who is to be invited.
#[derive(Clone, Debug)]
pub enum Invitee {
    /// Somebody with an account.
    User(Username),
    /// Whoever reads letters there.
    Email(Email),
    /// Whoever has the link.
    Anybody,
}

impl Invitee {
    fn email(&self) -> Option<&Email> {
        if let Self::Email(email) = self { Some(email) } else { None }
    }
}

/// How long an invitation is good.
const LIFETIME: TimeDelta = TimeDelta::days(14);

/// Invitations of a group that are open at once, at most.
const MOST: i64 = 200;

/// Who a token of an invitation is for.
const AUDIENCE: &str = "invitation";

const ORDER: u8 = b'i';
const NONE: Error = Error::NotFound("invitation");

/// Invites somebody into a group. An older invitation of the same person or address goes.
pub fn invite(
    tx: &mut Tx,
    inviter: &User,
    group: GroupId,
    whom: &Invitee,
    role: Role,
) -> Result<Invitation> {
    lock(tx, group)?;
    match whom {
        Invitee::Email(_) => check_writes(tx, inviter, group)?,
        Invitee::User(_) | Invitee::Anybody => check_invites(tx, inviter, group)?,
    }
    let user = match whom {
        Invitee::User(name) => Some(invitable(tx, group, name)?),
        Invitee::Email(_) | Invitee::Anybody => None,
    };

    let deed = Deed::by(inviter.id, Action::Invited).to(user).saying(role.as_str());
    let noted = note(tx, group, &deed)?;
    store::delete_same(tx, &noted, user, whom.email())?;
    forget_news(tx, group, user)?;
    check_room(tx, &noted)?;
    let (email, until) = (whom.email(), noted.at().plus(LIFETIME));
    let new = store::NewInvitation::new(inviter.id, user, email, role, until);
    let id = store::insert(tx, &noted, new)?;
    let invitation = find_open(tx, id)?;
    news::of_invitation(tx, &invitation)?;
    Ok(invitation)
}

fn forget_news(tx: &mut Tx, group: GroupId, user: Option<UserId>) -> Result<()> {
    match user {
        Some(user) => news::invitation_is_over(tx, group, user),
        None => Ok(()),
    }
}

/// Fails where there are enough, and with it all that was done so far.
fn check_room(tx: &mut Tx, noted: &Noted) -> Result<()> {
    if store::count_of_group(tx, noted.group(), noted.at())? < MOST {
        return Ok(());
    }
    Err(Error::Conflict {
        code: "too_many_invitations",
        message: "this group has as many open invitations as it may have",
    })
}

/// Fails unless somebody may have letters written that invite others: nobody who hides does.
pub(super) fn check_writes(conn: &mut Conn, user: &User, group: GroupId) -> Result<()> {
    check_invites(conn, user, group)?;
    match user.email_verified_at {
        Some(_) => Ok(()),
        None => Err(Error::Forbidden("verify your own address before you have letters written")),
    }
}

/// Fails unless somebody may invite others into a group.
fn check_invites(conn: &mut Conn, user: &User, group: GroupId) -> Result<()> {
    match visible(conn, &user.into(), group)?.1.can_manage() {
        true => Ok(()),
        false => Err(Error::Forbidden("only the owner and the admins invite others")),
    }
}

/// Who has this name, if they can still join.
fn invitable(conn: &mut Conn, group: GroupId, name: &Username) -> Result<UserId> {
    let user = members::named(conn, name)?;
    if role_in(conn, group, user.id)?.is_some() {
        return Err(members::THEY_ARE_IN);
    }
    bans::check_not_banned(conn, group, user.id)?;
    Ok(user.id)
}

fn find_open(conn: &mut Conn, id: InvitationId) -> Result<Invitation> {
    store::find_open(conn, id, clock::now())?.ok_or(NONE)
}

/// The open invitations of a group, the latest first, for those who invite; and how many, where that
/// is asked for.
pub(super) fn list_of_group(
    conn: &mut Conn,
    actor: &User,
    group: GroupId,
    paging: &Paging,
) -> Result<(Page<Invitation>, Option<i64>)> {
    check_invites(conn, actor, group)?;

    let now = clock::now();
    let rows = store::of_group(conn, group, now, (paging.cursor(ORDER)?, paging.limit()))?;
    let count = paging.count.then(|| store::count_of_group(conn, group, now)).transpose()?;
    Ok((Page::new(rows, paging, place), count))
}

/// The open invitations of somebody, the latest first; and how many, where that is asked for.
pub(super) fn list_of_user(
    conn: &mut Conn,
    user: UserId,
    paging: &Paging,
) -> Result<(Page<Invitation>, Option<i64>)> {
    let now = clock::now();
    let rows = store::of_user(conn, user, now, (paging.cursor(ORDER)?, paging.limit()))?;
    let count = paging.count.then(|| store::count_of_user(conn, user, now)).transpose()?;
    Ok((Page::new(rows, paging, place), count))
}

fn place(invitation: &Invitation) -> (u8, i64, i64) {
    (ORDER, invitation.id.0, invitation.id.0)
}

/// What is to be sent to who is invited: whoever has it can accept the invitation, once.
fn invitation_token(site: &Site, invitation: &Invitation) -> Result<String> {
    token::grant(site, AUDIENCE, &invitation.id.to_string(), invitation.expires_at)
}

/// Where whoever has the link looks at an invitation, and accepts it.
pub fn invitation_url(site: &Site, invitation: &Invitation) -> Result<String> {
    Ok(format!("{}/invitations/?token={}", site.url, invitation_token(site, invitation)?))
}

/// An invitation to an address or by a name, while it is open: for who writes the letter.
pub fn to_be_sent(conn: &mut Conn, id: InvitationId) -> Result<Option<Invitation>> {
    Ok(store::find_open(conn, id, clock::now())?)
}

/// The invitation that a token stands for, while it is open.
pub fn open_invitation(conn: &mut Conn, site: &Site, token: &str) -> Result<Invitation> {
    let id = token::read_grant(site, AUDIENCE, token).and_then(|id| id.parse().ok());
    find_open(conn, InvitationId(id.ok_or(NONE)?))
}

/// Accepts an invitation of oneself.
pub fn accept(tx: &mut Tx, user: &User, id: InvitationId) -> Result<Membership> {
    let invitation = find_open(tx, id)?;
    if invitation.user_id != Some(user.id) {
        return Err(NONE);
    }

    take_up(tx, user, &invitation)
}

/// Accepts the invitation that a token stands for. What is for somebody else is for nobody else.
pub fn accept_by_token(tx: &mut Tx, site: &Site, user: &User, token: &str) -> Result<Membership> {
    let invitation = open_invitation(tx, site, token)?;
    if invitation.user_id.is_some_and(|invited| invited != user.id) {
        return Err(NONE);
    }

    // The link went to this address and nowhere else.
    let went_to = invitation.email.as_ref().map(|address| address.to_lowercase());
    if went_to == Some(user.email.to_lowercase()) {
        users::set_verified(tx, user.id)?;
    }
    take_up(tx, user, &invitation)
}

/// Joins as an invitation says, also a group that one does not see yet.
fn take_up(tx: &mut Tx, user: &User, invitation: &Invitation) -> Result<Membership> {
    let group = invitation.group.id;
    lock(tx, group)?;
    // Somebody else may have taken it before the lock was ours.
    find_open(tx, invitation.id)?;
    let rights = rights(tx, &user.into(), group)?;
    rights.check_welcome()?;
    if rights.is_member() {
        return Err(members::YOU_ARE_IN);
    }

    let deed = Deed::by(user.id, Action::InvitationAccepted).to(user.id);
    let noted = note(tx, group, &deed.saying(invitation.role.as_str()))?;
    store::delete(tx, &noted, invitation.id)?;
    members::admit(tx, &noted, user.id, invitation.role)
}

/// Declines an invitation of oneself, or revokes one of a group that one looks after. For everybody
/// else there is none.
pub fn end(tx: &mut Tx, actor: &User, id: InvitationId) -> Result<()> {
    let group = find_open(tx, id)?.group.id;
    lock(tx, group)?;
    let invitation = find_open(tx, id)?;
    let action = if invitation.user_id == Some(actor.id) {
        Action::InvitationDeclined
    } else if rights(tx, &actor.into(), group)?.can_manage() {
        Action::InvitationRevoked
    } else {
        return Err(NONE);
    };

    let noted = note(tx, group, &Deed::by(actor.id, action).to(invitation.user_id))?;
    store::delete(tx, &noted, id)?;
    forget_news(tx, group, invitation.user_id)
}

/// Forgets the invitation of somebody who is in now, or is kept out.
pub(super) fn forget(tx: &mut Tx, noted: &Noted, user: UserId) -> Result<()> {
    store::delete_same(tx, noted, Some(user), None)?;
    news::invitation_is_over(tx, noted.group(), user)
}

/// Forgets the invitations of somebody who may invite no more: they could come back by one.
pub(super) fn forget_made_by(tx: &mut Tx, noted: &Noted, inviter: UserId) -> Result<()> {
    for user in store::delete_made_by(tx, noted, inviter)? {
        forget_news(tx, noted.group(), user)?;
    }
    Ok(())
}

/// Clears away the invitations that are over. Whoever has one is refused already.
pub fn sweep(tx: &mut Tx) -> Result<()> {
    for (group, user) in store::delete_expired(tx, clock::now())? {
        forget_news(tx, group, user)?;
    }
    Ok(())
}

/// Every open invitation of somebody.
pub fn invitations_of(conn: &mut Conn, user: UserId) -> Result<Vec<Invitation>> {
    Ok(store::all_of_user(conn, user, clock::now())?)
}
