//! What is sent again is done once, and answered as the first time.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use owambe::sessions::mailbox;
use owambe::users;

use crate::helpers::{PASSWORD, Reply, TestApp, picture};
use crate::openapi::operations;

async fn post(app: &TestApp, token: Option<&str>, path: &str, key: &str, body: &Value) -> Reply {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("idempotency-key", key)
        .header(header::CONTENT_TYPE, "application/json");
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn is_replay(reply: &Reply) -> bool {
    reply.headers.contains_key("idempotency-replayed")
}

/// The same answer, but for what names the request.
#[track_caller]
fn assert_same(one: &Reply, other: &Reply) {
    assert_eq!((one.status, &one.text), (other.status, &other.text));
    for header in [header::CONTENT_TYPE, header::LOCATION, header::ETAG] {
        assert_eq!(one.headers.get(&header), other.headers.get(&header), "{header}");
    }
    assert!(!is_replay(one) && is_replay(other));
}

#[tokio::test]
async fn the_same_request_is_done_once_and_answered_twice() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = json!({"title": "Jollof Night", "start_date": "2030-06-01"});
    let send = async |path: &str, body: &Value| {
        post(&app, ada.token.as_deref(), path, "key-1", body).await
    };

    let first = send("/api/events/create/", &event).await;
    let again = send("/api/events/create/", &event).await;
    let without_slash = send("/api/events/create", &event).await;

    first.expect(StatusCode::CREATED);
    assert!(
        first.headers.contains_key(header::LOCATION) && first.headers.contains_key(header::ETAG)
    );
    assert_same(&first, &again);
    assert_same(&first, &without_slash);
    assert_eq!(ada.ids("/api/events/").await.len(), 1);
    assert_ne!(first.headers["x-request-id"], again.headers["x-request-id"]);
}

#[tokio::test]
async fn another_body_path_or_person_is_another_request() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = json!({"title": "Jollof Night", "start_date": "2030-06-01"});
    let (ada, bola) = (ada.token.as_deref(), bola.token.as_deref());
    post(&app, ada, "/api/events/", "key", &event).await.expect(StatusCode::CREATED);

    let other = json!({"title": "Suya Night", "start_date": "2030-06-01"});
    let reused = post(&app, ada, "/api/events/", "key", &other).await;
    assert_eq!(reused.expect(StatusCode::UNPROCESSABLE_ENTITY)["code"], "idempotency_key_reused");
    let reused = post(&app, ada, "/api/groups/", "key", &event).await;
    reused.expect(StatusCode::UNPROCESSABLE_ENTITY);
    post(&app, bola, "/api/events/", "key", &event).await.expect(StatusCode::CREATED);
    assert_eq!(app.anonymous().ids("/api/events/").await.len(), 2);
}

/// Every POST of the API, so that none forgets to keep its answer.
#[tokio::test]
async fn every_post_keeps_its_answer() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "See you there!").await;
    let group = ada.group(json!({})).await;
    let waiting = ada.group(json!({"visibility": "closed"})).await;
    bola.post(&format!("/api/groups/{}/requests/", waiting["id"]), json!({}))
        .await
        .expect(StatusCode::CREATED);
    let closed = bola.group(json!({"visibility": "closed"})).await;
    let invites = async |body: Value| {
        let group = bola.group(json!({})).await;
        let path = format!("/api/groups/{}/invitations/", group["id"]);
        bola.post(&path, body).await.expect(StatusCode::CREATED)
    };
    let invitation = invites(json!({"username": "ada"})).await;
    let link = invites(json!({})).await;
    let token = link["url"].as_str().unwrap().split_once("token=").unwrap().1.to_owned();
    let login = json!({"username": "ada", "password": PASSWORD});
    let session = app.anonymous().post("/api/users/login/", login.clone()).await.json();
    let new = json!({"username": "chidi", "email": "chidi@example.com", "password": PASSWORD});
    let change = json!({"current_password": PASSWORD, "new_password": "suya at midnight"});
    let event_body = json!({"title": "x", "start_date": "2030-01-01"});
    ada.comment(&event, "Bring a friend.").await;
    bola.comment(&event, "I bring two.").await;
    let told = ada.ids("/api/notifications/").await[0];
    let (site, bola_user) = (app.app.site.clone(), bola.user.clone());
    let hash = app.write(move |tx| users::password_hash(tx, bola_user.id)).await;
    let verify = mailbox::verification_url(&site, &bola.user).unwrap();
    let reset = mailbox::reset_url(&site, &bola.user, &hash).unwrap();
    let after = |url: &str| url.split_once("token=").unwrap().1.to_owned();
    let body = |path: &str| match path {
        "/api/users/email/verify/" => json!({"token": after(&verify)}),
        "/api/users/password/reset/" => json!({"email": "ada@example.com"}),
        "/api/users/password/reset/confirm/" => {
            json!({"token": after(&reset), "new_password": "suya at midnight"})
        }
        "/api/users/register/" => new.clone(),
        "/api/users/login/" => login.clone(),
        "/api/users/token/refresh/" => json!({"refresh": session["refresh"]}),
        "/api/users/password/change/" => change.clone(),
        "/api/events/" | "/api/events/create/" => event_body.clone(),
        "/api/groups/" => json!({"name": "Jollof Society"}),
        "/api/events/{id}/comments/" => json!({"body": "Me too!"}),
        "/api/groups/{id}/announcements/" => json!({"title": "We move", "body": "To the park."}),
        "/api/invitations/accept/" => json!({"token": token}),
        _ => json!({}),
    };
    let document = serde_json::to_value(owambe::router::document()).unwrap();
    let mut posts: Vec<String> = operations(&document)
        .into_iter()
        .filter(|(method, ..)| method == Method::POST)
        .map(|(_, path, _)| path)
        .collect();
    // What ends the session, or changes the password, comes last.
    posts.sort_by_key(|path| (path.contains("logout"), path.contains("password"), path.clone()));
    assert!(posts.len() >= 12, "{posts:?}");

    for path in posts {
        let id = if path.contains("/groups/") { &group["id"] } else { &event["id"] };
        let told = json!(told);
        let id = match path.as_str() {
            path if path.contains("/comments/{id}") => &comment["id"],
            path if path.contains("/notifications/{id}") => &told,
            "/api/groups/{id}/requests/" => &closed["id"],
            "/api/invitations/{id}/accept/" => &invitation["id"],
            _ => id,
        };
        let host = if path.contains("/requests/") { &waiting["id"] } else { &group["id"] };
        let filled = path
            .replace("{id}", &id.to_string())
            .replace("{group_id}", &host.to_string())
            .replace("{event_id}", &event["id"].to_string());
        let member = if path.starts_with("/api/groups/") { bola.id() } else { ada.id() };
        let filled = filled.replace("{user_id}", &member.to_string());
        if path.ends_with("/images/") {
            let png = picture(3, 2);
            let send = async || {
                let head = "--x\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\n";
                let body = [head.as_bytes(), &png, b"\r\n--x--\r\n"].concat();
                let request = Request::post(&filled)
                    .header("idempotency-key", "picture")
                    .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
                    .header(
                        header::AUTHORIZATION,
                        format!("Bearer {}", ada.token.as_deref().unwrap()),
                    );
                app.send(request.body(Body::from(body)).unwrap()).await
            };
            let first = send().await;
            assert_same(&first, &send().await);
            assert_eq!(app.anonymous().ids(&filled).await.len(), 1);
            continue;
        }
        let first = post(&app, ada.token.as_deref(), &filled, &path, &body(&path)).await;
        assert!(first.status.is_success(), "{path}: {}", first.text);
        if path.contains("logout") {
            continue;
        }
        let again = post(&app, ada.token.as_deref(), &filled, &path, &body(&path)).await;
        assert_same(&first, &again);
    }
}

#[tokio::test]
async fn what_was_refused_for_good_stays_so_and_what_may_go_better_is_tried_again() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let token = ada.token.as_deref();
    let send = async |path: &str, key: &str, body: &Value| post(&app, token, path, key, body).await;

    let wrong = send("/api/events/", "wrong", &json!({})).await;
    wrong.expect(StatusCode::BAD_REQUEST);
    assert_same(&wrong, &send("/api/events/", "wrong", &json!({})).await);
    let fixed = json!({"title": "x", "start_date": "2030-01-01"});
    send("/api/events/", "wrong", &fixed).await.expect(StatusCode::UNPROCESSABLE_ENTITY);

    let event = ada.event(json!({"status": "cancelled"})).await;
    let going = format!("/api/users/{}/interests/{}/", ada.id(), event["id"]);
    send(&going, "going", &json!({})).await.expect(StatusCode::CONFLICT);
    let path = format!("/api/events/{}/", event["id"]);
    ada.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    send(&going, "going", &json!({})).await.expect(StatusCode::CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn however_often_it_is_sent_at_once_it_is_done_once() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    let mut sending = JoinSet::new();
    for _ in 0..24 {
        let token = ada.token.clone();
        sending.spawn(async move {
            let event = json!({"title": "Jollof Night", "start_date": "2030-06-01"});
            post(app, token.as_deref(), "/api/events/", "key", &event).await
        });
    }
    let replies = sending.join_all().await;

    for reply in &replies {
        match reply.status {
            StatusCode::CREATED => {}
            StatusCode::CONFLICT => assert_eq!(reply.json()["code"], "idempotency_in_progress"),
            other => panic!("{other} {}", reply.text),
        }
    }
    let made = replies.iter().filter(|it| it.status == StatusCode::CREATED && !is_replay(it));
    assert_eq!(made.count(), 1);
    assert_eq!(ada.ids("/api/events/").await.len(), 1);
}

#[tokio::test]
async fn a_key_is_forgotten_after_a_day_and_a_dead_request_after_minutes() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = json!({"title": "Jollof Night", "start_date": "2030-06-01"});
    let send = async || post(&app, ada.token.as_deref(), "/api/events/", "key", &event).await;
    send().await.expect(StatusCode::CREATED);

    app.sql("update idempotency_keys set created_at = '2000-01-01 00:00:00'").await;
    assert!(!is_replay(&send().await));

    // As after a crash between the key and the work.
    app.sql("update idempotency_keys set status = null, body = null").await;
    assert_eq!(send().await.expect(StatusCode::CONFLICT)["code"], "idempotency_in_progress");
    app.sql("update idempotency_keys set running_until = '2000-01-01 00:00:00'").await;
    assert!(!is_replay(&send().await));
    assert!(is_replay(&send().await));

    app.sql("update idempotency_keys set created_at = '2000-01-01 00:00:00'").await;
    app.write(owambe::http::idempotency::sweep).await;
    assert!(!is_replay(&send().await));
}

#[tokio::test]
async fn a_key_is_text_that_can_be_seen_and_other_methods_need_none() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = json!({"title": "x", "start_date": "2030-01-01"});
    for key in ["", "a b", &"x".repeat(256)] {
        let refused = post(&app, ada.token.as_deref(), "/api/events/", key, &event).await;
        assert_eq!(refused.expect(StatusCode::BAD_REQUEST)["code"], "malformed", "{key:?}");
    }
    let get = Request::get("/api/events/").header("idempotency-key", "key").body(Body::empty());
    app.send(get.unwrap()).await.expect(StatusCode::OK);
    post(&app, Some("nonsense"), "/api/events/", "key", &event)
        .await
        .expect(StatusCode::UNAUTHORIZED);
}

/// The very case that keys are for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_hangs_up_gets_the_answer_when_they_ask_again() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let send = async || {
        let new = json!({"username": "ada", "email": "ada@example.com", "password": PASSWORD});
        post(app, None, "/api/users/register/", "key", &new).await
    };

    // The client goes as soon as the key is noted, while the password is being hashed.
    let hanging_up = tokio::spawn(send());
    while app.count("select count(*) from idempotency_keys").await == 0 {}
    hanging_up.abort();
    let reply = loop {
        let reply = send().await;
        match reply.status {
            StatusCode::CONFLICT => assert!(reply.headers.contains_key(header::RETRY_AFTER)),
            _ => break reply,
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };

    reply.expect(StatusCode::CREATED);
    assert!(is_replay(&reply));
}

/// Who reads the database reads no tokens there.
#[tokio::test]
async fn kept_answers_are_sealed() {
    let app = TestApp::new();
    let new = json!({"username": "ada", "email": "ada@example.com", "password": PASSWORD});
    let session =
        post(&app, None, "/api/users/register/", "key", &new).await.expect(StatusCode::CREATED);

    let body = diesel::dsl::sql::<diesel::sql_types::Binary>("select body from idempotency_keys");
    let body: Vec<u8> =
        app.db.read_slow(|conn| Ok(diesel::RunQueryDsl::get_result(body, conn)?)).await.unwrap();

    let refresh = session["refresh"].as_str().unwrap().as_bytes();
    assert!(body.len() > refresh.len());
    assert!(!body.windows(12).any(|part| part == &refresh[..12] || part == b"access_token"));
    let wrong =
        json!({"username": "ada", "email": "ada@example.com", "password": "guessing at noon"});
    let stranger = post(&app, None, "/api/users/register/", "key", &wrong).await;
    stranger.expect(StatusCode::UNPROCESSABLE_ENTITY);
}
