//! The page of a group: what it is, who one is in it, what it holds next, and what it tells.

use askama::Template;
use axum::Router;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};

use crate::address;
use crate::app::App;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::events::shown::Card;
use crate::events::{self, Filter, When};
use crate::files::Size;
use crate::groups::address::Named;
use crate::groups::shown::{Belonging, Face, Head, Told};
use crate::groups::{self, Group, GroupId, JoinRequestIn, Role, Visibility};
use crate::http::extract::Path;
use crate::http::form::Form;
use crate::http::page::{Page, refused};
use crate::http::paging::Paging;
use crate::http::visit::Visit;
use crate::images::{self, Place};
use crate::users::{User, Viewer};

/// The page of a group.
pub fn routes() -> Router<App> {
    Router::new().route("/groups/{group}/", get(show)).route("/groups/{group}/ask/", post(ask))
}

/// How many events, and how many announcements, the page shows.
const EVENTS: usize = 6;
const ANNOUNCEMENTS: usize = 3;

#[derive(Template)]
#[template(path = "pages/group.html")]
struct GroupPage {
    visit: Visit,
    head: Head,
    group: Group,
    owner: Face,
    /// What the picture shows.
    alt: String,
    belonging: Belonging,
    cards: Vec<Card>,
    told: Vec<Told>,
    /// What somebody says who asks to be let in.
    form: Form,
}

impl GroupPage {
    /// Whether other sites may show what it is about.
    fn is_public(&self) -> bool {
        self.group.visibility != Visibility::Private
    }

    fn canonical(&self) -> String {
        address::of(&self.head.path)
    }

    fn picture(&self) -> Option<String> {
        self.group.image.as_ref().map(|file| file.url(Size::Large))
    }
}

async fn show(
    app: App,
    visit: Visit,
    viewer: Viewer,
    Path(Named(id)): Path<Named>,
) -> Result<Response> {
    let page = read(&app, visit, viewer, id).await?;
    let asked = page.visit.path().split('?').next().unwrap_or_default();
    if asked == page.head.path {
        return Ok(Page(page).into_response());
    }
    // Not to be kept: a group that is given its old name again is where it was.
    let to = Redirect::permanent(&page.head.path);
    Ok(([(CACHE_CONTROL, "no-store")], to).into_response())
}

async fn read(app: &App, visit: Visit, viewer: Viewer, id: GroupId) -> Result<GroupPage> {
    let work = move |conn: &mut Conn| {
        let (group, rights) = groups::visible(conn, &viewer, id)?;
        let belonging = Belonging::read(conn, &visit, &viewer, &group, rights)?;
        let cards = next_events(conn, &visit, &viewer, id)?;
        let told = match rights.can_hear() {
            true => latest(conn, &visit, &viewer, id)?,
            false => Vec::new(),
        };
        let head = Head::new(&group, rights);
        let (owner, form) = (Face::from(&group.owner), Form::default());
        let alt = alt(conn, &group)?;
        Ok(GroupPage { visit, head, group, owner, alt, belonging, cards, told, form })
    };
    app.db.read_slow(work).await
}

/// What goes on now, and what comes next.
fn next_events(
    conn: &mut Conn,
    visit: &Visit,
    viewer: &Viewer,
    group: GroupId,
) -> Result<Vec<Card>> {
    let mut cards = Vec::new();
    for when in [When::Now, When::Upcoming] {
        let filter = Filter { group: Some(group), when: Some(when), ..Filter::default() };
        let page = events::list(conn, viewer, &filter, &Paging::first(EVENTS))?;
        cards.extend(page.rows.iter().map(|event| Card::new(visit, event)));
    }
    cards.truncate(EVENTS);
    Ok(cards)
}

fn latest(conn: &mut Conn, visit: &Visit, viewer: &Viewer, group: GroupId) -> Result<Vec<Told>> {
    let first = Paging::first(ANNOUNCEMENTS);
    let (page, _) = groups::list_announcements(conn, viewer, group, &first)?;
    Ok(page.rows.into_iter().map(|told| Told::new(visit, told)).collect())
}

fn alt(conn: &mut Conn, group: &Group) -> Result<String> {
    match images::get_at(conn, Place::Group(group.id)) {
        Ok(image) => Ok(image.alt),
        Err(Error::NotFound(_)) => Ok(String::new()),
        Err(other) => Err(other),
    }
}

async fn ask(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    form: Form,
) -> Result<Response> {
    let message = match form.read::<JoinRequestIn>()?.read() {
        Ok(message) => message,
        Err(error) => {
            let form = form.refused(error)?;
            let page = read(&app, visit, (&user).into(), id).await?;
            return Ok(refused(GroupPage { form, ..page }));
        }
    };
    let work = move |tx: &mut Tx| {
        groups::ask(tx, &user, id, &message)?;
        Ok(groups::visible(tx, &(&user).into(), id)?.0.path())
    };
    Ok(Redirect::to(&app.db.write(work).await?).into_response())
}
