//! What people say under an event, on its pages.

use axum::http::StatusCode;
use owambe::http::limits::Limits;
use serde_json::{Value, json};

use crate::helpers::{Person, TestApp, picture};

fn under(event: &Value) -> String {
    format!("/events/{}/comments/", event["id"])
}

fn at(comment: &Value) -> String {
    format!("/comments/{}/", comment["id"])
}

/// The page of an event; what follows its id is its title.
fn page(event: &Value, comment: &Value) -> String {
    format!("/events/{}-jollof-night/#comment-{}", event["id"], comment["id"])
}

impl Person<'_> {
    async fn answers(&self, event: &Value, comment: &Value, body: &str) -> Value {
        let path = format!("/api/events/{}/comments/", event["id"]);
        let answer = json!({"body": body, "parent": comment["id"]});
        self.post(&path, answer).await.expect(StatusCode::CREATED)
    }

    /// What is said under an event, as the API says it.
    async fn hears(&self, event: &Value) -> Vec<Value> {
        let list = self.get(&format!("/api/events/{}/comments/", event["id"])).await.json();
        list["results"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn who_comes_first_is_invited_to_say_something() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;

    let hers = site.browser_of(&ada).await.shows(&under(&event)).await;
    assert!(hers.contains("Nobody has said anything yet") && hers.contains("<textarea"));
    let anybodys = site.browser().shows(&under(&event)).await;
    assert!(anybodys.contains("Sign in to say something") && !anybodys.contains("<textarea"));
    let back = format!("/signin/?next=%2Fevents%2F{}%2Fcomments%2F", event["id"]);
    assert!(anybodys.contains(&back), "{anybodys}");
}

#[tokio::test]
async fn somebody_says_something_with_pictures_and_is_led_to_it() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;
    let browser = site.browser_of(&ada).await;
    let pictures = [picture(640, 320), picture(20, 10)];

    let parts: [(&str, &[u8]); 6] = [
        ("body", "Who brings\r\nthe drums? See https://owambe.test/drums.".as_bytes()),
        ("image", &pictures[0]),
        ("image", &pictures[1]),
        ("alt", b"A drum"),
        ("alt", b""),
        ("alt", b""),
    ];
    let led = browser.upload(&under(&event), &parts).await.leads();

    let comment = &ada.hears(&event).await[0];
    assert_eq!(led, page(&event, comment));
    assert_eq!(
        (&comment["images"][0]["alt"], &comment["images"][1]["alt"]),
        (&json!("A drum"), &json!(""))
    );
    let shown = browser.shows(&under(&event)).await;
    assert!(shown.contains("Who brings\nthe drums? See <a href=\"https://owambe.test/drums\" rel=\"nofollow ugc noopener noreferrer\">"));
    assert!(
        shown.contains("alt=\"A drum\" width=\"320\" height=\"160\" loading=\"lazy\""),
        "{shown}"
    );
    assert!(shown.contains("alt=\"Picture 2 by ada\" width=\"20\" height=\"10\""));
    assert!(browser.get(&at(comment)).await.leads() == led);
    site.assert_counters_are_right().await;
}

#[tokio::test]
async fn what_is_refused_is_typed_once() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;
    let first = ada.comment(&event, "Will it rain?").await;
    let browser = site.browser_of(&ada).await;
    let parent = first["id"].to_string();
    let send = async |parts: &[(&str, &[u8])]| {
        let reply = browser.upload(&under(&event), parts).await;
        reply.refuses(StatusCode::BAD_REQUEST).to_owned()
    };

    let page =
        send(&[("body", b"Look"), ("parent", parent.as_bytes()), ("image", b"no picture")]).await;
    assert!(page.contains("Look</textarea>") && page.contains("have to be chosen again"), "{page}");
    assert!(page.contains("no JPEG, PNG, WebP or GIF") && page.contains("Will it rain?"));
    let page = send(&[("body", b" "), ("image", &picture(9, 9))]).await;
    assert!(page.contains("may not be blank"));
    let many: Vec<Vec<u8>> = (0..11).map(|_| picture(3, 3)).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|it| ("image", it.as_slice())).collect();
    let page = send(&[&[("body", b"Eleven".as_slice())], many.as_slice()].concat()).await;
    assert!(page.contains("Eleven</textarea>") && page.contains("no more than 10"));
    let page = send(&[("body", b"Lost"), ("parent", b"404")]).await;
    assert!(page.contains("Lost</textarea>") && page.contains("there is no such comment here"));

    assert_eq!(ada.hears(&event).await.len(), 1, "nothing was said");
}

#[tokio::test]
async fn answers_stand_under_what_they_answer_or_lead_to_it() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    let first = ada.comment(&event, "Will it rain?").await;
    for number in 1..20 {
        ada.comment(&event, &format!("Number {number}")).await;
    }
    let browser = site.browser_of(&bola).await;
    let ask = format!("{}new/?parent={}", under(&event), first["id"]);
    let form = browser.shows(&ask).await;
    assert!(
        form.contains("Will it rain?")
            && form.contains(&format!("name=\"parent\" value=\"{}\"", first["id"]))
    );
    let parent = first["id"].to_string();
    let led = browser
        .upload(&under(&event), &[("body", b"No."), ("parent", parent.as_bytes())])
        .await
        .leads();

    assert!(led.contains("/comments/?cursor="), "{led}");
    let (path, _) = led.split_once('#').unwrap();
    let last = browser.shows(path).await;
    assert!(last.contains("No.") && last.contains("Number 19") && !last.contains("rel=\"next\""));
    assert!(last.contains(&format!("<a href=\"{}\">in answer to this</a>", at(&first))), "{last}");
    let all = browser.shows(&format!("{}?page_size=100", under(&event))).await;
    let places = ["Will it rain?", "No.", "Number 1<"].map(|text| all.find(text).unwrap());
    assert!(places.is_sorted(), "{places:?}");
    assert!(!all.contains("in answer to this"));
}

#[tokio::test]
async fn thirty_comments_are_two_pages() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;
    let mut said = Vec::new();
    for number in 0..30 {
        said.push(ada.comment(&event, &format!("Number {number};")).await);
    }
    let browser = site.browser_of(&ada).await;
    let link = |page: &str, rel: &str| {
        let links = page.split("<a ").find(|it| it.contains(&format!("rel=\"{rel}\"")))?;
        Some(links.split_once("href=\"")?.1.split('"').next()?.to_owned())
    };

    let first = browser.shows(&under(&event)).await;
    assert!(first.contains("Number 19;") && !first.contains("Number 20;"));
    assert_eq!(link(&first, "prev"), None);
    let second = browser.shows(&link(&first, "next").unwrap()).await;
    assert!(!second.contains("Number 19;") && second.contains("Number 29;"));
    assert_eq!(link(&second, "next"), None);
    let back = browser.shows(&link(&second, "prev").unwrap()).await;
    assert!(back.contains("Number 0;") && link(&back, "next").is_some());

    for comment in &said {
        let led = browser.get(&at(comment)).await.leads();
        let (path, anchor) = led.split_once('#').unwrap();
        let path = if path.contains("cursor") { path.to_owned() } else { under(&event) };
        let page = browser.shows(&path).await;
        assert!(page.contains(&format!("id=\"{anchor}\"")), "{led}");
    }
}

#[tokio::test]
async fn a_like_is_given_and_taken_back() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "Owambe!").await;
    let browser = site.browser_of(&bola).await;
    let like = format!("{}like/", at(&comment));

    for (liked, count) in [("true", 1), ("true", 1), ("false", 0), ("false", 0), ("true", 1)] {
        let led = browser.submit(&like, &[("liked", liked)]).await.leads();
        assert_eq!(led, page(&event, &comment));
        assert_eq!(ada.hears(&event).await[0]["like_count"], count);
        let page = browser.shows(&under(&event)).await;
        assert!(page.contains(&format!("aria-pressed=\"{}\"", count == 1)), "{page}");
    }
    browser.submit(&like, &[]).await.refuses(StatusCode::BAD_REQUEST);
    browser.submit(&like, &[("liked", "perhaps")]).await.refuses(StatusCode::BAD_REQUEST);
    let nobody = site.browser();
    assert!(nobody.submit(&like, &[("liked", "true")]).await.leads().starts_with("/signin/"));
    assert!(nobody.shows(&under(&event)).await.contains("one person likes this"));
    site.assert_counters_are_right().await;
}

#[tokio::test]
async fn who_wrote_a_comment_changes_it_and_its_pictures() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "Drums").await;
    ada.pictures(&comment, &[picture(9, 9), picture(8, 8)]).await.expect(StatusCode::CREATED);
    let images = ada.hears(&event).await[0]["images"].clone();
    let (first, second) = (images[0]["id"].to_string(), &images[1]["id"]);
    let browser = site.browser_of(&ada).await;
    let edit = format!("{}edit/", at(&comment));

    let form = browser.shows(&edit).await;
    assert!(
        form.contains("Drums</textarea>")
            && form.contains(&format!("name=\"remove\" value=\"{first}\""))
    );
    let new = picture(7, 7);
    let parts: [(&str, &[u8]); 4] =
        [("body", b"Two drums"), ("remove", first.as_bytes()), ("image", &new), ("alt", b"New")];
    assert_eq!(browser.upload(&edit, &parts).await.leads(), page(&event, &comment));

    let changed = &ada.hears(&event).await[0];
    assert_eq!((&changed["body"], &changed["edited"]), (&json!("Two drums"), &json!(true)));
    assert_eq!(
        (&changed["images"][0]["id"], &changed["images"][1]["alt"]),
        (second, &json!("New"))
    );
    assert!(browser.shows(&under(&event)).await.contains("· edited"));

    let reply = browser.upload(&edit, &[("body", b" "), ("remove", first.as_bytes())]).await;
    assert!(reply.refuses(StatusCode::BAD_REQUEST).contains("may not be blank"));
    let nine: Vec<Vec<u8>> = (0..9).map(|_| picture(3, 3)).collect();
    let nine: Vec<(&str, &[u8])> = nine.iter().map(|it| ("image", it.as_slice())).collect();
    let reply =
        browser.upload(&edit, &[&[("body", b"Nine".as_slice())], nine.as_slice()].concat()).await;
    assert!(reply.refuses(StatusCode::BAD_REQUEST).contains("at most 10, this one 2"));
    assert_eq!(ada.hears(&event).await[0]["body"], "Two drums", "nothing of it is done");
}

#[tokio::test]
async fn a_comment_is_deleted_after_a_question() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let event = ada.event(json!({})).await;
    let first = bola.comment(&event, "Will it rain?").await;
    let answer = bola.answers(&event, &first, "No.").await;
    let browser = site.browser_of(&ada).await;

    let asked = browser.shows(&format!("{}delete/", at(&first))).await;
    assert!(asked.contains("Delete this comment?") && asked.contains("Will it rain?"));
    let led = browser.submit(&format!("{}delete/", at(&first)), &[]).await.leads();
    assert_eq!(led, page(&event, &first), "its place is still there");
    let shown = browser.shows(&under(&event)).await;
    assert!(shown.contains("This comment was deleted.") && !shown.contains("Will it rain?"));

    let led = browser.submit(&format!("{}delete/", at(&answer)), &[]).await.leads();
    assert_eq!(led, format!("/events/{}-jollof-night/#comments", event["id"]));
    assert!(browser.shows(&under(&event)).await.contains("Nobody has said anything yet"));
    site.assert_counters_are_right().await;
}

#[tokio::test]
async fn only_who_may_is_offered_a_deed_and_does_it() {
    let site = TestApp::new();
    let [ada, bola, chidi] = site.people(["ada", "bola", "chidi"]).await;
    let event = ada.event(json!({})).await;
    let comment = bola.comment(&event, "Just me.").await;
    let (edit, delete) = (format!("{}edit/", at(&comment)), format!("{}delete/", at(&comment)));

    for (who, may_edit, may_delete) in
        [(&ada, false, true), (&bola, true, true), (&chidi, false, false)]
    {
        let page = site.browser_of(who).await.shows(&under(&event)).await;
        assert_eq!((page.contains(&edit), page.contains(&delete)), (may_edit, may_delete));
    }
    let (hers, others) = (site.browser_of(&ada).await, site.browser_of(&chidi).await);
    hers.get(&edit).await.refuses(StatusCode::FORBIDDEN);
    hers.upload(&edit, &[("body", b"Not me.")]).await.refuses(StatusCode::FORBIDDEN);
    others.get(&delete).await.refuses(StatusCode::FORBIDDEN);
    others.submit(&delete, &[]).await.refuses(StatusCode::FORBIDDEN);
    let nobody = site.browser();
    for path in [&edit, &delete, &format!("{}new/", under(&event))] {
        assert!(nobody.get(path).await.leads().starts_with("/signin/"), "{path}");
    }
    assert!(nobody.upload(&under(&event), &[("body", b"x")]).await.leads().starts_with("/signin/"));
    assert!(nobody.submit(&delete, &[]).await.leads().starts_with("/signin/"));
    assert_eq!(ada.hears(&event).await[0]["body"], "Just me.");
}

#[tokio::test]
async fn what_is_said_about_a_private_event_is_for_who_sees_it() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let group = ada.group(json!({"visibility": "private"})).await;
    let event = ada.event(json!({"group": group["id"]})).await;
    let comment = ada.comment(&event, "Just us.").await;
    let browser = site.browser_of(&bola).await;

    for path in [under(&event), format!("{}new/", under(&event)), at(&comment)] {
        browser.get(&path).await.refuses(StatusCode::NOT_FOUND);
    }
    let big = vec![0; 20_000_000];
    let reply = browser.upload(&under(&event), &[("image", &big)]).await;
    reply.refuses(StatusCode::NOT_FOUND);
    for deed in ["edit", "delete"] {
        browser.get(&format!("{}{deed}/", at(&comment))).await.refuses(StatusCode::NOT_FOUND);
    }
    let like = format!("{}like/", at(&comment));
    browser.submit(&like, &[("liked", "true")]).await.refuses(StatusCode::NOT_FOUND);
    browser.get("/comments/404/").await.refuses(StatusCode::NOT_FOUND);
    browser.get("/events/404/comments/").await.refuses(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_texts_are_only_texts() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let hostile = "\"><script>alert(1)</script>{{7*7}}";
    let event = ada.event(json!({"title": hostile})).await;
    ada.patch("/api/users/profile/update/", json!({"display_name": hostile}))
        .await
        .expect(StatusCode::OK);
    let text = format!(
        "{hostile} https://a.test/\"onmouseover=\"alert(1) javascript:alert(1) {}",
        "x".repeat(400)
    );
    let browser = site.browser_of(&ada).await;
    let parts: [(&str, &[u8]); 3] =
        [("body", text.as_bytes()), ("image", &picture(9, 9)), ("alt", hostile.as_bytes())];

    assert!(browser.upload(&under(&event), &parts).await.leads().starts_with("/events/"));

    let comment = &ada.hears(&event).await[0];
    let paths = [under(&event), format!("{}edit/", at(comment)), format!("{}delete/", at(comment))];
    for path in paths.iter().chain([&format!("{}new/?parent={}", under(&event), comment["id"])]) {
        let page = browser.shows(path).await;
        assert!(!page.contains("<script>") && page.contains("&#60;script&#62;"), "{page}");
        assert!(!page.contains("\"onmouseover") && !page.contains("href=\"javascript"), "{page}");
    }
    let sent = browser.upload(&under(&event), &[("body", text.as_bytes()), ("image", b"x")]).await;
    assert!(!sent.refuses(StatusCode::BAD_REQUEST).contains("<script>"));
}

#[tokio::test]
async fn an_event_that_is_over_or_called_off_is_still_talked_about() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let over = ada.event(json!({"start_date": "2020-06-01"})).await;
    let off = ada.event(json!({"status": "cancelled"})).await;

    for event in [over, off] {
        browser.upload(&under(&event), &[("body", b"What a night")]).await.leads();
        assert!(browser.shows(&under(&event)).await.contains("What a night"));
    }
}

#[tokio::test]
async fn pictures_of_pages_count_as_those_of_the_api() {
    let site = TestApp::with_limits(Limits::new(Vec::new()));
    let ada = site.person("ada").await;
    let event = ada.event(json!({})).await;
    let browser = site.browser_of(&ada).await;

    for _ in 0..60 {
        browser.upload(&under(&event), &[("body", b" ")]).await.refuses(StatusCode::BAD_REQUEST);
    }
    let reply = browser.upload(&under(&event), &[("body", b" ")]).await;
    reply.refuses(StatusCode::TOO_MANY_REQUESTS);
    ada.comment(&event, "What has none goes on.").await;
}
