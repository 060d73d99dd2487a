//! Those of a crowd who change things.

use std::sync::Arc;
use std::sync::OnceLock;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::crowd::{Account, Comment, Crowd, Event, Face, Hiding, Organiser, Reader, group_body};
use super::history::History;
use super::readers::check_comments;

/// How often each of them does something.
const STEPS: usize = 60;

/// Comments that one guest has at a party at once.
const COMMENTS: usize = 3;

impl Crowd {
    fn any_node(&self) -> usize {
        rand::random_range(0..self.nodes.len())
    }

    /// An organiser changes what they hold, and sees at once that it is so.
    pub fn organise(&self, organiser: &Organiser) {
        let mut as_anybody = Reader::new(self, None);
        let mut as_themselves = Reader::new(self, Some(organiser.account.clone()));
        let mut passing: Option<Arc<Event>> = None;
        for step in 0..STEPS {
            let node = self.any_node();
            let event = match rand::random_range(0..10) {
                0..4 => self.edit(node, organiser, &organiser.party),
                4..6 => self.edit(node, organiser, &organiser.shy),
                6..8 => self.change_group(node, organiser),
                8 => self.rename(node, organiser),
                _ => self.come_or_go(node, organiser, &mut passing, step),
            };
            for reader in [&mut as_anybody, &mut as_themselves] {
                self.check_detail(reader, node, &event);
                self.check_list(reader, node, "/api/events/", |_| true);
            }
        }
    }

    /// One of each kind of change, all of them on one server.
    pub fn change_everything(&self, node: usize) {
        for organiser in &self.organisers {
            self.edit(node, organiser, &organiser.party);
            self.edit(node, organiser, &organiser.shy);
            self.change_group(node, organiser);
            self.rename(node, organiser);
            let mut passing = None;
            self.come_or_go(node, organiser, &mut passing, STEPS + 2 * node);
            self.come_or_leave(node, 0, &organiser.party);
            self.talk(node, 0, &organiser.party, (&mut Vec::new(), STEPS + node));
        }
    }

    /// Gives an event another number; one that is shy may also hide.
    fn edit(&self, node: usize, by: &Organiser, event: &Arc<Event>) -> Arc<Event> {
        let mut face = event.faces.last();
        face.number += 1;
        if event.group.is_some() {
            let ways = [Hiding::Not, Hiding::Not, Hiding::Unlisted, Hiding::Draft];
            face.hides = ways[rand::random_range(0..ways.len())];
        }
        event.faces.begin(node, face);
        let body = event.body(&face);
        self.done(node, &by.account, Method::PATCH, &event.path(), body);
        event.faces.acknowledge();
        event.clone()
    }

    fn change_group(&self, node: usize, by: &Organiser) -> Arc<Event> {
        let event = &by.shy;
        let last = event.faces.last();
        let is_private = rand::random_ratio(1, 3);
        let face = Face { group: last.group + 1, is_private, ..last };
        event.faces.begin(node, face);
        let path = format!("/api/groups/{}/", event.group.unwrap());
        self.done(node, &by.account, Method::PATCH, &path, group_body(&face));
        event.faces.acknowledge();
        event.clone()
    }

    fn rename(&self, node: usize, by: &Organiser) -> Arc<Event> {
        let number = by.name.last() + 1;
        by.name.begin(node, number);
        let name = json!({"display_name": format!("Host h{number}")});
        self.done(node, &by.account, Method::PATCH, "/api/users/profile/update/", name);
        by.name.acknowledge();
        by.party.clone()
    }

    /// Makes an event, or deletes the one that was made.
    fn come_or_go(
        &self,
        node: usize,
        by: &Organiser,
        passing: &mut Option<Arc<Event>>,
        step: usize,
    ) -> Arc<Event> {
        if let Some(event) = passing.take() {
            event.faces.begin(node, Face::default());
            self.done(node, &by.account, Method::DELETE, &event.path(), Value::Null);
            event.faces.acknowledge();
            return event;
        }
        let number = by.party.organiser;
        let event = Event::new(format!("passing{number}x{step}"), number, None);
        self.create(node, &by.account, &event);
        passing.insert(event).clone()
    }

    fn done(&self, node: usize, by: &Account, method: Method, path: &str, body: Value) -> Value {
        let reply = self.send(node, Some(&by.token), method, path, body);
        assert!(reply.status.is_success(), "{path}: {}", reply.text);
        if reply.status == StatusCode::NO_CONTENT { Value::Null } else { reply.json() }
    }

    /// A guest comes to parties and leaves them, and talks; and sees at once that it is so.
    pub fn attend(&self, guest: usize) {
        let mut reader = Reader::new(self, Some(self.guests[guest].clone()));
        let mut said = vec![Vec::new(); self.organisers.len()];
        for step in 0..STEPS {
            let node = self.any_node();
            let place = rand::random_range(0..self.organisers.len());
            let party = &self.organisers[place].party;
            if rand::random() {
                self.come_or_leave(node, guest, party);
            } else {
                self.talk(node, guest, party, (&mut said[place], step));
                check_comments(&mut reader, node, party);
            }
            self.check_detail(&mut reader, node, party);
            self.check_interests(&mut reader, node, guest);
        }
    }

    fn come_or_leave(&self, node: usize, guest: usize, party: &Event) {
        let (account, wants) = (&self.guests[guest], !party.guests[guest].last());
        let path = format!("/api/users/{}/interests/{}/", account.id, party.id.get().unwrap());
        party.guests[guest].begin(node, wants);
        let method = if wants { Method::POST } else { Method::DELETE };
        self.done(node, account, method, &path, json!({"status": "going"}));
        party.guests[guest].acknowledge();
    }

    /// Says something, says it otherwise, or takes it back.
    fn talk(
        &self,
        node: usize,
        guest: usize,
        party: &Event,
        (said, step): (&mut Vec<Arc<Comment>>, usize),
    ) {
        let account = &self.guests[guest];
        let text =
            |comment: &Comment, number: u64| json!({"body": format!("{} n{number}", comment.key)});
        if said.len() < COMMENTS {
            let comment = Arc::new(Comment {
                key: format!("comment {guest}x{step}"),
                id: OnceLock::new(),
                text: History::new(None),
            });
            party.comments.lock().unwrap().push(comment.clone());
            comment.text.begin(node, Some(0));
            let path = format!("{}comments/", party.path());
            let made = self.done(node, account, Method::POST, &path, text(&comment, 0));
            comment.id.set(made["id"].as_i64().unwrap()).unwrap();
            comment.text.acknowledge();
            return said.push(comment);
        }
        let comment = said[0].clone();
        let path = format!("/api/comments/{}/", comment.id.get().unwrap());
        if rand::random() {
            let number = comment.text.last().unwrap() + 1;
            comment.text.begin(node, Some(number));
            self.done(node, account, Method::PATCH, &path, text(&comment, number));
        } else {
            comment.text.begin(node, None);
            self.done(node, account, Method::DELETE, &path, Value::Null);
            said.remove(0);
        }
        comment.text.acknowledge();
    }
}
