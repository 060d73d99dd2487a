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

    // That an event was off is known also when it is not there any more.
    let gone = ada.event(json!({"title": "Suya Night"})).await;
    chidi.answer(&gone, "going").await;
    let gone = format!("/api/events/{}/", gone["id"]);
    ada.patch(&gone, json!({"status": "cancelled"})).await.expect(StatusCode::OK);
    ada.delete(&gone).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(told(&chidi).await, [("event_cancelled".to_owned(), "Suya Night".to_owned())]);

    // What is deleted is off, and is told where it is not there any more.
    ada.delete(&path).await.expect(StatusCode::NO_CONTENT);
    let list = bola.get("/api/notifications/").await.json();
    // That it was off before, too, is said once.
    assert_eq!(kinds(&bola).await, ["event_cancelled"]);
    assert_eq!(list["results"][0]["kind"], "event_cancelled");
    assert_eq!(list["results"][0]["title"], "Jollof Night");
    assert_eq!(list["results"][0]["event"], Value::Null);
    assert!(told(&ada).await.is_empty());
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

    // What is a draft again is off; what it becomes is nobody's business.
    assert_eq!(kinds(&bola).await[0], "event_cancelled");
    assert_eq!(unread(&bola).await, 1);
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

    // What is taken back is no news, also where its place stays.
    let taken = bola.comment(&event, "Never mind.").await;
    ada.post(&path, json!({"body": "What?", "parent": taken["id"]})).await;
    assert_eq!(kinds(&ada).await.len(), 5);
    bola.delete(&format!("/api/comments/{}/", taken["id"])).await;
    assert_eq!(kinds(&ada).await.len(), 4);
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

/// What somebody is told about a group: its kind, who did it, and what else there is to say.
async fn told_of_group(who: &Person<'_>) -> Vec<(String, String, String)> {
    let list = who.get("/api/notifications/").await.expect(StatusCode::OK);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let results = list["results"].as_array().unwrap().iter();
    results
        .map(|it| (text(&it["kind"]), text(&it["actor"]["username"]), text(&it["detail"])))
        .collect()
}

fn is(kind: &str, actor: &str, detail: &str) -> (String, String, String) {
    (kind.to_owned(), actor.to_owned(), detail.to_owned())
}

#[tokio::test]
async fn who_is_invited_hears_of_it_until_they_have_answered() {
    let app = TestApp::new();
    let [ada, bola, chidi] = app.people(["ada", "bola", "chidi"]).await;
    let group = ada.group(json!({"visibility": "private"})).await;
    let path = format!("/api/groups/{}/invitations/", group["id"]);
    let invite = async |name: &str| {
        let made = ada.post(&path, json!({"username": name, "role": "admin"})).await;
        made.expect(StatusCode::CREATED)
    };

    invite("bola").await;
    let invitation = invite("bola").await;
    assert_eq!(told_of_group(&bola).await, [is("group_invitation", "ada", "admin")]);
    let list = bola.get("/api/notifications/").await.json();
    assert_eq!(list["results"][0]["invitation"], invitation["id"]);
    assert_eq!(list["results"][0]["group"], group["id"]);
    let accept = format!("/api/invitations/{}/accept/", invitation["id"]);
    bola.post(&accept, json!({})).await.expect(StatusCode::CREATED);
    assert!(told_of_group(&bola).await.is_empty());

    let declined = invite("chidi").await;
    let path = format!("/api/invitations/{}/", declined["id"]);
    chidi.delete(&path).await.expect(StatusCode::NO_CONTENT);
    assert!(told_of_group(&chidi).await.is_empty());
    // An admin goes, and so do the invitations that are theirs.
    let path = format!("/api/groups/{}/invitations/", group["id"]);
    bola.post(&path, json!({"username": "chidi"})).await.expect(StatusCode::CREATED);
    assert_eq!(told_of_group(&chidi).await, [is("group_invitation", "bola", "member")]);
    ada.adds(&group, &bola, "member").await.expect(StatusCode::OK);
    assert!(told_of_group(&chidi).await.is_empty());
    assert_eq!(told_of_group(&bola).await, [is("group_role", "ada", "member")]);
}

#[tokio::test]
async fn who_asks_is_heard_by_those_who_decide_and_hears_from_them() {
    let app = TestApp::new();
    let [ada, bola, chidi, dayo] = app.people(["ada", "bola", "chidi", "dayo"]).await;
    let group = ada.group(json!({"visibility": "closed"})).await;
    ada.adds(&group, &bola, "admin").await.expect(StatusCode::CREATED);
    ada.adds(&group, &dayo, "member").await.expect(StatusCode::CREATED);
    let ask = format!("/api/groups/{}/requests/", group["id"]);
    let of_chidi = format!("{ask}{}/", chidi.id());

    chidi.post(&ask, json!({"message": "I cook."})).await.expect(StatusCode::CREATED);
    chidi.post(&ask, json!({"message": "I cook well."})).await.expect(StatusCode::OK);
    assert_eq!(told_of_group(&ada).await, [is("group_request", "chidi", "")]);
    assert_eq!(told_of_group(&bola).await[0], is("group_request", "chidi", ""));
    assert_eq!(told_of_group(&dayo).await, [is("group_role", "ada", "member")]);
    bola.delete(&of_chidi).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(told_of_group(&chidi).await, [is("request_refused", "bola", "")]);
    assert!(told_of_group(&ada).await.is_empty(), "there is nothing to decide any more");

    chidi.post(&ask, json!({})).await.expect(StatusCode::CREATED);
    ada.post(&format!("{of_chidi}accept/"), json!({})).await.expect(StatusCode::CREATED);
    assert_eq!(told_of_group(&chidi).await[0], is("request_accepted", "ada", ""));
    assert!(told_of_group(&ada).await.is_empty());
    ada.adds(&group, &chidi, "owner").await.expect(StatusCode::OK);
    assert_eq!(told_of_group(&chidi).await[0], is("group_role", "ada", "owner"));
    assert!(told_of_group(&ada).await.is_empty(), "one's own deed");
}

#[tokio::test]
async fn members_hear_what_is_announced_and_followers_of_new_events() {
    let app = TestApp::new();
    let [ada, bola, chidi, dayo] = app.people(["ada", "bola", "chidi", "dayo"]).await;
    let group = ada.group(json!({})).await;
    bola.adds(&group, &bola, "member").await.expect(StatusCode::CREATED);
    let follow = format!("/api/groups/{}/follow/", group["id"]);
    for who in [&bola, &chidi] {
        who.post(&follow, json!({})).await.expect(StatusCode::CREATED);
    }

    let announcements = format!("/api/groups/{}/announcements/", group["id"]);
    let new = json!({"title": "We move", "body": "To the park."});
    let made = ada.post(&announcements, new).await.expect(StatusCode::CREATED);
    assert_eq!(told_of_group(&bola).await, [is("announcement", "ada", "We move")]);
    assert!(told_of_group(&chidi).await.is_empty() && told_of_group(&ada).await.is_empty());
    ada.delete(&format!("{announcements}{}/", made["id"])).await.expect(StatusCode::NO_CONTENT);
    assert!(told_of_group(&bola).await.is_empty());

    let draft = ada.event(json!({"group": group["id"], "status": "draft"})).await;
    ada.event(json!({"group": group["id"], "start_date": "2020-01-01"})).await;
    assert!(told_of_group(&bola).await.is_empty() && told_of_group(&chidi).await.is_empty());
    let path = format!("/api/events/{}/", draft["id"]);
    ada.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    ada.event(json!({"group": group["id"], "visibility": "group"})).await;
    assert_eq!(kinds(&bola).await, ["group_event", "group_event"]);
    assert_eq!(kinds(&chidi).await, ["group_event"], "what is for the group is for its members");
    assert!(kinds(&ada).await.is_empty() && kinds(&dayo).await.is_empty());

    // It comes into the group, and is new there.
    let event = ada.event(json!({})).await;
    let path = format!("/api/events/{}/", event["id"]);
    ada.patch(&path, json!({"group": group["id"]})).await.expect(StatusCode::OK);
    ada.patch(&path, json!({"location": "here"})).await.expect(StatusCode::OK);
    assert_eq!(kinds(&chidi).await, ["group_event", "group_event"]);
}

/// A private group's event may be public for those who see it: its members, and nobody else.
#[tokio::test]
async fn who_is_out_of_a_private_group_moves_up_no_more_and_hears_nothing() {
    let app = TestApp::new();
    let [ada, bola, chidi, dayo] = app.people(["ada", "bola", "chidi", "dayo"]).await;
    let group = ada.group(json!({"visibility": "private"})).await;
    for who in [&bola, &chidi, &dayo] {
        ada.adds(&group, who, "member").await.expect(StatusCode::CREATED);
    }
    let event = ada.event(json!({"group": group["id"], "capacity": 1})).await;
    for who in [&bola, &chidi, &dayo] {
        who.answer(&event, "going").await.expect(StatusCode::CREATED);
    }
    let out = format!("/api/groups/{}/members/{}/", group["id"], chidi.id());
    ada.delete(&out).await.expect(StatusCode::NO_CONTENT);

    let path = format!("/api/users/{}/interests/{}/", bola.id(), event["id"]);
    bola.delete(&path).await.expect(StatusCode::NO_CONTENT);

    assert_eq!(kinds(&dayo).await[0], "moved_up");
    assert!(!kinds(&chidi).await.contains(&"moved_up".to_owned()));
    let seat = format!("/api/events/{}/interests/{}/", event["id"], chidi.id());
    ada.patch(&format!("/api/events/{}/", event["id"]), json!({"capacity": 9})).await;
    assert_eq!(ada.put(&seat, json!({"status": "going"})).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn nobody_moves_up_into_a_draft_until_it_is_one_no_more() {
    let app = TestApp::new();
    let [ada, bola, chidi] = app.people(["ada", "bola", "chidi"]).await;
    let event = ada.event(json!({"capacity": 1})).await;
    let path = format!("/api/events/{}/", event["id"]);
    bola.answer(&event, "going").await;
    chidi.answer(&event, "going").await;

    ada.patch(&path, json!({"status": "draft", "title": "A secret", "capacity": 5})).await;
    assert_eq!(kinds(&chidi).await, ["event_cancelled"]);
    ada.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    assert_eq!(kinds(&chidi).await, ["event_changed", "moved_up", "event_cancelled"]);
}

#[tokio::test]
async fn a_group_hears_of_an_event_once_and_from_its_members() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let group = ada.group(json!({})).await;
    bola.adds(&group, &bola, "member").await.expect(StatusCode::CREATED);
    let event = bola.event(json!({"group": group["id"], "status": "draft"})).await;
    let path = format!("/api/events/{}/", event["id"]);

    for _ in 0..3 {
        bola.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
        bola.patch(&path, json!({"status": "draft"})).await.expect(StatusCode::OK);
    }
    assert_eq!(kinds(&ada).await, ["group_event"]);

    let other = bola.event(json!({"group": group["id"], "status": "draft"})).await;
    let out = format!("/api/groups/{}/members/{}/", group["id"], bola.id());
    ada.delete(&out).await.expect(StatusCode::NO_CONTENT);
    let path = format!("/api/events/{}/", other["id"]);
    bola.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    assert_eq!(kinds(&ada).await, ["group_event"], "who is out says nothing there");
}

/// However often somebody does the same, those whom it concerns read it once, and have few letters.
#[tokio::test]
async fn nobody_is_told_the_same_over_and_over() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    app.verify(&bola).await;
    let event = ada.event(json!({})).await;
    bola.answer(&event, "going").await;
    let path = format!("/api/events/{}/", event["id"]);

    for number in 0..30 {
        ada.patch(&path, json!({"location": format!("room {number}")})).await;
    }
    assert_eq!(kinds(&bola).await, ["event_changed"]);
    assert_eq!(app.letters().await.len(), 1);

    let mut letters = 0;
    for number in 0..40 {
        ada.patch(&path, json!({"location": format!("hall {number}")})).await;
        letters += app.letters().await.len();
        // Whether they read it or not.
        if number % 2 == 0 {
            bola.post("/api/notifications/read/", json!({})).await;
        }
    }
    assert_eq!(letters, 19, "some in an hour are enough");
}
