//! Groups and their members, for programs.

use axum::http::{HeaderName, StatusCode, header};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::shape::{GroupIn, GroupOut, GroupPut, GroupQuery, MembershipIn, MembershipOut};
use super::{Change, GroupId};
use crate::address;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::http::caching::{IfMatch, Precondition};
use crate::http::extract::{Body, Json, Path, Query};
use crate::http::idempotency::Once;
use crate::http::openapi::also;
use crate::http::paging::{List, PageQuery, Paging};
use crate::users::{User, UserId, Viewer};

/// The routes of this feature.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(show))
        .routes(routes!(replace, update))
        .routes(routes!(delete))
        .routes(routes!(members))
        .routes(routes!(add_member))
        .routes(routes!(remove_member))
        .routes(also("/api/groups/{id}/", routes!(replace, update, delete)))
        .routes(also("/api/groups/{group_id}/members/{user_id}/", routes!(remove_member)))
}

/// List the groups that the caller may see, in the order they were made. Where words are looked for,
/// those that have them in their name come first.
#[utoipa::path(
    get,
    path = "/api/groups/",
    tag = "groups",
    security((), ("bearer" = [])),
    params(PageQuery, GroupQuery),
    responses((status = 200, body = List<GroupOut>)),
)]
async fn list(
    app: App,
    viewer: Viewer,
    paging: Paging,
    Query(query): Query<GroupQuery>,
) -> Result<Json<List<GroupOut>>> {
    let filter = query.read(&viewer)?;
    let (asking, same) = (viewer.clone(), filter.clone());
    let count = app.db.read_slow(move |conn| super::count(conn, &asking, &same));
    let count = paging.counted(count).await?;
    app.db
        .read_slow(move |conn| {
            let page = super::list(conn, &viewer, &filter, &paging)?;
            let page = page.turn(|groups| GroupOut::for_viewer(conn, &viewer, groups))?;
            Ok(Json(List::new(page, &paging, count)))
        })
        .await
}

/// Make a group. The caller is its owner.
#[utoipa::path(
    post,
    path = "/api/groups/",
    tag = "groups",
    security(("bearer" = [])),
    request_body = GroupPut,
    responses((status = 201, body = GroupOut, headers(("Location" = String)))),
)]
async fn create(
    app: App,
    owner: User,
    once: Once,
    Body(input): Body<GroupIn>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<GroupOut>)> {
    let new = input.new_group()?;
    app.db
        .write(move |tx| {
            let group = super::create(tx, &owner, &new)?;
            let group = GroupOut::one(tx, &(&owner).into(), group)?;
            let location = address::of(&format!("/api/groups/{}/", group.id));
            once.keep(tx, StatusCode::CREATED, Some(&location), Some(&group))?;
            Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(group)))
        })
        .await
}

/// Show a group.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/",
    tag = "groups",
    security((), ("bearer" = [])),
    params(("id" = GroupId, Path)),
    responses((status = 200, body = GroupOut)),
)]
async fn show(app: App, viewer: Viewer, Path(id): Path<GroupId>) -> Result<Json<GroupOut>> {
    app.db
        .read(move |conn| {
            let (group, _) = super::visible(conn, &viewer, id)?;
            GroupOut::one(conn, &viewer, group).map(Json)
        })
        .await
}

/// Replace a group: what is absent becomes what it was at first.
#[utoipa::path(
    put,
    path = "/api/groups/{id}/update/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), IfMatch),
    request_body = GroupPut,
    responses((status = 200, body = GroupOut), (status = 403)),
)]
async fn replace(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    believed: Precondition,
    Body(input): Body<GroupIn>,
) -> Result<Json<GroupOut>> {
    change(app, user, id, believed, input.whole().read()?).await
}

/// Change a group: what is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/api/groups/{id}/update/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), IfMatch),
    request_body = GroupIn,
    responses((status = 200, body = GroupOut), (status = 403)),
)]
async fn update(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    believed: Precondition,
    Body(input): Body<GroupIn>,
) -> Result<Json<GroupOut>> {
    change(app, user, id, believed, input.read()?).await
}

async fn change(
    app: App,
    user: User,
    id: GroupId,
    believed: Precondition,
    change: Change,
) -> Result<Json<GroupOut>> {
    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, id, &believed)?;
            let group = super::update(tx, &user, id, &change)?;
            GroupOut::one(tx, &(&user).into(), group).map(Json)
        })
        .await
}

/// Delete a group. Its events stay, without a group.
#[utoipa::path(
    delete,
    path = "/api/groups/{id}/delete/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path), IfMatch),
    responses((status = 204), (status = 403)),
)]
async fn delete(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    believed: Precondition,
) -> Result<StatusCode> {
    app.db
        .write(move |tx| {
            check_unchanged(tx, &user, id, &believed)?;
            super::delete(tx, &user, id)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Fails when the group is not what the caller believes it to be. Who may not change it hears that
/// first.
fn check_unchanged(tx: &mut Tx, user: &User, id: GroupId, believed: &Precondition) -> Result<()> {
    if !believed.is_there() {
        return Ok(());
    }
    super::lock(tx, id)?;
    let (group, rights) = super::visible(tx, &user.into(), id)?;
    match rights.can_manage() {
        true => believed.check(&GroupOut::one(tx, &user.into(), group)?),
        false => Ok(()),
    }
}

/// List the members of a group, those who have been there longest first.
#[utoipa::path(
    get,
    path = "/api/groups/{id}/members/",
    tag = "groups",
    security((), ("bearer" = [])),
    params(("id" = GroupId, Path), PageQuery),
    responses((status = 200, body = List<MembershipOut>)),
)]
async fn members(
    app: App,
    viewer: Viewer,
    Path(id): Path<GroupId>,
    paging: Paging,
) -> Result<Json<List<MembershipOut>>> {
    app.db
        .read(move |conn| {
            let page = super::list_members(conn, &viewer, id, &paging)?.map(MembershipOut::from);
            // The group keeps count itself.
            let count = super::visible(conn, &viewer, id)?.0.member_count;
            Ok(Json(List::new(page, &paging, paging.count.then_some(count))))
        })
        .await
}

/// Join an open group, add somebody to one's own, or change what a member may do.
#[utoipa::path(
    post,
    path = "/api/groups/{group_id}/members/{user_id}/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)),
    request_body = MembershipIn,
    responses(
        (status = 201, body = MembershipOut),
        (status = 200, description = "Was a member already", body = MembershipOut),
        (status = 403),
        (status = 409),
    ),
)]
async fn add_member(
    app: App,
    actor: User,
    Path((group, user)): Path<(GroupId, UserId)>,
    once: Once,
    Body(input): Body<MembershipIn>,
) -> Result<(StatusCode, Json<MembershipOut>)> {
    let role = input.read()?;
    app.db
        .write(move |tx| {
            let (membership, is_new) = super::add_member(tx, &actor, group, user, role)?;
            let membership = MembershipOut::from(membership);
            let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
            once.keep(tx, status, None, Some(&membership))?;
            Ok((status, Json(membership)))
        })
        .await
}

/// Leave a group, or take somebody out of one's own.
#[utoipa::path(
    delete,
    path = "/api/groups/{group_id}/members/{user_id}/remove/",
    tag = "groups",
    security(("bearer" = [])),
    params(("group_id" = GroupId, Path), ("user_id" = UserId, Path)),
    responses(
        (status = 204),
        (status = 403),
        (status = 409),
    ),
)]
async fn remove_member(
    app: App,
    actor: User,
    Path((group, user)): Path<(GroupId, UserId)>,
) -> Result<StatusCode> {
    app.db.write(move |tx| super::remove_member(tx, &actor, group, user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
