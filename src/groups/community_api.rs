//! Who follows a group, whom it keeps out, and what was done to it, for programs.

use std::collections::HashMap;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shape::GroupOut;
use super::{Action, Ban, Entry, EntryId, GroupId, Reason, audit, bans};
use crate::app::App;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Faults, Result};
use crate::http::extract::{Body, Json, Path};
use crate::http::idempotency::Once;
use crate::http::paging::{List, Page, PageQuery, Paging};
use crate::input::Field;
use crate::users::api::PersonOut;
use crate::users::{Person, User, UserId};

/// The routes of this part.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list_bans))
        .routes(routes!(ban, lift_ban))
        .routes(routes!(follow, unfollow))
        .routes(routes!(list_audit))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewBan)]
pub(super) struct BanIn {
    /// Why. The admins see it, and the trail keeps it.
    #[schema(value_type = Option<String>, max_length = 500, example = "They sold tickets that were free.")]
    #[serde(default)]
    reason: Field<Reason>,
}

impl BanIn {
    pub(super) fn read(self, faults: &mut Faults) -> Reason {
        self.reason.or_nothing("reason", faults).unwrap_or_default()
    }
}

/// Somebody who is kept out of a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ban)]
struct BanOut {
    group: GroupId,
    user: PersonOut,
    /// Who keeps them out; null where the account went.
    actor: Option<PersonOut>,
    reason: String,
    created_at: Instant,
}

/// Something that was done to a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Deed)]
struct EntryOut {
    id: EntryId,
    /// Who did it; null where an account went.
    actor: Option<PersonOut>,
    #[schema(inline)]
    action: Action,
    /// Whom they did it to; null where it is nobody, or the account went.
    user: Option<PersonOut>,
    /// Which fields changed, which role was given, why somebody was banned, or what an announcement
    /// or an event is called; else empty.
    #[schema(example = "name, visibility")]
    detail: String,
    created_at: Instant,
}

/// Somebody among these, if they are still there.
pub(super) fn person(people: &HashMap<UserId, Person>, id: Option<UserId>) -> Option<PersonOut> {
    id.and_then(|id| people.get(&id)).cloned().map(PersonOut::from)
}

impl BanOut {
    fn all(conn: &mut Conn, bans: Vec<Ban>) -> Result<Vec<Self>> {
        let people = super::people(conn, bans.iter().map(|ban| ban.actor_id))?;
        let out = |ban: Ban| Self {
            group: ban.group_id,
            user: ban.user.into(),
            actor: person(&people, ban.actor_id),
            reason: ban.reason,
            created_at: ban.created_at,
        };
        Ok(bans.into_iter().map(out).collect())
    }
}

impl EntryOut {
    fn all(conn: &mut Conn, entries: Vec<Entry>) -> Result<Vec<Self>> {
        let named = entries.iter().flat_map(|entry| [entry.actor_id, entry.user_id]);
        let people = super::people(conn, named)?;
        let out = |entry: Entry| Self {
            id: entry.id,
            actor: person(&people, entry.actor_id),
            action: entry.action,
            user: person(&people, entry.user_id),
            detail: entry.detail,
            created_at: entry.created_at,
        };
        Ok(entries.into_iter().map(out).collect())
    }
}

/// One page of a list, and how long that is where it was asked for: then it may take long.
pub(super) async fn listed<T: Send + 'static>(
    app: App,
    paging: Paging,
    read: impl FnOnce(&mut Conn, &Paging) -> Result<(Page<T>, Option<i64>)> + Send + 'static,
) -> Result<Json<List<T>>> {
    let counts = paging.count;
    let work = move |conn: &mut Conn| {
        let (page, count) = read(conn, &paging)?;
        Ok(Json(List::new(page, &paging, count)))
    };
    if counts { app.db.read_slow(work).await } else { app.db.read(work).await }
}

/// List whom a group keeps out, the latest first, for its owner and its admins.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/bans/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, body = List<BanOut>), (status = 403)),
)]
async fn list_bans(
    app: App,
    actor: User,
    Path(group): Path<GroupId>,
    paging: Paging,
) -> Result<Json<List<BanOut>>> {
    listed(app, paging, move |conn, paging| {
        let (page, count) = bans::list(conn, &actor, group, paging)?;
        Ok((page.turn(|bans| BanOut::all(conn, bans))?, count))
    })
    .await
}

/// Keep somebody out of a group, or say anew why. What they are in it goes.
#[utoipa::path(
    put,
    path = "/api/groups/{group_id}/bans/{user_id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)),
    request_body = BanIn,
    responses(
        (status = 201, body = BanOut),
        (status = 200, description = "Was banned already", body = BanOut),
        (status = 403),
        (status = 409),
    ),
)]
async fn ban(
    app: App,
    actor: User,
    Path((group, user)): Path<(GroupId, UserId)>,
    Body(input): Body<BanIn>,
) -> Result<(StatusCode, Json<BanOut>)> {
    let mut faults = Faults::default();
    let reason = input.read(&mut faults);
    faults.check()?;

    app.db
        .write(move |tx| {
            let (ban, is_new) = super::ban(tx, &actor, group, user, &reason)?;
            let ban = BanOut::all(tx, vec![ban])?.pop().ok_or(Error::NotFound("ban"))?;
            Ok((if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(ban)))
        })
        .await
}

/// Keep somebody out no more. They are not in by that.
#[utoipa::path(
    delete,
    path = "/api/groups/{group_id}/bans/{user_id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)),
    responses((status = 204), (status = 403)),
)]
async fn lift_ban(
    app: App,
    actor: User,
    Path((group, user)): Path<(GroupId, UserId)>,
) -> Result<StatusCode> {
    app.db.write(move |tx| super::lift(tx, &actor, group, user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Follow a group: its events are among those of `GET /api/events/?following=me`.
#[utoipa::path(
    post,
    path = "/api/groups/{id}/follow/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path)),
    responses(
        (status = 201, body = GroupOut),
        (status = 200, description = "Was followed already", body = GroupOut),
        (status = 403),
    ),
)]
async fn follow(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    once: Once,
) -> Result<(StatusCode, Json<GroupOut>)> {
    app.db
        .write(move |tx| {
            let (group, is_new) = super::follow(tx, &user, id)?;
            let group = GroupOut::one(tx, &(&user).into(), group)?;
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            once.keep(tx, status, None, Some(&group))?;
            Ok((status, Json(group)))
        })
        .await
}

/// Follow a group no more.
#[utoipa::path(
    delete,
    path = "/api/groups/{id}/follow/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path)),
    responses((status = 204)),
)]
async fn unfollow(app: App, user: User, Path(id): Path<GroupId>) -> Result<StatusCode> {
    app.db.write(move |tx| super::unfollow(tx, &user, id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List what was done to a group, the latest first, for its owner and its admins.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/audit/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, body = List<EntryOut>), (status = 403)),
)]
async fn list_audit(
    app: App,
    user: User,
    Path(group): Path<GroupId>,
    paging: Paging,
) -> Result<Json<List<EntryOut>>> {
    listed(app, paging, move |conn, paging| {
        let (page, count) = audit::list(conn, &user, group, paging)?;
        Ok((page.turn(|entries| EntryOut::all(conn, entries))?, count))
    })
    .await
}
