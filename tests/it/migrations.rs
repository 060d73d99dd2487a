//! Each migration on a database that has data in it.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use owambe::db::{Db, is_postgres};
use owambe::events::{self, Filter, Tag};
use owambe::http::paging::Paging;
use owambe::input::Input;
use owambe::users::Viewer;
use owambe::words::Wanted;

use crate::helpers::{create_postgres_database, postgres_server};

/// A database as it was after the migrations up to and with `last`, with some data.
struct Old {
    url: String,
    _dir: tempfile::TempDir,
}

impl Old {
    fn at(last: &str, data: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = match postgres_server() {
            Some(server) => create_postgres_database(&server),
            None => dir.path().join("old.db").display().to_string(),
        };
        let old = Self { url, _dir: dir };
        old.run(
            "create table __diesel_schema_migrations (version varchar(50) primary key not null, \
             run_on timestamp not null default current_timestamp)",
        );
        let engine = if is_postgres(&old.url) { "postgres" } else { "sqlite" };
        let folder = format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"));
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert!(names.iter().any(|name| name == last), "there is no {last}");
        for name in names.iter().take_while(|name| name.as_str() <= last) {
            old.run(&std::fs::read_to_string(format!("{folder}/{name}/up.sql")).unwrap());
            let version = name.split('_').next().unwrap();
            old.run(&format!(
                "insert into __diesel_schema_migrations (version) values ('{version}')"
            ));
        }
        old.run(data);
        old
    }

    fn run(&self, sql: &str) {
        if is_postgres(&self.url) {
            PgConnection::establish(&self.url).unwrap().batch_execute(sql).unwrap();
        } else {
            SqliteConnection::establish(&self.url).unwrap().batch_execute(sql).unwrap();
        }
    }
}

const ADA: &str = "insert into users (username, username_key, email, email_key, password_hash, \
    display_name, bio, timezone, created_at, updated_at) values ('ada', 'ada', 'ada@example.com', \
    'ada@example.com', 'x', '', '', 'UTC', '2026-01-01 00:00:00', '2026-01-01 00:00:00');";

fn event(title: &str, tags: &str) -> String {
    format!(
        "insert into events (creator_id, title, description, location, url, start_date, end_date, \
         timezone, starts_at, ends_at, days, status, visibility, listed, tags, created_at, \
         updated_at) values (1, '{title}', '', '', '', '2030-01-01', '2030-01-01', 'UTC', \
         '2030-01-01 00:00:00', '2030-01-02 00:00:00', 0, 'scheduled', 'public', true, '{tags}', \
         '2026-01-01 00:00:00', '2026-01-01 00:00:00');"
    )
}

#[tokio::test]
async fn events_that_were_there_before_the_third_migration_can_be_searched_for_after_it() {
    let events = [event("Jollof Night", "[]"), event("Suya Night", "[]")];
    let old = Old::at("0002_tags_and_places", &format!("{ADA}{}", events.concat()));

    let db = Db::open(&old.url).unwrap();
    let find = || {
        let filter = Filter { q: Some(Wanted::parse("jollof")), ..Filter::default() };
        db.read_slow(move |conn| events::count(conn, &Viewer::default(), &filter))
    };
    assert_eq!(find().await.unwrap(), 0);

    assert_eq!(db.write(events::index_outdated).await.unwrap(), 2);
    assert_eq!(find().await.unwrap(), 1);
    assert_eq!(db.write(events::index_outdated).await.unwrap(), 0);
}

#[tokio::test]
async fn tags_that_were_there_before_the_second_migration_are_found_after_it() {
    let events = [
        event("one", r#"["food","live music"]"#),
        event("two", r#"["food"]"#),
        event("three", "[]"),
    ];
    let old = Old::at("0001_init", &format!("{ADA}{}", events.concat()));

    let db = Db::open(&old.url).unwrap();

    let titles = |tag: &'static str| {
        let db = db.clone();
        async move {
            let filter = Filter { tag: Some(Tag::from_text(tag).unwrap()), ..Filter::default() };
            let page = db
                .read_slow(move |conn| {
                    events::list(conn, &Viewer::default(), &filter, &Paging::first(9))
                })
                .await
                .unwrap();
            page.rows.iter().map(|it| it.details.title.as_str().to_owned()).collect::<Vec<_>>()
        }
    };
    assert_eq!(titles("food").await, ["one", "two"]);
    assert_eq!(titles("live music").await, ["one"]);
    let used = db.read_slow(|conn| events::list_tags(conn, &Paging::first(9))).await.unwrap();
    assert_eq!(used.rows.iter().map(|tag| tag.count).collect::<Vec<_>>(), [2, 1]);
}
