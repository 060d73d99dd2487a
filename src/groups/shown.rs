//! How groups, and those who have to do with them, are shown on pages.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::{
    Announcement, Group, GroupId, Invitation, InvitationId, Rights, Role, Visibility, address,
    follows, invitations_of, request_of, roles_in, visible,
};
use crate::clock::Instant;
use crate::db::Conn;
use crate::error::Result;
use crate::files::Size;
use crate::http::paging::{Links, Page, Paging};
use crate::http::visit::Visit;
use crate::users::{Person, UserId, Viewer};

/// A group on a card.
#[derive(Clone, Debug)]
pub struct Card {
    /// Its id.
    pub id: i64,
    /// Where its page is.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// How what it is about begins.
    pub summary: String,
    /// Where a picture of it is.
    pub picture: Option<String>,
    /// Who sees it, and who joins it.
    pub visibility: Visibility,
    /// How many belong to it.
    pub member_count: i64,
    /// What the viewer is in it.
    pub role: Option<Role>,
    /// Whether the viewer follows it.
    pub is_followed: bool,
}

/// What every page of a group shows of it, above its own matter.
#[derive(Clone, Debug)]
pub struct Head {
    /// Its id.
    pub id: i64,
    /// Where its page is; the paths of its other pages begin so.
    pub path: String,
    /// What it is called.
    pub name: String,
    /// Where a picture of it is.
    pub picture: Option<String>,
    /// Who sees it, and who joins it.
    pub visibility: Visibility,
    /// What the viewer may do.
    pub rights: Rights,
}

/// What the viewer of a group is in it, or could become.
#[derive(Clone, Debug)]
pub struct Belonging {
    /// What they are.
    pub role: Option<Role>,
    /// Whether they follow it.
    pub is_followed: bool,
    /// Whether they are kept out.
    pub is_banned: bool,
    /// An invitation that waits for their answer.
    pub offer: Option<Offer>,
    /// What they said when they asked to be let in, if they did.
    pub request: Option<String>,
}

/// An invitation, for who is invited.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Identifies it.
    pub id: InvitationId,
    /// The group's id.
    pub group_id: i64,
    /// What the group is called.
    pub group: String,
    /// Where a picture of the group is.
    pub picture: Option<String>,
    /// What they will be.
    pub role: Role,
    /// Who invites them, if their account is still there.
    pub inviter: Option<String>,
    /// Until which day it is good.
    pub until: String,
}

/// Somebody in a list.
#[derive(Clone, Debug)]
pub struct Face {
    /// Their id.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// The name that they sign in with.
    pub username: String,
    /// Where a picture of them is.
    pub picture: Option<String>,
}

/// Something that the members of a group were told.
#[derive(Clone, Debug)]
pub struct Told {
    /// Identifies it.
    pub id: i64,
    /// Who told them, if their account is still there.
    pub author: Option<String>,
    /// What it is about.
    pub title: String,
    /// What they were told.
    pub body: String,
    /// When.
    pub at: Moment,
}

/// A moment, for programs and for people.
#[derive(Clone, Debug)]
pub struct Moment {
    /// RFC 3339.
    pub exact: String,
    /// On the viewer's clock.
    pub said: String,
}

/// The longest summary, in characters.
const SUMMARY: usize = 160;

impl Role {
    /// What it is called.
    pub fn said(self, visit: &Visit) -> String {
        visit.say(match self {
            Self::Owner => "group-role-owner",
            Self::Admin => "group-role-admin",
            Self::Member => "group-role-member",
        })
    }
}

impl Visibility {
    /// What such a group is called.
    pub fn said(self, visit: &Visit) -> String {
        visit.say(match self {
            Self::Open => "group-open",
            Self::Closed => "group-closed",
            Self::Private => "group-private",
        })
    }

    /// What it means for people.
    pub fn explained(self, visit: &Visit) -> String {
        visit.say(match self {
            Self::Open => "group-open-means",
            Self::Closed => "group-closed-means",
            Self::Private => "group-private-means",
        })
    }
}

impl Group {
    /// How what it is about begins, on one line.
    pub fn summary(&self) -> String {
        let words: Vec<&str> = self.description.split_whitespace().collect();
        let line = words.join(" ");
        match line.char_indices().nth(SUMMARY) {
            Some((end, _)) => format!("{}…", line[..end].trim_end()),
            None => line,
        }
    }
}

impl Card {
    /// Groups on cards, with what the viewer is in each.
    pub fn all(conn: &mut Conn, viewer: &Viewer, groups: Vec<Group>) -> Result<Vec<Self>> {
        let ids: Vec<GroupId> = groups.iter().map(|group| group.id).collect();
        let (mut roles, mut followed) = (HashMap::new(), Vec::new());
        if let Some(user) = viewer.id() {
            roles.extend(roles_in(conn, &ids, user)?);
            followed = follows::followed(conn, &ids, user)?;
        }
        let card = |group: Group| Self {
            id: group.id.0,
            path: group.path(),
            summary: group.summary(),
            picture: group.image.as_ref().map(|file| file.path(Size::Large)),
            visibility: group.visibility,
            member_count: group.member_count,
            role: roles.get(&group.id).copied(),
            is_followed: followed.contains(&group.id),
            name: group.name,
        };
        Ok(groups.into_iter().map(card).collect())
    }
}

impl Head {
    /// A group that the viewer sees.
    pub fn new(group: &Group, rights: Rights) -> Self {
        Self {
            id: group.id.0,
            path: group.path(),
            name: group.name.clone(),
            picture: group.image.as_ref().map(|file| file.path(Size::Small)),
            visibility: group.visibility,
            rights,
        }
    }

    /// The group with this id, if the viewer sees it.
    pub fn read(conn: &mut Conn, viewer: &Viewer, id: GroupId) -> Result<Self> {
        let (group, rights) = visible(conn, viewer, id)?;
        Ok(Self::new(&group, rights))
    }

    /// Whether people ask to be let in.
    pub fn is_asked(&self) -> bool {
        self.visibility == Visibility::Closed
    }
}

impl Belonging {
    /// What the viewer is in a group that they see.
    pub fn read(
        conn: &mut Conn,
        visit: &Visit,
        viewer: &Viewer,
        group: &Group,
        rights: Rights,
    ) -> Result<Self> {
        let role = rights.role();
        let is_banned = rights.check_welcome().is_err();
        let mut belonging =
            Self { role, is_followed: false, is_banned, offer: None, request: None };
        let Some(user) = viewer.id() else { return Ok(belonging) };
        belonging.is_followed = follows::followed(conn, &[group.id], user)?.contains(&group.id);
        if role.is_none() {
            let mut offered = invitations_of(conn, user)?;
            offered.retain(|it| it.group.id == group.id);
            belonging.offer = Offer::all(conn, visit, offered)?.pop();
            belonging.request = request_of(conn, group.id, user)?.map(|it| it.message);
        }
        Ok(belonging)
    }
}

impl Offer {
    /// Who invites whom where.
    pub fn said(&self, visit: &Visit) -> String {
        match &self.inviter {
            Some(inviter) => {
                let (inviter, group) = (("inviter", inviter), ("group", &self.group));
                visit.with_two("group-offer", inviter, group)
            }
            None => visit.with("group-offer-by-nobody", "group", &self.group),
        }
    }

    /// Invitations of the viewer.
    pub fn all(conn: &mut Conn, visit: &Visit, offered: Vec<Invitation>) -> Result<Vec<Self>> {
        let people = super::people(conn, offered.iter().map(|it| it.inviter_id))?;
        let offer = |it: Invitation| Self {
            id: it.id,
            group_id: it.group.id.0,
            group: it.group.name,
            picture: it.group.image.map(|file| file.path(Size::Small)),
            role: it.role,
            inviter: name(&people, it.inviter_id),
            until: visit.language().day(visit.day_of(it.expires_at)),
        };
        Ok(offered.into_iter().map(offer).collect())
    }
}

impl From<&Person> for Face {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.0,
            name: person.shown_name().to_owned(),
            username: person.username.clone(),
            picture: person.avatar.as_ref().map(|file| file.path(Size::Small)),
        }
    }
}

impl Told {
    /// What was told, for a viewer who hears it.
    pub fn new(visit: &Visit, told: Announcement) -> Self {
        Self {
            id: told.id.0,
            author: told.author.as_ref().map(|author| author.shown_name().to_owned()),
            title: told.title,
            body: told.body,
            at: Moment::new(visit, told.created_at),
        }
    }
}

impl Moment {
    /// A moment, for a viewer.
    pub fn new(visit: &Visit, at: Instant) -> Self {
        Self { exact: DateTime::<Utc>::from(at).to_rfc3339(), said: visit.moment(at) }
    }
}

/// Takes a page of a list apart: its rows, and where the pages beside it are.
pub(super) fn apart<T>(page: Page<T>, paging: &Paging) -> (Vec<T>, Links) {
    let links = page.links(paging);
    (page.rows, links)
}

/// What somebody among these is called, if they are still there.
pub(super) fn name(people: &HashMap<UserId, Person>, id: Option<UserId>) -> Option<String> {
    id.and_then(|id| people.get(&id)).map(|person| person.shown_name().to_owned())
}

/// The path of the page of a group, where the viewer still sees it, or else of the list of groups.
pub(super) fn way_back(conn: &mut Conn, viewer: &Viewer, id: GroupId) -> Result<String> {
    match visible(conn, viewer, id) {
        Ok((group, _)) => Ok(address::path(id, &group.name)),
        Err(crate::error::Error::NotFound(_)) => Ok("/groups/".to_owned()),
        Err(other) => Err(other),
    }
}
