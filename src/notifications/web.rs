//! The page behind the link in a letter that stops letters of its kind.

use askama::Template;
use axum::Router;
use axum::routing::get;
use serde::Deserialize;

use super::{Kind, settings_web, unsubscribe};
use crate::app::App;
use crate::http::extract::{Body, Query};
use crate::http::page::{Page, PageResult};
use crate::http::visit::Visit;
use crate::input::Field;

/// The pages of this feature.
pub fn routes() -> Router<App> {
    Router::new().route("/unsubscribe/", get(show).post(change)).merge(settings_web::routes())
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
    about: String,
    token: String,
    /// Whether letters come, as far as is known now.
    comes: Option<bool>,
}

/// Asks first: programs that look at links before people do must not decide for them.
async fn show(app: App, visit: Visit, Query(link): Query<Link>) -> PageResult<UnsubscribePage> {
    let token = token(link);
    let (_, kind) = unsubscribe::read(&app.site, &token)?;
    let about = about(&visit, kind);
    Ok(Page(UnsubscribePage { visit, about, token, comes: None }))
}

async fn change(
    app: App,
    visit: Visit,
    Query(link): Query<Link>,
    Body(choice): Body<Choice>,
) -> PageResult<UnsubscribePage> {
    let token = token(link);
    let (user, kind) = unsubscribe::read(&app.site, &token)?;
    let comes = matches!(choice.again, Field::Value(true));
    app.db.write(move |tx| unsubscribe::set_mail(tx, user, kind, comes)).await?;
    let about = about(&visit, kind);
    Ok(Page(UnsubscribePage { visit, about, token, comes: Some(comes) }))
}

fn token(link: Link) -> String {
    match link.token {
        Field::Value(token) => token,
        _ => String::new(),
    }
}

/// What notifications of a kind are about.
pub(super) fn about(visit: &Visit, kind: Kind) -> String {
    visit.say(match kind {
        Kind::MovedUp => "about-moved-up",
        Kind::EventChanged => "about-event-changed",
        Kind::EventCancelled => "about-event-cancelled",
        Kind::EventComment => "about-event-comment",
        Kind::CommentAnswer => "about-comment-answer",
        Kind::GroupEvent => "about-group-event",
        Kind::GroupInvitation => "about-group-invitation",
        Kind::GroupRequest => "about-group-request",
        Kind::RequestAccepted => "about-request-accepted",
        Kind::RequestRefused => "about-request-refused",
        Kind::GroupRole => "about-group-role",
        Kind::Announcement => "about-announcement",
    })
}
