use diesel::prelude::*;
use diesel::sql_types::Bool;

use super::list::Query;
use super::{Details, Event, EventId, store};
use crate::db::{Conn, Tx, fragment, one_of};
use crate::http::paging::Cursor;
use crate::schema::events;
use crate::words::{self, InOrder, Index, Part, Place, Wanted};

/// The words of events: their titles, and all else that is written about them.
const WORDS: Index = Index {
    table: "event_words",
    key: "event_id",
    rows: "events",
    ids: "events.id",
    terms: Some("event_terms"),
};

/// Puts the words of an event in the place of those that it had.
pub fn replace(tx: &mut Tx, id: EventId, details: &Details) {
    let (title, rest) = (details.title.as_str(), rest(details));
    WORDS.replace_at(tx, details.starts_at, id.0, title, &rest);
}

/// Brings the words of an event that is new.
pub fn add(tx: &mut Tx, id: EventId, details: &Details) {
    WORDS.add_at(tx, details.starts_at, id.0, details.title.as_str(), &rest(details));
}

fn rest(details: &Details) -> String {
    let tags = details.tags.words().join(" ");
    [details.location.as_str(), &tags, details.description.as_str()].join("\n")
}

/// Puts the index in order, after much of it is new.
pub fn tidy(tx: &mut Tx) -> QueryResult<()> {
    WORDS.tidy(tx)
}

/// Notes that the words of an event are there, and of this make.
pub fn mark(tx: &mut Tx, id: EventId) -> QueryResult<()> {
    diesel::update(events::table.find(id))
        .set(events::words_version.eq(words::VERSION))
        .execute(tx.conn())
        .map(drop)
}

/// Some of the events whose words are not there, or of an older make.
pub fn outdated(conn: &mut Conn, limit: i64) -> QueryResult<Vec<(EventId, Details)>> {
    events::table
        // Said as the index of these says it.
        .filter(fragment::<Bool>(format!("events.words_version < {}", words::VERSION)))
        .order(events::words_version)
        .limit(limit)
        .select((events::id, Details::as_select()))
        .load(conn)
}

/// A page of the events that have what is looked for.
pub fn list(
    conn: &mut Conn,
    query: &Query,
    cursor: Option<Cursor>,
    limit: i64,
) -> QueryResult<Vec<Event>> {
    let Some(wanted) = &query.filter.q else { return Ok(Vec::new()) };
    let down = query.ordering.is_down() != cursor.is_some_and(|cursor| cursor.back);
    if query.ordering.is_by_start()
        && let Some(found) = WORDS.in_order(conn, wanted, Part::Anywhere)?
        && let Some(rows) = in_order(conn, query, &found, down, (cursor, limit))?
    {
        return Ok(rows);
    }
    let words = WORDS.on(conn).weighed(conn, wanted, Part::Anywhere)?;
    let page = store::page(query, cursor, limit).filter(words.has(wanted, Part::Anywhere));
    page.select(Event::as_select()).load(conn)
}

/// What has it all in the title first, then the rest, the earliest first in both; and which is
/// which. The rest is not looked at where titles fill the page.
pub fn by_relevance(
    conn: &mut Conn,
    query: &Query,
    cursor: Option<(Part, Cursor)>,
    limit: i64,
) -> QueryResult<Vec<(Event, bool)>> {
    let Some(wanted) = &query.filter.q else { return Ok(Vec::new()) };
    let back = cursor.is_some_and(|(_, cursor)| cursor.back);
    let parts = if back { [Part::Rest, Part::Title] } else { [Part::Title, Part::Rest] };
    let began = cursor.map_or(parts[0], |(part, _)| part);

    let mut rows: Vec<(Event, bool)> = Vec::new();
    for part in parts.into_iter().skip_while(|part| *part != began) {
        let left = limit - i64::try_from(rows.len()).unwrap_or(limit);
        if left == 0 {
            break;
        }
        let at = cursor.filter(|_| part == began).map(|(_, cursor)| cursor);
        let found = of_part(conn, query, (wanted, part), back, (at, left))?;
        rows.extend(found.into_iter().map(|event| (event, part == Part::Title)));
    }
    Ok(rows)
}

fn of_part(
    conn: &mut Conn,
    query: &Query,
    (wanted, part): (&Wanted, Part),
    down: bool,
    page: (Option<Cursor>, i64),
) -> QueryResult<Vec<Event>> {
    if let Some(found) = WORDS.in_order(conn, wanted, part)?
        && let Some(rows) = in_order(conn, query, &found, down, page)?
    {
        return Ok(rows);
    }
    let words = WORDS.on(conn).weighed(conn, wanted, part)?;
    let page = store::by_start(query, down, page).filter(words.has(wanted, part));
    page.select(Event::as_select()).load(conn)
}

pub fn count(conn: &mut Conn, query: &Query) -> QueryResult<i64> {
    let Some(wanted) = &query.filter.q else { return Ok(0) };
    let words = WORDS.on(conn).weighed(conn, wanted, Part::Anywhere)?;
    let found = store::matching(query, query.begin).filter(words.has(wanted, Part::Anywhere));
    found.count().get_result(conn)
}

/// How many times a page of what has the words is looked at, before a search begins with what else is
/// asked of it.
const PATIENCE: i64 = 32;

/// A page of what is found in the order of its start, unless the rest of the query lets too little of it
/// through, or some of it has no place in that order.
fn in_order(
    conn: &mut Conn,
    query: &Query,
    found: &InOrder,
    down: bool,
    (cursor, limit): (Option<Cursor>, i64),
) -> QueryResult<Option<Vec<Event>>> {
    let Some((mut first, mut last)) = between(query, down, cursor) else { return Ok(None) };
    let (mut rows, mut left, mut looked_at) = (Vec::new(), limit, 0);
    while looked_at < PATIENCE * limit {
        // One more, because the first may be where the cursor is.
        let asked = left.max(looked_at) + 1;
        let places = found.places(conn, (first, last), down, asked)?;
        let more = among(conn, query, &places, down, (cursor, left))?;
        if more.iter().any(|event| Place::near(event.details.starts_at, 0).is_beyond()) {
            return Ok(None);
        }
        rows.extend(more);

        left = limit - i64::try_from(rows.len()).unwrap_or(limit);
        looked_at += asked;
        match places.last() {
            Some(end) if left > 0 && places.len() == usize::try_from(asked).unwrap_or(0) => {
                match down {
                    true => last = end.before(),
                    false => first = end.after(),
                }
            }
            _ => return Ok(Some(rows)),
        }
    }
    Ok(None)
}

/// Those of some events that are on a page, in their order.
fn among(
    conn: &mut Conn,
    query: &Query,
    places: &[Place],
    down: bool,
    (cursor, limit): (Option<Cursor>, i64),
) -> QueryResult<Vec<Event>> {
    let ids = places.iter().map(|place| place.id());
    if !query.is_of_words_alone() {
        let among = one_of(conn, events::id, ids);
        let page = store::by_start(query, down, (cursor, limit)).filter(among);
        return page.select(Event::as_select()).load(conn);
    }
    let (earliest, latest) = query.begin;
    let place = |event: &Event| (event.details.starts_at, event.id);
    let mut rows = store::listed_among(conn, ids)?;
    rows.retain(|event| {
        let (start, id) = place(event);
        let follows = cursor.is_none_or(|cursor| {
            let at = (cursor.instant(), EventId(cursor.id));
            if down { (start, id) < at } else { (start, id) > at }
        });
        follows && earliest.is_none_or(|it| start >= it) && latest.is_none_or(|it| start <= it)
    });
    rows.sort_by_key(place);
    if down {
        rows.reverse();
    }
    rows.truncate(usize::try_from(limit).unwrap_or(0));
    Ok(rows)
}

/// The places where a page may be, unless it follows on one that has none of its own.
fn between(query: &Query, down: bool, cursor: Option<Cursor>) -> Option<(Place, Place)> {
    let (earliest, latest) = query.begin;
    let first = earliest.map_or(Place::FIRST, |earliest| Place::near(earliest, 0));
    let last = latest.map_or(Place::LAST, |latest| Place::near(latest, i64::MAX));
    let at = cursor.map(|cursor| Place::near(cursor.instant(), cursor.id));
    match (at, down) {
        (None, _) => Some((first, last)),
        (Some(at), _) if at.is_beyond() => None,
        (Some(at), true) => Some((first, last.min(at))),
        (Some(at), false) => Some((first.max(at), last)),
    }
}
