//! Conditional requests: nothing is sent twice, and nothing is overwritten unseen.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use crate::helpers::{Person, Reply, TestApp, run_sql};

/// A request with one header more.
async fn ask(
    app: &TestApp,
    who: Option<&Person<'_>>,
    (method, path): (Method, &str),
    (name, value): (header::HeaderName, &str),
    body: Value,
) -> Reply {
    let mut request = Request::builder().method(method).uri(path).header(name, value);
    if let Some(token) = who.and_then(|who| who.token.as_deref()) {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    app.send(request.body(body).unwrap()).await
}

fn tag(reply: &Reply) -> String {
    reply.headers[header::ETAG].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_client_has_already_is_not_sent_again() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;
    ada.comment(&event, "See you there!").await;
    ada.group(json!({})).await;

    for path in [
        "/api/events/",
        "/api/events/1/",
        "/api/events/1/comments/",
        "/api/groups/",
        "/api/groups/1/",
        "/api/groups/1/members/",
        "/api/groups/1/events/",
        "/api/users/1/",
        "/api/openapi.json",
    ] {
        let first = app.anonymous().get(path).await;
        let known = (header::IF_NONE_MATCH, tag(&first));
        let again = ask(&app, None, (Method::GET, path), (known.0, &known.1), Value::Null).await;
        assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
        assert_eq!(tag(&again), tag(&first));
        assert!(!again.headers.contains_key(header::CONTENT_TYPE));

        let head = app.anonymous().send(Method::HEAD, path, None).await;
        assert_eq!((tag(&head), head.text.as_str()), (tag(&first), ""));
        assert_eq!(head.headers[header::CONTENT_LENGTH], first.text.len().to_string());
    }
}

#[tokio::test]
async fn a_tag_changes_with_what_is_shown_and_to_whom() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;
    let path = "/api/events/1/";

    let before = app.anonymous().get(path).await;
    assert_ne!(tag(&ada.get(path).await), tag(&before));
    assert!(
        before.headers[header::VARY].to_str().unwrap().contains("authorization")
            || before.headers.get_all(header::VARY).iter().any(|it| it == "authorization")
    );
    ada.answer(&event, "going").await.expect(StatusCode::CREATED);
    let known = tag(&before);
    let after = ask(&app, None, (Method::GET, path), (header::IF_NONE_MATCH, &known), Value::Null);
    assert_eq!(after.await.expect(StatusCode::OK)["going_count"], 1);

    let missing = app.anonymous().get("/api/events/404/").await;
    assert!(!missing.headers.contains_key(header::ETAG));
}

#[tokio::test]
async fn who_has_seen_an_older_state_changes_nothing() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "See you at seven!").await;
    ada.group(json!({})).await;

    for (show, change, body) in [
        ("/api/events/1/", "/api/events/1/", json!({"title": "x", "start_date": "2030-01-01"})),
        (
            "/api/events/1/",
            "/api/events/update/1/",
            json!({"title": "y", "start_date": "2030-01-01"}),
        ),
        ("/api/groups/1/", "/api/groups/1/update/", json!({"name": "Suya Society"})),
        (
            "/api/users/profile/",
            "/api/users/profile/update/",
            json!({"username": "ada", "email": "a@example.com", "bio": "x"}),
        ),
    ] {
        let seen = tag(&ada.get(show).await);
        for method in [Method::PUT, Method::PATCH] {
            let with = |tag: &str| {
                let (app, ada, tag, body) = (&app, &ada, tag.to_owned(), body.clone());
                let method = method.clone();
                async move {
                    ask(app, Some(ada), (method, change), (header::IF_MATCH, &tag), body).await
                }
            };
            let stale = with("\"stale\"").await;
            assert_eq!(
                stale.expect(StatusCode::PRECONDITION_FAILED)["code"],
                "precondition_failed"
            );
            if method == Method::PUT {
                assert_eq!(tag(&ada.get(show).await), seen, "{change} changed something");
                let done = with(&seen).await;
                done.expect(StatusCode::OK);
                assert_eq!(tag(&done), tag(&ada.get(show).await));
                with(&seen).await.expect(StatusCode::PRECONDITION_FAILED);
            }
            with("*").await.expect(StatusCode::OK);
        }
    }

    let path = format!("/api/comments/{}/", comment["id"]);
    let edited = json!({"body": "See you at eight!"});
    let stale = (header::IF_MATCH, "\"stale\"");
    let reply = ask(&app, Some(&ada), (Method::PATCH, &path), stale.clone(), edited.clone()).await;
    reply.expect(StatusCode::PRECONDITION_FAILED);
    let seen = tag(&ada.patch(&path, edited).await);
    for (path, seen) in [
        (path.as_str(), seen),
        ("/api/events/1/", tag(&ada.get("/api/events/1/").await)),
        ("/api/groups/1/delete/", tag(&ada.get("/api/groups/1/").await)),
    ] {
        let delete = |tag: String| {
            let (app, ada) = (&app, &ada);
            async move {
                ask(app, Some(ada), (Method::DELETE, path), (header::IF_MATCH, &tag), Value::Null)
                    .await
            }
        };
        delete("\"stale\"".to_owned()).await.expect(StatusCode::PRECONDITION_FAILED);
        // The event has lost a comment meanwhile, and its tag has changed with the count.
        let seen = if path == "/api/events/1/" { tag(&ada.get(path).await) } else { seen };
        delete(seen).await.expect(StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn who_may_not_change_something_hears_that_first() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    ada.event(json!({})).await;
    ada.group(json!({})).await;

    for path in ["/api/events/1/", "/api/groups/1/"] {
        let stale = (header::IF_MATCH, "\"stale\"");
        let reply = ask(&app, Some(&bola), (Method::PATCH, path), stale, json!({})).await;
        reply.expect(StatusCode::FORBIDDEN);
    }
}

/// On SQLite, an event is kept until a row of its own is written: also by a command beside the server.
#[tokio::test]
async fn what_another_process_wrote_is_shown_within_a_second() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    ada.event(json!({"title": "as it was made"})).await;
    let title = async || app.anonymous().get("/api/events/1/").await.json()["title"].clone();

    for number in 0..3 {
        let (before, after) = (title().await, format!("title {number}"));
        assert_eq!(title().await, before);
        run_sql(&app.url, &format!("update events set title = '{after}'"));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(title().await, after);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_saw_the_same_state_one_changes_it() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    ada.event(json!({})).await;
    let seen = tag(&ada.get("/api/events/1/").await);

    let mut writers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let (ada, seen) = (ada.clone(), seen.clone());
        writers.spawn(async move {
            let body = json!({"title": format!("title {number}")});
            let believed = (header::IF_MATCH, seen.as_str());
            ask(app, Some(&ada), (Method::PATCH, "/api/events/1/"), believed, body).await.status
        });
    }
    let done = writers.join_all().await;

    assert_eq!(done.iter().filter(|it| **it == StatusCode::OK).count(), 1);
    assert_eq!(done.iter().filter(|it| **it == StatusCode::PRECONDITION_FAILED).count(), 9);
}
