//! Who is going to an event, and who might.

pub mod api;
mod csv;
mod store;
pub mod web;

use diesel::QueryDsl;
use diesel::sql_types::{BigInt, Nullable};

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx, Worded, Wording, worded};
use crate::error::{Error, Result};
use crate::events::seats::{self, Answer};
use crate::events::{self, Brief, EventId, GuestList, Interest};
use crate::http::paging::{Page, Paging};
use crate::schema::{events as events_table, interests, users as users_table};
use crate::users::{Person, User, UserId};

/// Somebody's interest in an event.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(
    table_name = interests,
    base_query = interests::table
        .inner_join(users_table::table)
        .inner_join(events_table::table),
)]
pub struct Participation {
    /// Who they are.
    #[diesel(embed)]
    pub user: Person,
    /// What they are interested in.
    #[diesel(embed)]
    pub event: Brief,
    /// Whether they are going.
    pub status: Interest,
    /// How many they bring along.
    pub guests: i64,
    /// Their place in line, if they wait: the first is 1.
    #[diesel(select_expression = worded([]), select_expression_type = Worded<Position, 0>)]
    pub position: Option<i64>,
    /// Since when.
    pub created_at: Instant,
    /// What the order in line goes by.
    line: Option<i64>,
}

/// How many wait in line up to somebody, and they with them.
pub struct Position;

impl Wording for Position {
    type Kind = Nullable<BigInt>;

    const SQL: &'static [&'static str] = &["(case when interests.status = 'waitlisted' then \
         (select count(*) from interests ahead where ahead.event_id = interests.event_id \
         and ahead.status = 'waitlisted' and ahead.line <= interests.line) end)"];
}

crate::word! {
    /// What organisers decide about somebody.
    Decision { Going = "going", Refused = "refused" }
}

const BY_ARRIVAL: u8 = b'i';
const BY_LINE: u8 = b'l';
const BY_START: u8 = b'j';

/// The one place that decides about interests: they are one's own.
fn check_own(actor: &User, user: UserId) -> Result<()> {
    match actor.id == user {
        true => Ok(()),
        false => Err(Error::Forbidden("this is for that user alone")),
    }
}

/// Notes that somebody is interested, or going, or waits for a seat. Tells whether that is new.
///
/// What they do not say stays as it is: nobody loses a seat by saying so again.
pub fn create(
    tx: &mut Tx,
    actor: &User,
    user: UserId,
    event: EventId,
    answer: Answer,
) -> Result<(Participation, bool)> {
    create_at(tx, actor, user, event, answer, clock::now())
}

/// The same at another time than now.
pub fn create_at(
    tx: &mut Tx,
    actor: &User,
    user: UserId,
    event: EventId,
    answer: Answer,
    now: Instant,
) -> Result<(Participation, bool)> {
    check_own(actor, user)?;
    // Two requests of one person queue up here, so that the second sees what the first did.
    events::lock(tx, event)?;
    let is_new = seats::answer(tx, event, actor, answer, now)?;
    Ok((get(tx, user, event)?, is_new))
}

/// Forgets that somebody was interested. Who waits may move up.
pub fn delete(tx: &mut Tx, actor: &User, user: UserId, event: EventId) -> Result<()> {
    check_own(actor, user)?;
    // Also where the event is not visible any more: one may always walk away.
    events::lock(tx, event)?;
    match store::find(tx, user, event)?.map(|it| it.status) {
        // Nobody walks away from a refusal.
        None | Some(Interest::Refused) => Err(Error::NotFound("interest")),
        Some(_) => seats::leave(tx, event, user).map(drop),
    }
}

/// Seats somebody, puts them back to who only looks on, or refuses them. Only organisers may.
pub fn decide(
    tx: &mut Tx,
    actor: &User,
    event: EventId,
    user: UserId,
    decision: Decision,
) -> Result<Participation> {
    events::lock(tx, event)?;
    events::editable(tx, actor, event)?;
    match decision {
        Decision::Going => seats::choose(tx, event, user, actor.id, clock::now())?,
        Decision::Refused => seats::refuse(tx, event, user, clock::now())?,
    }
    get(tx, user, event)
}

/// Takes somebody off the list, and lifts what they were refused. Only organisers may.
pub fn remove(tx: &mut Tx, actor: &User, event: EventId, user: UserId) -> Result<()> {
    events::lock(tx, event)?;
    events::editable(tx, actor, event)?;
    match seats::leave(tx, event, user)? {
        true => Ok(()),
        false => Err(Error::NotFound("interest")),
    }
}

fn get(conn: &mut Conn, user: UserId, event: EventId) -> Result<Participation> {
    store::find(conn, user, event)?.ok_or(Error::NotFound("interest"))
}

/// What somebody takes part in, the soonest first. Only they may ask.
pub fn list_of_user(
    conn: &mut Conn,
    actor: &User,
    user: UserId,
    paging: &Paging,
) -> Result<Page<Participation>> {
    check_own(actor, user)?;
    let cursor = paging.cursor(BY_START)?;
    let rows = store::list_of_user(conn, actor, cursor, paging.limit())?;
    let place = |it: &Participation| (BY_START, it.event.starts_at.micros(), it.event.id.0);
    Ok(Page::new(rows, paging, place))
}

/// How long that list is.
pub fn count_of_user(conn: &mut Conn, actor: &User, user: UserId) -> Result<i64> {
    check_own(actor, user)?;
    Ok(store::count_of_user(conn, actor)?)
}

/// Who takes part in an event, those who came first first; and how many. Its organisers see all of
/// them; others see who is going, where the organisers let them.
pub fn list_of_event(
    conn: &mut Conn,
    actor: &User,
    event: EventId,
    paging: &Paging,
) -> Result<(Page<Participation>, i64)> {
    let scope = scope(conn, actor, event)?;
    let cursor = paging.cursor(BY_ARRIVAL)?;
    let rows = store::list_of_event(conn, event, scope, cursor, paging.limit())?;
    let page = Page::new(rows, paging, by_arrival);
    let count = if paging.count { store::count_of_event(conn, event, scope)? } else { 0 };
    Ok((page, count))
}

/// Who is going to an event, those who came first first, and nobody else: for those who may see that.
pub fn list_going(
    conn: &mut Conn,
    actor: &User,
    event: EventId,
    paging: &Paging,
) -> Result<Page<Participation>> {
    scope(conn, actor, event)?;
    let cursor = paging.cursor(BY_ARRIVAL)?;
    let rows =
        store::list_of_event(conn, event, Scope::Part(Interest::Going), cursor, paging.limit())?;
    Ok(Page::new(rows, paging, by_arrival))
}

fn by_arrival(it: &Participation) -> (u8, i64, i64) {
    (BY_ARRIVAL, it.created_at.micros(), it.user.id.0)
}

/// How somebody themselves takes part in an event. Who is refused does not hear of it here.
pub fn find_own(conn: &mut Conn, actor: &User, event: EventId) -> Result<Option<Participation>> {
    let found = store::find(conn, actor.id, event)?;
    Ok(found.filter(|it| it.status != Interest::Refused))
}

/// Everybody who has to do with an event, for its organisers: who is going, who waits in their order,
/// and the others.
pub fn all_of_event(conn: &mut Conn, actor: &User, event: EventId) -> Result<Vec<Participation>> {
    events::editable(conn, actor, event)?;
    Ok(store::all_of_event(conn, event)?)
}

/// Those who take part in an event in one way, for its organisers: who waits in the order of the
/// line, others in that of their arrival.
pub fn list_of_part(
    conn: &mut Conn,
    actor: &User,
    event: EventId,
    part: Interest,
    paging: &Paging,
) -> Result<Page<Participation>> {
    events::editable(conn, actor, event)?;
    if part == Interest::Waitlisted {
        let rows = store::line_of_event(conn, event, paging.cursor(BY_LINE)?, paging.limit())?;
        let place = |it: &Participation| (BY_LINE, it.line.unwrap_or_default(), it.user.id.0);
        return Ok(Page::new(rows, paging, place));
    }
    let scope = Scope::Part(part);
    let cursor = paging.cursor(BY_ARRIVAL)?;
    let rows = store::list_of_event(conn, event, scope, cursor, paging.limit())?;
    Ok(Page::new(rows, paging, by_arrival))
}

/// How many take part in an event in one way, for its organisers.
pub fn count_of_part(conn: &mut Conn, actor: &User, event: EventId, part: Interest) -> Result<i64> {
    events::editable(conn, actor, event)?;
    Ok(store::count_of_event(conn, event, Scope::Part(part))?)
}

/// How somebody takes part in some events, asked for all of them at once.
pub fn among(conn: &mut Conn, user: UserId, events: &[EventId]) -> Result<Vec<Participation>> {
    Ok(store::among(conn, user, events)?)
}

/// How much of a guest list somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Everybody,
    /// Those who take part in one way.
    Part(Interest),
}

fn scope(conn: &mut Conn, actor: &User, event: EventId) -> Result<Scope> {
    let viewer = actor.into();
    let event = events::visible(conn, &viewer, event)?;
    let ties = events::ties(conn, &viewer, &[event.hosted()])?.pop().flatten();
    if ties.is_some_and(|ties| ties.can_edit) {
        return Ok(Scope::Everybody);
    }
    let is_going = ties.is_some_and(|ties| ties.interest == Some(Interest::Going));
    match event.details.rsvp.rules().guest_list {
        GuestList::All => Ok(Scope::Part(Interest::Going)),
        GuestList::Guests if is_going => Ok(Scope::Part(Interest::Going)),
        GuestList::Guests => Err(Error::Forbidden("only who is going sees who else is")),
        GuestList::Hidden => Err(Error::Forbidden("only the organisers see who is going")),
    }
}

/// Everything that somebody takes part in, whether they may still see it or not.
pub fn all_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Participation>> {
    Ok(store::all_of_user(conn, user)?)
}

/// Walks away from everything, before an account goes. Who waits may move up.
pub fn forget(tx: &mut Tx, user: UserId) -> Result<()> {
    for participation in store::all_of_user(tx, user)? {
        let event = participation.event.id;
        events::lock(tx, event)?;
        seats::leave(tx, event, user)?;
    }
    Ok(())
}
