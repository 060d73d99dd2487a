//! What a thing was, one state after the other, and which of them a read may show.

use std::ops::RangeInclusive;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What was acknowledged by one server shows on another after this long.
pub const LAG: Duration = Duration::from_secs(1);

/// The states of one thing that has one writer, who waits for each answer before the next write.
///
/// A read may show no state older than the last that was acknowledged before it began; nor older than
/// what an earlier read of the same server has shown, if that was written there; and none newer than
/// the last that was begun before it ended.
pub struct History<S> {
    states: Mutex<Vec<Written<S>>>,
    sightings: Mutex<Vec<Sighting>>,
}

struct Written<S> {
    state: S,
    /// By which server.
    node: usize,
    begun: Instant,
    acknowledged: Option<Instant>,
}

/// A read has shown this version, or a newer one.
struct Sighting {
    version: usize,
    node: usize,
    ended: Instant,
}

/// A read of one server.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    pub node: usize,
    pub began: Instant,
    pub ended: Instant,
}

impl<S: Clone> History<S> {
    /// Something that is so before anybody looks.
    pub fn new(state: S) -> Self {
        let now = Instant::now();
        let first = Written { state, node: 0, begun: now, acknowledged: Some(now) };
        Self { states: Mutex::new(vec![first]), sightings: Mutex::default() }
    }

    /// Its writer is about to ask a server to make it so.
    pub fn begin(&self, node: usize, state: S) {
        let begun = Instant::now();
        self.states.lock().unwrap().push(Written { state, node, begun, acknowledged: None });
    }

    /// The server said that it is so.
    pub fn acknowledge(&self) {
        let now = Instant::now();
        self.states.lock().unwrap().last_mut().unwrap().acknowledged = Some(now);
    }

    /// What it is by now, for its writer.
    pub fn last(&self) -> S {
        self.states.lock().unwrap().last().unwrap().state.clone()
    }

    /// The versions that a read may show.
    fn bounds(&self, read: &Span) -> RangeInclusive<usize> {
        let states = self.states.lock().unwrap();
        let is_known = |it: &Written<S>| {
            let lag = if it.node == read.node { Duration::ZERO } else { LAG };
            it.acknowledged.is_some_and(|at| at + lag <= read.began)
        };
        let known = states.iter().rposition(is_known);
        let newest = states.iter().rposition(|it| it.begun <= read.ended);
        let sightings = self.sightings.lock().unwrap();
        let earlier = sightings.iter().filter(|it| it.node == read.node && it.ended <= read.began);
        let earlier = earlier.map(|it| it.version);
        let seen = earlier.filter(|version| states[*version].node == read.node).max();
        known.max(seen).unwrap_or(0)..=newest.unwrap_or(0)
    }

    /// Whether what a read showed is one of the states that it may show.
    pub fn allows(&self, read: &Span, shows: impl Fn(&S) -> bool) -> bool {
        let bounds = self.bounds(read);
        let states = self.states.lock().unwrap();
        let Some(version) = bounds.clone().find(|it| shows(&states[*it].state)) else {
            return false;
        };
        let mut sightings = self.sightings.lock().unwrap();
        let of_node = sightings.iter().filter(|it| it.node == read.node);
        if of_node.map(|it| it.version).max() < Some(version) {
            sightings.push(Sighting { version, node: read.node, ended: read.ended });
        }
        true
    }

    /// The states that a read may show.
    pub fn possible(&self, read: &Span) -> Vec<S> {
        let bounds = self.bounds(read);
        self.states.lock().unwrap()[bounds].iter().map(|it| it.state.clone()).collect()
    }
}

/// Of how many of these something is true, at least and at most, as far as a read can tell.
pub fn tally<'a, S: Clone + 'a>(
    all: impl IntoIterator<Item = &'a History<S>>,
    read: &Span,
    holds: impl Fn(&S) -> bool,
) -> RangeInclusive<usize> {
    let (mut least, mut most) = (0, 0);
    for one in all {
        let states = one.possible(read);
        least += usize::from(states.iter().all(&holds));
        most += usize::from(states.iter().any(&holds));
    }
    least..=most
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_of(node: usize, work: impl FnOnce()) -> Span {
        let began = Instant::now();
        work();
        Span { node, began, ended: Instant::now() }
    }

    #[test]
    fn what_was_acknowledged_is_over_and_what_was_begun_may_show() {
        let history = History::new(0);
        history.begin(0, 1);
        let during = read_of(0, || ());
        history.acknowledge();
        let after = read_of(0, || history.begin(0, 2));

        assert_eq!((history.bounds(&during), history.bounds(&after)), (0..=1, 1..=2));
        assert!(!history.allows(&after, |it| *it == 0) && history.allows(&after, |it| *it == 1));
        assert_eq!(tally([&history], &during, |it| *it == 1), 0..=1);
        assert_eq!(tally([&history], &after, |it| *it > 0), 1..=1);
    }

    #[test]
    fn what_was_seen_is_not_unseen_later() {
        let history = History::new(0);
        history.begin(0, 1);
        let (first, later) = (read_of(0, || ()), read_of(0, || ()));

        assert!(history.allows(&first, |it| *it == 1));
        assert!(!history.allows(&later, |it| *it == 0));
        assert!(history.allows(&read_of(1, || ()), |it| *it == 0), "another server may lag behind");
    }

    #[test]
    fn another_server_has_a_while() {
        let history = History::new(0);
        history.begin(0, 1);
        history.acknowledge();
        let soon = read_of(1, || ());
        let late = Span { node: 1, began: soon.began + LAG, ended: soon.ended + LAG };

        assert!(history.allows(&soon, |it| *it == 0));
        assert!(!history.allows(&late, |it| *it == 0));
    }
}
