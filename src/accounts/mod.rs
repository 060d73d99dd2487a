//! All that the site holds about somebody: to take along, or to be rid of.

pub mod api;

use serde::Serialize;

use crate::clock::Instant;
use crate::comments::{self, CommentId};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::events::{self, EventId, Interest};
use crate::groups::{self, GroupId, Role};
use crate::images::shape::ImageOut;
use crate::images::{self, Image};
use crate::interests;
use crate::notifications::{self, Notification, Setting};
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
    })
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
