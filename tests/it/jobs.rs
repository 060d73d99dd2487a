//! Work for later: done once, tried again, and in the end given up on for all to see.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::anyhow;
use chrono::TimeDelta;
use owambe::clock::{self, Instant};
use owambe::db::Db;
use owambe::error::Result;
use owambe::jobs::{self, Job, Kind, Listed, Outcome};

use crate::helpers::TestApp;

async fn enqueue(app: &TestApp, subject: &str, run_at: Instant) {
    let subject = subject.to_owned();
    app.write(move |tx| jobs::enqueue(tx, Kind::DiscardFile, &subject, run_at)).await;
}

async fn all(db: &Db) -> Vec<Listed> {
    db.read_slow(|conn| jobs::list(conn, 100)).await.unwrap()
}

async fn done(_: Job) -> Result<Outcome> {
    Ok(Outcome::Done)
}

async fn broken(_: Job) -> Result<Outcome> {
    Err(anyhow!("the storage is on strike").into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_is_done_once_however_many_servers_there_are() {
    let app = TestApp::new();
    for number in 0..60 {
        enqueue(&app, &format!("file-{number}"), Instant::EPOCH).await;
    }

    let seen = Arc::new(Mutex::new(Vec::new()));
    let servers = (0..8).map(|_| {
        let (db, seen) = (app.db.clone(), seen.clone());
        tokio::spawn(async move {
            let work = |job: Job| {
                let seen = seen.clone();
                async move {
                    seen.lock().unwrap().push(job.subject);
                    tokio::task::yield_now().await;
                    Ok(Outcome::Done)
                }
            };
            while jobs::run_due(&db, work).await.unwrap() > 0 {}
        })
    });
    for server in servers.collect::<Vec<_>>() {
        server.await.unwrap();
    }
    while jobs::run_due(&app.db, done).await.unwrap() > 0 {}

    let mut seen = seen.lock().unwrap().clone();
    let count = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((seen.len(), count), (60, 60), "some were done twice, or not at all");
    assert_eq!(all(&app.db).await, []);
}

#[tokio::test]
async fn what_is_not_due_waits() {
    let app = TestApp::new();
    enqueue(&app, "later", clock::now().plus(TimeDelta::hours(1))).await;

    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 0);
    assert_eq!(all(&app.db).await.len(), 1);
}

#[tokio::test]
async fn what_says_later_is_not_due_before_that() {
    let app = TestApp::new();
    enqueue(&app, "file", Instant::EPOCH).await;
    let at = clock::now().plus(TimeDelta::hours(1));

    let later = move |_| async move { Ok(Outcome::Later(at)) };
    assert_eq!(jobs::run_due(&app.db, later).await.unwrap(), 1);

    let job = all(&app.db).await.remove(0);
    assert_eq!((job.run_at, job.attempts), (at, 0));
    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 0);
}

#[tokio::test]
async fn what_fails_is_tried_later_and_what_went_wrong_is_kept() {
    let app = TestApp::new();
    enqueue(&app, "file", Instant::EPOCH).await;

    assert_eq!(jobs::run_due(&app.db, broken).await.unwrap(), 1);

    let job = all(&app.db).await.remove(0);
    assert_eq!((job.attempts, job.failed_at), (1, None));
    assert_eq!(job.error.as_deref(), Some("the storage is on strike"));
    assert!(job.run_at > clock::now().plus(TimeDelta::seconds(5)));
    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 0);

    app.sql("update jobs set run_at = '1970-01-01 00:00:00'").await;
    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 1);
    assert_eq!(all(&app.db).await, []);
}

#[tokio::test]
async fn what_keeps_failing_is_given_up_on_and_can_be_taken_up_again() {
    let app = TestApp::new();
    enqueue(&app, "file", Instant::EPOCH).await;

    let mut attempts = 0;
    while jobs::run_due(&app.db, broken).await.unwrap() > 0 {
        attempts += 1;
        app.sql("update jobs set run_at = '1970-01-01 00:00:00'").await;
    }

    let job = all(&app.db).await.remove(0);
    assert_eq!((attempts, job.attempts), (12, 12));
    assert!(job.failed_at.is_some());

    assert_eq!(app.write(|tx| jobs::retry(tx, None)).await, 1);
    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 1);
    assert_eq!(all(&app.db).await, []);
}

#[tokio::test]
async fn what_is_wanted_again_while_it_fails_for_the_last_time_is_not_given_up_on() {
    let app = TestApp::new();
    enqueue(&app, "file", Instant::EPOCH).await;
    app.sql("update jobs set attempts = 11").await;

    let work = |_| async {
        enqueue(&app, "file", Instant::EPOCH).await;
        Err(anyhow!("the storage is on strike").into())
    };
    assert_eq!(jobs::run_due(&app.db, work).await.unwrap(), 1);

    let job = all(&app.db).await.remove(0);
    assert_eq!((job.attempts, job.failed_at), (0, None));
}

#[tokio::test]
async fn what_is_wanted_again_while_it_is_done_is_done_once_more() {
    let app = TestApp::new();
    enqueue(&app, "file", Instant::EPOCH).await;
    let rounds = AtomicUsize::new(0);

    let work = |_| {
        let (app, rounds) = (&app, &rounds);
        async move {
            if rounds.fetch_add(1, Ordering::Relaxed) == 0 {
                enqueue(app, "file", Instant::EPOCH).await;
                // Nobody else does it meanwhile.
                assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 0);
            }
            Ok(Outcome::Done)
        }
    };
    while jobs::run_due(&app.db, work).await.unwrap() > 0 {}

    assert_eq!(rounds.load(Ordering::Relaxed), 2);
    assert_eq!(all(&app.db).await, []);
}

#[tokio::test]
async fn what_a_dead_server_was_doing_is_done_by_another_one() {
    let app = TestApp::new();
    enqueue(&app, "file", Instant::EPOCH).await;

    // The server goes away in the middle of the job.
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let begun = Mutex::new(Some(begun));
    let db = app.db.clone();
    let dying = tokio::spawn(async move {
        jobs::run_due(&db, |_| {
            begun.lock().unwrap().take().unwrap().send(()).unwrap();
            std::future::pending::<Result<Outcome>>()
        })
        .await
    });
    has_begun.await.unwrap();
    dying.abort();
    let _gone = dying.await;
    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 0, "its claim still holds");

    app.sql("update jobs set claimed_until = '2000-01-01 00:00:00'").await;
    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 1);
    assert_eq!(all(&app.db).await, []);
}

#[tokio::test]
async fn what_only_a_newer_program_knows_is_left_to_it_and_holds_up_nobody() {
    let app = TestApp::new();
    app.sql(
        "insert into jobs (kind, subject, run_at, created_at) values \
         ('fly_to_the_moon', 'x', '1970-01-01 00:00:00', '1970-01-01 00:00:00')",
    )
    .await;
    enqueue(&app, "file", clock::now()).await;

    assert_eq!(jobs::run_due(&app.db, done).await.unwrap(), 1);

    let left = all(&app.db).await;
    assert_eq!((left.len(), left[0].kind.as_str()), (1, "fly_to_the_moon"));
}
