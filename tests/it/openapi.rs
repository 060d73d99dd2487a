//! The API's own description: that it is what is served, and the other way round.

use axum::http::{Method, StatusCode};
use insta::assert_snapshot;
use serde_json::Value;

use crate::helpers::TestApp;
use crate::house_rules::sources;

/// Every operation of the document: its method, its path, and what it says.
pub fn operations(document: &Value) -> Vec<(Method, String, Value)> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            found.push((method.to_uppercase().parse().unwrap(), path.clone(), operation.clone()));
        }
    }
    found
}

fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| if part.starts_with('{') { "404" } else { part })
        .collect::<Vec<_>>()
        .join("/")
}

/// Read what changed as a client would; then accept it with `INSTA_UPDATE=always`.
#[test]
fn the_document_changes_on_purpose() {
    assert_snapshot!(owambe::router::document().to_pretty_json().unwrap());
}

#[tokio::test]
async fn the_document_that_is_served_is_the_one_that_is_generated() {
    let app = TestApp::new();

    let served = app.anonymous().get("/api/openapi.json").await.expect(StatusCode::OK);

    let generated = owambe::router::document().to_json().unwrap();
    assert_eq!(served, serde_json::from_str::<Value>(&generated).unwrap());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn every_path_in_the_document_is_a_route_with_these_methods_and_no_others() {
    let app = TestApp::new();
    let document = app.anonymous().get("/api/openapi.json").await.json();

    for (path, item) in document["paths"].as_object().unwrap() {
        let reply = app.anonymous().send("PURGE".parse().unwrap(), &filled(path), None).await;
        reply.expect(StatusCode::METHOD_NOT_ALLOWED);

        let mut allowed: Vec<_> = reply.headers["allow"].to_str().unwrap().split(',').collect();
        allowed.retain(|method| *method != "HEAD");
        allowed.sort_unstable();
        let mut described: Vec<_> =
            item.as_object().unwrap().keys().map(|it| it.to_uppercase()).collect();
        described.sort_unstable();
        assert_eq!(allowed, described, "{path}");
    }
}

/// Routes are written down in one way only, which is what puts them into the document.
#[test]
fn every_route_is_in_the_document() {
    let is_door = |name: &str| name.ends_with("/api.rs") || name.ends_with("_api.rs");
    for (_, text) in sources().filter(|(name, _)| is_door(name)) {
        assert!(!text.contains(".route("), "use .routes(routes!(…)): .route( is not described");
        let handlers = text.matches("#[utoipa::path(").count();
        let described = text.matches("async fn ").count();
        assert!(handlers > 0 && handlers <= described);
    }
}

#[tokio::test]
async fn every_path_also_answers_without_its_last_slash() {
    let app = TestApp::new();
    let document = app.anonymous().get("/api/openapi.json").await.json();

    for (method, path, _) in operations(&document) {
        let with = app.anonymous().send(method.clone(), &filled(&path), None).await;
        let path = filled(&path);
        let without = app.anonymous().send(method.clone(), path.trim_end_matches('/'), None).await;
        assert_eq!(with.status, without.status, "{method} {path}");
        assert!(!with.status.is_redirection());
    }
}

#[tokio::test]
async fn who_has_to_sign_in_hears_it_and_the_document_says_it() {
    let app = TestApp::new();
    let document = app.anonymous().get("/api/openapi.json").await.json();

    for (method, path, operation) in operations(&document) {
        let open =
            operation["security"].as_array().unwrap().iter().any(|it| it == &serde_json::json!({}));
        let reply = app.anonymous().send(method.clone(), &filled(&path), None).await;
        assert_eq!(reply.status == StatusCode::UNAUTHORIZED, !open, "{method} {path}");
    }
}

#[test]
fn every_operation_is_described_in_full() {
    let document = serde_json::to_value(owambe::router::document()).unwrap();
    let mut ids = Vec::new();

    for (method, path, operation) in operations(&document) {
        for member in ["summary", "operationId", "tags", "security", "responses"] {
            assert!(!operation[member].is_null(), "{method} {path} has no {member}");
        }
        let is_file = path == "/images/{name}" || path.ends_with("interests.csv");
        assert!(path.ends_with('/') || is_file, "{path}");
        for (status, answer) in operation["responses"].as_object().unwrap() {
            let is_said = !answer["$ref"].is_null()
                || answer["description"].as_str().is_some_and(|it| !it.is_empty());
            assert!(is_said, "{method} {path} {status} says nothing");
        }
        ids.push(operation["operationId"].as_str().unwrap().to_owned());
    }
    let count = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), count, "an operationId is there twice");
}

/// What the reference says by hand is held against what is served.
#[test]
fn the_reference_names_every_route_and_every_error() {
    let reference = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/api.md"));
    let reference = reference.unwrap();
    let document = serde_json::to_value(owambe::router::document()).unwrap();

    for (method, path, _) in operations(&document) {
        let row = |line: &&str| {
            line.starts_with(&format!("| {method} |")) && line.contains(&format!("`{path}`"))
        };
        assert_eq!(reference.lines().filter(row).count(), 1, "{method} {path}");
    }
    for problem in owambe::http::problems::ALL {
        let row = format!("| {} | `{}` |", problem.status, problem.code);
        assert!(reference.contains(&row), "{row} is not in docs/api.md");
    }
    for parameter in document["paths"]["/api/events/"]["get"]["parameters"].as_array().unwrap() {
        let name = parameter["name"].as_str().unwrap();
        assert!(
            reference.contains(&format!("`{name}")) || reference.contains(&format!("`?{name}")),
            "{name}"
        );
    }
}

/// What a word is in the document is what it is on the wire, and every reference leads somewhere.
#[test]
fn the_document_speaks_the_language_of_the_wire() {
    fn walk(value: &Value, document: &Value) {
        if let Some(words) = value.get("enum").and_then(Value::as_array) {
            let is_lower = |word: &Value| word.as_str().is_some_and(|it| it == it.to_lowercase());
            assert!(words.iter().all(is_lower), "{value}");
        }
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            assert!(document.pointer(&reference[1..]).is_some(), "{reference} leads nowhere");
        }
        let inside = value.as_object().map(|it| it.values().collect::<Vec<_>>());
        for inner in
            inside.unwrap_or_default().into_iter().chain(value.as_array().into_iter().flatten())
        {
            walk(inner, document);
        }
    }

    let document = serde_json::to_value(owambe::router::document()).unwrap();
    walk(&document, &document);
    assert!(!document.to_string().contains("allOf"), "a field is two things at once");
    let status = &document["components"]["schemas"]["Event"]["properties"]["status"]["enum"];
    assert_eq!(*status, serde_json::json!(["scheduled", "cancelled", "draft"]));
}

/// In what goes out no field ever disappears, but for those that are there only when asked for.
#[test]
fn what_goes_out_has_all_of_its_fields() {
    let document = serde_json::to_value(owambe::router::document()).unwrap();

    for (schema, asked_for) in [
        ("Event", vec!["distance"]),
        ("Comment", vec![]),
        ("Image", vec![]),
        ("Group", vec![]),
        ("Ban", vec![]),
        ("Invitation", vec![]),
        ("JoinRequest", vec![]),
        ("Announcement", vec![]),
        ("Deed", vec![]),
        ("Interest", vec![]),
        ("OwnUser", vec![]),
        ("User", vec![]),
        ("Session", vec![]),
        ("List_Event", vec!["count"]),
        ("Problem", vec!["errors"]),
    ] {
        let schema = &document["components"]["schemas"][schema];
        let required = schema["required"].as_array().unwrap();
        let mut optional: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        optional.retain(|name| !required.iter().any(|it| it == *name));
        assert_eq!(optional, asked_for, "{schema}");
    }
}

/// Every code that an error can have has a page that explains it.
#[tokio::test]
async fn every_problem_has_a_page() {
    let app = TestApp::new();

    for problem in owambe::http::problems::ALL {
        let page = app.anonymous().get(&format!("/problems/{}", problem.code)).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text.contains(problem.title), "{}", page.text);
    }
    app.anonymous().get("/problems/unheard_of").await.expect(StatusCode::NOT_FOUND);
    let source =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/error.rs")).unwrap();
    for code in source.split("=> \"").skip(1).map(|it| it.split('"').next().unwrap()) {
        assert!(
            owambe::http::problems::ALL.iter().any(|it| it.code == code),
            "{code} is not explained"
        );
    }
}
