//! Events as a list.

use askama::Template;
use axum::http::Uri;

use super::{Search, or_nothing};
use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::events::shown::Card;
use crate::events::{self, Filter, Ordering, When};
use crate::groups;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::users::Viewer;

#[derive(Template)]
#[template(path = "pages/find/list.html")]
pub(super) struct ListPage {
    visit: Visit,
    search: Search,
    found: Found,
}

/// What there is to show.
#[derive(Default)]
pub(super) struct Found {
    cards: Vec<Card>,
    links: Links,
    /// Words that many events have.
    tags: Vec<String>,
    /// The group whose events they are.
    group: Option<String>,
}

/// How many words are offered.
const TAGS: usize = 12;

pub(super) async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    uri: Uri,
    paging: Paging,
) -> PageResult<ListPage> {
    let search = Search::read(uri.query())?;
    let mut filter = search.not_over(&app, &visit);
    if filter.when == Some(When::Past) && filter.ordering.is_none() && filter.q.is_none() {
        filter.ordering = Some(Ordering::LatestStart);
    }
    let asking = visit.clone();
    let read = move |conn: &mut Conn| find(conn, (&asking, &viewer), &filter, &paging);
    let found = or_nothing(app.db.read_slow(read).await)?;
    Ok(Page(ListPage { visit, search, found }))
}

fn find(
    conn: &mut Conn,
    (visit, viewer): (&Visit, &Viewer),
    filter: &Filter,
    paging: &Paging,
) -> Result<Found> {
    let group = match filter.group {
        Some(id) => Some(groups::visible(conn, viewer, id)?.0.name),
        None => None,
    };
    let page = events::list(conn, viewer, filter, paging)?;
    let tags = events::list_tags(conn, &Paging::first(TAGS))?.rows;
    Ok(Found {
        links: page.links(paging),
        cards: page.rows.iter().map(|event| Card::new(visit, event)).collect(),
        tags: tags.into_iter().map(|tag| tag.name).collect(),
        group,
    })
}
