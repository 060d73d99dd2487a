use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::helpers::{Person, TestApp};

fn path(group: &Value) -> String {
    format!("/api/groups/{}/", group["id"])
}

fn member(group: &Value, who: &Person<'_>) -> String {
    format!("/api/groups/{}/members/{}/", group["id"], who.id())
}

async fn joins(who: &Person<'_>, group: &Value) -> StatusCode {
    who.send(Method::POST, &member(group, who), None).await.status
}

#[tokio::test]
async fn who_makes_a_group_owns_it() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let group = ada.group(json!({"description": "One pot, many opinions."})).await;

    assert_eq!((&group["visibility"], &group["member_count"]), (&json!("open"), &json!(1)));
    assert_eq!(
        (&group["owner"]["username"], &group["viewer"]),
        (&json!("ada"), &json!({"role": "owner", "following": false}))
    );
    let seen = app.anonymous().get(&path(&group)).await.expect(StatusCode::OK);
    assert_eq!((&seen["viewer"], &seen["image"]), (&json!(null), &json!(null)));
    assert_eq!(
        ada.post("/api/groups/", json!({"visibility": "hidden"})).await.faults(),
        ["name", "visibility"]
    );
}

#[tokio::test]
async fn a_patch_changes_what_is_there_and_a_put_replaces_the_rest() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let group = ada.group(json!({"description": "x", "visibility": "closed"})).await;

    let patched =
        ada.patch(&path(&group), json!({"name": "Suya Society"})).await.expect(StatusCode::OK);
    assert_eq!((&patched["name"], &patched["description"]), (&json!("Suya Society"), &json!("x")));
    let founding = format!("{}update/", path(&group));
    assert_eq!(ada.put(&founding, json!({})).await.faults(), ["name"]);
    let replaced =
        ada.put(&founding, json!({"name": "Akara Society"})).await.expect(StatusCode::OK);
    assert_eq!((&replaced["description"], &replaced["visibility"]), (&json!(""), &json!("open")));
}

#[tokio::test]
async fn an_open_group_is_joined_by_anyone_and_a_closed_one_by_invitation() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let (open, closed) =
        (ada.group(json!({})).await, ada.group(json!({"visibility": "closed"})).await);

    assert_eq!(joins(&bola, &open).await, StatusCode::CREATED);
    assert_eq!(joins(&bola, &open).await, StatusCode::OK);
    assert_eq!(joins(&bola, &closed).await, StatusCode::FORBIDDEN);
    let added = ada.adds(&closed, &bola, "member").await.expect(StatusCode::CREATED);
    assert_eq!((&added["group"], &added["role"]), (&closed["id"], &json!("member")));
    assert_eq!(added["user"]["username"], "bola");
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_private_group_does_not_exist_for_others() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    let missing = json!({"id": 404});

    for (method, of) in [
        (Method::GET, path as fn(&Value) -> String),
        (Method::PATCH, path),
        (Method::DELETE, path),
        (Method::GET, |it| format!("{}members/", path(it))),
        (Method::GET, |it| format!("{}events/", path(it))),
    ] {
        let hidden = bola.send(method.clone(), &of(&group), None).await;
        let none = bola.send(method, &of(&missing), None).await;
        hidden.expect(StatusCode::NOT_FOUND);
        assert_eq!(hidden.without_request_id(), none.without_request_id());
    }
    assert_eq!(joins(&bola, &group).await, StatusCode::NOT_FOUND);
    assert_eq!(bola.get("/api/groups/?count=true").await.json()["count"], 0);
    assert_eq!(ada.ids("/api/groups/").await.len(), 1);
    assert_eq!(ada.ids("/api/groups/?member=me").await.len(), 1);
}

#[tokio::test]
async fn the_events_of_a_private_group_are_invisible_everywhere() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    let event = ada.event(json!({"group": group["id"]})).await;
    let id = event["id"].as_i64().unwrap();

    for path in [
        format!("/api/events/{id}/"),
        format!("/api/events/{id}/comments/"),
        format!("/api/events/{id}/interests/"),
    ] {
        bola.get(&path).await.expect(StatusCode::NOT_FOUND);
    }
    for query in [
        "",
        &format!("?creator={}", ada.id()),
        &format!("?group={}", group["id"]),
        "?ordering=popular",
    ] {
        let and = if query.is_empty() { "?" } else { "&" };
        let list =
            bola.get(&format!("/api/events/{query}{and}count=true")).await.expect(StatusCode::OK);
        assert_eq!((&list["count"], &list["results"]), (&json!(0), &json!([])), "{query}");
    }
    assert_eq!(ada.ids(&format!("/api/events/?group={}", group["id"])).await, [id]);
    assert_eq!(ada.ids("/api/events/").await, [0; 0]);
}

#[tokio::test]
async fn an_open_group_that_turns_private_hides_its_events_and_goes_without_showing_them() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    let event = ada.event(json!({"group": group["id"]})).await;
    let event = format!("/api/events/{}/", event["id"]);
    bola.get(&event).await.expect(StatusCode::OK);

    ada.patch(&path(&group), json!({"visibility": "private"})).await.expect(StatusCode::OK);
    bola.get(&event).await.expect(StatusCode::NOT_FOUND);
    ada.delete(&format!("{}delete/", path(&group))).await.expect(StatusCode::NO_CONTENT);

    bola.get(&event).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(bola.ids("/api/events/").await, [0; 0]);
    let left = ada.get(&event).await.expect(StatusCode::OK);
    assert_eq!((&left["group"], &left["visibility"]), (&json!(null), &json!("group")));
    ada.patch(&event, json!({"title": "x"})).await.expect(StatusCode::OK);
    ada.patch(&event, json!({"visibility": "public"})).await.expect(StatusCode::OK);
    bola.get(&event).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_events_of_an_open_group_outlive_it() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let event = ada.event(json!({"group": group["id"]})).await;

    ada.delete(&path(&group)).await.expect(StatusCode::NO_CONTENT);

    let left = app.anonymous().get(&format!("/api/events/{}/", event["id"])).await;
    assert_eq!(left.expect(StatusCode::OK)["group"], json!(null));
}

#[tokio::test]
async fn roles_are_given_by_those_who_have_them() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({})).await;
    assert_eq!(joins(&bola, &group).await, StatusCode::CREATED);

    bola.adds(&group, &bola, "admin").await.expect(StatusCode::FORBIDDEN);
    bola.adds(&group, &chidi, "member").await.expect(StatusCode::FORBIDDEN);
    chidi.adds(&group, &chidi, "admin").await.expect(StatusCode::FORBIDDEN);
    ada.adds(&group, &bola, "admin").await.expect(StatusCode::OK);
    bola.adds(&group, &chidi, "member").await.expect(StatusCode::CREATED);
    bola.adds(&group, &bola, "owner").await.expect(StatusCode::FORBIDDEN);
    bola.adds(&group, &ada, "member").await.expect(StatusCode::FORBIDDEN);
    bola.delete(&member(&group, &ada)).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(ada.adds(&group, &bola, "king").await.faults(), ["role"]);
    ada.post("/api/groups/1/members/404/", json!({})).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_owner_leaves_only_after_handing_over() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;

    let stuck = ada.delete(&member(&group, &ada)).await;
    assert_eq!(stuck.expect(StatusCode::CONFLICT)["code"], "owner_must_hand_over");
    ada.adds(&group, &ada, "member").await.expect(StatusCode::CONFLICT);

    ada.adds(&group, &bola, "owner").await.expect(StatusCode::CREATED);
    let seen = ada.get(&path(&group)).await.json();
    assert_eq!(
        (&seen["owner"]["username"], &seen["viewer"]["role"]),
        (&json!("bola"), &json!("admin"))
    );
    ada.delete(&format!("{}remove/", member(&group, &ada))).await.expect(StatusCode::NO_CONTENT);
    ada.delete(&member(&group, &ada)).await.expect(StatusCode::NOT_FOUND);
    bola.delete(&member(&group, &ada)).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn members_are_listed_in_the_order_they_came() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let mut expected = vec!["ada".to_owned()];
    for number in 0..5 {
        let name = format!("guest-{number}");
        assert_eq!(joins(&app.person(&name).await, &group).await, StatusCode::CREATED);
        expected.push(name);
    }

    let mut seen = Vec::new();
    let mut next = Some(format!("{}members/?page_size=2&count=true", path(&group)));
    while let Some(path) = next {
        let page = app.anonymous().get(&path).await.expect(StatusCode::OK);
        assert_eq!(page["count"], 6);
        let names = page["results"].as_array().unwrap().iter();
        seen.extend(names.map(|it| it["user"]["username"].as_str().unwrap().to_owned()));
        next = page["next"].as_str().map(|url| url.replace("http://owambe.test", ""));
    }
    assert_eq!(seen, expected);
}
