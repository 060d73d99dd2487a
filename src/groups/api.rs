//! Groups and their members, for programs.

use std::collections::HashMap;

use axum::http::{HeaderName, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Change, Description, Group, GroupId, Membership, Name, NewGroup, Role, Visibility};
use crate::app::App;
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Faults, Result};
use crate::http::extract::{Body, Json, Path, Query};
use crate::http::openapi::also;
use crate::http::paging::{List, PageQuery, Paging};
use crate::input::Field;
use crate::users::api::PersonOut;
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

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = GroupPatch)]
struct GroupIn {
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Lagos Rustaceans")]
    #[serde(default)]
    name: Field<Name>,
    #[schema(value_type = String, max_length = 5000, example = "We meet, we eat, we compile.")]
    #[serde(default)]
    description: Field<Description>,
    #[schema(inline, value_type = Visibility)]
    #[serde(default)]
    visibility: Field<Visibility>,
}

/// The whole of a group.
#[derive(ToSchema)]
#[schema(as = NewGroup)]
#[expect(dead_code, reason = "it is read as a GroupIn, and asks for more of it")]
struct GroupPut {
    #[schema(min_length = 1, max_length = 100, example = "Lagos Rustaceans")]
    name: String,
    #[schema(required = false, default = "", max_length = 5000, example = "We meet, we eat.")]
    description: String,
    #[schema(inline, required = false, default = "open")]
    visibility: Visibility,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
struct GroupQuery {
    /// `me`: only the groups that the caller belongs to.
    #[param(inline, value_type = Option<Me>)]
    member: Field<Me>,
}

crate::word! {
    /// The caller.
    Me { Me = "me" }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewMembership)]
struct MembershipIn {
    /// `member` by default. `owner` hands the group over, and only its owner may.
    #[schema(inline, value_type = Role)]
    #[serde(default)]
    role: Field<Role>,
}

/// People who hold events together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
struct GroupOut {
    id: GroupId,
    #[schema(example = "Lagos Rustaceans")]
    name: String,
    description: String,
    #[schema(inline)]
    visibility: Visibility,
    /// The address of a picture.
    image: Option<String>,
    owner: PersonOut,
    /// How many belong to it, the owner among them.
    #[schema(example = 1)]
    member_count: i64,
    /// What the caller is there; null for anonymous callers.
    viewer: Option<GroupViewer>,
    created_at: Instant,
    updated_at: Instant,
}

/// What the caller is in a group.
#[derive(Debug, Serialize, ToSchema)]
struct GroupViewer {
    #[schema(inline)]
    role: Option<Role>,
}

/// Somebody in a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
struct MembershipOut {
    group: GroupId,
    user: PersonOut,
    #[schema(inline)]
    role: Role,
    created_at: Instant,
}

impl GroupOut {
    fn new(group: Group, viewer: Option<GroupViewer>) -> Self {
        Self {
            id: group.id,
            name: group.name,
            description: group.description,
            visibility: group.visibility,
            image: None,
            owner: group.owner.into(),
            member_count: group.member_count,
            viewer,
            created_at: group.created_at,
            updated_at: group.updated_at,
        }
    }

    /// The groups with what the caller is in each, all asked at once.
    fn for_viewer(conn: &mut Conn, viewer: &Viewer, groups: Vec<Group>) -> Result<Vec<Self>> {
        let Some(user) = viewer.id() else {
            return Ok(groups.into_iter().map(|group| Self::new(group, None)).collect());
        };
        let ids = groups.iter().map(|group| group.id).collect();
        let roles: HashMap<_, _> = super::roles_in(conn, ids, user)?.into_iter().collect();
        let out = |group: Group| {
            let role = roles.get(&group.id).copied();
            Self::new(group, Some(GroupViewer { role }))
        };
        Ok(groups.into_iter().map(out).collect())
    }

    fn one(conn: &mut Conn, viewer: &Viewer, group: Group) -> Result<Self> {
        let mut out = Self::for_viewer(conn, viewer, vec![group])?;
        out.pop().ok_or(Error::NotFound("group"))
    }
}

impl From<Membership> for MembershipOut {
    fn from(membership: Membership) -> Self {
        Self {
            group: membership.group_id,
            user: membership.user.into(),
            role: membership.role,
            created_at: membership.created_at,
        }
    }
}

impl GroupIn {
    /// What is not there becomes what it was at first.
    fn whole(self) -> Self {
        Self {
            name: self.name.must(),
            description: self.description.or(Description::default()),
            visibility: self.visibility.or(Visibility::Open),
        }
    }

    fn read(self) -> Result<Change> {
        let mut faults = Faults::default();
        let change = Change {
            name: self.name.optional("name", &mut faults),
            description: self.description.clearable("description", &mut faults),
            visibility: self.visibility.optional("visibility", &mut faults),
        };
        faults.check().map(|()| change)
    }

    fn new_group(self) -> Result<NewGroup> {
        let Change { name, description, visibility } = self.whole().read()?;
        Ok(NewGroup {
            name: name.unwrap_or_default(),
            description: description.unwrap_or_default(),
            visibility: visibility.unwrap_or(Visibility::Open),
        })
    }
}

/// List the groups that the caller may see, in the order they were made.
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
    let mut faults = Faults::default();
    let own = query.member.or_nothing("member", &mut faults).is_some();
    faults.check()?;
    let of = viewer.id().filter(|_| own);
    if own && of.is_none() {
        return Err(Error::Unauthenticated("sign in to see your groups"));
    }

    let count = match paging.count {
        true => {
            let viewer = viewer.clone();
            Some(app.db.read_slow(move |conn| super::count(conn, &viewer, of)).await?)
        }
        false => None,
    };
    app.db
        .read(move |conn| {
            let page = super::list(conn, &viewer, of, &paging)?;
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
    Body(input): Body<GroupIn>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<GroupOut>)> {
    let new = input.new_group()?;
    let group = app
        .db
        .write(move |tx| {
            let group = super::create(tx, &owner, &new)?;
            GroupOut::one(tx, &(&owner).into(), group)
        })
        .await?;
    let location = format!("{}/api/groups/{}/", app.site.url, group.id);
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], Json(group)))
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
    params(("id" = GroupId, Path)),
    request_body = GroupPut,
    responses((status = 200, body = GroupOut), (status = 403)),
)]
async fn replace(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    Body(input): Body<GroupIn>,
) -> Result<Json<GroupOut>> {
    change(app, user, id, input.whole().read()?).await
}

/// Change a group: what is absent stays as it is.
#[utoipa::path(
    patch,
    path = "/api/groups/{id}/update/",
    tag = "groups",
    security(("bearer" = [])),
    params(("id" = GroupId, Path)),
    request_body = GroupIn,
    responses((status = 200, body = GroupOut), (status = 403)),
)]
async fn update(
    app: App,
    user: User,
    Path(id): Path<GroupId>,
    Body(input): Body<GroupIn>,
) -> Result<Json<GroupOut>> {
    change(app, user, id, input.read()?).await
}

async fn change(app: App, user: User, id: GroupId, change: Change) -> Result<Json<GroupOut>> {
    app.db
        .write(move |tx| {
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
    params(("id" = GroupId, Path)),
    responses((status = 204), (status = 403)),
)]
async fn delete(app: App, user: User, Path(id): Path<GroupId>) -> Result<StatusCode> {
    app.db.write(move |tx| super::delete(tx, &user, id)).await?;
    Ok(StatusCode::NO_CONTENT)
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
    request_body = Option<MembershipIn>,
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
    Body(input): Body<MembershipIn>,
) -> Result<(StatusCode, Json<MembershipOut>)> {
    let mut faults = Faults::default();
    let role = input.role.optional("role", &mut faults);
    faults.check()?;

    let (membership, is_new) =
        app.db.write(move |tx| super::add_member(tx, &actor, group, user, role)).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(membership.into())))
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
