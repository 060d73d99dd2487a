//! What lists cost: the plans of their queries, and how many queries there are.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use owambe::clock;
use owambe::comments;
use owambe::db::{Conn, Tx};
use owambe::error::Result;
use owambe::events::seats::{Answer, Wish};
use owambe::events::{self, Change, Day, Filter, Near, Ordering, Status, Tag, Tags, Title, When};
use owambe::geo::Place;
use owambe::groups::{self, Name, NewGroup, Visibility};
use owambe::http::paging::Paging;
use owambe::input::Input;
use owambe::interests;
use owambe::users::{self, User, Viewer};
use owambe::words::Wanted;

use crate::helpers::{TestApp, new_user};

/// Writes down the text of every query that runs while something is done.
fn queries_of<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T>) -> Vec<String> {
    struct Recorder(Arc<Mutex<Vec<String>>>);
    impl Instrumentation for Recorder {
        fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let text = query.to_string();
                let text = text.split(" -- binds:").next().unwrap_or_default().to_owned();
                self.0.lock().unwrap().push(text);
            }
        }
    }

    let seen = Arc::new(Mutex::new(Vec::new()));
    conn.set_instrumentation(Recorder(seen.clone()));
    work(conn).unwrap();
    conn.set_instrumentation(None::<Box<dyn Instrumentation>>);
    let queries = seen.lock().unwrap();
    queries.clone()
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// How the engine would run a query, whatever is bound to it.
fn plan_of(conn: &mut Conn, query: &str) -> String {
    match conn {
        Conn::Sqlite(conn) => {
            let steps = diesel::sql_query(format!("explain query plan {query}"));
            let steps = steps.load::<SqliteStep>(conn).unwrap();
            steps.into_iter().map(|step| step.detail).collect::<Vec<_>>().join("\n")
        }
        Conn::Postgres(conn) => {
            conn.batch_execute(&format!("prepare looked_at as {query}")).unwrap();
            let binds = (1..100).take_while(|n| query.contains(&format!("${n}"))).count();
            let nothing = vec!["null"; binds].join(", ");
            let nothing = if binds == 0 { nothing } else { format!("({nothing})") };
            let steps = diesel::sql_query(format!("explain execute looked_at{nothing}"));
            let steps = steps.load::<PostgresStep>(conn).unwrap();
            conn.batch_execute("deallocate looked_at").unwrap();
            steps.into_iter().map(|step| step.line).collect::<Vec<_>>().join("\n")
        }
    }
}

fn reads_all_events(plan: &str) -> bool {
    plan.lines().any(|line| {
        let scans = line.contains("SCAN events") || line.contains("Seq Scan on events");
        scans && !line.contains("USING INDEX")
    })
}

const COLUMNS: &str = "creator_id, group_id, title, description, location, latitude, longitude, url, start_date, \
    end_date, timezone, starts_at, ends_at, days, status, visibility, listed, tags, created_at, \
    updated_at";

const NOWHERE: Near = Near { place: Place { latitude: 40.0, longitude: 40.0 }, km: 25.0 };

fn sorts(plan: &str) -> bool {
    plan.contains("TEMP B-TREE FOR ORDER BY") || plan.contains("Sort Key")
}

/// Whether a filter leaves so few events that it is fine to sort them.
fn narrows(filter: &Filter) -> bool {
    let by_start = matches!(filter.ordering, None | Some(Ordering::LatestStart));
    let in_time = filter.when.is_some() || filter.from.is_some();
    let found = filter.tag.is_some() || filter.near.is_some();
    // A word that many have leaves so many that they have to come in their order.
    let found = found || filter.q == Some(Wanted::parse("rare"));
    let theirs =
        found || filter.creator.is_some() || filter.group.is_some() || filter.is_interested;
    let theirs = theirs || filter.is_followed;
    theirs || filter.status == Some(Status::Draft) || (in_time && !by_start)
}

/// A site large enough, and with enough people and groups, that an engine would rather not read
/// all of its events.
async fn large_site(app: &TestApp) -> User {
    let ada = app.person("ada").await.user.clone();
    let owner = ada.clone();
    app.write(move |tx| {
        let mut people = vec![owner.clone()];
        for number in 0..60 {
            people.push(users::create(tx, &new_user(&format!("guest-{number}"), false))?);
        }
        let mut hosts = Vec::new();
        for number in 0..20 {
            let name = Name::from_text(&format!("Society {number}")).unwrap();
            let description = groups::Description::default();
            let new = NewGroup { name, description, visibility: Visibility::Open };
            hosts.push(groups::create(tx, &owner, &new)?.id);
        }
        let today = clock::now().utc().date();
        for number in 0..3_000 {
            let host = hosts[number / 10 % hosts.len()];
            let hosted = number % 10 == 0;
            let creator = if hosted { &owner } else { &people[number % people.len()] };
            let days = i64::try_from(number).unwrap() % 700 - 350;
            let change = Change {
                title: Some(Title::from_text("Owambe").unwrap()),
                start_date: Some(Day(today + TimeDelta::days(days))),
                group: hosted.then_some(Some(host)),
                tags: (number % 500 == 3).then(|| Tags::new(["rare"]).unwrap()),
                latitude: Some(Some(f64::from(u16::try_from(number % 80).unwrap()))),
                longitude: Some(Some(f64::from(u16::try_from(number % 90).unwrap()))),
                status: (number % 50 == 1).then_some(Status::Draft),
                ..Change::default()
            };
            let event = events::create(tx, creator, &change, creator.timezone)?;
            if number % 100 == 0 {
                let going = Answer { wish: Some(Wish::Going), guests: None };
                let in_time = clock::now().plus(-TimeDelta::days(400));
                interests::create_at(tx, &owner, owner.id, event.id, going, in_time)?;
            }
        }
        // Doubled until an engine would rather not read all of it.
        for _ in 0..4 {
            tx.batch_execute(&format!(
                "insert into events ({COLUMNS}) select {COLUMNS} from events"
            ))?;
        }
        Ok(())
    })
    .await;
    app.db.analyze().await.unwrap();
    ada
}

/// Every kind of list that somebody can ask for.
fn filters(ada: &User) -> Vec<Filter> {
    let day = |text| Some(Day::from_text(text).unwrap());
    let today = clock::now().utc().date().to_string();
    let mut filters = Vec::new();
    for ordering in [
        None,
        Some(Ordering::LatestStart),
        Some(Ordering::Created),
        Some(Ordering::LatestCreated),
        Some(Ordering::Popular),
    ] {
        let plain = Filter { ordering, ..Filter::default() };
        filters.extend([
            plain.clone(),
            Filter { when: Some(When::Upcoming), ..plain.clone() },
            Filter { when: Some(When::Now), ..plain.clone() },
            Filter { when: Some(When::Past), ..plain.clone() },
            Filter { from: day(&today), to: day("2999-12-31"), ..plain.clone() },
            Filter { creator: Some(ada.id), ..plain.clone() },
            Filter { group: Some(groups::GroupId(1)), ..plain.clone() },
            Filter { is_interested: true, ..plain.clone() },
            Filter { is_followed: true, ..plain.clone() },
            Filter { is_followed: true, when: Some(When::Upcoming), ..plain.clone() },
            Filter { tag: Some(Tag::from_text("rare").unwrap()), ..plain.clone() },
            Filter { near: Some(NOWHERE), ..plain.clone() },
            Filter { q: Some(Wanted::parse("rare")), ..plain.clone() },
            Filter { q: Some(Wanted::parse("owambe")), ..plain.clone() },
            Filter { status: Some(Status::Cancelled), ..plain.clone() },
            Filter { status: Some(Status::Draft), ..plain },
        ]);
    }
    filters
}

#[tokio::test]
async fn no_page_of_events_reads_all_events() {
    let app = TestApp::new();
    let ada = large_site(&app).await;
    let (signed_in, anonymous) = (Viewer::from(&ada), Viewer::default());

    let checked = app
        .db
        .read_slow(move |conn| {
            let mut checked = 0;
            for filter in filters(&ada) {
                for viewer in [&signed_in, &anonymous] {
                    let personal = filter.is_interested
                        || filter.is_followed
                        || filter.status == Some(Status::Draft);
                    if viewer.id().is_none() && personal {
                        continue;
                    }
                    let paging = Paging::first(20);
                    let queries =
                        queries_of(conn, |conn| events::list(conn, viewer, &filter, &paging));
                    for query in queries {
                        let plan = plan_of(conn, &query);
                        assert!(!reads_all_events(&plan), "{filter:?}\n{query}\n{plan}");
                        // What is for everybody is so much that it has to come in its order; what
                        // an index of words has found in order is no more than a page or two.
                        let is_few = narrows(&filter) || query.contains("`id` in (select value");
                        assert!(is_few || !sorts(&plan), "{filter:?}\n{query}\n{plan}");
                        checked += 1;
                    }
                }
            }
            Ok(checked)
        })
        .await
        .unwrap();
    assert!(checked > 90, "only {checked} plans were looked at");
}

/// The check above would notice: a list that no index serves is told from one that has its index.
#[tokio::test]
async fn a_query_without_an_index_is_noticed() {
    let app = TestApp::new();
    large_site(&app).await;

    let plan = |query: &'static str| {
        let db = app.db.clone();
        async move { db.read_slow(move |conn| Ok(plan_of(conn, query))).await.unwrap() }
    };
    let bad =
        plan("select title from events where description = 'x' order by updated_at limit 20").await;
    assert!(reads_all_events(&bad), "{bad}");
    let good = plan("select title from events where id = 7").await;
    assert!(!reads_all_events(&good), "{good}");
}

#[tokio::test]
async fn a_page_costs_the_same_number_of_queries_whatever_its_size() {
    let app = TestApp::new();
    let ada = large_site(&app).await;
    let event = {
        let ada = ada.clone();
        app.write(move |tx| {
            let change = Change {
                title: Some(Title::from_text("Talk").unwrap()),
                start_date: Some(Day::from_text("2030-01-01").unwrap()),
                ..Change::default()
            };
            let event = events::create(tx, &ada, &change, ada.timezone)?.id;
            for number in 0..120 {
                let text = comments::Text::from_text(&number.to_string()).unwrap();
                comments::create(tx, &ada, event, &text, None)?;
            }
            Ok(event)
        })
        .await
    };

    app.db
        .read_slow(move |conn| {
            let viewer = Viewer::from(&ada);
            let events_of = |conn: &mut Conn, size| {
                queries_of(conn, |conn| {
                    let page =
                        events::list(conn, &viewer, &Filter::default(), &Paging::first(size))?;
                    assert_eq!(page.rows.len(), size);
                    events::shape::EventOut::for_viewer(conn, &viewer, page.rows)
                })
                .len()
            };
            let comments_of = |conn: &mut Conn, size| {
                queries_of(conn, |conn| {
                    let page = comments::list(conn, &viewer, event, &Paging::first(size))?;
                    assert_eq!(page.rows.len(), size);
                    comments::liked(conn, ada.id, &page.rows)
                })
                .len()
            };
            for (size, events, comments) in [(1, 3, 3), (20, 3, 3), (100, 3, 3)] {
                assert!(events_of(conn, size) <= events, "{size} events");
                assert_eq!(comments_of(conn, size), comments, "{size} comments");
            }
            Ok(())
        })
        .await
        .unwrap();
}

/// What is run on a connection, and which statements it keeps.
#[derive(Clone, Default)]
struct Seen {
    run: Arc<Mutex<Vec<String>>>,
    kept: Arc<Mutex<Vec<String>>>,
}

impl Instrumentation for Seen {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { query, .. } => {
                let text = query.to_string();
                let text = text.split(" -- binds:").next().unwrap_or_default().to_owned();
                // What begins and ends a transaction has no plan.
                if !["BEGIN", "COMMIT"].contains(&text.as_str()) {
                    self.run.lock().unwrap().push(text);
                }
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                self.kept.lock().unwrap().push(sql.to_owned());
            }
            _ => {}
        }
    }
}

impl Seen {
    fn assert_each_was_planned_once(&self, least: usize) {
        let (run, kept) = (self.run.lock().unwrap(), self.kept.lock().unwrap());
        assert!(run.len() >= least, "{run:?}");
        for text in &*run {
            assert_eq!(kept.iter().filter(|kept| *kept == text).count(), 1, "{text}");
        }
    }
}

/// A statement that a page is made of is parsed and planned once, and kept: on SQLite that takes longer
/// than a small read.
#[tokio::test]
async fn what_is_read_often_is_planned_once() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let group = ada.group(serde_json::json!({})).await;
    let event = ada.event(serde_json::json!({"group": group["id"]})).await;
    bola.answer(&event, "going").await;
    ada.comment(&event, "See you there!").await;
    let event = events::EventId(event["id"].as_i64().unwrap());
    let viewers = [Viewer::default(), Viewer::from(&bola.user)];
    let seen = Seen::default();
    let recorder = seen.clone();
    let read = app.db.read_slow(move |conn| {
        conn.set_instrumentation(recorder);
        for viewer in viewers.iter().cycle().take(4) {
            let found = events::visible(conn, viewer, event)?;
            let _shown = events::shape::EventOut::one(conn, viewer, found)?;
            let page = Paging::first(20);
            let listed = events::list(conn, viewer, &Filter::default(), &page)?;
            let _shown = events::shape::EventOut::for_viewer(conn, viewer, listed.rows)?;
            let said = comments::list(conn, viewer, event, &page)?;
            comments::images_of(conn, &said.rows)?;
            groups::list(conn, viewer, &groups::Filter::default(), &page)?;
        }
        Ok(())
    });
    read.await.unwrap();

    seen.assert_each_was_planned_once(20);
}

/// What an answer to an event is made of, too; and there is not much of it.
#[tokio::test]
async fn what_many_write_at_once_is_planned_once() {
    let app = TestApp::new();
    let (ada, bola) = (app.person("ada").await, app.person("bola").await);
    let event = ada.event(serde_json::json!({"capacity": 10})).await;
    let event = events::EventId(event["id"].as_i64().unwrap());
    let (seen, bola) = (Seen::default(), bola.user.clone());
    let recorder = seen.clone();
    let answer = move |tx: &mut Tx| {
        tx.set_instrumentation(recorder.clone());
        for wish in [Wish::Going, Wish::Interested, Wish::Going, Wish::Interested] {
            let answer = Answer { wish: Some(wish), guests: None };
            interests::create(tx, &bola, bola.id, event, answer)?;
        }
        tx.set_instrumentation(None::<Box<dyn Instrumentation>>);
        Ok(())
    };
    app.db.write(answer).await.unwrap();

    // What decides, the count, the answer itself, and what is shown of it; on PostgreSQL a lock.
    seen.assert_each_was_planned_once(16);
    assert!(seen.run.lock().unwrap().len() <= 20, "{:?}", seen.run);
}
