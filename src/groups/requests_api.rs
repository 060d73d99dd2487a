//! Asking to be let into a closed group, for programs.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::community_api::listed;
use super::shape::MembershipOut;
use super::{GroupId, JoinRequest, Message, requests};
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Faults, Result};
use crate::http::extract::{Body, Json, Path};
use crate::http::idempotency::Once;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::Field;
use crate::users::api::PersonOut;
use crate::users::{User, UserId};

/// The routes of this part.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_requests, create_request))
        .routes(routes!(accept_request))
        .routes(routes!(delete_request))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewJoinRequest)]
pub(crate) struct JoinRequestIn {
    #[schema(value_type = Option<String>, max_length = 500, example = "I make the best jollof in Yaba.")]
    #[serde(default)]
    message: Field<Message>,
}

impl JoinRequestIn {
    pub(crate) fn read(self) -> Result<Message> {
        let mut faults = Faults::default();
        let message = self.message.or_nothing("message", &mut faults).unwrap_or_default();
        faults.check().map(|()| message)
    }
}

/// Somebody who asks to be let into a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = JoinRequest)]
struct JoinRequestOut {
    group: GroupId,
    user: PersonOut,
    message: String,
    created_at: Instant,
}

impl From<JoinRequest> for JoinRequestOut {
    fn from(request: JoinRequest) -> Self {
        Self {
            group: request.group_id,
            user: request.user.into(),
            message: request.message,
            created_at: request.created_at,
        }
    }
}

/// List who asks to be let into a group, the first first, for its owner and its admins.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/requests/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, body = List<JoinRequestOut>), (status = 403)),
)]
async fn list_requests(
    app: App,
    actor: User,
    Path(group): Path<GroupId>,
    paging: Paging,
) -> Result<Json<List<JoinRequestOut>>> {
    listed(app, paging, move |conn, paging| {
        let (page, count) = requests::list(conn, &actor, group, paging)?;
        Ok((page.map(JoinRequestOut::from), count))
    })
    .await
}

/// Ask to be let into a closed group, or say something else about it.
#[utoipa::path(
    post,
    path = "/api/groups/{id}/requests/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path)),
    request_body = JoinRequestIn,
    responses(
        (status = 201, body = JoinRequestOut),
        (status = 200, description = "Was asked already", body = JoinRequestOut),
        (status = 403),
        (status = 409),
    ),
)]
async fn create_request(
    app: App,
    user: User,
    Path(group): Path<GroupId>,
    once: Once,
    Body(input): Body<JoinRequestIn>,
) -> Result<(StatusCode, Json<JoinRequestOut>)> {
    let message = input.read()?;
    app.db
        .write(move |tx| {
            let (request, is_new) = super::ask(tx, &user, group, &message)?;
            let request = JoinRequestOut::from(request);
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            once.keep(tx, status, None, Some(&request))?;
            Ok((status, Json(request)))
        })
        .await
}

/// Let somebody into a group who asked.
#[utoipa::path(
    post,
    path = "/api/groups/{group_id}/requests/{user_id}/accept/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)),
    responses((status = 201, body = MembershipOut), (status = 403)),
)]
async fn accept_request(
    app: App,
    actor: User,
    Path((group, user)): Path<(GroupId, UserId)>,
    once: Once,
) -> Result<(StatusCode, Json<MembershipOut>)> {
    app.db
        .write(move |tx| {
            let membership = MembershipOut::from(requests::accept(tx, &actor, group, user)?);
            once.keep(tx, StatusCode::CREATED, None, Some(&membership))?;
            Ok((StatusCode::CREATED, Json(membership)))
        })
        .await
}

/// Take one's own request back, or refuse somebody else's.
#[utoipa::path(
    delete,
    path = "/api/groups/{group_id}/requests/{user_id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)),
    responses((status = 204), (status = 403)),
)]
async fn delete_request(
    app: App,
    actor: User,
    Path((group, user)): Path<(GroupId, UserId)>,
) -> Result<StatusCode> {
    app.db.write(move |tx| requests::end(tx, &actor, group, user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
