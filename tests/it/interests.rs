use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::helpers::TestApp;

fn counts(event: &Value) -> (i64, i64) {
    (event["interested_count"].as_i64().unwrap(), event["going_count"].as_i64().unwrap())
}

#[tokio::test]
async fn who_is_interested_may_go_and_may_walk_away() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let own = format!("/api/users/{}/interests/{}/", bola.id(), event["id"]);
    let seen = || async { bola.get(&format!("/api/events/{}/", event["id"])).await.json() };

    let interest =
        bola.send(axum::http::Method::POST, &own, None).await.expect(StatusCode::CREATED);
    assert_eq!((&interest["status"], &interest["position"]), (&json!("interested"), &json!(null)));
    assert_eq!(
        (&interest["event"]["title"], &interest["user"]["username"]),
        (&json!("Jollof Night"), &json!("bola"))
    );
    assert_eq!(
        (counts(&seen().await), &seen().await["viewer"]["interest"]),
        ((1, 0), &json!("interested"))
    );

    assert_eq!(bola.answer(&event, "going").await.expect(StatusCode::OK)["status"], "going");
    assert_eq!(counts(&seen().await), (0, 1));
    // Said again without a status, it costs nobody their seat.
    let again = bola.send(axum::http::Method::POST, &own, None).await.expect(StatusCode::OK);
    assert_eq!(again["status"], "going");
    assert_eq!(bola.put(&own, json!({})).await.expect(StatusCode::OK)["status"], "interested");
    bola.put(&own, json!({"status": "going"})).await.expect(StatusCode::OK);
    assert_eq!(counts(&seen().await), (0, 1));

    bola.delete(&format!("{own}remove/")).await.expect(StatusCode::NO_CONTENT);
    bola.delete(&own).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(
        (counts(&seen().await), &seen().await["viewer"]["interest"]),
        ((0, 0), &json!(null))
    );
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn interests_are_ones_own() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let of_bola = format!("/api/users/{}/interests/", bola.id());

    ada.get(&of_bola).await.expect(StatusCode::FORBIDDEN);
    ada.post(&format!("{of_bola}{}/", event["id"]), json!({})).await.expect(StatusCode::FORBIDDEN);
    ada.delete(&format!("{of_bola}{}/", event["id"])).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(bola.answer(&event, "perhaps").await.faults(), ["status"]);
    assert_eq!(bola.answer(&event, "waitlisted").await.faults(), ["status"]);
}

#[tokio::test]
async fn one_sees_what_one_takes_part_in_the_soonest_first() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let mut events = Vec::new();
    for day in ["2030-06-03", "2030-06-01", "2030-06-02"] {
        let event = ada.event(json!({"start_date": day})).await;
        ada.answer(&event, "going").await.expect(StatusCode::CREATED);
        events.push(event["id"].clone());
    }
    let path = format!("/api/users/{}/interests/?page_size=2&count=true", ada.id());

    let first = ada.get(&path).await.expect(StatusCode::OK);
    assert_eq!((&first["count"], &first["previous"]), (&json!(3), &json!(null)));
    assert_eq!(first["results"][0]["event"]["id"], events[1]);
    assert_eq!(first["results"][1]["event"]["id"], events[2]);
    let next = first["next"].as_str().unwrap().replace("http://owambe.test", "");
    let last = ada.get(&next).await.expect(StatusCode::OK);
    assert_eq!((&last["results"][0]["event"]["id"], &last["next"]), (&events[0], &json!(null)));
    assert_eq!(ada.ids("/api/events/?interested=me").await.len(), 3);
}

#[tokio::test]
async fn what_one_may_not_see_any_more_is_not_listed_but_one_may_leave_it() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    ada.adds(&group, &bola, "member").await.expect(StatusCode::CREATED);
    let event = ada.event(json!({"group": group["id"]})).await;
    bola.answer(&event, "going").await.expect(StatusCode::CREATED);
    let own = format!("/api/users/{}/interests/?count=true", bola.id());
    assert_eq!(bola.get(&own).await.json()["count"], 1);

    let member = format!("/api/groups/{}/members/{}/", group["id"], bola.id());
    ada.delete(&member).await.expect(StatusCode::NO_CONTENT);

    let list = bola.get(&own).await.json();
    assert_eq!((&list["count"], &list["results"]), (&json!(0), &json!([])));
    assert_eq!(bola.ids("/api/events/?interested=me").await, [0; 0]);
    bola.answer(&event, "interested").await.expect(StatusCode::NOT_FOUND);
    let leave = format!("/api/users/{}/interests/{}/", bola.id(), event["id"]);
    bola.delete(&leave).await.expect(StatusCode::NO_CONTENT);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn organisers_see_who_comes_and_others_see_how_many() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    bola.answer(&event, "going").await.expect(StatusCode::CREATED);
    ada.answer(&event, "interested").await.expect(StatusCode::CREATED);
    let path = format!("/api/events/{}/interests/?count=true", event["id"]);

    bola.get(&path).await.expect(StatusCode::FORBIDDEN);
    app.anonymous().get(&path).await.expect(StatusCode::UNAUTHORIZED);
    let guests = ada.get(&path).await.expect(StatusCode::OK);

    assert_eq!(
        (&guests["count"], &guests["results"][0]["user"]["username"]),
        (&json!(2), &json!("bola"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_who_answers_many_times_at_once_is_counted_once() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;

    let mut answers = JoinSet::new();
    for number in 0..20 {
        let (ada, event) = (ada.clone(), event.clone());
        let status = if number % 2 == 0 { "going" } else { "interested" };
        answers.spawn(async move { ada.answer(&event, status).await.status });
    }
    let answers = answers.join_all().await;

    assert_eq!(answers.iter().filter(|it| **it == StatusCode::CREATED).count(), 1);
    assert_eq!(answers.iter().filter(|it| **it == StatusCode::OK).count(), 19);
    app.assert_counters_are_right().await;
}
