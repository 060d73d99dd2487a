//! The page of an event: what it shows to whom, taking part, and what is taken along from it.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::helpers::{Person, TestApp, picture};

const HOSTILE: &str = "\"><script>alert(1)</script>'&";

fn path(event: &Value, more: &str) -> String {
    format!("/events/{}-jollof-night/{more}", event["id"])
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    let (_, after) = page.split_once(from).unwrap_or_else(|| panic!("no {from} in {page}"));
    after.split_once(to).unwrap().0
}

fn part(page: &str) -> &str {
    between(page, "<section id=\"taking-part\"", "</section>")
}

fn json_ld(page: &str) -> Value {
    serde_json::from_str(between(page, "<script type=\"application/ld+json\">", "</script>"))
        .unwrap()
}

/// They say what they want to, and see what became of it.
async fn says(browser: &Browser<'_>, event: &Value, fields: &[(&str, &str)]) -> String {
    let to = browser.submit(&path(event, "taking-part/"), fields).await.leads();
    let (page, _) = to.split_once('#').unwrap();
    browser.shows(page).await
}

async fn change(who: &Person<'_>, event: &Value, change: Value) {
    let path = format!("/api/events/{}/", event["id"]);
    who.patch(&path, change).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn the_page_of_an_event_says_what_it_is_and_when_and_where() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada
        .event(json!({
            "start_time": "20:00", "end_time": "23:30", "timezone": "Africa/Lagos",
            "location": "Freedom Park", "latitude": 6.45, "longitude": 3.39, "tags": ["food & fun"],
            "description": "Come.\nSee https://jollof.example/menu.", "url": "https://jollof.example/x",
        }))
        .await;

    let page = site.browser().shows(&path(&event, "")).await;

    for text in [
        "<h1>Jollof Night</h1>",
        "Saturday, 1 June 2030<br>20:00 – 23:30",
        "Lagos time (UTC+1)",
        "data-local-of=\"starts\" data-text=\"{time} on your clock\"",
        "href=\"geo:6.45,3.39\"",
        "href=\"https://www.openstreetmap.org/?mlat=6.45&#38;mlon=3.39#map=16/6.45/3.39\" rel=\"noopener noreferrer\"",
        "Come.\nSee <a href=\"https://jollof.example/menu\" rel=\"nofollow ugc noopener noreferrer\">",
        "href=\"/events/?tag=food+%26+fun\"",
        "<link rel=\"canonical\" href=\"http://owambe.test/events/1-jollof-night/\">",
        "property=\"og:image\" content=\"http://owambe.test/events/1-jollof-night/card.png?v=",
        "Nobody has said yet that they go. Be the first.",
        "data-share=\"http://owambe.test/events/1-jollof-night/\"",
        "href=\"/signin/?next=%2Fevents%2F1-jollof-night%2F\"",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert_eq!(page.matches("<h1").count(), 1);
    assert!(!page.contains("/edit/") && !page.contains("noindex"));
}

#[tokio::test]
async fn an_old_address_leads_to_the_one_that_it_has_now() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({"title": "Fête 東"})).await;
    let canonical = format!("/events/{}-fete-%E6%9D%B1/", event["id"]);

    let reply =
        site.browser().get(&format!("/events/{}-old/?refused=event_full", event["id"])).await;

    assert_eq!(reply.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(reply.headers[header::LOCATION], format!("{canonical}?refused=event_full"));
    assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store", "titles change back and forth");
    assert!(site.browser().shows(&canonical).await.contains("<h1>Fête 東</h1>"));
    site.browser().get("/events/jollof/").await.refuses(StatusCode::NOT_FOUND);
    site.browser().get("/events/999/").await.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_is_typed_is_text_and_nothing_else() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    ada.patch("/api/users/profile/update/", json!({"display_name": HOSTILE}))
        .await
        .expect(StatusCode::OK);
    let group = ada.group(json!({"name": HOSTILE})).await;
    let event = ada
        .event(json!({
            "title": HOSTILE, "description": HOSTILE, "location": HOSTILE, "group": group["id"],
            "tags": [HOSTILE], "url": "https://x.example/\"><script>", "guest_list": "all",
        }))
        .await;
    ada.answer(&event, "going").await;
    let her = site.browser_of(&ada).await;
    let own = format!("/events/{}-script-alert-1-script/", event["id"]);

    for path in [own.clone(), format!("{own}people/"), format!("{own}?refused=%22%3E%3Cscript%3E")]
    {
        let page = her.shows(&path).await;
        assert!(!page.contains("<script>"), "{page}");
        assert!(!page.contains("\"><script"), "{page}");
    }
    let page = site.browser().shows(&own).await;
    assert_eq!(json_ld(&page)["name"], HOSTILE, "it comes back whole, and broke out of nothing");
}

#[tokio::test]
async fn only_who_may_see_an_event_sees_its_page_and_what_belongs_to_it() {
    let site = TestApp::new();
    let [ada, bola, chi] = site.people(["ada", "bola", "chi"]).await;
    let group = ada.group(json!({"name": "Jollof Society"})).await;
    ada.adds(&group, &bola, "member").await;
    let secret = json!({"group": group["id"], "visibility": "group"});
    let event = ada.event(secret).await;
    let (member, stranger) = (site.browser_of(&bola).await, site.browser_of(&chi).await);

    let page = member.shows(&path(&event, "")).await;
    assert!(page.contains("For the members of Jollof Society"));
    assert!(!page.contains("ld+json") && !page.contains("og:title") && page.contains("noindex"));
    assert!(member.get(&path(&event, "event.ics")).await.status.is_success());
    for more in ["", "event.ics", "people/"] {
        stranger.get(&path(&event, more)).await.refuses(StatusCode::NOT_FOUND);
    }
    for browser in [&member, &stranger] {
        browser.get(&path(&event, "card.png")).await.refuses(StatusCode::NOT_FOUND);
    }
    let reply = stranger.submit(&path(&event, "taking-part/"), &[("status", "going")]).await;
    reply.refuses(StatusCode::NOT_FOUND);
    site.browser().get(&path(&event, "")).await.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn each_state_of_an_event_is_said() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let her = site.browser_of(&ada).await;

    let draft = ada.event(json!({"status": "draft"})).await;
    let page = her.shows(&path(&draft, "")).await;
    assert!(page.contains("This is a draft.") && page.contains(&path(&draft, "edit/")));
    site.browser_of(&bola).await.get(&path(&draft, "")).await.refuses(StatusCode::NOT_FOUND);

    let unlisted = ada.event(json!({"visibility": "unlisted"})).await;
    let page = site.browser().shows(&path(&unlisted, "")).await;
    assert!(page.contains("Not in any list") && page.contains("content=\"noindex\""));
    assert!(page.contains("ld+json"), "who has the address may show it as a card");

    let over = ada.event(json!({"start_date": "2020-06-01"})).await;
    let page = her.shows(&path(&over, "")).await;
    assert!(page.contains("This event is over.") && !part(&page).contains("<button"));

    let late = ada.event(json!({"rsvp_until": "2020-06-01T00:00:00Z"})).await;
    let page = her.shows(&path(&late, "")).await;
    assert!(
        page.contains("It closed on Mon 1 Jun 2020, 00:00 (UTC)")
            && page.contains("It is too late")
    );
    assert!(!page.contains("I am going") && page.contains("I am interested"));

    bola.answer(&unlisted, "going").await;
    change(&ada, &unlisted, json!({"status": "cancelled"})).await;
    let page = site.browser_of(&bola).await.shows(&path(&unlisted, "")).await;
    assert!(page.contains("This event is cancelled.") && !page.contains("value=\"going\""));
    assert!(page.contains("value=\"none\""), "one may walk away from it");
    assert_eq!(json_ld(&page)["eventStatus"], "https://schema.org/EventCancelled");
}

#[tokio::test]
async fn one_goes_brings_guests_thinks_twice_and_withdraws() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let event = ada.event(json!({"capacity": 10})).await;
    let browser = site.browser_of(&bola).await;

    let page = browser.shows(&path(&event, "")).await;
    assert!(part(&page).contains("Are you coming?") && part(&page).contains("10 seats left"));
    let page = says(&browser, &event, &[("status", "going"), ("guests", "2")]).await;
    assert!(part(&page).contains("You are going") && part(&page).contains("You bring 2 guests."));
    assert!(part(&page).contains("7 seats left"));
    let page = says(&browser, &event, &[("status", "interested"), ("guests", "2")]).await;
    assert!(part(&page).contains("You are interested") && part(&page).contains("I am going"));
    for _ in 0..2 {
        let page = says(&browser, &event, &[("status", "none")]).await;
        assert!(part(&page).contains("Are you coming?"), "twice is as good as once");
    }
    let reply = browser.submit(&path(&event, "taking-part/"), &[("guests", "6")]).await;
    reply.refuses(StatusCode::BAD_REQUEST);
    let reply = site.browser().submit(&path(&event, "taking-part/"), &[("status", "going")]).await;
    assert_eq!(reply.leads(), "/signin/");
    site.assert_counters_are_right().await;
}

#[tokio::test]
async fn who_finds_it_full_joins_the_waitlist_and_sees_their_place() {
    let site = TestApp::new();
    let [ada, bola, chi, dayo] = site.people(["ada", "bola", "chi", "dayo"]).await;
    let event = ada.event(json!({"capacity": 1})).await;
    bola.answer(&event, "going").await;
    chi.answer(&event, "going").await;
    let browser = site.browser_of(&dayo).await;

    let page = browser.shows(&path(&event, "")).await;
    assert!(part(&page).contains("Join the waitlist") && part(&page).contains("No seats left"));
    let page = says(&browser, &event, &[("status", "going"), ("guests", "0")]).await;
    assert!(part(&page).contains("You are on the waitlist"));
    assert!(part(&page).contains("You are number 2 in line."));
    says(&site.browser_of(&chi).await, &event, &[("status", "none")]).await;
    let page = browser.shows(&path(&event, "")).await;
    assert!(part(&page).contains("You are first in line."));
    says(&site.browser_of(&bola).await, &event, &[("status", "none")]).await;
    let page = browser.shows(&path(&event, "")).await;
    assert!(part(&page).contains("You are going"));
}

#[tokio::test]
async fn who_is_refused_is_told_why_on_the_page_of_the_event() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let event = ada.event(json!({"capacity": 1})).await;
    let browser = site.browser_of(&bola).await;

    says(&browser, &event, &[("status", "going")]).await;
    let page = says(&browser, &event, &[("status", "going"), ("guests", "3")]).await;
    assert!(
        part(&page).contains("There is no room for that many.")
            && part(&page).contains("role=\"alert\"")
    );
    assert!(part(&page).contains("You are going"), "and how things are");
    says(&browser, &event, &[("status", "none")]).await;
    change(&ada, &event, json!({"rsvp_until": "2020-06-01T00:00:00Z"})).await;
    let page = says(&browser, &event, &[("status", "going")]).await;
    assert!(part(&page).contains("It is too late to say that you are going."));
    says(&browser, &event, &[("status", "interested")]).await;
    let decide = format!("/api/events/{}/interests/{}/", event["id"], bola.id());
    ada.put(&decide, json!({"status": "refused"})).await.expect(StatusCode::OK);
    let page = browser.shows(&path(&event, "")).await;
    assert!(part(&page).contains("Are you coming?"), "nobody is told before they ask");
    let page = says(&browser, &event, &[("status", "interested")]).await;
    assert!(part(&page).contains("The organisers have decided"));
    change(&ada, &event, json!({"status": "cancelled"})).await;
    let page = says(&site.browser_of(&ada).await, &event, &[("status", "going")]).await;
    assert!(part(&page).contains("This event has been cancelled"));
}

#[tokio::test]
async fn who_leaves_what_they_do_not_see_any_more_is_led_to_their_own_events() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    bola.answer(&event, "going").await;
    change(&ada, &event, json!({"status": "draft"})).await;
    let browser = site.browser_of(&bola).await;

    let reply = browser.submit(&path(&event, "taking-part/"), &[("status", "none")]).await;

    assert_eq!(reply.leads(), "/mine/#taking-part");
    assert_eq!(site.count("select count(*) from interests").await, 0);
}

#[tokio::test]
async fn the_guest_list_is_for_whom_the_organisers_let_see_it() {
    let site = TestApp::new();
    let [ada, bola, chi] = site.people(["ada", "bola", "chi"]).await;
    let event = ada.event(json!({"guest_list": "guests"})).await;
    bola.answer(&event, "going").await;
    chi.answer(&event, "interested").await;
    let (her, guest, other) =
        (site.browser_of(&ada).await, site.browser_of(&bola).await, site.browser_of(&chi).await);
    let (own, people) = (path(&event, ""), path(&event, "people/"));

    for browser in [&her, &guest] {
        let page = browser.shows(&own).await;
        assert!(page.contains("Who is going") && page.contains("<span>bola</span>"));
        assert!(!page.contains("<span>chi</span>"), "who is only interested does not go");
        assert!(browser.shows(&people).await.contains("<span>bola</span>"));
    }
    assert!(!other.shows(&own).await.contains("Who is going"));
    other.get(&people).await.refuses(StatusCode::FORBIDDEN);
    assert!(site.browser().get(&people).await.leads().starts_with("/signin/?next="));
    change(&ada, &event, json!({"guest_list": "hidden"})).await;
    assert!(her.shows(&own).await.contains("Only organisers see this list."));
    assert!(!guest.shows(&own).await.contains("Who is going"));
    change(&ada, &event, json!({"guest_list": "all"})).await;
    assert!(other.shows(&own).await.contains("<span>bola</span>"));
    assert!(site.browser().shows(&own).await.contains("Sign in to see who is going"));
}

#[tokio::test]
async fn many_guests_are_on_several_pages() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({"guest_list": "all"})).await;
    for number in 0..25 {
        site.person(&format!("guest-{number}")).await.answer(&event, "going").await;
    }
    let her = site.browser_of(&ada).await;

    let page = her.shows(&path(&event, "")).await;
    assert_eq!(page.matches("<span>guest-").count(), 12);
    let page = her.shows(between(&page, "<p><a href=\"", "\">See everybody")).await;
    assert_eq!(page.matches("<span>guest-").count(), 20);
    let next =
        format!("{}people/?cursor={}", path(&event, ""), between(&page, "people/?cursor=", "\""));
    let page = her.shows(&next).await;
    assert_eq!(page.matches("<span>guest-").count(), 5);
}

#[tokio::test]
async fn who_is_signed_in_reads_the_time_on_their_own_clock() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({"start_time": "23:30", "timezone": "Africa/Lagos"})).await;
    let her = site.browser_of(&ada).await;

    let page = her.shows(&path(&event, "")).await;
    assert!(
        page.contains("Sat 1 Jun 2030, 22:30 on your clock") && !page.contains("data-local-of")
    );
    change(&ada, &event, json!({"timezone": "UTC"})).await;
    assert!(!her.shows(&path(&event, "")).await.contains("on your clock"));
    change(&ada, &event, json!({"end_date": "2030-06-03", "end_time": "01:00"})).await;
    let page = her.shows(&path(&event, "")).await;
    assert!(page.contains("Sat 1 Jun 2030, 23:30 –<br>Mon 3 Jun 2030, 01:00"), "{page}");
}

#[tokio::test]
async fn an_event_is_a_date_for_the_calendar() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({"start_time": "20:00", "location": "Lagos, Nigeria"})).await;

    let reply = site.browser().get(&path(&event, "event.ics")).await;

    assert_eq!(reply.headers[header::CONTENT_TYPE], "text/calendar; charset=utf-8");
    let named = &reply.headers[header::CONTENT_DISPOSITION];
    assert_eq!(named, "attachment; filename=\"jollof-night.ics\"");
    let lines: Vec<&str> = reply.text.split("\r\n").collect();
    for line in [
        "BEGIN:VCALENDAR",
        "PRODID:-//Owambe//Owambe//EN",
        "UID:event-1@owambe.test",
        "DTSTART:20300601T200000Z",
        "SUMMARY:Jollof Night",
        "LOCATION:Lagos\\, Nigeria",
        "URL:http://owambe.test/events/1-jollof-night/",
    ] {
        assert!(lines.contains(&line), "{line} in {}", reply.text);
    }
    assert!(!reply.text.contains("METHOD"));
    change(&ada, &event, json!({"title": "東京"})).await;
    let reply = site.browser().get(&path(&event, "event.ics")).await;
    assert_eq!(
        reply.headers[header::CONTENT_DISPOSITION],
        "attachment; filename=\"event-1.ics\"; filename*=UTF-8''%E6%9D%B1%E4%BA%AC.ics"
    );
}

#[tokio::test]
async fn programs_are_told_what_is_true_of_an_event() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada
        .event(json!({
            "start_time": "20:00", "end_time": "23:00", "timezone": "Africa/Lagos", "capacity": 5,
            "location": "Freedom Park", "latitude": 6.45, "longitude": 3.39,
        }))
        .await;
    ada.answer(&event, "going").await;

    let told = json_ld(&site.browser().shows(&path(&event, "")).await);

    assert_eq!(told["startDate"], "2030-06-01T20:00:00+01:00");
    assert_eq!(told["endDate"], "2030-06-01T23:00:00+01:00");
    assert_eq!(told["eventStatus"], "https://schema.org/EventScheduled");
    assert_eq!(told["location"]["geo"]["latitude"], 6.45);
    assert_eq!(told["organizer"]["name"], "ada");
    assert_eq!(told["maximumAttendeeCapacity"], 5);
    assert_eq!(told["remainingAttendeeCapacity"], 4);
    assert!(told.get("offers").is_none(), "nobody has said what it costs");
    let days = ada.event(json!({"end_date": "2030-06-03"})).await;
    let told = json_ld(&site.browser().shows(&path(&days, "")).await);
    assert_eq!(
        (&told["startDate"], &told["endDate"]),
        (&json!("2030-06-01"), &json!("2030-06-03"))
    );
    assert!(told.get("location").is_none() && told.get("maximumAttendeeCapacity").is_none());
}

#[tokio::test]
async fn a_link_is_shown_as_a_card_with_the_picture_of_the_event() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;
    let browser = site.browser();

    let bare = browser.get(&path(&event, "card.png")).await;
    assert_eq!(bare.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(bare.headers[header::CACHE_CONTROL], "public, max-age=300");
    assert!(bare.bytes.starts_with(b"\x89PNG"));
    let tag = bare.headers[header::ETAG].to_str().unwrap();
    let known = [("if-none-match", tag)];
    let again = browser.send(Method::GET, &path(&event, "card.png"), &known, Body::empty()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);

    let thumbnail = format!("/api/events/{}/thumbnail/", event["id"]);
    let parts = [("image", &picture(300, 400)[..]), ("alt", b"A \"pot\"")];
    let parts: Vec<(&str, &[u8])> = parts.to_vec();
    ada.upload(Method::PUT, &thumbnail, &parts).await.expect(StatusCode::CREATED);
    let with = browser.get(&path(&event, "card.png")).await;
    assert_ne!(with.bytes, bare.bytes);
    assert_ne!(with.headers[header::ETAG], bare.headers[header::ETAG]);
    let page = browser.shows(&path(&event, "")).await;
    assert!(page.contains("alt=\"A &#34;pot&#34;\" width=\"300\" height=\"400\""), "{page}");
    assert!(page.contains("class=\"event-picture tall\""));
}
