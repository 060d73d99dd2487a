//! What somebody can say about an event, and what they have said.

use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::events::seats;
use crate::events::{Event, Interest, Status, Visibility, WaitlistOrder};
use crate::http::visit::Visit;
use crate::interests::{self, Participation};
use crate::users::Viewer;

/// How somebody takes part, and what of it they can change.
#[derive(Debug)]
pub struct Part {
    /// What they have said, if they have.
    pub own: Option<Participation>,
    /// Whether who wants to go waits in line at first.
    pub is_full: bool,
    stage: Stage,
}

/// How far an event has come, for those who want to take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Open,
    /// Nobody more can say that they go.
    Late,
    /// It has begun, and nobody has said when it ends.
    Begun,
    Over,
    Cancelled,
}

impl Stage {
    fn of(event: &Event, now: Instant) -> Self {
        let details = &event.details;
        match details.rsvp.rules().until {
            _ if details.status == Status::Cancelled => Self::Cancelled,
            _ if details.over_at() <= now => Self::Over,
            _ if details.ends_at <= now => Self::Begun,
            Some(until) if until <= now => Self::Late,
            _ => Self::Open,
        }
    }
}

impl Part {
    /// How things are at this moment, for somebody.
    pub fn read(conn: &mut Conn, viewer: &Viewer, event: &Event, now: Instant) -> Result<Self> {
        let own = match &viewer.0 {
            Some(user) => interests::find_own(conn, user, event.id)?,
            None => None,
        };
        Ok(Self { own, is_full: is_full(conn, event)?, stage: Stage::of(event, now) })
    }

    /// Whether anybody can still say that they are going.
    pub fn can_go(&self) -> bool {
        self.stage == Stage::Open
    }

    /// Whether it is still of use to be interested.
    pub fn can_follow(&self) -> bool {
        matches!(self.stage, Stage::Open | Stage::Late)
    }

    /// Whether it is over.
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Whether it is called off.
    pub fn is_cancelled(&self) -> bool {
        self.stage == Stage::Cancelled
    }

    /// What they are.
    pub fn status(&self) -> Option<Interest> {
        self.own.as_ref().map(|own| own.status)
    }

    /// Whether they have said that they go, and perhaps wait for a seat.
    pub fn wants_to_go(&self) -> bool {
        matches!(self.status(), Some(Interest::Going | Interest::Waitlisted))
    }

    /// Whether they have a seat.
    pub fn is_going(&self) -> bool {
        self.status() == Some(Interest::Going)
    }

    /// How many they bring along.
    pub fn guests(&self) -> i64 {
        self.own.as_ref().map_or(0, |own| own.guests)
    }

    /// What stands over it.
    pub fn heading(&self, visit: &Visit) -> String {
        visit.say(match self.status() {
            _ if self.is_cancelled() => "event-part-cancelled",
            Some(Interest::Going) if self.is_over() => "event-part-went",
            _ if self.is_over() => "event-part-over",
            Some(Interest::Going) => "event-part-going",
            Some(Interest::Waitlisted) => "event-part-waiting",
            Some(Interest::Interested) => "event-part-interested",
            Some(Interest::Refused) | None if self.stage == Stage::Begun => "event-part-begun",
            Some(Interest::Refused) | None => "event-part",
        })
    }

    /// What the button says by which one goes.
    pub fn go(&self, visit: &Visit) -> String {
        visit.say(if self.is_full { "event-join-waitlist" } else { "event-go" })
    }

    /// What the button says by which one takes back what one has said.
    pub fn withdraw(&self, visit: &Visit) -> String {
        visit.say(match self.status() {
            Some(Interest::Waitlisted) => "event-leave-waitlist",
            Some(Interest::Going) => "event-not-going",
            _ => "event-not-interested",
        })
    }
}

/// Whether there is no seat, or one that is for those who wait already.
fn is_full(conn: &mut Conn, event: &Event) -> Result<bool> {
    let Some(capacity) = event.details.capacity else { return Ok(false) };
    if event.seats_taken >= capacity {
        return Ok(true);
    }
    match event.details.rsvp.rules().order {
        WaitlistOrder::Strict => seats::has_line(conn, event.id),
        WaitlistOrder::Fit => Ok(false),
    }
}

/// Why somebody was refused, by the word that the form was answered with.
pub fn refusal(visit: &Visit, event: &Event, word: &str) -> Option<String> {
    let is_for_group = event.details.visibility == Visibility::Group;
    let said = match word {
        "event_full" => "event-refused-full",
        "event_cancelled" => "event-refused-cancelled",
        "event_over" => "event-refused-over",
        "rsvp_closed" => "event-refused-late",
        "forbidden" if is_for_group => "event-refused-members",
        "forbidden" => "event-refused",
        _ => return None,
    };
    Some(visit.say(said))
}
