//! What one should know of, for programs.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Kind, Notification, NotificationId, Setting};
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Faults, Result};
use crate::http::extract::{Body, Json, Path, Query};
use crate::http::idempotency::Once;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::{Field, Input};
use crate::users::User;
use crate::users::api::PersonOut;

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(read_all))
        .routes(routes!(settings))
        .routes(routes!(set))
        .routes(routes!(delete))
        .routes(routes!(read, unread))
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct NotificationQuery {
    /// Whether to leave out what was read.
    #[param(inline, value_type = Option<bool>)]
    unread: Field<bool>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = ReadUpTo)]
struct ReadIn {
    /// The newest that was seen: what came after it stays unread. Everything, by default.
    #[schema(value_type = Option<i64>, example = 7)]
    #[serde(default)]
    up_to: Field<NotificationId>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NotificationSettingPatch)]
struct SettingIn {
    /// Whether they are in the list.
    #[schema(value_type = bool)]
    #[serde(default)]
    app: Field<bool>,
    /// Whether they come as letters, once the address is verified.
    #[schema(value_type = bool)]
    #[serde(default)]
    mail: Field<bool>,
}

/// What one should know of, a page at a time.
#[derive(Serialize, ToSchema)]
struct Notifications {
    /// How many are unread, on all pages.
    #[schema(example = 3)]
    unread_count: i64,
    results: Vec<NotificationOut>,
    /// The next page, to be followed as it is.
    #[schema(format = "uri")]
    next: Option<String>,
    /// The page before this one.
    #[schema(format = "uri")]
    previous: Option<String>,
    /// How long the whole list is, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    count: Option<i64>,
}

/// Something that one should know of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Notification)]
pub struct NotificationOut {
    id: NotificationId,
    #[schema(inline)]
    kind: Kind,
    /// Who caused it, while they have an account.
    actor: Option<PersonOut>,
    /// The id of the event that it is about, while there is one.
    event: Option<i64>,
    /// The id of the group that it is about.
    group: Option<i64>,
    /// The id of the comment that it is about.
    comment: Option<i64>,
    /// The id of the invitation that it is about.
    invitation: Option<i64>,
    /// The id of the announcement that it is about.
    announcement: Option<i64>,
    /// What the event or the group was called then.
    #[schema(example = "Jollof Night")]
    title: String,
    /// What else there is to say: which fields of an event changed, with commas between them; the
    /// role that one has now, or is invited to; what an announcement is called.
    #[schema(example = "start_date,location")]
    detail: String,
    /// Since when one knows.
    read_at: Option<Instant>,
    created_at: Instant,
}

/// How much is left to read.
#[derive(Serialize, ToSchema)]
struct Unread {
    #[schema(example = 0)]
    unread_count: i64,
}

/// How one hears of things of one kind.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationSetting)]
pub struct SettingOut {
    #[schema(inline)]
    kind: Kind,
    /// Whether they are in the list.
    app: bool,
    /// Whether they come as letters, once the address is verified.
    mail: bool,
}

/// How one hears of things of every kind.
#[derive(Serialize, ToSchema)]
#[schema(as = NotificationSettings)]
struct SettingsOut {
    results: Vec<SettingOut>,
}

impl From<Notification> for NotificationOut {
    fn from(it: Notification) -> Self {
        let subject = |kind| it.subject_id.filter(|_| it.kind == kind);
        Self {
            id: it.id,
            kind: it.kind,
            event: it.event_id,
            group: it.group_id,
            comment: it.comment_id,
            invitation: subject(Kind::GroupInvitation),
            announcement: subject(Kind::Announcement),
            actor: it.actor.map(PersonOut::from),
            title: it.title,
            detail: it.detail,
            read_at: it.read_at,
            created_at: it.created_at,
        }
    }
}

impl From<Setting> for SettingOut {
    fn from(it: Setting) -> Self {
        Self { kind: it.kind, app: it.in_app, mail: it.by_mail }
    }
}

/// List what the caller should know of, the newest first.
#[utoipa::path(
    get,
    path = "/api/notifications/",
    tag = "notifications",
    security(("bearer" = [])),
    params(PageQuery, NotificationQuery),
    responses((status = 200, body = Notifications)),
)]
async fn list(
    app: App,
    user: User,
    paging: Paging,
    Query(query): Query<NotificationQuery>,
) -> Result<Json<Notifications>> {
    let mut faults = Faults::default();
    let only_unread = query.unread.or_nothing("unread", &mut faults).unwrap_or(false);
    faults.check()?;
    app.db
        .read_slow(move |conn| {
            let page = super::list(conn, user.id, only_unread, &paging)?;
            let count = match paging.count {
                true => Some(super::count(conn, user.id, only_unread)?),
                false => None,
            };
            let unread_count = super::count(conn, user.id, true)?;
            let list = List::new(page.map(NotificationOut::from), &paging, count);
            let List { results, next, previous, count } = list;
            Ok(Json(Notifications { unread_count, results, next, previous, count }))
        })
        .await
}

/// Mark everything as read, or everything that was seen.
#[utoipa::path(
    post,
    path = "/api/notifications/read/",
    tag = "notifications",
    security(("bearer" = [])),
    request_body = ReadIn,
    responses((status = 200, body = Unread)),
)]
async fn read_all(
    app: App,
    user: User,
    once: Once,
    Body(input): Body<ReadIn>,
) -> Result<Json<Unread>> {
    let mut faults = Faults::default();
    let last = input.up_to.or_nothing("up_to", &mut faults);
    faults.check()?;
    app.db
        .write(move |tx| {
            let unread = Unread { unread_count: super::read_all(tx, user.id, last)? };
            once.keep(tx, StatusCode::OK, None, Some(&unread))?;
            Ok(Json(unread))
        })
        .await
}

/// Mark one as read.
#[utoipa::path(
    post,
    path = "/api/notifications/{id}/read/",
    tag = "notifications",
    security(("bearer" = [])),
    params(("id" = NotificationId, Path)),
    responses((status = 200, body = NotificationOut)),
)]
async fn read(
    app: App,
    user: User,
    Path(id): Path<NotificationId>,
    once: Once,
) -> Result<Json<NotificationOut>> {
    app.db
        .write(move |tx| {
            let read = NotificationOut::from(super::set_read(tx, user.id, id, true)?);
            once.keep(tx, StatusCode::OK, None, Some(&read))?;
            Ok(Json(read))
        })
        .await
}

/// Mark one as unread again.
#[utoipa::path(
    delete,
    path = "/api/notifications/{id}/read/",
    tag = "notifications",
    security(("bearer" = [])),
    params(("id" = NotificationId, Path)),
    responses((status = 204)),
)]
async fn unread(app: App, user: User, Path(id): Path<NotificationId>) -> Result<StatusCode> {
    app.db.write(move |tx| super::set_read(tx, user.id, id, false)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take one off the list.
#[utoipa::path(
    delete,
    path = "/api/notifications/{id}/",
    tag = "notifications",
    security(("bearer" = [])),
    params(("id" = NotificationId, Path)),
    responses((status = 204)),
)]
async fn delete(app: App, user: User, Path(id): Path<NotificationId>) -> Result<StatusCode> {
    app.db.write(move |tx| super::delete(tx, user.id, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Show what the caller wants to know of, and how.
#[utoipa::path(
    get,
    path = "/api/notifications/settings/",
    tag = "notifications",
    security(("bearer" = [])),
    responses((status = 200, body = SettingsOut)),
)]
async fn settings(app: App, user: User) -> Result<Json<SettingsOut>> {
    let settings = app.db.read(move |conn| super::settings(conn, user.id)).await?;
    Ok(Json(SettingsOut { results: settings.into_iter().map(SettingOut::from).collect() }))
}

/// Decide how the caller hears of things of one kind.
#[utoipa::path(
    patch,
    path = "/api/notifications/settings/{kind}/",
    tag = "notifications",
    security(("bearer" = [])),
    params(("kind" = inline(Kind), Path)),
    request_body = SettingIn,
    responses((status = 200, body = SettingOut)),
)]
async fn set(
    app: App,
    user: User,
    Path(kind): Path<String>,
    Body(input): Body<SettingIn>,
) -> Result<Json<SettingOut>> {
    let kind = Kind::from_text(&kind).map_err(|_| Error::NotFound("kind of notification"))?;
    let mut faults = Faults::default();
    let in_app = input.app.optional("app", &mut faults);
    let by_mail = input.mail.optional("mail", &mut faults);
    faults.check()?;
    let setting = app.db.write(move |tx| super::set(tx, user.id, kind, in_app, by_mail)).await?;
    Ok(Json(setting.into()))
}
