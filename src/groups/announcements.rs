//! What the admins of a group tell its members.

use diesel::QueryDsl;

use super::audit::{Action, Deed, note};
use super::{GroupId, announcements_store as store, lock, news, visible};
use crate::clock::Instant;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::schema::{announcements, users};
use crate::users::{Person, User, UserId, Viewer};

crate::id! {
    /// Identifies an [`Announcement`].
    AnnouncementId
}

crate::text! {
    /// What an announcement is about.
    Title, 1..=200, line
}

crate::text! {
    /// What is announced.
    Body, 1..=10000
}

/// Something that the members of a group are told.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = announcements, base_query = announcements::table.left_join(users::table))]
pub struct Announcement {
    /// Identifies it.
    pub id: AnnouncementId,
    /// Whose members are told.
    pub group_id: GroupId,
    /// Who tells them; nobody, where the account went.
    #[diesel(embed)]
    pub author: Option<Person>,
    /// What it is about.
    pub title: String,
    /// What they are told.
    pub body: String,
    /// When they were told.
    pub created_at: Instant,
}

const ORDER: u8 = b'a';
const NONE: Error = Error::NotFound("announcement");

/// Fails unless a caller hears what the members of a group are told.
fn check_hears(conn: &mut Conn, viewer: &Viewer, group: GroupId) -> Result<()> {
    match visible(conn, viewer, group)?.1.can_hear() {
        true => Ok(()),
        false => Err(Error::Forbidden("only members see what is announced")),
    }
}

fn check_announces(conn: &mut Conn, user: &User, group: GroupId) -> Result<()> {
    match visible(conn, &user.into(), group)?.1.can_manage() {
        true => Ok(()),
        false => Err(Error::Forbidden("only the owner and the admins announce something")),
    }
}

/// Tells the members of a group something.
pub fn announce(
    tx: &mut Tx,
    author: &User,
    group: GroupId,
    title: &Title,
    body: &Body,
) -> Result<Announcement> {
    lock(tx, group)?;
    check_announces(tx, author, group)?;

    let deed = Deed::by(author.id, Action::Announced).saying(title.as_str());
    let noted = note(tx, group, &deed)?;
    let id = store::insert(tx, &noted, author.id, title, body)?;
    let announcement = store::find(tx, group, id)?.ok_or(NONE)?;
    news::of_announcement(tx, author.id, &announcement)?;
    Ok(announcement)
}

/// What the members of a group were told, the latest first; and how much, where that is asked for.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    group: GroupId,
    paging: &Paging,
) -> Result<(Page<Announcement>, Option<i64>)> {
    check_hears(conn, viewer, group)?;

    let rows = store::list(conn, group, paging.cursor(ORDER)?, paging.limit())?;
    let count = paging.count.then(|| store::count(conn, group)).transpose()?;
    Ok((Page::new(rows, paging, |it| (ORDER, it.id.0, it.id.0)), count))
}

/// The only way to an announcement that a caller may see.
pub fn get(
    conn: &mut Conn,
    viewer: &Viewer,
    group: GroupId,
    id: AnnouncementId,
) -> Result<Announcement> {
    check_hears(conn, viewer, group)?;
    store::find(conn, group, id)?.ok_or(NONE)
}

/// Takes an announcement back.
pub fn delete(tx: &mut Tx, actor: &User, group: GroupId, id: AnnouncementId) -> Result<()> {
    lock(tx, group)?;
    check_announces(tx, actor, group)?;
    let announcement = store::find(tx, group, id)?.ok_or(NONE)?;

    news::announcement_is_over(tx, &announcement)?;
    let deed = Deed::by(actor.id, Action::AnnouncementDeleted).saying(announcement.title);
    let noted = note(tx, group, &deed)?;
    Ok(store::delete(tx, &noted, id)?)
}

/// Everything that somebody announced.
pub fn announced_by(conn: &mut Conn, user: UserId) -> Result<Vec<Announcement>> {
    Ok(store::by_author(conn, user)?)
}
