//! Accepting connections, and letting go of them in peace.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tower::{ServiceExt, service_fn};

use super::limits::Peer;

/// Connections at once. The next one waits in the system's line.
const MOST_CONNECTIONS: usize = 10_000;

/// How long a client may take to say what it wants, and how long it may say nothing.
const SLOWEST_HEAD: Duration = Duration::from_secs(30);

/// How long requests that are under way may take once the server is to stop.
const GRACE: Duration = Duration::from_secs(30);

/// Answers until `stop`; then accepts nobody new, finishes what is under way, and returns.
pub async fn serve(listener: TcpListener, router: Router, stop: impl Future<Output = ()>) {
    let builder = builder();
    let under_way = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut stop = pin!(stop);

    loop {
        let accepted = async {
            let place = places.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let (stream, peer, place) = tokio::select! {
            () = &mut stop => break,
            (accepted, place) = accepted => match accepted {
                Ok((stream, peer)) => (stream, peer, place),
                Err(err) => {
                    // Out of file descriptors, most likely: some will be free again soon.
                    tracing::warn!(%err, "cannot accept a connection");
                    sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let _set = stream.set_nodelay(true);
        let router = router.clone();
        let service =
            TowerToHyperService::new(service_fn(move |mut request: Request<Incoming>| {
                request.extensions_mut().insert(Peer(peer));
                router.clone().oneshot(request)
            }));
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = under_way.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(err) = connection.await {
                tracing::debug!(err, "a connection ended early");
            }
        });
    }

    drop(listener);
    if timeout(GRACE, under_way.shutdown()).await.is_err() {
        tracing::warn!("some requests took longer than {GRACE:?} and were cut off");
    }
}

fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(SLOWEST_HEAD);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(SLOWEST_HEAD)
        .keep_alive_timeout(SLOWEST_HEAD);
    builder
}
