//! What a form of an event stands in: the event as it is, its picture, and the groups that can hold it.

use crate::db::Conn;
use crate::error::Result;
use crate::events::{self, Event, EventId};
use crate::groups::{self, GroupId};
use crate::http::paging::Paging;
use crate::images::{self, Image, Place};
use crate::users::User;

/// Groups that somebody chooses from at most.
const MOST_GROUPS: usize = 200;

/// What stands around what somebody types: the event that they change or copy, as it is, its picture,
/// and the groups that can hold it.
pub(super) struct Around {
    pub event: Option<Event>,
    pub picture: Option<Image>,
    pub groups: Vec<(GroupId, String)>,
}

impl Around {
    /// `changed` is whether the event is to change, and not to be copied.
    pub fn read(
        conn: &mut Conn,
        user: &User,
        (event, changed): (Option<EventId>, bool),
    ) -> Result<Self> {
        let event = event.map(|id| events::editable(conn, user, id)).transpose()?;
        let picture = match &event {
            Some(event) => images::find_at(conn, Place::Event(event.id))?,
            None => None,
        };
        let theirs = groups::Filter { member: Some(user.id), ..groups::Filter::default() };
        let theirs = groups::list(conn, &user.into(), &theirs, &Paging::first(MOST_GROUPS))?;
        let mut groups: Vec<_> = theirs.rows.into_iter().map(|it| (it.id, it.name)).collect();
        // Whoever changes it need not belong to its group; whoever makes one like it does.
        let keeps = changed || user.is_admin;
        let host = event.as_ref().filter(|_| keeps).and_then(|event| event.group.as_ref());
        if let Some(host) = host.filter(|host| groups.iter().all(|(id, _)| *id != host.id)) {
            groups.push((host.id, host.name.clone()));
        }
        groups.sort_by_key(|(_, name)| name.to_lowercase());
        Ok(Self { event, picture, groups })
    }

    /// Whether this is one of the groups, by its id.
    pub fn holds(&self, group: &str) -> bool {
        self.groups.iter().any(|(id, _)| id.to_string() == group)
    }

    pub fn alt(&self) -> &str {
        self.picture.as_ref().map_or("", |picture| picture.alt.as_str())
    }
}
