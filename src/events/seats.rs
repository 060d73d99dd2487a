//! Who has a seat, and who waits for one.
//!
//! A party is somebody and their guests: it is seated whole, or waits whole. Whoever comes when no
//! seat is left, or when others wait already, waits in the order of arrival; whenever seats are
//! freed, the first in line move up in the same transaction. Everything here runs with the event's
//! row locked, so that one answer follows the other.

use super::rsvp::{Rules, WaitlistOrder};
use super::{EventId, Interest, Status, news, seats_store as store};
use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::groups::{self, GroupId};
use crate::users::{User, UserId};

crate::word! {
    /// What somebody wants: to keep an eye on an event, or to go.
    Wish { Interested = "interested", Going = "going" }
}

/// What somebody says about an event. What they do not say stays as it was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    /// What they want.
    pub wish: Option<Wish>,
    /// How many they bring along.
    pub guests: Option<i64>,
}

/// Somebody's row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose it is.
    pub user: UserId,
    /// Whether they are going.
    pub status: Interest,
    /// How many they bring along.
    pub guests: i64,
    /// Their place in line, also while they only keep an eye on the event.
    pub line: Option<i64>,
}

/// What decides about seats.
#[derive(Clone, Debug)]
pub struct Room {
    /// All there are; as many as come, where there is no number.
    pub capacity: Option<i64>,
    /// Those that are taken.
    pub taken: i64,
    /// The rules.
    pub rules: Rules,
    /// Whether the event is going to happen.
    pub status: Status,
    /// When it is over.
    pub ends_at: Instant,
    /// The group whose members alone come, and see it.
    pub members_of: Option<GroupId>,
    /// Whether that is so because the event is for its group.
    pub is_for_group: bool,
    /// Who made it, and sees it always.
    pub creator: UserId,
}

/// All that decides about what somebody says of an event.
pub struct Situation {
    /// What there is of it.
    pub room: Room,
    /// What they said before.
    pub before: Option<Entry>,
    /// Whether anybody waits for a seat, perhaps they themselves.
    pub somebody_waits: bool,
}

impl Entry {
    /// Seats that the party takes, or would.
    fn party(&self) -> i64 {
        1 + self.guests
    }

    fn seats(&self) -> i64 {
        if self.status == Interest::Going { self.party() } else { 0 }
    }
}

impl Room {
    fn has_room_for(&self, party: i64) -> bool {
        self.capacity.is_none_or(|capacity| self.taken + party <= capacity)
    }

    /// Refuses what comes too late, or for nothing.
    fn check_open(&self, wish: Wish, now: Instant) -> Result<()> {
        let refused = |code, message| Err(Error::Conflict { code, message });
        if self.status == Status::Cancelled {
            return refused("event_cancelled", "this event is cancelled");
        }
        if self.ends_at <= now {
            return refused("event_over", "this event is over");
        }
        if wish == Wish::Going && self.rules.until.is_some_and(|until| until <= now) {
            return refused("rsvp_closed", "it is too late to say that you are going");
        }
        Ok(())
    }
}

/// Notes what somebody says of an event that they may see, seats them or puts them in line. Tells
/// whether that is new.
///
/// The caller has locked the event.
pub fn answer(
    tx: &mut Tx,
    event: EventId,
    actor: &User,
    answer: Answer,
    now: Instant,
) -> Result<bool> {
    let user = actor.id;
    let situation = store::situation(tx, &actor.into(), event, user)?;
    let Situation { room, before, .. } = &situation;
    let was = before.map(|it| match it.status {
        Interest::Interested | Interest::Refused => Wish::Interested,
        Interest::Going | Interest::Waitlisted => Wish::Going,
    });
    let wish = answer.wish.or(was).unwrap_or(Wish::Interested);
    let guests = answer.guests.or(before.map(|it| it.guests)).unwrap_or(0);
    let more = was != Some(wish) || before.is_some_and(|it| guests > it.guests);
    if before.is_none() || (more && wish == Wish::Going) {
        room.check_open(wish, now)?;
    }
    match before.map(|it| it.status) {
        Some(Interest::Refused) => {
            return Err(Error::Forbidden("the organisers have refused you"));
        }
        // Whoever says so themselves sees the event: a private group is no further question.
        _ if wish == Wish::Going && was != Some(wish) && room.is_for_group => {
            check_belongs(tx, room, user)?;
        }
        _ => {}
    }

    let after = match wish {
        Wish::Interested => Entry {
            user,
            status: Interest::Interested,
            guests: 0,
            line: before.and_then(|it| it.line),
        },
        Wish::Going => seat(tx, event, &situation, (user, guests))?,
    };
    settle(tx, event, situation, after, now)
}

/// Writes what somebody's entry comes to be, and lets others move up. Tells whether it is new.
fn settle(
    tx: &mut Tx,
    event: EventId,
    situation: Situation,
    after: Entry,
    now: Instant,
) -> Result<bool> {
    let Situation { mut room, before, somebody_waits } = situation;
    replace(tx, event, before, after, now)?;
    room.taken += after.seats() - before.map_or(0, |it| it.seats());
    if somebody_waits || after.status == Interest::Waitlisted {
        move_up(tx, event, room, Some(after.user))?;
    }
    Ok(before.is_none())
}

/// An event that only a group's members see seats its members alone, and its creator.
fn check_belongs(tx: &mut Tx, room: &Room, user: UserId) -> Result<()> {
    let Some(group) = room.members_of.filter(|_| room.creator != user) else { return Ok(()) };
    match groups::role_in(tx, group, user)? {
        Some(_) => Ok(()),
        None => Err(Error::Forbidden("only members of the group may go")),
    }
}

/// Where somebody who wants to go comes to be.
fn seat(
    tx: &mut Tx,
    event: EventId,
    Situation { room, before, somebody_waits }: &Situation,
    (user, guests): (UserId, i64),
) -> Result<Entry> {
    let entry = |status, line| Entry { user, status, guests, line };
    let others_first = room.rules.order == WaitlistOrder::Strict && *somebody_waits;
    match *before {
        Some(it) if it.status == Interest::Going => {
            let more = guests - it.guests;
            if more > 0 && (!room.has_room_for(more) || others_first) {
                return Err(Error::Conflict {
                    code: "event_full",
                    message: "there is no room for more guests: your seats stay as they were",
                });
            }
            Ok(entry(Interest::Going, None))
        }
        // They keep their place: also those who had only kept an eye on it for a while.
        Some(Entry { line: Some(line), .. }) => Ok(entry(Interest::Waitlisted, Some(line))),
        _ if room.has_room_for(1 + guests) && !others_first => Ok(entry(Interest::Going, None)),
        _ => Ok(entry(Interest::Waitlisted, Some(store::end_of_line(tx, event)?))),
    }
}

/// Writes an entry in the place of another, and keeps count.
fn replace(
    tx: &mut Tx,
    event: EventId,
    before: Option<Entry>,
    after: Entry,
    now: Instant,
) -> Result<()> {
    store::count(tx, event, before.as_ref(), Some(&after), Entry::seats)?;
    match before {
        None => store::insert(tx, event, &after, now)?,
        Some(_) => store::update(tx, event, &after)?,
    }
    Ok(())
}

/// Whether anybody waits in line for a seat.
pub fn has_line(conn: &mut Conn, event: EventId) -> Result<bool> {
    Ok(store::has_line(conn, event)?)
}

/// Forgets somebody, and lets others move up. Tells whether there was anybody.
pub fn leave(tx: &mut Tx, event: EventId, user: UserId) -> Result<bool> {
    let Some(before) = store::find(tx, event, user)? else { return Ok(false) };
    store::delete(tx, event, user)?;
    store::count(tx, event, Some(&before), None, Entry::seats)?;
    fill(tx, event, Some(user))?;
    Ok(true)
}

/// Seats somebody whom an organiser chooses, whoever else waits.
pub fn choose(
    tx: &mut Tx,
    event: EventId,
    user: UserId,
    actor: UserId,
    now: Instant,
) -> Result<()> {
    let room = store::room(tx, event)?;
    let before = store::find(tx, event, user)?.ok_or(Error::NotFound("interest"))?;
    if before.status == Interest::Going {
        return Ok(());
    }
    room.check_open(Wish::Interested, now)?;
    check_belongs(tx, &room, user)?;
    if !room.has_room_for(before.party()) {
        return Err(Error::Conflict { code: "event_full", message: "this event is full" });
    }

    replace(tx, event, Some(before), Entry { status: Interest::Going, line: None, ..before }, now)?;
    match room.status {
        Status::Draft => Ok(()),
        _ => news::of_seat(tx, event, user, Some(actor)),
    }
}

/// Refuses somebody: they have no seat and no place, and cannot take one.
pub fn refuse(tx: &mut Tx, event: EventId, user: UserId, now: Instant) -> Result<()> {
    let before = store::find(tx, event, user)?.ok_or(Error::NotFound("interest"))?;
    let after = Entry { status: Interest::Refused, guests: 0, line: None, ..before };
    replace(tx, event, Some(before), after, now)?;
    fill(tx, event, None)
}

/// Lets those in line move up as far as there are seats, and tells them; but not `actor`, who makes
/// it happen.
pub fn fill(tx: &mut Tx, event: EventId, actor: Option<UserId>) -> Result<()> {
    let room = store::room(tx, event)?;
    move_up(tx, event, room, actor)
}

fn move_up(tx: &mut Tx, event: EventId, mut room: Room, actor: Option<UserId>) -> Result<()> {
    let is_gone = room.status != Status::Scheduled || room.ends_at <= clock::now();
    if is_gone || !room.has_room_for(1) {
        return Ok(());
    }
    // A party takes a seat at least, so no more of them can move up strictly in turn.
    let most = match (room.rules.order, room.capacity) {
        (WaitlistOrder::Strict, Some(capacity)) => capacity - room.taken,
        _ => i64::MAX,
    };
    for waiting in store::waiting(tx, event, room.members_of, most)? {
        if room.has_room_for(waiting.party()) {
            let seated = Entry { status: Interest::Going, line: None, ..waiting };
            store::count(tx, event, Some(&waiting), Some(&seated), Entry::seats)?;
            store::update(tx, event, &seated)?;
            news::of_seat(tx, event, seated.user, actor.filter(|actor| *actor == seated.user))?;
            room.taken += seated.party();
        } else if room.rules.order == WaitlistOrder::Strict || !room.has_room_for(1) {
            break;
        }
    }
    Ok(())
}
