use diesel::dsl::{IntoBoxed, LeftJoin, exists};
use diesel::prelude::*;
use diesel::upsert::excluded;

use super::{Kind, Notice, Notification, NotificationId, Recipient, Setting};
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx};
use crate::http::paging::Cursor;
use crate::schema::{notification_settings as settings, notifications, users};
use crate::users::UserId;
use crate::{each, keyset};

/// Those of some people who have an account, with what they have decided about things of a kind.
pub fn recipients(conn: &mut Conn, some: &[UserId], kind: Kind) -> QueryResult<Vec<Recipient>> {
    type Row = (UserId, bool, Option<(bool, bool)>);
    let decided = settings::user_id.eq(users::id).and(settings::kind.eq(kind));
    let rows: Vec<Row> = users::table
        .left_join(settings::table.on(decided))
        .filter(users::id.eq_any(some.to_vec()))
        .order(users::id)
        .select((
            users::id,
            users::email_verified_at.is_not_null(),
            (settings::in_app, settings::by_mail).nullable(),
        ))
        .load(conn)?;
    let recipient = |(user, is_verified, setting)| Recipient { user, is_verified, setting };
    Ok(rows.into_iter().map(recipient).collect())
}

/// A notification on its way in.
#[derive(Insertable)]
#[diesel(table_name = notifications)]
struct Row<'a> {
    user_id: UserId,
    kind: Kind,
    actor_id: Option<UserId>,
    event_id: Option<i64>,
    group_id: Option<i64>,
    comment_id: Option<i64>,
    subject_id: Option<i64>,
    title: &'a str,
    detail: &'a str,
    is_shown: bool,
    is_to_be_mailed: bool,
    created_at: Instant,
}

/// Tells all of them: whether it is in the list, and whether in a letter.
pub fn insert(
    tx: &mut Tx,
    told: &[(UserId, bool, bool)],
    notice: &Notice,
    now: Instant,
) -> QueryResult<()> {
    let row = |(user, is_shown, is_to_be_mailed): &(UserId, bool, bool)| Row {
        user_id: *user,
        kind: notice.kind,
        actor_id: notice.actor,
        event_id: notice.event,
        group_id: notice.group,
        comment_id: notice.comment,
        subject_id: notice.subject,
        title: &notice.title,
        detail: &notice.detail,
        is_shown: *is_shown,
        is_to_be_mailed: *is_to_be_mailed,
        created_at: now,
    };
    let all: Vec<Row> = told.iter().map(row).collect();
    each!(tx.conn(), |conn| diesel::insert_into(notifications::table)
        .values(&all)
        .execute(conn)
        .map(drop))
}

/// Takes off the list what some people were told already in the same words, and have not read. Where
/// a letter has gone out about it, the row stays for a while: letters are counted.
pub fn replace_same(tx: &mut Tx, some: &[UserId], notice: &Notice) -> QueryResult<()> {
    let alike = || {
        let mut rows = notifications::table
            .filter(notifications::user_id.eq_any(some.to_vec()))
            .filter(notifications::read_at.is_null())
            .filter(notifications::kind.eq(notice.kind))
            .filter(notifications::detail.eq(notice.detail.clone()))
            .select(notifications::id)
            .into_boxed();
        rows = match notice.event {
            Some(event) => rows.filter(notifications::event_id.eq(event)),
            None => rows.filter(notifications::event_id.is_null()),
        };
        rows = match notice.group {
            Some(group) => rows.filter(notifications::group_id.eq(group)),
            None => rows.filter(notifications::group_id.is_null()),
        };
        rows = match notice.comment {
            Some(comment) => rows.filter(notifications::comment_id.eq(comment)),
            None => rows.filter(notifications::comment_id.is_null()),
        };
        match notice.subject {
            Some(subject) => rows.filter(notifications::subject_id.eq(subject)),
            None => rows.filter(notifications::subject_id.is_null()),
        }
    };
    let ids: Vec<NotificationId> = alike().load(tx.conn())?;
    if ids.is_empty() {
        return Ok(());
    }
    let found = || notifications::table.filter(notifications::id.eq_any(ids.clone()));
    diesel::delete(found().filter(notifications::mailed_at.is_null())).execute(tx.conn())?;
    diesel::update(found())
        .set((notifications::is_shown.eq(false), notifications::is_to_be_mailed.eq(false)))
        .execute(tx.conn())
        .map(drop)
}

type Joined = LeftJoin<notifications::table, users::table>;

fn shown(user: UserId, only_unread: bool) -> IntoBoxed<'static, Joined, MultiBackend> {
    let query = notifications::table
        .left_join(users::table)
        .filter(notifications::user_id.eq(user))
        .filter(notifications::is_shown)
        .into_boxed();
    match only_unread {
        true => query.filter(notifications::read_at.is_null()),
        false => query,
    }
}

pub fn list(
    conn: &mut Conn,
    user: UserId,
    only_unread: bool,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Notification>> {
    let id = NotificationId(cursor.map_or(0, |cursor| cursor.id));
    let query = shown(user, only_unread);
    keyset!(query, cursor, limit, true, (notifications::id, id), (notifications::id, id))
        .select(Notification::as_select())
        .load(conn)
}

pub fn count(conn: &mut Conn, user: UserId, only_unread: bool) -> QueryResult<i64> {
    shown(user, only_unread).count().get_result(conn)
}

pub fn all_of(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Notification>> {
    shown(user, false).order(notifications::id).select(Notification::as_select()).load(conn)
}

/// One that is in the list.
pub fn find(conn: &mut Conn, id: NotificationId) -> QueryResult<Option<Notification>> {
    notifications::table
        .left_join(users::table)
        .filter(notifications::id.eq(id))
        .filter(notifications::is_shown)
        .select(Notification::as_select())
        .first(conn)
        .optional()
}

/// Writes no letter about what was read, or is of these kinds.
pub fn pass_over(tx: &mut Tx, user: UserId, kinds: &[Kind]) -> QueryResult<()> {
    let waiting = || {
        notifications::table
            .filter(notifications::user_id.eq(user))
            .filter(notifications::is_to_be_mailed)
            .filter(
                notifications::read_at.is_not_null().or(notifications::kind.eq_any(kinds.to_vec())),
            )
    };
    diesel::update(waiting())
        .set(notifications::is_to_be_mailed.eq(false))
        .execute(tx.conn())
        .map(drop)
}

pub fn next_to_be_mailed(
    conn: &mut Conn,
    user: UserId,
    after: NotificationId,
) -> QueryResult<Option<Notification>> {
    notifications::table
        .left_join(users::table)
        .filter(notifications::user_id.eq(user))
        .filter(notifications::is_to_be_mailed)
        .filter(notifications::id.gt(after))
        .order(notifications::id)
        .select(Notification::as_select())
        .first(conn)
        .optional()
}

/// When the first of the last `most` letters went out, if there were so many since then.
pub fn mailed_since(
    conn: &mut Conn,
    user: UserId,
    since: Instant,
    most: i64,
) -> QueryResult<Option<Instant>> {
    let at: Option<Option<Instant>> = notifications::table
        .filter(notifications::user_id.eq(user))
        .filter(notifications::mailed_at.gt(since))
        .order(notifications::mailed_at.desc())
        .offset(most - 1)
        .select(notifications::mailed_at)
        .first(conn)
        .optional()?;
    Ok(at.flatten())
}

pub fn set_mailed(tx: &mut Tx, id: NotificationId, at: Option<Instant>) -> QueryResult<()> {
    diesel::update(notifications::table.find(id))
        .set((notifications::is_to_be_mailed.eq(false), notifications::mailed_at.eq(at)))
        .execute(tx.conn())
        .map(drop)
}

pub fn is_known(conn: &mut Conn, event: i64, group: i64) -> QueryResult<bool> {
    let told = notifications::table
        .filter(notifications::event_id.eq(event))
        .filter(notifications::kind.eq(Kind::GroupEvent))
        .filter(notifications::group_id.eq(group));
    diesel::select(exists(told)).get_result(conn)
}

pub fn set_read(tx: &mut Tx, id: NotificationId, at: Option<Instant>) -> QueryResult<()> {
    diesel::update(notifications::table.find(id))
        .set(notifications::read_at.eq(at))
        .execute(tx.conn())
        .map(drop)
}

pub fn read_all(
    tx: &mut Tx,
    user: UserId,
    last: Option<NotificationId>,
    now: Instant,
) -> QueryResult<()> {
    let last = last.unwrap_or(NotificationId(i64::MAX));
    let unread = notifications::table
        .filter(notifications::user_id.eq(user))
        .filter(notifications::is_shown)
        .filter(notifications::read_at.is_null())
        .filter(notifications::id.le(last));
    diesel::update(unread).set(notifications::read_at.eq(now)).execute(tx.conn()).map(drop)
}

pub fn delete(tx: &mut Tx, id: NotificationId) -> QueryResult<()> {
    diesel::delete(notifications::table.find(id)).execute(tx.conn()).map(drop)
}

/// Those that are no longer in the list, or never were, and whose letters need not be counted.
pub fn delete_hidden(tx: &mut Tx, mailed_before: Instant, most: i64) -> QueryResult<()> {
    let hidden: Vec<NotificationId> = notifications::table
        .filter(notifications::is_shown.eq(false))
        .filter(notifications::is_to_be_mailed.eq(false))
        .filter(notifications::mailed_at.is_null().or(notifications::mailed_at.lt(mailed_before)))
        .limit(most)
        .select(notifications::id)
        .load(tx.conn())?;
    delete_all(tx, &hidden)
}

fn delete_all(tx: &mut Tx, ids: &[NotificationId]) -> QueryResult<()> {
    for some in ids.chunks(500) {
        diesel::delete(notifications::table.filter(notifications::id.eq_any(some.to_vec())))
            .execute(tx.conn())?;
    }
    Ok(())
}

pub fn delete_about(
    tx: &mut Tx,
    kind: Kind,
    group: i64,
    subject: Option<i64>,
    user: Option<UserId>,
) -> QueryResult<()> {
    let about = diesel::delete(notifications::table)
        .filter(notifications::group_id.eq(group))
        .filter(notifications::kind.eq(kind))
        .into_boxed();
    let about = match subject {
        Some(subject) => about.filter(notifications::subject_id.eq(subject)),
        None => about,
    };
    let about = match user {
        Some(user) => about.filter(notifications::user_id.eq(user)),
        None => about,
    };
    about.execute(tx.conn()).map(drop)
}

/// Leaves what is said about an event standing without it.
pub fn let_go_of_event(tx: &mut Tx, event: i64, kind: Kind) -> QueryResult<()> {
    let said = notifications::table
        .filter(notifications::event_id.eq(event))
        .filter(notifications::kind.eq(kind));
    diesel::update(said)
        .set((notifications::event_id.eq(None::<i64>), notifications::subject_id.eq(event)))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete_about_comment(tx: &mut Tx, comment: i64) -> QueryResult<()> {
    diesel::delete(notifications::table.filter(notifications::comment_id.eq(comment)))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete_older(tx: &mut Tx, read: Instant, unread: Instant, most: i64) -> QueryResult<()> {
    let old: Vec<NotificationId> = notifications::table
        .filter(notifications::created_at.lt(read))
        .filter(notifications::read_at.is_not_null())
        .limit(most)
        .select(notifications::id)
        .load(tx.conn())?;
    let older: Vec<NotificationId> = notifications::table
        .filter(notifications::created_at.lt(unread))
        .limit(most)
        .select(notifications::id)
        .load(tx.conn())?;
    delete_all(tx, &old)?;
    delete_all(tx, &older)
}

pub fn settings(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Setting>> {
    let rows: Vec<(Kind, bool, bool)> = settings::table
        .filter(settings::user_id.eq(user))
        .select((settings::kind, settings::in_app, settings::by_mail))
        .load(conn)?;
    let setting = |(kind, in_app, by_mail)| Setting { kind, in_app, by_mail };
    Ok(rows.into_iter().map(setting).collect())
}

pub fn set(tx: &mut Tx, user: UserId, setting: Setting) -> QueryResult<()> {
    let new = (
        settings::user_id.eq(user),
        settings::kind.eq(setting.kind),
        settings::in_app.eq(setting.in_app),
        settings::by_mail.eq(setting.by_mail),
    );
    each!(tx.conn(), |conn| diesel::insert_into(settings::table)
        .values(new)
        .on_conflict((settings::user_id, settings::kind))
        .do_update()
        .set((
            settings::in_app.eq(excluded(settings::in_app)),
            settings::by_mail.eq(excluded(settings::by_mail)),
        ))
        .execute(conn)
        .map(drop))
}
