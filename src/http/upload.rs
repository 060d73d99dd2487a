//! Pictures on their way in: a multipart body, read piece by piece, and never more of it at once
//! than one picture.

use std::time::Duration;

use axum::extract::multipart::Field;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::header::CONTENT_TYPE;
use http_body_util::Limited;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};

use super::extract::{LARGEST_BODY, unreadable};
use crate::app::App;
use crate::error::{Error, Result};

/// Pictures that one body holds at most.
pub const MOST_PICTURES: usize = 10;

/// The largest picture, in bytes.
pub const LARGEST_PICTURE: usize = 10_000_000;

/// All of them, and what else a body holds.
const LARGEST_UPLOAD: usize = MOST_PICTURES * LARGEST_PICTURE + LARGEST_BODY;

/// How long one piece may take, and all of them: ten pictures on a slow line take their time.
const SLOWEST_PIECE: Duration = Duration::from_secs(30);
const SLOWEST_UPLOAD: Duration = Duration::from_mins(30);

/// A multipart body with pictures. As long as it is read it has one of few places.
pub struct Upload {
    parts: Multipart,
    until: Instant,
    _place: OwnedSemaphorePermit,
}

/// What a part of the body is.
pub enum Part {
    /// The bytes of a part called `image`.
    Image(Vec<u8>),
    /// The text of a part called `alt`: what a picture shows.
    Alt(String),
}

impl FromRequest<App> for Upload {
    type Rejection = Error;

    async fn from_request(mut request: Request, app: &App) -> Result<Self> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("multipart/form-data") {
            return Err(Error::MediaType);
        }
        let place = app.uploads.clone().try_acquire_owned().map_err(|_| Error::Busy)?;
        DefaultBodyLimit::disable().apply(&mut request);
        let request = request.map(|body| axum::body::Body::new(Limited::new(body, LARGEST_UPLOAD)));
        let parts = Multipart::from_request(request, app)
            .await
            .map_err(|_| Error::Malformed("the multipart body has no boundary".to_owned()))?;
        Ok(Self { parts, until: Instant::now() + SLOWEST_UPLOAD, _place: place })
    }
}

impl Upload {
    /// The next picture or text; others are passed over.
    pub async fn next(&mut self) -> Result<Option<Part>> {
        loop {
            let part = in_time(self.until, self.parts.next_field()).await?;
            let Some(part) = part.map_err(|err| unreadable(&err, LARGEST_UPLOAD))? else {
                return Ok(None);
            };
            match part.name() {
                Some("image") => {
                    let bytes = whole(part, self.until, LARGEST_PICTURE).await?;
                    return Ok(Some(Part::Image(bytes)));
                }
                Some("alt") => {
                    let bytes = whole(part, self.until, LARGEST_BODY).await?;
                    let text = String::from_utf8(bytes);
                    return Ok(Some(Part::Alt(text.map_err(|_| no_text())?)));
                }
                _ => drop(whole(part, self.until, LARGEST_PICTURE).await?),
            }
        }
    }
}

async fn whole(mut part: Field<'_>, until: Instant, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(piece) =
        in_time(until, part.chunk()).await?.map_err(|err| unreadable(&err, LARGEST_UPLOAD))?
    {
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
