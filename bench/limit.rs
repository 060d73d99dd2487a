//! What a server could answer at most: the same bytes as Owambe's, from memory, and nothing else done.
//!
//!     limit URL TOKEN LISTEN      # a running Owambe with its data, an access token of it, and where to listen
//!     limit creation FILE LISTEN  # creation alone, one transaction a request, in a database of an Owambe
//!     limit picture FILE          # writes a picture to upload
//!
//! At its start it asks that Owambe for every public event, and for the first page of them, as nobody and as
//! somebody who is signed in. Then it answers the same paths with those very bytes: it looks at no token, keeps
//! nothing that is sent, and has no database. The rest of a request (TCP, HTTP, the path) is done as Owambe does
//! it, by hyper and axum. A sign-in costs what Owambe's hash of a password costs, and nothing more; a picture is
//! unpacked, shrunk and packed as Owambe does it, and thrown away.

#![expect(clippy::disallowed_types, reason = "it needs no words of its own to refuse in")]

#[path = "limit/creation.rs"]
mod creation;
#[path = "limit/picture.rs"]
mod picture;

use std::collections::HashMap;
use std::sync::Arc;
use std::thread::available_parallelism;

use anyhow::{Context, bail};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
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

/// The largest body that it reads, in bytes.
const LARGEST_BODY: usize = 12_000_000;

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
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["picture", file] => Ok(std::fs::write(file, picture::draw()?)?),
        ["creation", file, listen] => {
            let site = Arc::new(creation::Site::open(file)?);
            let create = post(creation::create).with_state(site);
            serve(Router::new().route("/api/events/", create), listen).await
        }
        [url, token, listen] => serve(limit(url, token).await?, listen).await,
        _ => bail!("limit URL TOKEN LISTEN, limit creation FILE LISTEN, or limit picture FILE"),
    }
}

/// The answers of an Owambe, each at its path.
async fn limit(url: &str, token: &str) -> anyhow::Result<Router> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    let nobody = Source { client, url: url.to_owned(), token: None };
    let somebody = Source {
        client: nobody.client.clone(),
        url: nobody.url.clone(),
        token: Some(token.to_owned()),
    };

    let ids = nobody.ids().await?;
    let first = *ids.first().context("there are no events")?;
    let limit = Limit {
        created: somebody.detail(first).await?,
        nobody: nobody.answers(&ids).await?,
        somebody: somebody.answers(&ids).await?,
        hash: Password::attempt(PASSWORD).hash()?,
        hands: Arc::new(Semaphore::new(available_parallelism()?.get())),
    };
    Ok(Router::new()
        .route("/api/events/", get(page).post(create))
        .route("/api/events/{id}/", get(detail))
        .route("/api/users/login/", post(login))
        .route("/api/users/profile/avatar/", put(picture::upload))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(limit)))
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

async fn serve(router: Router, listen: &str) -> anyhow::Result<()> {
    let router = router.route("/health/ready/", get(|| async { "" }));
    let listener = TcpListener::bind(listen).await?;
    println!("The limit is ready: http://{listen}/");
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
