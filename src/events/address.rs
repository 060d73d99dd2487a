//! Where the page of an event is: its id, and its title for who reads the address.

use serde::Deserialize;

use super::{Event, EventId};
use crate::slug;

/// The path of an event's page: `/events/12-jollof-night/`.
pub fn path(id: EventId, title: &str) -> String {
    slug::path("events", id.0, title)
}

impl Event {
    /// The path of its page.
    pub fn path(&self) -> String {
        path(self.id, self.details.title.as_str())
    }
}

/// An event, as the path of a page names it: whatever follows the id may be old or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Named(pub EventId);

impl TryFrom<String> for Named {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        slug::id(&text).map(|id| Self(EventId(id))).ok_or("this names no event")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_be_read() {
        assert_eq!(path(EventId(12), "Jollof Night!"), "/events/12-jollof-night/");
        assert_eq!(path(EventId(3), "!!"), "/events/3/");
        assert_eq!(path(EventId(3), "Fête 東"), "/events/3-fete-%E6%9D%B1/");
    }

    #[test]
    fn whatever_follows_the_id_does_not_matter() {
        let named = |text: &str| Named::try_from(text.to_owned()).ok();
        assert_eq!(named("12-jollof"), Some(Named(EventId(12))));
        assert_eq!(named("12"), Some(Named(EventId(12))));
        for wrong in ["", "jollof", "-12", "12jollof", "99999999999999999999"] {
            assert_eq!(named(wrong), None, "{wrong}");
        }
    }
}
