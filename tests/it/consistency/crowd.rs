//! A site with people on it who all do something at once, and what is known of what they did.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Instant;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::history::{History, Span};
use crate::helpers::{Reply, TestApp};

pub const ORGANISERS: usize = 3;
pub const GUESTS: usize = 4;

/// Seats at each party.
pub const SEATS: usize = 2;

pub struct Crowd {
    pub nodes: Vec<TestApp>,
    pub runtime: Runtime,
    pub organisers: Vec<Organiser>,
    pub guests: Vec<Account>,
    /// Also those that are not there yet, and those that are gone.
    pub events: Mutex<Vec<Arc<Event>>>,
}

#[derive(Clone)]
pub struct Account {
    pub id: i64,
    pub token: String,
}

pub struct Organiser {
    pub account: Account,
    /// The number in the name that they go by.
    pub name: History<u64>,
    /// Always there, for everybody: what people take part in and comment on.
    pub party: Arc<Event>,
    /// What comes and goes, with the group that holds it.
    pub shy: Arc<Event>,
}

/// An event, known by a word in its title.
pub struct Event {
    pub key: String,
    pub organiser: usize,
    pub id: OnceLock<i64>,
    pub group: Option<i64>,
    pub faces: History<Face>,
    /// Whether each of the guests wants to go.
    pub guests: [History<bool>; GUESTS],
    pub comments: Mutex<Vec<Arc<Comment>>>,
}

pub struct Comment {
    pub key: String,
    pub id: OnceLock<i64>,
    /// The number in its text, while it is there.
    pub text: History<Option<u64>>,
}

/// Who finds an event, as it says itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hiding {
    #[default]
    Not,
    Unlisted,
    Draft,
}

/// What an event is like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Face {
    pub is_there: bool,
    /// All its texts are made of it.
    pub number: u64,
    /// The name of its group is made of it.
    pub group: u64,
    pub hides: Hiding,
    /// Whether its group is private.
    pub is_private: bool,
}

impl Face {
    pub fn is_public(&self) -> bool {
        self.is_there && self.hides != Hiding::Draft && !self.is_private
    }

    pub fn is_listed(&self) -> bool {
        self.is_public() && self.hides == Hiding::Not
    }
}

impl Event {
    pub fn new(key: String, organiser: usize, group: Option<i64>) -> Arc<Self> {
        Arc::new(Self {
            key,
            organiser,
            id: OnceLock::new(),
            group,
            faces: History::new(Face::default()),
            guests: std::array::from_fn(|_| History::new(false)),
            comments: Mutex::default(),
        })
    }

    pub fn path(&self) -> String {
        format!("/api/events/{}/", self.id.get().unwrap())
    }

    /// All of it, made of one number.
    pub fn body(&self, face: &Face) -> Value {
        let (key, number) = (&self.key, face.number);
        json!({
            "title": format!("Owambe {key} v{number}"),
            "description": description(key, number),
            "location": format!("Hall {number}"),
            "tags": ["owambe", format!("n{number}")],
            "start_date": "2030-06-01",
            "capacity": if key.starts_with("party") { json!(SEATS) } else { Value::Null },
            "group": self.group,
            "status": if face.hides == Hiding::Draft { "draft" } else { "scheduled" },
            "visibility": if face.hides == Hiding::Unlisted { "unlisted" } else { "public" },
        })
    }
}

/// Long enough to be torn.
pub fn description(key: &str, number: u64) -> String {
    format!("{key} {number}. ").repeat(200).trim_end().to_owned()
}

/// What a group is called, and who sees it.
pub fn group_body(face: &Face) -> Value {
    let visibility = if face.is_private { "private" } else { "open" };
    json!({"name": format!("Society g{}", face.group), "visibility": visibility})
}

impl Crowd {
    pub fn new(nodes: Vec<TestApp>) -> Self {
        let mut crowd = Self {
            nodes,
            runtime: Runtime::new().unwrap(),
            organisers: Vec::new(),
            guests: Vec::new(),
            events: Mutex::default(),
        };
        crowd.guests = (0..GUESTS).map(|number| crowd.account(&format!("guest{number}"))).collect();
        for number in 0..ORGANISERS {
            let organiser = crowd.organiser(number);
            crowd.organisers.push(organiser);
        }
        crowd
    }

    fn account(&self, name: &str) -> Account {
        let person = self.runtime.block_on(self.nodes[0].person(name));
        Account { id: person.id(), token: person.token.clone().unwrap() }
    }

    fn organiser(&self, number: usize) -> Organiser {
        let account = self.account(&format!("organiser{number}"));
        let token = Some(account.token.as_str());
        let group = self.send(0, token, Method::POST, "/api/groups/", group_body(&Face::default()));
        let group = group.expect(StatusCode::CREATED)["id"].as_i64();
        let party = Event::new(format!("party{number}"), number, None);
        let shy = Event::new(format!("shy{number}"), number, group);
        let named = json!({"display_name": "Host h0"});
        let profile = "/api/users/profile/update/";
        self.send(0, token, Method::PATCH, profile, named).expect(StatusCode::OK);
        for event in [&party, &shy] {
            self.create(0, &account, event);
        }
        Organiser { account, name: History::new(0), party, shy }
    }

    /// Makes an event that was not there.
    pub fn create(&self, node: usize, by: &Account, event: &Arc<Event>) {
        self.events.lock().unwrap().push(event.clone());
        let face = Face { is_there: true, ..Face::default() };
        event.faces.begin(node, face);
        let path = "/api/events/create/";
        let made = self.send(node, Some(&by.token), Method::POST, path, event.body(&face));
        event.id.set(made.expect(StatusCode::CREATED)["id"].as_i64().unwrap()).unwrap();
        event.faces.acknowledge();
    }

    pub fn send(
        &self,
        node: usize,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Value,
    ) -> Reply {
        let site = &self.nodes[node];
        let visitor = token.map_or_else(|| site.anonymous(), |token| site.with_token(token));
        self.runtime.block_on(visitor.send(method, path, Some(body)))
    }

    /// The event of this key.
    pub fn event(&self, key: &str) -> Arc<Event> {
        let events = self.events.lock().unwrap();
        events.iter().find(|it| it.key == key).unwrap_or_else(|| panic!("no {key}")).clone()
    }
}

/// What a reader was shown, and when.
pub struct Answer {
    pub read: Span,
    pub status: StatusCode,
    pub body: Value,
}

/// Somebody who reads, and sometimes asks only for what has changed.
pub struct Reader<'a> {
    crowd: &'a Crowd,
    pub account: Option<Account>,
    kept: BTreeMap<String, (String, Value)>,
}

impl<'a> Reader<'a> {
    pub fn new(crowd: &'a Crowd, account: Option<Account>) -> Self {
        Self { crowd, account, kept: BTreeMap::new() }
    }

    pub fn get(&mut self, node: usize, path: &str) -> Answer {
        let known = self.kept.get(path).filter(|_| rand::random());
        let mut request = Request::builder().method(Method::GET).uri(path);
        if let Some((tag, _)) = known {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        if let Some(account) = &self.account {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", account.token));
        }
        let request = request.body(Body::empty()).unwrap();
        let began = Instant::now();
        let reply = self.crowd.runtime.block_on(self.crowd.nodes[node].send(request));
        let read = Span { node, began, ended: Instant::now() };
        if reply.status == StatusCode::NOT_MODIFIED {
            return Answer { read, status: StatusCode::OK, body: known.unwrap().1.clone() };
        }
        if let Some(tag) = reply.headers.get(header::ETAG) {
            let tag = tag.to_str().unwrap().to_owned();
            self.kept.insert(path.to_owned(), (tag, reply.json()));
        }
        Answer { read, status: reply.status, body: reply.json() }
    }
}
