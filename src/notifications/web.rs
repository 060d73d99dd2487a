//! The page behind the link in a letter that stops letters of its kind.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use serde::Deserialize;

use super::{Kind, unsubscribe};
use crate::app::App;
use crate::http::extract::{Body, Query};
use crate::http::page::{Page, PageResult};
use crate::http::visit::Visit;
use crate::input::Field;

/// The pages of this feature.
pub fn routes() -> Router<App> {
    Router::new().route("/unsubscribe/", get(show).post(change))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Link {
    token: Field<String>,
}

/// Mail programs send `List-Unsubscribe=One-Click` (RFC 8058, section 3.2); the page sends `again`
/// to take it back.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Choice {
    again: Field<bool>,
}

#[derive(Template)]
#[template(path = "notifications/unsubscribe.html")]
struct UnsubscribePage {
    visit: Visit,
    about: &'static str,
    token: String,
    /// Whether letters come, as far as is known now.
    comes: Option<bool>,
}

/// Asks first: programs that look at links before people do must not decide for them.
async fn show(
    State(app): State<App>,
    visit: Visit,
    Query(link): Query<Link>,
) -> PageResult<UnsubscribePage> {
    let token = token(link);
    let (_, kind) = unsubscribe::read(&app.site, &token)?;
    Ok(Page(UnsubscribePage { visit, about: about(kind), token, comes: None }))
}

async fn change(
    State(app): State<App>,
    visit: Visit,
    Query(link): Query<Link>,
    Body(choice): Body<Choice>,
) -> PageResult<UnsubscribePage> {
    let token = token(link);
    let (user, kind) = unsubscribe::read(&app.site, &token)?;
    let comes = matches!(choice.again, Field::Value(true));
    app.db.write(move |tx| unsubscribe::set_mail(tx, user, kind, comes)).await?;
    Ok(Page(UnsubscribePage { visit, about: about(kind), token, comes: Some(comes) }))
}

fn token(link: Link) -> String {
    match link.token {
        Field::Value(token) => token,
        _ => String::new(),
    }
}

/// What letters of a kind are about.
fn about(kind: Kind) -> &'static str {
    match kind {
        Kind::MovedUp => "seats that you get",
        Kind::EventChanged => "changes of events that you take part in",
        Kind::EventCancelled => "events that are cancelled",
        Kind::EventComment => "comments on your events",
        Kind::CommentAnswer => "answers to your comments",
        Kind::GroupEvent => "new events of your groups",
        Kind::GroupInvitation => "invitations to groups",
        Kind::GroupRequest => "people who ask to join your groups",
        Kind::RequestAccepted => "groups that take you in",
        Kind::RequestRefused => "groups that do not take you in",
        Kind::GroupRole => "your role in groups",
        Kind::Announcement => "announcements of your groups",
    }
}
