//! Organising events on the pages: making and changing them, calling them off, guests, one's own.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::helpers::{Person, Reply, TestApp, picture};

const HOSTILE: &str = "\"><script>alert(1)</script>";

/// What the form of an event holds at least.
const PARTY: [(&str, &str); 3] =
    [("title", "Jollof Night"), ("start_date", "2030-06-01"), ("timezone", "Africa/Lagos")];

async fn send(browser: &Browser<'_>, path: &str, more: &[(&str, &str)]) -> Reply {
    let others = PARTY.iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
    let parts: Vec<(&str, &[u8])> =
        others.chain(more).map(|(name, text)| (*name, text.as_bytes())).collect();
    browser.upload(path, &parts).await
}

async fn event_at(who: &Person<'_>, path: &str) -> Value {
    let id = path.trim_start_matches("/events/").split(['-', '/']).next().unwrap().to_owned();
    who.get(&format!("/api/events/{id}/")).await.expect(StatusCode::OK)
}

fn page_of(event: &Value, more: &str) -> String {
    format!("/events/{}/{more}", event["id"])
}

/// What a hidden field of a page holds.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let after = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
    after.split('"').next().unwrap()
}

#[tokio::test]
async fn an_event_is_made_with_a_picture_and_everything_that_was_typed() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let page = browser.shows("/events/new/").await;
    assert!(
        page.contains("<option value=\"Africa/Lagos\">") && page.contains("multipart/form-data")
    );

    let parts: [(&str, &[u8]); 14] = [
        ("title", b"Jollof Night"),
        ("description", b"Bring a spoon."),
        ("start_date", b"2030-06-01"),
        ("start_time", b"20:00"),
        ("end_date", b"2030-06-02"),
        ("end_time", b"02:00"),
        ("timezone", b"Africa/Lagos"),
        ("location", b"Freedom Park"),
        ("tags", b"Food, live music"),
        ("capacity", b"50"),
        ("rsvp_until", b"2030-05-30T18:00"),
        ("visibility", b"unlisted"),
        ("image", &picture(64, 48)),
        ("picture_alt", b"A pot of rice"),
    ];
    let path = browser.upload("/events/new/", &parts).await.leads();

    assert!(path.ends_with("-jollof-night/"), "{path}");
    let event = event_at(&ada, &path).await;
    assert_eq!(event["starts_at"], "2030-06-01T19:00:00Z");
    assert_eq!(event["rsvp_until"], "2030-05-30T17:00:00Z");
    assert_eq!(event["tags"], json!(["food", "live music"]));
    assert_eq!((&event["capacity"], &event["visibility"]), (&json!(50), &json!("unlisted")));
    assert!(event["thumbnail"].is_string());
    let form = browser.shows(&page_of(&event, "edit/")).await;
    for held in ["A pot of rice", "2030-05-30T18:00", "food, live music", "value=\"20:00\""] {
        assert!(form.contains(held), "{held}");
    }
    site.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_form_that_is_refused_keeps_what_was_typed_and_says_beside_each_field_what_is_wrong() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let wrong = [
        ("title", ""),
        ("start_date", ""),
        ("description", HOSTILE),
        ("location", HOSTILE),
        ("timezone", HOSTILE),
        ("latitude", "6.5"),
        ("url", HOSTILE),
        ("tags", HOSTILE),
        ("capacity", "many"),
        ("rsvp_until", HOSTILE),
        ("picture_alt", HOSTILE),
    ];
    let reply = send(&browser, "/events/new/", &wrong).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);

    for field in ["title", "start_date", "timezone", "url", "capacity", "rsvp_until"] {
        assert!(page.contains(&format!("id=\"{field}-fault\"")), "{field}");
    }
    assert!(!page.contains("<script>alert"), "somebody's text is somebody's script");
    assert_eq!(page.matches("&#60;script&#62;alert(1)&#60;/script&#62;").count(), 7, "{page}");
    assert_eq!(site.count("select count(*) from events").await, 0);

    let early = [("end_date", "2030-05-01"), ("latitude", "6.5"), ("visibility", "group")];
    let reply = send(&browser, "/events/new/", &early).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);
    for field in ["end_date", "longitude", "visibility"] {
        assert!(page.contains(&format!("id=\"{field}-fault\"")), "{field}");
    }
}

#[tokio::test]
async fn a_picture_that_came_with_a_refused_form_is_asked_for_again() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let parts: [(&str, &[u8]); 3] =
        [("title", b""), ("image", &picture(8, 8)), ("picture_alt", b"Two drums")];
    let reply = browser.upload("/events/new/", &parts).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("cannot hold on to a picture") && page.contains("Two drums"));

    let parts: [(&str, &[u8]); 3] =
        [("title", b"Jollof"), ("start_date", b"2030-06-01"), ("image", b"no picture")];
    let reply = browser.upload("/events/new/", &parts).await;
    assert!(reply.refuses(StatusCode::BAD_REQUEST).contains("id=\"image-fault\""));
    assert_eq!(site.count("select count(*) from events").await, 0);
}

#[tokio::test]
async fn a_preview_shows_the_event_and_writes_nothing() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let more = [("do", "preview"), ("start_time", "20:00"), ("description", HOSTILE)];
    let reply = send(&browser, "/events/new/", &more).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(
        reply.text.contains("Nothing is saved yet") && reply.text.contains("Sat 1 Jun 2030, 20:00")
    );
    assert!(!reply.text.contains("<script>alert"));
    assert_eq!(site.count("select count(*) from events").await, 0);

    let event = ada.event(json!({})).await;
    let more = [("do", "preview"), ("title", "Other")];
    let reply = send(&browser, &page_of(&event, "edit/"), &more).await;
    assert_eq!(reply.status, StatusCode::OK);
    let wrong = [("do", "preview"), ("end_date", "2029-01-01")];
    let reply = send(&browser, &page_of(&event, "edit/"), &wrong).await;
    reply.refuses(StatusCode::BAD_REQUEST);
    let same = ada.get(&format!("/api/events/{}/", event["id"])).await.json();
    assert_eq!(same["title"], "Jollof Night");
}

#[tokio::test]
async fn a_change_keeps_what_the_form_does_not_show_otherwise() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let all = json!({
        "start_time": "20:00:30", "timezone": "Europe/Berlin", "capacity": 9, "tags": ["a, b", "c"],
        "rsvp_until": "2026-10-25T01:30:00.5Z", "waitlist_order": "fit", "guest_list": "all",
        "latitude": 6.4488, "longitude": 3.3958, "url": "https://example.com/",
        "description": "One\n\n\nTwo", "location": HOSTILE, "visibility": "unlisted",
    });
    let event = ada.event(all).await;
    let path = page_of(&event, "edit/");
    let page = browser.shows(&path).await;

    let fields = [
        ("title", "Jollof Nights"),
        ("start_time", "20:00:30"),
        ("timezone", "Europe/Berlin"),
        ("capacity", "9"),
        ("tags", "a, b, c"),
        ("rsvp_until", "2026-10-25T02:30"),
        ("waitlist_order", "fit"),
        ("guest_list", "all"),
        ("latitude", "6.4488"),
        ("longitude", "3.3958"),
        ("url", "https://example.com/"),
        ("description", "One\r\n\r\n\r\nTwo"),
        ("location", HOSTILE),
        ("visibility", "unlisted"),
        ("status", "scheduled"),
        ("seen", hidden(&page, "seen")),
    ];
    let to = send(&browser, &path, &fields).await.leads();
    assert!(to.ends_with("-jollof-nights/"), "{to}");
    let mut after = event_at(&ada, &to).await;
    assert_eq!(after["title"], "Jollof Nights");
    for changed in ["title", "updated_at"] {
        after[changed] = event[changed].clone();
    }
    assert_eq!(after, event);
}

#[tokio::test]
async fn who_saves_over_somebody_elses_change_is_told_first() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({})).await;
    let path = page_of(&event, "edit/");
    let page = browser.shows(&path).await;
    let seen = hidden(&page, "seen").to_owned();
    let api = format!("/api/events/update/{}/", event["id"]);
    ada.patch(&api, json!({"title": "Theirs"})).await.expect(StatusCode::OK);

    let mine = [("title", "Mine"), ("location", "Here"), ("seen", seen.as_str())];
    let reply = send(&browser, &path, &mine).await;
    let page = reply.refuses(StatusCode::CONFLICT);
    assert!(page.contains("value=\"Mine\"") && page.contains("value=\"Here\""));
    assert!(page.contains("See their version"));
    let now = hidden(page, "seen");
    assert_ne!(now, seen);
    let again = [("title", "Mine"), ("location", "Here"), ("seen", now)];
    let to = send(&browser, &path, &again).await.leads();
    assert_eq!(event_at(&ada, &to).await["title"], "Mine");

    let seen = hidden(&browser.shows(&path).await, "seen").to_owned();
    ada.patch(&api, json!({"status": "cancelled"})).await.expect(StatusCode::OK);
    let mine = [("title", "Mine again"), ("status", "scheduled"), ("seen", seen.as_str())];
    let reply = send(&browser, &path, &mine).await;
    let page = reply.refuses(StatusCode::CONFLICT);
    assert!(page.contains("They have called it off") && page.contains("value=\"Mine again\""));
    let (status, now) = (hidden(page, "status"), hidden(page, "seen"));
    assert_eq!(status, "cancelled");
    let again = [("title", "Mine again"), ("status", status), ("seen", now)];
    let to = send(&browser, &path, &again).await.leads();
    assert_eq!(event_at(&ada, &to).await["status"], "cancelled");
}

#[tokio::test]
async fn a_picture_is_changed_described_anew_and_taken_away() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({})).await;
    let path = page_of(&event, "edit/");
    let parts = async |more: &[(&str, &[u8])]| {
        let page = browser.shows(&path).await;
        let seen = hidden(&page, "seen").to_owned();
        let usual: [(&str, &[u8]); 3] =
            [("title", b"Party"), ("start_date", b"2030-06-01"), ("seen", seen.as_bytes())];
        browser.upload(&path, &[&usual, more].concat()).await.leads()
    };
    let images = format!("/api/events/{}/image/", event["id"]);

    parts(&[("image", &picture(9, 9)), ("picture_alt", b"Drums")]).await;
    let first = browser.shows(&path).await;
    assert!(first.contains("value=\"Drums\"") && first.contains("take_away"));
    parts(&[("image", b""), ("picture_alt", b"Talking drums")]).await;
    assert!(browser.shows(&path).await.contains("value=\"Talking drums\""));
    let files = "select count(*) from jobs where kind = 'discard_file'";
    assert_eq!(site.count(files).await, 0, "the picture is still in use");
    parts(&[("take_away", b"on"), ("picture_alt", b"Talking drums")]).await;
    assert!(!browser.shows(&path).await.contains("take_away"));
    let gone = event_at(&ada, &page_of(&event, "x")).await;
    assert!(gone["thumbnail"].is_null(), "{images}");
}

#[tokio::test]
async fn a_copy_has_everything_but_its_days_and_its_guests() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({"status": "draft", "location": "Ikoyi", "capacity": 7})).await;
    let edit = page_of(&event, "edit/");
    let page = browser.shows(&edit).await;
    let parts: [(&str, &[u8]); 6] = [
        ("title", b"Jollof Night"),
        ("start_date", b"2030-06-01"),
        ("seen", hidden(&page, "seen").as_bytes()),
        ("status", b"draft"),
        ("image", &picture(9, 9)),
        ("picture_alt", b"Drums"),
    ];
    browser.upload(&edit, &parts).await.leads();

    let from = event["id"].to_string();
    let page = browser.shows(&format!("/events/new/?from={from}")).await;
    assert!(page.contains("This is a copy of “Jollof Night”") && page.contains("value=\"Drums\""));
    assert!(!page.contains("2030-06-01") && !page.contains("name=\"seen\""));
    assert!(page.contains("name=\"status\" value=\"scheduled\" checked"));
    let more = [("from", from.as_str()), ("start_date", "2031-06-01"), ("picture_alt", "Drums")];
    let to = send(&browser, "/events/new/", &more).await.leads();
    let copy = event_at(&ada, &to).await;
    assert_ne!(copy["id"], event["id"]);
    assert!(copy["thumbnail"].is_string());

    let theirs = site.browser_of(&bola).await;
    let reply = theirs.get(&format!("/events/new/?from={}", copy["id"])).await;
    reply.refuses(StatusCode::FORBIDDEN);
    assert!(theirs.get(&format!("/events/new/?from={from}")).await.status.is_client_error());
}

#[tokio::test]
async fn a_group_can_be_chosen_by_who_belongs_to_it() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let group = ada.group(json!({"name": HOSTILE})).await;
    let (hers, theirs) = (site.browser_of(&ada).await, site.browser_of(&bola).await);
    let path = format!("/events/new/?group={}", group["id"]);

    let page = hers.shows(&path).await;
    assert!(page.contains(&format!("<option value=\"{}\" selected>", group["id"])));
    assert!(!page.contains("<script>alert"));
    assert!(!theirs.shows(&path).await.contains("id=\"group\""));
    let id = group["id"].to_string();
    let fields = [("group", id.as_str()), ("visibility", "group")];
    let to = send(&hers, "/events/new/", &fields).await.leads();
    assert_eq!(event_at(&ada, &to).await["group"]["id"], group["id"]);
    let reply = send(&theirs, "/events/new/", &fields).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("id=\"group-fault\"") && page.contains("value=\"Jollof Night\""));
}

#[tokio::test]
async fn calling_off_asks_first_and_can_be_taken_back() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({"title": HOSTILE})).await;
    bola.answer(&event, "going").await.expect(StatusCode::CREATED);
    let path = page_of(&event, "cancel/");
    let status = async || event_at(&ada, &page_of(&event, "")).await["status"].clone();

    let page = browser.shows(&path).await;
    assert!(
        page.contains("One person takes part and will be told") && !page.contains("<script>al")
    );
    assert_eq!(status().await, "scheduled", "looking changes nothing");
    browser.submit(&path, &[("status", "sung")]).await.refuses(StatusCode::BAD_REQUEST);
    let to = browser.submit(&path, &[("status", "cancelled")]).await.leads();
    assert!(to.starts_with(&format!("/events/{}", event["id"])));
    assert_eq!(status().await, "cancelled");
    assert!(browser.shows(&path).await.contains("Bring it back"));
    let form = browser.shows(&page_of(&event, "edit/")).await;
    assert!(form.contains("name=\"status\" value=\"cancelled\""));
    browser.submit(&page_of(&event, "publish/"), &[]).await.leads();
    assert_eq!(status().await, "cancelled", "only a draft is published");
    browser.submit(&path, &[("status", "scheduled")]).await.leads();
    assert_eq!(status().await, "scheduled");
}

#[tokio::test]
async fn a_draft_is_published_or_deleted_and_never_called_off() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({"status": "draft"})).await;
    let cancel = page_of(&event, "cancel/");
    assert!(browser.shows(&cancel).await.contains("nothing to call off"));
    browser.submit(&cancel, &[("status", "cancelled")]).await.leads();
    assert_eq!(event_at(&ada, &page_of(&event, "")).await["status"], "draft");
    browser.submit(&page_of(&event, "publish/"), &[]).await.leads();
    assert_eq!(event_at(&ada, &page_of(&event, "")).await["status"], "scheduled");

    ada.comment(&event, "See you").await;
    let delete = page_of(&event, "delete/");
    let page = browser.shows(&delete).await;
    assert!(page.contains("one comment") && page.contains("call it off instead"));
    assert_eq!(browser.submit(&delete, &[]).await.leads(), "/mine/organised/");
    browser.get(&delete).await.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn only_who_may_change_an_event_gets_anywhere() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let open = ada.event(json!({})).await;
    let draft = ada.event(json!({"status": "draft"})).await;
    let (browser, nobody) = (site.browser_of(&bola).await, site.browser());
    for (event, status) in [(&open, StatusCode::FORBIDDEN), (&draft, StatusCode::NOT_FOUND)] {
        for part in ["edit/", "cancel/", "delete/", "guests/", "guests.csv"] {
            let path = page_of(event, part);
            browser.get(&path).await.refuses(status);
            assert!(nobody.get(&path).await.leads().starts_with("/signin/?next="), "{path}");
        }
        for part in ["cancel/", "delete/", "publish/", "guests/1/"] {
            let path = page_of(event, part);
            let fields = [("do", "refuse"), ("status", "cancelled")];
            browser.submit(&path, &fields).await.refuses(status);
            assert_eq!(nobody.submit(&path, &fields).await.leads(), "/signin/");
        }
        send(&browser, &page_of(event, "edit/"), &[("seen", "1")]).await.refuses(status);
    }
    for path in ["/events/new/", "/mine/", "/mine/organised/", "/mine/groups/"] {
        assert!(nobody.get(path).await.leads().starts_with("/signin/?next="), "{path}");
    }
    assert_eq!(event_at(&ada, &page_of(&open, "")).await["status"], "scheduled");
    browser.get("/events/jollof/edit/").await.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn organisers_see_everybody_on_the_list_and_decide_about_each() {
    let site = TestApp::new();
    let [ada, bola, chidi, dayo] = site.people(["ada", "bola", "chidi", "dayo"]).await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({"capacity": 1})).await;
    bola.answer(&event, "going").await.expect(StatusCode::CREATED);
    chidi.answer(&event, "going").await.expect(StatusCode::CREATED);
    dayo.answer(&event, "interested").await.expect(StatusCode::CREATED);
    let show = |part: &str| page_of(&event, &format!("guests/?show={part}"));
    let decide = async |who: &Person<'_>, deed: &str| {
        let path = page_of(&event, &format!("guests/{}/", who.id()));
        browser.submit(&path, &[("do", deed), ("show", "waitlisted")]).await
    };

    let page = browser.shows(&page_of(&event, "guests/")).await;
    assert!(page.contains("One person goes.") && page.contains("No seats are left."));
    assert!(page.contains("bola") && !page.contains("chidi"));
    let page = browser.shows(&show("waitlisted")).await;
    assert!(page.contains("number 1 in line") && !page.contains("Give a seat"));
    assert!(browser.shows(&show("interested")).await.contains("dayo"));
    assert!(browser.shows(&show("refused")).await.contains("You have refused nobody"));
    let to = decide(&chidi, "seat").await.leads();
    assert_eq!(to, show("waitlisted&refused=event_full"));
    assert!(browser.shows(&to).await.contains("the seats are taken"));
    let to = decide(&bola, "refuse").await.leads();
    assert_eq!(to, show("waitlisted"));
    assert!(browser.shows(&show("going")).await.contains("chidi"), "who waits moves up");
    assert!(browser.shows(&show("refused")).await.contains("Allow again"));
    decide(&bola, "remove").await.leads();
    assert!(browser.shows(&show("refused")).await.contains("You have refused nobody"));
    decide(&bola, "dance").await.refuses(StatusCode::BAD_REQUEST);
    decide(&ada, "seat").await.refuses(StatusCode::NOT_FOUND);
    site.assert_counters_are_right().await;

    let file = browser.get(&page_of(&event, "guests.csv")).await;
    assert!(file.headers[header::CONTENT_DISPOSITION].to_str().unwrap().contains("attachment"));
    assert_eq!(file.headers[header::CACHE_CONTROL], "no-store");
    assert!(file.text.contains("chidi,,going,0,,"), "{}", file.text);
}

#[tokio::test]
async fn a_long_guest_list_is_shown_a_page_at_a_time() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let event = ada.event(json!({"capacity": 1})).await;
    site.sql(
        "insert into users (id, username, username_key, email, email_key, password_hash, \
         display_name, bio, timezone, is_admin, created_at, updated_at) \
         with recursive numbers(n) as (select 100 union all select n + 1 from numbers where n < 220) \
         select n, 'guest' || n, 'guest' || n, n || '@x.example', n || '@x.example', '', '', '', \
         'UTC', false, '2026-01-01 00:00:00', '2026-01-01 00:00:00' from numbers",
    )
    .await;
    site.sql(
        "insert into interests (event_id, user_id, status, created_at, guests, line) \
         select (select max(id) from events), id, 'waitlisted', '2026-01-01 00:00:00', 0, id \
         from users where id >= 100",
    )
    .await;

    let mut path = page_of(&event, "guests/?show=waitlisted");
    let mut seen = Vec::new();
    loop {
        let page = browser.shows(&path).await;
        assert!(page.len() < 150_000, "{} bytes", page.len());
        let ids = page.split("id=\"guest-").skip(1);
        seen.extend(ids.map(|it| it.split('"').next().unwrap().parse::<i64>().unwrap()));
        let Some((before, _)) = page.split_once("\" rel=\"next\"") else { break };
        path = before.rsplit('"').next().unwrap().replace("&#38;", "&");
        assert!(path.starts_with("/events/"), "{path}");
    }
    assert_eq!(seen, (100..=220).collect::<Vec<_>>());
}

#[tokio::test]
async fn everybody_finds_what_is_theirs() {
    let site = TestApp::new();
    let [ada, bola, chidi] = site.people(["ada", "bola", "chidi"]).await;
    let browser = site.browser_of(&ada).await;
    for (path, said) in [
        ("/mine/", "Nothing is coming up for you"),
        ("/mine/past/", "You have been nowhere yet"),
        ("/mine/organised/", "You organise nothing"),
        ("/mine/organised/drafts/", "You have no drafts"),
        ("/mine/organised/past/", "is over yet"),
        ("/mine/groups/", "No events of groups"),
    ] {
        assert!(browser.shows(path).await.contains(said), "{path}");
    }

    let full = bola.event(json!({"title": "Full house", "capacity": 1})).await;
    chidi.answer(&full, "going").await.expect(StatusCode::CREATED);
    let watched = bola.event(json!({"title": "Watched"})).await;
    let refused = bola.event(json!({"title": "Kept away"})).await;
    for (event, wish) in [(&full, "going"), (&watched, "interested"), (&refused, "going")] {
        ada.answer(event, wish).await.expect(StatusCode::CREATED);
    }
    let decided = format!("/api/events/{}/interests/{}/", refused["id"], ada.id());
    bola.put(&decided, json!({"status": "refused"})).await.expect(StatusCode::OK);
    let page = browser.shows("/mine/").await;
    assert!(page.contains("Full house") && page.contains("You wait: number 1 in line"));
    assert!(page.contains("Watched") && !page.contains("Kept away"));

    ada.event(json!({"title": "Own party", "description": HOSTILE})).await;
    ada.event(json!({"title": HOSTILE, "status": "draft"})).await;
    ada.event(json!({"title": "Long ago", "start_date": "2020-01-01"})).await;
    let page = browser.shows("/mine/organised/").await;
    assert!(page.contains("Own party") && !page.contains("Long ago") && page.contains("guests/"));
    let page = browser.shows("/mine/organised/drafts/").await;
    assert!(page.contains("publish/") && !page.contains("<script>alert"));
    assert!(browser.shows("/mine/organised/past/").await.contains("Long ago"));
    let group = ada.group(json!({})).await;
    ada.event(json!({"title": "Of the group", "group": group["id"]})).await;
    assert!(browser.shows("/mine/groups/").await.contains("Of the group"));
}

#[tokio::test]
async fn a_picture_that_is_too_large_is_refused_and_nothing_that_was_typed_is_lost() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let large = vec![0; 10_000_001];
    let parts: [(&str, &[u8]); 4] = [
        ("title", b"Jollof Night"),
        ("start_date", b"2030-06-01"),
        ("image", &large),
        ("location", b"Freedom Park"),
    ];
    let reply = site.browser_of(&ada).await.upload_much("/events/new/", &parts).await;

    let page = reply.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("larger than 10 MB"));
    assert!(page.contains("value=\"Jollof Night\"") && page.contains("value=\"Freedom Park\""));
    assert_eq!(site.count("select count(*) from events").await, 0);
}
