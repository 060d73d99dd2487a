//! Finding events on pages.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::helpers::TestApp;

const HOSTILE: &str = "\"><script>alert(1)</script>";

#[tokio::test]
async fn the_first_page_says_what_is_on_and_what_to_do_where_nothing_is() {
    let site = TestApp::new();
    let browser = site.browser();
    let empty = browser.shows("/").await;
    assert!(empty.contains("Nothing is on yet") && empty.contains("href=\"/events/new/\""));

    let ada = site.person("ada").await;
    let event = ada.event(json!({"title": "Jollof Night", "location": "Freedom Park"})).await;
    ada.event(json!({"title": "Only a plan", "status": "draft"})).await;
    let page = browser.shows("/").await;
    assert!(page.contains("Jollof Night") && page.contains("Freedom Park"));
    assert!(page.contains(&format!("/events/{}-jollof-night/", event["id"])));
    assert!(page.contains("Sat 1 Jun 2030"));
    assert!(!page.contains("Only a plan"));
    assert!(!page.contains("Many people go"), "nobody goes yet");
    ada.answer(&event, "going").await;
    assert!(browser.shows("/").await.contains("Many people go"));
}

#[tokio::test]
async fn what_is_near_is_shown_to_who_says_where() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let lagos = json!({"title": "In Lagos", "latitude": 6.45, "longitude": 3.39});
    ada.event(lagos).await;
    let near = |page: String| page.split_once("id=\"near\"").unwrap().1.to_owned();

    assert!(near(site.browser().shows("/?near=6.5,3.4").await).contains("In Lagos"));
    let far = near(site.browser().shows("/?near=52.5,13.4").await);
    assert!(far.contains("Nothing is on within 25 km") && !far.contains("In Lagos"));
    assert!(near(site.browser().shows("/?near=nowhere").await).contains("Near me"));
}

#[tokio::test]
async fn each_filter_of_the_list_is_in_its_address() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    ada.event(json!({"title": "Jollof Night", "tags": ["food"]})).await;
    ada.event(json!({"title": "Jazz", "start_date": "2031-01-01", "tags": ["music"]})).await;
    ada.event(json!({"title": "Long ago", "start_date": "2020-01-01"})).await;
    let shown = async |path: &str| {
        let page = site.browser().shows(path).await;
        ["Jollof Night", "Jazz", "Long ago"].map(|title| page.contains(&format!(">{title}<")))
    };

    assert_eq!(shown("/events/").await, [true, true, false]);
    assert_eq!(shown("/events/?q=jol").await, [true, false, false]);
    assert_eq!(shown("/events/?tag=music").await, [false, true, false]);
    assert_eq!(shown("/events/?from=2030-12-01").await, [false, true, false]);
    assert_eq!(shown("/events/?to=2030-12-01&from=2019-01-01").await, [true, false, true]);
    assert_eq!(shown("/events/?when=past").await, [false, false, true]);
    let page = site.browser().shows("/events/?q=jol&tag=food").await;
    assert!(page.contains("href=\"/events/month/?q=jol&#38;tag=food\""), "{page}");
}

#[tokio::test]
async fn a_list_is_read_a_page_at_a_time_on_this_very_site() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    for number in 0..25 {
        ada.event(json!({"title": format!("Party {number:02}")})).await;
    }
    let browser = site.browser();
    let first = browser.shows("/events/?q=party").await;
    let next = first.split_once("rel=\"next\" href=\"").unwrap().1.split('"').next().unwrap();
    let next = next.replace("&#38;", "&");
    assert!(next.starts_with("/events/?q=party&cursor="), "{next}");
    let second = browser.shows(&next).await;
    assert!(second.contains("Party 24") && !second.contains(">Party 00<"));
    assert!(second.contains("rel=\"prev\"") && !second.contains("rel=\"next\""));
}

#[tokio::test]
async fn what_is_wrong_with_a_filter_is_said_and_what_was_typed_is_kept() {
    let site = TestApp::new();
    let browser = site.browser();
    for path in ["/events/", "/events/month/", "/events/map/"] {
        let page = browser.shows(&format!("{path}?near=nowhere&q=jollof")).await;
        assert!(page.contains("write a place as latitude,longitude"), "{path}");
        assert!(page.contains("value=\"nowhere\"") && page.contains("value=\"jollof\""), "{path}");
    }
    // Nobody in particular follows nothing.
    assert_eq!(browser.get("/events/?following=me").await.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/events/?group=999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_month_shows_each_day_of_an_event() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    ada.event(json!({"title": "Festival", "start_date": "2030-06-30", "end_date": "2030-07-01"}))
        .await;
    ada.event(
        json!({"title": "Long wedding", "start_date": "2030-05-02", "end_date": "2030-08-02"}),
    )
    .await;
    let browser = site.browser();
    let june = browser.shows("/events/month/?month=2030-06").await;
    assert!(june.contains("June 2030"));
    // The sheet goes on to Sunday, the 7th of July.
    assert_eq!(june.matches(">Festival<").count(), 1);
    assert_eq!(june.matches(">Long wedding<").count(), 35);
    assert!(june.contains("/events/month/?month=2030-07"));
    for number in 0..7 {
        ada.event(json!({"title": format!("Race {number}"), "start_date": "2031-03-05"})).await;
    }
    let march = browser.shows("/events/month/?month=2031-03&q=race").await;
    assert_eq!(march.matches(">Race ").count(), 5);
    assert!(march.contains("and 2 more"));
    assert!(march.contains("href=\"/events/?q=race&#38;from=2031-03-05&#38;to=2031-03-05\""));
    assert!(march.contains("name=\"month\" value=\"2031-03\""), "who searches stays there");
    let july = browser.shows("/events/month/?month=2030-07").await;
    assert_eq!(july.matches(">Festival<").count(), 1);
    let empty = browser.shows("/events/month/?month=2029-01").await;
    assert!(empty.contains("Nothing is on in this month"));
    assert!(browser.shows("/events/month/?month=nonsense").await.contains("class=\"day"));
}

#[tokio::test]
async fn a_map_has_a_pin_where_something_is_on() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser();
    assert!(browser.shows("/events/map/").await.contains("has a place on the map"));
    for (title, latitude, longitude) in [("A", 6.45, 3.39), ("B", 6.45, 3.39), ("C", 52.5, 13.4)] {
        let place = json!({"title": title, "latitude": latitude, "longitude": longitude});
        ada.event(place).await;
    }
    ada.event(json!({"title": "Nowhere"})).await;
    let map = browser.shows("/events/map/").await;
    assert_eq!(map.matches("class=\"pin\"").count(), 2);
    assert!(map.contains("2 events") && map.contains("One more event has no place"));
    assert!(map.contains("/static/land.svg"), "the coast is seen from far away");
    assert!(!map.contains("https://"), "nothing comes from elsewhere");
}

#[tokio::test]
async fn nothing_that_people_typed_is_part_of_a_page() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    ada.event(json!({
        "title": HOSTILE, "location": HOSTILE, "tags": [HOSTILE],
        "latitude": 1, "longitude": 1, "start_date": "2030-06-01",
    }))
    .await;
    let browser = site.browser();
    let query = form_urlencoded::byte_serialize(HOSTILE.as_bytes()).collect::<String>();
    for path in ["/", "/events/", "/events/month/?month=2030-06", "/events/map/"] {
        let page = browser.shows(path).await;
        assert!(!page.contains("<script>") && page.contains("alert(1)"), "{path}");
    }
    for name in ["q", "from", "tag", "near", "within", "ordering", "when", "month", "group"] {
        let page = browser.get(&format!("/events/?{name}={query}")).await;
        assert!(!page.text.contains("<script>"), "{name}");
    }
}

#[tokio::test]
async fn files_of_pages_are_kept_for_good_by_their_hash() {
    let site = TestApp::new();
    let browser = site.browser();
    let page = browser.shows("/").await;
    let css = page.split_once("rel=\"stylesheet\" href=\"").unwrap().1.split('"').next().unwrap();
    let file = browser.get(css).await;
    assert_eq!(file.headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
    assert!(file.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let old = browser.get("/static/owambe.css?v=0123").await;
    assert_eq!(old.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(browser.get("/static/nothing.css").await.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/static/..%2FCargo.toml").await.status, StatusCode::NOT_FOUND);
    for path in ["/favicon.ico", "/robots.txt"] {
        assert_eq!(browser.get(path).await.status, StatusCode::OK, "{path}");
    }
}
