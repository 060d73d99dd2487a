//! What somebody should know of: made in the transaction that causes it, never about one's own
//! deeds, and only where they want to know.
//!
//! It stands in a list, and goes out as a letter to an address that is known to be theirs; for each
//! kind they say which. Features that come later say what happened; here they are only numbers.

pub mod api;
mod settings_web;
mod store;
mod unsubscribe;
pub mod web;

pub use unsubscribe::unsubscribe_url;

use chrono::TimeDelta;

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::paging::{Page, Paging};
use crate::jobs;
use crate::schema::notifications;
use crate::users::{Person, UserId};

crate::id! {
    /// Identifies a [`Notification`].
    NotificationId
}

crate::word! {
    /// What there is to know.
    Kind {
        MovedUp = "moved_up",
        EventChanged = "event_changed",
        EventCancelled = "event_cancelled",
        EventComment = "event_comment",
        CommentAnswer = "comment_answer",
        GroupEvent = "group_event",
        GroupInvitation = "group_invitation",
        GroupRequest = "group_request",
        RequestAccepted = "request_accepted",
        RequestRefused = "request_refused",
        GroupRole = "group_role",
        Announcement = "announcement",
    }
}

/// Something that somebody should know of.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = notifications)]
pub struct Notification {
    /// Identifies it.
    pub id: NotificationId,
    /// Who should know of it.
    pub user_id: UserId,
    /// What kind of thing happened.
    pub kind: Kind,
    /// Who caused it, while they have an account.
    #[diesel(embed)]
    pub actor: Option<Person>,
    /// The event that it is about.
    pub event_id: Option<i64>,
    /// The group that it is about.
    pub group_id: Option<i64>,
    /// The comment that it is about.
    pub comment_id: Option<i64>,
    /// The invitation or the announcement that it is about.
    pub subject_id: Option<i64>,
    /// What the event or the group was called then.
    pub title: String,
    /// What else there is to say.
    pub detail: String,
    /// Since when they know.
    pub read_at: Option<Instant>,
    /// When it happened.
    pub created_at: Instant,
}

/// What happened, whoever should know.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What kind of thing.
    pub kind: Kind,
    /// Who caused it: they know.
    pub actor: Option<UserId>,
    /// The event that it is about.
    pub event: Option<i64>,
    /// The group that it is about.
    pub group: Option<i64>,
    /// The comment that it is about.
    pub comment: Option<i64>,
    /// The invitation or the announcement that it is about.
    pub subject: Option<i64>,
    /// What the event or the group is called.
    pub title: String,
    /// What else there is to say.
    pub detail: String,
}

/// How somebody hears of things of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Things of this kind.
    pub kind: Kind,
    /// Whether they are in the list.
    pub in_app: bool,
    /// Whether they come as letters.
    pub by_mail: bool,
}

/// What somebody may hear, before their settings are looked at.
pub struct Recipient {
    /// Who.
    pub user: UserId,
    /// Whether letters to their address reach them.
    pub is_verified: bool,
    /// What they have decided, if anything.
    pub setting: Option<(bool, bool)>,
}

impl Notice {
    /// Something of a kind happened to what has this title.
    pub fn new(kind: Kind, actor: Option<UserId>, title: &str) -> Self {
        Self {
            kind,
            actor,
            event: None,
            group: None,
            comment: None,
            subject: None,
            title: title.to_owned(),
            detail: String::new(),
        }
    }
}

impl Setting {
    /// What holds for whoever has decided nothing.
    ///
    /// What is said often does not come as letters, unless somebody wants them.
    pub fn usual(kind: Kind) -> Self {
        let is_often = matches!(kind, Kind::EventComment | Kind::GroupEvent);
        Self { kind, in_app: true, by_mail: !is_often }
    }
}

const ORDER: u8 = b'n';

/// Recipients that are looked up at once.
const AT_ONCE: usize = 500;

/// Letters about notifications that one reader gets in an hour, at most.
const LETTERS_AN_HOUR: i64 = 20;

/// Old ones that are forgotten at once.
const SWEPT: i64 = 10_000;

/// How long what was read is kept, and what was not.
const KEPT: TimeDelta = TimeDelta::days(90);
const KEPT_UNREAD: TimeDelta = TimeDelta::days(365);

/// Tells everybody in `to` who wants to know, but not whoever did it.
///
/// What they have not read yet and would read twice, they read once.
pub fn notify(tx: &mut Tx, to: &[UserId], notice: &Notice) -> Result<()> {
    let now = clock::now();
    let usual = Setting::usual(notice.kind);
    let mut to: Vec<UserId> =
        to.iter().copied().filter(|user| Some(*user) != notice.actor).collect();
    to.sort_unstable();
    to.dedup();
    for some in to.chunks(AT_ONCE) {
        let mut told = Vec::new();
        for recipient in store::recipients(tx, some, notice.kind)? {
            let (in_app, by_mail) = recipient.setting.unwrap_or((usual.in_app, usual.by_mail));
            let by_mail = by_mail && recipient.is_verified;
            if in_app || by_mail {
                told.push((recipient.user, in_app, by_mail));
            }
            if by_mail {
                // One for each reader: it writes about all that there is for them by then.
                jobs::enqueue(tx, jobs::Kind::MailNotifications, &recipient.user.to_string(), now)?;
            }
        }
        if !told.is_empty() {
            store::replace_same(tx, some, notice)?;
            store::insert(tx, &told, notice, now)?;
        }
    }
    Ok(())
}

/// Takes back what was said about an invitation, an announcement or a request that is no more.
///
/// `user` is who was told, where it was one person.
pub fn retract(
    tx: &mut Tx,
    kind: Kind,
    group: i64,
    subject: Option<i64>,
    user: Option<UserId>,
) -> Result<()> {
    Ok(store::delete_about(tx, kind, group, subject, user)?)
}

/// Lets people know that an event is off also when it is not there any more.
pub fn outlive(tx: &mut Tx, event: i64) -> Result<()> {
    Ok(store::let_go_of_event(tx, event, Kind::EventCancelled)?)
}

/// Takes back what was said about a comment that is no more, though its place is.
pub fn retract_comment(tx: &mut Tx, comment: i64) -> Result<()> {
    Ok(store::delete_about_comment(tx, comment)?)
}

/// What somebody should know of, the newest first.
pub fn list(
    conn: &mut Conn,
    user: UserId,
    only_unread: bool,
    paging: &Paging,
) -> Result<Page<Notification>> {
    let cursor = paging.cursor(ORDER)?;
    let rows = store::list(conn, user, only_unread, cursor, paging.limit())?;
    Ok(Page::new(rows, paging, |it| (ORDER, it.id.0, it.id.0)))
}

/// How long that list is.
pub fn count(conn: &mut Conn, user: UserId, only_unread: bool) -> Result<i64> {
    Ok(store::count(conn, user, only_unread)?)
}

/// The one place that decides who sees a notification: whose it is.
fn own(conn: &mut Conn, user: UserId, id: NotificationId) -> Result<Notification> {
    store::find(conn, id)?.filter(|it| it.user_id == user).ok_or(Error::NotFound("notification"))
}

/// The next of somebody's notifications that a letter is to be written about. What was read already,
/// or is of a kind that they want no letters about any more, is passed over.
pub fn next_to_be_mailed(
    tx: &mut Tx,
    user: UserId,
    after: NotificationId,
) -> Result<Option<Notification>> {
    let unwanted = settings(tx, user)?.into_iter().filter(|it| !it.by_mail).map(|it| it.kind);
    store::pass_over(tx, user, &unwanted.collect::<Vec<_>>())?;
    Ok(store::next_to_be_mailed(tx, user, after)?)
}

/// When somebody may have the next letter: some in an hour are enough, however much happens.
pub fn next_letter_at(conn: &mut Conn, user: UserId) -> Result<Option<Instant>> {
    let hour = TimeDelta::hours(1);
    let since = clock::now().plus(-hour);
    Ok(store::mailed_since(conn, user, since, LETTERS_AN_HOUR)?.map(|first| first.plus(hour)))
}

/// Notes what came of the letter about a notification.
pub fn mailed(tx: &mut Tx, id: NotificationId, was_sent: bool) -> Result<()> {
    Ok(store::set_mailed(tx, id, was_sent.then(clock::now))?)
}

/// Notes that somebody knows of one thing, or that they do not after all.
pub fn set_read(
    tx: &mut Tx,
    user: UserId,
    id: NotificationId,
    is_read: bool,
) -> Result<Notification> {
    own(tx, user, id)?;
    store::set_read(tx, id, is_read.then(clock::now))?;
    own(tx, user, id)
}

/// Notes that somebody knows of everything up to and with `last`, or of all there is. Tells how much
/// is unread then.
pub fn read_all(tx: &mut Tx, user: UserId, last: Option<NotificationId>) -> Result<i64> {
    store::read_all(tx, user, last, clock::now())?;
    count(tx, user, true)
}

/// Takes one thing off the list.
pub fn delete(tx: &mut Tx, user: UserId, id: NotificationId) -> Result<()> {
    own(tx, user, id)?;
    Ok(store::delete(tx, id)?)
}

/// What somebody wants to know of, and how: every kind.
pub fn settings(conn: &mut Conn, user: UserId) -> Result<Vec<Setting>> {
    let decided = store::settings(conn, user)?;
    let of = |kind: &Kind| {
        let decided = decided.iter().find(|it| it.kind == *kind);
        decided.copied().unwrap_or(Setting::usual(*kind))
    };
    Ok(Kind::ALL.iter().map(of).collect())
}

/// Decides how somebody hears of things of one kind. `None` leaves it as it is.
pub fn set(
    tx: &mut Tx,
    user: UserId,
    kind: Kind,
    in_app: Option<bool>,
    by_mail: Option<bool>,
) -> Result<Setting> {
    crate::users::lock(tx, user)?;
    let current = settings(tx, user)?.into_iter().find(|it| it.kind == kind);
    let current = current.unwrap_or(Setting::usual(kind));
    let setting = Setting {
        kind,
        in_app: in_app.unwrap_or(current.in_app),
        by_mail: by_mail.unwrap_or(current.by_mail),
    };
    store::set(tx, user, setting)?;
    Ok(setting)
}

/// Decides how somebody hears of things of several kinds.
pub fn set_all(tx: &mut Tx, user: UserId, wanted: &[Setting]) -> Result<()> {
    crate::users::lock(tx, user)?;
    let current = settings(tx, user)?;
    for setting in wanted.iter().filter(|it| !current.contains(it)) {
        store::set(tx, user, *setting)?;
    }
    Ok(())
}

/// Everything that somebody should know of, the oldest first.
pub fn all_of(conn: &mut Conn, user: UserId) -> Result<Vec<Notification>> {
    Ok(store::all_of(conn, user)?)
}

/// Whether anybody was told of an event as being new in a group.
pub fn is_known(conn: &mut Conn, event: i64, group: i64) -> Result<bool> {
    Ok(store::is_known(conn, event, group)?)
}

/// Forgets what is old, some of it at a time.
pub fn sweep(tx: &mut Tx) -> Result<()> {
    let now = clock::now();
    store::delete_hidden(tx, now.plus(-TimeDelta::days(1)), SWEPT)?;
    Ok(store::delete_older(tx, now.plus(-KEPT), now.plus(-KEPT_UNREAD), SWEPT)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_shown_and_what_comes_often_is_not_mailed() {
        let usual = |kind| Setting::usual(kind);
        assert!(Kind::ALL.iter().all(|kind| usual(*kind).in_app));
        assert!(usual(Kind::MovedUp).by_mail);
        assert!(!usual(Kind::EventComment).by_mail);
    }
}
