use axum::http::{StatusCode, header};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::helpers::TestApp;

fn path(event: &Value) -> String {
    format!("/api/events/{}/", event["id"])
}

#[tokio::test]
async fn an_event_comes_back_as_it_went_in() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let made = ada
        .post(
            "/api/events/create/",
            json!({
                "title": "  Jollof Night ", "description": "Bring a spoon.",
                "location": "Freedom Park, Lagos", "latitude": 6.4488, "longitude": 3.3958,
                "url": "https://example.com/jollof", "start_date": "2030-06-01",
                "end_date": "2030-06-02", "start_time": "20:00", "end_time": "02:30:00.5",
                "timezone": "Africa/Lagos", "capacity": 50, "tags": ["Food", "food", "Live  Music"],
                "more": {"is": "ignored"},
            }),
        )
        .await;

    let event = made.expect(StatusCode::CREATED);
    assert_eq!(made.headers[header::LOCATION], "http://owambe.test/api/events/1/");
    let mut shape = event.clone();
    for instant in ["created_at", "updated_at"] {
        assert!(shape[instant].take().as_str().unwrap().ends_with('Z'));
    }
    assert_json_snapshot!(shape, @r#"
    {
      "all_day": false,
      "capacity": 50,
      "comment_count": 0,
      "created_at": null,
      "creator": {
        "avatar": null,
        "display_name": "",
        "id": 1,
        "username": "ada"
      },
      "description": "Bring a spoon.",
      "end_date": "2030-06-02",
      "end_time": "02:30:00",
      "ends_at": "2030-06-02T01:30:00Z",
      "going_count": 0,
      "group": null,
      "guest_list": "hidden",
      "id": 1,
      "interested_count": 0,
      "latitude": 6.4488,
      "location": "Freedom Park, Lagos",
      "longitude": 3.3958,
      "rsvp_until": null,
      "seats_left": 50,
      "start_date": "2030-06-01",
      "start_time": "20:00:00",
      "starts_at": "2030-06-01T19:00:00Z",
      "status": "scheduled",
      "tags": [
        "food",
        "live music"
      ],
      "thumbnail": null,
      "timezone": "Africa/Lagos",
      "title": "Jollof Night",
      "updated_at": null,
      "url": "https://example.com/jollof",
      "viewer": {
        "can_edit": true,
        "interest": null
      },
      "visibility": "public",
      "waitlist_order": "strict"
    }
    "#);
    assert_eq!(ada.get(&path(&event)).await.expect(StatusCode::OK), event);
    let seen = app.anonymous().get(&path(&event)).await.expect(StatusCode::OK);
    assert_eq!(seen["viewer"], json!(null));
}

#[tokio::test]
async fn a_title_and_a_day_are_enough() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let event = ada.event(json!(null)).await;

    assert_eq!((&event["end_date"], &event["all_day"]), (&json!("2030-06-01"), &json!(true)));
    assert_eq!(event["starts_at"], "2030-06-01T00:00:00Z");
    assert_eq!(event["ends_at"], "2030-06-02T00:00:00Z");
    assert_eq!((&event["status"], &event["visibility"]), (&json!("scheduled"), &json!("public")));
    assert_eq!(event["viewer"], json!({"interest": null, "can_edit": true}));
}

#[tokio::test]
async fn a_form_makes_the_same_event_as_json() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let send = |kind: &'static str, body: &'static str| {
        let ada = ada.clone();
        async move { ada.send_text(axum::http::Method::POST, "/api/events/", kind, body).await }
    };

    let form =
        "title=Owambe&start_date=2030-06-01&start_time=18%3A30&end_time=&capacity=3&tags=a,b";
    let form = send("application/x-www-form-urlencoded; charset=utf-8", form).await;
    let multipart = "--x\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nOwambe\r\n\
        --x\r\ncontent-disposition: form-data; name=\"start_date\"\r\n\r\n2030-06-01\r\n\
        --x\r\ncontent-disposition: form-data; name=\"start_time\"\r\n\r\n18:30\r\n\
        --x\r\ncontent-disposition: form-data; name=\"capacity\"\r\n\r\n3\r\n\
        --x\r\ncontent-disposition: form-data; name=\"tags\"\r\n\r\na\r\n\
        --x\r\ncontent-disposition: form-data; name=\"tags\"\r\n\r\nb\r\n--x--\r\n";
    let multipart = send("multipart/form-data; boundary=x", multipart).await;
    let json = r#"{"title":"Owambe","start_date":"2030-06-01","start_time":"18:30","capacity":3,"tags":["a","b"]}"#;

    let mut expected = send("application/json", json).await.expect(StatusCode::CREATED);
    let bare = send("", json).await;
    let text = send("text/plain", json).await;
    let from_curl = send("application/x-www-form-urlencoded", json).await;
    for reply in [form, multipart, bare, text, from_curl] {
        let mut event = reply.expect(StatusCode::CREATED);
        for field in ["id", "created_at", "updated_at"] {
            expected[field] = event[field].take();
            event[field] = expected[field].clone();
        }
        assert_eq!(event, expected);
    }
}

#[tokio::test]
async fn a_patch_tells_absent_from_null_from_a_value() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada
        .event(json!({"start_time": "20:00", "capacity": 5, "description": "x", "tags": ["a"]}))
        .await;

    let absent = ada.patch(&path(&event), json!({"title": "Owambe"})).await.expect(StatusCode::OK);
    assert_eq!((&absent["title"], &absent["capacity"]), (&json!("Owambe"), &json!(5)));
    assert_eq!(absent["start_time"], "20:00:00");

    let null = json!({"capacity": null, "start_time": null, "description": null, "tags": null});
    let null = ada.patch(&path(&event), null).await.expect(StatusCode::OK);
    assert_eq!((&null["title"], &null["capacity"]), (&json!("Owambe"), &json!(null)));
    assert_eq!((&null["all_day"], &null["description"]), (&json!(true), &json!("")));
    assert_eq!(null["tags"], json!([]));

    let same = ada.patch(&path(&event), json!({})).await.expect(StatusCode::OK);
    assert_eq!(same["title"], "Owambe");
    for required in ["title", "start_date", "timezone", "status", "visibility"] {
        let reply = ada.patch(&path(&event), json!({required: null})).await;
        assert_eq!(reply.faults(), [required]);
    }
}

#[tokio::test]
async fn a_put_replaces_everything() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada
        .event(json!({"start_time": "20:00", "capacity": 5, "status": "cancelled", "url": "https://x.example"}))
        .await;
    let founding = format!("/api/events/update/{}/", event["id"]);

    assert_eq!(ada.put(&founding, json!({})).await.faults(), ["start_date", "title"]);
    let put = json!({"title": "Owambe", "start_date": "2031-01-01"});
    let replaced = ada.put(&founding, put).await.expect(StatusCode::OK);

    assert_eq!((&replaced["title"], &replaced["capacity"]), (&json!("Owambe"), &json!(null)));
    assert_eq!((&replaced["start_time"], &replaced["url"]), (&json!(null), &json!("")));
    assert_eq!(
        (&replaced["status"], &replaced["end_date"]),
        (&json!("scheduled"), &json!("2031-01-01"))
    );
}

#[tokio::test]
async fn everything_wrong_with_an_event_is_said_at_once() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let wrong = json!({
        "title": " ", "description": "x".repeat(20_001), "location": "x".repeat(256),
        "latitude": 91, "longitude": "east", "url": "javascript:alert(1)",
        "start_date": "tomorrow", "end_date": 7, "start_time": "25:00", "end_time": [],
        "timezone": "Mars/Olympus", "status": "maybe", "visibility": "secret", "capacity": 0,
        "tags": "food", "group": "mine",
    });
    let faults = ada.post("/api/events/", wrong).await.faults();

    assert_eq!(
        faults,
        [
            "capacity",
            "description",
            "end_date",
            "end_time",
            "group",
            "latitude",
            "location",
            "longitude",
            "start_date",
            "start_time",
            "status",
            "tags",
            "timezone",
            "title",
            "url",
            "visibility",
        ]
    );
}

#[tokio::test]
async fn the_end_is_not_before_the_start() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({"start_time": "20:00", "end_time": "21:00"})).await;

    for (change, field) in [
        (json!({"end_date": "2030-05-31"}), "end_date"),
        (json!({"end_time": "19:59"}), "end_time"),
        (json!({"start_time": null}), "start_time"),
    ] {
        assert_eq!(ada.patch(&path(&event), change).await.faults(), [field]);
    }
    assert_eq!(ada.get(&path(&event)).await.json()["end_time"], "21:00:00");
}

#[tokio::test]
async fn a_time_that_clocks_skip_is_moved_forward_by_the_gap() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    let event = ada
        .event(
            json!({"start_date": "2026-03-29", "start_time": "02:30", "timezone": "Europe/Berlin"}),
        )
        .await;

    assert_eq!(event["starts_at"], "2026-03-29T01:30:00Z");
}

#[tokio::test]
async fn a_draft_is_seen_by_those_who_may_change_it() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let draft = ada.event(json!({"status": "draft"})).await;

    bola.get(&path(&draft)).await.expect(StatusCode::NOT_FOUND);
    app.anonymous().get(&path(&draft)).await.expect(StatusCode::NOT_FOUND);
    ada.get(&path(&draft)).await.expect(StatusCode::OK);
    assert_eq!(bola.ids("/api/events/").await, [0; 0]);
    assert_eq!(ada.ids("/api/events/").await, [0; 0]);
    assert_eq!(ada.ids("/api/events/?status=draft").await, [draft["id"].as_i64().unwrap()]);
    assert_eq!(bola.ids("/api/events/?status=draft").await, [0; 0]);

    ada.patch(&path(&draft), json!({"status": "scheduled"})).await.expect(StatusCode::OK);
    bola.get(&path(&draft)).await.expect(StatusCode::OK);
}

#[tokio::test]
async fn an_unlisted_event_is_seen_by_whoever_has_its_address() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({"visibility": "unlisted"})).await;

    bola.get(&path(&event)).await.expect(StatusCode::OK);
    assert_eq!(bola.ids(&format!("/api/events/?creator={}", ada.id())).await, [0; 0]);
    assert_eq!(ada.ids(&format!("/api/events/?creator={}", ada.id())).await.len(), 1);
}

#[tokio::test]
async fn only_members_hold_events_in_a_group_and_its_admins_may_change_them() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let (open, private) =
        (ada.group(json!({})).await, ada.group(json!({"visibility": "private"})).await);
    let in_group =
        |group: &Value| json!({"title": "x", "start_date": "2030-01-01", "group": group["id"]});

    bola.post("/api/events/", in_group(&open)).await.expect(StatusCode::FORBIDDEN);
    assert_eq!(bola.post("/api/events/", in_group(&private)).await.faults(), ["group"]);
    assert_eq!(bola.post("/api/events/", in_group(&json!({"id": 404}))).await.faults(), ["group"]);

    ada.adds(&open, &bola, "member").await.expect(StatusCode::CREATED);
    ada.adds(&open, &chidi, "admin").await.expect(StatusCode::CREATED);
    let event = bola.post("/api/events/", in_group(&open)).await.expect(StatusCode::CREATED);
    assert_eq!(event["group"]["name"], "Jollof Society");
    chidi.patch(&path(&event), json!({"title": "y"})).await.expect(StatusCode::OK);
    assert_eq!(chidi.get(&path(&event)).await.json()["viewer"]["can_edit"], true);
}

#[tokio::test]
async fn an_event_for_its_group_alone_is_seen_by_its_members() {
    let app = TestApp::new();
    let (ada, bola, chidi) =
        (app.person("ada").await, app.person("bola").await, app.person("chidi").await);
    let group = ada.group(json!({})).await;
    ada.adds(&group, &bola, "member").await.expect(StatusCode::CREATED);
    let event = ada.event(json!({"visibility": "group", "group": group["id"]})).await;
    let of_group = format!("/api/groups/{}/events/", group["id"]);

    bola.get(&path(&event)).await.expect(StatusCode::OK);
    chidi.get(&path(&event)).await.expect(StatusCode::NOT_FOUND);
    assert_eq!((bola.ids(&of_group).await.len(), chidi.ids(&of_group).await.len()), (1, 0));
    let count = |reply: Value| reply["count"].as_i64().unwrap();
    assert_eq!(count(bola.get(&format!("{of_group}?count=true")).await.json()), 1);
    assert_eq!(count(chidi.get(&format!("{of_group}?count=true")).await.json()), 0);
    assert_eq!(count(bola.get("/api/events/?count=true").await.json()), 0);

    let nowhere = json!({"title": "x", "start_date": "2030-01-01", "visibility": "group"});
    assert_eq!(ada.post("/api/events/", nowhere).await.faults(), ["visibility"]);
}

#[tokio::test]
async fn an_event_that_goes_takes_along_what_belongs_to_it() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(json!({})).await;
    let comment = bola.comment(&event, "See you there!").await;
    bola.answer(&event, "going").await.expect(StatusCode::CREATED);

    ada.delete(&format!("/api/events/delete/{}/", event["id"]))
        .await
        .expect(StatusCode::NO_CONTENT);

    ada.get(&path(&event)).await.expect(StatusCode::NOT_FOUND);
    bola.delete(&format!("/api/comments/{}/", comment["id"])).await.expect(StatusCode::NOT_FOUND);
    assert_eq!(
        bola.get(&format!("/api/users/{}/interests/", bola.id())).await.json()["results"],
        json!([])
    );
    app.assert_counters_are_right().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_said_of_an_event_that_is_just_being_deleted_is_said_or_comes_too_late() {
    let app: &'static TestApp = Box::leak(Box::new(TestApp::new()));
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);

    for _ in 0..25 {
        let event = ada.event(json!({})).await;
        let (under, event_path) = (format!("{}comments/", path(&event)), path(&event));
        let (comment, answer, delete) = (bola.clone(), bola.clone(), ada.clone());
        let comments =
            tokio::spawn(async move { comment.post(&under, json!({"body": "x"})).await.status });
        let answers = tokio::spawn(async move { answer.answer(&event, "going").await.status });
        let gone = tokio::spawn(async move { delete.delete(&event_path).await.status });

        assert_eq!(gone.await.unwrap(), StatusCode::NO_CONTENT);
        for status in [comments.await.unwrap(), answers.await.unwrap()] {
            assert!([StatusCode::CREATED, StatusCode::NOT_FOUND].contains(&status), "{status}");
        }
    }
    app.assert_counters_are_right().await;
}

#[tokio::test]
async fn two_who_change_different_fields_at_once_lose_nothing() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = ada.event(json!({})).await;
    let path = path(&event);

    for round in 0..10 {
        let (title, place) = (format!("title {round}"), format!("place {round}"));
        let (one, other) = tokio::join!(
            ada.patch(&path, json!({"title": title})),
            ada.patch(&path, json!({"location": place})),
        );
        one.expect(StatusCode::OK);
        other.expect(StatusCode::OK);

        let now = ada.get(&path).await.json();
        assert_eq!((&now["title"], &now["location"]), (&json!(title), &json!(place)));
    }
}
