//! Pictures on their way in: a multipart body, read piece by piece, and never more of it at once
//! than one picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use futures_util::StreamExt;
use http_body_util::Limited;
use tokio::time::{Instant, timeout};

use super::extract::{HeadTooLong, LARGEST_BODY, unreadable};
use super::idempotency::Owner;
use crate::app::App;
use crate::error::{Error, Result};
use crate::work::Place;

/// Pictures that one body holds at most.
pub const MOST_PICTURES: usize = 10;

/// The largest picture, in bytes.
pub const LARGEST_PICTURE: usize = 10_000_000;

/// All of them, and what else a body holds.
const LARGEST_UPLOAD: usize = MOST_PICTURES * LARGEST_PICTURE + LARGEST_BODY;

/// Parts that a body has at most, pictures and others.
const MOST_PARTS: usize = 50;

/// The longest part that is no picture, in bytes.
const LARGEST_TEXT: usize = 8_000;

/// The longest part of a form that is neither, in bytes: the description of an event, in any script.
const LARGEST_OTHER: usize = 100_000;

/// The longest that the name of a part may be, in characters; the rest of it is cut off.
const LONGEST_NAME: usize = 100;

/// So much may come in before it is known what it belongs to: the head of a part.
const LARGEST_HEAD: usize = 1_000_000;

/// Uploads of one person that are on their way in at once.
const MOST_OF_ONE: usize = 4;

/// How long one piece may take, and all of them: ten pictures on a slow line take their time.
const SLOWEST_PIECE: Duration = Duration::from_secs(30);
const SLOWEST_UPLOAD: Duration = Duration::from_mins(30);

/// A multipart body with pictures. As long as it is read it has one of few places.
pub struct Upload {
    parts: Multipart,
    seen: usize,
    unread: Arc<AtomicUsize>,
    until: Instant,
    is_of_page: bool,
    _place: Place,
}

/// What a part of the body is.
pub enum Part {
    /// The bytes of a part called `image`.
    Image(Vec<u8>),
    /// One that is too large, in a form of a page: it is passed over, and the rest is read.
    TooLarge,
    /// The text of a part called `alt`: what a picture shows.
    Alt(String),
    /// Any other part: what it is called, and its text.
    Text(String, String),
}

/// Whether a request may bring pictures, so that it counts as an upload. A form of a page is
/// multipart for no other reason.
pub fn brings_pictures(request: &Request) -> bool {
    if ![Method::PUT, Method::POST].contains(request.method()) {
        return false;
    }

    let path = request.uri().path();
    match path.starts_with("/api/") {
        true => PLACES.iter().any(|end| path.ends_with(end)),
        false => is_multipart(request),
    }
}

/// What the addresses end with where the API takes pictures.
const PLACES: &[&str] = &["/avatar/", "/thumbnail/", "/image/", "/images/"];

fn is_multipart(request: &Request) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("multipart/form-data")
}

impl FromRequest<App> for Upload {
    type Rejection = Error;

    async fn from_request(mut request: Request, app: &App) -> Result<Self> {
        if !is_multipart(&request) {
            return Err(Error::MediaType("send multipart/form-data"));
        }
        let Owner(owner) = request.extensions().get().cloned().unwrap_or_default();
        let place = app.uploads.take(&owner, MOST_OF_ONE)?;
        let is_of_page = !request.uri().path().starts_with("/api/");
        DefaultBodyLimit::disable().apply(&mut request);
        let unread = Arc::new(AtomicUsize::new(0));
        let counter = unread.clone();
        let request = request.map(|body| {
            let body = Limited::new(body, LARGEST_UPLOAD);
            Body::from_stream(Body::new(body).into_data_stream().map(move |piece| {
                let piece = piece?;
                let unread = counter.fetch_add(piece.len(), Ordering::Relaxed) + piece.len();
                let is_fine = unread <= LARGEST_HEAD;
                is_fine.then_some(piece).ok_or_else(|| axum::Error::new(HeadTooLong))
            }))
        });
        let parts = Multipart::from_request(request, app)
            .await
            .map_err(|_| Error::Malformed("the multipart body has no boundary".to_owned()))?;
        let until = Instant::now() + SLOWEST_UPLOAD;
        Ok(Self { parts, seen: 0, unread, until, is_of_page, _place: place })
    }
}

impl Upload {
    /// The next picture or text.
    pub async fn next(&mut self) -> Result<Option<Part>> {
        let part = in_time(self.until, self.parts.next_field()).await?;
        let Some(part) = part.map_err(|err| unreadable(&err, LARGEST_UPLOAD))? else {
            return Ok(None);
        };
        self.unread.store(0, Ordering::Relaxed);
        self.seen += 1;
        if self.seen > MOST_PARTS {
            return Err(Error::Malformed(format!("a body has at most {MOST_PARTS} parts")));
        }
        let limits = (self.until, &*self.unread);
        Ok(Some(match part.name() {
            Some("image") if self.is_of_page => {
                match bounded(part, limits, LARGEST_PICTURE).await? {
                    Some(bytes) => Part::Image(bytes),
                    None => Part::TooLarge,
                }
            }
            Some("image") => Part::Image(whole(part, limits, LARGEST_PICTURE).await?),
            Some("alt") => {
                let text = String::from_utf8(whole(part, limits, LARGEST_TEXT).await?);
                Part::Alt(text.map_err(|_| no_text())?)
            }
            name => {
                let name = name.unwrap_or_default().chars().take(LONGEST_NAME).collect();
                let most = if self.is_of_page { LARGEST_OTHER } else { LARGEST_TEXT };
                let text = whole(part, limits, most).await?;
                Part::Text(name, String::from_utf8_lossy(&text).into_owned())
            }
        }))
    }
}

/// What a part holds; nothing where it is more than `most`, once all of it has come in.
async fn bounded(
    mut part: Field<'_>,
    (until, unread): (Instant, &AtomicUsize),
    most: usize,
) -> Result<Option<Vec<u8>>> {
    let mut bytes = Some(Vec::new());
    while let Some(piece) =
        in_time(until, part.chunk()).await?.map_err(|err| unreadable(&err, LARGEST_UPLOAD))?
    {
        unread.store(0, Ordering::Relaxed);
        bytes = bytes.filter(|bytes: &Vec<u8>| bytes.len() + piece.len() <= most);
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(&piece);
        }
    }
    Ok(bytes)
}

async fn whole(
    mut part: Field<'_>,
    (until, unread): (Instant, &AtomicUsize),
    most: usize,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) =
        in_time(until, part.chunk()).await?.map_err(|err| unreadable(&err, LARGEST_UPLOAD))?
    {
        unread.store(0, Ordering::Relaxed);
        if bytes.len() + piece.len() > most {
            return Err(Error::TooLarge(most));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

async fn in_time<T>(until: Instant, arriving: impl Future<Output = T>) -> Result<T> {
    if Instant::now() > until {
        return Err(Error::TooSlow);
    }
    timeout(SLOWEST_PIECE, arriving).await.map_err(|_| Error::TooSlow)
}

fn no_text() -> Error {
    Error::invalid("alt", "this is no text in UTF-8")
}
