//! Taking one's data along, and deleting one's account.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Announced, Asked, Banned, Belongs, Invited, Said, TakesPart};
use crate::app::App;
use crate::comments::CommentId;
use crate::error::{Faults, Result};
use crate::events::shape::EventOut;
use crate::groups::GroupId;
use crate::http::extract::{Body, Json};
use crate::images::shape::ImageOut;
use crate::input::Field;
use crate::notifications::api::{NotificationOut, SettingOut};
use crate::sessions::Session;
use crate::users::User;
use crate::users::api::OwnUserOut;

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(delete)).routes(routes!(export))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = AccountDeletion)]
pub(super) struct DeletionIn {
    #[schema(value_type = String, required, format = "password", example = "jollof rice at noon")]
    #[serde(default)]
    password: Field<String>,
}

impl DeletionIn {
    /// The password that proves who asks.
    pub(super) fn read(self) -> Result<String> {
        let mut faults = Faults::default();
        let password = self.password.required("password", &mut faults);
        password.ok_or(faults.into())
    }
}

/// Everything held about the caller.
#[derive(Serialize, ToSchema)]
pub(super) struct Export {
    user: OwnUserOut,
    sessions: Vec<Session>,
    events: Vec<EventOut>,
    comments: Vec<Said>,
    /// The pictures of themselves, and of the events that they made.
    images: Vec<ImageOut>,
    /// The comments that they like.
    likes: Vec<CommentId>,
    interests: Vec<TakesPart>,
    memberships: Vec<Belongs>,
    notifications: Vec<NotificationOut>,
    notification_settings: Vec<SettingOut>,
    /// The groups that they follow.
    following: Vec<GroupId>,
    /// Where they are invited.
    invitations: Vec<Invited>,
    /// Where they ask to be let in.
    requests: Vec<Asked>,
    /// What they told the members of groups.
    announcements: Vec<Announced>,
    /// Where they are kept out.
    bans: Vec<Banned>,
}

/// Show everything held about the caller.
#[utoipa::path(
    get,
    path = "/api/users/profile/export/",
    tag = "users",
    security(("bearer" = [])),
    responses((status = 200, body = Export)),
)]
pub(super) async fn export(app: App, user: User) -> Result<Json<Export>> {
    app.db
        .read_slow(move |conn| {
            let all = super::export(conn, &user)?;
            let events = EventOut::for_viewer(conn, &(&all.user).into(), all.events)?;
            let settings = all.notification_settings.into_iter();
            Ok(Json(Export {
                user: all.user.into(),
                sessions: all.sessions,
                events,
                comments: all.comments,
                images: all.images.into_iter().map(ImageOut::from).collect(),
                likes: all.likes,
                interests: all.interests,
                memberships: all.memberships,
                notifications: all.notifications.into_iter().map(NotificationOut::from).collect(),
                notification_settings: settings.map(SettingOut::from).collect(),
                following: all.following,
                invitations: all.invitations,
                requests: all.requests,
                announcements: all.announcements,
                bans: all.bans,
            }))
        })
        .await
}

/// Delete one's account: every session ends at once.
///
/// Comments and interests are taken back. Groups go to the admin, or else the member, who has been
/// there longest. Events of a group stay with its owner; the others are deleted.
#[utoipa::path(
    delete,
    path = "/api/users/profile/",
    tag = "users",
    security(("bearer" = [])),
    request_body = DeletionIn,
    responses((status = 204)),
)]
async fn delete(app: App, user: User, Body(input): Body<DeletionIn>) -> Result<StatusCode> {
    super::close(&app, &user, &input.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
