//! What everybody sees of somebody.

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::events::shown::Card;
use crate::events::{self, Filter, When};
use crate::files::Size;
use crate::http::extract::Path;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::images::{self, Place};
use crate::users::{self, User, UserId, Viewer};

/// The page.
pub fn routes() -> Router<App> {
    Router::new().route("/people/{id}/", get(show))
}

#[derive(Template)]
#[template(path = "pages/person.html")]
struct PersonPage {
    visit: Visit,
    person: User,
    /// Whether it is they who look.
    is_own: bool,
    /// What the picture of them shows.
    alt: String,
    /// The month in which they signed up.
    since: String,
    cards: Vec<Card>,
    links: Links,
}

async fn show(
    app: App,
    visit: Visit,
    Path(id): Path<UserId>,
    paging: Paging,
) -> PageResult<PersonPage> {
    app.db.read_slow(move |conn| read(conn, visit, id, &paging).map(Page)).await
}

/// The same for everybody: what is not for all is on the pages of groups, and among one's own events.
fn read(conn: &mut Conn, visit: Visit, id: UserId, paging: &Paging) -> Result<PersonPage> {
    let person = users::get(conn, id)?;
    let filter = Filter { creator: Some(id), when: Some(When::Upcoming), ..Filter::default() };
    let page = events::list(conn, &Viewer::default(), &filter, paging)?;
    Ok(PersonPage {
        is_own: visit.is(id.0),
        alt: alt(conn, id)?,
        since: visit.language().month(visit.day_of(person.created_at)),
        links: page.links(paging),
        cards: page.rows.iter().map(|event| Card::new(&visit, event)).collect(),
        person,
        visit,
    })
}

fn alt(conn: &mut Conn, id: UserId) -> Result<String> {
    match images::get_at(conn, Place::User(id)) {
        Ok(image) => Ok(image.alt),
        Err(Error::NotFound(_)) => Ok(String::new()),
        Err(other) => Err(other),
    }
}
