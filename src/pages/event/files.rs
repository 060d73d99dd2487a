//! What of an event is taken along: a date for the calendar, and a picture that stands for its link.

use anyhow::anyhow;
use axum::Router;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, VARY,
};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use chrono::Datelike;
use futures_util::TryStreamExt;
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::error::{Error, Result};
use crate::events::address::Named;
use crate::events::{self, Event, calendar, shown};
use crate::files::Size;
use crate::http::caching::is_known;
use crate::http::extract::Path;
use crate::http::visit::Visit;
use crate::images::card::{self, Card};
use crate::slug::slug;
use crate::users::Viewer;

/// The files.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/{event}/event.ics", get(date))
        .route("/events/{event}/card.png", get(picture))
}

async fn date(
    app: App,
    viewer: Viewer,
    Path(Named(id)): Path<Named>,
) -> Result<([(HeaderName, String); 3], String)> {
    let event = app.db.read(move |conn| events::visible(conn, &viewer, id)).await?;
    let headers = [
        (CONTENT_TYPE, "text/calendar; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, saved_as(&event)),
        (CACHE_CONTROL, "private, no-cache".to_owned()),
    ];
    Ok((headers, calendar::file(&event, app.post.host())))
}

/// What the file is called on the reader's disk: like the event (RFC 6266; RFC 8187 for other letters
/// than those of ASCII).
fn saved_as(event: &Event) -> String {
    let slug = slug(event.details.title.as_str());
    if slug.is_empty() || !slug.is_ascii() {
        let plain = format!("attachment; filename=\"event-{}.ics\"", event.id);
        // The path is written as RFC 8187 wants it.
        let path = event.path();
        let name = path.trim_matches('/').split_once('-').map(|(_, slug)| slug);
        return match name {
            Some(name) => format!("{plain}; filename*=UTF-8''{name}.ics"),
            None => plain,
        };
    }
    format!("attachment; filename=\"{slug}.ics\"")
}

/// Changes with how a card is drawn, so that nobody keeps an older one.
const DRAWING: u8 = 1;

async fn picture(
    app: App,
    visit: Visit,
    Path(Named(id)): Path<Named>,
    headers: HeaderMap,
) -> Result<Response> {
    // Whoever asks: it is kept, and shown to others, by those who fetch it.
    let event = app.db.read(move |conn| events::visible(conn, &Viewer::default(), id)).await?;
    let tag = tag(&visit, &event);
    let about = [
        (ETAG, tag.clone()),
        (CACHE_CONTROL, "public, max-age=300".to_owned()),
        (VARY, "accept-language".to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let drawn = drawn(&app, &visit, &event, tag).await?;
    Ok((about, [(CONTENT_TYPE, "image/png")], drawn).into_response())
}

/// A card, drawn once for all who ask for it.
async fn drawn(app: &App, visit: &Visit, event: &Event, tag: String) -> Result<Bytes> {
    if let Some(card) = app.cards.get(&tag) {
        return Ok(card);
    }
    let _turn = app.kept.turn(&tag).await?;
    if let Some(card) = app.cards.get(&tag) {
        return Ok(card);
    }
    let card = describe(visit, event, photo(app, event).await);
    let drawn = app.painters.run(move || card::draw(&card).map_err(|err| anyhow!(err).into()));
    let drawn = Bytes::from(drawn.await?);
    app.cards.put(tag, drawn.clone());
    Ok(drawn)
}

fn tag(visit: &Visit, event: &Event) -> String {
    let thumbnail = event.thumbnail.as_ref().map_or("", |file| file.as_str());
    let parts = [visit.site(), visit.language().code(), thumbnail].join("\n");
    let parts = format!("{DRAWING} {} {} {parts}", event.id, event.updated_at.micros());
    format!("\"{}\"", &format!("{:x}", Sha256::digest(parts))[..32])
}

fn describe(visit: &Visit, event: &Event, photo: Option<Vec<u8>>) -> Card {
    let details = &event.details;
    let first = details.start_date.0;
    Card {
        number: event.id.0,
        title: details.title.as_str().to_owned(),
        when: shown::when(visit, details),
        place: details.location.as_str().to_owned(),
        site: visit.site().to_owned(),
        leaf: (visit.language().short_month(first), first.day().to_string()),
        photo,
    }
}

/// The event's own picture. A card without it is better than none.
async fn photo(app: &App, event: &Event) -> Option<Vec<u8>> {
    let name = event.thumbnail.as_ref()?.sized(Size::Large);
    let read = async {
        let (_, stream) = app.storage.get(&name, None).await?;
        let chunks: Vec<_> = stream.try_collect().await.map_err(anyhow::Error::new)?;
        Ok::<_, Error>(chunks.concat())
    };
    read.await.inspect_err(|err| tracing::warn!(%err, name, "cannot read a picture")).ok()
}
