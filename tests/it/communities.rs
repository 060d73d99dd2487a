use axum::http::{Method, StatusCode};
use owambe::clock;
use owambe::groups::{self, GroupId, Invitee, Role};
use owambe::input::Input;
use owambe::sessions::token;
use owambe::users::{Email, Username};
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, Person, Reply, TestApp};

const OK: StatusCode = StatusCode::OK;
const CREATED: StatusCode = StatusCode::CREATED;
const DONE: StatusCode = StatusCode::NO_CONTENT;

fn of(group: &Value, rest: &str) -> String {
    format!("/api/groups/{}/{rest}", group["id"])
}

async fn bans(who: &Person<'_>, group: &Value, whom: &Person<'_>) -> Reply {
    who.put(&of(group, &format!("bans/{}/", whom.id())), json!({})).await
}

async fn invites(who: &Person<'_>, group: &Value, body: Value) -> Reply {
    who.post(&of(group, "invitations/"), body).await
}

async fn asks(who: &Person<'_>, group: &Value) -> Reply {
    who.post(&of(group, "requests/"), json!({})).await
}

async fn follows(who: &Person<'_>, group: &Value) -> Reply {
    who.post(&of(group, "follow/"), json!({})).await
}

async fn joins(who: &Person<'_>, group: &Value) -> Reply {
    who.post(&of(group, &format!("members/{}/", who.id())), json!({})).await
}

async fn leaves(who: &Person<'_>, group: &Value) {
    who.delete(&of(group, &format!("members/{}/", who.id()))).await.expect(DONE);
}

async fn accepts(who: &Person<'_>, invitation: &Value) -> Reply {
    who.post(&format!("/api/invitations/{}/accept/", invitation["id"]), json!({})).await
}

fn token_of(link: &Value) -> String {
    link["url"].as_str().unwrap().split_once("token=").unwrap().1.to_owned()
}

async fn uses(who: &Person<'_>, token: &str) -> Reply {
    who.post("/api/invitations/accept/", json!({"token": token})).await
}

#[track_caller]
fn assert_conflict(reply: &Reply, code: &str) {
    assert_eq!(reply.expect(StatusCode::CONFLICT)["code"], code);
}

#[track_caller]
fn assert_banned(reply: &Reply) {
    let said = &reply.expect(StatusCode::FORBIDDEN)["detail"];
    assert_eq!(said, "the admins of this group have banned you");
}

/// The usernames of a whole list.
async fn names(who: &Person<'_>, path: &str) -> Vec<String> {
    let page = who.get(path).await.expect(OK);
    let rows = page["results"].as_array().unwrap().iter();
    rows.map(|it| it["user"]["username"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn who_is_banned_is_out_and_stays_out_until_it_is_lifted() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    joins(&bola, &group).await.expect(CREATED);
    follows(&bola, &group).await.expect(CREATED);
    let link = invites(&ada, &group, json!({})).await.expect(CREATED);
    let path = of(&group, &format!("bans/{}/", bola.id()));

    let reason = json!({"reason": "They ate all of it."});
    let ban = ada.put(&path, reason).await.expect(CREATED);
    assert_eq!(
        (&ban["user"]["username"], &ban["actor"]["username"], &ban["reason"]),
        (&json!("bola"), &json!("ada"), &json!("They ate all of it."))
    );
    let again = ada.put(&path, json!({"reason": "Twice."})).await.expect(OK);
    assert_eq!((&again["created_at"], &again["reason"]), (&ban["created_at"], &json!("Twice.")));
    assert_eq!(ada.put(&path, json!({"reason": "x".repeat(501)})).await.faults(), ["reason"]);

    let seen = bola.get(&of(&group, "")).await.expect(OK);
    assert_eq!(seen["viewer"], json!({"role": null, "following": false}));
    assert_eq!((&seen["member_count"], &seen["follower_count"]), (&json!(1), &json!(0)));
    assert_banned(&joins(&bola, &group).await);
    assert_banned(&follows(&bola, &group).await);
    assert_banned(&uses(&bola, &token_of(&link)).await);
    ada.patch(&of(&group, ""), json!({"visibility": "closed"})).await.expect(OK);
    assert_banned(&joins(&bola, &group).await);
    assert_banned(&asks(&bola, &group).await);
    assert_conflict(&ada.adds(&group, &bola, "member").await, "banned");
    assert_conflict(&invites(&ada, &group, json!({"username": "bola"})).await, "banned");
    assert_eq!(names(&ada, &of(&group, "bans/?count=true")).await, ["bola"]);

    ada.delete(&path).await.expect(DONE);
    ada.delete(&path).await.expect(StatusCode::NOT_FOUND);
    asks(&bola, &group).await.expect(CREATED);
    ada.adds(&group, &bola, "member").await.expect(CREATED);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_ban_takes_what_was_about_to_be() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (bola, chidi) = (app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({"visibility": "closed"})).await;
    let invitation = invites(&ada, &group, json!({"username": "bola"})).await.expect(CREATED);
    asks(&chidi, &group).await.expect(CREATED);

    bans(&ada, &group, &bola).await.expect(CREATED);
    bans(&ada, &group, &chidi).await.expect(CREATED);

    assert_eq!(bola.ids("/api/invitations/").await, [0; 0]);
    accepts(&bola, &invitation).await.expect(StatusCode::NOT_FOUND);
    assert!(names(&ada, &of(&group, "requests/")).await.is_empty());
    assert_eq!(names(&ada, &of(&group, "bans/")).await, ["chidi", "bola"]);
    let first = ada.get(&of(&group, "bans/?page_size=1&count=true")).await.expect(OK);
    assert_eq!((&first["count"], first["next"].is_string()), (&json!(2), true));
}

#[tokio::test]
async fn nobody_bans_the_owner_or_themselves() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let site = app.site_admin("site").await;
    let group = ada.group(json!({"visibility": "private"})).await;
    ada.adds(&group, &bola, "admin").await.expect(CREATED);

    bans(&bola, &group, &ada).await.expect(StatusCode::FORBIDDEN);
    assert_conflict(&bans(&site, &group, &ada).await, "owner_must_hand_over");
    bans(&ada, &group, &ada).await.expect(StatusCode::FORBIDDEN);
    bans(&bola, &group, &bola).await.expect(StatusCode::FORBIDDEN);
    let nobody = of(&group, "bans/404/");
    ada.put(&nobody, json!({})).await.expect(StatusCode::NOT_FOUND);
    // A private group is gone for who is banned from it.
    bans(&ada, &group, &bola).await.expect(CREATED);
    bola.get(&of(&group, "")).await.expect(StatusCode::NOT_FOUND);
    joins(&bola, &group).await.expect(StatusCode::NOT_FOUND);
    follows(&bola, &group).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_is_invited_comes_in_even_where_they_see_nothing_yet() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({"visibility": "private"})).await;

    let made = invites(&ada, &group, json!({"username": "BOLA", "role": "admin"})).await;
    let made = made.expect(CREATED);
    assert_eq!((&made["inviter"]["username"], &made["role"]), (&json!("ada"), &json!("admin")));
    assert_eq!((&made["url"], &made["email"]), (&json!(null), &json!(null)));
    assert_eq!(made["group"], json!({"id": group["id"], "name": "Jollof Society", "image": null}));
    let own = bola.get("/api/invitations/?count=true").await.expect(OK);
    assert_eq!((&own["results"][0], &own["count"]), (&made, &json!(1)));
    bola.get(&of(&group, "")).await.expect(StatusCode::NOT_FOUND);
    accepts(&chidi, &made).await.expect(StatusCode::NOT_FOUND);

    let membership = accepts(&bola, &made).await.expect(CREATED);
    assert_eq!((&membership["group"], &membership["role"]), (&group["id"], &json!("admin")));
    bola.get(&of(&group, "")).await.expect(OK);
    accepts(&bola, &made).await.expect(StatusCode::NOT_FOUND);
    assert_conflict(&invites(&bola, &group, json!({"username": "ada"})).await, "already_member");
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn an_invitation_says_whom_and_as_what_and_to_nobody_who_has_which_address() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "closed"})).await;
    let unverified = invites(&ada, &group, json!({"email": "new@example.com"})).await;
    unverified.expect(StatusCode::FORBIDDEN);
    app.verify(&ada).await;
    let refused = async |body: Value| invites(&ada, &group, body).await.faults();

    assert_eq!(
        refused(json!({"username": "bola", "email": "b@example.com"})).await,
        ["non_field_errors"]
    );
    assert_eq!(refused(json!({"username": "nobody"})).await, ["username"]);
    assert_eq!(refused(json!({"email": "nowhere", "role": "owner"})).await, ["email", "role"]);
    let known = invites(&ada, &group, json!({"email": "Bola@example.com"})).await.expect(CREATED);
    let unknown = invites(&ada, &group, json!({"email": "new@example.com"})).await.expect(CREATED);
    for (made, email) in [(&known, "Bola@example.com"), (&unknown, "new@example.com")] {
        assert_eq!(
            (&made["user"], &made["email"], &made["url"]),
            (&json!(null), &json!(email), &json!(null))
        );
    }
    assert_eq!(bola.ids("/api/invitations/").await, [0; 0]);
    accepts(&bola, &known).await.expect(StatusCode::NOT_FOUND);

    // Whoever reads letters there has the token.
    let id = GroupId(group["id"].as_i64().unwrap());
    let (inviter, site) = (ada.user.id, app.app.site.clone());
    let whom = Invitee::Email(Email::from_text("bola@example.com").unwrap());
    let letter = app.write(move |tx| {
        let inviter = owambe::users::get(tx, inviter)?;
        let invitation = groups::invite(tx, &inviter, id, &whom, Role::Member)?;
        let url = groups::invitation_url(&site, &invitation)?;
        Ok(url.split_once("token=").unwrap().1.to_owned())
    });
    let letter = letter.await;
    // The letter took the place of the one before it.
    assert_eq!(ada.ids(&of(&group, "invitations/")).await.len(), 2);
    uses(&bola, &letter).await.expect(CREATED);
}

#[tokio::test]
async fn a_link_lets_one_person_in() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    let link = invites(&ada, &group, json!({})).await.expect(CREATED);
    let url = link["url"].as_str().unwrap();
    assert!(url.starts_with("http://owambe.test/invitations/?token="), "{url}");
    let listed = ada.get(&of(&group, "invitations/")).await.expect(OK);
    assert_eq!(listed["results"][0]["url"], json!(null), "a link is said once");
    let token = token_of(&link);

    assert_conflict(&uses(&ada, &token).await, "already_member");
    uses(&bola, &token).await.expect(CREATED);
    for (who, token) in [(&chidi, token.as_str()), (&chidi, "nonsense"), (&bola, token.as_str())] {
        let missing = uses(who, token).await.expect(StatusCode::NOT_FOUND);
        assert_eq!(
            (&missing["code"], &missing["detail"]),
            (&json!("not_found"), &json!("no such invitation"))
        );
    }
    assert_eq!(chidi.post("/api/invitations/accept/", json!({})).await.faults(), ["token"]);
    app.anonymous()
        .post("/api/invitations/accept/", json!({}))
        .await
        .expect(StatusCode::UNAUTHORIZED);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_token_is_good_for_its_purpose_its_site_and_its_time() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    let link = invites(&ada, &group, json!({})).await.expect(CREATED);
    let (site, other) = (&app.app.site, TestApp::new());
    let id = link["id"].to_string();
    let hour = chrono::TimeDelta::hours(1);
    let (soon, past) = (clock::now().plus(hour), clock::now().plus(-hour));

    let grant = |audience, expires| token::grant(site, audience, &id, expires).unwrap();
    assert_eq!(token::read_grant(site, "x", &grant("x", soon)), Some(id.clone()));
    assert_eq!(token::read_grant(site, "y", &grant("x", soon)), None);
    assert_eq!(token::read_grant(site, "x", &grant("x", past)), None);
    assert_eq!(token::read_grant(&other.app.site, "x", &grant("x", soon)), None);
    let access = ada.token.clone().unwrap();
    for bad in [grant("other", soon), grant("refresh", soon), grant("invitation", past), access] {
        uses(&bola, &bad).await.expect(StatusCode::NOT_FOUND);
    }
    let linked = token_of(&link);
    let session = app.with_token(&linked).get("/api/users/profile/").await;
    session.expect(StatusCode::UNAUTHORIZED);
    let refresh = json!({"refresh": linked});
    app.anonymous()
        .post("/api/users/token/refresh/", refresh)
        .await
        .expect(StatusCode::UNAUTHORIZED);
    // What is for somebody is for nobody else, whoever has the token.
    let group = GroupId(group["id"].as_i64().unwrap());
    let (inviter, name) = (ada.user.clone(), app.person("chidi").await.user.username.clone());
    let site = app.app.site.clone();
    let for_chidi = app.write(move |tx| {
        let whom = Invitee::User(Username::from_text(&name).unwrap());
        let invitation = groups::invite(tx, &inviter, group, &whom, Role::Member)?;
        let url = groups::invitation_url(&site, &invitation)?;
        Ok(url.split_once("token=").unwrap().1.to_owned())
    });
    uses(&bola, &for_chidi.await).await.expect(StatusCode::NOT_FOUND);
    uses(&bola, &linked).await.expect(CREATED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_those_who_use_a_link_at_once_exactly_one_comes_in() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    let group = ada.group(json!({"visibility": "private"})).await;
    for round in 0..5 {
        let link = invites(&ada, &group, json!({})).await.expect(CREATED);
        let mut guests = Vec::new();
        for number in 0..6 {
            guests.push(app.person(&format!("guest-{round}-{number}")).await);
        }
        let mut coming = tokio::task::JoinSet::new();
        for guest in guests {
            let token = token_of(&link);
            coming.spawn(async move { uses(&guest, &token).await.status });
        }
        let answers = coming.join_all().await;
        let came = answers.iter().filter(|status| **status == CREATED).count();
        assert_eq!(came, 1, "{answers:?}");
        assert!(answers.iter().all(|it| [CREATED, StatusCode::NOT_FOUND].contains(it)));
    }
    assert_eq!(ada.get(&of(&group, "")).await.json()["member_count"], 6);
    app.assert_counters_are_right().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_is_banned_while_they_come_is_out_whatever_was_first() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let mut guests = Vec::new();
    for number in 0..6 {
        guests.push(app.person(&format!("guest-{number}")).await);
    }
    let mut busy = tokio::task::JoinSet::new();
    for guest in guests {
        let invitation = json!({"username": guest.user.username});
        for deed in 0..4 {
            let (ada, guest, group) = (ada.clone(), guest.clone(), group.clone());
            let invitation = invitation.clone();
            busy.spawn(async move {
                let reply = match deed {
                    0 => joins(&guest, &group).await,
                    1 => follows(&guest, &group).await,
                    2 => invites(&ada, &group, invitation).await,
                    _ => bans(&ada, &group, &guest).await,
                };
                assert!(!reply.status.is_server_error(), "{}", reply.text);
            });
        }
    }
    busy.join_all().await;

    let seen = ada.get(&of(&group, "")).await.expect(OK);
    assert_eq!((&seen["member_count"], &seen["follower_count"]), (&json!(1), &json!(0)));
    assert_eq!(ada.ids(&of(&group, "invitations/")).await, [0; 0]);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_newer_invitation_takes_the_place_of_the_older_and_there_are_not_too_many() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    app.verify(&ada).await;
    let group = ada.group(json!({})).await;
    let first = invites(&ada, &group, json!({"username": "bola"})).await.expect(CREATED);
    let second = invites(&ada, &group, json!({"username": "bola"})).await.expect(CREATED);
    let mail = json!({"email": "new@example.com"});
    let third = invites(&ada, &group, mail).await.expect(CREATED);
    let mail = json!({"email": "NEW@example.com"});
    let fourth = invites(&ada, &group, mail.clone()).await.expect(CREATED);

    accepts(&bola, &first).await.expect(StatusCode::NOT_FOUND);
    ada.delete(&format!("/api/invitations/{}/", third["id"])).await.expect(StatusCode::NOT_FOUND);
    let ids = ada.ids(&of(&group, "invitations/?page_size=1")).await;
    assert_eq!(ids, [fourth["id"].as_i64().unwrap(), second["id"].as_i64().unwrap()]);

    let (inviter, id) = (ada.user.clone(), GroupId(group["id"].as_i64().unwrap()));
    app.write(move |tx| {
        for _ in 2..200 {
            groups::invite(tx, &inviter, id, &Invitee::Anybody, Role::Member)?;
        }
        Ok(())
    })
    .await;
    assert_conflict(&invites(&ada, &group, json!({})).await, "too_many_invitations");
    assert_conflict(
        &invites(&ada, &group, json!({"email": "b@example.com"})).await,
        "too_many_invitations",
    );
    invites(&ada, &group, mail).await.expect(CREATED);
    ada.delete(&format!("/api/invitations/{}/", second["id"])).await.expect(DONE);
    invites(&ada, &group, json!({})).await.expect(CREATED);
    assert_eq!(ada.get(&of(&group, "invitations/?count=true")).await.json()["count"], 200);
}

#[tokio::test]
async fn an_invitation_that_is_over_is_as_if_it_were_not_there() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    let invitation = invites(&ada, &group, json!({"username": "bola"})).await.expect(CREATED);
    let link = invites(&ada, &group, json!({})).await.expect(CREATED);

    app.sql("update invitations set expires_at = '2000-01-01 00:00:00'").await;

    accepts(&bola, &invitation).await.expect(StatusCode::NOT_FOUND);
    uses(&bola, &token_of(&link)).await.expect(StatusCode::NOT_FOUND);
    let path = format!("/api/invitations/{}/", invitation["id"]);
    bola.delete(&path).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(bola.ids("/api/invitations/").await, [0; 0]);
    assert_eq!(ada.ids(&of(&group, "invitations/")).await, [0; 0]);
    app.write(groups::sweep).await;
    invites(&ada, &group, json!({"username": "bola"})).await.expect(CREATED);
    app.write(groups::sweep).await;
    assert_eq!(bola.ids("/api/invitations/").await.len(), 1);
}

#[tokio::test]
async fn an_admin_who_is_made_to_go_leaves_no_way_back() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    let removal = of(&group, &format!("members/{}/", bola.id()));
    for step in ["removed", "made a member", "banned"] {
        ada.adds(&group, &bola, "admin").await;
        let back = invites(&bola, &group, json!({"role": "admin"})).await.expect(CREATED);
        match step {
            "removed" => drop(ada.delete(&removal).await.expect(DONE)),
            "banned" => drop(bans(&ada, &group, &bola).await.expect(CREATED)),
            _ => drop(ada.adds(&group, &bola, "member").await.expect(OK)),
        }
        uses(&chidi, &token_of(&back)).await.expect(StatusCode::NOT_FOUND);
    }
    // So do those whose account goes: they could come back by a new one.
    let dayo = app.person("dayo").await;
    ada.adds(&group, &dayo, "admin").await.expect(CREATED);
    let link = invites(&dayo, &group, json!({})).await.expect(CREATED);
    let leaving = json!({"password": PASSWORD});
    dayo.send(Method::DELETE, "/api/users/profile/", Some(leaving)).await.expect(DONE);
    assert_eq!(ada.ids(&of(&group, "invitations/")).await, [0; 0]);
    uses(&chidi, &token_of(&link)).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn who_asks_is_let_in_or_not() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (bola, chidi) = (app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({"visibility": "closed"})).await;
    let requests = of(&group, "requests/");
    let of_user =
        |who: &Person<'_>, rest: &str| of(&group, &format!("requests/{}/{rest}", who.id()));

    let asked = bola.post(&requests, json!({"message": " Please. "})).await.expect(CREATED);
    assert_eq!((&asked["group"], &asked["message"]), (&group["id"], &json!("Please.")));
    asks(&chidi, &group).await.expect(CREATED);
    let again = bola.post(&requests, json!({"message": "Now?"})).await.expect(OK);
    assert_eq!((&again["message"], &again["created_at"]), (&json!("Now?"), &asked["created_at"]));
    assert_eq!(
        bola.post(&requests, json!({"message": "x".repeat(501)})).await.faults(),
        ["message"]
    );
    assert_eq!(names(&ada, &requests).await, ["bola", "chidi"]);
    let page = ada.get(&of(&group, "requests/?page_size=1&count=true")).await.json();
    assert_eq!((&page["count"], page["next"].is_string()), (&json!(2), true));

    bola.post(&of_user(&bola, "accept/"), json!({})).await.expect(StatusCode::FORBIDDEN);
    let member = ada.post(&of_user(&bola, "accept/"), json!({})).await.expect(CREATED);
    assert_eq!((&member["user"]["username"], &member["role"]), (&json!("bola"), &json!("member")));
    ada.post(&of_user(&bola, "accept/"), json!({})).await.expect(StatusCode::NOT_FOUND);
    assert_conflict(&asks(&bola, &group).await, "already_member");
    bola.delete(&of_user(&chidi, "")).await.expect(StatusCode::FORBIDDEN);
    chidi.delete(&of_user(&chidi, "")).await.expect(DONE);
    chidi.delete(&of_user(&chidi, "")).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn requests_are_there_only_while_a_group_is_closed_and_one_is_out() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    assert_conflict(&asks(&bola, &group).await, "group_is_open");
    for visibility in ["open", "private"] {
        let closed = json!({"visibility": "closed"});
        ada.patch(&of(&group, ""), closed.clone()).await.expect(OK);
        asks(&bola, &group).await.expect(CREATED);
        ada.patch(&of(&group, ""), json!({"visibility": visibility})).await.expect(OK);
        ada.patch(&of(&group, ""), closed).await.expect(OK);
        assert!(names(&ada, &of(&group, "requests/")).await.is_empty(), "{visibility}");
    }

    // Whoever comes in, in whichever way, has asked and was invited enough.
    asks(&bola, &group).await.expect(CREATED);
    invites(&ada, &group, json!({"username": "bola"})).await.expect(CREATED);
    ada.adds(&group, &bola, "member").await.expect(CREATED);
    assert!(names(&ada, &of(&group, "requests/")).await.is_empty());
    assert_eq!(bola.ids("/api/invitations/").await, [0; 0]);
    leaves(&bola, &group).await;
    asks(&bola, &group).await.expect(CREATED);
    let link = invites(&ada, &group, json!({})).await.expect(CREATED);
    uses(&bola, &token_of(&link)).await.expect(CREATED);
    assert!(names(&ada, &of(&group, "requests/")).await.is_empty());
}

#[tokio::test]
async fn members_are_told_and_nobody_else() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({})).await;
    joins(&bola, &group).await.expect(CREATED);
    let all = of(&group, "announcements/");
    let tell = async |title: &str| ada.post(&all, json!({"title": title, "body": "So."})).await;

    assert_eq!(ada.post(&all, json!({})).await.faults(), ["body", "title"]);
    let reply = tell("First").await;
    let first = reply.expect(CREATED);
    let location = reply.headers["location"].to_str().unwrap().replace("http://owambe.test", "");
    assert_eq!(bola.get(&location).await.expect(OK), first);
    assert_eq!((&first["author"]["username"], &first["title"]), (&json!("ada"), &json!("First")));
    let second = tell("Second").await.expect(CREATED);
    let ids = bola.ids(&of(&group, "announcements/?page_size=1")).await;
    assert_eq!(ids, [second["id"].as_i64().unwrap(), first["id"].as_i64().unwrap()]);
    assert_eq!(bola.get(&of(&group, "announcements/?count=true")).await.json()["count"], 2);

    let body = json!({"title": "x", "body": "y"});
    bola.post(&all, body).await.expect(StatusCode::FORBIDDEN);
    chidi.get(&all).await.expect(StatusCode::FORBIDDEN);
    chidi.get(&location).await.expect(StatusCode::FORBIDDEN);
    // It is there in its own group only.
    let other = bola.group(json!({})).await;
    let elsewhere = of(&other, &format!("announcements/{}/", first["id"]));
    bola.get(&elsewhere).await.expect(StatusCode::NOT_FOUND);
    bola.delete(&elsewhere).await.expect(StatusCode::NOT_FOUND);
    bola.delete(&location).await.expect(StatusCode::FORBIDDEN);
    ada.delete(&location).await.expect(DONE);
    bola.get(&location).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn one_follows_a_group_that_one_sees_and_nobody_learns_who() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    ada.group(json!({"name": "Another"})).await;

    let followed = follows(&bola, &group).await.expect(CREATED);
    assert_eq!(
        (&followed["follower_count"], &followed["viewer"]["following"]),
        (&json!(1), &json!(true))
    );
    follows(&bola, &group).await.expect(OK);
    let id = group["id"].as_i64().unwrap();
    assert_eq!(bola.ids("/api/groups/?following=me").await, [id]);
    assert_eq!(ada.ids("/api/groups/?following=me").await, [0; 0]);
    assert_eq!(ada.get("/api/groups/?member=me&count=true").await.json()["count"], 2);
    let nobody = app.anonymous();
    nobody.get("/api/groups/?following=me").await.expect(StatusCode::UNAUTHORIZED);
    assert_eq!(ada.get("/api/groups/?following=you").await.faults(), ["following"]);
    app.assert_counters_are_right().await;

    bola.delete(&of(&group, "follow/")).await.expect(DONE);
    bola.delete(&of(&group, "follow/")).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(ada.get(&of(&group, "")).await.json()["follower_count"], 0);
}

#[tokio::test]
async fn following_ends_where_one_sees_the_group_no_more() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (bola, chidi, dayo) =
        (app.person("bola").await, app.person("chidi").await, app.person("dayo").await);
    let group = ada.group(json!({})).await;
    for who in [&bola, &chidi, &dayo] {
        follows(who, &group).await.expect(CREATED);
    }
    let count = async || ada.get(&of(&group, "")).await.json()["follower_count"].clone();
    for who in [&bola, &chidi] {
        joins(who, &group).await.expect(CREATED);
    }
    // It is nobody's business that one left an open group.
    leaves(&chidi, &group).await;
    assert_eq!(count().await, 3);
    joins(&chidi, &group).await.expect(CREATED);

    ada.patch(&of(&group, ""), json!({"visibility": "private"})).await.expect(OK);
    assert_eq!(count().await, 2);
    leaves(&chidi, &group).await;
    assert_eq!(count().await, 1);
    let leaving = json!({"password": PASSWORD});
    bola.send(Method::DELETE, "/api/users/profile/", Some(leaving)).await.expect(DONE);
    assert_eq!(count().await, 0);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn the_events_of_the_groups_that_one_follows_or_belongs_to_are_one_list() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let site = app.site_admin("site").await;
    let mine = "/api/events/?following=me";
    let event = async |group: &Value, more: Value| {
        let mut event = json!({"group": group["id"]});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ada.event(event).await["id"].as_i64().unwrap()
    };
    let (followed, belonged) =
        (ada.group(json!({})).await, ada.group(json!({"visibility": "private"})).await);
    let other = ada.group(json!({})).await;
    follows(&bola, &followed).await.expect(CREATED);
    ada.adds(&belonged, &bola, "member").await.expect(CREATED);
    let open = event(&followed, json!({"start_date": "2030-01-03"})).await;
    event(&followed, json!({"visibility": "unlisted"})).await;
    event(&followed, json!({"visibility": "group"})).await;
    event(&followed, json!({"status": "draft"})).await;
    let unlisted =
        event(&belonged, json!({"visibility": "unlisted", "start_date": "2030-01-01"})).await;
    let inside = event(&belonged, json!({"visibility": "group", "start_date": "2030-01-02"})).await;
    event(&belonged, json!({"status": "draft"})).await;
    event(&other, json!({})).await;
    bola.event(json!({})).await;

    assert_eq!(bola.ids(mine).await, [unlisted, inside, open]);
    assert_eq!(
        bola.ids(&format!("{mine}&page_size=1&ordering=-start")).await,
        [open, inside, unlisted]
    );
    let only = format!("{mine}&group={}", followed["id"]);
    assert_eq!(bola.ids(&only).await, [open]);
    let counted = bola.get(&format!("{mine}&count=true&when=upcoming")).await.expect(OK);
    assert_eq!(counted["count"], 3);
    assert_eq!(site.ids(mine).await, [0; 0]);
    app.anonymous().get(mine).await.expect(StatusCode::UNAUTHORIZED);
    assert_eq!(bola.get("/api/events/?following=you").await.faults(), ["following"]);
    bola.delete(&of(&followed, "follow/")).await.expect(DONE);
    leaves(&bola, &belonged).await;
    assert_eq!(bola.ids(mine).await, [0; 0]);
}

#[tokio::test]
async fn the_upcoming_events_of_a_group_are_those_that_have_not_begun() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    ada.event(json!({"group": group["id"], "start_date": "2020-01-01"})).await;
    let soon = ada.event(json!({"group": group["id"], "start_date": "2040-01-01"})).await;
    ada.event(json!({"start_date": "2040-01-01"})).await;

    let upcoming = app.anonymous().ids(&of(&group, "events/?when=upcoming")).await;
    assert_eq!(upcoming, [soon["id"].as_i64().unwrap()]);
}

#[tokio::test]
async fn one_takes_along_what_groups_hold_about_one() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let [inviting, closed, hostile, followed] = [
        ada.group(json!({})).await,
        ada.group(json!({"visibility": "closed"})).await,
        ada.group(json!({})).await,
        bola.group(json!({})).await,
    ];
    invites(&ada, &inviting, json!({"username": "bola"})).await.expect(CREATED);
    bola.post(&of(&closed, "requests/"), json!({"message": "Please."})).await.expect(CREATED);
    let reason = json!({"reason": "They ate all of it."});
    ada.put(&of(&hostile, &format!("bans/{}/", bola.id())), reason).await.expect(CREATED);
    follows(&bola, &followed).await.expect(CREATED);
    let told = json!({"title": "We move", "body": "To the park."});
    bola.post(&of(&followed, "announcements/"), told).await.expect(CREATED);

    let all = bola.get("/api/users/profile/export/").await.expect(OK);

    assert_eq!(all["following"], json!([followed["id"]]));
    assert_eq!(
        (&all["invitations"][0]["group"], &all["invitations"][0]["role"]),
        (&inviting["id"], &json!("member"))
    );
    assert_eq!(
        (&all["requests"][0]["group"], &all["requests"][0]["message"]),
        (&closed["id"], &json!("Please."))
    );
    assert_eq!(
        (&all["announcements"][0]["group"], &all["announcements"][0]["title"]),
        (&followed["id"], &json!("We move"))
    );
    assert_eq!(
        (&all["bans"][0]["group"], &all["bans"][0]["reason"]),
        (&hostile["id"], &json!("They ate all of it."))
    );
    assert!(all["bans"][0]["actor"].is_null());

    // And all of it goes with the account.
    let leaving = json!({"password": PASSWORD});
    bola.send(Method::DELETE, "/api/users/profile/", Some(leaving)).await.expect(DONE);
    for list in ["invitations/", "requests/", "bans/"] {
        for group in [&inviting, &closed, &hostile] {
            assert_eq!(ada.get(&of(group, list)).await.json()["results"], json!([]), "{list}");
        }
    }
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn what_an_account_announced_stays_without_it() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({})).await;
    ada.adds(&group, &bola, "admin").await.expect(CREATED);
    let told = json!({"title": "We move", "body": "To the park."});
    bola.post(&of(&group, "announcements/"), told).await.expect(CREATED);
    bans(&bola, &group, &app.person("chidi").await).await.expect(CREATED);

    let leaving = json!({"password": PASSWORD});
    bola.send(Method::DELETE, "/api/users/profile/", Some(leaving)).await.expect(DONE);

    let left = ada.get(&of(&group, "announcements/")).await.json();
    assert_eq!(
        (&left["results"][0]["author"], &left["results"][0]["title"]),
        (&json!(null), &json!("We move"))
    );
    assert_eq!(ada.get(&of(&group, "bans/")).await.json()["results"][0]["actor"], json!(null));
}
