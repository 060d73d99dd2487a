use diesel::dsl::{IntoBoxed, LeftJoin};
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

pub fn insert(
    tx: &mut Tx,
    user: UserId,
    notice: &Notice,
    is_shown: bool,
    now: Instant,
) -> QueryResult<NotificationId> {
    diesel::insert_into(notifications::table)
        .values((
            notifications::user_id.eq(user),
            notifications::kind.eq(notice.kind),
            notifications::actor_id.eq(notice.actor),
            notifications::event_id.eq(notice.event),
            notifications::group_id.eq(notice.group),
            notifications::comment_id.eq(notice.comment),
            notifications::subject_id.eq(notice.subject),
            notifications::title.eq(&notice.title),
            notifications::detail.eq(&notice.detail),
            notifications::is_shown.eq(is_shown),
            notifications::created_at.eq(now),
        ))
        .returning(notifications::id)
        .get_result(tx.conn())
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

/// One that is in the list, or only in a letter.
pub fn find_any(conn: &mut Conn, id: NotificationId) -> QueryResult<Option<Notification>> {
    notifications::table
        .left_join(users::table)
        .filter(notifications::id.eq(id))
        .select(Notification::as_select())
        .first(conn)
        .optional()
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

pub fn delete_hidden(tx: &mut Tx, id: NotificationId) -> QueryResult<()> {
    let hidden = notifications::table.find(id).filter(notifications::is_shown.eq(false));
    diesel::delete(hidden).execute(tx.conn()).map(drop)
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

pub fn delete_older(tx: &mut Tx, read: Instant, unread: Instant) -> QueryResult<()> {
    let old = notifications::created_at.lt(read).and(notifications::read_at.is_not_null());
    let older = notifications::created_at.lt(unread);
    diesel::delete(notifications::table.filter(old.or(older))).execute(tx.conn()).map(drop)
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
