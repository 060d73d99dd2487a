//! Who is going to an event, and who might.

pub mod api;
mod store;

use diesel::QueryDsl;

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::{self, Brief, EventId, Interest};
use crate::http::paging::{Page, Paging};
use crate::schema::{events as events_table, interests, users as users_table};
use crate::users::{self, Person, User, UserId};

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
    /// Since when.
    pub created_at: Instant,
}

const BY_ARRIVAL: u8 = b'i';
const BY_START: u8 = b'j';

/// The one place that decides about interests: they are one's own.
fn check_own(actor: &User, user: UserId) -> Result<()> {
    match actor.id == user {
        true => Ok(()),
        false => Err(Error::Forbidden("this is for that user alone")),
    }
}

/// Notes that somebody is interested, or going. Tells whether that is new.
///
/// Without a status, what is there stays: nobody loses a seat by saying so again.
pub fn create(
    tx: &mut Tx,
    actor: &User,
    user: UserId,
    event: EventId,
    status: Option<Interest>,
) -> Result<(Participation, bool)> {
    check_own(actor, user)?;
    // Two requests of one person queue up here, so that the second sees what the first did.
    events::lock(tx, event)?;
    events::check_visible(tx, &actor.into(), event)?;

    let before = store::find_status(tx, user, event)?;
    let status = status.or(before).unwrap_or(Interest::Interested);
    events::count_interest(tx, event, before, Some(status))?;
    match before {
        None => store::insert(tx, user, event, status, clock::now())?,
        Some(_) => store::update(tx, user, event, status)?,
    }
    let now = store::find(tx, user, event)?.ok_or(Error::NotFound("interest"))?;
    Ok((now, before.is_none()))
}

/// Forgets that somebody was interested.
pub fn delete(tx: &mut Tx, actor: &User, user: UserId, event: EventId) -> Result<()> {
    check_own(actor, user)?;
    // Also where the event is not visible any more: one may always walk away.
    let before = store::delete(tx, user, event)?.ok_or(Error::NotFound("interest"))?;

    events::count_interest(tx, event, Some(before), None)
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

/// Who takes part in an event, those who came first first. Only its organisers may ask.
pub fn list_of_event(
    conn: &mut Conn,
    actor: &User,
    event: EventId,
    paging: &Paging,
) -> Result<(Page<Participation>, i64)> {
    let event = events::editable(conn, actor, event)?;
    let cursor = paging.cursor(BY_ARRIVAL)?;
    let rows = store::list_of_event(conn, event.id, cursor, paging.limit())?;
    let place = |it: &Participation| (BY_ARRIVAL, it.created_at.micros(), it.user.id.0);
    Ok((Page::new(rows, paging, place), event.popularity))
}

/// Everything that somebody takes part in, whether they may still see it or not.
pub fn all_of_user(conn: &mut Conn, user: UserId) -> Result<Vec<Participation>> {
    Ok(store::all_of_user(conn, user)?)
}

/// Walks away from everything, before an account goes.
pub fn forget(tx: &mut Tx, user: UserId) -> Result<()> {
    let user = users::get(tx, user)?;
    for participation in store::all_of_user(tx, user.id)? {
        delete(tx, &user, user.id, participation.event.id)?;
    }
    Ok(())
}
