use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use owambe::db::{AtTheEnd, Conn, Db, Tx};
use owambe::error::{Error, Result};
use owambe::schema::users as table;
use owambe::users;
use tokio::task::JoinSet;

use crate::helpers::{TestApp, create_postgres_database, hold_up, new_user, postgres_server};

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_behind() {
    let app = TestApp::new();

    let failed: Result<()> = app
        .db
        .write(|tx| {
            users::create(tx, &new_user("ada", false))?;
            Err(Error::Forbidden("changed my mind"))
        })
        .await;

    assert!(matches!(failed, Err(Error::Forbidden(_))));
    assert_eq!(count_users(&app.db).await, 0);
}

/// Some SQL to run at the end.
struct Renaming(&'static str);

impl AtTheEnd for Renaming {
    fn finish(conn: &mut Conn, left: Vec<Self>) -> QueryResult<()> {
        left.into_iter().try_for_each(|Self(sql)| conn.batch_execute(sql))
    }
}

/// What is left for the end is done with the commit, in its order, and not at all for whoever fails.
#[tokio::test]
async fn what_is_left_for_the_end_is_done_with_the_commit() {
    let app = TestApp::new();
    let rename = |tx: &mut Tx, sql: &'static str| tx.at_the_end(Renaming(sql));

    let done = app.db.write(move |tx| {
        rename(tx, "update users set bio = bio || '2'");
        users::create(tx, &new_user("ada", false))?;
        rename(tx, "update users set bio = bio || '3'");
        Ok(tx.batch_execute("update users set bio = '1'")?)
    });
    done.await.unwrap();
    let refused: Result<()> = app
        .db
        .write(move |tx| {
            rename(tx, "update users set bio = 'never'");
            Err(Error::Forbidden("changed my mind"))
        })
        .await;
    let impossible = app.db.write(move |tx| {
        rename(tx, "update users set no_such_column = 1");
        Ok(tx.batch_execute("update users set bio = 'lost'")?)
    });

    assert!(matches!(refused, Err(Error::Forbidden(_))));
    assert!(matches!(impossible.await, Err(Error::Internal(_))));
    let bios: Vec<String> =
        app.db.read(|conn| Ok(table::table.select(table::bio).load(conn)?)).await.unwrap();
    assert_eq!(bios, ["123"]);
}

/// An index of words is written at the end, when what it is about may be gone.
#[tokio::test]
async fn the_words_of_what_came_and_went_in_one_commit_do_not_stay() {
    let app = TestApp::new();
    app.person("ada").await;
    app.sql("delete from user_words").await;

    let created_and_gone = app.db.write(|tx| {
        let eve = users::create(tx, &new_user("eve", false))?;
        Ok(tx.batch_execute(&format!("delete from users where id = {}", eve.id))?)
    });
    created_and_gone.await.unwrap();
    assert_eq!(app.count("select count(*) from user_words").await, 0);

    app.person("bola").await;
    assert_eq!(app.count("select count(*) from user_words").await, 1);
}

/// Writes the user of this number; or refuses, breaks a constraint, or panics, when it has.
fn write_one_of_fifty(tx: &mut Tx, number: usize) -> Result<()> {
    let user = users::create(tx, &new_user(&format!("user-{number}"), false))?;
    match number {
        17 => Err(Error::Forbidden("unlucky")),
        25 => Ok(tx.batch_execute("insert into likes values (404, 404, '2026-01-01 00:00:00')")?),
        33 => panic!("on purpose, as {}", user.username),
        _ => Ok(()),
    }
}

fn assert_only_the_unlucky_lose((number, done): &(usize, Result<()>)) {
    let is_right = match number {
        17 => matches!(done, Err(Error::Forbidden("unlucky"))),
        25 => matches!(done, Err(Error::NotFound(_))),
        33 => matches!(done, Err(Error::Internal(_))),
        _ => done.is_ok(),
    };
    assert!(is_right, "{number}: {done:?}");
}

/// Such a write leaves its savepoint open, so that what seems to be the commit would be none: those who
/// share it must not be told that all is well.
#[tokio::test]
async fn whoever_panics_within_a_savepoint_of_their_own_makes_no_commit_out_of_nothing() {
    let app = TestApp::new();
    let (release, held) = hold_up(&app.db, None).await;
    let create = |name: &'static str, end: fn(&mut Tx) -> Result<()>| {
        let db = app.db.clone();
        tokio::spawn(async move {
            let work = move |tx: &mut Tx| {
                users::create(tx, &new_user(name, false))?;
                end(tx)
            };
            (name, db.write(work).await.is_ok())
        })
    };
    // The first has all of them run with savepoints.
    let mut writers = vec![create("ada", |_| Err(Error::Forbidden("changed my mind")))];
    tokio::task::yield_now().await;
    writers.push(create("bola", |tx| tx.transaction(|_| panic!("on purpose"))));
    tokio::task::yield_now().await;
    writers.push(create("chidi", |_| Ok(())));
    tokio::task::yield_now().await;
    release.send(()).unwrap();
    held.await.unwrap().ok();
    let mut told = Vec::new();
    for writer in writers {
        told.push(writer.await.unwrap());
    }
    app.db.write(|tx| users::create(tx, &new_user("dayo", false))).await.unwrap();

    let kept: Vec<String> = {
        let names = table::table.order(table::id).select(table::username);
        app.db.read(move |conn| Ok(names.load(conn)?)).await.unwrap()
    };
    told.push(("dayo", true));
    let expected = told.iter().filter(|(_, is_ok)| *is_ok).map(|(name, _)| *name);
    assert_eq!(kept, expected.collect::<Vec<_>>(), "{told:?}");
    assert!(!told[0].1 && !told[1].1);
}

/// They wait behind a write that takes its time, so that on SQLite one commit is for all of them:
/// the last of them sees what the others wrote, and nobody outside does.
#[tokio::test]
async fn of_fifty_writers_who_share_a_commit_those_who_fail_or_panic_lose_alone() {
    let app = TestApp::new();
    let (release, held) = hold_up(&app.db, None).await;
    let shares_commits = postgres_server().is_none();

    let mut writers = JoinSet::new();
    for number in 0..50 {
        let (db, outside) = (app.db.clone(), app.db.clone());
        writers.spawn(async move {
            let done = db.write(move |tx| {
                write_one_of_fifty(tx, number)?;
                if shares_commits && number == 49 {
                    let inside: i64 = table::table.count().get_result(&mut **tx)?;
                    let count = || count_users_now(&outside);
                    let outside = thread::scope(|scope| scope.spawn(count).join().unwrap());
                    assert_eq!((inside, outside), (47, 0));
                }
                Ok(())
            });
            (number, done.await)
        });
    }
    // This test has one thread: each of them comes so far as to wait.
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
    release.send(()).unwrap();
    let done = writers.join_all().await;
    held.await.unwrap().unwrap();

    done.iter().for_each(assert_only_the_unlucky_lose);
    let left = table::table.order(table::id).select(table::username);
    let left: Vec<String> = app.db.read_slow(move |conn| Ok(left.load(conn)?)).await.unwrap();
    let lost = ["user-17", "user-25", "user-33"];
    assert_eq!(left.len(), 47);
    assert!(!left.iter().any(|name| lost.contains(&name.as_str())), "{left:?}");
}

#[tokio::test]
async fn a_writer_who_panics_takes_nobody_along() {
    let app = TestApp::new();

    let panicking = app.db.write(|tx| -> Result<()> {
        users::create(tx, &new_user("eve", false))?;
        panic!("on purpose");
    });
    let (panicked, ada) = tokio::join!(panicking, app.person("ada"));
    app.person("bola").await;

    assert!(matches!(panicked, Err(Error::Internal(_))));
    assert_eq!(ada.user.username, "ada");
    assert_eq!(count_users(&app.db).await, 2);
}

#[tokio::test]
async fn a_commit_that_fails_is_no_success_and_the_next_one_is_none_the_worse() {
    let app = TestApp::new();
    if postgres_server().is_some() {
        return;
    }

    let nowhere = app.db.write(|tx| {
        // The check comes with the commit, so the work itself succeeds.
        tx.batch_execute(
            "pragma defer_foreign_keys = on;
             insert into likes values (404, 404, '2026-01-01 00:00:00')",
        )?;
        Ok(())
    });
    assert!(matches!(nowhere.await, Err(Error::Internal(_))));

    app.person("ada").await;
    assert_eq!(count_users(&app.db).await, 1);
}

#[tokio::test]
async fn sqlite_refuses_to_write_on_a_connection_made_for_reading() {
    let app = TestApp::new();
    if postgres_server().is_some() {
        return;
    }

    let delete = |conn: &mut Conn| Ok(diesel::delete(table::table).execute(conn)?);
    assert!(matches!(app.db.read(delete).await, Err(Error::Internal(_))));
    assert!(matches!(app.db.read_slow(delete).await, Err(Error::Internal(_))));
}

/// With the guarantee off, SQLite looks at the bound pattern and plans an index search for it.
#[tokio::test]
async fn sqlite_plans_a_query_once_whatever_is_bound_to_it() {
    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    let app = TestApp::new();
    if postgres_server().is_some() {
        return;
    }
    let explain = "explain query plan select email_key from users where email_key glob ?";
    let plan = move |conn: &mut Conn| match conn {
        Conn::Sqlite(conn) => {
            Ok(diesel::sql_query(explain).bind::<Text, _>("a*").load::<Step>(conn)?)
        }
        Conn::Postgres(_) => Ok(Vec::new()),
    };

    let here = app.db.read(plan).await.unwrap();
    let apart = app.db.read_slow(plan).await.unwrap();
    assert!(here[0].detail.starts_with("SCAN"), "{}", here[0].detail);
    assert!(apart[0].detail.starts_with("SCAN"), "{}", apart[0].detail);
}

/// Planned anew for every LIMIT bound to it, a list costs PostgreSQL twice as much.
#[tokio::test]
async fn postgres_plans_a_query_once_whatever_is_bound_to_it() {
    let app = TestApp::new();
    if postgres_server().is_none() {
        return;
    }

    let setting = diesel::dsl::sql::<Text>("select current_setting('plan_cache_mode')");
    let mode: String = app.db.read(|conn| Ok(setting.get_result(conn)?)).await.unwrap();
    assert_eq!(mode, "force_generic_plan");
}

#[tokio::test]
async fn a_connection_that_postgres_closed_is_replaced() {
    let app = TestApp::new();
    if postgres_server().is_none() {
        return;
    }
    app.person("ada").await;

    let end = diesel::dsl::sql::<diesel::sql_types::Bool>(
        "select bool_or(pg_terminate_backend(pid)) from pg_stat_activity \
         where datname = current_database() and pid <> pg_backend_pid()",
    );
    let _ended: bool = app.db.read_slow(|conn| Ok(end.get_result(conn)?)).await.unwrap();

    let mut failed = 0;
    for _ in 0..20 {
        failed += i32::from(app.db.ping().await.is_err());
    }
    assert!(failed <= 8, "{failed} of 20 failed: broken connections came back");
    app.db.ping().await.unwrap();
}

/// What the first migration would do to a database with data is nothing: it runs once.
#[tokio::test]
async fn opening_a_database_again_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let url = match postgres_server() {
        Some(server) => create_postgres_database(&server),
        None => dir.path().join("again.db").display().to_string(),
    };
    let first = Db::open(&url).unwrap();
    first.write(|tx| users::create(tx, &new_user("ada", false))).await.unwrap();

    let again = Db::open(&url).unwrap();

    assert_eq!(count_users(&again).await, 1);
    let late = first.write(|tx| users::create(tx, &new_user("bola", false))).await;
    assert!(late.is_ok());
}

#[tokio::test]
async fn a_schema_from_the_future_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let url = match postgres_server() {
        Some(server) => create_postgres_database(&server),
        None => dir.path().join("future.db").display().to_string(),
    };
    let db = Db::open(&url).unwrap();
    db.write(|tx| {
        tx.batch_execute("insert into __diesel_schema_migrations (version) values ('9999')")?;
        Ok(())
    })
    .await
    .unwrap();

    let refused = Db::open(&url).err().unwrap().to_string();

    assert!(refused.contains("newer Owambe") && refused.contains("9999"), "{refused}");
}

async fn count_users(db: &Db) -> i64 {
    db.read_slow(|conn| Ok(table::table.count().get_result(conn)?)).await.unwrap()
}

/// The same from a thread that has no runtime.
fn count_users_now(db: &Db) -> i64 {
    tokio::runtime::Runtime::new().unwrap().block_on(count_users(db))
}
