//! The pages of people: signing up and in, settings, notifications, and what others see of somebody.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use owambe::http::limits::Limits;
use owambe::sessions;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::helpers::{PASSWORD, Reply, TestApp, picture};

const NEW_PASSWORD: &str = "suya at midnight";

/// What breaks out of an attribute, where nothing stops it.
const HOSTILE: &str = "\"><script>alert(1)</script>";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

async fn sign_in(browser: &Browser<'_>, login: &str, password: &str) -> Reply {
    browser.submit("/signin/", &[("login", login), ("password", password), ("next", "/")]).await
}

/// Nothing that was typed has become part of the page.
#[track_caller]
fn is_harmless(page: &str) {
    assert!(!page.contains("<script>alert"), "{page}");
}

fn is_own(browser: &Browser<'_>) -> bool {
    browser.cookie("owambe").is_some()
}

#[tokio::test]
async fn somebody_signs_up_and_is_led_to_where_they_wanted_to_go() {
    let site = TestApp::new();
    let browser = site.browser();
    let page = browser.shows("/signup/?next=/groups/").await;
    assert!(page.contains("name=\"next\" value=\"/groups/\"") && page.contains("data-guess-zone"));

    let new = [
        ("username", "ada"),
        ("email", "ada@example.com"),
        ("password", PASSWORD),
        ("display_name", "Ada Obi"),
        ("timezone", "Africa/Lagos"),
        ("next", "/groups/"),
    ];
    assert_eq!(browser.submit("/signup/", &new).await.leads(), "/groups/");

    let page = browser.shows("/settings/").await;
    assert!(page.contains("value=\"Ada Obi\"") && page.contains("value=\"Africa/Lagos\""));
    assert_eq!(browser.get("/signup/").await.leads(), "/", "who has an account needs no other");
    assert_eq!(site.letters().await.len(), 1, "the letter that verifies the address");
}

#[tokio::test]
async fn a_sign_up_that_is_refused_keeps_what_was_typed_and_not_the_password() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser();

    let taken = [("username", "ada"), ("email", "new@example.com"), ("password", "password")];
    let reply = browser.submit("/signup/", &taken).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("somebody has this name already"));
    assert!(page.contains("many people use this password"));
    assert!(page.contains("value=\"new@example.com\"") && !page.contains("value=\"password\""));

    let hostile: Vec<(&str, &str)> =
        ["username", "email", "password", "display_name", "timezone", "next"]
            .map(|name| (name, HOSTILE))
            .to_vec();
    let reply = browser.submit("/signup/", &hostile).await;
    is_harmless(reply.refuses(StatusCode::BAD_REQUEST));
    assert!(reply.text.contains("&#60;script&#62;"));
    browser.submit("/signup/", &[]).await.refuses(StatusCode::BAD_REQUEST);
    assert!(!is_own(&browser));

    // A zone that is none keeps nobody out.
    let odd = [
        ("username", "bola"),
        ("email", "bola@example.com"),
        ("password", PASSWORD),
        ("timezone", "Mars/Base"),
    ];
    assert_eq!(browser.submit("/signup/", &odd).await.leads(), "/");
    assert!(
        browser.shows("/settings/").await.contains("name=\"timezone\" type=\"text\" value=\"UTC\"")
    );
    assert_eq!(ada.get("/api/users/profile/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn somebody_signs_in_by_name_or_address_and_out_again() {
    let site = TestApp::new();
    site.person("ada").await;
    let browser = site.browser();

    assert_eq!(browser.get("/mine-or-not/").await.status, StatusCode::NOT_FOUND);
    let asked = browser.get("/settings/sessions/").await.leads();
    assert!(browser.shows(&asked).await.contains("name=\"next\" value=\"/settings/sessions/\""));
    let fields =
        [("login", " ADA@example.com "), ("password", PASSWORD), ("next", "/settings/?saved=true")];
    assert_eq!(browser.submit("/signin/", &fields).await.leads(), "/settings/?saved=true");
    assert!(browser.shows("/").await.contains("action=\"/signout/\""));
    assert_eq!(browser.get("/signin/?next=/groups/").await.leads(), "/groups/");

    assert_eq!(browser.submit("/signout/", &[]).await.leads(), "/");
    assert!(!is_own(&browser));
    assert_eq!(browser.get("/settings/").await.leads(), "/signin/?next=%2Fsettings%2F");
    assert_eq!(site.count("select count(*) from sessions where user_agent = ''").await, 1);
    assert_eq!(sign_in(&browser, "ada", PASSWORD).await.leads(), "/");
}

#[tokio::test]
async fn nobody_is_led_to_another_site_after_signing_in() {
    let site = TestApp::new();
    site.person("ada").await;
    for next in
        ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
    {
        let browser = site.browser();
        let query =
            form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
        let page = browser.shows(&format!("/signin/?{query}")).await;
        assert!(page.contains("name=\"next\" value=\"/\""), "{next}");
        let fields = [("login", "ada"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.submit("/signin/", &fields).await.leads(), "/", "{next}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_said_beside_the_form() {
    let site = TestApp::new();
    site.person("ada").await;
    let browser = site.browser();

    for (login, password) in [("ada", "wrong"), ("nobody", PASSWORD), ("", ""), (HOSTILE, HOSTILE)]
    {
        let reply = sign_in(&browser, login, password).await;
        let page = reply.refuses(StatusCode::BAD_REQUEST);
        assert!(page.contains("no account with this name and password"), "{login}");
        assert!(page.contains("role=\"alert\"") && page.contains("action=\"/signin/\""));
        assert!(!page.contains("value=\"wrong\""));
        is_harmless(page);
    }
    assert!(!is_own(&browser));
}

#[tokio::test]
async fn who_signs_in_as_another_ends_the_session_that_was_there() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let browser = site.browser_of(&ada).await;
    let before = site.count("select count(*) from sessions").await;

    assert_eq!(sign_in(&browser, "bola", PASSWORD).await.leads(), "/");

    assert!(browser.shows("/").await.contains(&format!("/people/{}/", bola.id())));
    assert_eq!(site.count("select count(*) from sessions").await, before);
}

#[tokio::test]
async fn pages_count_guesses_and_letters_as_the_api_does() {
    let site = TestApp::with_limits(Limits::new(Vec::new()));
    site.person("ada").await;
    let browser = site.browser();
    let mut last = StatusCode::OK;
    for _ in 0..7 {
        last = sign_in(&browser, "ada", "wrong").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);

    let from = |path: &'static str| {
        let mut request = axum::http::Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        let peer = owambe::http::limits::Peer("192.0.2.1:4711".parse().unwrap());
        request.extensions_mut().insert(peer);
        request
    };
    for (path, policy) in
        [("/signin/", "sign-in"), ("/signup/", "sign-up"), ("/forgot/", "letters")]
    {
        let reply = site.send(from(path)).await;
        let said = reply.headers.get_all("ratelimit-policy").iter();
        let said: Vec<_> = said.map(|it| it.to_str().unwrap().to_owned()).collect();
        assert!(said.iter().any(|it| it.contains(&format!("\"{policy}\""))), "{path}: {said:?}");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_asked_for_and_nobody_learns_who_has_an_account() {
    let site = TestApp::new();
    site.person("ada").await;
    let browser = site.browser();
    assert!(browser.shows("/signin/").await.contains("href=\"/forgot/\""));
    browser.shows("/forgot/").await;

    let known = browser.submit("/forgot/", &[("email", "ada@example.com")]).await.leads();
    let unknown = browser.submit("/forgot/", &[("email", "eve@example.com")]).await.leads();
    assert_eq!(known, unknown);
    assert!(browser.shows(&known).await.contains("a letter is on its way"));
    for wrong in ["", "ada", HOSTILE] {
        let reply = browser.submit("/forgot/", &[("email", wrong)]).await;
        is_harmless(reply.refuses(StatusCode::BAD_REQUEST));
    }

    let letters = site.letters().await;
    assert_eq!(letters.len(), 1);
    let reset = format!("/reset/?token={}", letters[0].token());
    assert!(browser.shows(&reset).await.contains("A new password for ada"));
    let weak = browser.submit(&reset, &[("new_password", "password")]).await;
    let page = weak.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("many people use this password") && !page.contains("value=\"password\""));
    let done = browser.submit(&reset, &[("new_password", NEW_PASSWORD)]).await;
    assert!(done.text.contains("href=\"/signin/\""), "{}", done.text);
    assert!(browser.shows(&reset).await.contains("href=\"/forgot/\""), "it works once");
    assert_eq!(sign_in(&browser, "ada", NEW_PASSWORD).await.leads(), "/");
}

#[tokio::test]
async fn the_settings_are_of_who_is_signed_in_and_of_nobody_else() {
    let site = TestApp::new();
    let anybody = site.browser();
    for path in [
        "/settings/",
        "/settings/password/",
        "/settings/sessions/",
        "/settings/notifications/",
        "/settings/account/",
        "/settings/account/export/",
        "/notifications/",
        "/notifications/1/",
    ] {
        assert!(anybody.get(path).await.leads().starts_with("/signin/?next="), "{path}");
    }
    for path in [
        "/settings/",
        "/settings/verify/",
        "/settings/avatar/remove/",
        "/settings/password/",
        "/settings/sessions/1/end/",
        "/settings/sessions/others/end/",
        "/settings/notifications/",
        "/settings/account/delete/",
        "/notifications/read/",
        "/notifications/1/delete/",
    ] {
        assert_eq!(anybody.submit(path, &[]).await.leads(), "/signin/", "{path}");
    }
}

#[tokio::test]
async fn a_profile_is_changed_and_another_address_is_to_be_verified() {
    let site = TestApp::new();
    let [ada, _bola] = site.people(["ada", "bola"]).await;
    site.verify(&ada).await;
    let browser = site.browser_of(&ada).await;
    let page = browser.shows("/settings/").await;
    assert!(
        page.contains("This address is verified")
            && page.contains("<option value=\"Africa/Lagos\">")
    );
    let with = |email: &'static str| {
        [
            ("username", "ada.obi"),
            ("email", email),
            ("display_name", HOSTILE),
            ("bio", "I bring\r\nthe jollof."),
            ("timezone", "Africa/Lagos"),
        ]
    };

    assert_eq!(
        browser.submit("/settings/", &with("ada@example.com")).await.leads(),
        "/settings/?saved=true"
    );
    let page = browser.shows("/settings/?saved=true").await;
    assert!(page.contains("That is kept.") && page.contains("I bring\nthe jollof."));
    assert!(page.contains("value=\"ada.obi\"") && page.contains("This address is verified"));
    is_harmless(&page);
    assert!(site.letters().await.is_empty());

    browser.submit("/settings/", &with("ada@other.example")).await.leads();
    let page = browser.shows("/settings/").await;
    assert!(page.contains("Nobody knows yet whether ada@other.example is yours"));
    assert_eq!(site.letters().await.pop().unwrap().to, "ada@other.example");
    assert_eq!(browser.submit("/settings/verify/", &[]).await.leads(), "/settings/?sent=true");
    assert!(browser.shows("/settings/?sent=true").await.contains("A letter is on its way"));
    let letter = site.letters().await.pop().unwrap();
    let page = browser.submit(&format!("/verify/?token={}", letter.token()), &[]).await;
    assert!(page.text.contains("Your address is verified"));
    let again = browser.submit("/settings/verify/", &[]).await;
    again.refuses(StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_profile_that_is_refused_changes_nothing_and_is_shown_again() {
    let site = TestApp::new();
    let [ada, _bola] = site.people(["ada", "bola"]).await;
    let browser = site.browser_of(&ada).await;

    let wrong = [
        ("username", "bola"),
        ("email", "bola@example.com"),
        ("display_name", "Ada Obi"),
        ("timezone", "UTC"),
    ];
    let reply = browser.submit("/settings/", &wrong).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("somebody has this name already") && page.contains("value=\"Ada Obi\""));
    let hostile = ["username", "email", "display_name", "bio", "timezone"].map(|it| (it, HOSTILE));
    is_harmless(browser.submit("/settings/", &hostile).await.refuses(StatusCode::BAD_REQUEST));
    let long = "x".repeat(3_000);
    let reply = browser.submit("/settings/", &[("bio", &long)]).await;
    assert!(reply.refuses(StatusCode::BAD_REQUEST).contains("keep this within 2000 characters"));
    assert_eq!(ada.get("/api/users/profile/").await.json()["display_name"], "");
}

#[tokio::test]
async fn a_picture_is_shown_with_what_it_shows_and_taken_away_again() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    assert!(browser.shows("/settings/").await.contains("You have no picture yet"));

    let png = picture(40, 40);
    let parts: [(&str, &[u8]); 2] = [("image", &png), ("picture_alt", HOSTILE.as_bytes())];
    assert_eq!(browser.upload("/settings/avatar/", &parts).await.leads(), "/settings/?saved=true");
    let page = browser.shows("/settings/").await;
    assert!(page.contains("class=\"avatar large\" src=\"/images/"));
    is_harmless(&page);
    let person = site.browser().shows(&format!("/people/{}/", ada.id())).await;
    assert!(person.contains("class=\"avatar large\" src=\"/images/"));
    is_harmless(&person);

    for (parts, says) in [
        ([("image", &b"no picture"[..])].as_slice(), "image-fault"),
        (
            [("image", &b"no picture"[..]), ("picture_alt", &b"Ada with a drum"[..])].as_slice(),
            "value=\"Ada with a drum\"",
        ),
    ] {
        let reply = browser.upload("/settings/avatar/", parts).await;
        assert!(reply.refuses(StatusCode::BAD_REQUEST).contains(says), "{says}");
    }
    let words: [(&str, &[u8]); 2] = [("image", b""), ("picture_alt", b"Ada with a drum")];
    assert_eq!(browser.upload("/settings/avatar/", &words).await.leads(), "/settings/?saved=true");
    let page = browser.shows("/settings/").await;
    assert!(page.contains("value=\"Ada with a drum\"") && page.contains("src=\"/images/"));
    assert_eq!(
        browser.submit("/settings/avatar/remove/", &[]).await.leads(),
        "/settings/?saved=true"
    );
    assert!(browser.shows("/settings/").await.contains("You have no picture yet"));
    for parts in [[("image", &b""[..])], [("picture_alt", &b"Ada"[..])]] {
        let reply = browser.upload("/settings/avatar/", &parts).await;
        assert!(reply.refuses(StatusCode::BAD_REQUEST).contains("choose a picture first"));
    }
    browser.submit("/settings/avatar/remove/", &[]).await.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_new_password_ends_the_sessions_elsewhere() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let (here, there) = (site.browser_of(&ada).await, site.browser_of(&ada).await);
    here.shows("/settings/password/").await;

    let change = async |current: &str, new: &str| {
        let fields = [("current_password", current), ("new_password", new)];
        here.submit("/settings/password/", &fields).await
    };
    let reply = change("wrong", NEW_PASSWORD).await;
    let page = reply.refuses(StatusCode::BAD_REQUEST);
    assert!(page.contains("this is not your password") && !page.contains(NEW_PASSWORD));
    assert!(
        change(PASSWORD, "short").await.refuses(StatusCode::BAD_REQUEST).contains("at least 8")
    );
    there.shows("/settings/").await;
    assert_eq!(change(PASSWORD, NEW_PASSWORD).await.leads(), "/settings/password/?saved=true");

    assert!(here.shows("/settings/password/?saved=true").await.contains("That is kept."));
    there.get("/settings/").await.leads();
    assert_eq!(sign_in(&there, "ada", NEW_PASSWORD).await.leads(), "/");
}

#[tokio::test]
async fn sessions_are_listed_by_their_browsers_and_ended_one_by_one() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let (here, other) = (site.browser(), site.browser_of(&bola).await);
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("login", "ada"), ("password", PASSWORD)])
        .finish();
    let headers = [
        ("content-type", "application/x-www-form-urlencoded"),
        ("sec-fetch-site", "same-origin"),
        ("user-agent", FIREFOX),
    ];
    let reply = here.send(Method::POST, "/signin/", &headers, Body::from(form)).await;
    assert_eq!(reply.leads(), "/");
    let id = ada.user.id;
    let hostile = site
        .write(move |tx| {
            let session = sessions::create(tx, id)?;
            sessions::note_browser(tx, session.id, &format!("\n{HOSTILE}"))?;
            Ok(session.id)
        })
        .await;

    let page = here.shows("/settings/sessions/").await;
    assert!(page.contains("Firefox on Linux") && page.contains("this one"));
    assert!(page.contains("An app") && page.contains("Sign out everywhere else"));
    is_harmless(&page);

    let path = format!("/settings/sessions/{hostile}/end/");
    other.submit(&path, &[]).await.refuses(StatusCode::NOT_FOUND);
    assert_eq!(here.submit(&path, &[]).await.leads(), "/settings/sessions/");
    here.submit(&path, &[]).await.refuses(StatusCode::NOT_FOUND);
    assert_eq!(ada.get("/api/users/profile/").await.status, StatusCode::OK);
    here.submit("/settings/sessions/others/end/", &[]).await.leads();
    assert_eq!(ada.get("/api/users/profile/").await.status, StatusCode::UNAUTHORIZED);
    let page = here.shows("/settings/sessions/").await;
    assert!(!page.contains("Sign out everywhere else"), "there is only this one");
    other.shows("/settings/").await;
}

#[tokio::test]
async fn somebody_chooses_what_they_hear_of() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let page = browser.shows("/settings/notifications/").await;
    assert!(page.contains("seats that you get") && page.contains("Verify it"));
    let is_ticked = |page: &str, name: &str, kind: &str| {
        let after = page.split_once(&format!("name=\"{name}\" value=\"{kind}\"")).unwrap().1;
        after.split('>').next().unwrap().contains(" checked")
    };
    assert!(is_ticked(&page, "mail", "moved_up") && !is_ticked(&page, "mail", "event_comment"));

    let chosen = [("app", "moved_up"), ("mail", "event_comment"), ("app", "nonsense")];
    let reply = browser.submit("/settings/notifications/", &chosen).await;
    let page = browser.shows(&reply.leads()).await;

    assert!(page.contains("That is kept."));
    assert!(is_ticked(&page, "app", "moved_up") && is_ticked(&page, "mail", "event_comment"));
    assert!(!is_ticked(&page, "mail", "moved_up") && !is_ticked(&page, "app", "event_comment"));
    let settings = ada.get("/api/notifications/settings/").await.json();
    let on = settings["results"].as_array().unwrap().iter();
    assert_eq!(on.filter(|it| it["app"] == true || it["mail"] == true).count(), 2);
}

#[tokio::test]
async fn somebody_takes_their_data_along_as_a_file() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    ada.event(json!({})).await;
    let browser = site.browser_of(&ada).await;
    assert!(browser.shows("/settings/account/").await.contains("/settings/account/export/"));

    let file = browser.get("/settings/account/export/").await;

    let kept = file.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert_eq!(kept, "attachment; filename=\"owambe.json\"");
    let mut same = ada.get("/api/users/profile/export/").await.json();
    let mut held = file.json();
    // The second was asked for a moment later, in another session.
    for all in [&mut same, &mut held] {
        all["sessions"] = Value::Null;
    }
    assert_eq!(held, same);
}

#[tokio::test]
async fn an_account_is_deleted_with_its_password_and_not_without() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;

    for wrong in ["wrong", ""] {
        let reply = browser.submit("/settings/account/delete/", &[("password", wrong)]).await;
        let page = reply.refuses(StatusCode::BAD_REQUEST);
        assert!(page.contains("<details open>") && page.contains("this is not your password"));
    }
    let done = browser.submit("/settings/account/delete/", &[("password", PASSWORD)]).await;

    assert_eq!(done.leads(), "/");
    assert!(!is_own(&browser));
    assert_eq!(site.count("select count(*) from users").await, 0);
    let gone = browser.get(&format!("/people/{}/", ada.id())).await;
    gone.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_list_of_notifications_says_what_happened_and_leads_there() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let browser = site.browser_of(&ada).await;
    assert!(browser.shows("/notifications/").await.contains("Nothing new."));
    assert!(!browser.shows("/").await.contains("class=\"badge\""));

    let event = ada.event(json!({"title": HOSTILE})).await;
    let comment = bola.comment(&event, "I bring the jollof.").await;
    bola.answer(&event, "going").await;
    let quiet = bola.event(json!({"title": "Suya Night"})).await;
    ada.answer(&quiet, "going").await;
    let path = format!("/api/events/{}/", quiet["id"]);
    bola.patch(&path, json!({"location": "Park", "start_date": "2030-06-02"})).await;

    assert!(browser.shows("/").await.contains("<span class=\"badge\">2</span>"));
    let page = browser.shows("/notifications/").await;
    is_harmless(&page);
    assert!(page.contains("2 are new."), "{page}");
    assert!(page.contains("“Suya Night” has changed: ") && page.contains("when it is"));
    let ids = ada.ids("/api/notifications/").await;
    let [changed, commented] = ids[..] else { panic!("{ids:?}") };
    let opened = browser.get(&format!("/notifications/{commented}/")).await;
    assert_eq!(opened.leads(), format!("/comments/{}/", comment["id"]));
    let opened = browser.get(&format!("/notifications/{changed}/")).await;
    assert_eq!(opened.leads(), format!("/events/{}-suya-night/", quiet["id"]));
    assert!(!browser.shows("/").await.contains("class=\"badge\""), "both are read");
}

#[tokio::test]
async fn notifications_are_marked_as_read_up_to_what_was_seen_and_dismissed() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let (browser, other) = (site.browser_of(&ada).await, site.browser_of(&bola).await);
    let event = ada.event(json!({})).await;
    for number in 0..25 {
        bola.comment(&event, &format!("Comment {number}")).await;
    }
    let ids = ada.ids("/api/notifications/?page_size=100").await;
    assert_eq!(ids.len(), 25);

    let first = browser.shows("/notifications/").await;
    let older = first
        .split_once("rel=\"next\" href=\"")
        .or(first.split_once("href=\"/notifications/?cursor="))
        .unwrap()
        .1;
    let older = older.split('"').next().unwrap().trim_start_matches("/notifications/?cursor=");
    let second = browser.shows(&format!("/notifications/?cursor={older}")).await;
    assert!(first.contains(&format!("/notifications/{}/", ids[0])));
    assert!(second.contains(&format!("/notifications/{}/", ids[24])));
    assert!(second.contains("Newer") && !second.contains("Older"));
    assert!(first.contains("Mark all as read") && !second.contains("Mark all as read"));

    let seen = ids[10].to_string();
    browser.submit("/notifications/read/", &[("up_to", &seen)]).await.leads();
    assert!(browser.shows("/").await.contains("<span class=\"badge\">10</span>"));
    browser.submit("/notifications/read/", &[]).await.leads();
    assert!(!browser.shows("/notifications/").await.contains("Mark all as read"));

    let path = format!("/notifications/{}/delete/", ids[0]);
    other.submit(&path, &[]).await.refuses(StatusCode::NOT_FOUND);
    let theirs = format!("/notifications/{}/", ids[0]);
    other.get(&theirs).await.refuses(StatusCode::NOT_FOUND);
    let back = [("next", "/notifications/?cursor=a")];
    assert_eq!(browser.submit(&path, &back).await.leads(), "/notifications/?cursor=a");
    browser.submit(&path, &[]).await.refuses(StatusCode::NOT_FOUND);
    assert_eq!(ada.ids("/api/notifications/?page_size=100").await.len(), 24);
}

#[tokio::test]
async fn what_groups_do_leads_to_their_pages() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let group = ada.group(json!({"visibility": "closed"})).await;
    let id = &group["id"];
    let ask = json!({"message": "I cook."});
    bola.post(&format!("/api/groups/{id}/requests/"), ask).await.expect(StatusCode::CREATED);
    let (hers, theirs) = (site.browser_of(&ada).await, site.browser_of(&bola).await);
    let newest = async |who: &crate::helpers::Person<'_>| who.ids("/api/notifications/").await[0];

    assert!(hers.shows("/notifications/").await.contains("bola asks to join the group"));
    let opened = hers.get(&format!("/notifications/{}/", newest(&ada).await)).await;
    assert_eq!(opened.leads(), format!("/groups/{id}/requests/"));
    ada.adds(&group, &bola, "member").await;
    assert!(theirs.shows("/notifications/").await.contains("You are a member of the group"));
    ada.adds(&group, &bola, "admin").await;
    assert!(theirs.shows("/notifications/").await.contains("ada has made you an admin of"));
    let opened = theirs.get(&format!("/notifications/{}/", newest(&bola).await)).await;
    assert_eq!(opened.leads(), format!("/groups/{id}/"));
    let news = json!({"title": HOSTILE, "body": "To the park."});
    let news = ada.post(&format!("/api/groups/{id}/announcements/"), news).await.json();
    is_harmless(&theirs.shows("/notifications/").await);
    let opened = theirs.get(&format!("/notifications/{}/", newest(&bola).await)).await;
    assert_eq!(opened.leads(), format!("/groups/{id}/announcements/{}/", news["id"]));
}

#[tokio::test]
async fn everybody_sees_the_same_of_somebody() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let path = format!("/people/{}/", ada.id());
    let anybody = site.browser();
    assert!(anybody.shows(&path).await.contains("ada has no public events coming up"));
    let own = site.browser_of(&ada).await;
    let page = own.shows(&path).await;
    assert!(page.contains("Change your profile") && page.contains("href=\"/events/new/\""));

    ada.patch("/api/users/profile/update/", json!({"display_name": HOSTILE, "bio": HOSTILE})).await;
    ada.event(json!({"title": "Jollof Night"})).await;
    ada.event(json!({"title": "Secret Night", "visibility": "unlisted"})).await;
    ada.event(json!({"title": "Long Gone", "start_date": "2020-01-01"})).await;
    bola.event(json!({"title": "Suya Night"})).await;
    for who in [&anybody, &own] {
        let page = who.shows(&path).await;
        is_harmless(&page);
        assert!(page.contains("Jollof Night"));
        for hidden in ["Secret Night", "Long Gone", "Suya Night", "ada@example.com"] {
            assert!(!page.contains(hidden), "{hidden}");
        }
    }
    assert!(!anybody.shows(&path).await.contains("Change your profile"));
    anybody.get("/people/999/").await.refuses(StatusCode::NOT_FOUND);
    anybody.get("/people/ada/").await.refuses(StatusCode::NOT_FOUND);
}
