//! Seats and who waits for them: never more than there are, and in the order of arrival.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use owambe::error::{Error, Result};
use owambe::events::seats::{Answer, Wish};
use owambe::events::{self, Change, Day, EventId, Interest, Title, WaitlistOrder};
use owambe::input::Input;
use owambe::interests;
use owambe::users::User;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::helpers::{PASSWORD, Person, TestApp};

async fn goes(who: &Person<'_>, event: &Value, guests: i64) -> Value {
    let path = format!("/api/users/{}/interests/{}/", who.id(), event["id"]);
    let reply = who.post(&path, json!({"status": "going", "guests": guests})).await;
    assert!(reply.status.is_success(), "{}", reply.text);
    reply.json()
}

/// Whether they go or wait, with how many, and at which place.
async fn state(who: &Person<'_>, event: &Value) -> (String, i64, Value) {
    let list = who.get(&format!("/api/users/{}/interests/", who.id())).await.json();
    let of_event = |it: &&Value| it["event"]["id"] == event["id"];
    let own = list["results"].as_array().unwrap().iter().find(of_event).unwrap().clone();
    let status = own["status"].as_str().unwrap().to_owned();
    (status, own["guests"].as_i64().unwrap(), own["position"].clone())
}

fn seated(guests: i64) -> (String, i64, Value) {
    ("going".to_owned(), guests, Value::Null)
}

fn waits(guests: i64, position: i64) -> (String, i64, Value) {
    ("waitlisted".to_owned(), guests, json!(position))
}

fn own(who: &Person<'_>, event: &Value) -> String {
    format!("/api/users/{}/interests/{}/", who.id(), event["id"])
}

#[tokio::test]
async fn the_first_in_line_gets_the_seat_that_frees_up() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({"capacity": 1})).await;
    goes(&ada, &event, 0).await;

    let answer = bola.answer(&event, "going").await.expect(StatusCode::CREATED);
    assert_eq!((&answer["status"], &answer["position"]), (&json!("waitlisted"), &json!(1)));
    goes(&chidi, &event, 0).await;
    assert_eq!(state(&chidi, &event).await, waits(0, 2));
    let seen = bola.get(&format!("/api/events/{}/", event["id"])).await.json();
    assert_eq!(
        (&seen["viewer"]["interest"], &seen["seats_left"]),
        (&json!("waitlisted"), &json!(0))
    );

    ada.delete(&own(&ada, &event)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(state(&bola, &event).await, seated(0));
    assert_eq!(state(&chidi, &event).await, waits(0, 1));
    bola.answer(&event, "interested").await.expect(StatusCode::OK);
    assert_eq!(state(&chidi, &event).await, seated(0));
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn more_seats_let_people_in_and_fewer_throw_nobody_out() {
    let app = TestApp::new();
    let people = ["ada", "bola", "chidi", "dayo"];
    let mut guests = Vec::new();
    for name in people {
        guests.push(app.person(name).await);
    }
    let event = guests[0].event(json!({"capacity": 1})).await;
    let path = format!("/api/events/{}/", event["id"]);
    for guest in &guests {
        goes(guest, &event, 0).await;
    }

    guests[0].patch(&path, json!({"capacity": 3})).await.expect(StatusCode::OK);
    assert_eq!(state(&guests[2], &event).await, seated(0));
    assert_eq!(state(&guests[3], &event).await, waits(0, 1));
    let fewer = guests[0].patch(&path, json!({"capacity": 2})).await.expect(StatusCode::OK);
    assert_eq!((&fewer["going_count"], &fewer["seats_left"]), (&json!(3), &json!(0)));
    guests[1].delete(&own(&guests[1], &event)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(state(&guests[3], &event).await, waits(0, 1), "two seats, and two have them");
    guests[0].patch(&path, json!({"capacity": null})).await.expect(StatusCode::OK);
    assert_eq!(state(&guests[3], &event).await, seated(0));
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_party_is_seated_whole_and_smaller_ones_pass_only_where_they_may() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({"capacity": 4})).await;
    goes(&ada, &event, 2).await;

    goes(&bola, &event, 1).await;
    goes(&chidi, &event, 0).await;
    assert_eq!(state(&bola, &event).await, waits(1, 1));
    assert_eq!(state(&chidi, &event).await, waits(0, 2), "there is a seat, but Bola is first");

    let path = format!("/api/events/{}/", event["id"]);
    ada.patch(&path, json!({"waitlist_order": "fit"})).await.expect(StatusCode::OK);
    assert_eq!(state(&chidi, &event).await, seated(0));
    assert_eq!(state(&bola, &event).await, waits(1, 1));
    goes(&ada, &event, 1).await;
    assert_eq!(state(&bola, &event).await, waits(1, 1), "one seat is not two");
    goes(&ada, &event, 0).await;
    assert_eq!(state(&bola, &event).await, seated(1));
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn whoever_changes_their_party_or_their_mind_keeps_their_place_where_it_can_be() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({"capacity": 3})).await;
    goes(&ada, &event, 2).await;
    goes(&bola, &event, 2).await;
    goes(&chidi, &event, 0).await;

    goes(&bola, &event, 1).await;
    assert_eq!(state(&bola, &event).await, waits(1, 1));
    bola.answer(&event, "interested").await.expect(StatusCode::OK);
    assert_eq!(state(&chidi, &event).await, waits(0, 1));
    let back = goes(&bola, &event, 1).await;
    assert_eq!((&back["status"], &back["position"]), (&json!("waitlisted"), &json!(1)));

    goes(&ada, &event, 0).await;
    assert_eq!(state(&bola, &event).await, seated(1));
    let more = ada.post(&own(&ada, &event), json!({"guests": 1})).await;
    assert_eq!(more.expect(StatusCode::CONFLICT)["code"], "event_full");
    assert_eq!(state(&ada, &event).await, seated(0), "the seat stays");
    ada.answer(&event, "interested").await.expect(StatusCode::OK);
    assert_eq!(state(&chidi, &event).await, seated(0));
    goes(&ada, &event, 0).await;
    assert_eq!(state(&ada, &event).await, waits(0, 1), "who gave up a seat begins anew");
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn an_account_that_goes_leaves_its_seat_to_the_next() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({"capacity": 2})).await;
    goes(&bola, &event, 1).await;
    goes(&chidi, &event, 0).await;

    let gone = json!({"password": PASSWORD});
    bola.send(Method::DELETE, "/api/users/profile/", Some(gone))
        .await
        .expect(StatusCode::NO_CONTENT);

    assert_eq!(state(&chidi, &event).await, seated(0));
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn what_is_closed_cancelled_or_over_refuses_with_a_reason() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let refused = async |more: Value| {
        let event = ada.event(more).await;
        let code = bola.answer(&event, "going").await.expect(StatusCode::CONFLICT)["code"].clone();
        (event, code)
    };

    let (event, code) = refused(json!({"rsvp_until": "2020-01-01T00:00:00+01:00"})).await;
    assert_eq!(
        (&event["rsvp_until"], code),
        (&json!("2019-12-31T23:00:00Z"), json!("rsvp_closed"))
    );
    bola.answer(&event, "interested").await.expect(StatusCode::CREATED);
    assert_eq!(refused(json!({"status": "cancelled"})).await.1, "event_cancelled");
    assert_eq!(refused(json!({"start_date": "2020-01-01"})).await.1, "event_over");
    let wrong = ada.post(
        "/api/events/",
        json!({"title": "x", "start_date": "2030-01-01", "rsvp_until": "soon"}),
    );
    assert_eq!(wrong.await.faults(), ["rsvp_until"]);

    // One may always walk away, and bring fewer.
    let event = ada.event(json!({"capacity": 4})).await;
    goes(&bola, &event, 2).await;
    let path = format!("/api/events/{}/", event["id"]);
    ada.patch(&path, json!({"rsvp_until": "2020-01-01T00:00:00Z"})).await.expect(StatusCode::OK);
    goes(&bola, &event, 1).await;
    let more = bola.post(&own(&bola, &event), json!({"guests": 2})).await;
    assert_eq!(more.expect(StatusCode::CONFLICT)["code"], "rsvp_closed");
    bola.delete(&own(&bola, &event)).await.expect(StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn nobody_moves_up_into_what_is_cancelled() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({"capacity": 1})).await;
    goes(&ada, &event, 0).await;
    goes(&bola, &event, 0).await;
    let path = format!("/api/events/{}/", event["id"]);

    ada.patch(&path, json!({"status": "cancelled"})).await.expect(StatusCode::OK);
    ada.delete(&own(&ada, &event)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(state(&bola, &event).await, waits(0, 1));
    ada.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    assert_eq!(state(&bola, &event).await, seated(0));
}

#[tokio::test]
async fn nobody_moves_up_into_what_is_over_and_nobody_is_seated_there() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({"capacity": 1})).await;
    goes(&ada, &event, 0).await;
    goes(&bola, &event, 0).await;
    let path = format!("/api/events/{}/", event["id"]);

    ada.patch(&path, json!({"start_date": "2020-01-01"})).await.expect(StatusCode::OK);
    ada.delete(&own(&ada, &event)).await.expect(StatusCode::NO_CONTENT);

    assert_eq!(state(&bola, &event).await, waits(0, 1));
    let of_bola = format!("/api/events/{}/interests/{}/", event["id"], bola.id());
    let seated = ada.put(&of_bola, json!({"status": "going"})).await;
    assert_eq!(seated.expect(StatusCode::CONFLICT)["code"], "event_over");
}

#[tokio::test]
async fn who_left_the_group_moves_up_no_more() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({})).await;
    for member in [&bola, &chidi] {
        ada.adds(&group, member, "member").await.expect(StatusCode::CREATED);
    }
    let more = json!({"capacity": 1, "group": group["id"], "visibility": "group"});
    let event = ada.event(more).await;
    goes(&ada, &event, 0).await;
    goes(&bola, &event, 0).await;
    goes(&chidi, &event, 0).await;

    let member = format!("/api/groups/{}/members/{}/", group["id"], bola.id());
    ada.delete(&member).await.expect(StatusCode::NO_CONTENT);
    ada.delete(&own(&ada, &event)).await.expect(StatusCode::NO_CONTENT);

    assert_eq!(state(&chidi, &event).await, seated(0));
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn an_event_for_its_group_seats_members() {
    let app = TestApp::new();
    let (ada, admin) = (app.person("ada").await, app.site_admin("root").await);
    let group = ada.group(json!({})).await;
    let event = ada.event(json!({"group": group["id"], "visibility": "group"})).await;

    admin.answer(&event, "going").await.expect(StatusCode::FORBIDDEN);
    ada.adds(&group, &admin, "member").await.expect(StatusCode::CREATED);
    goes(&admin, &event, 0).await;
}

#[tokio::test]
async fn organisers_seat_refuse_and_remove() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({"capacity": 1})).await;
    goes(&ada, &event, 0).await;
    goes(&bola, &event, 0).await;
    goes(&chidi, &event, 0).await;
    let of = |who: &Person<'_>| format!("/api/events/{}/interests/{}/", event["id"], who.id());

    let full = ada.put(&of(&chidi), json!({"status": "going"})).await;
    assert_eq!(full.expect(StatusCode::CONFLICT)["code"], "event_full");
    ada.delete(&of(&bola)).await.expect(StatusCode::NO_CONTENT);
    ada.delete(&of(&bola)).await.expect(StatusCode::NOT_FOUND);
    goes(&bola, &event, 0).await;
    assert_eq!(state(&bola, &event).await, waits(0, 2), "who was removed may come again");
    goes(&chidi, &event, 3).await;
    ada.delete(&own(&ada, &event)).await.expect(StatusCode::NO_CONTENT);
    let chosen = ada.put(&of(&bola), json!({"status": "going"})).await.expect(StatusCode::OK);
    assert_eq!(chosen["status"], "going", "whoever else waits");
    goes(&chidi, &event, 0).await;

    let refused = ada.put(&of(&bola), json!({"status": "refused"})).await.expect(StatusCode::OK);
    assert_eq!(refused["status"], "refused");
    assert_eq!(state(&chidi, &event).await, seated(0), "the seat goes to the next");
    bola.answer(&event, "going").await.expect(StatusCode::FORBIDDEN);
    bola.answer(&event, "interested").await.expect(StatusCode::FORBIDDEN);
    bola.delete(&own(&bola, &event)).await.expect(StatusCode::NOT_FOUND);
    let seen = bola.get(&format!("/api/events/{}/", event["id"])).await.json();
    assert_eq!(seen["viewer"]["interest"], Value::Null);
    assert_eq!(
        bola.get(&format!("/api/users/{}/interests/", bola.id())).await.json()["results"],
        json!([])
    );
    assert_eq!(bola.ids("/api/events/?interested=me").await, [0; 0]);

    ada.delete(&of(&bola)).await.expect(StatusCode::NO_CONTENT);
    goes(&bola, &event, 0).await;
    assert_eq!(ada.put(&of(&bola), json!({})).await.faults(), ["status"]);
    bola.put(&of(&chidi), json!({"status": "refused"})).await.expect(StatusCode::FORBIDDEN);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_guest_list_is_for_those_whom_the_organisers_let_see_it() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({"capacity": 1})).await;
    goes(&bola, &event, 0).await;
    goes(&chidi, &event, 0).await;
    let list = format!("/api/events/{}/interests/?count=true", event["id"]);
    let set = async |who: &str| {
        let path = format!("/api/events/{}/", event["id"]);
        ada.patch(&path, json!({"guest_list": who})).await.expect(StatusCode::OK);
    };

    assert_eq!(ada.get(&list).await.json()["count"], 2);
    bola.get(&list).await.expect(StatusCode::FORBIDDEN);
    set("guests").await;
    let seen = bola.get(&list).await.expect(StatusCode::OK);
    assert_eq!(
        (&seen["count"], &seen["results"][0]["user"]["username"]),
        (&json!(1), &json!("bola"))
    );
    chidi.get(&list).await.expect(StatusCode::FORBIDDEN);
    set("all").await;
    assert_eq!(
        chidi.get(&list).await.expect(StatusCode::OK)["results"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn the_guest_list_comes_as_a_file_for_spreadsheets() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let name = json!({"display_name": "=HYPERLINK(\"x\"), Bola"});
    bola.patch("/api/users/profile/update/", name).await.expect(StatusCode::OK);
    let event = ada.event(json!({"capacity": 2})).await;
    goes(&ada, &event, 1).await;
    goes(&bola, &event, 0).await;

    let file = ada.get(&format!("/api/events/{}/interests.csv", event["id"])).await;

    assert_eq!(file.status, StatusCode::OK);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8; header=present");
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').split("\r\n").collect();
    assert_eq!(lines[0], "username,display_name,status,guests,position,since");
    assert!(lines[1].starts_with("ada,,going,1,,2"), "{}", lines[1]);
    assert!(
        lines[2].starts_with("bola,\"'=HYPERLINK(\"\"x\"\"), Bola\",waitlisted,0,1,2"),
        "{}",
        lines[2]
    );
    bola.get(&format!("/api/events/{}/interests.csv", event["id"]))
        .await
        .expect(StatusCode::FORBIDDEN);
}

// The model: what a person can check by reading.

#[derive(Clone, Debug)]
enum Step {
    Go { guest: usize, guests: i64 },
    Watch { guest: usize },
    Leave { guest: usize },
    Capacity(Option<i64>),
    Order(bool),
}

/// How many seats there are at first.
const SEATS: i64 = 5;

/// Seats are given to whoever comes while nobody has to be passed over; the rest stand in line.
#[derive(Default)]
struct Model {
    capacity: Option<i64>,
    fits: bool,
    going: BTreeMap<usize, i64>,
    line: Vec<(usize, i64, bool)>,
}

impl Model {
    fn free(&self) -> i64 {
        let taken: i64 = self.going.values().map(|guests| 1 + guests).sum();
        self.capacity.map_or(i64::MAX, |capacity| capacity - taken)
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Capacity(capacity) => self.capacity = capacity,
            Step::Order(fits) => self.fits = fits,
            Step::Leave { guest } => {
                self.going.remove(&guest);
                self.line.retain(|(waiting, ..)| *waiting != guest);
            }
            Step::Watch { guest } => {
                self.going.remove(&guest);
                self.line.iter_mut().filter(|it| it.0 == guest).for_each(|it| it.2 = false);
            }
            Step::Go { guest, guests } => self.go(guest, guests),
        }
        self.move_up();
    }

    fn go(&mut self, guest: usize, guests: i64) {
        let passes = self.fits || !self.line.iter().any(|(_, _, waits)| *waits);
        if let Some(had) = self.going.get(&guest).copied() {
            if guests <= had || (passes && guests - had <= self.free()) {
                self.going.insert(guest, guests);
            }
        } else if let Some(place) = self.line.iter_mut().find(|it| it.0 == guest) {
            *place = (guest, guests, true);
        } else if passes && guests < self.free() {
            self.going.insert(guest, guests);
        } else {
            self.line.push((guest, guests, true));
        }
    }

    fn move_up(&mut self) {
        for (guest, guests, waits) in self.line.clone() {
            if waits && guests < self.free() {
                self.going.insert(guest, guests);
                self.line.retain(|it| it.0 != guest);
            } else if waits && !self.fits {
                break;
            }
        }
    }
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let guest = 0_usize..7;
    let step = prop_oneof![
        6 => (guest.clone(), 0_i64..=5).prop_map(|(guest, guests)| Step::Go { guest, guests }),
        2 => guest.clone().prop_map(|guest| Step::Watch { guest }),
        3 => guest.prop_map(|guest| Step::Leave { guest }),
        1 => prop_oneof![1 => Just(None), 6 => (1_i64..9).prop_map(Some)].prop_map(Step::Capacity),
        1 => any::<bool>().prop_map(Step::Order),
    ];
    prop::collection::vec(step, 1..60)
}

fn take(tx: &mut owambe::db::Tx, people: &[User], event: EventId, step: &Step) -> Result<()> {
    let host = &people[0];
    let done = match *step {
        Step::Go { guest, guests } => {
            let answer = Answer { wish: Some(Wish::Going), guests: Some(guests) };
            interests::create(tx, &people[guest], people[guest].id, event, answer).map(drop)
        }
        Step::Watch { guest } => {
            let answer = Answer { wish: Some(Wish::Interested), guests: None };
            interests::create(tx, &people[guest], people[guest].id, event, answer).map(drop)
        }
        Step::Leave { guest } => interests::delete(tx, &people[guest], people[guest].id, event),
        Step::Capacity(capacity) => {
            let change = Change { capacity: Some(capacity), ..Change::default() };
            events::update(tx, host, event, &change).map(drop)
        }
        Step::Order(fits) => {
            let order = if fits { WaitlistOrder::Fit } else { WaitlistOrder::Strict };
            let change = Change { waitlist_order: Some(order), ..Change::default() };
            events::update(tx, host, event, &change).map(drop)
        }
    };
    match done {
        Err(Error::Conflict { .. } | Error::NotFound(_)) => Ok(()),
        done => done,
    }
}

/// Who goes with how many, and who waits with how many, in their order.
type Seating = (BTreeMap<usize, i64>, Vec<(usize, i64)>);

async fn play(app: &TestApp, people: &[User], steps: Vec<Step>) -> Seating {
    let people = people.to_vec();
    let host = people[0].clone();
    app.write(move |tx| {
        let change = Change {
            title: Title::from_text("Owambe").ok(),
            start_date: Day::from_text("2030-01-01").ok(),
            capacity: Some(Some(SEATS)),
            ..Change::default()
        };
        let event = events::create(tx, &host, &change, host.timezone)?.id;
        for step in &steps {
            take(tx, &people, event, step)?;
        }
        let rows = interests::all_of_event(tx, &host, event)?;
        let number = |id| people.iter().position(|it| it.id == id).unwrap();
        let of = |status| rows.iter().filter(move |row| row.status == status);
        let going = of(Interest::Going).map(|row| (number(row.user.id), row.guests)).collect();
        let mut line: Vec<_> = of(Interest::Waitlisted).collect();
        line.sort_by_key(|row| row.position);
        let places: Vec<_> = line.iter().map(|row| row.position).collect();
        assert_eq!(places, (1..=i64::try_from(line.len()).unwrap()).map(Some).collect::<Vec<_>>());
        Ok((going, line.iter().map(|row| (number(row.user.id), row.guests)).collect()))
    })
    .await
}

#[test]
fn long_histories_end_as_the_model_says() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (app, people) = runtime.block_on(async {
        let app = TestApp::new();
        let mut people = Vec::new();
        for number in 0..7 {
            people.push(app.person(&format!("guest-{number}")).await.user.clone());
        }
        (app, people)
    });

    TestRunner::new(Config { cases: 120, failure_persistence: None, ..Config::default() })
        .run(&steps(), |steps| {
            let mut model = Model { capacity: Some(SEATS), ..Model::default() };
            for step in &steps {
                model.step(step);
            }
            let line: Vec<(usize, i64)> =
                model.line.iter().filter(|it| it.2).map(|it| (it.0, it.1)).collect();

            let (going, waiting) = runtime.block_on(play(&app, &people, steps));

            prop_assert_eq!(going, model.going);
            prop_assert_eq!(waiting, line);
            Ok(())
        })
        .unwrap();
    runtime.block_on(app.assert_counters_are_right());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_many_come_and_go_at_once_no_seat_is_given_twice_and_none_stays_empty() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    let event = ada.event(json!({"capacity": 7})).await;
    let mut coming = JoinSet::new();
    for number in 0..24_i64 {
        let (guest, event) = (app.person(&format!("guest-{number}")).await, event.clone());
        coming.spawn(async move {
            goes(&guest, &event, number % 3).await;
            if number % 2 == 0 {
                goes(&guest, &event, 0).await;
            }
            if number % 4 == 0 {
                guest.delete(&own(&guest, &event)).await.expect(StatusCode::NO_CONTENT);
            }
        });
    }
    coming.join_all().await;

    app.assert_counters_are_right().await;
    let list = format!("/api/events/{}/interests/?page_size=100", event["id"]);
    let rows = ada.get(&list).await.json()["results"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 18);
    let party = |row: &Value| 1 + row["guests"].as_i64().unwrap();
    let taken: i64 = rows.iter().filter(|row| row["status"] == "going").map(party).sum();
    let first = rows.iter().find(|row| row["position"] == 1).unwrap();
    assert!(taken <= 7, "{taken} seats are taken");
    assert!(taken + party(first) > 7, "the first in line could move up");
}
