//! One client gets its share, hears what is left of it, and no more.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use owambe::http::limits::{Limits, Peer};
use serde_json::json;

use crate::helpers::{PASSWORD, Reply, TestApp};

async fn ask(app: &TestApp, peer: &str, method: Method, path: &str, forwarded: &str) -> Reply {
    let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    request.extensions_mut().insert(Peer(format!("{peer}:4711").parse().unwrap()));
    if !forwarded.is_empty() {
        request.headers_mut().insert("x-forwarded-for", forwarded.parse().unwrap());
    }
    app.send(request).await
}

fn all(reply: &Reply, name: &str) -> Vec<String> {
    let values = reply.headers.get_all(name).iter();
    values.map(|value| value.to_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn who_asks_too_often_to_sign_up_waits_and_others_do_not() {
    let app = TestApp::with_limits(Limits::new(Vec::new()));
    let sign_up = async |peer: &str| ask(&app, peer, Method::POST, "/api/users/register", "").await;

    let first = sign_up("192.0.2.1").await;
    first.expect(StatusCode::BAD_REQUEST);
    assert_eq!(
        all(&first, "ratelimit-policy"),
        ["\"requests\";q=3000;w=15", "\"sign-up\";q=20;w=3600"]
    );
    assert_eq!(all(&first, "ratelimit"), ["\"requests\";r=2999;t=1", "\"sign-up\";r=19;t=180"]);
    for _ in 1..20 {
        sign_up("192.0.2.1").await.expect(StatusCode::BAD_REQUEST);
    }
    let refused = sign_up("192.0.2.1").await;
    assert_eq!(refused.expect(StatusCode::TOO_MANY_REQUESTS)["code"], "too_many_requests");
    let wait: u64 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=181).contains(&wait), "{wait}");
    assert_eq!(all(&refused, "ratelimit").len(), 2);

    sign_up("192.0.2.2").await.expect(StatusCode::BAD_REQUEST);
    ask(&app, "192.0.2.1", Method::GET, "/api/events/", "").await.expect(StatusCode::OK);
}

#[tokio::test]
async fn what_a_stranger_says_of_its_address_is_not_believed() {
    let behind = TestApp::with_limits(Limits::new(vec!["10.0.0.0/8".parse().unwrap()]));
    let sign_up = async |peer: &str, forwarded: &str| {
        ask(&behind, peer, Method::POST, "/api/users/register/", forwarded).await.status
    };

    for number in 0..20 {
        let claimed = format!("203.0.113.{number}");
        assert_eq!(sign_up("192.0.2.1", &claimed).await, StatusCode::BAD_REQUEST);
        assert_eq!(sign_up("10.0.0.1", "198.51.100.7").await, StatusCode::BAD_REQUEST);
    }
    assert_eq!(sign_up("192.0.2.1", "203.0.113.99").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(sign_up("10.0.0.1", "198.51.100.7").await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(sign_up("10.0.0.1", "198.51.100.8").await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_account_uploads_so_much_wherever_it_is() {
    let app = TestApp::with_limits(Limits::new(Vec::new()));
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let upload = "/api/users/profile/avatar/";

    for _ in 0..60 {
        ada.put(upload, json!({})).await.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    ada.put(upload, json!({})).await.expect(StatusCode::TOO_MANY_REQUESTS);
    bola.put(upload, json!({})).await.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let fine = ada.get("/api/users/profile/").await;
    assert_eq!(all(&fine, "ratelimit-policy"), ["\"account\";q=600;w=30"]);
}

#[tokio::test]
async fn without_limits_nothing_is_counted() {
    let app = TestApp::new();
    for _ in 0..30 {
        let reply = ask(&app, "192.0.2.1", Method::POST, "/api/users/register/", "").await;
        reply.expect(StatusCode::BAD_REQUEST);
        assert!(!reply.headers.contains_key("ratelimit"));
    }
}

#[tokio::test]
async fn who_guesses_passwords_waits_longer_and_longer_and_the_owner_does_not() {
    let app = TestApp::with_limits(Limits::new(Vec::new()));
    app.person("ada").await;
    let sign_in = async |peer: &str, password: &str| {
        let body = json!({"username": "Ada", "password": password}).to_string();
        let mut request = Request::post("/api/users/login/").body(Body::from(body)).unwrap();
        request.extensions_mut().insert(Peer(format!("{peer}:4711").parse().unwrap()));
        app.send(request).await
    };

    for _ in 0..5 {
        sign_in("192.0.2.1", "guessing at noon").await.expect(StatusCode::UNAUTHORIZED);
    }
    let by_address = json!({"email": "ada@example.com", "password": PASSWORD}).to_string();
    let mut request = Request::post("/api/users/login/").body(Body::from(by_address)).unwrap();
    request.extensions_mut().insert(Peer("192.0.2.1:4711".parse().unwrap()));
    app.send(request).await.expect(StatusCode::TOO_MANY_REQUESTS);
    let refused = sign_in("192.0.2.1", PASSWORD).await;
    assert_eq!(refused.expect(StatusCode::TOO_MANY_REQUESTS)["code"], "too_many_requests");
    assert!(refused.headers.contains_key(header::RETRY_AFTER));
    sign_in("198.51.100.1", PASSWORD).await.expect(StatusCode::OK);
}

/// An invitation is a way to sign in and up: it is no way around the limits of those.
#[tokio::test]
async fn the_page_of_an_invitation_counts_as_signing_in_and_up() {
    let app = TestApp::with_limits(Limits::new(Vec::new()));
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let invitations = format!("/api/groups/{}/invitations/", group["id"]);
    let link = ada.post(&invitations, json!({})).await.expect(StatusCode::CREATED);
    let page = link["url"].as_str().unwrap().replace("http://owambe.test", "");
    let post = async |peer: &str, body: &'static str| {
        let mut request = Request::post(&page)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        request.extensions_mut().insert(Peer(format!("{peer}:4711").parse().unwrap()));
        app.send(request).await
    };

    let first = post("192.0.2.1", "is_new=true&username=x&email=x&password=x").await;
    assert_eq!(first.status, StatusCode::BAD_REQUEST);
    assert!(all(&first, "ratelimit-policy").iter().any(|it| it.starts_with("\"sign-in\"")));
    for _ in 1..20 {
        let more = post("192.0.2.1", "is_new=true&username=x&email=x&password=x").await;
        assert_eq!(more.status, StatusCode::BAD_REQUEST);
    }
    let refused = post("192.0.2.1", "is_new=true&username=x&email=x&password=x").await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(post("192.0.2.2", "username=ada&password=x").await.status, StatusCode::BAD_REQUEST);
}
