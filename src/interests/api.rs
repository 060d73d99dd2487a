//! Interests, for programs.

use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Decision, Participation};
use crate::app::App;
use crate::clock::Instant;
use crate::db::Tx;
use crate::error::{Faults, Result};
use crate::events::seats::{Answer, Wish};
use crate::events::shape::BriefOut;
use crate::events::{EventId, Interest};
use crate::http::extract::{Body, Json, Path};
use crate::http::idempotency::Once;
use crate::http::openapi::also;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::{Field, Input};
use crate::users::api::PersonOut;
use crate::users::{User, UserId};

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create, replace))
        .routes(routes!(delete))
        .routes(routes!(list_of_user))
        .routes(routes!(list_of_event))
        .routes(routes!(decide, remove))
        .routes(routes!(csv))
        .routes(also("/api/users/{user_id}/interests/{event_id}/", routes!(delete)))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewInterest)]
pub(super) struct InterestIn {
    /// `interested` by default. POST leaves a status that is there as it is.
    #[schema(inline, value_type = Wish)]
    #[serde(default)]
    status: Field<Wish>,
    /// How many they bring along. POST leaves a number that is there as it is.
    #[schema(value_type = i64, minimum = 0, maximum = 5, example = 1)]
    #[serde(default)]
    guests: Field<Guests>,
}

/// A party has six people at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Guests(i64);

impl Guests {
    fn within(guests: i64) -> Result<Self, String> {
        match guests {
            0..=5 => Ok(Self(guests)),
            _ => Err("this must be from 0 to 5".to_owned()),
        }
    }
}

impl Input for Guests {
    fn from_text(text: &str) -> Result<Self, String> {
        i64::from_text(text).and_then(Self::within)
    }

    fn from_json(value: serde_json::Value) -> Result<Self, String> {
        i64::from_json(value).and_then(Self::within)
    }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = InterestDecision)]
struct DecisionIn {
    /// `going` seats them, if there is room; `refused` keeps them away.
    #[schema(inline, value_type = Decision, required)]
    #[serde(default)]
    status: Field<Decision>,
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
            guests: participation.guests,
            position: participation.position,
            created_at: participation.created_at,
        }
    }
}

impl InterestIn {
    pub(super) fn read(self) -> Result<Answer> {
        let mut faults = Faults::default();
        let wish = self.status.optional("status", &mut faults);
        let guests = self.guests.optional("guests", &mut faults).map(|guests| guests.0);
        faults.check().map(|()| Answer { wish, guests })
    }
}

type Ids = Path<(UserId, EventId)>;

/// Be interested in an event, or go. Where no seat is left, one waits for the first that is freed.
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
    once: Once,
    Body(input): Body<InterestIn>,
) -> Result<(StatusCode, Json<InterestOut>)> {
    save(app, user, ids, once, input.read()?).await
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
    let Answer { wish, guests } = input.read()?;
    let whole = Answer {
        wish: Some(wish.unwrap_or(Wish::Interested)),
        guests: Some(guests.unwrap_or_default()),
    };
    save(app, user, ids, Once::default(), whole).await
}

async fn save(
    app: App,
    actor: User,
    Path((user, event)): Ids,
    once: Once,
    answer: Answer,
) -> Result<(StatusCode, Json<InterestOut>)> {
    app.db
        .write_in_turn(event.0, move |tx| {
            let (participation, is_new) = super::create(tx, &actor, user, event, answer)?;
            let interest = InterestOut::from(participation);
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            once.keep(tx, status, None, Some(&interest))?;
            Ok((status, Json(interest)))
        })
        .await
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
    app.db.write_in_turn(event.0, move |tx| super::delete(tx, &actor, user, event)).await?;
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

/// List who takes part in an event, those who came first first. Its organisers see everybody; others
/// see who is going, where the organisers let them.
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

/// Seat somebody whoever else waits, or refuse them. For the event's organisers.
#[utoipa::path(
    put,
    path = "/api/events/{id}/interests/{user_id}/",
    tag = "interests",
    security(("bearer" = [])),
    params(("id" = EventId, Path), ("user_id" = UserId, Path)),
    request_body = DecisionIn,
    responses((status = 200, body = InterestOut), (status = 403), (status = 409)),
)]
async fn decide(
    app: App,
    actor: User,
    Path((event, user)): Path<(EventId, UserId)>,
    Body(input): Body<DecisionIn>,
) -> Result<Json<InterestOut>> {
    let mut faults = Faults::default();
    let Some(decision) = input.status.required("status", &mut faults) else {
        return Err(faults.into());
    };
    let decide = move |tx: &mut Tx| super::decide(tx, &actor, event, user, decision);
    let decided = app.db.write_in_turn(event.0, decide).await?;
    Ok(Json(decided.into()))
}

/// Take somebody off the list, or lift their refusal. For the event's organisers.
#[utoipa::path(
    delete,
    path = "/api/events/{id}/interests/{user_id}/",
    tag = "interests",
    security(("bearer" = [])),
    params(("id" = EventId, Path), ("user_id" = UserId, Path)),
    responses((status = 204), (status = 403)),
)]
async fn remove(
    app: App,
    actor: User,
    Path((event, user)): Path<(EventId, UserId)>,
) -> Result<StatusCode> {
    app.db.write_in_turn(event.0, move |tx| super::remove(tx, &actor, event, user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The guest list as a file for spreadsheets (RFC 4180). For the event's organisers.
#[utoipa::path(
    get,
    path = "/api/events/{id}/interests.csv",
    tag = "interests",
    security(("bearer" = [])),
    params(("id" = EventId, Path)),
    responses((status = 200, body = String, content_type = "text/csv"), (status = 403)),
)]
async fn csv(
    app: App,
    actor: User,
    Path(event): Path<EventId>,
) -> Result<([(HeaderName, String); 2], Vec<u8>)> {
    guest_file(&app, actor, event).await
}

/// The guest list of an event as a file, for its organisers: what it says it is, and its bytes.
pub async fn guest_file(
    app: &App,
    actor: User,
    event: EventId,
) -> Result<([(HeaderName, String); 2], Vec<u8>)> {
    let rows = app.db.read_slow(move |conn| super::all_of_event(conn, &actor, event)).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"event-{event}-guests.csv\"")),
    ];
    Ok((headers, super::csv::write(&rows)?))
}
