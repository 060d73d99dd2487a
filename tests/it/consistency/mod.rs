//! Nobody is shown what is over: every answer is as new as what was acknowledged before it was asked
//! for, and is its reader's own.

mod crowd;
mod history;
mod people;
mod readers;
mod stage;
mod writers;
mod writes;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crowd::{Crowd, GUESTS, ORGANISERS, Reader};
use history::LAG;
use readers::check_comments;

use crate::helpers::TestApp;

/// Readers beside those who write.
const READERS: usize = 3;

/// One who writes no more, however that came.
struct Done<'a>(&'a AtomicUsize);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Everybody reads and writes at once; each answer is held against what is known.
fn hammer(crowd: &Crowd) {
    let writing = AtomicUsize::new(ORGANISERS + GUESTS);
    thread::scope(|scope| {
        for organiser in &crowd.organisers {
            let done = Done(&writing);
            scope.spawn(move || {
                let _done = done;
                crowd.organise(organiser);
            });
        }
        for guest in 0..GUESTS {
            let done = Done(&writing);
            scope.spawn(move || {
                let _done = done;
                crowd.attend(guest);
            });
        }
        for _ in 0..READERS {
            scope.spawn(|| read_on(crowd, &writing));
        }
    });
}

/// Reads as anybody and as each of them, until nobody writes any more.
fn read_on(crowd: &Crowd, writing: &AtomicUsize) {
    let mut readers = readers(crowd);
    while writing.load(Ordering::Relaxed) > 0 {
        let reader = match rand::random_range(0..2 * readers.len()) {
            who if who < readers.len() => who,
            _ => 0,
        };
        let node = rand::random_range(0..crowd.nodes.len());
        crowd.check_anything(&mut readers[reader], node);
    }
}

fn readers(crowd: &Crowd) -> Vec<Reader<'_>> {
    let organisers = crowd.organisers.iter().map(|it| it.account.clone());
    let known = crowd.guests.iter().cloned().chain(organisers);
    let all = std::iter::once(None).chain(known.map(Some));
    all.map(|account| Reader::new(crowd, account)).collect()
}

/// When nobody writes, there is one state that may be shown, and it is.
fn assert_settled(crowd: &Crowd) {
    for node in 0..crowd.nodes.len() {
        for reader in &mut readers(crowd) {
            crowd.check_list(reader, node, "/api/events/?q=owambe", |_| true);
            crowd.check_tags(reader, node);
            let events = crowd.events.lock().unwrap().clone();
            for event in events {
                crowd.check_detail(reader, node, &event);
            }
            for organiser in &crowd.organisers {
                check_comments(reader, node, &organiser.party);
            }
        }
        for organiser in &crowd.organisers {
            let mut reader = Reader::new(crowd, Some(organiser.account.clone()));
            crowd.check_guests(&mut reader, node, &organiser.party);
        }
    }
    crowd.runtime.block_on(crowd.nodes[0].assert_counters_are_right());
}

#[test]
fn no_answer_is_older_than_what_was_acknowledged_before_it_was_asked_for() {
    let crowd = Crowd::new(vec![TestApp::new()]);

    hammer(&crowd);

    assert_settled(&crowd);
}

/// What a server has acknowledged shows there at once, and on the others within a second.
#[test]
fn of_two_servers_each_shows_its_own_at_once_and_the_others_within_a_second() {
    let first = TestApp::new();
    let second = first.beside();
    let crowd = Crowd::new(vec![first, second]);

    hammer(&crowd);

    thread::sleep(LAG);
    assert_settled(&crowd);
    // Whoever keeps answers has all of them now, and the other one hears of nothing but these.
    for node in 0..crowd.nodes.len() {
        crowd.change_everything(node);
        thread::sleep(LAG);
        assert_settled(&crowd);
    }
}
