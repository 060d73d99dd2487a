//! A small scene, and rows of a table that say what is done in it and who sees what then.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::helpers::{Person, Reply, TestApp, picture};

/// A kind of write: what has to be done before, what is done, and what readers see from then on.
pub struct Row {
    name: String,
    before: Vec<Call>,
    call: Call,
    looks: Vec<Look>,
}

/// A request in a few words: `ada PATCH /api/events/{event}/`, and perhaps `-> name` for the id in
/// its answer.
struct Call(&'static str, Value);

/// Who sees it (`*` is everybody who has nothing to do with it), where, at which pointer, and how it
/// is then. Where is a path; or `detail`, `lists`, or `event` for both; or `comments`.
struct Look(&'static str, &'static str, &'static str, Now);

/// What is seen after the write.
pub enum Now {
    /// This.
    Is(Value),
    /// Something that was not there before.
    New,
    /// Nothing: it is not shown any more.
    Gone,
}

/// A row of the table: what it is called, and what is done.
pub fn row(name: impl Into<String>, request: &'static str, body: Value) -> Row {
    Row { name: name.into(), before: Vec::new(), call: Call(request, body), looks: Vec::new() }
}

impl Row {
    /// What is done before anybody looks.
    pub fn after(mut self, request: &'static str, body: Value) -> Self {
        self.before.push(Call(request, body));
        self
    }

    /// What somebody sees once it is done.
    pub fn see(
        mut self,
        who: &'static str,
        place: &'static str,
        pointer: &'static str,
        now: Now,
    ) -> Self {
        self.looks.push(Look(who, place, pointer, now));
        self
    }
}

/// Every list that the event is in.
const LISTS: [&str; 5] = [
    "/api/events/",
    "/api/events/?creator={ada}",
    "/api/events/?from=2030-01-01&ordering=popular",
    "/api/events/?count=true&page_size=50",
    "/api/groups/{group}/events/",
];

/// Ada's group, where Eve is an admin and Bola a member; Ada's event in it, and a comment by Bola.
/// Chidi and Zed have nothing to do with it.
struct Stage<'a> {
    app: &'a TestApp,
    people: BTreeMap<&'static str, Person<'a>>,
    ids: BTreeMap<String, i64>,
}

impl<'a> Stage<'a> {
    async fn new(app: &'a TestApp, number: usize) -> Self {
        let mut stage = Self { app, people: BTreeMap::new(), ids: BTreeMap::new() };
        for name in ["ada", "bola", "chidi", "eve", "zed"] {
            let person = app.person(&format!("{name}-{number}")).await;
            stage.ids.insert(name.to_owned(), person.id());
            stage.people.insert(name, person);
        }
        stage.ids.insert("stage".to_owned(), i64::try_from(number).unwrap());
        for Call(request, body) in [
            Call("ada POST /api/groups/ -> group", json!({"name": "Jollof Society"})),
            Call("ada POST /api/groups/{group}/members/{eve}/", json!({"role": "admin"})),
            Call("ada POST /api/groups/{group}/members/{bola}/", json!({})),
            Call(
                "ada POST /api/events/ -> event",
                json!({"title": "Jollof Night", "start_date": "2030-06-01", "group": "{group}"}),
            ),
            Call("bola POST /api/events/{event}/comments/ -> comment", json!({"body": "Yes!"})),
        ] {
            stage.call(&Call(request, body)).await;
        }
        stage
    }

    /// Names in braces become ids.
    fn fill(&self, text: &str) -> String {
        let ids = self.ids.iter();
        ids.fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("\"{{{name}}}\""), &id.to_string())
                .replace(&format!("{{{name}}}"), &id.to_string())
        })
    }

    async fn call(&mut self, Call(request, body): &Call) {
        let words: Vec<&str> = request.split(' ').collect();
        let (who, path) = (&self.people[words[0]], self.fill(words[2]));
        let method = Method::from_bytes(words[1].as_bytes()).unwrap();
        let reply = match body {
            Value::String(_) => who.upload(method, &path, &[("image", &picture(3, 3))]).await,
            body => {
                let body: Value = serde_json::from_str(&self.fill(&body.to_string())).unwrap();
                who.send(method, &path, Some(body)).await
            }
        };
        assert!(reply.status.is_success(), "{request}: {}", reply.text);
        if let Some(name) = words.get(4) {
            let answer = reply.json();
            let id = if answer["results"].is_array() { &answer["results"][0] } else { &answer };
            self.ids.insert((*name).to_owned(), id["id"].as_i64().unwrap());
        }
    }

    /// Every path that a look is at.
    fn paths(&self, place: &str) -> Vec<String> {
        let detail = "/api/events/{event}/";
        let paths = match place {
            "detail" => vec![detail],
            "lists" => LISTS.to_vec(),
            "event" => [&[detail], &LISTS[..]].concat(),
            "comments" => vec!["/api/events/{event}/comments/"],
            path => vec![path],
        };
        paths.into_iter().map(|path| self.fill(path)).collect()
    }

    async fn get(&self, who: &str, path: &str) -> Reply {
        match who {
            "" => self.app.anonymous().get(path).await,
            who => self.people[who].get(path).await,
        }
    }

    /// What somebody sees at a pointer. In a list of events it is the event that is pointed into.
    async fn value(&self, who: &str, place: &str, path: &str, pointer: &str) -> Option<Value> {
        let reply = self.get(who, path).await;
        if pointer == "status" {
            return Some(json!(reply.status.as_u16()));
        }
        if reply.status != StatusCode::OK {
            return None;
        }
        let body = reply.json();
        if who.is_empty() {
            assert_no_viewer(&body);
        }
        let is_list = body["results"].is_array() && matches!(place, "lists" | "event");
        let within = if is_list {
            let id = self.ids["event"];
            body["results"].as_array().unwrap().iter().find(|it| it["id"] == id)?.clone()
        } else {
            body
        };
        if who == "zed" && matches!(place, "detail" | "lists" | "event") {
            assert_eq!(within["viewer"], json!({"interest": null, "can_edit": false}), "{path}");
        }
        within.pointer(pointer).cloned()
    }

    /// Everything that the looks are at, in their order.
    async fn look(&self, looks: &[Look]) -> Vec<(String, Option<Value>)> {
        let mut seen = Vec::new();
        for Look(who, place, pointer, _) in looks {
            for who in if *who == "*" { ["", "zed"].to_vec() } else { vec![*who] } {
                for path in self.paths(place) {
                    let value = self.value(who, place, &path, pointer).await;
                    seen.push((format!("{who} GET {path} {pointer}"), value));
                }
            }
        }
        seen
    }
}

/// Nobody in particular has nothing to do with anything.
fn assert_no_viewer(body: &Value) {
    let all = body["results"].as_array().cloned().unwrap_or_else(|| vec![body.clone()]);
    for one in all {
        assert!(one["viewer"].is_null(), "somebody's own was shown to anybody: {one}");
    }
}

/// Does what a row says: everybody looks, twice; something is done; and everybody looks again.
async fn play(stage: &mut Stage<'_>, row: &Row) {
    for call in &row.before {
        stage.call(call).await;
    }
    let first = stage.look(&row.looks).await;
    assert_eq!(first, stage.look(&row.looks).await, "{}: it changes by itself", row.name);

    stage.call(&row.call).await;

    let after = stage.look(&row.looks).await;
    let mut nows = Vec::new();
    for Look(who, place, _, now) in &row.looks {
        let times = stage.paths(place).len() * if *who == "*" { 2 } else { 1 };
        nows.extend(std::iter::repeat_n(now, times));
    }
    for (((what, before), (_, after)), now) in first.into_iter().zip(after).zip(nows) {
        let told = format!("{}: {what} was {before:?} and is {after:?}", row.name);
        assert_ne!(before, after, "{told}: nothing new");
        match now {
            Now::Is(value) => assert_eq!(after.as_ref(), Some(value), "{told}"),
            Now::New => assert!(after.is_some_and(|value| !value.is_null()), "{told}"),
            Now::Gone => assert!(after.is_none_or(|value| value.is_null()), "{told}"),
        }
    }
}

/// Plays every row on a stage of its own. A few of them share a site, so that no list grows long.
pub async fn play_all(rows: Vec<Row>) {
    for some in rows.chunks(8) {
        let app = TestApp::new();
        for (number, row) in some.iter().enumerate() {
            play(&mut Stage::new(&app, number).await, row).await;
        }
        app.assert_counters_are_right().await;
    }
}
