//! Sessions of pages: cookies, forms that come from elsewhere, and who is led where.

use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use chrono::TimeDelta;
use owambe::clock;
use owambe::sessions::{self, token};

use crate::helpers::{PASSWORD, TestApp};

#[tokio::test]
async fn the_first_page_is_there_for_everybody() {
    let site = TestApp::new();
    let page = site.browser().get("/").await;

    assert_eq!(page.status, StatusCode::OK);
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
    assert!(page.headers.get(header::SET_COOKIE).is_none(), "nobody needs a cookie to look");
}

#[tokio::test]
async fn a_session_of_a_page_is_no_token_of_the_api_and_the_other_way_round() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;

    let cookie = browser.cookie("owambe").unwrap();
    let reply = site.with_token(&cookie).get("/api/users/profile/").await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED);
    browser.keep("owambe", ada.token.as_deref().unwrap());
    assert!(!browser.shows("/").await.contains("ada"));
    let own = format!("owambe={cookie}");
    let request = axum::http::Request::get("/api/users/profile/").header(header::COOKIE, own);
    let reply = site.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "a cookie opens no door of the API");
}

#[tokio::test]
async fn a_form_of_another_site_changes_nothing() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    let others: [&[(&str, &str)]; 4] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[],
    ];
    for from in others {
        let headers = [&[form], from].concat();
        let reply = browser.send(Method::POST, "/signout/", &headers, Body::empty()).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN, "{from:?}");
    }
    assert!(browser.shows("/").await.contains("ada"), "she is still signed in");
}

#[tokio::test]
async fn a_browser_that_does_not_say_where_a_form_comes_from_shows_its_token() {
    let site = TestApp::new();
    let [ada, bola] = site.people(["ada", "bola"]).await;
    let (hers, theirs) = (site.browser_of(&ada).await, site.browser_of(&bola).await);
    let token_in = |page: &str| {
        let after = page.split_once("name=\"csrf\" value=\"").unwrap().1;
        after.split('"').next().unwrap().to_owned()
    };
    let (own, other) = (token_in(&hers.shows("/").await), token_in(&theirs.shows("/").await));
    let sign_out = async |token: &str| {
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let body = Body::from(format!("csrf={token}"));
        hers.send(Method::POST, "/signout/", &headers, body).await
    };

    assert_eq!(sign_out(&other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(sign_out(&own).await.leads(), "/");
    assert!(!hers.shows("/").await.contains("ada"));
}

#[tokio::test]
async fn who_is_not_signed_in_is_led_there_and_back() {
    let site = TestApp::new();
    let reply = site.browser().get("/settings/?a=b").await;
    assert_eq!(reply.leads(), "/signin/?next=%2Fsettings%2F%3Fa%3Db");
}

#[tokio::test]
async fn a_form_of_who_is_signed_out_leads_back_to_where_it_was_sent_from() {
    let site = TestApp::new();
    let send = async |referer: &str| {
        let headers = [("sec-fetch-site", "same-origin"), ("referer", referer)];
        let reply = site.browser().send(Method::POST, "/signout/", &headers, Body::empty()).await;
        reply.leads()
    };
    let led = send("http://owambe.test/events/3-jollof/?a=b").await;
    assert_eq!(led, "/signin/?next=%2Fevents%2F3-jollof%2F%3Fa%3Db");
    for other in ["http://evil.example/events/", "http://owambe.test/signin/", "nonsense"] {
        assert_eq!(send(other).await, "/signin/", "{other}");
    }
}

#[tokio::test]
async fn a_session_that_is_used_lasts_and_no_cookie_comes_with_what_others_are_shown() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let id = ada.user.id;
    let mut session = site.write(move |tx| sessions::create(tx, id)).await;
    session.expires_at = clock::now().plus(TimeDelta::days(20));
    let old = token::page(&site.app.site, &session).unwrap();
    let browser = site.browser();
    browser.keep("owambe", &old);

    let page = browser.shows("/settings/").await;
    assert_ne!(browser.cookie("owambe").unwrap(), old, "it was put off");
    browser.keep("owambe", &old);
    let css = page.split_once("rel=\"stylesheet\" href=\"").unwrap().1.split('"').next().unwrap();
    assert!(browser.get(css).await.headers.get(header::SET_COOKIE).is_none());
    let mut fresh = session.clone();
    fresh.expires_at = clock::now().plus(TimeDelta::days(30));
    browser.keep("owambe", &token::page(&site.app.site, &fresh).unwrap());
    assert!(browser.get("/").await.headers.get(header::SET_COOKIE).is_none(), "once a day");

    site.write(move |tx| sessions::delete(tx, session.id)).await;
    browser.keep("owambe", &old);
    assert!(browser.get("/").await.headers.get(header::SET_COOKIE).is_none(), "it is over");
}

#[tokio::test]
async fn a_new_password_ends_the_session_that_it_was_chosen_in_and_begins_another() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    let old = browser.cookie("owambe").unwrap();
    let form = [("current_password", PASSWORD), ("new_password", "suya at midnight")];
    assert_eq!(
        browser.submit("/settings/password/", &form).await.leads(),
        "/settings/password/?saved=true"
    );
    browser.shows("/settings/").await;

    let copy = site.browser();
    copy.keep("owambe", &old);
    assert!(copy.get("/settings/").await.leads().starts_with("/signin/"));
}
