//! What those who have to do with a group are told about it.

use super::invitations::Invitation;
use super::{Announcement, Group, GroupId, Role, follows_store, store};
use crate::clock;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::jobs;
use crate::notifications::{Kind, Notice, notify, retract};
use crate::users::UserId;

/// The members of a group; and those who follow it, where they are to know as well.
pub fn audience(conn: &mut Conn, group: GroupId, with_followers: bool) -> Result<Vec<UserId>> {
    let mut people = store::member_ids(conn, group, false)?;
    if with_followers {
        people.extend(follows_store::follower_ids(conn, group)?);
    }
    Ok(people)
}

fn about(tx: &mut Tx, group: GroupId, kind: Kind, actor: Option<UserId>) -> Result<Notice> {
    let name = store::name(tx, group)?;
    Ok(Notice { group: Some(group.0), ..Notice::new(kind, actor, &name) })
}

/// Tells somebody that they are invited; or writes to an address, whoever reads there.
pub fn of_invitation(tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    if invitation.email.is_some() {
        let id = invitation.id.to_string();
        return jobs::enqueue(tx, jobs::Kind::MailInvitation, &id, clock::now());
    }
    let Some(user) = invitation.user_id else { return Ok(()) };
    let group = invitation.group.id;
    let notice = Notice {
        subject: Some(invitation.id.0),
        detail: invitation.role.as_str().to_owned(),
        ..about(tx, group, Kind::GroupInvitation, invitation.inviter_id)?
    };
    notify(tx, &[user], &notice)
}

/// An invitation of somebody is answered, or no more.
pub fn invitation_is_over(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    retract(tx, Kind::GroupInvitation, group.0, None, Some(user))
}

/// Tells those who look after a group that somebody asks to be let in.
pub fn of_request(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    let to = store::member_ids(tx, group, true)?;
    let notice =
        Notice { subject: Some(user.0), ..about(tx, group, Kind::GroupRequest, Some(user))? };
    notify(tx, &to, &notice)
}

/// A request is answered, or no more; or all of them are.
pub fn request_is_over(tx: &mut Tx, group: GroupId, user: Option<UserId>) -> Result<()> {
    retract(tx, Kind::GroupRequest, group.0, user.map(|user| user.0), None)
}

/// Who looks after a group no more has nobody to let in.
pub fn looks_after_no_more(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    retract(tx, Kind::GroupRequest, group.0, None, Some(user))
}

/// Who is out of a group has no role there, nobody to let in, and nothing to hear.
pub fn is_out(tx: &mut Tx, group: GroupId, user: UserId) -> Result<()> {
    for kind in [Kind::GroupRequest, Kind::GroupRole, Kind::Announcement] {
        retract(tx, kind, group.0, None, Some(user))?;
    }
    Ok(())
}

/// Tells somebody whether they are let in.
pub fn of_answer(
    tx: &mut Tx,
    group: GroupId,
    actor: UserId,
    user: UserId,
    is_in: bool,
) -> Result<()> {
    let kind = if is_in { Kind::RequestAccepted } else { Kind::RequestRefused };
    let notice = about(tx, group, kind, Some(actor))?;
    notify(tx, &[user], &notice)
}

/// Tells somebody what they are in a group from now on.
pub fn of_role(
    tx: &mut Tx,
    group: GroupId,
    actor: Option<UserId>,
    user: UserId,
    role: Role,
) -> Result<()> {
    let notice =
        Notice { detail: role.as_str().to_owned(), ..about(tx, group, Kind::GroupRole, actor)? };
    notify(tx, &[user], &notice)
}

/// Tells the members what is announced.
pub fn of_announcement(tx: &mut Tx, author: UserId, announcement: &Announcement) -> Result<()> {
    let group = announcement.group_id;
    let to = audience(tx, group, false)?;
    let notice = Notice {
        subject: Some(announcement.id.0),
        detail: announcement.title.clone(),
        ..about(tx, group, Kind::Announcement, Some(author))?
    };
    notify(tx, &to, &notice)
}

/// An announcement is taken back.
pub fn announcement_is_over(tx: &mut Tx, announcement: &Announcement) -> Result<()> {
    let (group, id) = (announcement.group_id.0, announcement.id.0);
    retract(tx, Kind::Announcement, group, Some(id), None)
}

/// The new owner knows, and so does the old one.
pub fn of_hand_over(tx: &mut Tx, group: &Group, actor: Option<UserId>, heir: UserId) -> Result<()> {
    of_role(tx, group.id, actor, heir, Role::Owner)?;
    match actor {
        Some(_) => of_role(tx, group.id, actor, group.owner.id, Role::Admin),
        // The account goes, and with it the group.
        None => Ok(()),
    }
}
