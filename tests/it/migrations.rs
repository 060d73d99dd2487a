//! Each migration on a database that has data in it.

use owambe::clock::Instant;
use owambe::db::{Db, is_postgres};
use owambe::events::{self, EventId, Filter, Tag};
use owambe::http::paging::Paging;
use owambe::input::Input;
use owambe::notifications::{self, Kind, Notice};
use owambe::users::{self, Viewer};
use owambe::words::Wanted;
use owambe::{groups, jobs, sessions};

use crate::helpers::{create_postgres_database, postgres_server, run_sql};

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
        run_sql(&self.url, sql);
    }
}

const ADA: &str = "insert into users (username, username_key, email, email_key, password_hash, \
    display_name, bio, timezone, created_at, updated_at) values ('ada', 'ada', 'ada@example.com', \
    'ada@example.com', 'x', '', '', 'UTC', '2026-01-01 00:00:00', '2026-01-01 00:00:00');";

const JOLLOF_SOCIETY: &str = "insert into groups (owner_id, name, description, visibility, \
    member_count, created_at, updated_at) values (1, 'Jollof Society', '', 'open', 1, \
    '2026-01-01 00:00:00', '2026-01-01 00:00:00');";

fn event(title: &str, tags: &str) -> String {
    format!(
        "insert into events (creator_id, title, description, location, url, start_date, end_date, \
         timezone, starts_at, ends_at, days, status, visibility, listed, tags, created_at, \
         updated_at) values (1, '{title}', '', '', '', '2030-01-01', '2030-01-01', 'UTC', \
         '2030-01-01 00:00:00', '2030-01-02 00:00:00', 0, 'scheduled', 'public', true, '{tags}', \
         '2026-01-01 00:00:00', '2026-01-01 00:00:00');"
    )
}

/// A number that a query comes to.
async fn count(db: &Db, sql: &'static str) -> i64 {
    let query = diesel::dsl::sql::<diesel::sql_types::BigInt>(sql);
    db.read_slow(move |conn| Ok(diesel::RunQueryDsl::get_result(query, conn)?)).await.unwrap()
}

#[tokio::test]
async fn sessions_from_before_the_thirteenth_migration_are_in_no_browser_and_go_on() {
    let signed_in = "insert into sessions (user_id, created_at, used_at, expires_at) values (1, \
                     '2026-01-01 00:00:00', '2026-01-01 00:00:00', '2999-01-01 00:00:00');";
    let old = Old::at("0012_smaller_indexes", &format!("{ADA}{signed_in}"));

    let db = Db::open(&old.url).unwrap();

    let ada = users::UserId(1);
    let list = || db.read(move |conn| sessions::list(conn, ada));
    let session = list().await.unwrap().pop().unwrap();
    assert_eq!(session.user_agent, "");
    let id = session.id;
    let found = db.read(move |conn| sessions::user(conn, id, ada)).await.unwrap();
    assert_eq!(found.unwrap().username, "ada");
    db.write(move |tx| sessions::note_browser(tx, id, "curl/8.14.1")).await.unwrap();
    assert_eq!(list().await.unwrap()[0].user_agent, "curl/8.14.1");
}

#[tokio::test]
async fn events_of_groups_on_the_map_and_of_many_days_are_found_after_the_twelfth_migration() {
    let more = "update events set group_id = 1, latitude = 6.5, longitude = 3.4, days = 9, end_date = \
                '2030-01-10', words_version = 3 where id = 1;";
    let data = [ADA, JOLLOF_SOCIETY, &event("Jollof", "[]"), &event("Suya", "[]"), more];
    let old = Old::at("0011_search_in_order", &data.concat());

    let db = Db::open(&old.url).unwrap();

    let place = owambe::geo::Place { latitude: 6.5, longitude: 3.4 };
    for filter in [
        Filter { group: Some(groups::GroupId(1)), ..Filter::default() },
        Filter { near: Some(events::Near { place, km: 10.0 }), ..Filter::default() },
        Filter { from: Some(events::Day::from_text("2030-01-08").unwrap()), ..Filter::default() },
    ] {
        let asked = filter.clone();
        let found = db.read_slow(move |conn| {
            events::list(conn, &Viewer::default(), &asked, &Paging::first(20))
        });
        let ids: Vec<_> = found.await.unwrap().rows.iter().map(|event| event.id).collect();
        assert_eq!(ids, [EventId(1)], "{filter:?}");
    }
    assert_eq!(db.write(events::index_outdated).await.unwrap(), 1);
}

/// On SQLite they stood in another order, with other words.
#[tokio::test]
async fn what_was_searched_for_before_the_eleventh_migration_is_found_in_order_after_it() {
    let is_postgres = postgres_server().is_some();
    let words = |table: &str, key: &str, title: &str| match is_postgres {
        true => format!("insert into {table} ({key}, words) values (1, '^{title}:1 {title}:1');"),
        false => format!("insert into {table} (rowid, title, body) values (1, '{title}', '');"),
    };
    let data = [
        ADA.to_owned(),
        JOLLOF_SOCIETY.to_owned(),
        event("Jollof", "[]"),
        words("event_words", "event_id", "jollof"),
        words("group_words", "group_id", "jollof"),
        words("user_words", "user_id", "ada"),
        "update events set words_version = 2; update groups set words_version = 2;".to_owned(),
        "update users set words_version = 2;".to_owned(),
    ];
    let old = Old::at("0010_notifications", &data.concat());

    let db = Db::open(&old.url).unwrap();

    assert_eq!(db.write(events::index_outdated).await.unwrap(), 1);
    assert_eq!(db.write(groups::index_outdated).await.unwrap(), 1);
    assert_eq!(db.write(users::index_outdated).await.unwrap(), 1);
    let found = db.read_slow(|conn| {
        let q = Some(Wanted::parse("jol"));
        let filter = Filter { q: q.clone(), ..Filter::default() };
        let events = events::list(conn, &Viewer::default(), &filter, &Paging::first(20))?;
        let groups = groups::Filter { q, ..groups::Filter::default() };
        let groups = groups::count(conn, &Viewer::default(), &groups)?;
        let people = users::count_found(conn, &users::Sought::from_text("ada").unwrap())?;
        Ok((events.rows.len(), groups, people))
    });
    assert_eq!(found.await.unwrap(), (1, 1, 1));
    old.run("delete from events; delete from groups; delete from users;");
    for table in ["event_words", "group_words", "user_words"] {
        let left: &'static str = format!("select count(*) from {table}").leak();
        assert_eq!(count(&db, left).await, 0, "{table}");
    }
}

#[tokio::test]
async fn groups_from_before_the_ninth_migration_can_be_followed_and_have_a_trail_from_then_on() {
    let owns = "insert into memberships (group_id, user_id, role, created_at) values (1, 1, 'owner', \
                '2026-01-01 00:00:00');";
    let old = Old::at("0008_idempotency", &format!("{ADA}{JOLLOF_SOCIETY}{owns}"));

    let db = Db::open(&old.url).unwrap();

    assert_eq!(count(&db, "select follower_count from groups").await, 0);
    assert_eq!(count(&db, "select count(*) from group_deeds").await, 0);
    db.write(|tx| {
        let ada = users::get(tx, users::UserId(1))?;
        let group = groups::GroupId(1);
        groups::follow(tx, &ada, group)?;
        groups::invite(tx, &ada, group, &groups::Invitee::Anybody, groups::Role::Member)?;
        groups::sweep(tx)
    })
    .await
    .unwrap();
    assert_eq!(count(&db, "select follower_count from groups").await, 1);
    assert_eq!(count(&db, "select count(*) from group_deeds where action = 'invited'").await, 1);
    // What goes with a group, and what outlives those who did it.
    old.run("delete from groups;");
    for table in ["follows", "bans", "invitations", "join_requests", "announcements", "group_deeds"]
    {
        let left: &'static str = format!("select count(*) from {table}").leak();
        assert_eq!(count(&db, left).await, 0, "{table}");
    }
}

#[tokio::test]
async fn a_site_from_before_the_eighth_migration_has_kept_no_answers() {
    let old = Old::at("0007_waitlist", &format!("{ADA}{}", event("Jollof Night", "[]")));

    let db = Db::open(&old.url).unwrap();

    assert_eq!(count(&db, "select count(*) from events").await, 1);
    assert_eq!(count(&db, "select count(*) from idempotency_keys").await, 0);
    db.write(owambe::http::idempotency::sweep).await.unwrap();
}

#[tokio::test]
async fn nobodys_address_is_verified_by_the_tenth_migration_and_everybody_can_be_told() {
    let data = format!("{ADA}{}", event("Jollof Night", "[]"));
    let old = Old::at("0008_idempotency", &data);

    let db = Db::open(&old.url).unwrap();

    assert_eq!(count(&db, "select count(*) from users where email_verified_at is null").await, 1);
    let notice = Notice { event: Some(1), ..Notice::new(Kind::EventChanged, None, "Jollof Night") };
    db.write(move |tx| notifications::notify(tx, &[users::UserId(1)], &notice)).await.unwrap();
    assert_eq!(count(&db, "select count(*) from notifications where is_shown").await, 1);
}

#[tokio::test]
async fn who_was_going_before_the_seventh_migration_has_a_seat_after_it() {
    let data = format!(
        "{ADA}{}insert into interests (event_id, user_id, status, created_at) values (1, 1, 'going', \
         '2026-01-01 00:00:00'); update events set going_count = 1, popularity = 1, capacity = 1;",
        event("Jollof Night", "[]")
    );
    let old = Old::at("0006_search_of_groups_and_people", &data);

    let db = Db::open(&old.url).unwrap();

    assert_eq!(count(&db, "select seats_taken from events").await, 1);
    let event = db.read_slow(|conn| events::visible(conn, &Viewer::default(), EventId(1))).await;
    assert_eq!(event.unwrap().details.rsvp.rules(), events::Rules::default());
    db.write(|tx| events::seats::leave(tx, EventId(1), users::UserId(1))).await.unwrap();
    assert_eq!(count(&db, "select seats_taken + going_count from events").await, 0);
}

#[tokio::test]
async fn groups_and_people_that_were_there_before_the_sixth_migration_can_be_searched_for_after_it()
{
    let data = format!("{ADA}{JOLLOF_SOCIETY}");
    let old = Old::at("0005_pictures", &data);

    let db = Db::open(&old.url).unwrap();
    let find = async || {
        let filter =
            groups::Filter { q: Some(Wanted::parse("jollof")), ..groups::Filter::default() };
        let sought = users::Sought::from_text("ad").unwrap();
        let found = db.read_slow(move |conn| {
            let groups = groups::count(conn, &Viewer::default(), &filter)?;
            Ok((groups, users::count_found(conn, &sought)?))
        });
        found.await.unwrap()
    };
    assert_eq!(find().await, (0, 0));

    assert_eq!(db.write(groups::index_outdated).await.unwrap(), 1);
    assert_eq!(db.write(users::index_outdated).await.unwrap(), 1);
    assert_eq!(find().await, (1, 1));
    assert_eq!(db.write(groups::index_outdated).await.unwrap(), 0);
    assert_eq!(db.write(users::index_outdated).await.unwrap(), 0);
}

#[tokio::test]
async fn what_was_there_before_the_fifth_migration_has_no_picture_and_can_get_one() {
    let data = format!("{ADA}{JOLLOF_SOCIETY}{}", event("Jollof Night", "[]"));
    let old = Old::at("0004_jobs", &data);

    let db = Db::open(&old.url).unwrap();
    let bare = "select (select count(*) from users where avatar is null) + (select count(*) from \
                groups where image is null) + (select count(*) from events where thumbnail is null)";
    assert_eq!(count(&db, bare).await, 3);

    old.run(
        "insert into files (name, content_type, width, height, bytes, brought_at) values ('a.jpg', \
         'image/jpeg', 1, 1, 1, '2026-01-01 00:00:00'); insert into images (file_name, alt, \
         event_id, created_at) values ('a.jpg', '', 1, '2026-01-01 00:00:00'); delete from events;",
    );
    assert_eq!(count(&db, "select count(*) from images").await, 0);
    let job = "select count(*) from jobs where kind = 'discard_file' and subject = 'a.jpg'";
    assert_eq!(count(&db, job).await, 1, "whatever takes an image away leaves word of it");
}

#[tokio::test]
async fn a_site_from_before_the_fourth_migration_has_nothing_to_do_at_first() {
    let data = format!("{ADA}{}", event("Jollof Night", "[]"));
    let old = Old::at("0003_search", &data);

    let db = Db::open(&old.url).unwrap();
    assert_eq!(count(&db, "select count(*) from events").await, 1);
    assert_eq!(db.read_slow(|conn| jobs::list(conn, 9)).await.unwrap(), []);
    db.write(|tx| jobs::enqueue(tx, jobs::Kind::DiscardFile, "a.jpg", Instant::EPOCH))
        .await
        .unwrap();
    assert_eq!(db.read_slow(|conn| jobs::list(conn, 9)).await.unwrap().len(), 1);
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
