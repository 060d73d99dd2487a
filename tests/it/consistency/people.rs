//! The same for what people, their comments and their groups change of what others see.

use serde_json::{Value, json};

use super::stage::Now::{Gone, Is, New};
use super::stage::{Row, play_all, row};
use crate::helpers::PASSWORD;

const PROFILE: &str = "ada PATCH /api/users/profile/update/";
const COMMENTS: &str = "bola POST /api/events/{event}/comments/";
const COMMENT_PICTURE: &str = "bola POST /api/comments/{comment}/images/ -> image";
const GROUP: &str = "ada PATCH /api/groups/{group}/";
const EVE_IS: &str = "ada POST /api/groups/{group}/members/{eve}/";
const BOLA_IS: &str = "ada POST /api/groups/{group}/members/{bola}/";
const ASK: &str = "zed POST /api/groups/{group}/requests/";
const INVITE: &str = "ada POST /api/groups/{group}/invitations/ -> invitation";
const ANNOUNCE: &str = "ada POST /api/groups/{group}/announcements/ -> said";

fn password() -> Value {
    json!({"password": PASSWORD})
}

/// What stands for a picture that nobody has sent before.
fn picture() -> Value {
    json!("picture")
}

fn comments() -> Vec<Row> {
    let answer = json!({"body": "Me too!", "parent": "{comment}"});
    vec![
        row("a comment", COMMENTS, json!({"body": "When?"}))
            .see("*", "event", "/comment_count", Is(json!(2)))
            .see("*", "comments", "/results/1/body", Is(json!("When?")))
            .see("ada", "/api/notifications/", "/results/0/comment", New),
        row("an answer", "zed POST /api/events/{event}/comments/", answer.clone())
            .see("*", "event", "/comment_count", Is(json!(2)))
            .see("*", "comments", "/results/1/parent", New),
        row("another text", "bola PATCH /api/comments/{comment}/", json!({"body": "No!"}))
            .see("*", "comments", "/results/0/body", Is(json!("No!")))
            .see("*", "comments", "/results/0/edited", Is(json!(true))),
        row("a comment that goes", "bola DELETE /api/comments/{comment}/", Value::Null)
            .see("*", "event", "/comment_count", Is(json!(0)))
            .see("*", "comments", "/results/0/id", Gone)
            .see("ada", "/api/notifications/", "/results/0/comment", Gone),
        row("a comment that leaves its place", "ada DELETE /api/comments/{comment}/", Value::Null)
            .after("zed POST /api/events/{event}/comments/", answer)
            .see("*", "event", "/comment_count", Is(json!(1)))
            .see("*", "comments", "/results/0/author", Gone)
            .see("*", "comments", "/results/0/body", Is(json!(""))),
        row("who likes it", "zed POST /api/comments/{comment}/like/", Value::Null)
            .see("*", "comments", "/results/0/like_count", Is(json!(1)))
            .see("zed", "comments", "/results/0/viewer/liked", Is(json!(true))),
        row("who likes it no more", "zed DELETE /api/comments/{comment}/like/", Value::Null)
            .after("zed POST /api/comments/{comment}/like/", Value::Null)
            .see("*", "comments", "/results/0/like_count", Is(json!(0)))
            .see("zed", "comments", "/results/0/viewer/liked", Is(json!(false))),
        row("a picture under it", COMMENT_PICTURE, picture())
            .see("*", "comments", "/results/0/images/0/url", New)
            .see("*", "/api/comments/{comment}/images/", "/results/0/id", New),
        row("a picture that goes", "bola DELETE /api/images/{image}/", Value::Null)
            .after(COMMENT_PICTURE, picture())
            .see("*", "comments", "/results/0/images/0", Gone)
            .see("*", "/api/comments/{comment}/images/", "/results/0", Gone)
            .see("*", "/api/images/{image}/", "/id", Gone),
    ]
}

fn pictures() -> Vec<Row> {
    let mut rows = Vec::new();
    for (put, again, delete, pointer) in [
        (
            "ada PUT /api/events/{event}/thumbnail/ -> image",
            "eve PUT /api/events/{event}/thumbnail/",
            "eve DELETE /api/events/{event}/thumbnail/",
            "/thumbnail",
        ),
        (
            "ada PUT /api/groups/{group}/image/ -> image",
            "eve PUT /api/groups/{group}/image/",
            "eve DELETE /api/groups/{group}/image/",
            "/group/image",
        ),
        (
            "ada PUT /api/users/profile/avatar/ -> image",
            "ada PUT /api/users/profile/avatar/",
            "ada DELETE /api/users/profile/avatar/",
            "/creator/avatar",
        ),
    ] {
        rows.push(row(put, put, picture()).see("*", "event", pointer, New));
        let replaced = row(again, again, picture()).after(put, picture());
        rows.push(replaced.see("*", "event", pointer, New));
        let deleted = row(delete, delete, Value::Null).after(put, picture());
        rows.push(deleted.see("*", "event", pointer, Gone));
        let by_id = row(put, "ada DELETE /api/images/{image}/", Value::Null).after(put, picture());
        rows.push(by_id.see("*", "event", pointer, Gone));
    }
    rows
}

fn accounts() -> Vec<Row> {
    let whole = json!({"username": "adanna", "email": "adanna@example.com"});
    let bola = "bola PATCH /api/users/profile/update/";
    let solo = json!({"title": "Alone", "start_date": "2030-06-01"});
    vec![
        row("the name that one goes by", PROFILE, json!({"display_name": "Ada"}))
            .see("*", "event", "/creator/display_name", Is(json!("Ada")))
            .see("*", "/api/groups/{group}/", "/owner/display_name", Is(json!("Ada")))
            .see("*", "/api/users/{ada}/", "/display_name", Is(json!("Ada"))),
        row("a whole account", "ada PUT /api/users/profile/update/", whole)
            .after(PROFILE, json!({"display_name": "Ada"}))
            .see("*", "event", "/creator/username", Is(json!("adanna")))
            .see("*", "event", "/creator/display_name", Is(json!("")))
            .see("zed", "/api/users/?q=adanna", "/results/0/id", New),
        row("the name of who comments", bola, json!({"display_name": "Bolanle"}))
            .see("*", "comments", "/results/0/author/display_name", Is(json!("Bolanle")))
            .see("*", "/api/groups/{group}/members/", "/results/2/user/display_name", New)
            .see("zed", "/api/users/?q=bolanle", "/results/0/id", New),
        row("the account of who comments", "bola DELETE /api/users/profile/", password())
            .see("*", "event", "/comment_count", Is(json!(0)))
            .see("*", "comments", "/results/0", Gone)
            .see("*", "/api/groups/{group}/", "/member_count", Is(json!(2)))
            .see("*", "/api/groups/{group}/members/", "/results/2", Gone),
        row("the account of who made it", "ada DELETE /api/users/profile/", password())
            .after("ada POST /api/events/ -> alone", solo)
            .see("*", "detail", "/creator/id", New)
            .see("*", "/api/groups/{group}/events/", "/results/0/creator/id", New)
            .see("*", "/api/groups/{group}/", "/owner/id", New)
            .see("*", "/api/events/{alone}/", "/id", Gone)
            .see("*", "/api/events/?creator={ada}", "/results/0", Gone)
            .see("*", "/api/events/", "/results", New)
            .see("ada", "detail", "status", Is(json!(401))),
        row("who signs out", "zed POST /api/users/logout/", Value::Null)
            .see("zed", "event", "status", Is(json!(401)))
            .see("zed", "comments", "status", Is(json!(401))),
    ]
}

fn groups() -> Vec<Row> {
    vec![
        row("another name", GROUP, json!({"name": "Amala Club"}))
            .see("*", "event", "/group/name", Is(json!("Amala Club")))
            .see("*", "/api/groups/{group}/", "/name", Is(json!("Amala Club")))
            .see("*", "/api/groups/?q=amala", "/results/0/id", New)
            .see("ada", "/api/groups/{group}/audit/", "/results/0/action", Is(json!("changed"))),
        row("a whole group", "ada PUT /api/groups/{group}/", json!({"name": "Egusi"}))
            .after(GROUP, json!({"visibility": "closed"}))
            .see("*", "event", "/group/visibility", Is(json!("open"))),
        row("a new group", "zed POST /api/groups/ -> other", json!({"name": "Other"}))
            .see("*", "/api/groups/?count=true", "/count", New)
            .see("zed", "/api/groups/?member=me", "/results/0/name", Is(json!("Other"))),
        row("who joins", "zed POST /api/groups/{group}/members/{zed}/", json!({}))
            .see("*", "/api/groups/{group}/", "/member_count", Is(json!(4)))
            .see("*", "/api/groups/{group}/members/", "/results/3/role", Is(json!("member")))
            .see("zed", "/api/groups/{group}/", "/viewer/role", Is(json!("member")))
            .see("zed", "/api/groups/?member=me", "/results/0/id", New),
        row("who leaves", "bola DELETE /api/groups/{group}/members/{bola}/", Value::Null)
            .see("*", "/api/groups/{group}/", "/member_count", Is(json!(2)))
            .see("bola", "/api/groups/{group}/", "/viewer/role", Gone)
            .see("bola", "/api/groups/{group}/announcements/", "status", Is(json!(403))),
        row("who becomes an admin", BOLA_IS, json!({"role": "admin"}))
            .see("bola", "event", "/viewer/can_edit", Is(json!(true)))
            .see("bola", "/api/groups/{group}/", "/viewer/role", Is(json!("admin")))
            .see("bola", "/api/groups/{group}/audit/", "status", Is(json!(200))),
        row("who is an admin no more", EVE_IS, json!({"role": "member"})).see(
            "eve",
            "event",
            "/viewer/can_edit",
            Is(json!(false)),
        ),
        row("an admin who is out", "ada DELETE /api/groups/{group}/members/{eve}/", Value::Null)
            .see("eve", "event", "/viewer/can_edit", Is(json!(false)))
            .see("eve", "/api/groups/{group}/", "/viewer/role", Gone),
        row("an admin who is banned", "ada PUT /api/groups/{group}/bans/{eve}/", json!({}))
            .see("eve", "event", "/viewer/can_edit", Is(json!(false)))
            .see("ada", "/api/groups/{group}/bans/", "/results/0/user/id", New),
        row("a ban that is lifted", "ada DELETE /api/groups/{group}/bans/{zed}/", Value::Null)
            .after("ada PUT /api/groups/{group}/bans/{zed}/", json!({"reason": "Noise"}))
            .see("ada", "/api/groups/{group}/bans/", "/results/0", Gone),
        row("another owner", EVE_IS, json!({"role": "owner"}))
            .see("*", "/api/groups/{group}/", "/owner/id", New)
            .see("eve", "/api/groups/{group}/", "/viewer/role", Is(json!("owner"))),
        row("who follows", "zed POST /api/groups/{group}/follow/", Value::Null)
            .see("*", "/api/groups/{group}/", "/follower_count", Is(json!(1)))
            .see("zed", "/api/groups/{group}/", "/viewer/following", Is(json!(true)))
            .see("zed", "/api/groups/?following=me", "/results/0/id", New)
            .see("zed", "/api/events/?following=me", "/results/0/id", New),
        row("who follows no more", "zed DELETE /api/groups/{group}/follow/", Value::Null)
            .after("zed POST /api/groups/{group}/follow/", Value::Null)
            .see("*", "/api/groups/{group}/", "/follower_count", Is(json!(0)))
            .see("zed", "/api/events/?following=me", "/results/0", Gone),
    ]
}

fn coming_in() -> Vec<Row> {
    let to_zed = json!({"username": "zed-{stage}"});
    let closed = json!({"visibility": "closed"});
    let news = json!({"title": "News", "body": "We moved."});
    let zed_accepts = "zed POST /api/invitations/{invitation}/accept/";
    let zed_is_let_in = "eve POST /api/groups/{group}/requests/{zed}/accept/";
    let mut rows = vec![
        row("an invitation", INVITE, to_zed.clone())
            .see("zed", "/api/invitations/", "/results/0/id", New)
            .see("zed", "/api/notifications/", "/unread_count", Is(json!(1)))
            .see("ada", "/api/groups/{group}/invitations/", "/results/0/id", New),
        row("an invitation that is accepted", zed_accepts, Value::Null)
            .after(INVITE, to_zed.clone())
            .see("zed", "/api/invitations/", "/results/0", Gone)
            .see("*", "/api/groups/{group}/", "/member_count", Is(json!(4))),
        row("one that is revoked", "ada DELETE /api/invitations/{invitation}/", Value::Null)
            .after(INVITE, to_zed)
            .see("zed", "/api/invitations/", "/results/0", Gone)
            .see("ada", "/api/groups/{group}/invitations/", "/results/0", Gone),
        row("a request", ASK, json!({"message": "Please!"})).after(GROUP, closed.clone()).see(
            "eve",
            "/api/groups/{group}/requests/",
            "/results/0/message",
            New,
        ),
        row("a request that is accepted", zed_is_let_in, Value::Null)
            .after(GROUP, closed.clone())
            .after(ASK, json!({}))
            .see("eve", "/api/groups/{group}/requests/", "/results/0", Gone)
            .see("zed", "/api/groups/{group}/", "/viewer/role", Is(json!("member"))),
        row("one that is refused", "eve DELETE /api/groups/{group}/requests/{zed}/", Value::Null)
            .after(GROUP, closed)
            .after(ASK, json!({}))
            .see("eve", "/api/groups/{group}/requests/", "/results/0", Gone),
        row("an announcement", ANNOUNCE, news.clone())
            .see("bola", "/api/groups/{group}/announcements/", "/results/0/title", New)
            .see("bola", "/api/notifications/", "/results/0/detail", Is(json!("News"))),
        row(
            "one that is taken back",
            "ada DELETE /api/groups/{group}/announcements/{said}/",
            json!({}),
        )
        .after(ANNOUNCE, news)
        .see("bola", "/api/groups/{group}/announcements/", "/results/0", Gone),
    ];
    let read = row("what was read", "ada POST /api/notifications/read/", json!({}));
    rows.push(read.see("ada", "/api/notifications/", "/unread_count", Is(json!(0))));
    rows
}

#[tokio::test]
async fn comments_are_counted_at_once() {
    play_all(comments()).await;
}

#[tokio::test]
async fn pictures_come_and_go_at_once() {
    play_all(pictures()).await;
}

#[tokio::test]
async fn who_is_called_otherwise_is_so_wherever_they_are_named() {
    play_all(accounts()).await;
}

#[tokio::test]
async fn groups_are_as_they_are_wherever_they_are_shown() {
    play_all(groups()).await;
}

#[tokio::test]
async fn who_comes_in_is_in_at_once() {
    play_all(coming_in()).await;
}
