//! Everything that a crowd can read, each answer held against what is known.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::crowd::{Comment, Crowd, Event, Face, GUESTS, Reader, SEATS, description};
use super::history::{Span, tally};

impl Crowd {
    /// An event by its address.
    pub fn check_detail(&self, reader: &mut Reader<'_>, node: usize, event: &Event) {
        let answer = reader.get(node, &event.path());
        let is_own = self.is_own(reader, event);
        if answer.status == StatusCode::OK {
            return self.check_event(reader, &answer.read, &answer.body, is_own);
        }
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{}", answer.body);
        let is_hidden = |face: &_| !is_shown(face, is_own);
        let allowed = event.faces.allows(&answer.read, is_hidden);
        assert!(allowed, "{} is not found, and is there: {}", event.key, tell(event, &answer.read));
    }

    fn is_own(&self, reader: &Reader<'_>, event: &Event) -> bool {
        let organiser = &self.organisers[event.organiser].account;
        reader.account.as_ref().is_some_and(|account| account.id == organiser.id)
    }

    /// One event in an answer.
    fn check_event(&self, reader: &Reader<'_>, read: &Span, shown: &Value, is_own: bool) {
        let (key, number, group) = numbers(shown);
        let event = self.event(&key);
        let is_it =
            |face: &Face| is_shown(face, is_own) && (face.number, face.group) == (number, group);
        let allowed = event.faces.allows(read, is_it);
        assert!(allowed, "{key} is v{number} g{group}: {}", tell(&event, read));

        let name = shown["creator"]["display_name"].as_str().unwrap();
        let host = &self.organisers[event.organiser].name;
        assert!(host.allows(read, |it| name == format!("Host h{it}")), "{key} is by {name}");
        check_counts(&event, read, shown);
        self.check_viewer(reader, &event, read, &shown["viewer"]);
    }

    /// It is the reader's own, and nobody else's.
    fn check_viewer(&self, reader: &Reader<'_>, event: &Event, read: &Span, viewer: &Value) {
        let Some(account) = &reader.account else {
            assert!(viewer.is_null(), "somebody's own is shown to anybody: {viewer}");
            return;
        };
        assert_eq!(viewer["can_edit"], self.is_own(reader, event), "{} {viewer}", event.key);
        let wants = match viewer["interest"].as_str() {
            None => false,
            Some("going" | "waitlisted") => true,
            Some(other) => panic!("nobody is {other}"),
        };
        match self.guests.iter().position(|it| it.id == account.id) {
            Some(guest) => {
                let allowed = event.guests[guest].allows(read, |it| *it == wants);
                assert!(allowed, "guest {guest} of {} sees {viewer}", event.key);
            }
            None => assert!(!wants, "an organiser of {} sees {viewer}", event.key),
        }
    }

    /// A list with those of some events that everybody finds. Where there is no such list, there are
    /// none of them in it.
    pub fn check_list(
        &self,
        reader: &mut Reader<'_>,
        node: usize,
        path: &str,
        is_meant: impl Fn(&Event) -> bool,
    ) {
        let known: Vec<Arc<Event>> = self.events.lock().unwrap().clone();
        let answer = reader.get(node, path);
        assert!(
            [StatusCode::OK, StatusCode::NOT_FOUND].contains(&answer.status),
            "{}",
            answer.body
        );
        let mut shown = BTreeMap::new();
        for event in answer.body["results"].as_array().into_iter().flatten() {
            let (key, ..) = numbers(event);
            assert!(is_meant(&self.event(&key)), "{key} is in {path}");
            self.check_event(reader, &answer.read, event, false);
            let twice = shown.insert(key, event);
            assert!(twice.is_none(), "{event} is there twice");
        }
        for event in known.iter().filter(|event| is_meant(event)) {
            let is_there = shown.contains_key(&event.key);
            let allowed = event.faces.allows(&answer.read, |face| face.is_listed() == is_there);
            let told = tell(event, &answer.read);
            assert!(allowed, "that {} is in {path} is {is_there}: {told}", event.key);
        }
    }

    pub fn check_tags(&self, reader: &mut Reader<'_>, node: usize) {
        let known: Vec<Arc<Event>> = self.events.lock().unwrap().clone();
        let answer = reader.get(node, "/api/tags/");
        let later: Vec<Arc<Event>> = self.events.lock().unwrap().clone();
        let count = answer.body["results"][0]["count"].as_u64().unwrap();
        let listed =
            |of: &[Arc<Event>]| tally(of.iter().map(|it| &it.faces), &answer.read, Face::is_listed);
        let bounds = *listed(&known).start()..=*listed(&later).end();
        assert_within(count, &bounds, "events with the tag", "owambe");
    }

    /// Who takes part in an event, for its organiser.
    pub fn check_guests(&self, reader: &mut Reader<'_>, node: usize, event: &Event) {
        let answer = reader.get(node, &format!("{}interests/", event.path()));
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let rows = answer.body["results"].as_array().unwrap();
        for (number, guest) in self.guests.iter().enumerate() {
            let is_there = rows.iter().any(|row| row["user"]["id"] == guest.id);
            let allowed = event.guests[number].allows(&answer.read, |it| *it == is_there);
            assert!(allowed, "that guest {number} is there is {is_there}: {}", answer.body);
        }
        let going = rows.iter().filter(|row| row["status"] == "going").count() as u64;
        assert_within(going, &seated(event, &answer.read), "going", &event.key);
    }

    /// What a guest takes part in.
    pub fn check_interests(&self, reader: &mut Reader<'_>, node: usize, guest: usize) {
        let answer = reader.get(node, &format!("/api/users/{}/interests/", self.guests[guest].id));
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let rows = answer.body["results"].as_array().unwrap();
        for organiser in &self.organisers {
            let party = &organiser.party;
            let is_there = rows.iter().any(|row| row["event"]["id"] == *party.id.get().unwrap());
            let allowed = party.guests[guest].allows(&answer.read, |it| *it == is_there);
            assert!(allowed, "that {} is there is {is_there}: {}", party.key, answer.body);
        }
    }

    /// Looks at something, whatever it is.
    pub fn check_anything(&self, reader: &mut Reader<'_>, node: usize) {
        let organiser = &self.organisers[rand::random_range(0..self.organisers.len())];
        let own = format!("/api/events/?creator={}&page_size=100", organiser.account.id);
        let by_them = |event: &Event| event.organiser == organiser.party.organiser;
        let of_group = format!("/api/groups/{}/events/", organiser.shy.group.unwrap());
        match rand::random_range(0..11) {
            0 | 1 => self.check_detail(reader, node, &organiser.party),
            2 | 3 => self.check_detail(reader, node, &organiser.shy),
            4 => self.check_gone(reader, node),
            5 => self.check_list(reader, node, "/api/events/", |_| true),
            6 if reader.account.as_ref().is_none_or(|it| it.id != organiser.account.id) => {
                self.check_list(reader, node, &own, by_them);
            }
            6 | 7 => {
                let key = organiser.shy.key.clone();
                self.check_list(reader, node, &format!("/api/events/?q={key}"), |it| it.key == key);
            }
            8 => check_comments(reader, node, &organiser.party),
            9 if reader.account.is_none() => {
                self.check_list(reader, node, &of_group, |it| it.key == organiser.shy.key);
            }
            _ => self.check_tags(reader, node),
        }
    }

    /// One of the events that come and go, once it has an address.
    fn check_gone(&self, reader: &mut Reader<'_>, node: usize) {
        let events: Vec<Arc<Event>> = self.events.lock().unwrap().clone();
        let events: Vec<_> = events.into_iter().filter(|it| it.id.get().is_some()).collect();
        let last = events.len().saturating_sub(6)..events.len();
        self.check_detail(reader, node, &events[rand::random_range(last)]);
    }
}

fn tell(event: &Event, read: &Span) -> String {
    format!("it may be {:?} on server {}", event.faces.possible(read), read.node)
}

fn check_counts(event: &Event, read: &Span, shown: &Value) {
    let going = shown["going_count"].as_u64().unwrap();
    assert_within(going, &seated(event, read), "going", &event.key);
    if event.key.starts_with("party") {
        assert_eq!(shown["seats_left"], json!(SEATS as u64 - going), "{}", event.key);
    }
    let comments = event.comments.lock().unwrap().clone();
    let there = tally(comments.iter().map(|it| &it.text), read, Option::is_some);
    assert_within(shown["comment_count"].as_u64().unwrap(), &there, "comments", &event.key);
}

/// What is said about an event.
pub fn check_comments(reader: &mut Reader<'_>, node: usize, event: &Event) {
    let known: Vec<Arc<Comment>> = event.comments.lock().unwrap().clone();
    let answer = reader.get(node, &format!("{}comments/?page_size=100", event.path()));
    let shown = answer.body["results"].as_array().unwrap();
    let texts: Vec<&str> = shown.iter().map(|it| it["body"].as_str().unwrap()).collect();
    let texts: BTreeMap<&str, u64> = texts.iter().map(|text| last_number(text)).collect();
    for comment in known {
        let text = texts.get(comment.key.as_str()).copied();
        let allowed = comment.text.allows(&answer.read, |it| *it == text);
        let may = comment.text.possible(&answer.read);
        assert!(allowed, "{} on {} is {text:?}, not {may:?}", comment.key, event.key);
    }
}

fn is_shown(face: &Face, is_own: bool) -> bool {
    if is_own { face.is_there } else { face.is_public() }
}

/// How many have a seat: all who want to go, as far as there are seats.
fn seated(event: &Event, read: &Span) -> RangeInclusive<usize> {
    let want: [_; GUESTS] = event.guests.each_ref();
    let want = tally(want, read, |it| *it);
    (*want.start()).min(SEATS)..=(*want.end()).min(SEATS)
}

#[track_caller]
fn assert_within(count: u64, bounds: &RangeInclusive<usize>, what: &str, of: &str) {
    let count = usize::try_from(count).unwrap();
    assert!(bounds.contains(&count), "{count} {what}, not {bounds:?}: {of}");
}

/// A text without its last word, and the number in that word.
fn last_number(text: &str) -> (&str, u64) {
    let (before, last) = text.rsplit_once(' ').unwrap();
    (before, last[1..].parse().unwrap())
}

/// The key of an event, the number that it is made of, and that of its group. All of it is of one
/// number, or it is torn.
fn numbers(shown: &Value) -> (String, u64, u64) {
    let (before, number) = last_number(shown["title"].as_str().unwrap());
    let key = before.strip_prefix("Owambe ").unwrap().to_owned();
    assert_eq!(shown["description"], description(&key, number), "{key} v{number} is torn");
    assert_eq!(shown["location"], format!("Hall {number}"), "{key} v{number} is torn");
    assert_eq!(shown["tags"], json!(["owambe", format!("n{number}")]), "{key} v{number} is torn");
    let group = shown["group"]["name"].as_str().map_or(0, |name| last_number(name).1);
    (key, number, group)
}
