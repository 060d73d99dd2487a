//! All that the site holds about somebody: to take along, or to be rid of.

pub mod api;
pub mod web;

use serde::Serialize;

use crate::app::App;
use crate::clock::Instant;
use crate::comments::{self, CommentId};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::events::{self, EventId, Interest};
use crate::groups::{self, AnnouncementId, GroupId, InvitationId, Role};
use crate::images::shape::ImageOut;
use crate::images::{self, Image};
use crate::interests;
use crate::notifications::{self, Notification, Setting};
use crate::sessions::credentials::check_password;
use crate::sessions::{self, Session};
use crate::users::{self, User, UserId};

/// Everything held about somebody.
pub struct Everything {
    /// Their account.
    pub user: User,
    /// Where they are signed in.
    pub sessions: Vec<Session>,
    /// What they made.
    pub events: Vec<events::Event>,
    /// What they said.
    pub comments: Vec<Said>,
    /// The pictures of themselves, and of the events that they made.
    pub images: Vec<Image>,
    /// What they like.
    pub likes: Vec<CommentId>,
    /// What they take part in.
    pub interests: Vec<TakesPart>,
    /// Where they belong.
    pub memberships: Vec<Belongs>,
    /// What they should know of.
    pub notifications: Vec<Notification>,
    /// What they want to know of, and how.
    pub notification_settings: Vec<Setting>,
    /// The groups that they follow.
    pub following: Vec<GroupId>,
    /// Where they are invited.
    pub invitations: Vec<Invited>,
    /// Where they ask to be let in.
    pub requests: Vec<Asked>,
    /// What they told the members of a group.
    pub announcements: Vec<Announced>,
    /// Where they are kept out.
    pub bans: Vec<Banned>,
}

/// Something they said.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Said {
    id: CommentId,
    event: EventId,
    parent: Option<CommentId>,
    body: String,
    images: Vec<ImageOut>,
    created_at: Instant,
    updated_at: Instant,
}

/// Something they take part in.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TakesPart {
    event: EventId,
    #[schema(inline)]
    status: Interest,
    /// How many they bring along.
    guests: i64,
    created_at: Instant,
}

/// A group that they belong to.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Belongs {
    group: GroupId,
    #[schema(inline)]
    role: Role,
    created_at: Instant,
}

/// A group that they are invited into.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invited {
    id: InvitationId,
    group: GroupId,
    #[schema(inline)]
    role: Role,
    created_at: Instant,
    expires_at: Instant,
}

/// A group that they ask to be let into.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Asked {
    group: GroupId,
    message: String,
    created_at: Instant,
}

/// Something they told the members of a group.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Announced {
    id: AnnouncementId,
    group: GroupId,
    title: String,
    body: String,
    created_at: Instant,
}

/// A group that they are kept out of. What is written about them is theirs to read; who wrote it is
/// not.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Banned {
    group: GroupId,
    reason: String,
    created_at: Instant,
}

/// Gathers everything held about somebody.
pub fn export(conn: &mut Conn, user: &User) -> Result<Everything> {
    let said = comments::said_by(conn, user.id)?;
    let mut pictures = comments::images_of(conn, &said)?;
    let said = said.into_iter().map(|it| Said {
        images: pictures.remove(&it.id).into_iter().flatten().map(ImageOut::from).collect(),
        id: it.id,
        event: it.event_id,
        parent: it.parent_id,
        body: it.body,
        created_at: it.created_at,
        updated_at: it.updated_at,
    });
    let comments = said.collect();
    let takes_part = interests::all_of_user(conn, user.id)?.into_iter().map(|it| TakesPart {
        event: it.event.id,
        status: it.status,
        guests: it.guests,
        created_at: it.created_at,
    });
    let interests = takes_part.collect();
    let belongs = groups::memberships_of(conn, user.id)?.into_iter().map(|it| Belongs {
        group: it.group_id,
        role: it.role,
        created_at: it.created_at,
    });
    let memberships = belongs.collect();
    Ok(Everything {
        user: user.clone(),
        sessions: sessions::list(conn, user.id)?,
        events: events::made_by(conn, user.id)?,
        comments,
        images: images::of_user_and_events(conn, user.id)?,
        likes: comments::likes_of(conn, user.id)?,
        interests,
        memberships,
        notifications: notifications::all_of(conn, user.id)?,
        notification_settings: notifications::settings(conn, user.id)?,
        following: groups::follows_of(conn, user.id)?,
        invitations: groups::invitations_of(conn, user.id)?
            .into_iter()
            .map(Invited::from)
            .collect(),
        requests: groups::requests_of(conn, user.id)?.into_iter().map(Asked::from).collect(),
        announcements: groups::announced_by(conn, user.id)?
            .into_iter()
            .map(Announced::from)
            .collect(),
        bans: groups::bans_on(conn, user.id)?.into_iter().map(Banned::from).collect(),
    })
}

impl From<groups::Invitation> for Invited {
    fn from(it: groups::Invitation) -> Self {
        Self {
            id: it.id,
            group: it.group.id,
            role: it.role,
            created_at: it.created_at,
            expires_at: it.expires_at,
        }
    }
}

impl From<groups::JoinRequest> for Asked {
    fn from(it: groups::JoinRequest) -> Self {
        Self { group: it.group_id, message: it.message, created_at: it.created_at }
    }
}

impl From<groups::Announcement> for Announced {
    fn from(it: groups::Announcement) -> Self {
        Self {
            id: it.id,
            group: it.group_id,
            title: it.title,
            body: it.body,
            created_at: it.created_at,
        }
    }
}

impl From<groups::Ban> for Banned {
    fn from(it: groups::Ban) -> Self {
        Self { group: it.group_id, reason: it.reason, created_at: it.created_at }
    }
}

/// Deletes the account of somebody who knows its password.
pub async fn close(app: &App, user: &User, password: &str) -> Result<()> {
    check_password(app, user, password).await?;
    let id = user.id;
    app.db.write(move |tx| delete(tx, id)).await
}

/// Deletes an account and what belongs to nobody else.
///
/// Comments are taken back, and interests; groups go to the next in line, or go with their last
/// member; events of a group stay with it, the others go.
pub fn delete(tx: &mut Tx, id: UserId) -> Result<()> {
    // Nothing of theirs can come in between, and be left behind uncounted.
    users::lock(tx, id)?;
    comments::forget(tx, id)?;
    interests::forget(tx, id)?;
    groups::depart(tx, id)?;
    events::forget(tx, id)?;
    users::delete(tx, id)
}
