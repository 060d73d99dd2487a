//! Interests, for programs.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Participation;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Faults, Result};
use crate::events::shape::BriefOut;
use crate::events::{EventId, Interest};
use crate::http::extract::{Body, Json, Path};
use crate::http::openapi::also;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::Field;
use crate::users::api::PersonOut;
use crate::users::{User, UserId};

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, replace))
        .routes(routes!(delete))
        .routes(routes!(list_of_user))
        .routes(routes!(list_of_event))
        .routes(also("/api/users/{user_id}/interests/{event_id}/", routes!(delete)))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewInterest)]
struct InterestIn {
    /// `interested` by default. POST leaves a status that is there as it is.
    #[schema(inline, value_type = Interest)]
    #[serde(default)]
    status: Field<Interest>,
}

/// Somebody's interest in an event.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Interest)]
struct InterestOut {
    user: PersonOut,
    event: BriefOut,
    #[schema(inline)]
    status: Interest,
    /// How many more they bring.
    guests: i64,
    /// Their place in line, if they wait.
    position: Option<i64>,
    created_at: Instant,
}

impl From<Participation> for InterestOut {
    fn from(participation: Participation) -> Self {
        Self {
            user: participation.user.into(),
            event: participation.event.into(),
            status: participation.status,
            guests: 0,
            position: None,
            created_at: participation.created_at,
        }
    }
}

impl InterestIn {
    fn read(self) -> Result<Option<Interest>> {
        let mut faults = Faults::default();
        let status = self.status.optional("status", &mut faults);
        faults.check().map(|()| status)
    }
}

type Ids = Path<(UserId, EventId)>;

/// Be interested in an event, or go.
#[utoipa::path(
    post,
    path = "/api/users/{user_id}/interests/{event_id}/",
    tag = "interests",
    security(("bearer" = [])),
    params(("user_id" = UserId, Path), ("event_id" = EventId, Path)),
    request_body = InterestIn,
    responses(
        (status = 201, body = InterestOut),
        (status = 200, description = "Was there already", body = InterestOut),
        (status = 403),
        (status = 409),
    ),
)]
async fn create(
    app: App,
    user: User,
    ids: Ids,
    Body(input): Body<InterestIn>,
) -> Result<(StatusCode, Json<InterestOut>)> {
    save(app, user, ids, input.read()?).await
}

/// Be interested in an event, or go. Without a status it is `interested`, whatever it was.
#[utoipa::path(
    put,
    path = "/api/users/{user_id}/interests/{event_id}/",
    tag = "interests",
    security(("bearer" = [])),
    params(("user_id" = UserId, Path), ("event_id" = EventId, Path)),
    request_body = InterestIn,
    responses(
        (status = 201, body = InterestOut),
        (status = 200, description = "Was there already", body = InterestOut),
        (status = 403),
        (status = 409),
    ),
)]
async fn replace(
    app: App,
    user: User,
    ids: Ids,
    Body(input): Body<InterestIn>,
) -> Result<(StatusCode, Json<InterestOut>)> {
    let status = input.read()?.unwrap_or(Interest::Interested);
    save(app, user, ids, Some(status)).await
}

async fn save(
    app: App,
    actor: User,
    Path((user, event)): Ids,
    status: Option<Interest>,
) -> Result<(StatusCode, Json<InterestOut>)> {
    let (participation, is_new) =
        app.db.write(move |tx| super::create(tx, &actor, user, event, status)).await?;
    let code = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((code, Json(participation.into())))
}

/// Be interested no more.
#[utoipa::path(
    delete,
    path = "/api/users/{user_id}/interests/{event_id}/remove/",
    tag = "interests",
    security(("bearer" = [])),
    params(("user_id" = UserId, Path), ("event_id" = EventId, Path)),
    responses((status = 204), (status = 403)),
)]
async fn delete(app: App, actor: User, Path((user, event)): Ids) -> Result<StatusCode> {
    app.db.write(move |tx| super::delete(tx, &actor, user, event)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List what one takes part in, the soonest first.
#[utoipa::path(
    get,
    path = "/api/users/{id}/interests/",
    tag = "interests",
    security(("bearer" = [])),
    params(("id" = UserId, Path), PageQuery),
    responses((status = 200, body = List<InterestOut>), (status = 403)),
)]
async fn list_of_user(
    app: App,
    actor: User,
    Path(user): Path<UserId>,
    paging: Paging,
) -> Result<Json<List<InterestOut>>> {
    let asking = actor.clone();
    let count = app.db.read_slow(move |conn| super::count_of_user(conn, &asking, user));
    let count = paging.counted(count).await?;
    app.db
        .read(move |conn| {
            let page = super::list_of_user(conn, &actor, user, &paging)?;
            Ok(Json(List::new(page.map(InterestOut::from), &paging, count)))
        })
        .await
}

/// List who takes part in an event, those who came first first. For its organisers.
#[utoipa::path(
    get,
    path = "/api/events/{id}/interests/",
    tag = "interests",
    security(("bearer" = [])),
    params(("id" = EventId, Path), PageQuery),
    responses((status = 200, body = List<InterestOut>), (status = 403)),
)]
async fn list_of_event(
    app: App,
    actor: User,
    Path(event): Path<EventId>,
    paging: Paging,
) -> Result<Json<List<InterestOut>>> {
    app.db
        .read(move |conn| {
            let (page, count) = super::list_of_event(conn, &actor, event, &paging)?;
            let count = paging.count.then_some(count);
            Ok(Json(List::new(page.map(InterestOut::from), &paging, count)))
        })
        .await
}
