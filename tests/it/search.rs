//! Finding events by what is written about them, and groups and people by their names.

use axum::http::StatusCode;
use owambe::events::{self, Day, Description, Title};
use owambe::input::Input;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use crate::helpers::{Person, TestApp};

async fn titled(who: &Person<'_>, title: &str) -> i64 {
    who.event(json!({"title": title})).await["id"].as_i64().unwrap()
}

fn path(q: &str) -> String {
    path_in("events", q)
}

fn path_in(list: &str, q: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("q", q).finish();
    format!("/api/{list}/?{query}")
}

/// What is written, what is typed, and whether the one is found by the other: on both engines.
const CASES: &[(&str, &str, bool)] = &[
    ("Jollof Night", "jollof", true),
    ("Jollof Night", "JOLLOF NIGHT", true),
    ("Jollof Night", "night jollof", true),
    ("Jollof Night", "nig", true),
    ("Jollof Night", "jol night", false),
    ("Jollof Night", "\"jollof night\"", true),
    ("Jollof Night", "\"night jollof\"", false),
    ("Jollof Night", "\"jollof nig\"", false),
    ("Jollof Night", "jollof day", false),
    ("Ọjọ́ ìbí Yorùbá", "yoruba", true),
    ("Ọjọ́ ìbí Yorùbá", "ọjọ́", true),
    ("Ojo ibi Yoruba", "Yorùbá", true),
    ("Große Straßenfeier", "strassenfeier", true),
    ("Große Straßenfeier", "GROSSE", true),
    ("Müllers Grillfest", "muller", true),
    ("İstanbul'da Işık", "istanbul", true),
    ("İstanbul'da Işık", "IŞIK", true),
    ("Μουσική βραδιά", "μουσικη", true),
    ("Μουσικός", "ΜΟΥΣΙΚΟΣ", true),
    ("日本語の勉強会", "日本語", true),
    ("日本語の勉強会", "勉強", true),
    ("日本語の勉強会", "会", true),
    ("日本語の勉強会", "中国", false),
    ("ערב שירה בתל אביב", "שירה", true),
    ("שָׁלוֹם", "שלום", true),
    ("Встреча друзей", "ВСТРЕЧА", true),
    ("Rust & C++ (2026)", "rust 2026", true),
    ("Rust & C++ (2026)", "c++", true),
    ("don't stop", "don't", true),
    ("e-mail", "e-mail", true),
    ("e-mail", "email", false),
];

#[tokio::test]
async fn what_is_written_is_found_by_what_people_type() {
    let app = TestApp::new();
    let ada = app.person("ada").await;

    for (title, q, is_found) in CASES {
        let event = titled(&ada, title).await;
        let found = ada.ids(&path(q)).await;
        assert_eq!(found.contains(&event), *is_found, "{title:?} by {q:?}");
        ada.delete(&format!("/api/events/{event}/")).await.expect(StatusCode::NO_CONTENT);
        assert_eq!(ada.ids(&path(q)).await, [0; 0], "{title:?} is still found by {q:?}");
    }
}

#[tokio::test]
async fn groups_and_people_are_found_as_events_are() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let group = ada.group(json!({})).await;
    let (group, own) = (group["id"].as_i64().unwrap(), "/api/users/profile/update/");

    for (name, q, is_found) in CASES {
        ada.patch(&format!("/api/groups/{group}/"), json!({"name": name}))
            .await
            .expect(StatusCode::OK);
        ada.patch(own, json!({"display_name": name})).await.expect(StatusCode::OK);

        let groups = app.anonymous().ids(&path_in("groups", q)).await;
        assert_eq!(groups.contains(&group), *is_found, "the group {name:?} by {q:?}");
        let people = ada.ids(&path_in("users", q)).await;
        assert_eq!(people.contains(&ada.id()), *is_found, "{name:?} by {q:?}");
    }

    ada.delete(&format!("/api/groups/{group}/")).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(ada.ids(&path_in("groups", "e-mail")).await, [0; 0]);
}

#[tokio::test]
async fn groups_are_found_by_their_description_too_and_names_come_first() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let mut described = Vec::new();
    let mut named = Vec::new();
    for _ in 0..3 {
        let about = json!({"name": "Sunday cooks", "description": "Jollof, and more jollof."});
        described.push(ada.group(about).await["id"].as_i64().unwrap());
        named.push(ada.group(json!({"name": "Jollof Society"})).await["id"].as_i64().unwrap());
    }
    ada.group(json!({"name": "Jollof, but private", "visibility": "private"})).await;
    ada.group(json!({"name": "Chess"})).await;
    let found = path_in("groups", "jollof");

    let expected = [named, described].concat();
    for size in [1, 2, 4, 20] {
        let first = format!("{found}&page_size={size}");
        assert_eq!(bola.ids(&first).await, expected, "pages of {size}");
    }
    let counted = bola.get(&format!("{found}&count=true")).await.json();
    assert_eq!(counted["count"], 6);
    assert_eq!(ada.ids(&format!("{found}&member=me")).await.len(), 7);
    assert_eq!(bola.ids(&format!("{found}&member=me")).await, [0; 0]);
    assert_eq!(bola.ids(&path_in("groups", "cooks jollof")).await.len(), 3);
    assert_eq!(bola.get(&path_in("groups", &"x".repeat(201))).await.faults(), ["q"]);
    assert_eq!(bola.ids("/api/groups/?q=").await.len(), 7);
    assert_eq!(bola.ids(&path_in("groups", "!")).await, [0; 0]);
}

#[tokio::test]
async fn people_are_found_by_their_names_and_whose_username_it_is_comes_first() {
    let app = TestApp::new();
    let adaeze = app.person("adaeze").await;
    let named = app.person("bola").await;
    named
        .patch("/api/users/profile/update/", json!({"display_name": "Ada Obi"}))
        .await
        .expect(StatusCode::OK);
    let ada = app.person("ada").await;
    let dotted = app.person("obi.ada_2").await;
    app.person("chidi").await;

    for q in ["ada", "ADA", "@Ada"] {
        for size in [1, 3, 20] {
            let found = format!("{}&page_size={size}", path_in("users", q));
            let expected = [ada.id(), adaeze.id(), named.id(), dotted.id()];
            assert_eq!(ada.ids(&found).await, expected, "{q} in pages of {size}");
        }
    }
    assert_eq!(ada.ids(&path_in("users", "obi.ada")).await, [dotted.id()]);
    assert_eq!(ada.ids(&path_in("users", "example.com")).await, [0; 0], "addresses are no names");
    let silent = app.person("___").await;
    assert_eq!(ada.ids(&path_in("users", "___")).await, [silent.id()]);
    let found = ada.get(&format!("{}&count=true", path_in("users", "ada obi"))).await.json();
    assert_eq!(found["count"], 2);
    let bola = &found["results"][0];
    assert_eq!(
        *bola,
        json!({"id": named.id(), "username": "bola", "display_name": "Ada Obi", "avatar": null})
    );

    let all = ada.get("/api/users/").await;
    assert_eq!(all.faults(), ["q"]);
    app.anonymous().get(&path_in("users", "ada")).await.expect(StatusCode::UNAUTHORIZED);

    let gone = json!({"password": crate::helpers::PASSWORD});
    adaeze.send(axum::http::Method::DELETE, "/api/users/profile/", Some(gone)).await;
    assert_eq!(ada.ids(&path_in("users", "adaeze")).await, [0; 0]);
}

#[tokio::test]
async fn words_are_looked_for_everywhere_and_titles_come_first() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = |more: serde_json::Value| {
        let ada = ada.clone();
        async move { ada.event(more).await["id"].as_i64().unwrap() }
    };
    let described =
        event(json!({"title": "x", "description": "Jollof for all.", "start_date": "2030-01-01"}))
            .await;
    let tagged = event(json!({"title": "x", "tags": ["jollof"], "start_date": "2030-01-02"})).await;
    let placed =
        event(json!({"title": "x", "location": "Jollof Lane", "start_date": "2030-01-03"})).await;
    let late = event(json!({"title": "Jollof", "start_date": "2030-01-05"})).await;
    let early = event(json!({"title": "More jollof", "start_date": "2030-01-04"})).await;

    assert_eq!(ada.ids(&path("jollof")).await, [early, late, described, tagged, placed]);
    let by_start = format!("{}&ordering=start", path("jollof"));
    assert_eq!(ada.ids(&by_start).await, [described, tagged, placed, early, late]);
    // Each word may be somewhere else.
    assert_eq!(ada.ids(&path("jollof lane")).await, [placed]);

    ada.patch(&format!("/api/events/{late}/"), json!({"title": "Suya"}))
        .await
        .expect(StatusCode::OK);
    assert_eq!(ada.ids(&path("jollof")).await, [early, described, tagged, placed]);
    assert_eq!(ada.ids(&path("suya")).await, [late]);
}

#[tokio::test]
async fn results_are_followed_forth_and_back_across_titles_and_the_rest() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let mut titles = Vec::new();
    let mut rest = Vec::new();
    for number in 0..7 {
        let day = format!("2030-01-{:02}", 10 + number / 2);
        titles.push(
            ada.event(json!({"title": "Jollof", "start_date": day})).await["id"].as_i64().unwrap(),
        );
        let other = json!({"title": "x", "description": "jollof", "start_date": day});
        rest.push(ada.event(other).await["id"].as_i64().unwrap());
    }
    let expected: Vec<i64> = titles.into_iter().chain(rest).collect();

    for size in [1, 3, 7, 8, 20] {
        let first = format!("{}&page_size={size}&count=true", path("jollof"));
        assert_eq!(ada.ids(&first).await, expected, "pages of {size}");
        let mut at = ada.get(&first).await.json();
        assert_eq!(at["count"], 14);
        while let Some(next) = at["next"].as_str() {
            at = ada.get(&next.replace("http://owambe.test", "")).await.json();
        }
        let mut back = Vec::new();
        loop {
            let ids = at["results"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap());
            back.splice(0..0, ids);
            let Some(previous) = at["previous"].as_str() else { break };
            at = ada.get(&previous.replace("http://owambe.test", "")).await.json();
        }
        assert_eq!(back, expected, "pages of {size}, backwards");
    }
}

/// The words are brought at the end of the commit, when there is only the last of them to bring.
#[tokio::test]
async fn what_is_made_and_changed_in_one_commit_is_found_as_it_is_then() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let creator = ada.user.clone();
    let titled = |title: &str, day: &str| events::Change {
        title: Title::from_text(title).ok(),
        start_date: Day::from_text(day).ok(),
        ..events::Change::default()
    };
    let event = app
        .write(move |tx| {
            let made = titled("Jollof", "2030-05-01");
            let event = events::create(tx, &creator, &made, creator.timezone)?.id;
            for (title, day) in [("Suya", "2029-01-01"), ("Party", "2031-01-01")] {
                events::update(tx, &creator, event, &titled(title, day))?;
            }
            Ok(event.0)
        })
        .await;

    assert_eq!(ada.ids(&path("party")).await, [event]);
    for gone in ["jollof", "suya"] {
        assert_eq!(ada.ids(&path(gone)).await, [0; 0], "{gone}");
    }
    assert_eq!(app.count("select count(*) from event_words").await, 1);
}

/// Many results are found another way than few.
#[tokio::test]
async fn a_word_that_many_events_have_finds_the_same_as_one_that_few_have() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let creator = ada.user.clone();
    app.write(move |tx| {
        for number in 0..1_000_u64 {
            let day = chrono::NaiveDate::from_ymd_opt(2030, 1, 1).unwrap();
            let named = number % 2 == 0;
            let rare = if number % 200 < 2 { " suya" } else { "" };
            let change = events::Change {
                title: Title::from_text(&if named {
                    format!("Jollof{rare}")
                } else {
                    "Party".to_owned()
                })
                .ok(),
                description: Description::from_text(&format!("jollof{rare}")).ok(),
                start_date: Some(Day(day + chrono::Days::new(number * 7 % 1_000))),
                ..events::Change::default()
            };
            events::create(tx, &creator, &change, creator.timezone)?;
        }
        Ok(())
    })
    .await;

    let all = ada.ids(&format!("{}&page_size=100", path("jollof"))).await;
    assert_eq!(all.len(), 1_000);
    let few = ada.ids(&format!("{}&page_size=3", path("jollof suya"))).await;
    assert_eq!(few.len(), 10);
    let expected: Vec<i64> = all.iter().copied().filter(|id| few.contains(id)).collect();
    assert_eq!(few, expected, "in the same order, titles first");
    let starts = ada.ids(&format!("{}&page_size=100&ordering=-start", path("party"))).await;
    assert_eq!(starts.len(), 500);
    let counted = ada.get(&format!("{}&count=true&page_size=1", path("jollof"))).await.json();
    assert_eq!(counted["count"], 1_000);
}

#[tokio::test]
async fn what_is_hidden_is_not_found() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(json!({"visibility": "private"})).await;
    for hidden in [
        json!({"status": "draft"}),
        json!({"visibility": "unlisted"}),
        json!({"group": group["id"]}),
    ] {
        ada.event(hidden).await;
    }

    let found = bola.get(&format!("{}&count=true", path("jollof"))).await.expect(StatusCode::OK);
    assert_eq!((&found["count"], &found["results"]), (&json!(0), &json!([])));
    assert_eq!(ada.ids(&format!("{}&creator={}", path("jollof"), ada.id())).await.len(), 2);
}

#[tokio::test]
async fn nothing_to_look_for_finds_nothing_and_nothing_asked_filters_nothing() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let event = titled(&ada, "Jollof Night").await;

    assert_eq!(ada.ids(&path("!?")).await, [0; 0]);
    assert_eq!(ada.ids(&path("\"\"")).await, [0; 0]);
    assert_eq!(ada.ids("/api/events/?q=").await, [event]);
    assert_eq!(ada.get("/api/events/?ordering=relevance").await.faults(), ["ordering"]);
    assert_eq!(ada.get(&path(&"x".repeat(201))).await.faults(), ["q"]);
    assert_eq!(ada.get(&path("a\0b")).await.faults(), ["q"]);
}

#[tokio::test]
async fn a_long_text_is_found_by_its_last_word() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let long = format!("{} {} owambe", "party ".repeat(3_200), "x".repeat(700));
    let event = ada.event(json!({"title": "x", "description": long})).await["id"].as_i64().unwrap();

    assert_eq!(ada.ids(&path("owambe")).await, [event]);
    assert_eq!(ada.ids(&path("party owambe")).await, [event]);
}

/// Whatever is typed, it is neither syntax nor an error.
#[test]
fn nothing_that_is_typed_is_syntax() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (app, token) = runtime.block_on(async {
        let app = TestApp::new();
        let ada = app.person("ada").await;
        titled(&ada, "Jollof Night").await;
        let token = ada.token.clone().unwrap();
        (app, token)
    });
    let texts = prop_oneof![
        any::<String>(),
        "[a-z\"'*():&|!<> -]{0,40}",
        "(AND|OR|NOT|NEAR|title|:|\\*|\"|'|\\(|\\)|\\\\|--|;| ){0,12}",
    ];
    TestRunner::default()
        .run(&texts, |text| {
            for list in ["events", "groups", "users"] {
                let mut who = app.anonymous();
                who.token = Some(token.clone());
                let reply = runtime.block_on(who.get(&path_in(list, &text)));
                let is_refused = reply.status == StatusCode::BAD_REQUEST
                    && (text.contains('\0')
                        || text.trim().chars().count() > 200
                        || list == "users" && text.is_empty());
                prop_assert!(
                    reply.status == StatusCode::OK || is_refused,
                    "{list} {text:?}: {}",
                    reply.text
                );
            }
            Ok(())
        })
        .unwrap();
}
