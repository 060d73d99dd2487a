//! What the site writes to people, and the links in it.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use owambe::clock;
use owambe::sessions::{mailbox, token};
use owambe::users;
use serde_json::{Value, json};

use crate::helpers::{PASSWORD, TestApp, Visitor};

const NEW_PASSWORD: &str = "suya at midnight";

async fn register(app: &TestApp, name: &str) -> Value {
    let new =
        json!({"username": name, "email": format!("{name}@example.com"), "password": PASSWORD});
    app.anonymous().post("/api/users/register/", new).await.expect(StatusCode::CREATED)
}

async fn verify(visitor: &Visitor<'_>, token: &str) -> StatusCode {
    visitor.post("/api/users/email/verify/", json!({"token": token})).await.status
}

async fn ask_to_reset(app: &TestApp, email: &str) -> StatusCode {
    app.anonymous().post("/api/users/password/reset/", json!({"email": email})).await.status
}

async fn reset(app: &TestApp, token: &str, password: &str) -> StatusCode {
    let body = json!({"token": token, "new_password": password});
    app.anonymous().post("/api/users/password/reset/confirm/", body).await.status
}

async fn login(app: &TestApp, name: &str, password: &str) -> StatusCode {
    let body = json!({"username": name, "password": password});
    app.anonymous().post("/api/users/login/", body).await.status
}

#[tokio::test]
async fn an_address_is_verified_by_the_letter_that_went_to_it() {
    let app = TestApp::new();
    let session = register(&app, "ada").await;
    assert_eq!(session["user"]["email_verified"], false);
    let ada = app.with_token(session["access"].as_str().unwrap());

    let letters = app.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, "ada@example.com");
    assert!(letters[0].html.contains("<a href=\"http://owambe.test/verify/?token="));
    assert_eq!(verify(&app.anonymous(), "nonsense").await, StatusCode::BAD_REQUEST);
    assert_eq!(verify(&app.anonymous(), &letters[0].token()).await, StatusCode::NO_CONTENT);

    assert_eq!(ada.get("/api/users/profile/").await.json()["email_verified"], true);
    let again = ada.post("/api/users/email/verify/send/", json!({})).await;
    assert_eq!(again.expect(StatusCode::CONFLICT)["code"], "already_verified");
    assert!(app.letters().await.is_empty());
}

#[tokio::test]
async fn another_address_is_to_be_verified_anew() {
    let app = TestApp::new();
    let session = register(&app, "ada").await;
    let ada = app.with_token(session["access"].as_str().unwrap());
    let old = app.letters().await.pop().unwrap().token();
    verify(&ada, &old).await;

    let changed =
        ada.patch("/api/users/profile/update/", json!({"email": "ada@other.example"})).await;
    assert_eq!(changed.expect(StatusCode::OK)["email_verified"], false);
    assert_eq!(verify(&ada, &old).await, StatusCode::BAD_REQUEST);
    let letter = app.letters().await.pop().unwrap();
    assert_eq!(letter.to, "ada@other.example");
    assert_eq!(verify(&ada, &letter.token()).await, StatusCode::NO_CONTENT);
    let same = ada.patch("/api/users/profile/update/", json!({"bio": "I bring the jollof."})).await;
    assert_eq!(same.expect(StatusCode::OK)["email_verified"], true);
}

#[tokio::test]
async fn nobody_can_tell_from_the_answer_who_has_an_account() {
    let app = TestApp::new();
    app.person("ada").await;
    let ask = async |email| {
        let body = json!({"email": email});
        app.anonymous().post("/api/users/password/reset/", body).await
    };

    let (known, unknown) = (ask("ada@example.com").await, ask("eve@example.com").await);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    assert_eq!(known.status, StatusCode::NO_CONTENT);
    assert_eq!(app.do_jobs().await, 2, "the same work for both");
    assert_eq!(app.letters().await.len(), 1);
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_once() {
    let app = TestApp::new();
    let session = register(&app, "ada").await;
    app.letters().await;
    let ada = app.with_token(session["access"].as_str().unwrap());
    ask_to_reset(&app, "ADA@example.com").await;
    ask_to_reset(&app, "ada@example.com").await;
    let letters = app.letters().await;
    assert_eq!(letters.len(), 1, "who asks twice at once gets one letter");
    let link = letters[0].token();

    assert_eq!(reset(&app, &link, "12345678").await, StatusCode::BAD_REQUEST, "a weak one");
    assert_eq!(login(&app, "ada", PASSWORD).await, StatusCode::OK);
    assert_eq!(reset(&app, &link, NEW_PASSWORD).await, StatusCode::NO_CONTENT);
    assert_eq!(reset(&app, &link, "suya at six in the morning").await, StatusCode::BAD_REQUEST);

    assert_eq!(login(&app, "ada", PASSWORD).await, StatusCode::UNAUTHORIZED);
    assert_eq!(login(&app, "ada", NEW_PASSWORD).await, StatusCode::OK);
    assert_eq!(ada.get("/api/users/profile/").await.status, StatusCode::UNAUTHORIZED);
    let session = app
        .anonymous()
        .post("/api/users/login/", json!({"username": "ada", "password": NEW_PASSWORD}))
        .await;
    assert_eq!(session.json()["user"]["email_verified"], true, "they read what was sent there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_come_with_one_link_one_is_served() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    app.person("ada").await;
    ask_to_reset(app, "ada@example.com").await;
    let link = app.letters().await.pop().unwrap().token();

    let mut coming = tokio::task::JoinSet::new();
    for place in 0..8 {
        let link = link.clone();
        coming.spawn(async move { reset(app, &link, &format!("suya at midnight {place}")).await });
    }
    let served = coming.join_all().await;

    let done = served.iter().filter(|status| **status == StatusCode::NO_CONTENT).count();
    let void = served.iter().filter(|status| **status == StatusCode::BAD_REQUEST).count();
    assert_eq!((done, void), (1, 7));
}

#[tokio::test]
async fn a_link_expires_and_is_good_for_one_purpose() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let (site, id) = (app.app.site.clone(), ada.user.id);
    let hash = app.write(move |tx| users::password_hash(tx, id)).await;
    let reset_link = mailbox::reset_url(&site, &ada.user, &hash).unwrap();
    let good = reset_link.split_once("token=").unwrap().1.to_owned();
    let subject = token::read_grant(&site, "reset", &good).unwrap();
    let old = token::grant(&site, "reset", &subject, clock::now().plus(TimeDelta::seconds(-1)));
    let other = token::grant(&site, "verify", &subject, clock::now().plus(TimeDelta::hours(1)));
    let access = ada.token.clone().unwrap();

    for bad in [old.unwrap(), other.unwrap(), access] {
        assert_eq!(reset(&app, &bad, NEW_PASSWORD).await, StatusCode::BAD_REQUEST);
    }
    // Another address makes it void, too.
    ada.patch("/api/users/profile/update/", json!({"email": "ada@other.example"})).await;
    assert_eq!(reset(&app, &good, NEW_PASSWORD).await, StatusCode::BAD_REQUEST);
    let as_access = app.with_token(&good).get("/api/users/profile/").await;
    assert_eq!(as_access.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn letters_go_to_addresses_that_are_known_to_be_theirs() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    let event = ada.event(json!({"title": "Jollof Night", "location": "Freedom Park"})).await;
    bola.answer(&event, "going").await;
    let path = format!("/api/events/{}/", event["id"]);
    ada.patch(&path, json!({"start_time": "19:30", "timezone": "Africa/Lagos"})).await;
    assert!(app.letters().await.is_empty());

    app.verify(&bola).await;
    ada.patch(&path, json!({"end_time": "23:00"})).await.expect(StatusCode::OK);

    let letters = app.letters().await;
    assert_eq!(letters.len(), 1);
    let letter = &letters[0];
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("bola@example.com", "Changed: Jollof Night")
    );
    assert!(letter.text.contains("“Jollof Night” has changed: when it is."), "{}", letter.text);
    assert!(
        letter.text.contains("Saturday, 1 June 2030, 19:30 to 23:00 (Africa/Lagos)"),
        "{}",
        letter.text
    );
    assert!(letter.html.contains("Freedom Park"));
    let calendar = letter.calendar.as_ref().unwrap();
    for line in [
        "METHOD:PUBLISH",
        &format!("UID:event-{}@owambe.test", event["id"]),
        "DTSTART:20300601T183000Z",
        "DTEND:20300601T220000Z",
        "SUMMARY:Jollof Night",
        "LOCATION:Freedom Park",
        "STATUS:CONFIRMED",
        "ORGANIZER;CN=ada:mailto:owambe@owambe.test",
        "PRODID:-//Owambe//Owambe//EN",
    ] {
        assert!(calendar.lines().any(|it| it == line), "{line} is not in {calendar}");
    }
    assert_eq!(calendar.matches("PRODID").count(), 1);
    assert!(app.letters().await.is_empty(), "and it goes out once");
    let id = bola.ids("/api/notifications/").await[0];
    assert_eq!(letter.name, format!("notification-{id}@owambe.test"));
}

#[tokio::test]
async fn what_is_off_leaves_the_calendar() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    app.verify(&bola).await;
    let event = ada.event(json!({"title": "Jollof Night"})).await;
    bola.answer(&event, "going").await;
    let path = format!("/api/events/{}/", event["id"]);
    let uid = format!("UID:event-{}@owambe.test", event["id"]);

    ada.patch(&path, json!({"status": "cancelled"})).await.expect(StatusCode::OK);
    let letter = app.letters().await.pop().unwrap();
    assert_eq!(letter.subject, "Cancelled: Jollof Night");
    let calendar = letter.calendar.unwrap();
    for line in ["METHOD:CANCEL", &uid, "STATUS:CANCELLED", "DTSTART;VALUE=DATE:20300601"] {
        assert!(calendar.lines().any(|it| it == line), "{line} is not in {calendar}");
    }

    ada.patch(&path, json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    ada.delete(&path).await.expect(StatusCode::NO_CONTENT);
    // That it takes place after all went with the event, before anybody had read it.
    let letters = app.letters().await;
    assert_eq!(letters.len(), 1);
    let calendar = letters[0].calendar.as_ref().unwrap();
    for line in ["METHOD:CANCEL", &uid, "STATUS:CANCELLED", "SEQUENCE:2147483647"] {
        assert!(calendar.lines().any(|it| it == line), "{line} is not in {calendar}");
    }
}

#[tokio::test]
async fn what_somebody_has_read_or_may_not_see_any_more_is_not_written_to_them() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    app.verify(&bola).await;
    let event = ada.event(json!({})).await;
    bola.answer(&event, "going").await;
    let path = format!("/api/events/{}/", event["id"]);

    ada.patch(&path, json!({"location": "here"})).await;
    bola.post("/api/notifications/read/", json!({})).await;
    assert!(app.letters().await.is_empty());

    ada.patch(&path, json!({"location": "there"})).await;
    ada.patch(&path, json!({"status": "draft"})).await;
    // Where it is to be is nothing to them any more, but that it is off is; and if it is on again, so
    // is that, and calendars take it.
    let letters = app.letters().await;
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].subject, "Cancelled: Jollof Night");
    assert!(letters[0].calendar.as_ref().unwrap().contains("METHOD:CANCEL"));
    assert!(!letters[0].calendar.as_ref().unwrap().contains("SEQUENCE:2147483647"));
    ada.patch(&path, json!({"status": "scheduled"})).await;
    assert_eq!(app.letters().await.pop().unwrap().subject, "Changed: Jollof Night");

    // Nobody is told that they have what they have given up.
    ada.patch(&path, json!({"location": "nowhere"})).await;
    bola.delete(&format!("/api/users/{}/interests/{}/", bola.id(), event["id"])).await;
    assert!(app.letters().await.is_empty());

    // What was to go to one address does not go to another.
    bola.answer(&event, "going").await;
    ada.patch(&path, json!({"location": "everywhere"})).await;
    bola.patch("/api/users/profile/update/", json!({"email": "bola@other.example"})).await;
    let letters = app.letters().await;
    assert_eq!((letters.len(), letters[0].subject.as_str()), (1, "Is this your address?"));
}

#[tokio::test]
async fn a_letter_can_be_had_without_the_list_and_the_list_without_letters() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    app.verify(&ada).await;
    let event = ada.event(json!({"title": "Jollof Night"})).await;
    bola.comment(&event, "no letter about this").await;
    assert!(app.letters().await.is_empty(), "comments come often");

    let setting = "/api/notifications/settings/event_comment/";
    ada.patch(setting, json!({"app": false, "mail": true})).await.expect(StatusCode::OK);
    bola.comment(&event, "Is there <suya>?").await;
    let before = ada.ids("/api/notifications/").await;
    let letter = app.letters().await.pop().unwrap();
    assert_eq!(letter.subject, "bola commented on Jollof Night");
    assert!(letter.text.contains("> Is there <suya>?"), "{}", letter.text);
    assert!(letter.html.contains("Is there &#60;suya&#62;?"), "{}", letter.html);
    assert_eq!(letter.calendar, None);
    assert_eq!((before.len(), ada.ids("/api/notifications/").await.len()), (1, 1));
    let rows = "select count(*) from notifications";
    assert_eq!(app.count(rows).await, 2, "letters are counted for a while");
    app.sql("update notifications set mailed_at = '2020-01-01 00:00:00' where mailed_at > '2020-01-01 00:00:00'").await;
    app.write(owambe::notifications::sweep).await;
    assert_eq!(app.count(rows).await, 1, "what was only in a letter is forgotten");

    // Two clicks, or the one of a mail program, and they come no more.
    let page = letter.unsubscribe.unwrap();
    let page = page.strip_prefix("http://owambe.test").unwrap();
    let shown = app.anonymous().get(page).await;
    assert!(shown.text.contains("comments on your events") && shown.text.contains("<button>"));
    bola.comment(&event, "looking at the page changes nothing").await;
    assert_eq!(app.letters().await.len(), 1);
    let form = "application/x-www-form-urlencoded";
    let click = |body: &'static str| {
        let site = app.anonymous();
        async move { site.send_text(Method::POST, page, form, body).await }
    };
    assert_eq!(click("List-Unsubscribe=One-Click").await.status, StatusCode::OK);
    bola.comment(&event, "nobody hears of this").await;
    assert!(app.letters().await.is_empty());
    assert_eq!(click("again=true").await.status, StatusCode::OK);
    bola.comment(&event, "but of this").await;
    assert_eq!(app.letters().await.len(), 1);
    let forged = page.replace("token=", "token=x");
    assert_eq!(app.anonymous().get(&forged).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_pages_behind_the_links_do_what_they_say() {
    let app = TestApp::new();
    register(&app, "ada").await;
    let letter = app.letters().await.pop().unwrap();
    let form = "application/x-www-form-urlencoded";
    let post = async |page: &str, body: &'static str| {
        app.anonymous().send_text(Method::POST, page, form, body).await
    };

    let page = format!("/verify/?token={}", letter.token());
    let shown = app.anonymous().get(&page).await;
    assert!(shown.text.contains("Yes, this is my address"));
    assert_eq!(shown.headers["referrer-policy"], "same-origin");
    assert_eq!(shown.headers["cache-control"], "no-store");
    assert!(post(&page, "").await.text.contains("Your address is verified"));
    assert!(post("/verify/?token=x", "").await.text.contains("not valid, or not any more"));

    ask_to_reset(&app, "ada@example.com").await;
    let page = format!("/reset/?token={}", app.letters().await.pop().unwrap().token());
    assert!(app.anonymous().get(&page).await.text.contains("A new password for ada"));
    let weak = post(&page, "new_password=password").await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    assert!(weak.text.contains("role=\"alert\"") && weak.text.contains("A new password for ada"));
    let done = post(&page, "new_password=suya+at+midnight").await;
    assert!(done.text.contains("Your password is changed"), "{}", done.text);
    assert!(app.anonymous().get(&page).await.text.contains("not valid, or not any more"));
    assert_eq!(login(&app, "ada", NEW_PASSWORD).await, StatusCode::OK);
}

#[tokio::test]
async fn an_invitation_is_written_to_an_address_and_taken_up_by_who_reads_there() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    app.verify(&ada).await;
    let group = ada.group(json!({"name": "Jollof <Society>", "visibility": "private"})).await;
    let path = format!("/api/groups/{}/invitations/", group["id"]);
    let invite = async |email: &str| {
        ada.post(&path, json!({"email": email})).await.expect(StatusCode::CREATED);
        app.letters().await.pop().unwrap()
    };
    let form = "application/x-www-form-urlencoded";
    let post = async |page: &str, body: &'static str| {
        app.anonymous().send_text(Method::POST, page, form, body).await
    };

    let letter = invite("chidi@example.com").await;
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("chidi@example.com", "ada invites you to Jollof <Society>")
    );
    let page = format!("/invitations/?token={}", letter.token());
    let shown = app.anonymous().get(&page).await;
    assert!(shown.text.contains("You are invited to Jollof &#60;Society&#62;"), "{}", shown.text);
    assert!(shown.text.contains("value=\"chidi@example.com\""));
    let weak =
        post(&page, "is_new=true&username=chidi&email=chidi%40example.com&password=password").await;
    assert_eq!(weak.status, StatusCode::BAD_REQUEST);
    assert!(weak.text.contains("role=\"alert\"") && weak.text.contains("value=\"chidi\""));
    let joined = post(
        &page,
        "is_new=true&username=chidi&email=chidi%40example.com&password=suya+at+midnight",
    )
    .await;
    assert!(joined.text.contains("Welcome to Jollof"), "{}", joined.text);
    assert_eq!(login(&app, "chidi", NEW_PASSWORD).await, StatusCode::OK);
    let members = ada.get(&format!("/api/groups/{}/members/", group["id"])).await.json();
    assert_eq!(members["results"][1]["user"]["username"], "chidi");
    assert!(app.letters().await.is_empty(), "the address is verified by the invitation");
    assert!(
        post(&page, "username=bola&password=x").await.text.contains("not valid, or not any more")
    );

    // Whoever has an account signs in, and wrong passwords are counted as everywhere.
    let letter = invite("somebody@example.com").await;
    let page = format!("/invitations/?token={}", letter.token());
    let wrong = post(&page, "username=bola&password=wrong").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert!(wrong.text.contains("no account with this name and password"));
    let joined = post(&page, "username=bola&password=jollof+rice+at+noon").await;
    assert!(joined.text.contains("Welcome to Jollof"), "{}", joined.text);
    bola.get(&format!("/api/groups/{}/", group["id"])).await.expect(StatusCode::OK);

    // What is revoked before it was written is not written.
    let made = ada.post(&path, json!({"email": "eve@example.com"})).await.json();
    ada.delete(&format!("/api/invitations/{}/", made["id"])).await.expect(StatusCode::NO_CONTENT);
    assert!(app.letters().await.is_empty());
}

#[tokio::test]
async fn what_a_group_has_to_say_is_in_the_letter() {
    let app = TestApp::new();
    let [ada, bola, chidi] = app.people(["ada", "bola", "chidi"]).await;
    for who in [&ada, &bola] {
        app.verify(who).await;
    }
    let group = ada.group(json!({"visibility": "closed"})).await;
    ada.adds(&group, &bola, "member").await.expect(StatusCode::CREATED);
    let said = app.letters().await.pop().unwrap();
    assert_eq!(said.subject, "You are a member of Jollof Society");

    let announcements = format!("/api/groups/{}/announcements/", group["id"]);
    let new = json!({"title": "We move", "body": "To the park."});
    ada.post(&announcements, new.clone()).await.expect(StatusCode::CREATED);
    let letter = app.letters().await.pop().unwrap();
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        ("bola@example.com", "Jollof Society: We move")
    );
    assert!(letter.text.contains("> To the park."), "{}", letter.text);

    let ask = format!("/api/groups/{}/requests/", group["id"]);
    chidi.post(&ask, json!({"message": "I cook."})).await.expect(StatusCode::CREATED);
    let letter = app.letters().await.pop().unwrap();
    assert_eq!(letter.subject, "chidi asks to join Jollof Society");
    assert!(letter.text.contains("> I cook."), "{}", letter.text);

    // Who is out by the time that a letter would go out gets none.
    ada.post(&announcements, new).await.expect(StatusCode::CREATED);
    let out = format!("/api/groups/{}/members/{}/", group["id"], bola.id());
    ada.delete(&out).await.expect(StatusCode::NO_CONTENT);
    assert!(app.letters().await.is_empty());
}

#[tokio::test]
async fn who_wants_no_more_letters_gets_none_that_is_waiting() {
    let app = TestApp::new();
    let [ada, bola] = app.people(["ada", "bola"]).await;
    app.verify(&bola).await;
    let event = ada.event(json!({})).await;
    bola.answer(&event, "going").await;
    ada.patch(&format!("/api/events/{}/", event["id"]), json!({"location": "here"})).await;

    let setting = "/api/notifications/settings/event_changed/";
    bola.patch(setting, json!({"mail": false})).await.expect(StatusCode::OK);

    assert!(app.letters().await.is_empty());
    assert_eq!(bola.ids("/api/notifications/").await.len(), 1);
}

#[tokio::test]
async fn nobody_has_letters_written_to_strangers_without_end() {
    let app = TestApp::with_limits(owambe::http::limits::Limits::new(Vec::new()));
    let ada = app.person("ada").await;
    let send = async || ada.post("/api/users/email/verify/send/", json!({})).await.status;
    for _ in 0..5 {
        assert_eq!(send().await, StatusCode::NO_CONTENT);
    }
    assert_eq!(send().await, StatusCode::TOO_MANY_REQUESTS, "to one reader");

    let mut last = StatusCode::OK;
    for stranger in 0..20 {
        let body = json!({"email": format!("stranger{stranger}@example.com")});
        last = ada.patch("/api/users/profile/update/", body).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "of one account");
    let same = ada.patch("/api/users/profile/update/", json!({"bio": "I cook."})).await;
    same.expect(StatusCode::OK);

    // Who may not invite counts nothing, and nothing else keeps a new password from its reader.
    let bola = app.person("bola").await;
    let group = ada.group(json!({})).await;
    let invitations = format!("/api/groups/{}/invitations/", group["id"]);
    for _ in 0..8 {
        let refused = bola.post(&invitations, json!({"email": "ada@example.com"})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    }
    ask_to_reset(&app, "bola@example.com").await;
    assert_eq!(app.letters().await.iter().filter(|it| it.to == "bola@example.com").count(), 1);

    // To who asks for a new password too often the answer stays the same.
    for _ in 0..8 {
        assert_eq!(ask_to_reset(&app, "ada@example.com").await, StatusCode::NO_CONTENT);
    }
}
