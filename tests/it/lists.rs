//! Lists of events: pages that hold under changes, orders, and filters.

use axum::http::StatusCode;
use chrono::{DateTime, Days, NaiveDate, Utc};
use owambe::clock;
use serde_json::{Value, json};

use crate::helpers::{Person, TestApp, Visitor};

const ORDERINGS: &[&str] = &["start", "-start", "created", "-created", "popular"];

fn today() -> NaiveDate {
    DateTime::<Utc>::from(clock::now()).date_naive()
}

fn in_days(days: i64) -> String {
    (today() + chrono::TimeDelta::days(days)).to_string()
}

fn ids(page: &Value) -> Vec<i64> {
    page["results"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()).collect()
}

async fn page(who: &Visitor<'_>, path: &str) -> Value {
    who.get(&path.replace("http://owambe.test", "")).await.expect(StatusCode::OK)
}

async fn some_events(ada: &Person<'_>, count: u64) -> Vec<i64> {
    let mut ids = Vec::new();
    for number in 0..count {
        // Two on each day, so that ids have to break ties, and the days are not in order.
        let day = today() + Days::new(1 + (number * 7 % count) / 2);
        ids.push(ada.event(json!({"start_date": day})).await["id"].as_i64().unwrap());
    }
    ids
}

#[tokio::test]
async fn every_order_is_followed_forth_and_back() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let made = some_events(&ada, 13).await;
    for id in &made[3..6] {
        ada.answer(&json!({"id": id}), "going").await.expect(StatusCode::CREATED);
    }

    for ordering in ORDERINGS {
        let whole = page(&ada, &format!("/api/events/?ordering={ordering}&page_size=100")).await;
        assert_eq!((&whole["next"], &whole["previous"]), (&json!(null), &json!(null)));
        let whole = ids(&whole);
        assert_eq!(whole.len(), 13, "{ordering}");

        let first = format!("/api/events/?ordering={ordering}&page_size=4");
        assert_eq!(ada.ids(&first).await, whole, "{ordering}");
        let mut back = Vec::new();
        let mut at = page(&ada, &first).await;
        while let Some(next) = at["next"].as_str().map(str::to_owned) {
            at = page(&ada, &next).await;
        }
        loop {
            back.splice(0..0, ids(&at));
            let Some(previous) = at["previous"].as_str().map(str::to_owned) else { break };
            at = page(&ada, &previous).await;
        }
        assert_eq!(back, whole, "{ordering} backwards");
    }
}

#[tokio::test]
async fn each_order_puts_first_what_it_says() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let mut made = Vec::new();
    for days in [3, 1, 2] {
        made.push(ada.event(json!({"start_date": in_days(days)})).await["id"].as_i64().unwrap());
    }
    let [third, first, second] = made[..] else { unreachable!() };
    ada.answer(&json!({"id": second}), "interested").await.expect(StatusCode::CREATED);

    for (ordering, expected) in [
        ("start", [first, second, third]),
        ("-start", [third, second, first]),
        ("created", [third, first, second]),
        ("-created", [second, first, third]),
        ("popular", [second, first, third]),
    ] {
        assert_eq!(
            ada.ids(&format!("/api/events/?ordering={ordering}")).await,
            expected,
            "{ordering}"
        );
    }
}

#[tokio::test]
async fn a_list_holds_while_events_come_and_go() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let made = some_events(&ada, 12).await;

    for ordering in ["start", "-start", "created", "-created"] {
        let first = page(&ada, &format!("/api/events/?ordering={ordering}&page_size=5")).await;
        let seen = ids(&first);
        // One that was seen goes, the last seen one too, and new ones come on either side.
        let gone = [seen[1], seen[4]];
        let mut replaced = Vec::new();
        for id in gone {
            ada.delete(&format!("/api/events/{id}/")).await.expect(StatusCode::NO_CONTENT);
        }
        for days in [0, 400] {
            replaced.push(
                ada.event(json!({"start_date": in_days(days)})).await["id"].as_i64().unwrap(),
            );
        }

        let rest =
            ada.ids(&first["next"].as_str().unwrap().replace("http://owambe.test", "")).await;
        let mut old: Vec<i64> = seen.iter().chain(&rest).copied().collect();
        old.retain(|id| !replaced.contains(id));
        let mut unique = old.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), old.len(), "{ordering} showed one twice");
        for id in made.iter().filter(|id| !gone.contains(id)) {
            let there = ada.get(&format!("/api/events/{id}/")).await.status == StatusCode::OK;
            assert!(!there || old.contains(id), "{ordering} left out {id}");
        }
        for id in replaced {
            ada.delete(&format!("/api/events/{id}/")).await.expect(StatusCode::NO_CONTENT);
        }
    }
}

#[tokio::test]
async fn what_lies_in_time_is_told_from_now() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = |first: i64, last: i64| {
        let (ada, event) =
            (ada.clone(), json!({"start_date": in_days(first), "end_date": in_days(last)}));
        async move { ada.event(event).await["id"].as_i64().unwrap() }
    };
    let (past, long, today, soon) =
        (event(-9, -8).await, event(-200, 3).await, event(0, 0).await, event(2, 2).await);

    let when = |when: &'static str| {
        let ada = ada.clone();
        async move { ada.ids(&format!("/api/events/?when={when}")).await }
    };
    assert_eq!(when("past").await, [past]);
    assert_eq!(when("now").await, [long, today]);
    assert_eq!(when("upcoming").await, [soon]);
}

#[tokio::test]
async fn an_event_that_overlaps_a_range_is_in_it() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = |first: &'static str, last: &'static str, zone: &'static str| {
        let ada = ada.clone();
        let event = json!({"start_date": first, "end_date": last, "timezone": zone});
        async move { ada.event(event).await["id"].as_i64().unwrap() }
    };
    let long = event("2030-01-01", "2030-12-31", "UTC").await;
    let east = event("2030-06-10", "2030-06-10", "Pacific/Kiritimati").await;
    let west = event("2030-06-10", "2030-06-11", "Pacific/Pago_Pago").await;
    let july = event("2030-07-01", "2030-07-02", "UTC").await;

    let found = |query: &'static str| {
        let ada = ada.clone();
        async move { ada.ids(&format!("/api/events/?{query}")).await }
    };
    assert_eq!(found("from=2030-06-10&to=2030-06-10").await, [long, east, west]);
    assert_eq!(found("from=2030-06-11&to=2030-06-30").await, [long, west]);
    assert_eq!(found("from=2030-07-02").await, [long, july]);
    assert_eq!(found("to=2030-06-09").await, [long]);
    assert_eq!(found("from=2031-01-01").await, [0; 0]);
    assert_eq!(found("from=2030-06-11&to=2030-06-01").await, [long]);
}

#[tokio::test]
async fn filters_narrow_a_list_and_its_count() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    let cancelled = ada.event(json!({"status": "cancelled"})).await["id"].as_i64().unwrap();
    let of_group = ada.event(json!({"group": group["id"]})).await["id"].as_i64().unwrap();
    let of_bola = bola.event(json!({})).await["id"].as_i64().unwrap();

    for (query, expected) in [
        (format!("creator={}", ada.id()), vec![cancelled, of_group]),
        (format!("group={}", group["id"]), vec![of_group]),
        ("status=cancelled".to_owned(), vec![cancelled]),
        ("status=scheduled".to_owned(), vec![of_group, of_bola]),
        (format!("status=scheduled&creator={}", ada.id()), vec![of_group]),
        ("creator=404".to_owned(), vec![]),
    ] {
        assert_eq!(bola.ids(&format!("/api/events/?{query}")).await, expected, "{query}");
        let counted = page(&bola, &format!("/api/events/?{query}&count=true&page_size=1")).await;
        assert_eq!(counted["count"], expected.len(), "{query}");
    }
    app.anonymous().get("/api/events/?interested=me").await.expect(StatusCode::UNAUTHORIZED);
    app.anonymous().get("/api/events/?status=draft").await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_a_list_does_not_know_is_named() {
    let app = TestApp::new();
    let anonymous = app.anonymous();

    for (query, field) in [
        ("when=someday", "when"),
        ("status=maybe", "status"),
        ("ordering=magic", "ordering"),
        ("from=june", "from"),
        ("to=2030-13-01", "to"),
        ("creator=ada", "creator"),
        ("group=99999999999999999999", "group"),
        ("interested=you", "interested"),
        ("page_size=0", "page_size"),
        ("page_size=-1", "page_size"),
        ("page_size=many", "page_size"),
        ("count=perhaps", "count"),
        ("cursor=nonsense", "cursor"),
        // The largest key there is: a well-formed cursor that no list of ours gives out.
        ("cursor=cwB__________wAAAAAAAAAB", "cursor"),
        ("cursor=", "cursor"),
    ] {
        let reply = anonymous.get(&format!("/api/events/?{query}")).await;
        if query == "cursor=" {
            reply.expect(StatusCode::OK);
        } else {
            assert_eq!(reply.faults(), [field], "{query}");
        }
    }
    anonymous.get("/api/events/?when=&unknown=1").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_cursor_of_another_order_is_refused() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    some_events(&ada, 4).await;

    let first = page(&ada, "/api/events/?page_size=2").await;
    let next = first["next"].as_str().unwrap().replace("http://owambe.test", "");
    let elsewhere = format!("{next}&ordering=popular");

    assert_eq!(ada.get(&elsewhere).await.faults(), ["cursor"]);
    assert!(next.contains("page_size=2") && !next.contains("cursor=&"), "{next}");
}

#[tokio::test]
async fn a_page_holds_a_hundred_at_most_and_twenty_by_default() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    assert_eq!(page(&ada, "/api/events/").await["results"], json!([]));
    some_events(&ada, 105).await;

    for (query, length) in
        [("", 20), ("?page_size=1", 1), ("?page_size=100", 100), ("?page_size=5000", 100)]
    {
        assert_eq!(ids(&page(&ada, &format!("/api/events{query}")).await).len(), length, "{query}");
    }
}
