//! `owambe serve`: the site, until it is told to stop.

use std::fs::{File, TryLockError};
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{block_on, make_data_dir, open_site, say, start_log};
use crate::config::Config;
use crate::db::Db;
use crate::http::{idempotency, server};
use crate::router::router;
use crate::{chores, events, groups, jobs, notifications, sessions, users};

/// How long a job may take to finish when the server is to stop.
const FINISHING: Duration = Duration::from_secs(10);

/// Serves the site.
pub fn run(config: &Config) -> anyhow::Result<()> {
    start_log(config.log, "info");
    make_data_dir(config)?;
    let _lock = lock(config)?;
    block_on(serve(config))
}

async fn serve(config: &Config) -> anyhow::Result<()> {
    let listener = listen(config.listen).await?;
    let address = listener.local_addr()?;
    let settings = config.clone();
    let app = tokio::task::spawn_blocking(move || open_site(&settings, address)).await??;
    index(&app.db).await?;
    let stop = stop_signal()?;

    say(&format!("Owambe is ready: {}/", app.site.url));
    if config.public_url.is_none() && !address.ip().is_loopback() {
        tracing::warn!("set OWAMBE_PUBLIC_URL: links and tokens name {} until then", app.site.url);
    }
    if let Some(folder) = app.post.letters() {
        tracing::info!(
            "letters are written as files into {}: set OWAMBE_SMTP_URL to send them",
            folder.display()
        );
    }
    let sweeping = tokio::spawn(sweep(app.db.clone()));
    let (db, worker) = (app.db.clone(), app.clone());
    let (enough, told) = watch::channel(false);
    let mut working =
        tokio::spawn(jobs::attend(db.clone(), told, move |job| chores::run(worker.clone(), job)));
    server::serve(listener, router(app), stop).await;
    sweeping.abort();
    enough.send_replace(true);
    // Whoever takes up again what was begun and not finished has to wait for a while.
    if timeout(FINISHING, &mut working).await.is_err() {
        working.abort();
    }
    db.settle()?;
    tracing::info!("stopped");
    Ok(())
}

/// Finds the words of what an older version has left without.
async fn index(db: &Db) -> anyhow::Result<()> {
    let mut indexed = 0;
    for outdated in [events::index_outdated, groups::index_outdated, users::index_outdated] {
        loop {
            match db.write(outdated).await? {
                0 => break,
                some => indexed += some,
            }
        }
    }
    if indexed > 0 {
        db.write(events::tidy_index).await?;
        tracing::info!(indexed, "events, groups and people can be searched for now");
    }
    Ok(())
}

/// Clears away old sessions, kept answers and invitations, now and every hour.
async fn sweep(db: Db) {
    let mut hourly = tokio::time::interval(Duration::from_hours(1));
    loop {
        hourly.tick().await;
        for sweep in [sessions::sweep, idempotency::sweep, notifications::sweep, groups::sweep] {
            if let Err(err) = db.write(sweep).await {
                tracing::warn!(%err, "cannot clear away what is old");
            }
        }
    }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|err| match err.kind() {
        ErrorKind::AddrInUse => anyhow!(
            "{address} is in use by another program: stop that one, or choose another address \
             with --listen"
        ),
        _ => anyhow!("cannot listen on {address}: {err}"),
    })
}

/// Resolves when the system, or somebody at the keyboard, asks the program to stop.
fn stop_signal() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("finishing what is under way");
    })
}

/// Keeps a second server off the data folder. The system lets go of it when the process ends,
/// however it ends.
fn lock(config: &Config) -> anyhow::Result<File> {
    let path = config.data_dir.join("owambe.lock");
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => bail!(
            "another Owambe serves the data folder {}: stop it, or choose another folder with \
             --data-dir",
            config.data_dir.display()
        ),
        Err(TryLockError::Error(err)) => {
            Err(err).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}
