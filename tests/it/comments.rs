use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::helpers::TestApp;

fn path(comment: &Value) -> String {
    format!("/api/comments/{}/", comment["id"])
}

fn under(event: &Value) -> String {
    format!("/api/events/{}/comments/", event["id"])
}

#[tokio::test]
async fn a_comment_shows_up_for_everyone_and_is_counted() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;

    let comment = ada.comment(&event, " See you there! ").await;
    assert_eq!((&comment["body"], &comment["event"]), (&json!("See you there!"), &event["id"]));
    assert_eq!((&comment["images"], &comment["parent"]), (&json!([]), &json!(null)));
    assert_eq!((&comment["viewer"], &comment["edited"]), (&json!({"liked": false}), &json!(false)));

    let list = app.anonymous().get(&under(&event)).await.expect(StatusCode::OK);
    assert_eq!(list["results"][0]["author"]["username"], "ada");
    assert_eq!(list["results"][0]["viewer"], json!(null));
    let event = ada.get(&format!("/api/events/{}/", event["id"])).await.json();
    assert_eq!(event["comment_count"], 1);
}

#[tokio::test]
async fn a_comment_is_neither_blank_nor_endless() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;

    for body in [
        json!({}),
        json!({"body": " \n"}),
        json!({"body": "x".repeat(5_001)}),
        json!({"body": null}),
    ] {
        assert_eq!(ada.post(&under(&event), body).await.faults(), ["body"]);
    }
    ada.comment(&event, &"ọ".repeat(5_000)).await;
}

#[tokio::test]
async fn answers_go_one_level_deep_and_stay_under_their_event() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (event, other) = (ada.event(json!({})).await, ada.event(json!({})).await);
    let first = ada.comment(&event, "Will it rain?").await;
    let answer = |parent: &Value| json!({"body": "No.", "parent": parent});

    let reply = ada.post(&under(&event), answer(&first["id"])).await.expect(StatusCode::CREATED);
    assert_eq!(reply["parent"], first["id"]);

    assert_eq!(ada.post(&under(&event), answer(&reply["id"])).await.faults(), ["parent"]);
    assert_eq!(ada.post(&under(&other), answer(&first["id"])).await.faults(), ["parent"]);
    assert_eq!(ada.post(&under(&event), answer(&json!(404))).await.faults(), ["parent"]);
}

#[tokio::test]
async fn its_author_edits_a_comment_and_it_says_so() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let comment = bola.comment(&event, "See you at seven!").await;

    let same = json!({"body": "See you at seven!"});
    assert_eq!(bola.patch(&path(&comment), same).await.expect(StatusCode::OK)["edited"], false);
    let eight = json!({"body": "See you at eight!"});
    let edited = bola.patch(&path(&comment), eight.clone()).await.expect(StatusCode::OK);
    assert_eq!((&edited["body"], &edited["edited"]), (&eight["body"], &json!(true)));

    ada.patch(&path(&comment), eight).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(bola.patch(&path(&comment), json!({"body": ""})).await.faults(), ["body"]);
}

#[tokio::test]
async fn its_author_or_the_organiser_deletes_a_comment() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let event = ada.event(json!({})).await;
    let (one, other) = (bola.comment(&event, "one").await, bola.comment(&event, "other").await);

    chidi.delete(&path(&one)).await.expect(StatusCode::FORBIDDEN);
    ada.delete(&path(&one)).await.expect(StatusCode::NO_CONTENT);
    bola.delete(&path(&other)).await.expect(StatusCode::NO_CONTENT);
    bola.delete(&path(&other)).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_deleted_comment_leaves_its_place_while_it_has_answers() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let first = ada.comment(&event, "Will it rain?").await;
    let answer = json!({"body": "No.", "parent": first["id"]});
    let answer = bola.post(&under(&event), answer).await.expect(StatusCode::CREATED);
    bola.post(&format!("{}like/", path(&first)), json!({})).await.expect(StatusCode::CREATED);

    ada.delete(&path(&first)).await.expect(StatusCode::NO_CONTENT);

    let list = ada.get(&format!("{}?count=true", under(&event))).await.json();
    assert_eq!((&list["count"], &list["results"][0]["id"]), (&json!(2), &first["id"]));
    assert_eq!(
        (&list["results"][0]["author"], &list["results"][0]["body"]),
        (&json!(null), &json!(""))
    );
    ada.delete(&path(&first)).await.expect(StatusCode::NOT_FOUND);
    ada.patch(&path(&first), json!({"body": "x"})).await.expect(StatusCode::FORBIDDEN);
    ada.post(&format!("{}like/", path(&first)), json!({})).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;

    bola.delete(&path(&answer)).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ada.get(&under(&event)).await.json()["results"], json!([]));
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_like_counts_once_for_each_who_likes() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "Owambe!").await;
    let like = format!("{}like/", path(&comment));

    ada.post(&like, json!({})).await.expect(StatusCode::CREATED);
    assert_eq!(bola.post(&like, json!({})).await.expect(StatusCode::CREATED)["like_count"], 2);
    assert_eq!(bola.post(&like, json!({})).await.expect(StatusCode::OK)["like_count"], 2);
    let list = bola.get(&under(&event)).await.json();
    assert_eq!(list["results"][0]["viewer"], json!({"liked": true}));

    bola.delete(&like).await.expect(StatusCode::NO_CONTENT);
    bola.delete(&like).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn comments_come_a_page_at_a_time_and_none_twice() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;
    let mut said = Vec::new();
    for number in 0..45 {
        said.push(ada.comment(&event, &number.to_string()).await["id"].as_i64().unwrap());
    }

    assert_eq!(ada.ids(&under(&event)).await, said);
}

#[tokio::test]
async fn what_is_said_about_a_private_event_stays_there() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    let event = ada.event(json!({"group": group["id"]})).await;
    let comment = ada.comment(&event, "Just us.").await;

    let hidden = bola.get(&under(&event)).await;
    let missing = bola.get("/api/events/404/comments/").await;
    hidden.expect(StatusCode::NOT_FOUND);
    assert_eq!(hidden.without_request_id(), missing.without_request_id());
    let hidden = bola.delete(&path(&comment)).await;
    let missing = bola.delete("/api/comments/404/").await;
    hidden.expect(StatusCode::NOT_FOUND);
    assert_eq!(hidden.without_request_id(), missing.without_request_id());
}
