//! Whatever arrives gets the contract's error, and leaves nothing behind.

use std::convert::Infallible;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use serde_json::json;

use crate::helpers::{Reply, TestApp};

const CREATE: &str = "/api/events/create/";

fn problem(reply: &Reply, status: u16, code: &str) {
    let body = reply.expect(StatusCode::from_u16(status).unwrap());
    assert_eq!(reply.headers[header::CONTENT_TYPE], "application/problem+json");
    assert_eq!(body["type"], format!("http://owambe.test/problems/{code}"));
    assert_eq!((&body["status"], &body["code"]), (&json!(status), &json!(code)));
    assert!(
        !body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty()
    );
    assert_eq!(body["request_id"], reply.headers["x-request-id"].to_str().unwrap());
    assert_eq!(body.get("errors").is_some(), code == "invalid");
}

#[tokio::test]
async fn what_cannot_be_read_is_malformed() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let nested = format!("{{\"title\": {}", "[".repeat(5_000));
    let deep = format!("{{\"title\": {}{}}}", "[".repeat(5_000), "]".repeat(5_000));

    for body in [
        r#"{"title": "Owambe", "start_"#,
        "{",
        "}",
        "nonsense",
        "{\"title\": 'x'}",
        "{,}",
        &nested,
        &deep,
        "{\"title\": \"\\ud800\"}",
        "{\"title\": \"a\tb\"}",
        "{\"title\": 1e999}",
    ] {
        let reply = ada.send_text(Method::POST, CREATE, "application/json", body.to_owned()).await;
        problem(&reply, 400, "malformed");
    }
    let latin =
        ada.send_text(Method::POST, CREATE, "application/json", b"{\"title\": \"\xe9\"}".to_vec());
    problem(&latin.await, 400, "malformed");
    for (kind, body) in
        [("multipart/form-data", "x"), ("multipart/form-data; boundary=x", "--x\r\nbroken")]
    {
        problem(&ada.send_text(Method::POST, CREATE, kind, body).await, 400, "malformed");
    }
    assert_eq!(ada.ids("/api/events/").await, [0; 0]);
}

#[tokio::test]
async fn what_is_no_object_or_holds_the_wrong_things_is_invalid() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    for body in ["[]", "7", "null", "\"title\"", " [ {} ] "] {
        let reply = ada.send_text(Method::POST, CREATE, "application/json", body).await;
        problem(&reply, 400, "invalid");
        assert_eq!(reply.faults(), ["non_field_errors"]);
    }
    for body in ["", "{}", " \n"] {
        let reply = ada.send_text(Method::POST, CREATE, "application/json", body).await;
        assert_eq!(reply.faults(), ["start_date", "title"]);
    }
    for title in [json!("a\u{0}b"), json!(7), json!({}), json!([]), json!(true), json!(null)] {
        let event = json!({"title": title, "start_date": "2030-01-01"});
        assert_eq!(ada.post(CREATE, event).await.faults(), ["title"]);
    }
    for capacity in
        [json!(1.5), json!("5"), json!(-1), json!(1e30), json!(9_223_372_036_854_775_808_u64)]
    {
        let event = json!({"title": "x", "start_date": "2030-01-01", "capacity": capacity});
        assert_eq!(ada.post(CREATE, event).await.faults(), ["capacity"]);
    }
}

#[tokio::test]
async fn too_much_is_refused_whatever_it_calls_itself() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let long = "x".repeat(3_000_000);

    for (kind, body) in [
        ("application/json", format!("{{\"title\": \"{long}\"}}")),
        ("application/x-www-form-urlencoded", format!("title={long}")),
        (
            "multipart/form-data; boundary=x",
            format!(
                "--x\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\n{long}\r\n--x--\r\n"
            ),
        ),
    ] {
        problem(&ada.send_text(Method::POST, CREATE, kind, body).await, 413, "too_large");
    }
}

#[tokio::test]
async fn an_unknown_kind_of_body_is_named() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    for kind in ["application/xml", "image/png", "text/html", "x"] {
        problem(
            &ada.send_text(Method::POST, CREATE, kind, "{}").await,
            415,
            "unsupported_media_type",
        );
    }
}

#[tokio::test]
async fn what_names_nothing_is_not_found() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    for path in [
        "/api/nowhere/",
        "/api/",
        "/api/events/404/",
        "/api/events/0/",
        "/api/events/-1/",
        "/api/events/abc/",
        "/api/events/1.5/",
        "/api/events/99999999999999999999999/",
        "/api/events/%00/",
        "/api/events/1%2F/",
        "/api/users/9223372036854775807/",
    ] {
        problem(&ada.get(path).await, 404, "not_found");
    }
}

#[tokio::test]
async fn a_method_that_is_not_served_is_told_which_are() {
    let app = TestApp::new();

    let reply = app.anonymous().send(Method::POST, "/api/events/1/", None).await;
    problem(&reply, 405, "method_not_allowed");
    assert_eq!(reply.headers["allow"], "GET,HEAD,PUT,PATCH,DELETE");
    let reply = app.anonymous().send("BREW".parse().unwrap(), "/api/events/", None).await;
    problem(&reply, 405, "method_not_allowed");
    let reply = app.anonymous().send(Method::HEAD, "/api/events/", None).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::OK, ""));
}

#[tokio::test]
async fn a_body_that_breaks_off_or_never_ends_is_refused() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let start = Ok::<_, std::io::Error>(Bytes::from_static(b"{\"title\": \""));

    let broken = futures_util::stream::iter([start, Err(std::io::Error::other("gone"))]);
    let broken = ada.send_text(Method::POST, CREATE, "application/json", Body::from_stream(broken));
    problem(&broken.await, 400, "malformed");

    tokio::time::pause();
    let endless = futures_util::stream::pending::<Result<Bytes, Infallible>>();
    let endless =
        ada.send_text(Method::POST, CREATE, "application/json", Body::from_stream(endless));
    problem(&endless.await, 408, "too_slow");
}

#[tokio::test]
async fn a_sane_request_id_comes_back_and_others_are_replaced() {
    let app = TestApp::new();
    let send = |id: &'static str| {
        let request = Request::get("/api/events/404/").header("x-request-id", id);
        app.send(request.body(Body::empty()).unwrap())
    };

    assert_eq!(send("Trace-1.a_B").await.headers["x-request-id"], "Trace-1.a_B");
    for insane in ["", "a b", "<script>", "ọ", "x".repeat(101).leak() as &str] {
        assert_ne!(send(insane).await.headers["x-request-id"], insane);
    }
    let fine = app.anonymous().get("/api/events/").await;
    assert_eq!(fine.headers["x-request-id"].len(), 32);
}

#[tokio::test]
async fn scripts_of_other_sites_may_call_the_api_and_see_its_errors() {
    let app = TestApp::new();
    let preflight = Request::options("/api/events/1/")
        .header("origin", "https://party.example")
        .header("access-control-request-method", "PATCH")
        .header("access-control-request-headers", "authorization,content-type");

    let reply = app.send(preflight.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(reply.headers["access-control-allow-origin"], "*");
    assert_eq!(reply.headers["access-control-allow-headers"], "authorization,content-type");
    assert!(reply.headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
    assert!(reply.headers.contains_key("access-control-max-age"));
    let curious = Request::options("/api/events/1/").body(Body::empty()).unwrap();
    assert_eq!(app.send(curious).await.status, StatusCode::OK);

    let missing = Request::get("/api/events/404/").header("origin", "https://party.example");
    let reply = app.send(missing.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.headers["access-control-allow-origin"], "*");
    let page = Request::get("/").header("origin", "https://party.example");
    let reply = app.send(page.body(Body::empty()).unwrap()).await;
    assert!(!reply.headers.contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn a_person_gets_a_page_where_a_program_gets_a_problem() {
    let app = TestApp::new();

    let request = Request::get("/nowhere").header("accept", "text/html,*/*");
    let page = app.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("Sorry, no such page") && page.text.contains("<html"));
    assert!(page.text.contains(page.headers["x-request-id"].to_str().unwrap()));

    problem(&app.anonymous().get("/nowhere").await, 404, "not_found");
    let home = app.anonymous().get("/").await;
    assert!(home.text.contains("/api/docs/"));
    let docs = app.anonymous().get("/api/docs").await;
    assert!(docs.text.contains("swagger-ui"));
    assert_eq!(app.anonymous().get("/api/docs/swagger-ui.css").await.status, StatusCode::OK);
    for health in ["/health/live", "/health/ready"] {
        assert_eq!(app.anonymous().get(health).await.text, r#"{"status":"ok"}"#);
    }
}
