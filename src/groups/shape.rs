//! How groups and memberships are written on the wire.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Change, Description, Filter, Group, GroupId, Membership, Name, NewGroup, Role, Visibility,
};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::{Error, Faults, Result};
use crate::files::Size;
use crate::input::Field;
use crate::users::Viewer;
use crate::users::api::PersonOut;
use crate::words::Wanted;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = GroupPatch)]
pub(crate) struct GroupIn {
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "Lagos Rustaceans")]
    #[serde(default)]
    name: Field<Name>,
    #[schema(value_type = Option<String>, max_length = 5000, example = "We meet, we eat, we compile.")]
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
pub(super) struct GroupPut {
    #[schema(min_length = 1, max_length = 100, example = "Lagos Rustaceans")]
    name: String,
    #[schema(max_length = 5000, example = "We meet, we eat.")]
    description: Option<String>,
    /// `open` by default.
    #[schema(inline, required = false)]
    visibility: Visibility,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(super) struct GroupQuery {
    /// `me`: only the groups that the caller belongs to.
    #[param(inline, value_type = Option<Me>)]
    member: Field<Me>,
    /// `me`: only the groups that the caller follows.
    #[param(inline, value_type = Option<Me>)]
    following: Field<Me>,
    /// Groups that have all of these words, in the name first. The last word may be the beginning of
    /// one; quotes hold words together.
    #[param(value_type = Option<String>, max_length = 200, example = "rust")]
    q: Field<Wanted>,
}

impl GroupQuery {
    /// What it asks for, in the name of a caller.
    pub(super) fn read(self, viewer: &Viewer) -> Result<Filter> {
        let mut faults = Faults::default();
        let own = self.member.or_nothing("member", &mut faults).is_some();
        let followed = self.following.or_nothing("following", &mut faults).is_some();
        let q = self.q.or_nothing("q", &mut faults);
        faults.check()?;
        if (own || followed) && viewer.id().is_none() {
            return Err(Error::Unauthenticated("sign in to see your groups"));
        }

        let member = viewer.id().filter(|_| own);
        Ok(Filter { member, follower: viewer.id().filter(|_| followed), q })
    }
}

crate::word! {
    /// The caller.
    Me { Me = "me" }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewMembership)]
pub(super) struct MembershipIn {
    /// `member` by default. `owner` hands the group over, and only its owner may.
    #[schema(inline, value_type = Role)]
    #[serde(default)]
    role: Field<Role>,
}

impl MembershipIn {
    pub(super) fn read(self) -> Result<Option<Role>> {
        let mut faults = Faults::default();
        let role = self.role.optional("role", &mut faults);
        faults.check().map(|()| role)
    }
}

/// People who hold events together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Group)]
pub(super) struct GroupOut {
    pub(super) id: GroupId,
    #[schema(example = "Lagos Rustaceans")]
    name: String,
    description: String,
    #[schema(inline)]
    visibility: Visibility,
    /// The address of a picture of at most 960 pixels a side.
    #[schema(format = "uri")]
    image: Option<String>,
    owner: PersonOut,
    /// How many belong to it, the owner among them.
    #[schema(example = 1)]
    member_count: i64,
    /// How many follow it.
    #[schema(example = 0)]
    follower_count: i64,
    /// What the caller is there; null for anonymous callers.
    viewer: Option<GroupViewer>,
    created_at: Instant,
    updated_at: Instant,
}

/// What the caller is in a group.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GroupViewer {
    #[schema(inline)]
    role: Option<Role>,
    /// Whether they follow it.
    following: bool,
}

/// Somebody in a group.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub(super) struct MembershipOut {
    group: GroupId,
    user: PersonOut,
    #[schema(inline)]
    role: Role,
    created_at: Instant,
}

impl GroupOut {
    pub(super) fn new(group: Group, viewer: Option<GroupViewer>) -> Self {
        Self {
            id: group.id,
            name: group.name,
            description: group.description,
            visibility: group.visibility,
            image: group.image.map(|file| file.url(Size::Large)),
            owner: group.owner.into(),
            member_count: group.member_count,
            follower_count: group.follower_count,
            viewer,
            created_at: group.created_at,
            updated_at: group.updated_at,
        }
    }

    /// The groups with what the caller is in each, all asked at once.
    pub(super) fn for_viewer(
        conn: &mut Conn,
        viewer: &Viewer,
        groups: Vec<Group>,
    ) -> Result<Vec<Self>> {
        let Some(user) = viewer.id() else {
            return Ok(groups.into_iter().map(|group| Self::new(group, None)).collect());
        };
        let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
        let roles: HashMap<_, _> = super::roles_in(conn, &ids, user)?.into_iter().collect();
        let followed = super::follows::followed(conn, &ids, user)?;
        let out = |group: Group| {
            let role = roles.get(&group.id).copied();
            let following = followed.contains(&group.id);
            Self::new(group, Some(GroupViewer { role, following }))
        };
        Ok(groups.into_iter().map(out).collect())
    }

    pub(super) fn one(conn: &mut Conn, viewer: &Viewer, group: Group) -> Result<Self> {
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
    pub(crate) fn whole(self) -> Self {
        Self {
            name: self.name.must(),
            description: self.description.or(Description::default()),
            visibility: self.visibility.or(Visibility::Open),
        }
    }

    pub(crate) fn read(self) -> Result<Change> {
        let mut faults = Faults::default();
        let change = Change {
            name: self.name.optional("name", &mut faults),
            description: self.description.clearable("description", &mut faults),
            visibility: self.visibility.optional("visibility", &mut faults),
        };
        faults.check().map(|()| change)
    }

    pub(crate) fn new_group(self) -> Result<NewGroup> {
        let Change { name, description, visibility } = self.whole().read()?;
        Ok(NewGroup {
            name: name.unwrap_or_default(),
            description: description.unwrap_or_default(),
            visibility: visibility.unwrap_or(Visibility::Open),
        })
    }
}
