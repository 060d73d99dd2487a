//! Writes that ask for the same row, and share a commit on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use owambe::db::{Db, Tx};
use owambe::error::{Error, Result};
use owambe::schema::users as table;
use owambe::users;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::helpers::{TestApp, hold_up, new_user, postgres_server};

const LANE: i64 = 7;

/// This test has one thread: everybody else comes so far as to wait.
async fn let_them_line_up() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// Writes users of these numbers, of whom each does its own as well, in one commit.
async fn write_together(
    db: &Db,
    count: usize,
    work: impl Fn(&mut Tx, usize) -> Result<()> + Clone + Send + 'static,
) -> Vec<Result<()>> {
    let (release, held) = hold_up(db, Some(LANE)).await;
    let mut writers = JoinSet::new();
    for number in 0..count {
        let (db, work) = (db.clone(), work.clone());
        writers.spawn(async move {
            let work = move |tx: &mut Tx| {
                users::create(tx, &new_user(&format!("user-{number}"), false))?;
                work(tx, number)
            };
            (number, db.write_in_turn(LANE, work).await)
        });
    }
    let_them_line_up().await;
    release.send(()).unwrap();
    let mut done = writers.join_all().await;
    held.await.unwrap().unwrap();

    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, done)| done).collect()
}

async fn count_users(db: &Db) -> i64 {
    db.read_slow(|conn| Ok(table::table.count().get_result(conn)?)).await.unwrap()
}

/// The same from a thread that has no runtime.
fn count_users_outside(db: &Db) -> i64 {
    let count = || tokio::runtime::Runtime::new().unwrap().block_on(count_users(db));
    thread::scope(|scope| scope.spawn(count).join().unwrap())
}

/// The last of them sees what the others wrote, and nobody outside does.
#[tokio::test]
async fn of_fifty_in_a_lane_those_who_fail_or_panic_lose_alone() {
    let app = TestApp::new();
    let outside = app.db.clone();

    let done = write_together(&app.db, 50, move |tx, number| match number {
        17 => Err(Error::Forbidden("unlucky")),
        25 => Ok(tx.batch_execute("insert into likes values (404, 404, '2026-01-01 00:00:00')")?),
        33 => panic!("on purpose"),
        49 => {
            let inside: i64 = table::table.count().get_result(&mut **tx)?;
            assert_eq!((inside, count_users_outside(&outside)), (47, 0));
            Ok(())
        }
        _ => Ok(()),
    })
    .await;

    for (number, done) in done.iter().enumerate() {
        let is_right = match number {
            17 => matches!(done, Err(Error::Forbidden("unlucky"))),
            25 => matches!(done, Err(Error::NotFound(_))),
            33 => matches!(done, Err(Error::Internal(_))),
            _ => done.is_ok(),
        };
        assert!(is_right, "{number}: {done:?}");
    }
    let left = table::table.order(table::id).select(table::username);
    let left: Vec<String> = app.db.read_slow(move |conn| Ok(left.load(conn)?)).await.unwrap();
    let lost = ["user-17", "user-25", "user-33"];
    assert_eq!(left.len(), 47);
    assert!(!left.iter().any(|name| lost.contains(&name.as_str())), "{left:?}");
}

#[tokio::test]
async fn who_collides_in_a_lane_is_run_again_after_the_others() {
    let app = TestApp::new();
    if postgres_server().is_none() {
        return;
    }

    let (runs, others) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (runs.clone(), others.clone());
    let done = write_together(&app.db, 5, move |tx, number| {
        if number != 1 {
            counted.1.fetch_add(1, Ordering::SeqCst);
        } else if counted.0.fetch_add(1, Ordering::SeqCst) < 2 {
            let collide = "do $$ begin raise exception using errcode = '40001'; end $$";
            tx.batch_execute(collide)?;
        } else {
            let already: i64 = table::table.count().get_result(&mut **tx)?;
            assert_eq!(already, 5);
        }
        Ok(())
    })
    .await;

    assert!(done.iter().all(Result::is_ok), "{done:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 3);
    assert_eq!(others.load(Ordering::SeqCst), 4, "nobody else was run again");
    assert_eq!(count_users(&app.db).await, 5);
}

#[tokio::test]
async fn nobody_in_a_lane_hears_of_success_where_the_commit_fails() {
    let app = TestApp::new();
    if postgres_server().is_none() {
        return;
    }

    let done = write_together(&app.db, 5, |tx, number| {
        match number {
            // The check comes with the commit, so the work itself succeeds.
            2 => tx.batch_execute(
                "create temporary table once (n int unique deferrable initially deferred);
                 insert into once values (1), (1)",
            )?,
            3 => return Err(Error::Forbidden("unlucky")),
            _ => {}
        }
        Ok(())
    })
    .await;

    assert!(matches!(done[3], Err(Error::Forbidden("unlucky"))), "{done:?}");
    let lost = |done: &Result<()>| matches!(done, Err(Error::Internal(_)));
    assert!([0, 1, 2, 4].into_iter().all(|number| lost(&done[number])), "{done:?}");
    assert_eq!(count_users(&app.db).await, 0);
    app.db.write_in_turn(LANE, |tx| users::create(tx, &new_user("ada", false))).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_breaks_takes_its_group_along_and_the_lane_goes_on() {
    let app = TestApp::new();
    if postgres_server().is_none() {
        return;
    }

    let end = "select pg_terminate_backend(pg_backend_pid())";
    let done = write_together(&app.db, 5, move |tx, number| match number {
        2 => Ok(tx.batch_execute(end)?),
        _ => Ok(()),
    })
    .await;
    assert!(done.iter().all(|done| matches!(done, Err(Error::Internal(_)))), "{done:?}");
    let next = app.db.write_in_turn(LANE, |tx| users::create(tx, &new_user("ada", false)));
    assert!(next.await.is_ok(), "the next one got the same connection");

    // Alone, too; and who panics leaves no transaction behind.
    let ended = app.db.write_in_turn(LANE, move |tx| Ok(tx.batch_execute(end)?)).await;
    let panicked = app.db.write_in_turn(LANE, |_| -> Result<()> { panic!("on purpose") }).await;
    assert!(ended.is_err() && panicked.is_err());
    for name in ["bola", "chidi"] {
        app.db.write_in_turn(LANE, |tx| users::create(tx, &new_user(name, false))).await.unwrap();
    }
    assert_eq!(count_users(&app.db).await, 3);
}

#[tokio::test]
async fn who_comes_first_and_hangs_up_leaves_nobody_behind() {
    let app = TestApp::new();
    let (release, held) = hold_up(&app.db, Some(LANE)).await;
    let db = app.db.clone();
    let second = tokio::spawn(async move {
        db.write_in_turn(LANE, |tx| users::create(tx, &new_user("ada", false))).await
    });
    let_them_line_up().await;

    held.abort();
    release.send(()).unwrap();

    let second = timeout(Duration::from_secs(30), second).await.unwrap();
    assert_eq!(second.unwrap().unwrap().username, "ada");
}

#[tokio::test]
async fn lanes_do_not_wait_for_each_other() {
    let app = TestApp::new();
    if postgres_server().is_none() {
        return;
    }
    let (release, held) = hold_up(&app.db, Some(LANE)).await;

    let other = app.db.write_in_turn(LANE + 1, |tx| users::create(tx, &new_user("ada", false)));
    let other = timeout(Duration::from_secs(30), other).await;

    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    assert_eq!(other.unwrap().unwrap().username, "ada");
}
