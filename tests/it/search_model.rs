//! Whatever is looked for, in whichever order and on however small pages, it is what somebody finds who
//! reads all events one by one.

use axum::http::StatusCode;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::helpers::{Person, TestApp};

/// Words of which some begin as others do.
const WORDS: &[&str] =
    &["a", "ab", "abba", "jol", "jollof", "jolly", "night", "suya", "party", "犬"];

/// The beginning of more words than are asked for one by one.
const CROWDED: &str = "w";

/// Days in order, of which the first and the last two lie beyond those that an index has in order.
const DAYS: &[&str] = &[
    "1066-10-14",
    "1899-12-30",
    "1900-01-02",
    "1999-12-31",
    "2029-05-01",
    "2029-05-02",
    "2029-05-03",
    "2400-01-01",
    "2445-01-01",
    "9998-12-30",
];

#[derive(Clone, Debug)]
struct Written {
    title: Vec<&'static str>,
    rest: Vec<&'static str>,
    day: usize,
    hour: u32,
    is_draft: bool,
    is_tagged: bool,
}

impl Written {
    fn body(&self) -> Value {
        json!({
            "title": self.title.join(" "),
            "description": self.rest.join(", "),
            "start_date": DAYS[self.day],
            "end_date": null,
            "start_time": format!("{:02}:30", self.hour),
            "end_time": null,
            "status": if self.is_draft { "draft" } else { "scheduled" },
            "tags": if self.is_tagged { json!(["rare"]) } else { json!([]) },
        })
    }

    fn start(&self) -> (usize, u32) {
        (self.day, self.hour)
    }
}

/// What is typed: phrases, of which the last may go on.
#[derive(Clone, Debug)]
struct Typed {
    phrases: Vec<Vec<&'static str>>,
    is_open: bool,
}

impl Typed {
    fn text(&self) -> String {
        let quoted = self.phrases.iter().map(|phrase| format!("\"{}\"", phrase.join(" ")));
        let mut parts: Vec<String> = quoted.collect();
        if let Some(last) = parts.last_mut().filter(|_| self.is_open) {
            // A phrase without quotes: only what stands between its words keeps it together.
            *last = self.phrases[self.phrases.len() - 1].join("-");
        }
        parts.join(" ")
    }

    fn is_in(&self, places: &[&Vec<&'static str>]) -> bool {
        let last = self.phrases.len() - 1;
        self.phrases.iter().enumerate().all(|(at, phrase)| {
            let is_open = self.is_open && at == last;
            places.iter().any(|words| {
                words.windows(phrase.len()).any(|window| follows(window, phrase, is_open))
            })
        })
    }
}

fn follows(window: &[&str], phrase: &[&str], is_open: bool) -> bool {
    let last = phrase.len() - 1;
    window.iter().zip(phrase).enumerate().all(|(at, (word, wanted))| match is_open && at == last {
        true => word.starts_with(wanted),
        false => word == wanted,
    })
}

/// What is asked besides the words.
#[derive(Clone, Debug)]
struct Asked {
    typed: Typed,
    ordering: &'static str,
    size: usize,
    from: Option<usize>,
    is_tagged: bool,
    is_draft: bool,
}

impl Asked {
    fn path(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("q", &self.typed.text()).append_pair("ordering", self.ordering);
        query.append_pair("page_size", &self.size.to_string());
        if let Some(day) = self.from {
            query.append_pair("from", DAYS[day]);
        }
        if self.is_tagged {
            query.append_pair("tag", "rare");
        }
        if self.is_draft {
            query.append_pair("status", "draft");
        }
        format!("/api/events/?{}", query.finish())
    }

    /// By reading all events.
    fn answer(&self, events: &[(i64, Written)]) -> Vec<i64> {
        let lets_through = |event: &Written| {
            self.typed.is_in(&[&event.title, &event.rest])
                && event.is_draft == self.is_draft
                && (event.is_tagged || !self.is_tagged)
                && self.from.is_none_or(|day| event.day >= day)
        };
        let mut found: Vec<&(i64, Written)> =
            events.iter().filter(|(_, event)| lets_through(event)).collect();
        found.sort_by_key(|(id, event)| (event.start(), *id));
        match self.ordering {
            "-start" => found.reverse(),
            "created" => found.sort_by_key(|(id, _)| *id),
            "relevance" => found.sort_by_key(|(_, event)| !self.typed.is_in(&[&event.title])),
            _ => {}
        }
        found.into_iter().map(|(id, _)| *id).collect()
    }
}

fn written() -> impl Strategy<Value = Written> {
    let crowded = (0_usize..40).prop_map(crowded);
    let word = prop_oneof![8 => select(WORDS), 1 => crowded];
    let words = |most| prop::collection::vec(word.clone(), 1..most);
    // Most lie close together, so that many begin at the same time; some are of another age.
    let day = prop_oneof![7 => 4_usize..7, 1 => 0..DAYS.len(), 1 => 0_usize..2, 1 => 8_usize..10];
    let (title, rest) = (words(4), words(6));
    (title, rest, day, 9_u32..12, prop::bool::weighted(0.1), prop::bool::weighted(0.1)).prop_map(
        |(title, rest, day, hour, is_draft, is_tagged)| Written {
            title,
            rest,
            day,
            hour,
            is_draft,
            is_tagged,
        },
    )
}

/// One of many words that begin alike.
fn crowded(number: usize) -> &'static str {
    const ALL: &str =
        "w0w1w2w3w4w5w6w7w8w9wawbwcwdwewfwgwhwiwjwkwlwmwnwowpwqwrwswtwuwvwwwxwywzwäwöwüwéw";
    let begin = ALL.char_indices().nth(number * 2).map_or(0, |(at, _)| at);
    let end = ALL.char_indices().nth(number * 2 + 2).map_or(ALL.len(), |(at, _)| at);
    &ALL[begin..end]
}

fn typed() -> impl Strategy<Value = Typed> {
    let word = prop_oneof![12 => select(WORDS), 1 => Just(CROWDED)];
    let phrase = prop_oneof![
        4 => prop::collection::vec(word.clone(), 1..=1),
        1 => prop::collection::vec(word, 2..=2),
    ];
    (prop::collection::vec(phrase, 1..3), prop::bool::weighted(0.7))
        .prop_map(|(phrases, is_open)| Typed { phrases, is_open })
}

fn asked() -> impl Strategy<Value = Asked> {
    let ordering = select(&["relevance", "relevance", "start", "-start", "created"][..]);
    let size = select(&[1_usize, 2, 3, 7, 20, 100][..]);
    // What is from long ago has no place in the order of the index.
    let from =
        prop_oneof![3 => Just(None), 2 => (0..DAYS.len()).prop_map(Some), 3 => Just(Some(4))];
    (typed(), ordering, size, from, prop::bool::weighted(0.15), prop::bool::weighted(0.1)).prop_map(
        |(typed, ordering, size, from, is_tagged, is_draft)| Asked {
            typed,
            ordering,
            size,
            from,
            is_tagged,
            is_draft,
        },
    )
}

/// All pages from the last one to the first, as their links to the one before say.
async fn backwards(who: &Person<'_>, path: &str) -> Vec<i64> {
    let follow = |page: &Value, link: &str| {
        page[link].as_str().map(|url| url.replace("http://owambe.test", ""))
    };
    let mut page = who.get(path).await.expect(StatusCode::OK);
    while let Some(next) = follow(&page, "next") {
        page = who.get(&next).await.expect(StatusCode::OK);
    }
    let mut ids = Vec::new();
    loop {
        let results = page["results"].as_array().unwrap();
        ids.splice(0..0, results.iter().map(|event| event["id"].as_i64().unwrap()));
        let Some(previous) = follow(&page, "previous") else { return ids };
        page = who.get(&previous).await.expect(StatusCode::OK);
    }
}

#[tokio::test]
async fn what_is_found_is_what_reading_all_events_finds() {
    let app = TestApp::new();
    let ada = app.person("ada").await;
    let mut runner = TestRunner::deterministic();
    let mut events: Vec<(i64, Written)> = Vec::new();

    let mut found = 0;
    for round in 0..4 {
        for _ in 0..60 {
            let event = written().new_tree(&mut runner).unwrap().current();
            let made = ada.event(event.body()).await;
            events.push((made["id"].as_i64().unwrap(), event));
        }
        for at in (0..events.len()).step_by(4) {
            let path = format!("/api/events/{}/", events[at].0);
            events[at].1 = written().new_tree(&mut runner).unwrap().current();
            ada.patch(&path, events[at].1.body()).await.expect(StatusCode::OK);
        }
        for at in (0..events.len()).rev().step_by(9) {
            let (gone, _) = events.swap_remove(at);
            ada.delete(&format!("/api/events/{gone}/")).await.expect(StatusCode::NO_CONTENT);
        }
        let indexed = app.count("select count(*) from event_words").await;
        assert_eq!(indexed, i64::try_from(events.len()).unwrap(), "round {round}");

        for number in 0..60 {
            let asked = asked().new_tree(&mut runner).unwrap().current();
            let expected = asked.answer(&events);
            found += usize::from(!expected.is_empty());
            assert_eq!(ada.ids(&asked.path()).await, expected, "{asked:?}");
            if number % 4 == 0 {
                assert_eq!(backwards(&ada, &asked.path()).await, expected, "{asked:?}, backwards");
            }
        }
    }
    assert!(found > 100, "only {found} of 240 searches find something");
}
