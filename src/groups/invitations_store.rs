use diesel::dsl::{InnerJoin, IntoBoxed};
use diesel::prelude::*;

use super::audit::Noted;
use super::invitations::{Invitation, InvitationId};
use super::{GroupId, Role};
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx};
use crate::http::paging::Cursor;
use crate::keyset;
use crate::schema::{groups, invitations};
use crate::users::{Email, UserId};

/// What it takes to invite.
#[derive(Insertable)]
#[diesel(table_name = invitations)]
pub struct NewInvitation<'a> {
    pub inviter_id: UserId,
    pub user_id: Option<UserId>,
    pub email: Option<&'a str>,
    pub email_key: Option<String>,
    pub role: Role,
    pub expires_at: Instant,
}

impl<'a> NewInvitation<'a> {
    pub fn new(
        inviter_id: UserId,
        user_id: Option<UserId>,
        email: Option<&'a Email>,
        role: Role,
        expires_at: Instant,
    ) -> Self {
        let (email, email_key) = (email.map(Email::as_str), email.map(Email::key));
        Self { inviter_id, user_id, email, email_key, role, expires_at }
    }
}

type Joined = InnerJoin<invitations::table, groups::table>;
type Boxed = IntoBoxed<'static, Joined, MultiBackend>;

/// Those that are good now.
fn open(now: Instant) -> Boxed {
    invitations::table
        .inner_join(groups::table)
        .filter(invitations::expires_at.gt(now))
        .into_boxed()
}

pub fn insert(tx: &mut Tx, noted: &Noted, new: NewInvitation) -> QueryResult<InvitationId> {
    let made = (invitations::group_id.eq(noted.group()), invitations::created_at.eq(noted.at()));
    diesel::insert_into(invitations::table)
        .values((new, made))
        .returning(invitations::id)
        .get_result(tx.conn())
}

pub fn find_open(
    conn: &mut Conn,
    id: InvitationId,
    now: Instant,
) -> QueryResult<Option<Invitation>> {
    open(now).filter(invitations::id.eq(id)).select(Invitation::as_select()).first(conn).optional()
}

pub fn of_group(
    conn: &mut Conn,
    group: GroupId,
    now: Instant,
    page: (Option<Cursor>, i64),
) -> QueryResult<Vec<Invitation>> {
    load_page(conn, open(now).filter(invitations::group_id.eq(group)), page)
}

pub fn of_user(
    conn: &mut Conn,
    user: UserId,
    now: Instant,
    page: (Option<Cursor>, i64),
) -> QueryResult<Vec<Invitation>> {
    load_page(conn, open(now).filter(invitations::user_id.eq(user)), page)
}

fn load_page(
    conn: &mut Conn,
    found: Boxed,
    (cursor, limit): (Option<Cursor>, i64),
) -> QueryResult<Vec<Invitation>> {
    let id = InvitationId(cursor.map_or(0, |cursor| cursor.id));
    keyset!(found, cursor, limit, true, (invitations::id, id), (invitations::id, id))
        .select(Invitation::as_select())
        .load(conn)
}

pub fn count_of_group(conn: &mut Conn, group: GroupId, now: Instant) -> QueryResult<i64> {
    open(now).filter(invitations::group_id.eq(group)).count().get_result(conn)
}

pub fn count_of_user(conn: &mut Conn, user: UserId, now: Instant) -> QueryResult<i64> {
    open(now).filter(invitations::user_id.eq(user)).count().get_result(conn)
}

pub fn all_of_user(conn: &mut Conn, user: UserId, now: Instant) -> QueryResult<Vec<Invitation>> {
    open(now)
        .filter(invitations::user_id.eq(user))
        .order(invitations::id)
        .select(Invitation::as_select())
        .load(conn)
}

pub fn delete(tx: &mut Tx, noted: &Noted, id: InvitationId) -> QueryResult<()> {
    let invitation = invitations::table.find(id);
    diesel::delete(invitation.filter(invitations::group_id.eq(noted.group())))
        .execute(tx.conn())
        .map(drop)
}

/// Deletes the invitation of the same person or the same address. A link is like no other.
pub fn delete_same(
    tx: &mut Tx,
    noted: &Noted,
    user: Option<UserId>,
    email: Option<&Email>,
) -> QueryResult<()> {
    let of_group = || invitations::table.filter(invitations::group_id.eq(noted.group()));
    if let Some(user) = user {
        diesel::delete(of_group().filter(invitations::user_id.eq(user))).execute(tx.conn())?;
    }
    if let Some(email) = email {
        diesel::delete(of_group().filter(invitations::email_key.eq(email.key())))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Whom those were for that are deleted.
pub fn delete_made_by(
    tx: &mut Tx,
    noted: &Noted,
    inviter: UserId,
) -> QueryResult<Vec<Option<UserId>>> {
    let of_group = invitations::table.filter(invitations::group_id.eq(noted.group()));
    diesel::delete(of_group.filter(invitations::inviter_id.eq(inviter)))
        .returning(invitations::user_id)
        .get_results(tx.conn())
}

/// Into which groups those were that are deleted, and for whom.
pub fn delete_expired(tx: &mut Tx, now: Instant) -> QueryResult<Vec<(GroupId, Option<UserId>)>> {
    diesel::delete(invitations::table.filter(invitations::expires_at.le(now)))
        .returning((invitations::group_id, invitations::user_id))
        .get_results(tx.conn())
}
