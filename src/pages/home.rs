//! The first page: what is on soon, and what many people go to.

use askama::Template;
use axum::Router;
use axum::routing::get;
use serde::Deserialize;

use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::events::shown::Card;
use crate::events::{self, Event, Filter, Near, Ordering, UsedTag, When};
use crate::geo::Place;
use crate::http::extract::Query;
use crate::http::page::{Page, PageResult};
use crate::http::paging::Paging;
use crate::http::visit::Visit;
use crate::input::Field;
use crate::users::Viewer;

/// The first page.
pub fn routes() -> Router<App> {
    Router::new().route("/", get(show))
}

/// How many events each part shows.
const SHOWN: usize = 6;

#[derive(Template)]
#[template(path = "pages/home.html")]
struct HomePage {
    visit: Visit,
    now: Vec<Card>,
    soon: Vec<Card>,
    popular: Vec<Card>,
    near: Vec<Card>,
    /// Where all that is near are, if somebody said near which place.
    near_link: Option<String>,
    /// Words that many events have, and where those are.
    tags: Vec<(String, String)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    near: Field<Place>,
}

/// What the page shows of events.
struct Shown {
    now: Vec<Card>,
    soon: Vec<Card>,
    popular: Vec<Card>,
    near: Vec<Card>,
    tags: Vec<UsedTag>,
}

async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    Query(asked): Query<Asked>,
) -> PageResult<HomePage> {
    let near = match asked.near {
        Field::Value(place) => Some(Near { place, km: 25.0 }),
        _ => None,
    };
    let asking = visit.clone();
    let read = move |conn: &mut Conn| read(conn, &asking, &viewer, near);
    let Shown { now, soon, mut popular, near: close, tags } = app.db.read_slow(read).await?;
    // What nobody has said they go to is not popular.
    popular.retain(|card| card.going_count + card.interested_count > 0);
    let near_link = near
        .map(|Near { place, .. }| format!("/events/?near={},{}", place.latitude, place.longitude));
    let tags = tags.into_iter().map(|tag| {
        let query = form_urlencoded::Serializer::new(String::new());
        let query = { query }.append_pair("tag", &tag.name).finish();
        (tag.name, format!("/events/?{query}"))
    });
    let tags = tags.collect();
    Ok(Page(HomePage { visit, now, soon, popular, near: close, near_link, tags }))
}

fn read(conn: &mut Conn, visit: &Visit, viewer: &Viewer, near: Option<Near>) -> Result<Shown> {
    let mut cards = |filter: Filter| -> Result<Vec<Card>> {
        let page = events::list(conn, viewer, &filter, &Paging::first(SHOWN))?;
        Ok(page.rows.iter().map(|event: &Event| Card::new(visit, event)).collect())
    };
    let of = |when| Filter { when: Some(when), ..Filter::default() };
    let popular = Filter { ordering: Some(Ordering::Popular), ..of(When::Upcoming) };
    let close = Filter { near, ..of(When::Upcoming) };
    Ok(Shown {
        now: cards(of(When::Now))?,
        soon: cards(of(When::Upcoming))?,
        popular: cards(popular)?,
        near: if near.is_some() { cards(close)? } else { Vec::new() },
        tags: events::list_tags(conn, &Paging::first(SHOWN))?.rows,
    })
}
