//! Each kind of write that changes what an event or a list shows, and what is seen at once when it
//! was acknowledged.

use chrono::Timelike;
use owambe::clock::now;
use serde_json::{Value, json};

use super::stage::Now::{Gone, Is, New};
use super::stage::{Row, play_all, row};
use crate::helpers::{PASSWORD, TestApp};

const PATCH: &str = "ada PATCH /api/events/{event}/";
const GROUP: &str = "ada PATCH /api/groups/{group}/";
const GOES: &str = "chidi POST /api/users/{chidi}/interests/{event}/";
const BOLA_GOES: &str = "bola POST /api/users/{bola}/interests/{event}/";

fn going() -> Value {
    json!({"status": "going"})
}

/// One field after the other, as anybody and as its creator sees it.
fn fields() -> Vec<Row> {
    let night = json!({"start_time": "20:00", "end_time": "23:00"});
    let lagos = json!({"latitude": 6.45, "longitude": 3.39});
    let until = json!({"rsvp_until": "2029-01-01T00:00:00Z"});
    let all: [(Value, &str, Value); 21] = [
        (json!({"title": "Suya Night"}), "/title", json!("Suya Night")),
        (json!({"description": "Bring a spoon."}), "/description", json!("Bring a spoon.")),
        (json!({"location": "Lagos"}), "/location", json!("Lagos")),
        (lagos.clone(), "/latitude", json!(6.45)),
        (lagos, "/longitude", json!(3.39)),
        (json!({"url": "https://suya.example"}), "/url", json!("https://suya.example")),
        (json!({"start_date": "2030-07-01"}), "/start_date", json!("2030-07-01")),
        (json!({"start_date": "2030-07-02"}), "/starts_at", json!("2030-07-02T00:00:00Z")),
        (json!({"end_date": "2030-06-03"}), "/end_date", json!("2030-06-03")),
        (json!({"end_date": "2030-06-04"}), "/ends_at", json!("2030-06-05T00:00:00Z")),
        (night.clone(), "/start_time", json!("20:00:00")),
        (night.clone(), "/end_time", json!("23:00:00")),
        (night, "/all_day", json!(false)),
        (json!({"timezone": "Africa/Lagos"}), "/timezone", json!("Africa/Lagos")),
        (json!({"status": "cancelled"}), "/status", json!("cancelled")),
        (json!({"capacity": 5}), "/capacity", json!(5)),
        (json!({"capacity": 6}), "/seats_left", json!(6)),
        (until, "/rsvp_until", json!("2029-01-01T00:00:00Z")),
        (json!({"waitlist_order": "fit"}), "/waitlist_order", json!("fit")),
        (json!({"guest_list": "all"}), "/guest_list", json!("all")),
        (json!({"tags": ["food"]}), "/tags", json!(["food"])),
    ];
    let row = |(change, pointer, value): (Value, &'static str, Value)| {
        row(format!("{change}"), PATCH, change)
            .see("*", "event", pointer, Is(value.clone()))
            .see("ada", "event", pointer, Is(value))
            .see("*", "event", "/updated_at", New)
    };
    all.into_iter().map(row).collect()
}

fn finding() -> Vec<Row> {
    let whole = json!({"title": "Moin Moin", "start_date": "2031-01-01", "group": "{group}"});
    let new =
        json!({"title": "New", "start_date": "2030-05-01", "group": "{group}", "tags": ["new"]});
    vec![
        row("a whole event", "ada PUT /api/events/{event}/", whole)
            .after(PATCH, json!({"location": "Lagos", "tags": ["asun"]}))
            .see("*", "event", "/title", Is(json!("Moin Moin")))
            .see("*", "event", "/location", Is(json!("")))
            .see("*", "event", "/tags", Is(json!([])))
            .see("*", "/api/events/?tag=asun", "/results/0/id", Gone)
            .see("*", "/api/events/?q=moin", "/results/0/id", New),
        row("words", PATCH, json!({"title": "Ewedu", "description": "Gbegiri"}))
            .see("*", "/api/events/?q=ewedu", "/results/0/id", New)
            .see("zed", "/api/events/?q=gbegiri&count=true", "/count", Is(json!(1))),
        row("a tag", PATCH, json!({"tags": ["kilishi"]}))
            .see("*", "/api/events/?tag=kilishi", "/results/0/tags/0", Is(json!("kilishi")))
            .see("*", "/api/events/?q=kilishi", "/results/0/id", New)
            .see("*", "/api/tags/", "/results", New),
        row("a place", PATCH, json!({"latitude": -33.9, "longitude": 18.4})).see(
            "*",
            "/api/events/?near=-33.9,18.4",
            "/results/0/distance",
            Is(json!(0.0)),
        ),
        row("a day", PATCH, json!({"start_date": "2040-01-01"}))
            .see("*", "/api/events/?from=2039-12-31", "/results/0/id", New)
            .see("*", "/api/events/?when=upcoming&ordering=-start", "/results/0/id", New),
        row("the past", PATCH, json!({"start_date": "1999-01-01"}))
            .see("*", "/api/events/?when=past", "/results/0/id", New)
            .see("*", "/api/events/?creator={ada}&when=upcoming", "/results/0/id", Gone),
        row("a state", PATCH, json!({"status": "cancelled"})).see(
            "*",
            "/api/events/?creator={ada}&status=cancelled",
            "/results/0/id",
            New,
        ),
        row("a new event", "ada POST /api/events/ -> new", new)
            .see("*", "/api/events/?count=true", "/count", New)
            .see("*", "/api/events/", "/results", New)
            .see("*", "/api/groups/{group}/events/", "/results/0/title", Is(json!("New")))
            .see("*", "/api/events/?creator={ada}&count=true", "/count", Is(json!(2)))
            .see("*", "/api/events/?ordering=-created", "/results/0/title", Is(json!("New")))
            .see("*", "/api/tags/", "/results", New),
        row("an event that is deleted", "ada DELETE /api/events/{event}/", Value::Null)
            .after(GOES, going())
            .see("*", "event", "/id", Gone)
            .see("ada", "event", "/id", Gone)
            .see("*", "comments", "/results", Gone)
            .see("chidi", "/api/users/{chidi}/interests/", "/results/0/event/id", Gone)
            .see("chidi", "/api/events/?interested=me", "/results/0/id", Gone),
    ]
}

fn visibility() -> Vec<Row> {
    vec![
        row("a draft", PATCH, json!({"status": "draft"}))
            .see("*", "event", "/id", Gone)
            .see("bola", "event", "/id", Gone)
            .see("ada", "detail", "/status", Is(json!("draft")))
            .see("eve", "detail", "/status", Is(json!("draft")))
            .see("ada", "/api/events/?status=draft", "/results/0/id", New),
        row("a draft that is one no more", PATCH, json!({"status": "scheduled"}))
            .after(PATCH, json!({"status": "draft"}))
            .see("*", "event", "/id", New)
            .see("bola", "event", "/id", New)
            .see("ada", "/api/events/?status=draft", "/results/0/id", Gone),
        row("unlisted", PATCH, json!({"visibility": "unlisted"}))
            .see("*", "/api/events/", "/results", New)
            .see("*", "lists", "/id", Gone)
            .see("*", "detail", "/visibility", Is(json!("unlisted"))),
        row("for the group", PATCH, json!({"visibility": "group"}))
            .see("*", "event", "/id", Gone)
            .see("*", "comments", "/results", Gone)
            .see("bola", "detail", "/visibility", Is(json!("group"))),
        row("for everybody", PATCH, json!({"visibility": "public"}))
            .after(PATCH, json!({"visibility": "group"}))
            .see("*", "event", "/id", New),
        row("out of the group", PATCH, json!({"group": null}))
            .see("*", "detail", "/group", Gone)
            .see("*", "/api/groups/{group}/events/", "/results/0/id", Gone)
            .see("eve", "detail", "/viewer/can_edit", Is(json!(false))),
        row("into another group", PATCH, json!({"group": "{other}"}))
            .after("ada POST /api/groups/ -> other", json!({"name": "Other"}))
            .see("*", "detail", "/group/name", Is(json!("Other")))
            .see("*", "/api/groups/{other}/events/", "/results/0/id", New),
        row("a private group", GROUP, json!({"visibility": "private"}))
            .see("*", "event", "/id", Gone)
            .see("*", "comments", "/results", Gone)
            .see("*", "/api/groups/{group}/", "/id", Gone)
            .see("*", "/api/groups/{group}/members/", "/results", Gone)
            .see("*", "/api/groups/", "/results", New)
            .see("bola", "detail", "/group/visibility", Is(json!("private"))),
        row("a group that is private no more", GROUP, json!({"visibility": "closed"}))
            .after(GROUP, json!({"visibility": "private"}))
            .see("*", "event", "/id", New)
            .see("*", "event", "/group/visibility", Is(json!("closed")))
            .see("*", "/api/groups/{group}/", "/id", New),
        row("a group that is deleted", "ada DELETE /api/groups/{group}/", Value::Null)
            .see("*", "detail", "/group", Gone)
            .see("*", "/api/events/?creator={ada}", "/results/0/group", Gone)
            .see("*", "/api/groups/{group}/events/", "/results", Gone)
            .see("*", "/api/groups/", "/results", New)
            .see("eve", "detail", "/viewer/can_edit", Is(json!(false))),
        row("a private group that is deleted", "ada DELETE /api/groups/{group}/", Value::Null)
            .after(GROUP, json!({"visibility": "private"}))
            .see("bola", "detail", "/id", Gone)
            .see("ada", "detail", "/group", Gone),
        row(
            "who comes into a private group",
            "eve POST /api/groups/{group}/members/{zed}/",
            json!({}),
        )
        .after(GROUP, json!({"visibility": "private"}))
        .see("zed", "detail", "/id", New)
        .see("zed", "/api/groups/{group}/events/", "/results/0/id", New)
        .see("zed", "/api/events/?following=me", "/results/0/id", New),
        row("who leaves one", "bola DELETE /api/groups/{group}/members/{bola}/", Value::Null)
            .after(GROUP, json!({"visibility": "private"}))
            .see("bola", "detail", "/id", Gone)
            .see("bola", "/api/groups/{group}/events/", "/results", Gone)
            .see("bola", "/api/events/?following=me", "/results/0/id", Gone),
    ]
}

fn seats() -> Vec<Row> {
    let decide = "ada PUT /api/events/{event}/interests/{chidi}/";
    vec![
        row("somebody interested", GOES, json!({"status": "interested"}))
            .see("*", "event", "/interested_count", Is(json!(1)))
            .see("chidi", "event", "/viewer/interest", Is(json!("interested")))
            .see("chidi", "/api/events/?interested=me", "/results/0/id", New)
            .see("chidi", "/api/users/{chidi}/interests/", "/results/0/status", New)
            .see("ada", "/api/events/{event}/interests/", "/results/0/status", New),
        row("somebody going", "chidi PUT /api/users/{chidi}/interests/{event}/", going())
            .after(GOES, json!({"status": "interested"}))
            .see("*", "event", "/going_count", Is(json!(1)))
            .see("*", "event", "/interested_count", Is(json!(0)))
            .see("chidi", "event", "/viewer/interest", Is(json!("going"))),
        row("guests", GOES, json!({"status": "going", "guests": 2}))
            .after(PATCH, json!({"capacity": 5}))
            .after(GOES, going())
            .see("*", "event", "/seats_left", Is(json!(2)))
            .see("ada", "/api/events/{event}/interests/", "/results/0/guests", Is(json!(2))),
        row("who waits", BOLA_GOES, going())
            .after(PATCH, json!({"capacity": 1}))
            .after(GOES, going())
            .see("bola", "event", "/viewer/interest", Is(json!("waitlisted")))
            .see("bola", "/api/users/{bola}/interests/", "/results/0/position", Is(json!(1))),
        row("who moves up", "chidi DELETE /api/users/{chidi}/interests/{event}/", Value::Null)
            .after(PATCH, json!({"capacity": 1}))
            .after(GOES, going())
            .after(BOLA_GOES, going())
            .see("bola", "event", "/viewer/interest", Is(json!("going")))
            .see("bola", "/api/notifications/", "/unread_count", New)
            .see("chidi", "event", "/viewer/interest", Gone),
        row("more seats", PATCH, json!({"capacity": 2}))
            .after(PATCH, json!({"capacity": 1}))
            .after(GOES, going())
            .after(BOLA_GOES, going())
            .see("*", "event", "/going_count", Is(json!(2)))
            .see("bola", "event", "/viewer/interest", Is(json!("going"))),
        row("who is seated", decide, going())
            .after(GOES, json!({"status": "interested"}))
            .see("*", "event", "/going_count", Is(json!(1)))
            .see("chidi", "event", "/viewer/interest", Is(json!("going"))),
        row("who is refused", decide, json!({"status": "refused"}))
            .after(GOES, going())
            .see("*", "event", "/going_count", Is(json!(0)))
            .see("chidi", "event", "/viewer/interest", Gone)
            .see("ada", "/api/events/{event}/interests/", "/results/0/status", New),
        row("off the list", "ada DELETE /api/events/{event}/interests/{chidi}/", Value::Null)
            .after(GOES, going())
            .see("*", "event", "/going_count", Is(json!(0)))
            .see("chidi", "event", "/viewer/interest", Gone)
            .see("chidi", "/api/events/?interested=me", "/results/0/id", Gone),
        row("a guest list for all", PATCH, json!({"guest_list": "all"})).after(GOES, going()).see(
            "zed",
            "/api/events/{event}/interests/",
            "/results/0/user/id",
            New,
        ),
        row("a guest whose account goes", "chidi DELETE /api/users/profile/", password())
            .after(GOES, going())
            .see("*", "event", "/going_count", Is(json!(0)))
            .see("ada", "/api/events/{event}/interests/", "/results/0/user", Gone),
    ]
}

fn password() -> Value {
    json!({"password": PASSWORD})
}

#[tokio::test]
async fn every_field_of_an_event_is_new_at_once() {
    play_all(fields()).await;
}

#[tokio::test]
async fn an_event_is_found_by_what_is_new_and_not_by_what_was() {
    play_all(finding()).await;
}

#[tokio::test]
async fn who_may_see_an_event_no_more_does_not_and_who_may_does() {
    play_all(visibility()).await;
}

#[tokio::test]
async fn seats_are_counted_at_once_and_everybody_sees_their_own() {
    play_all(seats()).await;
}

/// Nobody writes anything: time alone moves it from one list to the next, within a second.
#[tokio::test]
async fn an_event_that_has_begun_is_soon_upcoming_no_more() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let upcoming = "/api/events/?when=upcoming";
    let start = now().plus(chrono::TimeDelta::seconds(3)).utc();
    let start = start.with_nanosecond(0).unwrap();
    let (day, time) = (start.date().to_string(), start.time().format("%H:%M:%S").to_string());
    ada.event(json!({"start_date": day, "start_time": time})).await;

    // Whoever keeps answers has kept some of these.
    while now().utc() < start + chrono::TimeDelta::seconds(1) {
        app.anonymous().ids(upcoming).await;
        ada.ids(upcoming).await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }

    assert!(app.anonymous().ids(upcoming).await.is_empty());
    assert!(ada.ids(upcoming).await.is_empty());
}
