//! What people are told: in the transaction that causes it, never about their own deeds, and only
//! where they want to know.

use axum::http::StatusCode;
use owambe::comments::{self, Text};
use owambe::error::{Error, Result};
use owambe::events::EventId;
use owambe::input::Input;
use serde_json::{Value, json};

use crate::helpers::{Person, TestApp};

/// What somebody is told, the newest first: its kind, and what it is about.
async fn told(who: &Person<'_>) -> Vec<(String, String)> {
    let list = who.get("/api/notifications/").await.expect(StatusCode::OK);
    let results = list["results"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    results.iter().map(|it| (text(&it["kind"]), text(&it["title"]))).collect()
}

async fn kinds(who: &Person<'_>) -> Vec<String> {
    told(who).await.into_iter().map(|(kind, _)| kind).collect()
}

async fn unread(who: &Person<'_>) -> i64 {
    who.get("/api/notifications/").await.json()["unread_count"].as_i64().unwrap()
}

#[tokio::test]
async fn who_moves_up_is_told_unless_they_did_it() {
    let app = TestApp::new();
    let [ada, bola, chidi, dayo] = app.people(["ada", "bola", "chidi", "dayo"]).await;
    let event = ada.event(json!({"title": "Jollof Night", "capacity": 1})).await;
    for guest in [&bola, &chidi, &dayo] {
        guest.answer(&event, "going").await;
    }
    assert!(told(&chidi).await.is_empty());

    let left = bola.delete(&format!("/api/users/{}/interests/{}/", bola.id(), event["id"])).await;
    left.expect(StatusCode::NO_CONTENT);
    assert_eq!(told(&chidi).await, [("moved_up".to_owned(), "Jollof Night".to_owned())]);
    assert!(told(&bola).await.is_empty() && told(&dayo).await.is_empty());

    // More seats: the organiser did it, and is named by nothing.
    ada.patch(&format!("/api/events/{}/", event["id"]), json!({"capacity": 5})).await;
    assert_eq!(kinds(&dayo).await, ["moved_up"]);
    assert!(told(&ada).await.is_empty());

    // A party that has waited, and makes itself small enough, has seen to it itself.
    let event = ada.event(json!({"capacity": 2, "waitlist_order": "fit"})).await;
    bola.answer(&event, "going").await;
    let path = format!("/api/users/{}/interests/{}/", dayo.id(), event["id"]);
    let waits = dayo.post(&path, json!({"status": "going", "guests": 2})).await;
    assert_eq!(waits.expect(StatusCode::CREATED)["status"], "waitlisted");
    let seated = dayo.put(&path, json!({"status": "going", "guests": 0})).await;
    assert_eq!(seated.expect(StatusCode::OK)["status"], "going");
    assert_eq!(kinds(&dayo).await, ["moved_up"]);
}

#[tokio::test]
async fn whom_an_organiser_seats_hears_who_it_was() {
    let app = TestApp::new();
    let [ada, bola, chidi] = app.people(["ada", "bola", "chidi"]).await;
    let event = ada.event(json!({"capacity": 1})).await;
    bola.answer(&event, "going").await;
    chidi.answer(&event, "going").await;
    let path = format!("/api/events/{}/", event["id"]);
    ada.patch(&path, json!({"status": "cancelled"})).await;
    ada.patch(&path, json!({"capacity": 9})).await;
    ada.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    let dayo = app.person("dayo").await;
    dayo.answer(&event, "interested").await;

    let seat = format!("/api/events/{}/interests/{}/", event["id"], dayo.id());
    ada.put(&seat, json!({"status": "going"})).await.expect(StatusCode::OK);

    let list = dayo.get("/api/notifications/").await.json();
    assert_eq!(list["results"][0]["kind"], "moved_up");
    assert_eq!(list["results"][0]["actor"]["username"], "ada");
    assert_eq!(list["results"][0]["event"], event["id"]);
}

#[tokio::test]
async fn who_takes_part_is_told_what_changes_and_what_is_off() {
    let app = TestApp::new();
    let [ada, bola, chidi] = app.people(["ada", "bola", "chidi"]).await;
    let event = ada.event(json!({"title": "Jollof Night"})).await;
    let path = format!("/api/events/{}/", event["id"]);
    bola.answer(&event, "interested").await;
    ada.answer(&event, "going").await;

    ada.patch(&path, json!({"description": "Bring spoons.", "tags": ["food"]})).await;
    assert!(told(&bola).await.is_empty(), "what reads better now is no news");
    ada.patch(&path, json!({"start_date": "2030-07-01", "location": "Freedom Park"})).await;
    let list = bola.get("/api/notifications/").await.json();
    assert_eq!(list["results"][0]["kind"], "event_changed");
    assert_eq!(list["results"][0]["detail"], "start_date,end_date,location");
    assert_eq!(list["results"][0]["actor"]["username"], "ada");

    ada.patch(&path, json!({"status": "cancelled"})).await;
    ada.patch(&path, json!({"location": "nowhere"})).await;
    assert_eq!(kinds(&bola).await, ["event_cancelled", "event_changed"]);
    ada.patch(&path, json!({"status": "scheduled"})).await;
    assert_eq!(kinds(&bola).await[0], "event_changed");

    // What is deleted is off, and is told where it is not there any more.
    ada.delete(&path).await.expect(StatusCode::NO_CONTENT);
    let list = bola.get("/api/notifications/").await.json();
    assert_eq!(list["results"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["results"][0]["kind"], "event_cancelled");
    assert_eq!(list["results"][0]["title"], "Jollof Night");
    assert_eq!(list["results"][0]["event"], Value::Null);
    assert!(told(&ada).await.is_empty() && told(&chidi).await.is_empty());
}

#[tokio::test]
async fn nobody_hears_of_what_they_cannot_see_or_what_is_over() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let over = ada.event(json!({"start_date": "2020-01-01"})).await;
    let group = ada.group(json!({"visibility": "private"})).await;
    ada.adds(&group, &bola, "member").await;
    let secret = ada.event(json!({"group": group["id"]})).await;
    let draft = ada.event(json!({})).await;
    for event in [&secret, &draft] {
        bola.answer(event, "going").await.expect(StatusCode::CREATED);
    }
    let out = format!("/api/groups/{}/members/{}/", group["id"], bola.id());
    bola.delete(&out).await.expect(StatusCode::NO_CONTENT);
    bola.post("/api/notifications/read/", json!({})).await;

    let path = |event: &Value| format!("/api/events/{}/", event["id"]);
    ada.patch(&path(&secret), json!({"location": "a secret"})).await.expect(StatusCode::OK);
    ada.patch(&path(&over), json!({"location": "too late"})).await.expect(StatusCode::OK);
    ada.patch(&path(&draft), json!({"status": "draft"})).await.expect(StatusCode::OK);
    ada.patch(&path(&draft), json!({"location": "not yet"})).await.expect(StatusCode::OK);
    ada.delete(&path(&draft)).await.expect(StatusCode::NO_CONTENT);

    assert_eq!(unread(&bola).await, 0);
}

#[tokio::test]
async fn comments_and_answers_are_told_once_to_whom_they_concern() {
    let app = TestApp::new();
    let [ada, bola, chidi] = app.people(["ada", "bola", "chidi"]).await;
    let event = ada.event(json!({"title": "Jollof Night"})).await;
    let path = format!("/api/events/{}/comments/", event["id"]);

    let comment = bola.comment(&event, "Is there suya?").await;
    assert_eq!(kinds(&ada).await, ["event_comment"]);
    let answer = json!({"body": "There is.", "parent": comment["id"]});
    ada.post(&path, answer.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(kinds(&bola).await, ["comment_answer"]);
    assert_eq!(kinds(&ada).await, ["event_comment"], "one's own answer is no news");
    chidi.post(&path, answer.clone()).await.expect(StatusCode::CREATED);
    assert_eq!(kinds(&bola).await, ["comment_answer", "comment_answer"]);
    assert_eq!(kinds(&ada).await, ["event_comment", "event_comment"]);
    bola.post(&path, answer).await.expect(StatusCode::CREATED);
    assert_eq!(kinds(&bola).await.len(), 2);

    // Who organises and is answered hears of it once.
    let own = ada.comment(&event, "Come early.").await;
    let answer = bola.post(&path, json!({"body": "I will.", "parent": own["id"]})).await;
    assert_eq!(kinds(&ada).await[0], "comment_answer");
    assert_eq!(kinds(&ada).await.len(), 4);

    // What is taken back is no news.
    bola.delete(&format!("/api/comments/{}/", answer.json()["id"])).await;
    assert_eq!(kinds(&ada).await.len(), 3);
}

#[tokio::test]
async fn what_was_not_done_is_not_told() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    let (id, author) = (EventId(event["id"].as_i64().unwrap()), bola.user.clone());

    let undone: Result<()> = app
        .db
        .write(move |tx| {
            let text = Text::from_text("See you there!").unwrap();
            comments::create(tx, &author, id, &text, None)?;
            Err(Error::Busy)
        })
        .await;

    assert!(undone.is_err());
    assert!(told(&ada).await.is_empty());
}

#[tokio::test]
async fn one_or_all_are_read_and_unread_again() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    for text in ["one", "two", "three"] {
        bola.comment(&event, text).await;
    }
    let ids = ada.ids("/api/notifications/?page_size=2").await;
    assert_eq!((ids.len(), unread(&ada).await), (3, 3));
    assert!(ids[0] > ids[1] && ids[1] > ids[2], "the newest first: {ids:?}");

    let one = format!("/api/notifications/{}/read/", ids[1]);
    let read = ada.post(&one, json!({})).await.expect(StatusCode::OK);
    assert!(read["read_at"].is_string());
    assert_eq!(ada.ids("/api/notifications/?unread=true").await, [ids[0], ids[2]]);
    ada.delete(&one).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(unread(&ada).await, 3);

    let up_to = ada.post("/api/notifications/read/", json!({"up_to": ids[1]})).await;
    assert_eq!(up_to.expect(StatusCode::OK)["unread_count"], 1);
    let counted = ada.get("/api/notifications/?unread=true&count=true").await.json();
    assert_eq!((&counted["count"], &counted["results"][0]["id"]), (&json!(1), &json!(ids[0])));
    let all = ada.post("/api/notifications/read/", json!({})).await.expect(StatusCode::OK);
    assert_eq!(all["unread_count"], 0);

    ada.delete(&format!("/api/notifications/{}/", ids[0])).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ada.ids("/api/notifications/").await, ids[1..]);
    bola.post(&one, json!({})).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn everybody_says_what_they_want_to_know() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    let settings = ada.get("/api/notifications/settings/").await.expect(StatusCode::OK);
    let of = |kind: &str| {
        let all = settings["results"].as_array().unwrap();
        all.iter().find(|it| it["kind"] == kind).unwrap().clone()
    };
    assert_eq!(of("moved_up"), json!({"kind": "moved_up", "app": true, "mail": true}));
    assert_eq!(of("event_comment"), json!({"kind": "event_comment", "app": true, "mail": false}));

    let path = "/api/notifications/settings/event_comment/";
    let set = ada.patch(path, json!({"app": false})).await.expect(StatusCode::OK);
    assert_eq!(set, json!({"kind": "event_comment", "app": false, "mail": false}));
    bola.comment(&event, "one").await;
    assert!(told(&ada).await.is_empty());

    ada.patch(path, json!({"app": true})).await.expect(StatusCode::OK);
    bola.comment(&event, "two").await;
    assert_eq!(kinds(&ada).await, ["event_comment"]);
    assert_eq!(
        ada.patch(path, json!({"app": "maybe", "mail": null})).await.faults(),
        ["app", "mail"]
    );
}

#[tokio::test]
async fn what_is_old_is_forgotten() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    for text in ["read long ago", "unread since last year", "unread for years", "new"] {
        bola.comment(&event, text).await;
    }
    let ids = ada.ids("/api/notifications/").await;
    ada.post(&format!("/api/notifications/{}/read/", ids[3]), json!({})).await;
    app.sql(
        "update notifications set created_at = '2000-01-01 00:00:00' where id in \
         (select min(id) from notifications union select max(id) - 1 from notifications)",
    )
    .await;

    app.write(owambe::notifications::sweep).await;

    assert_eq!(ada.ids("/api/notifications/").await, [ids[0], ids[2]]);
}
