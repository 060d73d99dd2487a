//! What the members of a group are told, for programs.

use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::community_api::listed;
use super::{Announcement, AnnouncementId, GroupId, Title, announcements};
use crate::address;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Faults, Result};
use crate::http::extract::{Body, Json, Path};
use crate::http::idempotency::Once;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::Field;
use crate::users::User;
use crate::users::api::PersonOut;

/// The routes of this part.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_announcements, announce))
        .routes(routes!(show_announcement, delete_announcement))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewAnnouncement)]
pub(super) struct AnnouncementIn {
    #[schema(value_type = String, required, min_length = 1, max_length = 200, example = "We move")]
    #[serde(default)]
    title: Field<Title>,
    #[schema(
        value_type = String,
        required,
        min_length = 1,
        max_length = 10000,
        example = "From June on we meet in Freedom Park."
    )]
    #[serde(default)]
    body: Field<super::Body>,
}

impl AnnouncementIn {
    pub(super) fn read(self) -> Result<(Title, super::Body)> {
        let mut faults = Faults::default();
        let title = self.title.required("title", &mut faults).unwrap_or_default();
        let body = self.body.required("body", &mut faults).unwrap_or_default();
        faults.check().map(|()| (title, body))
    }
}

/// Something that the members of a group are told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Announcement)]
struct AnnouncementOut {
    id: AnnouncementId,
    group: GroupId,
    /// Who tells them; null where the account went.
    author: Option<PersonOut>,
    title: String,
    body: String,
    created_at: Instant,
}

impl From<Announcement> for AnnouncementOut {
    fn from(announcement: Announcement) -> Self {
        Self {
            id: announcement.id,
            group: announcement.group_id,
            author: announcement.author.map(PersonOut::from),
            title: announcement.title,
            body: announcement.body,
            created_at: announcement.created_at,
        }
    }
}

/// List what the members of a group were told, the latest first.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/announcements/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, body = List<AnnouncementOut>), (status = 403)),
)]
async fn list_announcements(
    app: App,
    user: User,
    Path(group): Path<GroupId>,
    paging: Paging,
) -> Result<Json<List<AnnouncementOut>>> {
    listed(app, paging, move |conn, paging| {
        let (page, count) = announcements::list(conn, &(&user).into(), group, paging)?;
        Ok((page.map(AnnouncementOut::from), count))
    })
    .await
}

/// Tell the members of a group something.
#[utoipa::path(
    post,
    path = "/api/groups/{id}/announcements/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path)),
    request_body = AnnouncementIn,
    responses(
        (status = 201, body = AnnouncementOut, headers(("Location" = String))),
        (status = 403),
    ),
)]
async fn announce(
    app: App,
    author: User,
    Path(group): Path<GroupId>,
    once: Once,
    Body(input): Body<AnnouncementIn>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<AnnouncementOut>)> {
    let (title, body) = input.read()?;
    app.db
        .write(move |tx| {
            let told = super::announce(tx, &author, group, &title, &body)?;
            let told = AnnouncementOut::from(told);
            let location = format!("/api/groups/{group}/announcements/{}/", told.id);
            let location = address::of(&location);
            once.keep(tx, StatusCode::CREATED, Some(&location), Some(&told))?;
            Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(told)))
        })
        .await
}

/// Show something that the members of a group were told.
#[utoipa::path(
    get,
    path = "/api/groups/{group_id}/announcements/{id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("id" = AnnouncementId, Path)),
    responses((status = 200, body = AnnouncementOut), (status = 403)),
)]
async fn show_announcement(
    app: App,
    user: User,
    Path((group, id)): Path<(GroupId, AnnouncementId)>,
) -> Result<Json<AnnouncementOut>> {
    app.db
        .read(move |conn| Ok(Json(announcements::get(conn, &(&user).into(), group, id)?.into())))
        .await
}

/// Take an announcement back.
#[utoipa::path(
    delete,
    path = "/api/groups/{group_id}/announcements/{id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("id" = AnnouncementId, Path)),
    responses((status = 204), (status = 403)),
)]
async fn delete_announcement(
    app: App,
    actor: User,
    Path((group, id)): Path<(GroupId, AnnouncementId)>,
) -> Result<StatusCode> {
    app.db.write(move |tx| announcements::delete(tx, &actor, group, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
