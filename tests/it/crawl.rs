//! Somebody who follows every link that a page shows, and fills in every form with text that would do
//! harm in a page that did not escape it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use axum::http::{StatusCode, header};
use scraper::{ElementRef, Html, Selector};
use serde_json::json;

use crate::browser::Browser;
use crate::helpers::{Person, TestApp, picture};

/// Text that ends an attribute, an element and a script, and says so where it is not escaped.
const HOSTILE: &str = "\"'></textarea></title></script><script>alert(1)</script>&amp;{{7*7}}";

/// Where no form is filled in: it would end the visit.
const LAST: &[&str] =
    &["/signout/", "/settings/account/", "/settings/password/", "/settings/sessions/"];

/// Pages that a visit looks at, at most.
const MOST: usize = 400;

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn attribute(element: &ElementRef<'_>, name: &str) -> String {
    element.attr(name).unwrap_or_default().to_owned()
}

/// The path that a link leads to on this site, seen from another path.
fn own_path(from: &str, link: &str) -> Option<String> {
    let base = url::Url::parse(&format!("http://owambe.test{from}")).unwrap();
    let url = base.join(link).unwrap_or_else(|err| panic!("{from} has a link to {link:?}: {err}"));
    let is_own = url.host_str() == Some("owambe.test") && url.scheme() == "http";
    is_own.then(|| url[url::Position::BeforePath..url::Position::AfterQuery].to_owned())
}

/// What is said of each kind of page only once: where it is, without its numbers and its query.
fn kind(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    let mut kind = String::new();
    for part in path.split('/') {
        let id = part.split('-').next().unwrap();
        let is_id = !id.is_empty() && id.bytes().all(|it| it.is_ascii_digit());
        kind.push('/');
        kind.push_str(if is_id { "{id}" } else { part });
    }
    kind
}

/// A page is whole, and has nothing in it that the policy would not let run.
fn check(path: &str, text: &str) -> Html {
    let page = Html::parse_document(text);
    assert_eq!(all(&page, "h1").len(), 1, "{path} has one heading of its own: {text}");
    assert_eq!(all(&page, "main").len(), 1, "{path}");
    assert!(!all(&page, "title")[0].text().collect::<String>().trim().is_empty(), "{path}");
    assert_eq!(all(&page, "html[lang]").len(), 1, "{path}");
    assert!(all(&page, "[style], style").is_empty(), "{path} has a style of its own");
    for script in all(&page, "script") {
        let is_data = attribute(&script, "type") == "application/ld+json";
        let is_file = attribute(&script, "src").starts_with("/static/");
        assert!(is_data || is_file, "{path} has a script of its own: {}", script.html());
        assert!(is_file || serde_json::from_str::<serde_json::Value>(&script.inner_html()).is_ok());
    }
    for element in all(&page, "*") {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on"), "{path}: {name}={value}");
            let is_link = ["href", "src", "action", "formaction"].contains(&name);
            let is_script = value.trim_start().to_ascii_lowercase().starts_with("javascript:");
            assert!(!is_link || !is_script, "{path}: {name}={value}");
        }
    }
    for image in all(&page, "img[src]") {
        let has_size = image.attr("width").is_some() && image.attr("height").is_some();
        assert!(image.attr("alt").is_some() && has_size, "{path}: {}", image.html());
    }
    for form in all(&page, "form[method=post]") {
        let is_in_query = attribute(&form, "action").contains("csrf=");
        let field = Selector::parse("input[name=csrf]").unwrap();
        assert!(is_in_query || form.select(&field).count() == 1, "{path}: {}", form.html());
    }
    page
}

/// A form: the page that it is on, where it is sent, whether with files, and what it holds.
type Found = (String, String, bool, Vec<(String, String)>);

/// What somebody saw: each page that they found, and what came of it.
struct Visit<'a> {
    browser: &'a Browser<'a>,
    seen: BTreeMap<String, StatusCode>,
    forms: Vec<Found>,
}

impl<'a> Visit<'a> {
    /// Follows every link from these pages on.
    async fn of(browser: &'a Browser<'a>, from: &[&str]) -> Self {
        let mut visit = Self { browser, seen: BTreeMap::new(), forms: Vec::new() };
        let mut waiting: VecDeque<String> = from.iter().map(|path| (*path).to_owned()).collect();
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        while let Some(path) = waiting.pop_front() {
            let many = kinds.entry(kind(&path)).or_default();
            if visit.seen.contains_key(&path) || *many >= 6 || visit.seen.len() >= MOST {
                continue;
            }
            *many += 1;
            let reply = browser.get(&path).await;
            visit.seen.insert(path.clone(), reply.status);
            assert!(!reply.status.is_server_error(), "{path}: {}", reply.text);
            if let Some(to) = reply.headers.get(header::LOCATION) {
                waiting.extend(own_path(&path, to.to_str().unwrap()));
                continue;
            }
            let media = reply.headers.get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
            if !media.is_some_and(|it| it.starts_with("text/html")) || path.starts_with("/api/") {
                continue;
            }
            let page = check(&path, &reply.text);
            for link in all(&page, "a[href]") {
                waiting.extend(own_path(&path, &attribute(&link, "href")));
            }
            visit.keep_forms(&path, &page);
        }
        visit
    }

    fn keep_forms(&mut self, path: &str, page: &Html) {
        for form in all(page, "form[method=post]") {
            let action = own_path(path, &attribute(&form, "action")).unwrap();
            let is_multipart = attribute(&form, "enctype") == "multipart/form-data";
            self.forms.push((path.to_owned(), action, is_multipart, hostile_fields(&form)));
        }
    }

    /// Sends every form that was found, with hostile text in all that takes text.
    async fn send_forms(&self) -> usize {
        let mut sent = BTreeSet::new();
        for (path, action, is_multipart, fields) in &self.forms {
            let bare = action.split('?').next().unwrap();
            let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
            let is_new = sent.insert((kind(bare), names.join(",")));
            if !is_new || LAST.contains(&bare) {
                continue;
            }
            let reply = if *is_multipart {
                let image = picture(40, 30);
                let mut parts: Vec<(&str, &[u8])> =
                    fields.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
                parts.push(("image", &image));
                self.browser.upload(action, &parts).await
            } else {
                let pairs: Vec<(&str, &str)> =
                    fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
                self.browser.submit(action, &pairs).await
            };
            assert!(!reply.status.is_server_error(), "{path} sent {action}: {}", reply.text);
            if reply.status != StatusCode::SEE_OTHER {
                check(&format!("{action} after a form"), &reply.text);
            }
        }
        sent.len()
    }
}

/// What a form is sent with: hostile text where text can be typed, and what else it holds.
fn hostile_fields(form: &ElementRef<'_>) -> Vec<(String, String)> {
    let fields = Selector::parse("input[name], textarea[name], select[name]").unwrap();
    let mut pairs = Vec::new();
    for field in form.select(&fields) {
        let name = attribute(&field, "name");
        let kind = attribute(&field, "type");
        let text = match (field.value().name(), kind.as_str()) {
            (_, "file") => continue,
            (_, "hidden" | "radio" | "checkbox" | "date" | "time" | "number") => {
                attribute(&field, "value")
            }
            ("select", _) => {
                let chosen = Selector::parse("option[selected]").unwrap();
                let option = field.select(&chosen).next();
                option.map(|it| attribute(&it, "value")).unwrap_or_default()
            }
            _ if ["timezone", "url", "email", "username", "tags"].contains(&name.as_str()) => {
                // Text that these take, where there is any; else what is refused and shown again.
                if name == "tags" { "<b>\"x".to_owned() } else { attribute(&field, "value") }
            }
            _ => HOSTILE.to_owned(),
        };
        pairs.push((name, text));
    }
    pairs
}

/// A site with something of everything, all of it called by hostile text.
async fn hostile_site<'a>(ada: &'a Person<'a>, bola: &'a Person<'a>) {
    let group = ada.group(json!({"name": HOSTILE, "description": HOSTILE})).await;
    ada.adds(&group, bola, "member").await;
    let event = ada
        .event(json!({
            "title": HOSTILE, "description": format!("{HOSTILE} https://x.example/\"><script>"),
            "location": HOSTILE, "tags": ["<script>x</script>"], "capacity": 1, "guest_list": "all",
            "url": "https://example.com/\"><script>", "latitude": 6.5, "longitude": 3.4,
            "start_time": "20:00", "group": group["id"],
        }))
        .await;
    ada.event(json!({"title": "Party", "start_date": "2030-07-01"})).await;
    ada.answer(&event, "going").await;
    bola.answer(&event, "going").await;
    let comment = bola.comment(&event, HOSTILE).await;
    bola.pictures(&comment, &[picture(60, 40)]).await;
    ada.comment(&event, "An answer to come").await;
    let name = json!({"display_name": HOSTILE, "bio": HOSTILE});
    for who in [ada, bola] {
        who.patch("/api/users/profile/update/", name.clone()).await;
    }
    let announcement = json!({"title": HOSTILE, "body": HOSTILE});
    ada.post(&format!("/api/groups/{}/announcements/", group["id"]), announcement).await;
}

#[tokio::test]
async fn every_link_leads_somewhere_and_nothing_that_people_typed_is_part_of_a_page() {
    let site = TestApp::new();
    let [ada, bola, carol] = site.people(["ada", "bola", "carol"]).await;
    hostile_site(&ada, &bola).await;

    let nobody = site.browser();
    let visit = Visit::of(&nobody, &["/", "/events/", "/groups/", "/signup/", "/forgot/"]).await;
    let is_lost = |status: &StatusCode| *status == StatusCode::NOT_FOUND;
    let lost: Vec<_> = visit.seen.iter().filter(|(_, status)| is_lost(status)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(visit.seen.len() > 20, "{:?}", visit.seen);

    for who in [&bola, &carol, &ada] {
        let browser = site.browser_of(who).await;
        let start = ["/", "/mine/", "/settings/", "/notifications/", "/groups/", "/events/new/"];
        let visit = Visit::of(&browser, &start).await;
        let wrong = |status: &StatusCode| status.is_client_error();
        let lost: Vec<_> = visit.seen.iter().filter(|(_, status)| wrong(status)).collect();
        assert!(lost.is_empty(), "{}: {lost:?}", who.user.username);
        assert!(visit.seen.len() > 40, "{:?}", visit.seen);

        assert!(visit.send_forms().await > 10);
        Visit::of(&browser, &start).await;
    }
    site.assert_counters_are_right().await;
}
