//! Pictures of people, groups, events and comments: put there, shown, served, and gone again.

use axum::body::Body;
use axum::http::{HeaderName, Method, Request, StatusCode, header};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::helpers::{Person, Reply, TestApp, Visitor, picture};

const AVATAR: &str = "/api/users/profile/avatar/";

fn path(url: &Value) -> String {
    url.as_str().unwrap().strip_prefix("http://owambe.test").unwrap().to_owned()
}

async fn put(who: &Person<'_>, path: &str, picture: &[u8]) -> Reply {
    who.upload(Method::PUT, path, &[("image", picture)]).await
}

async fn commented<'a>(app: &'a TestApp, name: &str) -> (Person<'a>, Value, Value) {
    let ada = app.person(name).await;
    let event = ada.event(json!({})).await;
    let comment = ada.comment(&event, "See you there!").await;
    (ada, event, comment)
}

fn list_of(comment: &Value) -> String {
    format!("/api/comments/{}/images/", comment["id"])
}

/// Everything that waits to be thrown away is, whenever it was brought.
async fn tidy(app: &TestApp) -> usize {
    app.sql("update files set brought_at = '2000-01-01 00:00:00'").await;
    app.sql("update jobs set run_at = '2000-01-01 00:00:00'").await;
    app.do_jobs().await;
    app.app.storage.names().await.unwrap().len()
}

#[tokio::test]
async fn pictures_stand_under_a_comment_in_the_order_they_came() {
    let app = TestApp::new();
    let (ada, event, comment) = commented(&app, "ada").await;

    let (wide, tall) = (picture(1200, 300), picture(100, 400));
    let parts: [(&str, &[u8]); 4] =
        [("image", &wide), ("alt", "A long table".as_bytes()), ("image", &tall), ("other", b"x")];
    let made = ada.upload(Method::POST, &list_of(&comment), &parts).await;
    let made = made.expect(StatusCode::CREATED);

    let images = &made["results"];
    assert_eq!(images.as_array().unwrap().len(), 2);
    assert_eq!((&images[0]["width"], &images[0]["height"]), (&json!(1200), &json!(300)));
    assert_eq!((&images[0]["alt"], &images[1]["alt"]), (&json!("A long table"), &json!("")));
    assert_eq!(images[0]["content_type"], "image/png");
    let listed = app.anonymous().get(&list_of(&comment)).await.expect(StatusCode::OK);
    assert_eq!(listed["results"], *images);
    let counted = format!("{}?count=true&page_size=1", list_of(&comment));
    let counted = app.anonymous().get(&counted).await.json();
    assert_eq!((&counted["count"], &counted["results"][0]), (&json!(2), &images[0]));
    let ids = app.anonymous().ids(&format!("{}?page_size=1", list_of(&comment))).await;
    assert_eq!(json!(ids), json!([images[0]["id"], images[1]["id"]]));

    let comments = app.anonymous().get(&format!("/api/events/{}/comments/", event["id"])).await;
    assert_eq!(comments.json()["results"][0]["images"], *images);
    let one = app.anonymous().get(&format!("/api/images/{}/", images[1]["id"])).await;
    assert_eq!(one.expect(StatusCode::OK), images[1]);
}

#[tokio::test]
async fn every_size_is_served_and_named_after_its_content() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let avatar = put(&ada, AVATAR, &picture(1200, 300)).await.expect(StatusCode::CREATED);

    let full = app.anonymous().get(&path(&avatar["url"])).await;
    assert_eq!(full.status, StatusCode::OK);
    assert_eq!(full.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(full.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    // Who shows it first keeps it, and a script of the same page may ask for it later.
    assert_eq!(full.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
    assert_eq!(full.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(json!(full.bytes.len()), avatar["bytes"]);
    let digest = format!("{:x}", Sha256::digest(&full.bytes));
    assert_eq!(path(&avatar["url"]), format!("/images/{digest}.png"));

    for (size, width, height) in [("320", 320, 80), ("960", 960, 240)] {
        let small = app.anonymous().get(&path(&avatar["thumbnails"][size])).await;
        assert_eq!(small.headers[header::CONTENT_TYPE], "image/jpeg");
        let pixels = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!((pixels.width(), pixels.height()), (width, height));
    }
    let head = app.anonymous().send(Method::HEAD, &path(&avatar["url"]), None).await;
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(
        json!(head.headers[header::CONTENT_LENGTH].to_str().unwrap().parse::<i64>().unwrap()),
        avatar["bytes"]
    );
}

async fn ask(app: &TestApp, path: &str, headers: &[(HeaderName, &str)]) -> Reply {
    let mut request = Request::builder().uri(path);
    for (name, value) in headers {
        request = request.header(name, *value);
    }
    app.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_file_is_sent_in_part_to_who_asks_for_a_part() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let avatar = put(&ada, AVATAR, &picture(600, 400)).await.expect(StatusCode::CREATED);
    let path = path(&avatar["url"]);
    let whole = app.anonymous().get(&path).await;
    let (all, length) = (whole.bytes.clone(), whole.bytes.len());
    assert_eq!(whole.headers[header::ACCEPT_RANGES], "bytes");

    for (range, from, to) in [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, length),
        ("bytes=-7", length - 7, length),
        ("bytes=5-999999", 5, length),
    ] {
        let part = ask(&app, &path, &[(header::RANGE, range)]).await;
        assert_eq!(part.status, StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(part.bytes, all[from..to], "{range}");
        let said = format!("bytes {from}-{}/{length}", to - 1);
        assert_eq!(part.headers[header::CONTENT_RANGE], said);
        assert_eq!(part.headers[header::CONTENT_LENGTH], (to - from).to_string());
    }
    for range in ["bytes=0-1,5-6", "bytes=9-5", "lines=1-2", "nonsense"] {
        let reply = ask(&app, &path, &[(header::RANGE, range)]).await;
        assert_eq!((reply.status, reply.bytes.len()), (StatusCode::OK, length), "{range}");
    }
    let asked = Request::head(&path).header(header::RANGE, "bytes=0-9").body(Body::empty());
    let bare = app.send(asked.unwrap()).await;
    assert_eq!((bare.status, bare.bytes.len()), (StatusCode::OK, 0));
    assert_eq!(bare.headers[header::CONTENT_LENGTH], length.to_string());
    let beyond = ask(&app, &path, &[(header::RANGE, "bytes=999999-")]).await;
    assert_eq!(beyond.expect(StatusCode::RANGE_NOT_SATISFIABLE)["code"], "range_not_satisfiable");
    assert_eq!(beyond.headers[header::CONTENT_RANGE], format!("bytes */{length}"));

    let tag = whole.headers[header::ETAG].to_str().unwrap();
    let held = [(header::RANGE, "bytes=0-3"), (header::IF_RANGE, tag)];
    assert_eq!(ask(&app, &path, &held).await.status, StatusCode::PARTIAL_CONTENT);
    let other = [(header::RANGE, "bytes=0-3"), (header::IF_RANGE, "\"another\"")];
    assert_eq!(ask(&app, &path, &other).await.status, StatusCode::OK);
    let known = ask(&app, &path, &[(header::IF_NONE_MATCH, tag)]).await;
    assert_eq!((known.status, known.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(known.headers[header::ETAG], tag);
    assert_eq!(known.headers[header::CACHE_CONTROL], whole.headers[header::CACHE_CONTROL]);
}

#[tokio::test]
async fn a_face_is_shown_wherever_its_owner_is() {
    let app = TestApp::new();
    let (ada, event, comment) = commented(&app, "ada").await;
    let group = ada.group(json!({})).await;
    ada.answer(&event, "going").await.expect(StatusCode::CREATED);

    let avatar = put(&ada, AVATAR, &picture(40, 40)).await.expect(StatusCode::CREATED);
    let small = &avatar["thumbnails"]["320"];

    let ask = async |path: String| ada.get(&path).await.expect(StatusCode::OK);
    assert_eq!(ask("/api/users/profile/".into()).await["avatar"], *small);
    assert_eq!(ask(format!("/api/users/{}/", ada.id())).await["avatar"], *small);
    assert_eq!(ask(format!("/api/events/{}/", event["id"])).await["creator"]["avatar"], *small);
    assert_eq!(ask(format!("/api/groups/{}/", group["id"])).await["owner"]["avatar"], *small);
    for (path, person) in [
        (format!("/api/events/{}/comments/", event["id"]), "author"),
        (format!("/api/events/{}/interests/", event["id"]), "user"),
        (format!("/api/groups/{}/members/", group["id"]), "user"),
    ] {
        assert_eq!(ask(path).await["results"][0][person]["avatar"], *small);
    }
    assert_eq!(ask(AVATAR.into()).await, avatar);
    assert_eq!(comment["author"]["avatar"], Value::Null);
    app.assert_counters_are_right().await;

    ada.delete(AVATAR).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ask("/api/users/profile/".into()).await["avatar"], Value::Null);
    ada.get(AVATAR).await.expect(StatusCode::NOT_FOUND);
    ada.delete(AVATAR).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn events_and_groups_have_a_picture_that_can_be_replaced() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let event = ada.event(json!({"group": group["id"]})).await;
    ada.answer(&event, "going").await.expect(StatusCode::CREATED);
    let (thumbnail, image) = (
        format!("/api/events/{}/thumbnail/", event["id"]),
        format!("/api/groups/{}/image/", group["id"]),
    );

    put(&ada, &thumbnail, &picture(30, 20)).await.expect(StatusCode::CREATED);
    let shown = put(&ada, &thumbnail, &picture(30, 20)).await.expect(StatusCode::OK);
    let of_group = put(&ada, &image, &picture(30, 20)).await.expect(StatusCode::CREATED);

    let seen = app.anonymous().get(&format!("/api/events/{}/", event["id"])).await.json();
    assert_eq!(seen["thumbnail"], shown["thumbnails"]["960"]);
    assert_eq!(seen["group"]["image"], of_group["thumbnails"]["320"]);
    let seen = app.anonymous().get(&format!("/api/groups/{}/", group["id"])).await.json();
    assert_eq!(seen["image"], of_group["thumbnails"]["960"]);
    let own = ada.get(&format!("/api/users/{}/interests/", ada.id())).await.json();
    assert_eq!(own["results"][0]["event"]["thumbnail"], shown["thumbnails"]["320"]);
    // A change of something else leaves the picture where it is.
    let changed = ada.patch(&format!("/api/events/{}/", event["id"]), json!({"title": "x"})).await;
    assert_eq!(changed.expect(StatusCode::OK)["thumbnail"], shown["thumbnails"]["960"]);

    assert_eq!(tidy(&app).await, 6, "the picture that was replaced has gone, the others not");
    app.assert_counters_are_right().await;
    ada.delete(&format!("/api/images/{}/", shown["id"])).await.expect(StatusCode::NO_CONTENT);
    ada.get(&thumbnail).await.expect(StatusCode::NOT_FOUND);
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn a_private_picture_is_for_those_who_may_see_its_event() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    let event = ada.event(json!({"group": group["id"]})).await;
    let comment = ada.comment(&event, "Between us.").await;
    let secret = picture(30, 20);
    let made = ada.pictures(&comment, std::slice::from_ref(&secret)).await;
    let image = made.expect(StatusCode::CREATED)["results"][0].clone();
    let of_group =
        put(&ada, &format!("/api/groups/{}/image/", group["id"]), &picture(3, 2)).await.json();

    for url in [&image["url"], &image["thumbnails"]["320"], &of_group["thumbnails"]["960"]] {
        let path = path(url);
        app.anonymous().get(&path).await.expect(StatusCode::NOT_FOUND);
        bola.get(&path).await.expect(StatusCode::NOT_FOUND);
        let seen = ada.get(&path).await;
        assert_eq!(seen.status, StatusCode::OK);
        assert_eq!(seen.headers[header::CACHE_CONTROL], "private, max-age=31536000, immutable");
    }
    // Who has the picture anyway may show it; the private image stays what it is.
    put(&bola, AVATAR, &secret).await.expect(StatusCode::CREATED);
    let seen = app.anonymous().get(&path(&image["url"])).await;
    assert_eq!(seen.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    bola.get(&format!("/api/images/{}/", image["id"])).await.expect(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_comment_has_ten_pictures_at_most_and_all_of_them_or_none() {
    let app = TestApp::new();
    let (ada, _, comment) = commented(&app, "ada").await;
    let several = |count| (0..count).map(|_| picture(3, 2)).collect::<Vec<_>>();
    let there = async || app.anonymous().ids(&list_of(&comment)).await.len();

    assert_eq!(ada.pictures(&comment, &several(11)).await.faults(), ["image"]);
    let mut spoilt = several(3);
    spoilt[1] = b"<html>".to_vec();
    let refused = ada.pictures(&comment, &spoilt).await;
    assert_eq!(refused.faults(), ["image"]);
    assert!(refused.text.contains("number 2: this is no JPEG, PNG, WebP or GIF"));
    assert_eq!(there().await, 0);

    ada.pictures(&comment, &several(8)).await.expect(StatusCode::CREATED);
    assert_eq!(ada.pictures(&comment, &several(3)).await.faults(), ["image"]);
    assert_eq!(there().await, 8);
    ada.pictures(&comment, &several(2)).await.expect(StatusCode::CREATED);
    assert_eq!(there().await, 10);
    assert_eq!(tidy(&app).await, 30, "what was refused has left nothing behind");
}

#[tokio::test]
async fn an_upload_that_is_none_is_refused_in_the_contracts_shape() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let refused = async |parts: &[(&str, &[u8])]| ada.upload(Method::PUT, AVATAR, parts).await;
    let fine = picture(3, 2);

    assert_eq!(refused(&[]).await.faults(), ["image"]);
    assert_eq!(refused(&[("image", b"")]).await.faults(), ["image"]);
    assert_eq!(refused(&[("picture", &fine)]).await.faults(), ["image"]);
    assert_eq!(refused(&[("image", &fine), ("image", &fine)]).await.faults(), ["image"]);
    let long = "x".repeat(1001);
    assert_eq!(refused(&[("image", &fine), ("alt", long.as_bytes())]).await.faults(), ["alt"]);
    assert_eq!(refused(&[("image", &fine), ("alt", b"\xff\xfe")]).await.faults(), ["alt"]);
    assert_eq!(refused(&[("image", &fine), ("alt", b"a"), ("alt", b"b")]).await.faults(), ["alt"]);
    let both = refused(&[("image", b"x"), ("alt", b"a\0b")]).await;
    assert_eq!(both.faults(), ["alt", "image"]);

    ada.put(AVATAR, json!({"image": "x"})).await.expect(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let kind = "multipart/form-data";
    ada.send_text(Method::PUT, AVATAR, kind, "x").await.expect(StatusCode::BAD_REQUEST);
    let cut = "--owambe\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\nabc";
    let kind = "multipart/form-data; boundary=owambe";
    let reply = ada.send_text(Method::PUT, AVATAR, kind, cut).await;
    assert_eq!(reply.expect(StatusCode::BAD_REQUEST)["code"], "malformed");
    assert_eq!(ada.get("/api/users/profile/").await.json()["avatar"], Value::Null);
}

#[tokio::test]
async fn nothing_beside_pictures_is_read_without_bounds() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let fine = picture(3, 2);
    let many: Vec<(&str, &[u8])> = (0..60).map(|_| ("other", &b"x"[..])).collect();
    let refused = ada.upload(Method::PUT, AVATAR, &many).await;
    assert_eq!(refused.expect(StatusCode::BAD_REQUEST)["code"], "malformed");
    let texts: Vec<(&str, &[u8])> = (0..40).map(|_| ("alt", &b"x"[..])).collect();
    assert_eq!(ada.upload(Method::PUT, AVATAR, &texts).await.faults(), ["alt"]);
    let long = vec![b'x'; 9_000];
    for name in ["alt", "other"] {
        let refused = ada.upload(Method::PUT, AVATAR, &[(name, &long), ("image", &fine)]).await;
        refused.expect(StatusCode::PAYLOAD_TOO_LARGE);
    }

    let kind = "multipart/form-data; boundary=owambe";
    let head = format!("--owambe\r\nx-long: {}", "x".repeat(3_000_000));
    for body in [head, "x".repeat(3_000_000)] {
        let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
            body.as_bytes().chunks(64_000).map(|piece| Ok(piece.to_vec())).collect();
        let body = Body::from_stream(futures_util::stream::iter(pieces));
        let refused = ada.send_text(Method::PUT, AVATAR, kind, body).await;
        refused.expect(StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn a_picture_that_changed_meanwhile_is_not_overwritten() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    put(&ada, AVATAR, &picture(3, 2)).await.expect(StatusCode::CREATED);
    let old = ada.get(AVATAR).await.headers[header::ETAG].to_str().unwrap().to_owned();
    put(&ada, AVATAR, &picture(3, 2)).await.expect(StatusCode::OK);
    let new = ada.get(AVATAR).await.headers[header::ETAG].to_str().unwrap().to_owned();

    let delete = async |tag: &str| {
        let request = Request::builder().method(Method::DELETE).uri(AVATAR);
        let token = ada.token.as_deref().unwrap();
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        app.send(request.header(header::IF_MATCH, tag).body(Body::empty()).unwrap()).await
    };
    delete(&old).await.expect(StatusCode::PRECONDITION_FAILED);
    delete(&new).await.expect(StatusCode::NO_CONTENT);
    delete(&new).await.expect(StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn the_author_and_the_organiser_take_pictures_away() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let comment = bola.comment(&event, "Look!").await;
    let made = bola.pictures(&comment, &[picture(3, 2), picture(3, 2), picture(3, 2)]).await;
    let made = made.expect(StatusCode::CREATED);
    let one = |number: usize| format!("/api/images/{}/", made["results"][number]["id"]);

    app.person("chidi").await.delete(&one(0)).await.expect(StatusCode::FORBIDDEN);
    bola.delete(&one(0)).await.expect(StatusCode::NO_CONTENT);
    ada.delete(&one(1)).await.expect(StatusCode::NO_CONTENT);
    ada.delete(&one(1)).await.expect(StatusCode::NOT_FOUND);

    assert_eq!(app.anonymous().ids(&list_of(&comment)).await.len(), 1);
    assert_eq!(tidy(&app).await, 3);
}

#[tokio::test]
async fn ones_pictures_can_be_taken_along() {
    let app = TestApp::new();
    let (ada, event, comment) = commented(&app, "ada").await;
    let avatar = put(&ada, AVATAR, &picture(3, 2)).await.expect(StatusCode::CREATED);
    let path = format!("/api/events/{}/thumbnail/", event["id"]);
    let thumbnail = put(&ada, &path, &picture(3, 2)).await.expect(StatusCode::CREATED);
    let under = ada.pictures(&comment, &[picture(3, 2)]).await.expect(StatusCode::CREATED);

    let all = ada.get("/api/users/profile/export/").await.expect(StatusCode::OK);

    assert_eq!(all["images"], json!([avatar, thumbnail]));
    assert_eq!(all["comments"][0]["images"], under["results"]);
}

#[tokio::test]
async fn bytes_go_when_the_last_that_needs_them_has_gone() {
    let app = TestApp::new();
    let (ada, event, comment) = commented(&app, "ada").await;
    let (bola, shared) = (app.person("bola").await, picture(3, 2));
    ada.pictures(&comment, &[shared.clone(), picture(3, 2)]).await.expect(StatusCode::CREATED);
    put(&bola, AVATAR, &shared).await.expect(StatusCode::CREATED);
    put(&ada, AVATAR, &picture(3, 2)).await.expect(StatusCode::CREATED);
    assert_eq!(tidy(&app).await, 9, "three pictures, each once");

    ada.delete(&format!("/api/events/{}/", event["id"])).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(tidy(&app).await, 6, "one of them was needed only there");
    let password = json!({"password": crate::helpers::PASSWORD});
    let leave = async |who: &Person<'_>| {
        who.send(Method::DELETE, "/api/users/profile/", Some(password.clone())).await
    };
    leave(&bola).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(tidy(&app).await, 3);
    leave(&ada).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(tidy(&app).await, 0);
}

#[tokio::test]
async fn a_deleted_comment_keeps_no_pictures_even_where_it_keeps_its_place() {
    let app = TestApp::new();
    let (ada, event, comment) = commented(&app, "ada").await;
    let list = format!("/api/events/{}/comments/", event["id"]);
    ada.post(&list, json!({"body": "And you?", "parent": comment["id"]})).await;
    ada.pictures(&comment, &[picture(3, 2)]).await.expect(StatusCode::CREATED);

    ada.delete(&format!("/api/comments/{}/", comment["id"])).await.expect(StatusCode::NO_CONTENT);

    let place = app.anonymous().get(&list).await.json()["results"][0].clone();
    assert_eq!((&place["author"], &place["images"]), (&Value::Null, &json!([])));
    assert_eq!(tidy(&app).await, 0);
}

#[tokio::test]
async fn bytes_that_nothing_came_to_need_go_after_an_hour_and_not_before() {
    let app = TestApp::new();
    let made = owambe::images::picture::read(&picture(3, 2)).unwrap();
    owambe::images::keep(&app.app, made).await.unwrap();

    // As after a crash between the bytes and the row.
    app.sql("update jobs set run_at = '2000-01-01 00:00:00'").await;
    assert_eq!(app.do_jobs().await, 1);
    assert_eq!(app.app.storage.names().await.unwrap().len(), 3, "it may be on its way still");
    assert_eq!(tidy(&app).await, 0);
}

#[tokio::test]
async fn a_crash_while_bytes_go_leaves_no_row_without_them() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let face = picture(3, 2);
    put(&ada, AVATAR, &face).await.expect(StatusCode::CREATED);
    ada.delete(AVATAR).await.expect(StatusCode::NO_CONTENT);

    // As in the middle of it, and then as after a crash there.
    app.sql("update files set is_leaving = true, brought_at = '2000-01-01 00:00:00'").await;
    app.sql("update jobs set claimed_until = '2100-01-01 00:00:00'").await;
    let names = app.app.storage.names().await.unwrap();
    app.app.storage.delete(&names[0]).await.unwrap();
    put(&ada, AVATAR, &face).await.expect(StatusCode::SERVICE_UNAVAILABLE);

    app.sql("update jobs set claimed_until = '2000-01-01 00:00:00'").await;
    let avatar = put(&ada, AVATAR, &face).await.expect(StatusCode::CREATED);
    assert_eq!(app.anonymous().get(&path(&avatar["url"])).await.status, StatusCode::OK);
    assert_eq!(tidy(&app).await, 3);

    ada.delete(AVATAR).await.expect(StatusCode::NO_CONTENT);
    app.sql("update files set is_leaving = true").await;
    assert_eq!(tidy(&app).await, 0, "what was begun is ended");
}

#[tokio::test]
async fn what_is_being_thrown_away_is_not_used() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let made = owambe::images::picture::read(&picture(3, 2)).unwrap();
    let name = owambe::images::keep(&app.app, made).await.unwrap();
    app.sql("update files set is_leaving = true").await;

    let kept = owambe::images::Kept { name, alt: owambe::images::Alt::default() };
    let by = ada.user.id;
    let place = owambe::images::Place::User(by);
    let used = app.db.write(move |tx| owambe::images::put(tx, by, place, &kept).map(drop)).await;

    assert!(matches!(used, Err(owambe::error::Error::Busy)), "{used:?}");
    assert_eq!(ada.get("/api/users/profile/").await.json()["avatar"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_picture_loses_its_bytes_however_much_comes_and_goes_at_once() {
    let app = TestApp::new();
    let face = picture(3, 2);
    let people = [app.person("ada").await, app.person("bola").await, app.person("chidi").await];

    let comes_and_goes = async |who: &Person<'_>| {
        for _ in 0..15 {
            let status = put(who, AVATAR, &face).await.status;
            assert!(
                [StatusCode::CREATED, StatusCode::OK, StatusCode::SERVICE_UNAVAILABLE]
                    .contains(&status)
            );
            let shown = who.get(AVATAR).await;
            if shown.status == StatusCode::OK {
                let url = path(&shown.json()["url"]);
                assert_eq!(who.get(&url).await.status, StatusCode::OK);
                who.delete(AVATAR).await.expect(StatusCode::NO_CONTENT);
            }
        }
    };
    let throws_away = async {
        for _ in 0..30 {
            app.sql("update files set brought_at = '2000-01-01 00:00:00'").await;
            app.do_jobs().await;
        }
    };
    let [ada, bola, chidi] = &people;
    tokio::join!(comes_and_goes(ada), comes_and_goes(bola), comes_and_goes(chidi), throws_away);

    assert_eq!(tidy(&app).await, 0);
}

#[tokio::test]
async fn nobody_reaches_other_files_through_names() {
    let app = TestApp::new();
    let visitor: Visitor<'_> = app.anonymous();
    let long = format!("/images/{}.jpg", "a".repeat(5_000));
    for path in [
        "/images/",
        "/images/..%2f..%2fsecret.key",
        "/images/../test.db",
        "/images/%2e%2e/test.db",
        "/images/a%00.jpg",
        "/images/%ff.jpg",
        &long,
    ] {
        visitor.get(path).await.expect(StatusCode::NOT_FOUND);
    }
}
