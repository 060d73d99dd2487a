//! A POST that is sent again, because nobody knows whether it arrived, is done once.
//!
//! The first request under an `Idempotency-Key` notes the key; the transaction that does the work
//! keeps its answer, so no crash leaves the one without the other; and who sends it again within a
//! day gets that answer (draft-ietf-httpapi-idempotency-key-header).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, Request};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use chacha20poly1305::aead::Aead;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce};
use chrono::TimeDelta;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use super::door::reach;
use super::error::RequestId;
use super::extract::{SLOWEST_BODY, whole};
use super::idempotency_store as store;
use super::limits::Client;
use crate::app::App;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};

/// The header that names an attempt.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Says that an answer is that of an earlier request.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How long an answer is kept.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// How long the first request may take, before another one may try.
const LONGEST: TimeDelta = TimeDelta::minutes(2);

/// Whose keys are meant: another one for everybody who is signed in.
#[derive(Clone, Debug, Default)]
pub struct Owner(pub String);

/// Who asks for the request to be done once, if anybody does.
#[derive(Clone, Default)]
pub struct Once(Option<Arc<Attempt>>);

struct Attempt {
    id: String,
    fingerprint: String,
    seal: ChaCha20Poly1305,
    is_kept: AtomicBool,
    is_of_somebody: bool,
}

/// An answer, as it is kept.
pub struct Answer {
    /// Its status code.
    pub status: i64,
    /// Where what it made is.
    pub location: Option<String>,
    /// Its bytes, sealed.
    pub body: Vec<u8>,
}

/// What is known under a key.
pub enum Known {
    /// Nothing: this is the first request.
    Nothing,
    /// The first request has no answer yet.
    Running,
    /// Something else was asked.
    Other,
    /// What the first request was answered.
    Answered(Answer),
}

impl Once {
    /// Keeps the answer, in the transaction that does the work.
    pub fn keep(
        &self,
        tx: &mut Tx,
        status: StatusCode,
        location: Option<&str>,
        shown: Option<&impl Serialize>,
    ) -> Result<()> {
        let Some(attempt) = &self.0 else { return Ok(()) };
        let body = shown.map(serde_json::to_vec).transpose().map_err(anyhow::Error::new)?;
        let answer = Answer {
            status: status.as_u16().into(),
            location: location.map(str::to_owned),
            body: body.unwrap_or_default(),
        };
        attempt.keep(tx, answer)
    }
}

impl Once {
    /// Keeps that it is done, and that there is nothing to show.
    pub fn done(&self, tx: &mut Tx) -> Result<()> {
        self.keep(tx, StatusCode::NO_CONTENT, None, None::<&()>)
    }
}

impl Attempt {
    fn new(app: &App, owner: &str, key: &[u8], asked: &[&[u8]]) -> Self {
        let digest = |parts: &[&[u8]]| {
            let mut hash = Sha256::new();
            for part in parts {
                hash.update(part.len().to_be_bytes());
                hash.update(part);
            }
            hash.finalize()
        };
        let sealing = digest(&[b"answers", app.site.secret.bytes(), key]);
        Self {
            id: format!("{:x}", digest(&[owner.as_bytes(), key])),
            fingerprint: format!("{:x}", digest(asked)),
            seal: ChaCha20Poly1305::new(&<[u8; 32]>::from(sealing).into()),
            is_kept: AtomicBool::new(false),
            is_of_somebody: !owner.is_empty() && !owner.starts_with("anybody"),
        }
    }

    fn keep(&self, tx: &mut Tx, answer: Answer) -> Result<()> {
        let nonce: [u8; 12] = rand::random();
        let sealed = self.seal.encrypt(&Nonce::from(nonce), answer.body.as_slice());
        let sealed = sealed.map_err(|_| anyhow::anyhow!("cannot seal an answer"))?;
        let body = [&nonce[..], &sealed].concat();
        if !store::finish(tx, &self.id, &Answer { body, ..answer })? {
            return Err(IN_PROGRESS);
        }
        self.is_kept.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn open(&self, sealed: &[u8]) -> Result<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<12>().unwrap_or((&[0; 12], &[]));
        let opened = self.seal.decrypt(&Nonce::from(*nonce), sealed);
        Ok(opened.map_err(|_| anyhow::anyhow!("cannot open a kept answer"))?)
    }

    fn replay(&self, answer: &Answer) -> Result<Response> {
        let status = u16::try_from(answer.status).ok().and_then(|it| StatusCode::from_u16(it).ok());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = self.open(&answer.body)?;
        let mut response = (status, Body::from(body.clone())).into_response();
        let headers = response.headers_mut();
        let kind =
            if status.is_success() { "application/json" } else { "application/problem+json" };
        if !body.is_empty() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let Some(location) = answer.location.as_deref() {
            headers.insert(LOCATION, location.parse().map_err(anyhow::Error::new)?);
        }
        headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        Ok(response)
    }
}

const IN_PROGRESS: Error = Error::Conflict {
    code: "idempotency_in_progress",
    message: "the first request with this Idempotency-Key is still under way",
};

/// Lets the first request through to the routes, and answers the others.
pub async fn once(app: &App, request: Request, routes: Router) -> Result<Response> {
    let key = request.headers().get(IDEMPOTENCY_KEY).filter(|_| request.method() == Method::POST);
    let Some(key) = key.cloned() else { return Ok(reach(routes, request).await) };
    let (request, attempt) = identified(app, &key, request).await?;
    let attempt = Arc::new(attempt);
    // What has claimed the key goes on to its end when the client hangs up: the answer is for who
    // asks again.
    let working = tokio::spawn(first_or_again(app.clone(), attempt.clone(), request, routes));
    match working.await {
        Ok(response) => response,
        Err(panic) => {
            app.db.write(move |tx| Ok(store::release(tx, &attempt.id)?)).await?;
            Err(anyhow::Error::new(panic).into())
        }
    }
}

/// Claims the key and does the work, or answers as the first time.
async fn first_or_again(
    app: App,
    attempt: Arc<Attempt>,
    mut request: Request,
    routes: Router,
) -> Result<Response> {
    let asking = attempt.clone();
    let now = clock::now();
    let known = app.db.write(move |tx| {
        store::delete_older(tx, &asking.id, now.plus(-KEPT))?;
        Ok(store::claim(tx, &asking.id, &asking.fingerprint, now, now.plus(LONGEST))?)
    });
    match known.await? {
        Known::Nothing => {}
        Known::Running => return Err(IN_PROGRESS),
        Known::Other => return Err(Error::KeyReused),
        Known::Answered(answer) => return attempt.replay(&answer),
    }

    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    request.extensions_mut().insert(Once(Some(attempt.clone())));
    let response = reach(routes, request).await;
    let error = response.extensions().get::<Arc<Error>>().cloned();
    if error.is_some() || !attempt.is_kept.load(Ordering::Relaxed) {
        settle(&app, attempt, error, &id).await?;
    }
    Ok(response)
}

/// The same request, and what makes it the same as another one.
async fn identified(app: &App, key: &HeaderValue, request: Request) -> Result<(Request, Attempt)> {
    let key = key.as_bytes();
    if !(1..=255).contains(&key.len()) || !key.iter().all(u8::is_ascii_graphic) {
        let message = "an Idempotency-Key has from 1 to 255 visible ASCII characters";
        return Err(Error::Malformed(message.to_owned()));
    }
    let Owner(mut owner) = request.extensions().get().cloned().unwrap_or_default();
    let is_known = !owner.is_empty();
    if let Some(Client(address)) = request.extensions().get().filter(|_| !is_known) {
        owner = format!("anybody at {address}");
    }
    let path = request.uri().path().trim_end_matches('/').to_owned();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let boundary = kind
        .and_then(|kind| kind.split_once("boundary="))
        .map(|(_, rest)| rest.split(';').next().unwrap_or_default().trim_matches('"').to_owned());

    if boundary.is_some() && path.ends_with("/images") {
        // Pictures are too long to be held while they are looked at.
        let length = request.headers().get(CONTENT_LENGTH).cloned();
        let length = length.as_ref().map_or(&b""[..], HeaderValue::as_bytes);
        let asked = [path.as_bytes(), query.as_bytes(), length];
        return Ok((request, Attempt::new(app, &owner, key, &asked)));
    }
    let (parts, body) = request.into_parts();
    let body = timeout(SLOWEST_BODY, whole(Request::new(body))).await;
    let body = body.map_err(|_| Error::TooSlow)??;
    // Each attempt of a client may part its form at another mark.
    let told = match boundary.filter(|mark| !mark.is_empty()) {
        Some(mark) => String::from_utf8_lossy(&body).replace(&mark, "").into_bytes(),
        None => body.clone(),
    };
    let attempt = Attempt::new(app, &owner, key, &[path.as_bytes(), query.as_bytes(), &told]);
    Ok((Request::from_parts(parts, Body::from(body)), attempt))
}

/// Refusals that are the same the next time.
const LASTING: [u16; 6] = [400, 403, 404, 412, 413, 415];

/// What was refused for good is kept; after what may go better the next time, the key is free.
async fn settle(
    app: &App,
    attempt: Arc<Attempt>,
    error: Option<Arc<Error>>,
    id: &RequestId,
) -> Result<()> {
    // What was refused to strangers would fill the database.
    let lasts =
        |error: &Arc<Error>| attempt.is_of_somebody && LASTING.contains(&error.status().as_u16());
    let Some(error) = error.filter(lasts) else {
        return app.db.write(move |tx| Ok(store::release(tx, &attempt.id)?)).await;
    };
    let status = error.status().as_u16().into();
    let body =
        serde_json::to_vec(&error.problem(&app.site.url, &id.0)).map_err(anyhow::Error::new)?;
    app.db
        .write(move |tx| attempt.keep(tx, Answer { status, location: None, body: body.clone() }))
        .await
}

/// Forgets what is older than a day.
pub fn sweep(tx: &mut Tx) -> Result<()> {
    Ok(store::sweep(tx, clock::now().plus(-KEPT))?)
}

impl<S: Sync> FromRequestParts<S> for Once {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}
