//! The links from one page of a list to its neighbours.

use crate::app::App;
use crate::http::paging::{List, Page, Paging};

/// Where the pages before and after this one are, as paths of this site.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

/// The rows of a page, and where its neighbours are.
pub fn turned<T>(app: &App, page: Page<T>, paging: &Paging) -> (Vec<T>, Pager) {
    let list = List::new(page, paging, None);
    let path = |link: String| link.strip_prefix(&app.site.url).unwrap_or(&link).to_owned();
    let pager = Pager { previous: list.previous.map(path), next: list.next.map(path) };
    (list.results, pager)
}
