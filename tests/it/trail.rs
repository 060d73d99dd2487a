//! What is done to a group is in its trail: every deed, once, with who did it, and to whom.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, Person, Reply, TestApp, picture};
use crate::openapi::operations;

fn name(person: &Value) -> String {
    person["username"].as_str().unwrap_or("-").to_owned()
}

/// The trail of a group, the oldest first: `action actor user detail`.
async fn trail(who: &Person<'_>, group: &Value) -> Vec<String> {
    let path = format!("/api/groups/{}/audit/?page_size=100&count=true", group["id"]);
    let page = who.get(&path).await.expect(StatusCode::OK);
    let mut lines: Vec<String> = page["results"].as_array().unwrap().iter().map(line).collect();
    assert_eq!(page["count"], lines.len());
    lines.reverse();
    lines
}

fn line(entry: &Value) -> String {
    let text = |field: &str| entry[field].as_str().unwrap().to_owned();
    let (actor, user) = (name(&entry["actor"]), name(&entry["user"]));
    format!("{} {actor} {user} {}", text("action"), text("detail")).trim_end().to_owned()
}

async fn image(who: &Person<'_>, group: &Value) -> Reply {
    let path = format!("/api/groups/{}/image/", group["id"]);
    who.upload(Method::PUT, &path, &[("image", &picture(3, 2))]).await
}

#[tokio::test]
async fn every_deed_is_in_the_trail_in_its_order() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let (chidi, dayo) = (app.person("chidi").await, app.person("dayo").await);
    let group = ada.group(json!({})).await;
    let of = |rest: &str| format!("/api/groups/{}/{rest}", group["id"]);
    let member = |who: &Person<'_>| of(&format!("members/{}/", who.id()));
    let ok = StatusCode::OK;
    let (created, done) = (StatusCode::CREATED, StatusCode::NO_CONTENT);

    bola.post(&member(&bola), json!({})).await.expect(created);
    bola.post(&member(&bola), json!({})).await.expect(ok);
    ada.patch(&of(""), json!({"name": "Suya Society", "visibility": "closed"})).await.expect(ok);
    ada.patch(&of(""), json!({"name": "Suya Society"})).await.expect(ok);
    let whole = json!({"name": "Akara Society", "visibility": "closed"});
    ada.put(&of("update/"), whole).await.expect(ok);
    image(&ada, &group).await.expect(created);
    image(&ada, &group).await.expect(ok);
    ada.delete(&of("image/")).await.expect(done);
    let shown = image(&ada, &group).await.expect(created);
    ada.delete(&format!("/api/images/{}/", shown["id"])).await.expect(done);
    ada.adds(&group, &bola, "admin").await.expect(ok);
    bola.adds(&group, &chidi, "member").await.expect(created);
    chidi.delete(&member(&chidi)).await.expect(done);
    dayo.post(&of("requests/"), json!({"message": "please"})).await.expect(created);
    dayo.delete(&of(&format!("requests/{}/", dayo.id()))).await.expect(done);
    dayo.post(&of("requests/"), json!({})).await.expect(created);
    bola.delete(&of(&format!("requests/{}/", dayo.id()))).await.expect(done);
    dayo.post(&of("requests/"), json!({})).await.expect(created);
    bola.post(&of(&format!("requests/{}/accept/", dayo.id())), json!({})).await.expect(created);
    ada.delete(&member(&dayo)).await.expect(done);
    let invite = async |body: Value| bola.post(&of("invitations/"), body).await.expect(created);
    let invitation =
        |invited: &Value, rest: &str| format!("/api/invitations/{}/{rest}", invited["id"]);
    let first = invite(json!({"username": "dayo"})).await;
    dayo.delete(&invitation(&first, "")).await.expect(done);
    let second = invite(json!({"username": "dayo", "role": "admin"})).await;
    ada.delete(&invitation(&second, "")).await.expect(done);
    let third = invite(json!({"username": "dayo"})).await;
    dayo.post(&invitation(&third, "accept/"), json!({})).await.expect(created);
    let link = invite(json!({})).await;
    let token = link["url"].as_str().unwrap().split_once("token=").unwrap().1;
    chidi.post("/api/invitations/accept/", json!({"token": token})).await.expect(created);
    let ban = of(&format!("bans/{}/", chidi.id()));
    ada.put(&ban, json!({"reason": "no rice"})).await.expect(created);
    ada.put(&ban, json!({"reason": "no rice"})).await.expect(ok);
    ada.put(&ban, json!({"reason": "no stew"})).await.expect(ok);
    ada.delete(&ban).await.expect(done);
    let told = json!({"title": "We move", "body": "To the park."});
    let told = bola.post(&of("announcements/"), told).await.expect(created);
    ada.delete(&of(&format!("announcements/{}/", told["id"]))).await.expect(done);
    dayo.post(&of("follow/"), json!({})).await.expect(created);
    dayo.delete(&of("follow/")).await.expect(done);
    ada.adds(&group, &bola, "owner").await.expect(ok);

    assert_eq!(
        trail(&bola, &group).await,
        [
            "created ada -",
            "joined bola bola member",
            "changed ada - name, visibility",
            "changed ada - name",
            "image_changed ada -",
            "image_changed ada -",
            "image_removed ada -",
            "image_changed ada -",
            "image_removed ada -",
            "role_changed ada bola admin",
            "added bola chidi member",
            "left chidi chidi",
            "requested dayo dayo",
            "request_withdrawn dayo dayo",
            "requested dayo dayo",
            "request_refused bola dayo",
            "requested dayo dayo",
            "request_accepted bola dayo",
            "removed ada dayo",
            "invited bola dayo member",
            "invitation_declined dayo dayo",
            "invited bola dayo admin",
            "invitation_revoked ada dayo",
            "invited bola dayo member",
            "invitation_accepted dayo dayo member",
            "invited bola - member",
            "invitation_accepted chidi chidi member",
            "banned ada chidi no rice",
            "banned ada chidi no stew",
            "unbanned ada chidi",
            "announced bola - We move",
            "announcement_deleted ada - We move",
            "handed_over ada bola",
        ]
    );
}

#[tokio::test]
async fn what_becomes_of_its_events_is_in_the_trail_of_a_group() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (group, other) = (ada.group(json!({})).await, ada.group(json!({})).await);
    let event = ada.event(json!({"group": group["id"]})).await;
    let path = format!("/api/events/{}/", event["id"]);
    let change = async |body: Value| ada.patch(&path, body).await.expect(StatusCode::OK);

    change(json!({"title": "Suya Night"})).await;
    change(json!({"title": "Suya Night"})).await;
    let thumbnail = format!("{path}thumbnail/");
    let png = picture(3, 2);
    let put = ada.upload(Method::PUT, &thumbnail, &[("image", &png)]).await;
    put.expect(StatusCode::CREATED);
    change(json!({"group": other["id"]})).await;
    change(json!({"status": "cancelled"})).await;
    ada.delete(&path).await.expect(StatusCode::NO_CONTENT);
    let alone = ada.event(json!({})).await;
    ada.delete(&format!("/api/events/{}/", alone["id"])).await.expect(StatusCode::NO_CONTENT);

    assert_eq!(
        trail(&ada, &group).await[1..],
        [
            "event_created ada - Jollof Night",
            "event_changed ada - Suya Night",
            "event_changed ada - Suya Night",
            "event_moved_out ada - Suya Night",
        ]
    );
    assert_eq!(
        trail(&ada, &other).await[1..],
        [
            "event_moved_in ada - Suya Night",
            "event_cancelled ada - Suya Night",
            "event_deleted ada - Suya Night",
        ]
    );
}

#[tokio::test]
async fn the_trail_outlives_those_who_made_it() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    ada.adds(&group, &bola, "admin").await.expect(StatusCode::CREATED);

    let leaving = json!({"password": PASSWORD});
    let gone = ada.send(Method::DELETE, "/api/users/profile/", Some(leaving)).await;
    gone.expect(StatusCode::NO_CONTENT);

    let lines = trail(&bola, &group).await;
    assert_eq!(lines, ["created - -", "added - bola admin", "handed_over - bola", "left - -"]);
    app.assert_counters_are_right().await;
}

/// What somebody does to a group of Ada's, after what has to be there for it.
async fn write(route: (&Method, &str), ada: &Person<'_>, who: &Person<'_>) -> (Value, usize) {
    let (method, path) = route;
    let closed = path.contains("/requests/");
    let visibility = if closed { "closed" } else { "open" };
    let group = ada.group(json!({"visibility": visibility})).await;
    let of = |rest: String| format!("/api/groups/{}/{rest}", group["id"]);
    let mut actor = ada;
    let mut body = json!({"name": "Suya Society", "title": "We move", "body": "To the park."});
    let mut id = group["id"].clone();
    let user = who.id();
    let ok = |reply: Reply| assert!(reply.status.is_success(), "{}", reply.text);
    match (method.as_str(), path) {
        ("DELETE", path) if path.contains("/members/") => {
            ok(ada.adds(&group, who, "member").await);
        }
        ("DELETE", path) if path.contains("/bans/") => {
            ok(ada.put(&of(format!("bans/{user}/")), json!({})).await);
        }
        ("DELETE", "/api/groups/{id}/image/") => ok(image(ada, &group).await),
        ("DELETE", "/api/groups/{group_id}/announcements/{id}/") => {
            let told = ada.post(&of("announcements/".to_owned()), body.clone()).await;
            id = told.json()["id"].clone();
        }
        ("POST", "/api/groups/{id}/requests/") => actor = who,
        (_, path) if path.contains("/requests/") => {
            ok(who.post(&of("requests/".to_owned()), json!({})).await);
        }
        ("POST", "/api/invitations/accept/") => {
            actor = who;
            let link = ada.post(&of("invitations/".to_owned()), json!({})).await.json();
            let token = link["url"].as_str().unwrap().split_once("token=").unwrap().1;
            body = json!({"token": token});
        }
        (_, path) if path.starts_with("/api/invitations/") => {
            actor = who;
            let name = json!({"username": who.user.username});
            let made = ada.post(&of("invitations/".to_owned()), name).await;
            id = made.json()["id"].clone();
        }
        _ => {}
    }
    let before = trail(ada, &group).await.len();
    let filled = path
        .replace("{group_id}", &group["id"].to_string())
        .replace("{user_id}", &user.to_string())
        .replace("{id}", &id.to_string());
    let reply = match filled.ends_with("/image/") && method == Method::PUT {
        true => image(ada, &group).await,
        false => actor.send(method.clone(), &filled, Some(body)).await,
    };
    assert!(reply.status.is_success(), "{method} {path}: {}", reply.text);
    (group, before)
}

/// Every writing route of groups and invitations, so that a new one does not forget the trail.
#[tokio::test]
async fn each_write_leaves_one_line_in_the_trail() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let document = serde_json::to_value(owambe::router::document()).unwrap();
    let of_groups =
        |path: &str| path.starts_with("/api/groups/") || path.starts_with("/api/invitations/");
    let mut writes: Vec<(Method, String)> = operations(&document)
        .into_iter()
        .filter(|(method, path, _)| *method != Method::GET && of_groups(path))
        .map(|(method, path, _)| (method, path))
        .collect();
    // The trail begins with a group, and goes with it.
    writes.retain(|(method, path)| match path.as_str() {
        "/api/groups/" | "/api/groups/{id}/delete/" => false,
        "/api/groups/{id}/" => *method != Method::DELETE,
        _ => true,
    });
    assert!(writes.len() >= 21, "{writes:?}");

    for (number, (method, path)) in writes.iter().enumerate() {
        let who = app.person(&format!("guest-{number}")).await;
        if path.ends_with("/follow/") && *method == Method::DELETE {
            let group = ada.group(json!({})).await;
            let path = format!("/api/groups/{}/follow/", group["id"]);
            ada.post(&path, json!({})).await.expect(StatusCode::CREATED);
            ada.delete(&path).await.expect(StatusCode::NO_CONTENT);
            assert_eq!(trail(&ada, &group).await, ["created ada -"], "who follows is private");
            continue;
        }
        let (group, before) = write((method, path), &ada, &who).await;
        let expected = usize::from(!path.ends_with("/follow/"));
        let lines = trail(&ada, &group).await;
        assert_eq!(lines.len() - before, expected, "{method} {path} {lines:?}");
    }
    app.assert_counters_are_right().await;
}
