use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use chrono::TimeDelta;
use owambe::clock;
use owambe::sessions::{self, token};
use owambe::users;
use serde_json::json;

use crate::helpers::{PASSWORD, TestApp};

const REGISTER: &str = "/api/users/register/";
const LOGIN: &str = "/api/users/login/";
const REFRESH: &str = "/api/users/token/refresh/";
const PROFILE: &str = "/api/users/profile/";

fn ada() -> serde_json::Value {
    json!({"username": "ada", "email": "ada@example.com", "password": PASSWORD})
}

#[tokio::test]
async fn who_signs_up_is_signed_in() {
    let app = TestApp::new();

    let session = app.anonymous().post(REGISTER, ada()).await.expect(StatusCode::CREATED);
    assert_eq!(session["token_type"], "Bearer");
    assert_eq!(session["expires_in"], 900);
    assert_eq!(session["user"]["email"], "ada@example.com");

    let access = app.with_token(session["access"].as_str().unwrap());
    assert_eq!(access.get(PROFILE).await.expect(StatusCode::OK), session["user"]);
}

#[tokio::test]
async fn everything_wrong_with_a_registration_is_said_at_once() {
    let app = TestApp::new();
    app.person("ada").await;
    let anonymous = app.anonymous();

    let faults = anonymous.post(REGISTER, json!({})).await.faults();
    assert_eq!(faults, ["email", "password", "username"]);
    let faults = anonymous.post(REGISTER, json!({"username": "ADA", "email": "x"})).await.faults();
    assert_eq!(faults, ["email", "password", "username"]);
    let all = json!({"username": "ADA", "email": "x", "password": "password"});
    assert_eq!(anonymous.post(REGISTER, all).await.faults(), ["email", "password", "username"]);

    let mut weak = ada();
    weak["username"] = "bola".into();
    weak["email"] = "bola@example.com".into();
    for password in ["short", "password123", "bola@example.com", &"x".repeat(129)] {
        weak["password"] = password.into();
        assert_eq!(
            anonymous.post(REGISTER, weak.clone()).await.faults(),
            ["password"],
            "{password}"
        );
    }
}

#[tokio::test]
async fn of_two_who_sign_up_under_one_name_at_once_one_hears_why_not() {
    let app = TestApp::new();
    let anonymous = app.anonymous();

    let (one, other) =
        tokio::join!(anonymous.post(REGISTER, ada()), anonymous.post(REGISTER, ada()));

    let (winner, loser) =
        if one.status == StatusCode::CREATED { (one, other) } else { (other, one) };
    winner.expect(StatusCode::CREATED);
    assert!(loser.faults().contains(&"username".to_owned()) || loser.faults() == ["email"]);
}

#[tokio::test]
async fn either_field_takes_name_or_address_whatever_the_case() {
    let app = TestApp::new();
    app.person("ada").await;

    for (field, login) in [
        ("username", "ada"),
        ("username", "ADA@example.com"),
        ("email", "ada@Example.com"),
        ("email", "Ada"),
    ] {
        let reply = app.anonymous().post(LOGIN, json!({field: login, "password": PASSWORD})).await;
        reply.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_get_the_same_answer() {
    let app = TestApp::new();
    app.person("ada").await;

    let wrong = app.anonymous().post(LOGIN, json!({"username": "ada", "password": "x"})).await;
    let unknown = app.anonymous().post(LOGIN, json!({"username": "bola", "password": "x"})).await;

    wrong.expect(StatusCode::UNAUTHORIZED);
    assert_eq!(wrong.headers[header::WWW_AUTHENTICATE], "Bearer");
    assert_eq!(wrong.without_request_id(), unknown.without_request_id());
    assert_eq!(app.anonymous().post(LOGIN, json!({})).await.faults(), ["password", "username"]);
    let half = app.anonymous().post(LOGIN, json!({"username": "ada"})).await;
    assert_eq!(half.faults(), ["password"]);
}

#[tokio::test]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_session() {
    let app = TestApp::new();
    let session = app.anonymous().post(REGISTER, ada()).await.expect(StatusCode::CREATED);
    let refresh = |token: &serde_json::Value| {
        let (anonymous, body) = (app.anonymous(), json!({"refresh": token}));
        async move { anonymous.post(REFRESH, body).await }
    };

    let next = refresh(&session["refresh"]).await.expect(StatusCode::OK);
    assert_ne!(next["refresh"], session["refresh"]);
    let access = app.with_token(next["access"].as_str().unwrap());
    access.get(PROFILE).await.expect(StatusCode::OK);

    refresh(&session["refresh"]).await.expect(StatusCode::UNAUTHORIZED);
    refresh(&next["refresh"]).await.expect(StatusCode::UNAUTHORIZED);
    access.get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn of_two_who_refresh_at_once_only_one_is_served() {
    let app = TestApp::new();
    let session = app.anonymous().post(REGISTER, ada()).await.expect(StatusCode::CREATED);
    let body = json!({"refresh": session["refresh"]});

    let anonymous = app.anonymous();
    let (one, other) =
        tokio::join!(anonymous.post(REFRESH, body.clone()), anonymous.post(REFRESH, body));

    let served = [one.status, other.status].iter().filter(|it| **it == StatusCode::OK).count();
    assert_eq!(served, 1);
}

#[tokio::test]
async fn one_kind_of_token_is_not_taken_for_the_other() {
    let app = TestApp::new();
    let session = app.anonymous().post(REGISTER, ada()).await.expect(StatusCode::CREATED);

    let refresh = app.with_token(session["refresh"].as_str().unwrap());
    refresh.get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
    let body = json!({"refresh": session["access"]});
    app.anonymous().post(REFRESH, body).await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_no_other() {
    let app = TestApp::new();
    let here = app.person("ada").await;
    let elsewhere = app.with_token(&app.token(&here.user, true).await);

    here.post("/api/users/logout/", json!({})).await.expect(StatusCode::NO_CONTENT);

    here.get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
    elsewhere.get(PROFILE).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions_at_once() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let elsewhere = app.with_token(&app.token(&ada.user, true).await);
    let path = "/api/users/password/change/";

    let wrong = json!({"current_password": "x", "new_password": "12345678"});
    assert_eq!(ada.post(path, wrong).await.faults(), ["current_password", "new_password"]);
    elsewhere.get(PROFILE).await.expect(StatusCode::OK);

    let right = json!({"current_password": PASSWORD, "new_password": "suya after midnight"});
    ada.post(path, right).await.expect(StatusCode::NO_CONTENT);

    ada.get(PROFILE).await.expect(StatusCode::OK);
    elsewhere.get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
    let login = |password| {
        let (anonymous, body) = (app.anonymous(), json!({"username": "ada", "password": password}));
        async move { anonymous.post(LOGIN, body).await.status }
    };
    assert_eq!(login(PASSWORD).await, StatusCode::UNAUTHORIZED);
    assert_eq!(login("suya after midnight").await, StatusCode::OK);
}

#[tokio::test]
async fn a_bad_token_is_refused_everywhere_also_where_none_is_needed() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let expired = app.token(&ada.user, false).await;
    let forged = format!("{}x", ada.token.as_deref().unwrap());

    for token in [expired.as_str(), &forged, "nonsense", ""] {
        for path in ["/api/events/", PROFILE, "/api/users/1/", "/api/nowhere/"] {
            let reply = app.with_token(token).get(path).await;
            reply.expect(StatusCode::UNAUTHORIZED);
            assert_eq!(reply.headers[header::WWW_AUTHENTICATE], "Bearer");
        }
    }
}

#[tokio::test]
async fn what_is_no_bearer_token_is_refused_as_well() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let token = ada.token.as_deref().unwrap();

    for (header, status) in [
        (format!("bearer {token}"), StatusCode::OK),
        (format!("Token {token}"), StatusCode::UNAUTHORIZED),
        ("Basic YWRhOng=".to_owned(), StatusCode::UNAUTHORIZED),
        (token.to_owned(), StatusCode::UNAUTHORIZED),
        (String::new(), StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::get("/api/events/").header(header::AUTHORIZATION, &header);
        let reply = app.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, status, "{header}");
    }
}

#[tokio::test]
async fn a_token_of_another_site_is_refused() {
    let (here, there) = (TestApp::new(), TestApp::new());
    here.person("ada").await;
    let stranger = there.person("ada").await;

    let reply = here.with_token(stranger.token.as_deref().unwrap()).get(PROFILE).await;

    reply.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_that_nobody_used_for_a_month_is_over() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let id = ada.user.id;
    let session = app.write(move |tx| sessions::create(tx, id)).await;
    let refresh = token::refresh(&app.app.site, &session, session.created_at).unwrap();

    app.write(|tx| {
        let long_ago = diesel::sql_query("update sessions set expires_at = created_at");
        diesel::RunQueryDsl::execute(long_ago, tx.conn())?;
        Ok(())
    })
    .await;

    let access = token::access(&app.app.site, &session, owambe::clock::now()).unwrap();
    app.with_token(&access).get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
    app.write(sessions::sweep).await;
    assert!(app.db.read(move |conn| sessions::list(conn, id)).await.unwrap().is_empty());
    app.with_token(&access).get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
    let body = json!({"refresh": refresh});
    app.anonymous().post(REFRESH, body).await.expect(StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_hash_of_a_password_never_leaves_the_site() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let id = ada.user.id;
    let hash = app.db.read(move |conn| users::password_hash(conn, id)).await.unwrap();

    for path in [PROFILE, "/api/users/profile/export/", &format!("/api/users/{id}/")] {
        assert!(!ada.get(path).await.text.contains(&hash), "{path}");
    }
}

/// Whose a token is, is kept: not for longer than it is good for.
#[tokio::test]
async fn a_token_that_was_let_in_is_refused_once_it_has_run_out() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let id = ada.user.id;
    let session = app.write(move |tx| sessions::create(tx, id)).await;
    let signed = clock::now().plus(TimeDelta::seconds(2) - token::ACCESS_LIFETIME);
    let token = token::access(&app.app.site, &session, signed).unwrap();
    let visitor = app.with_token(&token);

    for _ in 0..3 {
        visitor.get(PROFILE).await.expect(StatusCode::OK);
    }
    let end = signed.plus(token::ACCESS_LIFETIME);
    while clock::now() <= end {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    visitor.get(PROFILE).await.expect(StatusCode::UNAUTHORIZED);
}
