//! What is left of a server that is killed while it writes: all that it acknowledged, and nothing
//! half.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::helpers::{ask_sql, postgres_server, wrong_counts};
use crate::server::{Place, Server};

/// How many write at once, so that their writes share commits.
const WRITERS: usize = 5;

/// An event, and what was acknowledged about it. Each is several rows in one transaction: an event
/// its tags, its words and a line in its group's trail; a comment and a seat their counters.
#[derive(Default)]
struct Kept {
    event: Value,
    comment: Option<i64>,
    is_going: bool,
}

/// One round: who writes where, and how far they have come.
struct Round {
    number: usize,
    server: Server,
    token: String,
    user: i64,
    group: Value,
    acknowledged: AtomicUsize,
    is_over: AtomicBool,
}

impl Round {
    fn begin(place: &Place, number: usize) -> Self {
        let server = place.serve();
        let session = server.register(&format!("writer-{number}"));
        let token = session["access"].as_str().unwrap().to_owned();
        let group = json!({"name": format!("Society {number}")});
        let (status, group) = server.post("/api/groups/", &token, &group);
        assert_eq!(status, 201, "{group}");
        Self {
            number,
            server,
            token,
            user: session["user"]["id"].as_i64().unwrap(),
            group: group["id"].clone(),
            acknowledged: AtomicUsize::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// Everybody writes until the server is killed, at no moment in particular.
    fn write_and_kill(&self) -> Vec<Kept> {
        thread::scope(|scope| {
            let writers: Vec<_> =
                (0..WRITERS).map(|writer| scope.spawn(move || self.write(writer))).collect();
            while self.acknowledged.load(Ordering::Relaxed) < 2 * WRITERS {
                assert!(!writers.iter().any(thread::ScopedJoinHandle::is_finished), "nobody stops");
                thread::sleep(Duration::from_millis(1));
            }
            thread::sleep(Duration::from_micros(rand::random_range(0..25_000)));
            self.is_over.store(true, Ordering::Relaxed);
            self.server.signal("-KILL");
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        })
    }

    fn write(&self, writer: usize) -> Vec<Kept> {
        let mut all = Vec::new();
        for number in 0.. {
            let mut kept = Kept::default();
            let went_on = self.write_one(writer, number, &mut kept).is_some();
            if !kept.event.is_null() {
                all.push(kept);
            }
            if !went_on {
                break;
            }
        }
        all
    }

    /// An event, a comment and a seat. `None` once the server answers no more.
    fn write_one(&self, writer: usize, number: usize, kept: &mut Kept) -> Option<()> {
        let event = json!({
            "title": format!("round{} {writer} {number}", self.number),
            "start_date": "2030-06-01",
            "group": self.group,
            "tags": ["jollof", format!("w{writer}"), format!("n{number}")],
        });
        kept.event = self.send("/api/events/", &event)?;
        let id = &kept.event["id"];
        let comment = json!({"body": kept.event["title"]});
        let comment = self.send(&format!("/api/events/{id}/comments/"), &comment)?;
        kept.comment = comment["id"].as_i64();
        let path = format!("/api/users/{}/interests/{id}/", self.user);
        self.send(&path, &json!({"status": "going"}))?;
        kept.is_going = true;
        Some(())
    }

    fn send(&self, path: &str, body: &Value) -> Option<Value> {
        match self.server.request("POST", path, &self.token, body) {
            Some((201, answer)) => {
                self.acknowledged.fetch_add(1, Ordering::Relaxed);
                Some(answer)
            }
            None if self.is_over.load(Ordering::Relaxed) => None,
            other => panic!("{other:?}"),
        }
    }
}

/// What was written in the last round is shown as it was acknowledged.
fn assert_shown(server: &Server, kept: &[Kept]) {
    for kept in kept {
        let (status, found) = server.get(&format!("/api/events/{}/", kept.event["id"]));
        assert_eq!(status, 200, "{}", kept.event);
        for field in ["title", "tags", "group", "start_date"] {
            assert_eq!(found[field], kept.event[field]);
        }
        for (count, is_kept) in
            [("comment_count", kept.comment.is_some()), ("going_count", kept.is_going)]
        {
            assert!(found[count] == 1 || (found[count] == 0 && !is_kept), "{count} of {found}");
        }
    }
}

/// Everything that was ever acknowledged is there.
fn assert_kept(database: &str, kept: &[Kept]) {
    let event = |kept: &Kept| kept.event["id"].to_string();
    let count = |from: &str, column: &str, ids: Vec<String>| {
        let sql = format!("select count(*) from {from} where {column} in ({})", ids.join(","));
        assert_eq!(ask_sql(database, &sql), i64::try_from(ids.len()).unwrap(), "{from}");
    };
    count("events", "id", kept.iter().map(event).collect());
    let comments = kept.iter().filter_map(|kept| kept.comment);
    count("comments", "id", comments.map(|id| id.to_string()).collect());
    let seats = kept.iter().filter(|kept| kept.is_going).map(event);
    count("interests", "event_id", seats.collect());
}

/// Nothing is half, whether it was acknowledged or not.
fn assert_whole(database: &str) {
    let nothing = |what: &str, sql: &str| assert_eq!(ask_sql(database, sql), 0, "{what}");
    nothing("some counters are wrong", &wrong_counts());
    nothing(
        "an event lacks tags",
        "select count(*) from events where 3 <>
            (select count(*) from event_tags where event_id = events.id)",
    );
    nothing(
        "an event lacks its line in the trail, or a line its event",
        "select count(*) from events where 1 <> (select count(*) from group_deeds it
            where it.group_id = events.group_id and detail = title and action = 'event_created')
         union all select count(*) from group_deeds where action = 'event_created' and not exists
            (select 1 from events it where it.group_id = group_deeds.group_id and title = detail)",
    );
    nothing(
        "a group lacks its beginning",
        "select count(*) from groups where 1 <> (select count(*) from group_deeds
            where group_id = groups.id and action = 'created')",
    );
    if postgres_server().is_none() {
        let broken = "select count(*) from pragma_integrity_check where integrity_check <> 'ok'";
        nothing("the file is broken", broken);
        nothing("something refers to nothing", "select count(*) from pragma_foreign_key_check");
    }
}

/// The words of every event were kept along with it. PostgreSQL may still be at the last commit.
fn assert_found(server: &Server, database: &str, round: usize) {
    let there = format!("select count(*) from events where title like 'round{round} %'");
    let before = ask_sql(database, &there);
    let (_, found) = server.get(&format!("/api/events/?q=round{round}&count=true"));
    let found = found["count"].as_i64().unwrap();
    assert!((before..=ask_sql(database, &there)).contains(&found), "{found} of {before} are found");
}

/// On PostgreSQL it is not the database that is killed, so fewer rounds tell as much.
#[test]
fn what_was_acknowledged_survives_a_hundred_kills_and_nothing_is_half() {
    let place = Place::new();
    let rounds = if postgres_server().is_some() { 20 } else { 100 };
    let mut all = Vec::new();
    for number in 0..rounds {
        let round = Round::begin(&place, number);
        let kept = round.write_and_kill();
        drop(round);

        let server = place.serve();
        assert_shown(&server, &kept);
        all.extend(kept);
        assert_kept(&place.database_url(), &all);
        assert_whole(&place.database_url());
        assert_found(&server, &place.database_url(), number);
    }
    assert!(all.len() >= rounds * WRITERS / 2);
}
