//! Where the pages of a group are: its id, and its name for who reads the address.

use serde::Deserialize;

use super::{Group, GroupId};
use crate::slug;

/// The path of a group's page: `/groups/3-jollof-society/`. Those of its parts begin with it.
pub fn path(id: GroupId, name: &str) -> String {
    slug::path("groups", id.0, name)
}

impl Group {
    /// The path of its page.
    pub fn path(&self) -> String {
        path(self.id, &self.name)
    }
}

/// A group, as the path of a page names it: whatever follows the id may be old or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Named(pub GroupId);

impl TryFrom<String> for Named {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        slug::id(&text).map(|id| Self(GroupId(id))).ok_or("this names no group")
    }
}
