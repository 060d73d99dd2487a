//! The page of what was done to a group, and by whom.

use std::collections::HashMap;

use askama::Template;
use axum::Router;
use axum::routing::get;

use super::address::Named;
use super::shown::{Head, Moment, apart};
use super::{Action, Entry, Role, audit};
use crate::app::App;
use crate::http::extract::Path;
use crate::http::page::{Page, PageResult};
use crate::http::paging::{Links, Paging};
use crate::http::visit::Visit;
use crate::input::Input;
use crate::users::{Person, User, UserId};

/// The pages of this part.
pub fn routes() -> Router<App> {
    Router::new().route("/groups/{group}/audit/", get(show))
}

#[derive(Template)]
#[template(path = "groups/audit.html")]
struct AuditPage {
    visit: Visit,
    head: Head,
    rows: Vec<Row>,
    pager: Links,
}

/// Something that was done, in words.
struct Row {
    said: String,
    /// Why, where somebody said so.
    reason: String,
    at: Moment,
}

impl Row {
    fn new(visit: &Visit, people: &HashMap<UserId, Person>, entry: Entry) -> Self {
        let called = |id: Option<UserId>| match id.and_then(|id| people.get(&id)) {
            Some(person) => called(person),
            None => visit.say("group-deed-somebody"),
        };
        let (actor, user) = (called(entry.actor_id), called(entry.user_id));
        let detail = detail(visit, entry.action, &entry.detail);
        let id = words(&entry);
        let values =
            [("actor", (&actor).into()), ("user", (&user).into()), ("detail", (&detail).into())];
        let said = visit.language().tell(id, &values);
        let reason = if entry.action == Action::Banned { entry.detail } else { String::new() };
        Self { said, reason, at: Moment::new(visit, entry.created_at) }
    }
}

/// A name that is nobody else's.
fn called(person: &Person) -> String {
    match person.display_name.as_str() {
        "" => person.username.clone(),
        name => format!("{name} ({})", person.username),
    }
}

/// What else there is to say, in words.
fn detail(visit: &Visit, action: Action, detail: &str) -> String {
    match action {
        Action::Changed => {
            let fields: Vec<String> = detail.split(", ").map(|it| field(visit, it)).collect();
            fields.join(", ")
        }
        Action::Joined
        | Action::Added
        | Action::RoleChanged
        | Action::Invited
        | Action::InvitationAccepted => {
            Role::from_text(detail).map_or_else(|_| detail.to_owned(), |role| role.said(visit))
        }
        _ => detail.to_owned(),
    }
}

fn field(visit: &Visit, name: &str) -> String {
    visit.say(match name {
        "name" => "group-deed-field-name",
        "description" => "group-deed-field-description",
        "visibility" => "group-deed-field-visibility",
        other => other,
    })
}

/// The text that says what was done.
fn words(entry: &Entry) -> &'static str {
    match entry.action {
        Action::Created => "group-deed-created",
        Action::Changed => "group-deed-changed",
        Action::ImageChanged => "group-deed-image-changed",
        Action::ImageRemoved => "group-deed-image-removed",
        Action::Joined => "group-deed-joined",
        Action::Added => "group-deed-added",
        // An account that went took its name with it.
        Action::Left if entry.actor_id.is_none() => "group-deed-gone",
        Action::Left => "group-deed-left",
        Action::Removed => "group-deed-removed",
        Action::RoleChanged => "group-deed-role-changed",
        Action::HandedOver if entry.actor_id.is_none() => "group-deed-inherited",
        Action::HandedOver => "group-deed-handed-over",
        Action::Invited if entry.user_id.is_none() => "group-deed-invited-somebody",
        Action::Invited => "group-deed-invited",
        Action::InvitationAccepted => "group-deed-invitation-accepted",
        Action::InvitationDeclined => "group-deed-invitation-declined",
        Action::InvitationRevoked if entry.user_id.is_none() => "group-deed-invitation-taken-back",
        Action::InvitationRevoked => "group-deed-invitation-revoked",
        Action::Requested => "group-deed-requested",
        Action::RequestWithdrawn => "group-deed-request-withdrawn",
        Action::RequestAccepted => "group-deed-request-accepted",
        Action::RequestRefused => "group-deed-request-refused",
        Action::Banned => "group-deed-banned",
        Action::Unbanned => "group-deed-unbanned",
        Action::Announced => "group-deed-announced",
        Action::AnnouncementDeleted => "group-deed-announcement-deleted",
        Action::EventCreated => "group-deed-event-created",
        Action::EventChanged => "group-deed-event-changed",
        Action::EventCancelled => "group-deed-event-cancelled",
        Action::EventDeleted => "group-deed-event-deleted",
        Action::EventMovedIn => "group-deed-event-moved-in",
        Action::EventMovedOut => "group-deed-event-moved-out",
    }
}

async fn show(
    app: App,
    visit: Visit,
    user: User,
    Path(Named(id)): Path<Named>,
    paging: Paging,
) -> PageResult<AuditPage> {
    app.db
        .read(move |conn| {
            let (page, _) = audit::list(conn, &user, id, &paging)?;
            let head = Head::read(conn, &(&user).into(), id)?;
            let (entries, pager) = apart(page, &paging);
            let named = entries.iter().flat_map(|entry| [entry.actor_id, entry.user_id]);
            let people = super::people(conn, named)?;
            let rows = entries.into_iter().map(|it| Row::new(&visit, &people, it)).collect();
            Ok(Page(AuditPage { visit, head, rows, pager }))
        })
        .await
}
