//! What somebody should know of, as a list.

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use serde::Deserialize;

use super::news;
use crate::app::App;
use crate::comments::{self, CommentId};
use crate::db::Conn;
use crate::error::{Error, Faults, Result};
use crate::events::{self, EventId};
use crate::files::Size;
use crate::groups::{self, AnnouncementId, GroupId};
use crate::http::extract::{Path, Query};
use crate::http::form::Form;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::input::Field;
use crate::notifications::{self, Kind, Notification, NotificationId};
use crate::sessions::cookie_auth::own_path;
use crate::users::{Person, User, Viewer};

/// The list, and what can be done with it.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/notifications/", get(list))
        .route("/notifications/read/", post(read_all))
        .route("/notifications/{id}/", get(open))
        .route("/notifications/{id}/delete/", post(delete))
}

#[derive(Template)]
#[template(path = "pages/notifications.html")]
struct NotificationsPage {
    visit: Visit,
    rows: Vec<Row>,
    links: Links,
    /// The newest of all, where anything is unread, and it is on this page.
    newest: Option<NotificationId>,
    /// Whether what they wanted to look at is not there for them.
    is_gone: bool,
}

/// What the address says besides the page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    gone: Field<bool>,
}

/// Something that somebody should know of.
struct Row {
    id: NotificationId,
    actor: Option<Person>,
    text: String,
    when: String,
    is_unread: bool,
    /// Whether what it is about is still there to be seen.
    leads: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Seen {
    up_to: Field<NotificationId>,
}

impl NotificationsPage {
    /// Where somebody is after they have dismissed one.
    fn here(&self) -> String {
        afresh(self.visit.path())
    }
}

impl Row {
    fn new(visit: &Visit, it: Notification) -> Self {
        Self {
            id: it.id,
            text: news::said(visit, &it),
            when: visit.moment(it.created_at),
            is_unread: it.read_at.is_none(),
            leads: news::path(&it).is_some(),
            actor: it.actor,
        }
    }

    /// Where a picture of whoever caused it is.
    fn picture(&self) -> Option<String> {
        let file = self.actor.as_ref().and_then(|actor| actor.avatar.as_ref());
        file.map(|file| file.path(Size::Small))
    }
}

async fn list(
    app: App,
    visit: Visit,
    user: User,
    Query(said): Query<Said>,
    paging: Paging,
) -> PageResult<NotificationsPage> {
    let asked = paging.clone();
    let page =
        app.db.read_slow(move |conn| notifications::list(conn, user.id, false, &asked)).await?;
    let links = page.links(&paging);
    let links = Links {
        next: links.next.map(|it| afresh(&it)),
        previous: links.previous.map(|it| afresh(&it)),
    };
    let has_newest = links.previous.is_none() && visit.unread() > 0;
    let newest = page.rows.first().map(|it| it.id).filter(|_| has_newest);
    let rows = page.rows.into_iter().map(|it| Row::new(&visit, it)).collect();
    let is_gone = matches!(said.gone, Field::Value(true));
    Ok(Page(NotificationsPage { visit, rows, links, newest, is_gone }))
}

/// The same page of the list, without a word about what is gone.
fn afresh(link: &str) -> String {
    link.replace("gone=true&", "").replace("?gone=true", "")
}

/// What came after they looked stays unread.
async fn read_all(app: App, user: User, form: Form) -> Result<Redirect> {
    let mut faults = Faults::default();
    let last = form.read::<Seen>()?.up_to.or_nothing("up_to", &mut faults);
    faults.check()?;
    app.db.write(move |tx| notifications::read_all(tx, user.id, last)).await?;
    Ok(Redirect::to("/notifications/"))
}

/// Leads to what it is about, and notes that they know: as if they had read it in the list.
async fn open(app: App, user: User, Path(id): Path<NotificationId>) -> Result<Redirect> {
    let viewer = Viewer::from(&user);
    let opened = app.db.write(move |tx| notifications::set_read(tx, user.id, id, true)).await?;
    let path = news::path(&opened);
    let shown = app.db.read(move |conn| check_there(conn, &viewer, &opened)).await;
    match (path, shown) {
        (Some(path), Ok(())) => Ok(Redirect::to(&path)),
        (None, Ok(())) | (_, Err(Error::NotFound(_) | Error::Forbidden(_))) => {
            Ok(Redirect::to("/notifications/?gone=true"))
        }
        (_, Err(other)) => Err(other),
    }
}

/// Fails unless what it is about is still there for them: what somebody said, or else the event, or
/// else the part of a group's pages.
fn check_there(conn: &mut Conn, viewer: &Viewer, it: &Notification) -> Result<()> {
    if let Some(comment) = it.comment_id {
        return comments::visible(conn, viewer, CommentId(comment)).map(drop);
    }
    if let Some(event) = it.event_id {
        return events::check_visible(conn, viewer, EventId(event));
    }
    let Some(group) = it.group_id.map(GroupId) else { return Ok(()) };
    match (it.kind, it.subject_id) {
        (Kind::GroupInvitation, _) => Ok(()),
        (Kind::GroupRequest, _) => match groups::visible(conn, viewer, group)?.1.can_manage() {
            true => Ok(()),
            false => Err(Error::NotFound("request")),
        },
        (Kind::Announcement, Some(told)) => {
            groups::announcement(conn, viewer, group, AnnouncementId(told)).map(drop)
        }
        _ => groups::visible(conn, viewer, group).map(drop),
    }
}

async fn delete(
    app: App,
    user: User,
    Path(id): Path<NotificationId>,
    form: Form,
) -> Result<Redirect> {
    app.db.write(move |tx| notifications::delete(tx, user.id, id)).await?;
    Ok(Redirect::to(own_path(form.text("next"))))
}
