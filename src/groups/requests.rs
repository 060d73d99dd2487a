//! Those who ask to be let into a closed group. There are requests only while a group is closed: an
//! open one is joined without asking, and a private one is not there to ask.

use diesel::QueryDsl;

use super::audit::{Action, Deed, Noted, note};
use super::{
    Group, GroupId, Membership, Rights, Role, Visibility, lock, members, news,
    requests_store as store, visible,
};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::schema::{join_requests, users};
use crate::users::{Person, User, UserId};

crate::text! {
    /// What somebody says who asks to be let in.
    Message, 0..=500
}

/// Somebody who asks to be let in.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = join_requests, base_query = join_requests::table.inner_join(users::table))]
pub struct JoinRequest {
    /// Into which group.
    pub group_id: GroupId,
    /// Who they are.
    #[diesel(embed)]
    pub user: Person,
    /// What they say; may be empty.
    pub message: String,
    /// When they first asked.
    pub created_at: Instant,
}

const ORDER: u8 = b'q';
const NONE: Error = Error::NotFound("request");

/// Asks to be let into a closed group, or says something else about it. Tells whether that is new.
pub fn ask(
    tx: &mut Tx,
    user: &User,
    group: GroupId,
    message: &Message,
) -> Result<(JoinRequest, bool)> {
    lock(tx, group)?;
    let (found, rights) = visible(tx, &user.into(), group)?;
    check_can_ask(&found, rights)?;

    let before = store::find(tx, group, user.id)?;
    if before.is_none() {
        let noted = note(tx, group, &Deed::by(user.id, Action::Requested).to(user.id))?;
        store::insert(tx, &noted, user.id, message)?;
        news::of_request(tx, group, user.id)?;
    } else {
        store::say(tx, group, user.id, message)?;
    }
    let request = store::find(tx, group, user.id)?.ok_or(NONE)?;
    Ok((request, before.is_none()))
}

fn check_can_ask(group: &Group, rights: Rights) -> Result<()> {
    rights.check_welcome()?;
    if rights.is_member() {
        return Err(members::YOU_ARE_IN);
    }
    match group.visibility {
        Visibility::Closed => Ok(()),
        Visibility::Open => Err(Error::Conflict {
            code: "group_is_open",
            message: "this group is open: join it, nobody has to agree",
        }),
        Visibility::Private => Err(Error::Forbidden("this group is joined by invitation")),
    }
}

/// Those who ask to be let in, the first first, for those who may let them in; and how many, where
/// that is asked for.
pub(super) fn list(
    conn: &mut Conn,
    actor: &User,
    group: GroupId,
    paging: &Paging,
) -> Result<(Page<JoinRequest>, Option<i64>)> {
    check_manageable(conn, actor, group)?;

    let rows = store::list(conn, group, paging.cursor(ORDER)?, paging.limit())?;
    let count = paging.count.then(|| store::count(conn, group)).transpose()?;
    let place = |it: &JoinRequest| (ORDER, it.created_at.micros(), it.user.id.0);
    Ok((Page::new(rows, paging, place), count))
}

fn check_manageable(conn: &mut Conn, actor: &User, group: GroupId) -> Result<()> {
    match visible(conn, &actor.into(), group)?.1.can_manage() {
        true => Ok(()),
        false => Err(Error::Forbidden("only the owner and the admins let others in")),
    }
}

/// Lets somebody in who asked.
pub fn accept(tx: &mut Tx, actor: &User, group: GroupId, user: UserId) -> Result<Membership> {
    lock(tx, group)?;
    check_manageable(tx, actor, group)?;
    store::find(tx, group, user)?.ok_or(NONE)?;

    let noted = note(tx, group, &Deed::by(actor.id, Action::RequestAccepted).to(user))?;
    let membership = members::admit(tx, &noted, user, Role::Member)?;
    news::of_answer(tx, group, actor.id, user, true)?;
    Ok(membership)
}

/// Takes one's own request back, or refuses somebody else's.
pub fn end(tx: &mut Tx, actor: &User, group: GroupId, user: UserId) -> Result<()> {
    if actor.id == user { withdraw(tx, actor, group) } else { refuse(tx, actor, group, user) }
}

/// Takes one's own request back.
pub fn withdraw(tx: &mut Tx, user: &User, group: GroupId) -> Result<()> {
    lock(tx, group)?;
    visible(tx, &user.into(), group)?;
    store::find(tx, group, user.id)?.ok_or(NONE)?;

    let noted = note(tx, group, &Deed::by(user.id, Action::RequestWithdrawn).to(user.id))?;
    forget(tx, &noted, user.id)
}

/// Does not let somebody in who asked.
pub fn refuse(tx: &mut Tx, actor: &User, group: GroupId, user: UserId) -> Result<()> {
    lock(tx, group)?;
    check_manageable(tx, actor, group)?;
    store::find(tx, group, user)?.ok_or(NONE)?;

    let noted = note(tx, group, &Deed::by(actor.id, Action::RequestRefused).to(user))?;
    forget(tx, &noted, user)?;
    news::of_answer(tx, group, actor.id, user, false)
}

/// Forgets what somebody asked for who is in now, or is kept out.
pub(super) fn forget(tx: &mut Tx, noted: &Noted, user: UserId) -> Result<()> {
    store::delete(tx, noted, user)?;
    news::request_is_over(tx, noted.group(), Some(user))
}

/// Forgets all requests to a group that is closed no more.
pub(super) fn forget_all(tx: &mut Tx, noted: &Noted) -> Result<()> {
    store::delete_all(tx, noted)?;
    news::request_is_over(tx, noted.group(), None)
}

/// What somebody asks for, if they do.
pub fn request_of(conn: &mut Conn, group: GroupId, user: UserId) -> Result<Option<JoinRequest>> {
    Ok(store::find(conn, group, user)?)
}

/// Everything that somebody asks for.
pub fn requests_of(conn: &mut Conn, user: UserId) -> Result<Vec<JoinRequest>> {
    Ok(store::of_user(conn, user)?)
}
