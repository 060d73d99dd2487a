use diesel::dsl::IntoBoxed;
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Change, NewUser, Person, Sought, User, UserId};
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx, fragment};
use crate::files::FileName;
use crate::http::paging::Cursor;
use crate::schema::users;
use crate::words::{self, Index, Part};
use crate::{keyset, lock};

pub fn insert(tx: &mut Tx, new: &NewUser, now: Instant) -> QueryResult<UserId> {
    diesel::insert_into(users::table)
        .values((
            users::username.eq(new.username.as_str()),
            users::username_key.eq(new.username.key()),
            users::email.eq(new.email.as_str()),
            users::email_key.eq(new.email.key()),
            users::password_hash.eq(&new.password_hash),
            users::display_name.eq(&new.display_name),
            users::bio.eq(""),
            users::timezone.eq(new.timezone),
            users::is_admin.eq(new.is_admin),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .returning(users::id)
        .get_result(tx.conn())
}

pub fn lock(tx: &mut Tx, id: UserId) -> QueryResult<()> {
    lock!(tx.conn(), users::table.find(id), users::id)
}

pub fn find(conn: &mut Conn, id: UserId) -> QueryResult<Option<User>> {
    User::query().filter(users::id.eq(id)).first(conn).optional()
}

pub fn find_by_username(conn: &mut Conn, key: &str) -> QueryResult<Option<UserId>> {
    users::table.filter(users::username_key.eq(key)).select(users::id).first(conn).optional()
}

pub fn find_by_email(conn: &mut Conn, key: &str) -> QueryResult<Option<UserId>> {
    users::table.filter(users::email_key.eq(key)).select(users::id).first(conn).optional()
}

pub fn ids_with_email_at(conn: &mut Conn, domain: &str) -> QueryResult<Vec<UserId>> {
    users::table
        .filter(users::email_key.like(format!("%@{domain}")))
        .order(users::id)
        .select(users::id)
        .load(conn)
}

/// The words of people's names: usernames, and the names they go by.
const WORDS: Index =
    Index { table: "user_words", key: "user_id", rows: "users", ids: "users.id", terms: None };

/// Puts the words of somebody's names in the place of those that they had.
pub fn index(tx: &mut Tx, id: UserId, username: &str, display_name: &str) -> QueryResult<()> {
    WORDS.replace(tx, id.0, username, display_name);
    diesel::update(users::table.find(id))
        .set(users::words_version.eq(words::VERSION))
        .execute(tx.conn())
        .map(drop)
}

/// Some of the people whose words are not there, or of an older make.
pub fn outdated(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(UserId, String, String)>> {
    users::table
        .filter(users::words_version.lt(words::VERSION))
        .order(users::words_version)
        .limit(limit)
        .select((users::id, users::username, users::display_name))
        .load(conn)
}

/// People, each with 0 where the username is what is looked for, else 1.
pub fn search(
    conn: &mut Conn,
    sought: &Sought,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<(Person, i64)>> {
    let (key, id) = cursor.map_or((0, UserId(0)), |cursor| (cursor.key, UserId(cursor.id)));
    let rank = || {
        fragment::<BigInt>("cast(case when users.username_key = ")
            .text(sought.username_key.clone())
            .sql(" then 0 else 1 end as bigint)")
    };
    let found = found(conn, sought);
    keyset!(found, cursor, limit, false, (rank(), key), (users::id, id))
        .select((Person::as_select(), rank()))
        .load(conn)
}

pub fn count_found(conn: &mut Conn, sought: &Sought) -> QueryResult<i64> {
    found(conn, sought).count().get_result(conn)
}

/// Also by a username that has no words, such as `___`.
fn found(conn: &Conn, sought: &Sought) -> IntoBoxed<'static, users::table, MultiBackend> {
    let has = WORDS.on(conn).has(&sought.wanted, Part::Anywhere);
    users::table.filter(users::username_key.eq(sought.username_key.clone()).or(has)).into_boxed()
}

pub fn password_hash(conn: &mut Conn, id: UserId) -> QueryResult<String> {
    users::table.find(id).select(users::password_hash).first(conn)
}

pub fn has_password(conn: &mut Conn, id: UserId, hash: &str) -> QueryResult<bool> {
    let held: Option<String> =
        users::table.find(id).select(users::password_hash).first(conn).optional()?;
    Ok(held.is_some_and(|held| held == hash))
}

pub fn update(tx: &mut Tx, id: UserId, change: &Change, now: Instant) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set((
            change.username.as_ref().map(|name| users::username.eq(name.as_str())),
            change.username.as_ref().map(|name| users::username_key.eq(name.key())),
            change.email.as_ref().map(|email| users::email.eq(email.as_str())),
            change.email.as_ref().map(|email| users::email_key.eq(email.key())),
            change.display_name.as_ref().map(|name| users::display_name.eq(name)),
            change.bio.as_ref().map(|bio| users::bio.eq(bio)),
            change.timezone.map(|zone| users::timezone.eq(zone)),
            users::updated_at.eq(now),
        ))
        .execute(tx.conn())
        .map(drop)
}

pub fn set_avatar(
    tx: &mut Tx,
    id: UserId,
    file: Option<&FileName>,
    now: Instant,
) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set((users::avatar.eq(file), users::updated_at.eq(now)))
        .execute(tx.conn())
        .map(drop)
}

pub fn set_password(
    tx: &mut Tx,
    id: UserId,
    old_hash: &str,
    new_hash: &str,
    now: Instant,
) -> QueryResult<bool> {
    diesel::update(users::table.find(id).filter(users::password_hash.eq(old_hash)))
        .set((users::password_hash.eq(new_hash), users::updated_at.eq(now)))
        .execute(tx.conn())
        .map(|rows| rows == 1)
}

pub fn set_verified(tx: &mut Tx, id: UserId, at: Option<Instant>) -> QueryResult<()> {
    diesel::update(users::table.find(id))
        .set(users::email_verified_at.eq(at))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete(tx: &mut Tx, id: UserId) -> QueryResult<()> {
    diesel::delete(users::table.find(id)).execute(tx.conn()).map(drop)
}
