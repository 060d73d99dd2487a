//! Who gets which answer on which page: every route of pages, every role, and somebody else's things.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::helpers::{Person, Reply, TestApp, picture};
use crate::house_rules::sources;

/// Who asks: nobody, a stranger, a member of the group, an admin of it, its owner, who looks after the site.
const ROLES: [&str; 6] = ["nobody", "stranger", "member", "admin", "owner", "site admin"];

/// What they get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gets {
    /// What they ask for: a page, a file, or to be led on after what they did.
    Ok,
    /// To be led to where one signs in.
    SignIn,
    /// No: it is for others.
    No,
    /// No, not as things are.
    NotNow,
    /// There is no such thing.
    None,
    /// The form again, with what is wrong.
    Again,
}

use Gets::{Again, No, None as Gone, NotNow, Ok as Yes, SignIn as In};

type Row = (&'static str, &'static str, &'static str, [Gets; 6]);

const ALL: [Gets; 6] = [Yes; 6];
const SIGNED_IN: [Gets; 6] = [In, Yes, Yes, Yes, Yes, Yes];
/// Who may change an event or a group, and nobody else.
const LOOKS_AFTER: [Gets; 6] = [In, No, No, Yes, Yes, Yes];
const OWNS: [Gets; 6] = [In, No, No, No, Yes, Yes];

/// The method, the path, the form, and what each role gets.
const TABLE: &[Row] = &[
    ("GET", "/", "", ALL),
    ("GET", "/events/", "", ALL),
    ("GET", "/events/month/", "", ALL),
    ("GET", "/events/map/", "", ALL),
    ("GET", "/events/{event}/", "", ALL),
    ("GET", "/events/{event}/card.png", "", ALL),
    ("GET", "/events/{event}/event.ics", "", ALL),
    ("GET", "/events/{event}/people/", "", [In, Yes, Yes, Yes, Yes, Yes]),
    ("POST", "/events/{event}/taking-part/", "status=going", SIGNED_IN),
    ("GET", "/events/{event}/comments/", "", ALL),
    ("GET", "/events/{event}/comments/new/", "", SIGNED_IN),
    ("POST", "/events/{event}/comments/", "body=Hello", SIGNED_IN),
    ("GET", "/events/new/", "", SIGNED_IN),
    ("POST", "/events/new/", "title=Party&start_date=2030-06-01", SIGNED_IN),
    ("GET", "/events/{event}/edit/", "", LOOKS_AFTER),
    ("POST", "/events/{event}/edit/", "title=Party&start_date=2030-06-01", LOOKS_AFTER),
    ("GET", "/events/{event}/cancel/", "", LOOKS_AFTER),
    ("POST", "/events/{event}/cancel/", "status=cancelled", LOOKS_AFTER),
    ("POST", "/events/{event}/publish/", "", LOOKS_AFTER),
    ("GET", "/events/{event}/delete/", "", LOOKS_AFTER),
    ("POST", "/events/{event}/delete/", "", LOOKS_AFTER),
    ("GET", "/events/{event}/guests/", "", LOOKS_AFTER),
    ("GET", "/events/{event}/guests.csv", "", LOOKS_AFTER),
    ("POST", "/events/{event}/guests/{member}/", "do=refuse", LOOKS_AFTER),
    ("GET", "/comments/{comment}/", "", ALL),
    ("GET", "/comments/{comment}/edit/", "", [In, No, Yes, No, No, No]),
    ("POST", "/comments/{comment}/edit/", "body=Hello", [In, No, Yes, No, No, No]),
    ("GET", "/comments/{comment}/delete/", "", [In, No, Yes, Yes, Yes, Yes]),
    ("POST", "/comments/{comment}/delete/", "", [In, No, Yes, Yes, Yes, Yes]),
    ("POST", "/comments/{comment}/like/", "liked=true", SIGNED_IN),
    ("GET", "/groups/", "", ALL),
    ("GET", "/groups/new/", "", SIGNED_IN),
    ("POST", "/groups/new/", "name=Drummers&visibility=open", SIGNED_IN),
    ("GET", "/groups/{group}/", "", ALL),
    ("GET", "/groups/{group}/members/", "", ALL),
    ("POST", "/groups/{group}/join/", "", [In, No, Yes, Yes, Yes, Yes]),
    ("POST", "/groups/{group}/ask/", "message=Please", [In, Yes, NotNow, NotNow, NotNow, Yes]),
    ("POST", "/groups/{group}/withdraw/", "", [In, Gone, Gone, Gone, Gone, Gone]),
    ("POST", "/groups/{group}/leave/", "", [In, Gone, Yes, Yes, NotNow, Gone]),
    ("POST", "/groups/{group}/follow/", "", SIGNED_IN),
    ("POST", "/groups/{group}/unfollow/", "", SIGNED_IN),
    ("GET", "/groups/{group}/edit/", "", LOOKS_AFTER),
    ("POST", "/groups/{group}/edit/", "name=Drummers&visibility=open", LOOKS_AFTER),
    ("GET", "/groups/{group}/delete/", "", OWNS),
    ("POST", "/groups/{group}/delete/", "", OWNS),
    ("POST", "/groups/{group}/members/", "username=gail", LOOKS_AFTER),
    ("POST", "/groups/{group}/members/{member}/role/", "role=admin", LOOKS_AFTER),
    // Who takes themselves out leaves.
    ("POST", "/groups/{group}/members/{member}/remove/", "", [In, No, Yes, Yes, Yes, Yes]),
    ("GET", "/groups/{group}/members/{member}/owner/", "", OWNS),
    ("POST", "/groups/{group}/members/{member}/owner/", "", OWNS),
    ("GET", "/groups/{group}/requests/", "", LOOKS_AFTER),
    ("POST", "/groups/{group}/requests/{asking}/accept/", "", LOOKS_AFTER),
    ("POST", "/groups/{group}/requests/{asking}/refuse/", "", LOOKS_AFTER),
    ("GET", "/groups/{group}/invitations/", "", LOOKS_AFTER),
    ("POST", "/groups/{group}/invitations/", "way=username&username=gail&role=member", LOOKS_AFTER),
    ("POST", "/groups/{group}/invitations/{invitation}/end/", "", LOOKS_AFTER),
    ("GET", "/groups/{group}/bans/", "", LOOKS_AFTER),
    ("POST", "/groups/{group}/bans/", "username=gail&reason=", LOOKS_AFTER),
    ("POST", "/groups/{group}/bans/{banned}/lift/", "", LOOKS_AFTER),
    ("GET", "/groups/{group}/announcements/", "", [In, No, Yes, Yes, Yes, Yes]),
    ("POST", "/groups/{group}/announcements/", "title=A&body=B", LOOKS_AFTER),
    ("GET", "/groups/{group}/announcements/{announcement}/", "", [In, No, Yes, Yes, Yes, Yes]),
    ("POST", "/groups/{group}/announcements/{announcement}/delete/", "", LOOKS_AFTER),
    ("GET", "/groups/{group}/audit/", "", LOOKS_AFTER),
    ("POST", "/invitations/{invitation}/accept/", "", [In, Gone, Gone, Gone, Gone, Gone]),
    ("POST", "/invitations/{invitation}/decline/", "", [In, Gone, Gone, Gone, Gone, Gone]),
    ("GET", "/people/{member}/", "", ALL),
    ("GET", "/mine/", "", SIGNED_IN),
    ("GET", "/mine/past/", "", SIGNED_IN),
    ("GET", "/mine/organised/", "", SIGNED_IN),
    ("GET", "/mine/organised/drafts/", "", SIGNED_IN),
    ("GET", "/mine/organised/past/", "", SIGNED_IN),
    ("GET", "/mine/groups/", "", SIGNED_IN),
    ("GET", "/notifications/", "", SIGNED_IN),
    ("POST", "/notifications/read/", "", SIGNED_IN),
    // One of somebody else.
    ("GET", "/notifications/{notification}/", "", [In, Gone, Gone, Gone, Gone, Gone]),
    ("POST", "/notifications/{notification}/delete/", "", [In, Gone, Gone, Gone, Gone, Gone]),
    ("GET", "/settings/", "", SIGNED_IN),
    ("POST", "/settings/", "username=", [In, Again, Again, Again, Again, Again]),
    ("POST", "/settings/avatar/", "", SIGNED_IN),
    ("POST", "/settings/avatar/remove/", "", SIGNED_IN),
    ("POST", "/settings/verify/", "", SIGNED_IN),
    ("GET", "/settings/password/", "", SIGNED_IN),
    (
        "POST",
        "/settings/password/",
        "current_password=x&new_password=y",
        [In, Again, Again, Again, Again, Again],
    ),
    ("GET", "/settings/sessions/", "", SIGNED_IN),
    // One of somebody else.
    ("POST", "/settings/sessions/{session}/end/", "", [In, Gone, Gone, Gone, Gone, Gone]),
    ("POST", "/settings/sessions/others/end/", "", SIGNED_IN),
    ("GET", "/settings/notifications/", "", SIGNED_IN),
    ("POST", "/settings/notifications/", "", SIGNED_IN),
    ("GET", "/settings/account/", "", SIGNED_IN),
    ("GET", "/settings/account/export/", "", SIGNED_IN),
    (
        "POST",
        "/settings/account/delete/",
        "password=wrong",
        [In, Again, Again, Again, Again, Again],
    ),
    ("GET", "/signup/", "", ALL),
    ("POST", "/signup/", "username=", [Again; 6]),
    ("GET", "/signin/", "", ALL),
    ("POST", "/signin/", "login=&password=", [Again; 6]),
    ("POST", "/signout/", "", SIGNED_IN),
    ("GET", "/forgot/", "", ALL),
    ("POST", "/forgot/", "email=nobody@example.com", ALL),
    // What is behind the links in letters: whoever has the link may use it, and here is none.
    ("GET", "/verify/", "", ALL),
    ("POST", "/verify/", "", ALL),
    ("GET", "/reset/", "", ALL),
    ("POST", "/reset/", "", [Again; 6]),
    ("GET", "/unsubscribe/", "", [Gone; 6]),
    ("POST", "/unsubscribe/", "", [Gone; 6]),
    ("GET", "/invitations/", "", ALL),
    ("POST", "/invitations/", "", [Gone; 6]),
];

/// A site with everybody on it.
struct Scene<'a> {
    site: &'a TestApp,
    owner: Person<'a>,
    admin: Person<'a>,
    member: Person<'a>,
    stranger: Person<'a>,
    root: Person<'a>,
    /// Who asks to be let in, who is kept out, and who is invited.
    asking: Person<'a>,
    banned: Person<'a>,
    invited: Person<'a>,
}

/// What a path is about.
struct Things {
    names: Vec<(&'static str, String)>,
}

impl<'a> Scene<'a> {
    async fn new(site: &'a TestApp) -> Self {
        Self {
            site,
            owner: site.person("owner").await,
            admin: site.person("admin").await,
            member: site.person("member").await,
            stranger: site.person("stranger").await,
            root: site.site_admin("root").await,
            asking: site.person("asking").await,
            banned: site.person("banned").await,
            invited: site.person("gail").await,
        }
    }

    /// A group of this kind, with everything in it, and an event of the same kind.
    async fn things(&self, visibility: &str) -> Things {
        let owner = &self.owner;
        let group = owner.group(json!({"visibility": "closed"})).await;
        owner.adds(&group, &self.admin, "admin").await;
        owner.adds(&group, &self.member, "member").await;
        let at = |rest: &str| format!("/api/groups/{}/{rest}", group["id"]);
        self.asking.post(&at("requests/"), json!({})).await;
        owner.put(&at(&format!("bans/{}/", self.banned.id())), json!({})).await;
        let invitation = owner.post(&at("invitations/"), json!({"username": "gail"})).await.json();
        let announced = json!({"title": "A", "body": "B"});
        let announcement = owner.post(&at("announcements/"), announced).await.json();
        owner.patch(&at(""), json!({"visibility": visibility})).await;
        let event = json!({"group": group["id"], "guest_list": "all"});
        let event = owner.event(event).await;
        self.member.answer(&event, "going").await;
        let comment = self.member.comment(&event, "Hello").await;
        let notifications = self.invited.get("/api/notifications/").await.json();
        let session = "select min(sessions.id) from sessions join users on users.id = user_id \
                       where username = 'asking'";
        let session = self.site.count(session).await;
        let id = |thing: &Value| thing["id"].to_string();
        Things {
            names: vec![
                ("{event}", format!("{}-jollof-night", event["id"])),
                ("{group}", format!("{}-jollof-society", group["id"])),
                ("{comment}", id(&comment)),
                ("{invitation}", id(&invitation)),
                ("{announcement}", id(&announcement)),
                ("{notification}", id(&notifications["results"][0])),
                ("{session}", session.to_string()),
                ("{member}", self.member.id().to_string()),
                ("{asking}", self.asking.id().to_string()),
                ("{banned}", self.banned.id().to_string()),
            ],
        }
    }

    async fn browser(&self, role: &str) -> Browser<'a> {
        match role {
            "stranger" => self.site.browser_of(&self.stranger).await,
            "member" => self.site.browser_of(&self.member).await,
            "admin" => self.site.browser_of(&self.admin).await,
            "owner" => self.site.browser_of(&self.owner).await,
            "site admin" => self.site.browser_of(&self.root).await,
            _ => self.site.browser(),
        }
    }
}

impl Things {
    fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        for (name, id) in &self.names {
            path = path.replace(name, id);
        }
        assert!(!path.contains('{'), "nothing stands for a part of {path}");
        path
    }
}

/// The forms with pictures.
const WITH_PICTURES: &[&str] = &[
    "/events/new/",
    "/events/{event}/edit/",
    "/events/{event}/comments/",
    "/comments/{comment}/edit/",
    "/groups/new/",
    "/groups/{group}/edit/",
    "/settings/avatar/",
];

async fn ask(browser: &Browser<'_>, row: &Row, path: &str) -> Reply {
    let (method, template, form, _) = row;
    if *method == "GET" {
        return browser.get(path).await;
    }
    let fields: Vec<(String, String)> =
        form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    if WITH_PICTURES.contains(template) {
        let image = picture(20, 20);
        let mut parts: Vec<(&str, &[u8])> =
            fields.iter().map(|(name, text)| (name.as_str(), text.as_bytes())).collect();
        parts.push(("image", &image));
        return browser.upload(path, &parts).await;
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.submit(path, &fields).await
}

fn said(reply: &Reply) -> Gets {
    let to = reply.headers.get("location").and_then(|it| it.to_str().ok()).unwrap_or_default();
    match reply.status {
        StatusCode::SEE_OTHER if to.starts_with("/signin/") => In,
        StatusCode::OK | StatusCode::SEE_OTHER => Yes,
        StatusCode::BAD_REQUEST => Again,
        StatusCode::FORBIDDEN => No,
        StatusCode::NOT_FOUND => Gone,
        StatusCode::CONFLICT => NotNow,
        other => panic!("{other}: {}", reply.text),
    }
}

#[tokio::test]
async fn every_role_gets_what_it_may_on_every_page() {
    let site = TestApp::new();
    let scene = Scene::new(&site).await;
    let mut wrong = Vec::new();
    let (mut shared, mut is_changed) = (scene.things("closed").await, false);
    for row in TABLE {
        let (method, template, _, expected) = row;
        for (role, expected) in ROLES.iter().zip(expected) {
            let changes = *method != "GET" && template.contains('{');
            if changes || is_changed {
                shared = scene.things("closed").await;
            }
            is_changed = changes;
            let browser = scene.browser(role).await;
            let got = said(&ask(&browser, row, &shared.path(template)).await);
            if got != *expected {
                wrong.push(format!("{method} {template} as {role}: {got:?}, not {expected:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_private_is_not_there_for_others_on_any_page() {
    let site = TestApp::new();
    let scene = Scene::new(&site).await;
    let things = scene.things("private").await;
    let about = |template: &str| {
        ["{event}", "{group}", "{comment}"].iter().any(|thing| template.contains(thing))
    };
    let mut wrong = Vec::new();
    for row in TABLE.iter().filter(|row| about(row.1)) {
        for (role, allowed) in [("nobody", &[In, Gone][..]), ("stranger", &[Gone])] {
            let browser = scene.browser(role).await;
            let got = said(&ask(&browser, row, &things.path(row.1)).await);
            if !allowed.contains(&got) {
                wrong.push(format!("{} {} as {role}: {got:?}", row.0, row.1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The routes that show no page: files, and what programs ask.
const NO_PAGES: &[&str] = &[
    "/static/",
    "/favicon.ico",
    "/robots.txt",
    "/manifest.webmanifest",
    "/health/",
    "/problems/",
    "/api/",
];

#[test]
fn every_route_of_pages_is_in_the_table() {
    let table: BTreeSet<(String, String)> =
        TABLE.iter().map(|(method, path, ..)| ((*method).to_owned(), bare(path))).collect();
    let mut routes = BTreeSet::new();
    for (_, text) in sources() {
        for route in text.split(".route(").skip(1) {
            let Some((_, rest)) = route.split_once('"') else { continue };
            let Some((path, rest)) = rest.split_once('"') else { continue };
            if !path.starts_with('/') || NO_PAGES.iter().any(|it| path.starts_with(it)) {
                continue;
            }
            let handlers = rest.split(".route(").next().unwrap();
            let handlers = handlers.split("\n}").next().unwrap();
            for (method, call) in [("GET", "get("), ("POST", "post(")] {
                if handlers.contains(call) {
                    routes.insert((method.to_owned(), bare(path)));
                }
            }
        }
    }
    let missing: Vec<_> = routes.difference(&table).collect();
    let unknown: Vec<_> = table.difference(&routes).collect();
    assert!(missing.is_empty() && unknown.is_empty(), "missing {missing:?}, unknown {unknown:?}");
}

/// A path without what its parts are called.
fn bare(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
