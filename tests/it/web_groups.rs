//! Groups on pages: who sees them, who is in them, and what their admins do.

use axum::http::{StatusCode, header};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::helpers::{Person, TestApp, picture};

const HOSTILE: &str = "\"><script>alert(1)</script>";
const FORBIDDEN: StatusCode = StatusCode::FORBIDDEN;
const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;
const WRONG: StatusCode = StatusCode::BAD_REQUEST;

fn path_of(group: &Value) -> String {
    format!("/groups/{}-jollof-society/", group["id"])
}

#[track_caller]
fn has(page: &str, wanted: &[&str]) {
    for text in wanted {
        assert!(page.contains(text), "no {text:?} in {page}");
    }
}

#[track_caller]
fn has_not(page: &str, unwanted: &[&str]) {
    for text in unwanted {
        assert!(!page.contains(text), "{text:?} in {page}");
    }
}

/// What is in a page before some text and after another.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let rest = page.split_once(before).unwrap_or_else(|| panic!("no {before:?} in {page}")).1;
    rest.split_once(after).unwrap().0
}

/// Everybody who may look at a group of ada's: its owner, an admin, a member, a stranger, nobody.
struct Cast<'a> {
    group: Value,
    path: String,
    bola: Person<'a>,
    chidi: Person<'a>,
    dayo: Person<'a>,
    owner: Browser<'a>,
    admin: Browser<'a>,
    member: Browser<'a>,
    stranger: Browser<'a>,
    nobody: Browser<'a>,
}

async fn cast<'a>(site: &'a TestApp, visibility: &str) -> Cast<'a> {
    let [ada, bola, chidi, dayo] = site.people(["ada", "bola", "chidi", "dayo"]).await;
    let group = ada.group(json!({"visibility": visibility})).await;
    ada.adds(&group, &bola, "admin").await.expect(StatusCode::CREATED);
    ada.adds(&group, &chidi, "member").await.expect(StatusCode::CREATED);
    Cast {
        path: path_of(&group),
        owner: site.browser_of(&ada).await,
        admin: site.browser_of(&bola).await,
        member: site.browser_of(&chidi).await,
        stranger: site.browser_of(&dayo).await,
        nobody: site.browser(),
        group,
        bola,
        chidi,
        dayo,
    }
}

#[tokio::test]
async fn the_list_of_groups_begins_empty_and_is_searched_and_paged() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let (browser, nobody) = (site.browser_of(&ada).await, site.browser());
    has(&nobody.shows("/groups/").await, &["There are no groups here yet.", "/groups/new/"]);
    has(&browser.shows("/groups/?member=me").await, &["You belong to no group yet."]);
    has(&browser.shows("/groups/?following=me").await, &["You follow no group yet."]);
    has(&nobody.shows("/groups/?q=suya").await, &["No group has these words.", "value=\"suya\""]);

    for number in 0..21 {
        ada.group(json!({"name": format!("Suya Club {number}"), "visibility": "closed"})).await;
    }
    let first = browser.shows("/groups/?q=suya&member=me").await;
    has(&first, &["Suya Club 0", "Closed", "one member", "You: owner", "Groups with “suya”"]);
    has_not(&first, &["Suya Club 20", "http://owambe.test/groups/"]);
    let next = between(&first, "rel=\"next\" href=\"", "\"").replace("&#38;", "&");
    let second = browser.shows(&next).await;
    has(&second, &["Suya Club 20", "rel=\"prev\""]);
    has_not(&second, &["Suya Club 19", "rel=\"next\""]);
    let long = format!("/groups/?q={}", "x".repeat(201));
    has(nobody.get(&long).await.refuses(WRONG), &["keep this within 200 characters"]);
    assert!(nobody.get("/groups/?member=me").await.leads().starts_with("/signin/"));
}

#[tokio::test]
async fn a_group_has_one_address_and_says_what_it_is() {
    let site = TestApp::new();
    let Cast { path, group, nobody, .. } = cast(&site, "open").await;

    for other in [format!("/groups/{}/", group["id"]), format!("/groups/{}-old-name", group["id"])]
    {
        let reply = nobody.get(&other).await;
        assert_eq!(reply.status, StatusCode::PERMANENT_REDIRECT);
        assert_eq!(reply.headers[header::LOCATION], path.as_str());
        assert_eq!(reply.headers[header::CACHE_CONTROL], "no-store");
    }
    let page = nobody.shows(&path).await;
    has(
        &page,
        &[
            &format!("<link rel=\"canonical\" href=\"http://owambe.test{path}\">"),
            "<meta property=\"og:title\" content=\"Jollof Society\">",
            "<h1>Jollof Society</h1>",
            "3 members",
            "no followers yet",
            "Nothing is planned yet.",
            "Sign in to join",
            "Looked after by",
        ],
    );
    has_not(&page, &["/requests/", "/bans/", "/audit/", "/edit/", "announcements/"]);
    for missing in ["/groups/404/", "/groups/jollof/", "/groups/404-jollof-society/"] {
        nobody.get(missing).await.refuses(NOT_FOUND);
    }
}

#[tokio::test]
async fn a_name_in_any_script_has_an_address_that_leads_to_it() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let group = ada.group(json!({"name": "東京 パーティー"})).await;
    let browser = site.browser();

    let reply = browser.get(&format!("/groups/{}/", group["id"])).await;
    let to = reply.headers[header::LOCATION].to_str().unwrap().to_owned();
    assert!(to.starts_with(&format!("/groups/{}-%E6%9D%B1%E4%BA%AC-", group["id"])), "{to}");
    has(&browser.shows(&to).await, &["東京 パーティー"]);
}

#[tokio::test]
async fn what_people_type_comes_back_as_text() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    site.verify(&ada).await;
    let browser = site.browser_of(&ada).await;
    let typed: [(&str, &[u8]); 3] = [
        ("name", HOSTILE.as_bytes()),
        ("description", HOSTILE.as_bytes()),
        ("visibility", b"open"),
    ];
    let path = browser.upload("/groups/new/", &typed).await.leads();
    let told = [("title", HOSTILE), ("body", HOSTILE)];
    browser.submit(&format!("{path}announcements/"), &told).await.leads();
    let event = json!({"title": HOSTILE, "group": slug_id(&path), "start_date": "2040-01-01"});
    ada.event(event).await;

    let pages = ["", "members/", "announcements/", "audit/", "edit/", "invitations/", "bans/"];
    for page in pages {
        let text = browser.shows(&format!("{path}{page}")).await;
        has_not(&text, &["<script>alert"]);
        has(&text, &["&#34;&#62;&#60;script&#62;"]);
    }
    let list = browser.shows("/groups/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    has_not(&list, &["<script>alert"]);
    for (page, field) in
        [("members/", "username"), ("bans/", "username"), ("invitations/", "email")]
    {
        let reply = browser.submit(&format!("{path}{page}"), &[(field, HOSTILE)]).await;
        has_not(reply.refuses(WRONG), &["<script>alert"]);
        has(&reply.text, &["class=\"fault\""]);
    }
}

fn slug_id(path: &str) -> i64 {
    let id = path.trim_start_matches("/groups/");
    id.split(['-', '/']).next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn an_open_group_is_joined_followed_and_left_with_one_click_each() {
    let site = TestApp::new();
    let Cast { path, stranger, dayo, owner, member, .. } = cast(&site, "open").await;
    let click = async |deed: &str| {
        let reply = stranger.submit(&format!("{path}{deed}/"), &[]).await;
        assert_eq!(reply.leads(), path);
        stranger.shows(&path).await
    };
    let before = stranger.shows(&path).await;
    has(&before, &["id=\"belonging\"", "hx-select=\"#belonging\"", "join/", "follow/"]);
    has_not(&before, &["leave/", "/events/new/?group="]);

    has(&click("follow").await, &["Stop following", "one follower"]);
    let joined = click("join").await;
    has(&joined, &["You are a member of this group.", "/events/new/?group=", "4 members"]);
    has(&joined, &["announcements/", "leave/"]);
    click("join").await;
    has_not(&click("unfollow").await, &["Stop following"]);
    has(&click("leave").await, &["You are not a member.", "3 members"]);
    stranger.submit(&format!("{path}leave/"), &[]).await.refuses(NOT_FOUND);

    has(&owner.shows(&path).await, &["You own this group.", "hand it over"]);
    owner.submit(&format!("{path}leave/"), &[]).await.refuses(StatusCode::CONFLICT);
    has(&member.shows(&path).await, &["You are a member of this group."]);
    let ban = [("username", dayo.user.username.as_str()), ("reason", "")];
    owner.submit(&format!("{path}bans/"), &ban).await.leads();
    has(&stranger.shows(&path).await, &["have banned you"]);
    stranger.submit(&format!("{path}join/"), &[]).await.refuses(FORBIDDEN);
    site.assert_counters_are_right().await;
}

#[tokio::test]
async fn who_asks_to_be_let_into_a_closed_group_waits_for_an_answer() {
    let site = TestApp::new();
    let Cast { path, stranger, admin, member, dayo, .. } = cast(&site, "closed").await;
    let (ask, requests) = (format!("{path}ask/"), format!("{path}requests/"));
    has(&stranger.shows(&path).await, &["Ask to be let in", "name=\"message\""]);
    has(&admin.shows(&requests).await, &["Nobody is waiting."]);

    let long = "x".repeat(501);
    let refused = stranger.submit(&ask, &[("message", &long)]).await;
    has(refused.refuses(WRONG), &["keep this within 500 characters", &long, "<details open>"]);
    assert_eq!(stranger.submit(&ask, &[("message", "I bring suya.")]).await.leads(), path);
    has(&stranger.shows(&path).await, &["You have asked to be let in.", "I bring suya."]);
    has(&admin.shows(&requests).await, &["dayo", "I bring suya.", "Let in"]);
    assert_eq!(stranger.submit(&format!("{path}withdraw/"), &[]).await.leads(), path);
    has(&stranger.shows(&path).await, &["Ask to be let in"]);

    for (answer, then) in [("refuse", "Ask to be let in"), ("accept", "You are a member")] {
        stranger.submit(&ask, &[]).await.leads();
        let answer = format!("{requests}{}/{answer}/", dayo.id());
        member.submit(&answer, &[]).await.refuses(FORBIDDEN);
        assert_eq!(admin.submit(&answer, &[]).await.leads(), requests);
        has(&stranger.shows(&path).await, &[then]);
        admin.submit(&answer, &[]).await.refuses(NOT_FOUND);
    }
    stranger.submit(&ask, &[]).await.refuses(StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_private_group_is_not_there_for_others() {
    let site = TestApp::new();
    let Cast { path, stranger, nobody, member, chidi, group, .. } = cast(&site, "private").await;
    let page = member.shows(&path).await;
    has(&page, &["Private", "come back only by an invitation"]);
    has_not(&page, &["og:title", "hx-post=\"/groups/1-jollof-society/leave/\""]);

    for others in [&stranger, &nobody] {
        others.get(&path).await.refuses(NOT_FOUND);
        let redirected = others.get(&format!("/groups/{}/", group["id"])).await;
        has_not(redirected.refuses(NOT_FOUND), &["jollof-society"]);
        others.get(&format!("{path}members/")).await.refuses(NOT_FOUND);
        has(&others.shows("/groups/").await, &["There are no groups here yet."]);
    }
    let pages =
        ["announcements/", "requests/", "invitations/", "bans/", "audit/", "edit/", "delete/"];
    for page in pages {
        stranger.get(&format!("{path}{page}")).await.refuses(NOT_FOUND);
    }
    let role = format!("members/{}/role/", chidi.id());
    let deeds = ["join/", "leave/", "follow/", "unfollow/", "ask/", "withdraw/", "delete/", &role];
    for deed in deeds {
        let reply = stranger.submit(&format!("{path}{deed}"), &[("role", "admin")]).await;
        has(reply.refuses(NOT_FOUND), &["no such group"]);
    }
    // Who leaves sees it no more.
    assert_eq!(member.submit(&format!("{path}leave/"), &[]).await.leads(), "/groups/");
    member.get(&path).await.refuses(NOT_FOUND);
}

#[tokio::test]
async fn the_pages_of_admins_are_theirs() {
    let site = TestApp::new();
    let cast = cast(&site, "closed").await;
    let path = &cast.path;
    for page in ["requests/", "invitations/", "bans/", "audit/", "edit/"] {
        let page = format!("{path}{page}");
        for (who, status) in [(&cast.owner, 200), (&cast.admin, 200), (&cast.member, 403)] {
            assert_eq!(who.get(&page).await.status, status, "{page}");
        }
        cast.stranger.get(&page).await.refuses(FORBIDDEN);
        assert!(cast.nobody.get(&page).await.leads().starts_with("/signin/?next="), "{page}");
    }
    cast.owner.shows(&format!("{path}delete/")).await;
    let (chidi, hand_over) = (cast.chidi.id(), format!("{path}members/{}/owner/", cast.bola.id()));
    cast.owner.shows(&hand_over).await;
    for page in [format!("{path}delete/"), hand_over] {
        cast.admin.get(&page).await.refuses(FORBIDDEN);
        cast.admin.submit(&page, &[]).await.refuses(FORBIDDEN);
    }
    let posts = [
        "members/".to_owned(),
        "bans/".to_owned(),
        "invitations/".to_owned(),
        "announcements/".to_owned(),
        format!("members/{chidi}/role/"),
        format!("members/{}/remove/", cast.bola.id()),
        format!("bans/{chidi}/lift/"),
        format!("requests/{chidi}/accept/"),
        format!("requests/{chidi}/refuse/"),
        "invitations/1/end/".to_owned(),
        "delete/".to_owned(),
    ];
    let fields =
        [("username", "dayo"), ("role", "admin"), ("title", "We move"), ("body", "To the park.")];
    for post in posts {
        let post = format!("{path}{post}");
        for who in [&cast.member, &cast.stranger] {
            let fields = if post.ends_with("invitations/") { &fields[1..2] } else { &fields[..] };
            assert_eq!(who.submit(&post, fields).await.status, FORBIDDEN, "{post}");
        }
        assert_eq!(cast.nobody.submit(&post, &fields).await.leads(), "/signin/", "{post}");
    }
    for page in ["/groups/new/".to_owned(), format!("{path}edit/")] {
        assert_eq!(cast.nobody.upload(&page, &[("name", b"x")]).await.leads(), "/signin/");
    }
    let edit = format!("{path}edit/");
    cast.member.upload(&edit, &[("name", b"x")]).await.refuses(FORBIDDEN);
    let tabs = cast.member.shows(path).await;
    has_not(&tabs, &["/requests/", "/bans/", "/audit/", "/edit/", "/invitations/"]);
    has(&cast.admin.shows(path).await, &["/requests/", "/bans/", "/audit/", "/edit/"]);
    cast.stranger.get(&format!("{path}announcements/")).await.refuses(FORBIDDEN);
}

#[tokio::test]
async fn a_group_is_started_changed_and_deleted_with_its_picture() {
    let site = TestApp::new();
    let ada = site.person("ada").await;
    let browser = site.browser_of(&ada).await;
    assert!(site.browser().get("/groups/new/").await.leads().starts_with("/signin/"));
    has(&browser.shows("/groups/new/").await, &["enctype=\"multipart/form-data\"", "?csrf="]);
    let png = picture(40, 30);

    let wrong: [(&str, &[u8]); 4] = [
        ("name", b" "),
        ("description", b"We meet."),
        ("visibility", b"closed"),
        ("image", b"no picture"),
    ];
    let reply = browser.upload("/groups/new/", &wrong).await;
    let form = reply.refuses(WRONG);
    has(form, &["id=\"name-fault\"", "id=\"image-fault\"", "We meet.</textarea>"]);
    has(form, &["value=\"closed\" required checked"]);
    let right: [(&str, &[u8]); 5] = [
        ("name", b"Jollof Society"),
        ("description", b"We meet."),
        ("visibility", b"closed"),
        ("image", &png),
        ("picture_alt", b"A pot of jollof"),
    ];
    let path = browser.upload("/groups/new/", &right).await.leads();
    has(&browser.shows(&path).await, &["We meet.", "alt=\"A pot of jollof\"", "og:image"]);

    let edit = format!("{path}edit/");
    let form = browser.shows(&edit).await;
    has(&form, &["value=\"Jollof Society\"", "value=\"closed\" required checked", "remove_image"]);
    has(&form, &["value=\"A pot of jollof\""]);
    let nameless: [(&str, &[u8]); 4] = [
        ("name", b""),
        ("visibility", b"secret"),
        ("remove_image", b"true"),
        ("picture_alt", b"A bowl"),
    ];
    let reply = browser.upload(&edit, &nameless).await;
    let form = reply.refuses(WRONG);
    has(form, &["name-fault", "visibility-fault", "value=\"A bowl\"", "value=\"true\" checked"]);
    let described: [(&str, &[u8]); 5] = [
        ("name", b"Jollof Society"),
        ("description", b"We meet."),
        ("visibility", b"closed"),
        ("image", b""),
        ("picture_alt", b"A bowl of jollof"),
    ];
    let path = browser.upload(&edit, &described).await.leads();
    has(&browser.shows(&path).await, &["alt=\"A bowl of jollof\""]);
    // What a browser sends where no file was chosen.
    let changed: [(&str, &[u8]); 6] = [
        ("name", b"Jollof & Friends"),
        ("description", b""),
        ("visibility", b"private"),
        ("remove_image", b"true"),
        ("image", b""),
        ("picture_alt", b""),
    ];
    let path = browser.upload(&edit, &changed).await.leads();
    assert!(path.ends_with("-jollof-friends/"), "{path}");
    let page = browser.shows(&path).await;
    has(&page, &["Jollof &#38; Friends", "Private"]);
    has_not(&page, &["We meet.", "/images/"]);
    let trail = browser.shows(&format!("{path}audit/")).await;
    has(
        &trail,
        &["ada changed the name, the description, who may join", "ada removed the picture"],
    );

    has(&browser.shows(&format!("{path}delete/")).await, &["Its events stay."]);
    assert_eq!(browser.submit(&format!("{path}delete/"), &[]).await.leads(), "/groups/?member=me");
    browser.get(&path).await.refuses(NOT_FOUND);
}

#[tokio::test]
async fn admins_look_after_members() {
    let site = TestApp::new();
    let Cast { path, owner, admin, nobody, bola, chidi, dayo, .. } = cast(&site, "closed").await;
    let members = format!("{path}members/");
    let seen = nobody.shows(&members).await;
    has(&seen, &["ada", "bola", "chidi", "owner", "admin", "member"]);
    has_not(&seen, &["Manage", "Add somebody"]);

    has(
        admin.submit(&members, &[("username", "nobody")]).await.refuses(WRONG),
        &["there is nobody of this name", "value=\"nobody\""],
    );
    has(admin.submit(&members, &[]).await.refuses(WRONG), &["this field is required"]);
    assert_eq!(admin.submit(&members, &[("username", "DAYO")]).await.leads(), members);
    let of = |who: &Person<'_>, rest: &str| format!("{members}{}/{rest}/", who.id());
    admin.submit(&of(&dayo, "role"), &[("role", "admin")]).await.leads();
    has(
        &admin.shows(&format!("{path}audit/")).await,
        &["bola added dayo as member", "bola changed the role of dayo to admin"],
    );
    admin.submit(&of(&chidi, "remove"), &[]).await.leads();
    admin.submit(&of(&chidi, "remove"), &[]).await.refuses(NOT_FOUND);
    // A form of a page that is old lets nobody in again.
    admin.submit(&of(&chidi, "role"), &[("role", "admin")]).await.refuses(NOT_FOUND);
    owner.submit(&of(&chidi, "owner"), &[]).await.refuses(NOT_FOUND);
    owner.get(&of(&chidi, "owner")).await.refuses(NOT_FOUND);

    has(&owner.shows(&of(&bola, "owner")).await, &["over to bola?", "You become an admin."]);
    assert_eq!(owner.submit(&of(&bola, "owner"), &[]).await.leads(), members);
    has(&owner.shows(&path).await, &["You are an admin of this group."]);
    owner.get(&format!("{path}delete/")).await.refuses(FORBIDDEN);
    has(&admin.shows(&path).await, &["You own this group."]);
}

#[tokio::test]
async fn who_is_banned_stands_on_a_list_until_it_is_lifted() {
    let site = TestApp::new();
    let Cast { path, admin, chidi, .. } = cast(&site, "open").await;
    let bans = format!("{path}bans/");
    has(&admin.shows(&bans).await, &["Nobody is banned."]);
    let long = "x".repeat(501);
    let refused = admin.submit(&bans, &[("username", "nobody?"), ("reason", &long)]).await;
    has(refused.refuses(WRONG), &["username-fault", "reason-fault", &long]);

    let ban = [("username", "chidi"), ("reason", "They ate all of it.")];
    assert_eq!(admin.submit(&bans, &ban).await.leads(), bans);
    has(&admin.shows(&bans).await, &["chidi", "They ate all of it.", "banned by bola"]);
    has_not(&admin.shows(&format!("{path}members/")).await, &["chidi"]);
    admin.submit(&bans, &[("username", "bola"), ("reason", "")]).await.refuses(FORBIDDEN);
    let lift = format!("{bans}{}/lift/", chidi.id());
    assert_eq!(admin.submit(&lift, &[]).await.leads(), bans);
    has(&admin.shows(&bans).await, &["Nobody is banned."]);
    has(
        &admin.shows(&format!("{path}audit/")).await,
        &["bola banned chidi", "Reason: They ate all of it.", "bola lifted the ban on chidi"],
    );
}

#[tokio::test]
async fn people_are_invited_by_name_by_letter_or_by_a_link() {
    let site = TestApp::new();
    let Cast { path, admin, owner, stranger, bola, group, .. } = cast(&site, "private").await;
    let invitations = format!("{path}invitations/");
    has(&admin.shows(&invitations).await, &["No invitation is open.", "Confirm your own"]);
    let letter = [("email", "eve@example.com"), ("role", "member")];
    admin.submit(&invitations, &letter).await.refuses(FORBIDDEN);
    site.verify(&bola).await;
    let admin = site.browser_of(&bola).await;

    let refused = admin.submit(&invitations, &[("username", "nobody")]).await;
    has(refused.refuses(WRONG), &["there is nobody of this name"]);
    has(admin.submit(&invitations, &[("email", "x")]).await.refuses(WRONG), &["no e-mail address"]);
    let member = admin.submit(&invitations, &[("username", "chidi"), ("role", "admin")]).await;
    let form = member.refuses(WRONG);
    has(form, &["username-fault", "value=\"chidi\"", "value=\"admin\" selected"]);
    assert_eq!(admin.submit(&invitations, &letter).await.leads(), invitations);
    let named = [("username", "dayo"), ("role", "admin")];
    assert_eq!(admin.submit(&invitations, &named).await.leads(), invitations);
    let made = admin.submit(&invitations, &[("role", "member")]).await;
    assert_eq!(made.status, StatusCode::OK);
    let link = between(&made.text, "data-share=\"", "\"");
    assert!(link.starts_with("http://owambe.test/invitations/?token="), "{link}");
    let page = owner.shows(&invitations).await;
    has(&page, &["eve@example.com", "dayo", "Whoever has the link", "as admin, until"]);
    has_not(&page, &["data-share", "?token="]);

    // Who is invited finds it among the groups, and in a place of its own.
    for page in ["/groups/", "/invitations/"] {
        let page = stranger.shows(page).await;
        has(&page, &["bola invites you to Jollof Society.", "You will be an admin"]);
    }
    let accept = own_invitation(&site).await;
    owner.submit(&accept, &[]).await.refuses(NOT_FOUND);
    assert_eq!(stranger.submit(&accept, &[]).await.leads(), path);
    has(&stranger.shows("/invitations/").await, &["Nobody has invited you at the moment."]);
    let page = owner.shows(&invitations).await;
    let id = page.split_once("/end/").unwrap().0.rsplit('/').next().unwrap();
    assert_eq!(owner.submit(&format!("{invitations}{id}/end/"), &[]).await.leads(), invitations);
    assert_eq!(group["member_count"], 1);
}

/// The path that accepts the one invitation of somebody in particular.
async fn own_invitation(site: &TestApp) -> String {
    let id = site.count("select max(id) from invitations where user_id is not null").await;
    format!("/invitations/{id}/accept/")
}

#[tokio::test]
async fn an_invitation_is_answered_on_the_page_of_the_group() {
    let site = TestApp::new();
    let Cast { path, owner, stranger, .. } = cast(&site, "closed").await;
    let invitations = format!("{path}invitations/");
    let named = [("username", "dayo"), ("role", "member")];
    owner.submit(&invitations, &named).await.leads();
    let page = stranger.shows(&path).await;
    has(&page, &["ada invites you to Jollof Society.", "You will be a member."]);
    has_not(&page, &["Ask to be let in"]);

    let accept = own_invitation(&site).await;
    assert_eq!(stranger.submit(&accept.replace("accept", "decline"), &[]).await.leads(), path);
    has(&stranger.shows(&path).await, &["Ask to be let in"]);
    stranger.submit(&accept, &[]).await.refuses(NOT_FOUND);
    owner.submit(&accept.replace("accept", "decline"), &[]).await.refuses(NOT_FOUND);
    owner.submit(&invitations, &named).await.leads();
    assert_eq!(stranger.submit(&own_invitation(&site).await, &[]).await.leads(), path);
    has(&stranger.shows(&path).await, &["You are a member"]);
}

#[tokio::test]
async fn who_is_signed_in_joins_by_a_link_with_one_button() {
    let site = TestApp::new();
    let Cast { path, owner, stranger, member, nobody, .. } = cast(&site, "private").await;
    let made = owner.submit(&format!("{path}invitations/"), &[("role", "admin")]).await;
    let link = between(&made.text, "data-share=\"", "\"").replace("http://owambe.test", "");
    has(
        &nobody.shows(&link).await,
        &[
            "<h1>You are invited to Jollof Society</h1>",
            "id=\"username\"",
            "id=\"new_password\"",
            "Sign up and join",
        ],
    );
    let page = stranger.shows(&link).await;
    has(&page, &["Join as dayo", "As an admin."]);
    has_not(&page, &["id=\"password\"", "id=\"new_password\""]);

    let again = member.submit(&link, &[]).await;
    has(again.refuses(WRONG), &["you belong to this group already"]);
    assert_eq!(stranger.submit(&link, &[]).await.leads(), path);
    has(&stranger.shows(&path).await, &["You are an admin of this group."]);
    has(&nobody.get(&link).await.text, &["not valid, or not any more"]);
    nobody.submit(&link, &[]).await.refuses(NOT_FOUND);
    has(&nobody.shows("/invitations/").await, &["not valid, or not any more"]);
}

#[tokio::test]
async fn who_is_not_signed_in_signs_up_by_a_link_or_hears_what_is_wrong() {
    let site = TestApp::new();
    let Cast { path, owner, nobody, .. } = cast(&site, "open").await;
    let made = owner.submit(&format!("{path}invitations/"), &[]).await;
    let link = between(&made.text, "data-share=\"", "\"").replace("http://owambe.test", "");

    let weak = [
        ("is_new", "true"),
        ("username", HOSTILE),
        ("email", "eve@example.com"),
        ("password", "password"),
    ];
    let refused = nobody.submit(&link, &weak).await;
    has(refused.refuses(WRONG), &["username-fault", "value=\"eve@example.com\""]);
    has_not(&refused.text, &["<script>alert", "value=\"password\""]);
    let unknown = nobody.submit(&link, &[("username", "eve"), ("password", "wrong")]).await;
    has(unknown.refuses(WRONG), &["no account with this name and password", "value=\"eve\""]);
    let strong = [
        ("is_new", "true"),
        ("username", "eve"),
        ("email", "eve@example.com"),
        ("password", "suya at midnight"),
    ];
    let joined = nobody.submit(&link, &strong).await;
    assert_eq!(joined.status, StatusCode::OK);
    has(&joined.text, &["<h1>Welcome to Jollof Society</h1>", "/signin/?next="]);
    has(&nobody.shows(&format!("{path}members/")).await, &["eve"]);
}

#[tokio::test]
async fn members_read_what_is_announced() {
    let site = TestApp::new();
    let Cast { path, admin, member, stranger, nobody, .. } = cast(&site, "open").await;
    let all = format!("{path}announcements/");
    has(&member.shows(&all).await, &["Nothing was announced yet."]);
    has_not(&member.shows(&all).await, &["<textarea"]);
    let refused = admin.submit(&all, &[("title", ""), ("body", "To the park.")]).await;
    has(refused.refuses(WRONG), &["title-fault", "To the park.</textarea>"]);

    assert_eq!(
        admin.submit(&all, &[("title", "We move"), ("body", "To the park.")]).await.leads(),
        all
    );
    for page in [&path, &all] {
        has(&member.shows(page).await, &["We move", "To the park.", "by bola"]);
    }
    has_not(&stranger.shows(&path).await, &["We move"]);
    let one = format!("{all}1/");
    has(&member.shows(&one).await, &["<h1>We move</h1>"]);
    stranger.get(&one).await.refuses(FORBIDDEN);
    assert!(nobody.get(&one).await.leads().starts_with("/signin/?next="));
    member.submit(&format!("{one}delete/"), &[]).await.refuses(FORBIDDEN);
    assert_eq!(admin.submit(&format!("{one}delete/"), &[]).await.leads(), all);
    member.get(&one).await.refuses(NOT_FOUND);
}

#[tokio::test]
async fn the_page_of_a_group_shows_what_it_holds_next() {
    let site = TestApp::new();
    let Cast { path, group, bola, member, nobody, .. } = cast(&site, "open").await;
    let event = async |title: &str, more: Value| {
        let mut event = json!({"group": group["id"], "title": title});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        bola.event(event).await;
    };
    event("Old Party", json!({"start_date": "2020-01-01"})).await;
    event("Next Party", json!({"start_date": "2040-01-01"})).await;
    event("Inner Circle", json!({"start_date": "2040-01-02", "visibility": "group"})).await;

    let page = nobody.shows(&path).await;
    has(&page, &["Next Party", "/events/month/?group=", "when=past"]);
    has_not(&page, &["Old Party", "Inner Circle"]);
    has(&member.shows(&path).await, &["Next Party", "Inner Circle"]);
    let trail = site.browser_of(&bola).await.shows(&format!("{path}audit/")).await;
    has(&trail, &["bola made the event “Old Party”"]);
}
