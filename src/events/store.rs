use diesel::dsl::{InnerJoin, IntoBoxed, LeftJoin, max};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool};

use super::list::{Near, Ordering, Query, Reach, When};
use super::visibility::{Sight, followed_by, in_lists, listed, sight, visible_to};
use super::{Details, Event, EventId, Interest, Status};
use crate::clock::Instant;
use crate::db::{Conn, MultiBackend, Tx, Wording, fragment, one_of, settled, worded};
use crate::files::FileName;
use crate::geo::Bounds;
use crate::http::paging::Cursor;
use crate::schema::{event_tags, events, groups, interests, tags, users};
use crate::users::{UserId, Viewer};
use crate::words::Condition;
use crate::{each, keyset, lock, words};

type Joined = LeftJoin<InnerJoin<events::table, users::table>, groups::table>;
/// A query over events, whose they are, and their groups.
pub type Boxed = IntoBoxed<'static, Joined, MultiBackend>;

fn all() -> Boxed {
    events::table.inner_join(users::table).left_join(groups::table).into_boxed()
}

/// The row that was inserted last on this connection.
struct LastRow;

impl Wording for LastRow {
    type Kind = BigInt;

    const SQL: &'static [&'static str] = &["last_insert_rowid()"];
}

pub fn insert(
    tx: &mut Tx,
    creator: UserId,
    details: &Details,
    now: Instant,
) -> QueryResult<EventId> {
    let made = (
        events::creator_id.eq(creator),
        events::words_version.eq(words::VERSION),
        events::created_at.eq(now),
        events::updated_at.eq(now),
    );
    let new = (details, made);
    let insert = diesel::insert_into(events::table).values(new);
    match tx.conn() {
        // To return a row, SQLite keeps it in a table of its own, and what the statement may have to undo.
        Conn::Sqlite(conn) => {
            settled(insert).execute(conn)?;
            diesel::select(worded::<LastRow, 0>([])).get_result(conn).map(EventId)
        }
        Conn::Postgres(conn) => settled(insert.returning(events::id)).get_result(conn),
    }
}

pub fn find(conn: &mut Conn, id: EventId) -> QueryResult<Option<Event>> {
    each!(conn, |conn| Event::query().filter(events::id.eq(id)).get_result(conn)).optional()
}

pub fn find_visible(conn: &mut Conn, viewer: &Viewer, id: EventId) -> QueryResult<Option<Event>> {
    let this = events::id.eq(id);
    let found = each!(conn, |conn| match sight(viewer) {
        Sight::All => settled(Event::query().filter(this)).get_result(conn),
        Sight::Anybody(seen) => {
            settled(Event::query().filter(this.and(seen))).get_result(conn)
        }
        Sight::Somebody(seen) => {
            settled(Event::query().filter(this.and(seen))).get_result(conn)
        }
    });
    found.optional()
}

pub fn is_visible(conn: &mut Conn, viewer: &Viewer, id: EventId) -> QueryResult<bool> {
    let seen = events::table.filter(events::id.eq(id)).filter(visible_to(viewer));
    let seen: Option<EventId> = seen.select(events::id).first(conn).optional()?;
    Ok(seen.is_some())
}

pub fn set_thumbnail(
    tx: &mut Tx,
    id: EventId,
    file: Option<&FileName>,
    now: Instant,
) -> QueryResult<()> {
    diesel::update(events::table.find(id))
        .set((events::thumbnail.eq(file), events::updated_at.eq(now)))
        .execute(tx.conn())
        .map(drop)
}

pub fn title(conn: &mut Conn, id: EventId) -> QueryResult<String> {
    events::table.find(id).select(events::title).first(conn)
}

pub fn made_by(conn: &mut Conn, user: UserId) -> QueryResult<Vec<Event>> {
    Event::query().filter(events::creator_id.eq(user)).order(events::id).load(conn)
}

pub fn list(
    conn: &mut Conn,
    query: &Query,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Event>> {
    page(query, cursor, limit).select(Event::as_select()).load(conn)
}

/// A page of a list, whatever words are looked for.
pub fn page(query: &Query, cursor: Option<Cursor>, limit: i64) -> Boxed {
    let down = query.ordering.is_down();
    let id = EventId(cursor.map_or(0, |cursor| cursor.id));
    let key = cursor.map_or(0, |cursor| cursor.key);
    let at = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    match query.ordering {
        Ordering::Start | Ordering::LatestStart | Ordering::Relevance => {
            let back = cursor.is_some_and(|cursor| cursor.back);
            by_start(query, down != back, (cursor, limit))
        }
        Ordering::Created | Ordering::LatestCreated => {
            let found = matching(query, query.begin);
            keyset!(found, cursor, limit, down, (events::created_at, at), (events::id, id))
        }
        Ordering::Popular => {
            let found = matching(query, query.begin);
            keyset!(found, cursor, limit, down, (events::popularity, key), (events::id, id))
        }
    }
}

/// An index seeks to one lower and one upper bound of the start, so the cursor is made one of
/// them: given two, SQLite might seek to the farther one and read all that lies between.
pub fn by_start(query: &Query, down: bool, (cursor, limit): (Option<Cursor>, i64)) -> Boxed {
    let at = cursor.map_or(Instant::EPOCH, |cursor| cursor.instant());
    let (mut earliest, mut latest) = query.begin;
    if cursor.is_some() && down {
        latest = Some(latest.map_or(at, |latest| latest.min(at)));
    } else if cursor.is_some() {
        earliest = earliest.max(Some(at));
    }

    let mut page = matching(query, (earliest, latest)).limit(limit);
    if let Some(cursor) = cursor {
        let (start, id) = (events::starts_at, EventId(cursor.id));
        page = match down {
            true => page.filter(start.lt(at).or(events::id.lt(id))),
            false => page.filter(start.gt(at).or(events::id.gt(id))),
        };
    }
    match down {
        true => page.order((events::starts_at.desc(), events::id.desc())),
        false => page.order((events::starts_at.asc(), events::id.asc())),
    }
}

pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    matching(query, query.begin).count().get_result(conn)
}

/// Those of some events that are in the lists that anyone may ask for, in no order.
pub fn listed_among(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> QueryResult<Vec<Event>> {
    let among = one_of(conn, events::id, ids);
    each!(conn, |conn| settled(Event::query().filter(among).filter(in_lists())).load(conn))
}

/// How many days the longest of all events lasts.
pub fn longest_days(conn: &mut Conn) -> QueryResult<i64> {
    // Said as the index of these says it.
    let longer = events::table.filter(fragment::<Bool>("events.days > 0"));
    let longest: Option<i64> = longer.select(max(events::days)).first(conn)?;
    Ok(longest.unwrap_or(0))
}

/// The events that a query lets through, beginning within these bounds, whatever words are looked for.
pub fn matching(query: &Query, (earliest, latest): (Option<Instant>, Option<Instant>)) -> Boxed {
    let filter = &query.filter;
    let mut found = reached(query);
    if let Some(earliest) = earliest {
        found = found.filter(events::starts_at.ge(earliest));
    }
    if let Some(latest) = latest {
        found = found.filter(events::starts_at.le(latest));
    }
    if let Some(from) = filter.from {
        found = found.filter(events::end_date.ge(from));
    }
    if let Some(to) = filter.to {
        found = found.filter(events::start_date.le(to));
    }
    if let Some(tag) = &filter.tag {
        let tagged = event_tags::table
            .inner_join(tags::table)
            .filter(tags::name.eq(tag.as_str().to_owned()))
            .select(event_tags::event_id);
        found = found.filter(events::id.eq_any(tagged));
    }
    if let Some(near) = filter.near {
        found = within(found, near);
    }
    match filter.when {
        Some(When::Now) => found = found.filter(events::ends_at.gt(query.now)),
        Some(When::Past) => found = found.filter(events::ends_at.le(query.now)),
        // Its bounds have said so.
        Some(When::Upcoming) | None => {}
    }
    match filter.status {
        Some(status) => found.filter(events::status.eq(status)),
        None => found.filter(events::status.ne(Status::Draft)),
    }
}

/// A box that an index can seek to, and inside of it the circle.
fn within(found: Boxed, Near { place, km }: Near) -> Boxed {
    let Bounds { latitudes: (south, north), longitudes } = place.bounds(km);
    let boxed = found.filter(events::latitude.between(south, north));
    let boxed = match longitudes {
        None => boxed,
        Some((west, east)) if west <= east => boxed.filter(events::longitude.between(west, east)),
        Some((west, east)) => {
            boxed.filter(events::longitude.ge(west).or(events::longitude.le(east)))
        }
    };
    boxed.filter(
        fragment::<Bool>("great_circle_km(events.latitude, events.longitude, ")
            .double(place.latitude)
            .sql(", ")
            .double(place.longitude)
            .sql(") <= ")
            .double(km),
    )
}

fn reached(query: &Query) -> Boxed {
    let filter = &query.filter;
    let mut found = all();
    if let Some(creator) = filter.creator {
        found = found.filter(events::creator_id.eq(creator));
    }
    if let Some(group) = filter.group {
        found = found.filter(events::group_id.eq(group));
    }
    if let Reach::Visible(viewer) | Reach::Followed(viewer) = &query.reach
        && let Some(user) = viewer.id().filter(|_| filter.is_followed)
    {
        found = found.filter(of_groups_of(user));
    }
    match &query.reach {
        Reach::Listed if filter.creator.is_some() || filter.group.is_some() => {
            // Not said with `listed`, so that the creator's or the group's index is taken.
            found.filter(listed())
        }
        Reach::Listed => found.filter(events::listed.eq(true)).filter(listed()),
        Reach::Visible(viewer) => {
            if filter.is_interested {
                let theirs = interests::table
                    .filter(interests::user_id.nullable().eq(viewer.id()))
                    .filter(interests::status.ne(Interest::Refused))
                    .select(interests::event_id);
                found = found.filter(events::id.eq_any(theirs));
            }
            found.filter(visible_to(viewer))
        }
        Reach::Followed(viewer) => match viewer.id() {
            Some(user) => found.filter(visible_to(viewer)).filter(followed_by(user)),
            None => found.filter(listed()),
        },
    }
}

/// One list of groups, so that the events of each are sought in the index by group.
fn of_groups_of<From: 'static>(user: UserId) -> Condition<From> {
    Box::new(
        fragment::<Bool>("events.group_id in (select group_id from memberships where user_id = ")
            .int(user.0)
            .sql(" union select group_id from follows where user_id = ")
            .int(user.0)
            .sql(")"),
    )
}

pub fn interests_of(
    conn: &mut Conn,
    user: UserId,
    ids: &[EventId],
) -> QueryResult<Vec<(EventId, Interest)>> {
    let theirs = interests::table
        .filter(interests::user_id.eq(user))
        .select((interests::event_id, interests::status));
    // A list of one takes longer to unfold than its row to be found.
    if let [id] = ids {
        return each!(conn, |conn| theirs.filter(interests::event_id.eq(id)).load(conn));
    }
    let among = one_of(conn, interests::event_id, ids.iter().map(|id| id.0));
    each!(conn, |conn| theirs.filter(among).load(conn))
}

pub fn lock(tx: &mut Tx, id: EventId) -> QueryResult<()> {
    lock!(tx.conn(), events::table.find(id), events::id)
}

pub fn update(tx: &mut Tx, id: EventId, details: &Details, now: Instant) -> QueryResult<()> {
    diesel::update(events::table.find(id))
        .set((details, events::words_version.eq(words::VERSION), events::updated_at.eq(now)))
        .execute(tx.conn())
        .map(drop)
}

pub fn delete(tx: &mut Tx, id: EventId) -> QueryResult<()> {
    diesel::delete(events::table.find(id)).execute(tx.conn()).map(drop)
}

pub fn delete_of(tx: &mut Tx, user: UserId) -> QueryResult<()> {
    diesel::delete(events::table.filter(events::creator_id.eq(user))).execute(tx.conn()).map(drop)
}

pub fn leave_to_groups(tx: &mut Tx, user: UserId) -> QueryResult<()> {
    let theirs =
        events::table.filter(events::creator_id.eq(user)).filter(events::group_id.is_not_null());
    let owner =
        fragment::<BigInt>("(select owner_id from groups where groups.id = events.group_id)");
    diesel::update(theirs).set(events::creator_id.eq(owner)).execute(tx.conn()).map(drop)
}

pub fn count_comments(tx: &mut Tx, id: EventId, more: i64) -> QueryResult<()> {
    diesel::update(events::table.find(id))
        .set(events::comment_count.eq(events::comment_count + more))
        .execute(tx.conn())
        .map(drop)
}
