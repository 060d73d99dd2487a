use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::helpers::{PASSWORD, Person, Reply, TestApp};

async fn leaves(who: &Person<'_>, password: &str) -> Reply {
    let body = json!({"password": password});
    who.send(Method::DELETE, "/api/users/profile/", Some(body)).await
}

#[tokio::test]
async fn an_account_goes_with_its_password_and_is_gone_at_once() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    assert_eq!(leaves(&ada, "not mine").await.faults(), ["password"]);
    assert_eq!(ada.delete("/api/users/profile/").await.faults(), ["password"]);
    leaves(&ada, PASSWORD).await.expect(StatusCode::NO_CONTENT);

    ada.get("/api/users/profile/").await.expect(StatusCode::UNAUTHORIZED);
    app.anonymous().get(&format!("/api/users/{}/", ada.id())).await.expect(StatusCode::NOT_FOUND);
    let login = json!({"username": "ada", "password": PASSWORD});
    app.anonymous().post("/api/users/login/", login).await.expect(StatusCode::UNAUTHORIZED);
    // The name is free again, and whoever takes it is somebody else.
    let again = app.person("ada").await;
    assert_ne!(again.id(), ada.id());
}

#[tokio::test]
async fn an_account_that_goes_leaves_no_orphans() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let (shared, alone) = (ada.group(json!({})).await, ada.group(json!({"name": "Alone"})).await);
    ada.adds(&shared, &bola, "member").await.expect(StatusCode::CREATED);
    ada.adds(&shared, &chidi, "admin").await.expect(StatusCode::CREATED);
    let of_group = ada.event(json!({"group": shared["id"]})).await;
    let own = ada.event(json!({})).await;
    let of_bola = bola.event(json!({"capacity": 1})).await;
    ada.answer(&of_bola, "going").await.expect(StatusCode::CREATED);
    let question = ada.comment(&of_bola, "Will it rain?").await;
    let answer = json!({"body": "No.", "parent": question["id"]});
    let under = format!("/api/events/{}/comments/", of_bola["id"]);
    let answer = bola.post(&under, answer).await.expect(StatusCode::CREATED);
    ada.post(&format!("/api/comments/{}/like/", answer["id"]), json!({}))
        .await
        .expect(StatusCode::CREATED);
    bola.comment(&own, "I was here.").await;

    leaves(&ada, PASSWORD).await.expect(StatusCode::NO_CONTENT);

    app.assert_counters_are_right().await;
    let group = bola.get(&format!("/api/groups/{}/", shared["id"])).await.expect(StatusCode::OK);
    assert_eq!((&group["owner"]["username"], &group["member_count"]), (&json!("chidi"), &json!(2)));
    bola.get(&format!("/api/groups/{}/", alone["id"])).await.expect(StatusCode::NOT_FOUND);
    let kept = bola.get(&format!("/api/events/{}/", of_group["id"])).await.expect(StatusCode::OK);
    assert_eq!(kept["creator"]["username"], "chidi");
    bola.get(&format!("/api/events/{}/", own["id"])).await.expect(StatusCode::NOT_FOUND);
    let comments = bola.get(&under).await.json();
    assert_eq!(
        (&comments["results"][0]["author"], &comments["results"][0]["body"]),
        (&json!(null), &json!(""))
    );
    // The seat that was taken is free again.
    bola.answer(&of_bola, "going").await.expect(StatusCode::CREATED);
}

#[tokio::test]
async fn one_takes_along_everything_that_the_site_holds() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    let event = ada.event(json!({"status": "draft"})).await;
    let other = bola.event(json!({})).await;
    let comment = ada.comment(&other, "See you there!").await;
    ada.post(&format!("/api/comments/{}/like/", comment["id"]), json!({}))
        .await
        .expect(StatusCode::CREATED);
    ada.answer(&other, "going").await.expect(StatusCode::CREATED);

    let all = ada.get("/api/users/profile/export/").await.expect(StatusCode::OK);

    assert_eq!(all["user"]["email"], "ada@example.com");
    assert_eq!(all["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(all["events"][0]["id"], event["id"]);
    assert_eq!(all["comments"][0]["body"], "See you there!");
    assert_eq!(all["likes"], json!([comment["id"]]));
    assert_eq!(
        (&all["interests"][0]["event"], &all["interests"][0]["status"]),
        (&other["id"], &json!("going"))
    );
    assert_eq!(
        (&all["memberships"][0]["group"], &all["memberships"][0]["role"]),
        (&group["id"], &json!("owner"))
    );
}

/// What is done in the name of an account that goes in the same moment is refused, and not broken.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_goes_while_they_do_something_hears_so() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let follow = format!("/api/groups/{}/follow/", group["id"]);
    for number in 0..12 {
        let who = app.person(&format!("guest{number}")).await;
        let (doing, path) = (who.clone(), follow.clone());
        let follows = tokio::spawn(async move {
            let mut seen = Vec::new();
            for _ in 0..20 {
                seen.push(doing.post(&path, json!({})).await.status);
            }
            seen
        });
        leaves(&who, PASSWORD).await.expect(StatusCode::NO_CONTENT);
        for status in follows.await.unwrap() {
            assert!(!status.is_server_error(), "{status}");
        }
    }
    app.assert_counters_are_right().await;
}
