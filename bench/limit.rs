//! What a server could answer at most: the same bytes as Owambe's, from memory, and nothing else done.
//!
//!     limit URL TOKEN LISTEN   # a running Owambe with its data, an access token of it, and where to listen
//!
//! At its start it asks that Owambe for every public event, and for the first page of them, as nobody and as
//! somebody who is signed in. Then it answers the same paths with those very bytes: it looks at no token, keeps
//! nothing that is sent, and has no database. The rest of a request (TCP, HTTP, the path) is done as Owambe does
//! it, by hyper and axum. A sign-in costs what Owambe's hash of a password costs, and nothing more.

#![expect(clippy::disallowed_types, reason = "it needs no words of its own to refuse in")]

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use mimalloc::MiMalloc;
use owambe::users::password::Password;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// Owambe's own, so that only the work differs.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

/// Details that are asked for at once, at the start.
const AT_ONCE: usize = 16;

/// What the hash is made of.
const PASSWORD: &str = "jollof-rice-at-noon";

/// Everything that it answers with.
struct Limit {
    nobody: Answers,
    somebody: Answers,
    created: Bytes,
    hash: String,
    hands: Arc<Semaphore>,
}

/// What one kind of caller is answered with.
struct Answers {
    page: Bytes,
    events: HashMap<u64, Bytes>,
}

/// An Owambe, and who asks it.
struct Source {
    client: reqwest::Client,
    url: String,
    token: Option<String>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(url), Some(token), Some(listen)) = (args.next(), args.next(), args.next()) else {
        bail!("limit URL TOKEN LISTEN: an Owambe, an access token of it, and an address and port");
    };
    let client = reqwest::Client::builder().no_proxy().build()?;
    let nobody = Source { client, url, token: None };
    let somebody =
        Source { client: nobody.client.clone(), url: nobody.url.clone(), token: Some(token) };

    let ids = nobody.ids().await?;
    let first = *ids.first().context("there are no events")?;
    let limit = Limit {
        created: somebody.detail(first).await?,
        nobody: nobody.answers(&ids).await?,
        somebody: somebody.answers(&ids).await?,
        hash: Password::attempt(PASSWORD).hash()?,
        hands: Arc::new(Semaphore::new(available_parallelism()?.get())),
    };
    serve(limit, &listen).await
}

impl Source {
    async fn get(&self, url: &str) -> anyhow::Result<Bytes> {
        let mut request = self.client.get(url);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        Ok(request.send().await?.error_for_status()?.bytes().await?)
    }

    async fn detail(&self, id: u64) -> anyhow::Result<Bytes> {
        self.get(&format!("{}/api/events/{id}/", self.url)).await
    }

    /// The ids of all events that anybody sees.
    async fn ids(&self) -> anyhow::Result<Vec<u64>> {
        let mut ids = Vec::new();
        let mut next = Some(format!("{}/api/events/?page_size=100", self.url));
        while let Some(url) = next {
            let page: Value = serde_json::from_slice(&self.get(&url).await?)?;
            let events = page["results"].as_array().context("a page has results")?;
            ids.extend(events.iter().filter_map(|event| event["id"].as_u64()));
            next = page["next"].as_str().map(str::to_owned);
        }
        Ok(ids)
    }

    async fn answers(&self, ids: &[u64]) -> anyhow::Result<Answers> {
        let details = stream::iter(ids.iter().copied());
        let details = details.map(async |id| anyhow::Ok((id, self.detail(id).await?)));
        Ok(Answers {
            page: self.get(&format!("{}/api/events/", self.url)).await?,
            events: details.buffer_unordered(AT_ONCE).try_collect().await?,
        })
    }
}

async fn serve(limit: Limit, listen: &str) -> anyhow::Result<()> {
    let events = limit.nobody.events.len();
    let router = Router::new()
        .route("/health/ready/", get(|| async { "" }))
        .route("/api/events/", get(page).post(create))
        .route("/api/events/{id}/", get(detail))
        .route("/api/users/login/", post(login))
        .with_state(Arc::new(limit));
    let listener = TcpListener::bind(listen).await?;
    println!("The limit is ready, with {events} events: http://{listen}/");
    let listener = listener.tap_io(|stream| {
        let _set = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

impl Limit {
    /// A caller with any token is somebody.
    fn answers(&self, headers: &HeaderMap) -> &Answers {
        match headers.contains_key(header::AUTHORIZATION) {
            true => &self.somebody,
            false => &self.nobody,
        }
    }
}

fn json(status: StatusCode, body: Bytes) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn page(State(limit): State<Arc<Limit>>, headers: HeaderMap) -> Response {
    json(StatusCode::OK, limit.answers(&headers).page.clone())
}

async fn detail(
    State(limit): State<Arc<Limit>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Response {
    match limit.answers(&headers).events.get(&id) {
        Some(event) => json(StatusCode::OK, event.clone()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Reads what was sent, and forgets it.
async fn create(State(limit): State<Arc<Limit>>, _sent: Bytes) -> Response {
    json(StatusCode::CREATED, limit.created.clone())
}

/// Holds a password against its hash, on as many threads as there are processors.
async fn login(State(limit): State<Arc<Limit>>, _sent: Bytes) -> Response {
    let Ok(hand) = limit.hands.clone().acquire_owned().await else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let matches = spawn_blocking(move || {
        let _hand = hand;
        Password::attempt(PASSWORD).matches(Some(&limit.hash))
    });
    match matches.await {
        Ok(Ok(true)) => json(StatusCode::OK, Bytes::from_static(b"{}")),
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
