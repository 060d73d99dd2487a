use diesel::dsl::{InnerJoin, IntoBoxed, exists};
use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::audit::Noted;
use super::{Change, Filter, Group, GroupId, Membership, NewGroup, Role};
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx, fragment, one_of};
use crate::files::FileName;
use crate::http::paging::Cursor;
use crate::schema::{follows, groups, memberships, users};
use crate::users::{Person, UserId, Viewer};
use crate::words::{self, Condition, Index, Part, Wanted};
use crate::{each, keyset, lock};

pub fn lock(tx: &mut Tx, id: GroupId) -> QueryResult<()> {
    lock!(tx.conn(), groups::table.find(id), groups::id)
}

pub fn insert(tx: &mut Tx, owner: UserId, new: &NewGroup, now: Instant) -> QueryResult<GroupId> {
    let made = (groups::owner_id.eq(owner), groups::created_at.eq(now), groups::updated_at.eq(now));
    diesel::insert_into(groups::table)
        .values((new, made))
        .returning(groups::id)
        .get_result(tx.conn())
}

pub fn find(conn: &mut Conn, id: GroupId) -> QueryResult<Option<Group>> {
    Group::query().filter(groups::id.eq(id)).first(conn).optional()
}

pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &Filter,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Group>> {
    let after = GroupId(cursor.map_or(0, |cursor| cursor.id));
    let query = matching(conn, viewer, filter);
    keyset!(query, cursor, limit, false, (groups::id, after), (groups::id, after))
        .select(Group::as_select())
        .load(conn)
}

/// Groups with what is wanted, each with 0 where it is in the name, else 1.
pub fn search(
    conn: &mut Conn,
    viewer: &Viewer,
    filter: &Filter,
    wanted: &Wanted,
    (cursor, limit): (Option<Cursor>, i64),
) -> QueryResult<Vec<(Group, i64)>> {
    let (key, id) = cursor.map_or((0, GroupId(0)), |cursor| (cursor.key, GroupId(cursor.id)));
    let words = WORDS.on(conn);
    let rank = || words.rank(wanted);
    let query = matching(conn, viewer, filter);
    keyset!(query, cursor, limit, false, (rank(), key), (groups::id, id))
        .select((Group::as_select(), rank()))
        .load(conn)
}

pub fn count(conn: &mut Conn, viewer: &Viewer, filter: &Filter) -> QueryResult<i64> {
    matching(conn, viewer, filter).count().get_result(conn)
}

/// The words of groups: their names, and what is written about them.
const WORDS: Index =
    Index { table: "group_words", key: "group_id", rows: "groups", ids: "groups.id", terms: None };

/// Puts the words of a group in the place of those that it had.
pub fn index(tx: &mut Tx, id: GroupId, name: &str, description: &str) -> QueryResult<()> {
    WORDS.replace(tx, id.0, name, description);
    diesel::update(groups::table.find(id))
        .set(groups::words_version.eq(words::VERSION))
        .execute(tx.conn())
        .map(drop)
}

/// Some of the groups whose words are not there, or of an older make.
pub fn outdated(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(GroupId, String, String)>> {
    groups::table
        .filter(groups::words_version.lt(words::VERSION))
        .order(groups::words_version)
        .limit(limit)
        .select((groups::id, groups::name, groups::description))
        .load(conn)
}

type Joined = InnerJoin<groups::table, users::table>;

/// The groups that somebody may see, whatever is asked about them.
fn matching(
    conn: &Conn,
    viewer: &Viewer,
    filter: &Filter,
) -> IntoBoxed<'static, Joined, MultiBackend> {
    let mut query = groups::table.inner_join(users::table).filter(seen_by(viewer)).into_boxed();
    if let Some(wanted) = &filter.q {
        query = query.filter(WORDS.on(conn).has(wanted, Part::Anywhere));
    }
    if let Some(user) = filter.member {
        let belongs = memberships::table
            .filter(memberships::group_id.eq(groups::id))
            .filter(memberships::user_id.eq(user));
        query = query.filter(exists(belongs));
    }
    if let Some(user) = filter.follower {
        let followed = follows::table.filter(follows::user_id.eq(user)).select(follows::group_id);
        query = query.filter(groups::id.eq_any(followed));
    }
    query
}

/// Whether a caller may see a group, as a condition on a query over groups.
pub fn seen_by<From: 'static>(viewer: &Viewer) -> Condition<From> {
    const BY_ALL: &str = "groups.visibility <> 'private'";
    if viewer.is_admin() {
        return Box::new(fragment::<Bool>("true"));
    }
    let Some(user) = viewer.id() else { return Box::new(fragment::<Bool>(BY_ALL)) };
    let begin = format!(
        "({BY_ALL} or exists (select 1 from memberships where memberships.group_id = groups.id \
         and memberships.user_id = "
    );
    Box::new(fragment::<Bool>(begin).int(user.0).sql("))"))
}

pub fn update(tx: &mut Tx, noted: &Noted, change: &Change) -> QueryResult<()> {
    diesel::update(groups::table.find(noted.group()))
        .set((change, groups::updated_at.eq(noted.at())))
        .execute(tx.conn())
        .map(drop)
}

pub fn set_image(tx: &mut Tx, noted: &Noted, file: Option<&FileName>) -> QueryResult<()> {
    diesel::update(groups::table.find(noted.group()))
        .set((groups::image.eq(file), groups::updated_at.eq(noted.at())))
        .execute(tx.conn())
        .map(drop)
}

pub fn set_owner(tx: &mut Tx, noted: &Noted, owner: UserId) -> QueryResult<()> {
    diesel::update(groups::table.find(noted.group()))
        .set(groups::owner_id.eq(owner))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete(tx: &mut Tx, id: GroupId) -> QueryResult<()> {
    diesel::delete(groups::table.find(id)).execute(tx.conn()).map(drop)
}

pub fn name(conn: &mut Conn, id: GroupId) -> QueryResult<String> {
    groups::table.find(id).select(groups::name).first(conn)
}

/// The members of a group, or those who look after it.
pub fn member_ids(conn: &mut Conn, group: GroupId, admins: bool) -> QueryResult<Vec<UserId>> {
    let members = memberships::table
        .filter(memberships::group_id.eq(group))
        .select(memberships::user_id)
        .into_boxed();
    match admins {
        true => members.filter(memberships::role.ne(Role::Member)).load(conn),
        false => members.load(conn),
    }
}

pub fn find_role(conn: &mut Conn, group: GroupId, user: UserId) -> QueryResult<Option<Role>> {
    memberships::table.find((group, user)).select(memberships::role).first(conn).optional()
}

pub fn find_roles(
    conn: &mut Conn,
    groups: &[GroupId],
    user: UserId,
) -> QueryResult<Vec<(GroupId, Role)>> {
    let among = one_of(conn, memberships::group_id, groups.iter().map(|id| id.0));
    each!(conn, |conn| memberships::table
        .filter(memberships::user_id.eq(user))
        .filter(among)
        .select((memberships::group_id, memberships::role))
        .load(conn))
}

pub fn find_member(
    conn: &mut Conn,
    group: GroupId,
    user: UserId,
) -> QueryResult<Option<Membership>> {
    Membership::query()
        .filter(memberships::group_id.eq(group))
        .filter(memberships::user_id.eq(user))
        .first(conn)
        .optional()
}

pub fn list_members(
    conn: &mut Conn,
    group: GroupId,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Membership>> {
    let since = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let user = UserId(cursor.map_or(0, |cursor| cursor.id));
    let query = memberships::table
        .inner_join(users::table)
        .filter(memberships::group_id.eq(group))
        .into_boxed();
    let by_age = keyset!(
        query,
        cursor,
        limit,
        false,
        (memberships::created_at, since),
        (memberships::user_id, user)
    );
    by_age.select(Membership::as_select()).load(conn)
}

pub fn memberships_of(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Membership>> {
    Membership::query()
        .filter(memberships::user_id.eq(user))
        .order(memberships::group_id)
        .load(conn)
}

/// The admin, or else the member, who has been there longest, the owner aside.
pub fn find_heir(conn: &mut Conn, group: GroupId, owner: UserId) -> QueryResult<Option<UserId>> {
    memberships::table
        .filter(memberships::group_id.eq(group))
        .filter(memberships::user_id.ne(owner))
        // "admin" comes before "member".
        .order((memberships::role, memberships::created_at, memberships::user_id))
        .select(memberships::user_id)
        .first(conn)
        .optional()
}

pub fn insert_member(tx: &mut Tx, noted: &Noted, user: UserId, role: Role) -> QueryResult<()> {
    diesel::insert_into(memberships::table)
        .values((
            memberships::group_id.eq(noted.group()),
            memberships::user_id.eq(user),
            memberships::role.eq(role),
            memberships::created_at.eq(noted.at()),
        ))
        .execute(tx.conn())
        .map(drop)
}

pub fn set_role(tx: &mut Tx, noted: &Noted, user: UserId, role: Role) -> QueryResult<()> {
    diesel::update(memberships::table.find((noted.group(), user)))
        .set(memberships::role.eq(role))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete_member(tx: &mut Tx, noted: &Noted, user: UserId) -> QueryResult<()> {
    diesel::delete(memberships::table.find((noted.group(), user))).execute(tx.conn()).map(drop)
}

pub fn count_members(tx: &mut Tx, group: GroupId, more: i64) -> QueryResult<()> {
    diesel::update(groups::table.find(group))
        .set(groups::member_count.eq(groups::member_count + more))
        .execute(tx.conn())
        .map(drop)
}

pub fn find_people(conn: &mut Conn, ids: &[UserId]) -> QueryResult<Vec<Person>> {
    let among = one_of(conn, users::id, ids.iter().map(|id| id.0));
    users::table.filter(among).select(Person::as_select()).load(conn)
}
