//! Finding events by their tags and by where they are.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Person, TestApp};

async fn tagged(who: &Person<'_>, tags: Value) -> i64 {
    who.event(json!({"tags": tags, "start_date": "2030-06-01"})).await["id"].as_i64().unwrap()
}

async fn at(who: &Person<'_>, latitude: f64, longitude: f64) -> i64 {
    let event = who.event(json!({"latitude": latitude, "longitude": longitude})).await;
    event["id"].as_i64().unwrap()
}

fn names(page: &Value) -> Vec<(String, i64)> {
    let tags = page["results"].as_array().unwrap().iter();
    tags.map(|it| (it["name"].as_str().unwrap().to_owned(), it["count"].as_i64().unwrap()))
        .collect()
}

#[tokio::test]
async fn events_are_found_by_their_tags_however_they_are_typed() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (one, other) =
        (tagged(&ada, json!(["Live  Music", "food"])).await, tagged(&ada, json!(["Food"])).await);
    tagged(&ada, json!([])).await;

    assert_eq!(ada.ids("/api/events/?tag=food").await, [one, other]);
    assert_eq!(ada.ids("/api/events/?tag=%20LIVE%20music").await, [one]);
    assert_eq!(ada.ids("/api/events/?tag=nothing").await, [0; 0]);
    assert_eq!(ada.get(&format!("/api/events/?tag={}", "x".repeat(41))).await.faults(), ["tag"]);

    let path = format!("/api/events/{one}/");
    ada.patch(&path, json!({"tags": ["jollof"]})).await.expect(StatusCode::OK);
    assert_eq!(ada.ids("/api/events/?tag=food").await, [other]);
    assert_eq!(ada.ids("/api/events/?tag=jollof&count=true").await, [one]);
    ada.delete(&path).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ada.ids("/api/events/?tag=jollof").await, [0; 0]);
}

#[tokio::test]
async fn tags_are_counted_over_upcoming_public_events() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    assert_eq!(names(&ada.get("/api/tags/").await.json()), []);

    tagged(&ada, json!(["food", "music"])).await;
    tagged(&ada, json!(["food", "art"])).await;
    for hidden in [
        json!({"tags": ["secret"], "status": "draft"}),
        json!({"tags": ["secret"], "visibility": "unlisted"}),
        json!({"tags": ["secret"], "group": group["id"]}),
        json!({"tags": ["secret"], "start_date": "2020-01-01"}),
    ] {
        ada.event(hidden).await;
    }

    let all = bola.get("/api/tags/?count=true").await.expect(StatusCode::OK);
    let expected = [("food", 2), ("music", 1), ("art", 1)].map(|(name, n)| (name.to_owned(), n));
    assert_eq!((names(&all), &all["count"]), (expected.to_vec(), &json!(3)));

    let mut seen = Vec::new();
    let mut at = bola.get("/api/tags/?page_size=1").await.json();
    loop {
        seen.extend(names(&at));
        let Some(next) = at["next"].as_str() else { break };
        at = bola.get(&next.replace("http://owambe.test", "")).await.json();
    }
    assert_eq!(seen, expected);
    let back = at["previous"].as_str().unwrap().replace("http://owambe.test", "");
    assert_eq!(names(&bola.get(&back).await.json()), [("music".to_owned(), 1)]);
}

#[tokio::test]
async fn events_are_found_around_a_place_and_say_how_far_they_are() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (lagos, ibadan) = (at(&ada, 6.4541, 3.3947).await, at(&ada, 7.3775, 3.947).await);
    ada.event(json!({})).await;

    assert_eq!(ada.ids("/api/events/?near=6.45,3.39").await, [lagos]);
    assert_eq!(ada.ids("/api/events/?near=6.45,3.39&within=150").await, [lagos, ibadan]);
    assert_eq!(ada.ids("/api/events/?near=6.45,3.39&within=0.1").await, [0; 0]);
    assert_eq!(ada.ids("/api/events/?near=6.45,3.39&within=20040").await, [lagos, ibadan]);
    assert_eq!(ada.ids("/api/events/?near=6.45,3.39&within=150&ordering=popular").await.len(), 2);

    let found = ada.get("/api/events/?near=6.4541,3.3947&within=150&count=true").await.json();
    assert_eq!((&found["count"], &found["results"][0]["distance"]), (&json!(2), &json!(0.0)));
    let km = found["results"][1]["distance"].as_f64().unwrap();
    assert!((km - 119.5).abs() < 1.0, "{km}");
    let plain = ada.get("/api/events/").await.json();
    assert!(plain["results"][0].get("distance").is_none());
}

#[tokio::test]
async fn near_is_near_also_across_the_date_line_and_at_the_poles() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (fiji, samoa) = (at(&ada, -17.0, 179.9).await, at(&ada, -17.0, -179.9).await);
    let (pole, beyond) = (at(&ada, 89.9, 10.0).await, at(&ada, 89.9, -170.0).await);

    for here in ["-17,179.95", "-17,-179.95", "-17,180", "-17,-180"] {
        assert_eq!(ada.ids(&format!("/api/events/?near={here}")).await, [fiji, samoa], "{here}");
    }
    for here in ["90,0", "89.95,100", "89.99,-60"] {
        assert_eq!(ada.ids(&format!("/api/events/?near={here}")).await, [pole, beyond], "{here}");
    }
}

#[tokio::test]
async fn a_place_that_is_none_is_named() {
    let app = TestApp::new();

    for (query, field) in [
        ("near=lagos", "near"),
        ("near=91,0", "near"),
        ("within=5", "near"),
        ("near=6,3&within=0", "within"),
        ("near=6,3&within=far", "within"),
        ("near=6,3&within=99999", "within"),
    ] {
        assert_eq!(
            app.anonymous().get(&format!("/api/events/?{query}")).await.faults(),
            [field],
            "{query}"
        );
    }
}
