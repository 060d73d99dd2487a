//! The first page: what is on soon, and what many people go to.

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::events::shown::Card;
use crate::events::{self, Event, Filter, Ordering, When};
use crate::http::page::{Page, PageResult};
use crate::http::paging::Paging;
use crate::http::visit::Visit;
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
}

async fn show(app: App, visit: Visit, viewer: Viewer) -> PageResult<HomePage> {
    let asking = visit.clone();
    let read = move |conn: &mut Conn| {
        let mut cards = |filter: Filter| -> Result<Vec<Card>> {
            let page = events::list(conn, &viewer, &filter, &Paging::first(SHOWN))?;
            Ok(page.rows.iter().map(|event: &Event| Card::new(&asking, event)).collect())
        };
        let of = |when| Filter { when: Some(when), ..Filter::default() };
        let popular = Filter { ordering: Some(Ordering::Popular), ..of(When::Upcoming) };
        Ok((cards(of(When::Now))?, cards(of(When::Upcoming))?, cards(popular)?))
    };
    let (now, soon, mut popular) = app.db.read_slow(read).await?;
    // What only repeats the list above it says nothing.
    popular.retain(|card| card.going_count + card.interested_count > 0);
    Ok(Page(HomePage { visit, now, soon, popular }))
}
