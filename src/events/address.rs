//! Where the page of an event is: its id, and its title for who reads the address.

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Event, EventId};

/// The longest that a title is in an address, in characters.
const LONGEST: usize = 60;

/// The path of an event's page: `/events/12-jollof-night/`. Letters that are not of ASCII are written
/// as in every URI (RFC 3986, section 2.1), so that the path may stand in a header, too.
pub fn path(id: EventId, title: &str) -> String {
    let slug = slug(title);
    let dash = if slug.is_empty() { "" } else { "-" };
    let mut path = format!("/events/{id}{dash}");
    for byte in slug.bytes() {
        match byte {
            0..0x80 => path.push(char::from(byte)),
            _ => path.push_str(&format!("%{byte:02X}")),
        }
    }
    path + "/"
}

impl Event {
    /// The path of its page.
    pub fn path(&self) -> String {
        path(self.id, self.details.title.as_str())
    }
}

/// A title as it stands in an address: small letters and digits of any script, without accents, and
/// dashes between them.
pub fn slug(title: &str) -> String {
    let bare = title.nfd().filter(|it| !is_combining_mark(*it)).flat_map(char::to_lowercase);
    let mut slug = String::new();
    for letter in bare.nfc() {
        if letter.is_alphanumeric() {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.chars().take(LONGEST).collect::<String>().trim_end_matches('-').to_owned()
}

/// An event, as the path of a page names it: whatever follows the id may be old or wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Named(pub EventId);

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let id = text.split_once('-').map_or(text.as_str(), |(id, _)| id);
        id.parse().map(|id| Self(EventId(id))).map_err(|_| "this names no event".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_can_be_read() {
        assert_eq!(path(EventId(12), "Jollof Night!"), "/events/12-jollof-night/");
        assert_eq!(slug("Ọ̀wàmbẹ̀ & Co."), "owambe-co");
        assert_eq!(slug("  ?? --- "), "");
        assert_eq!(path(EventId(3), "!!"), "/events/3/");
        assert_eq!(path(EventId(3), "Fête 東"), "/events/3-fete-%E6%9D%B1/");
        assert_eq!(slug("東京 パーティー"), "東京-パーティー".nfc().collect::<String>());
        assert_eq!(slug(&"x".repeat(200)).len(), LONGEST);
        assert_eq!(slug("../..//<script>"), "script");
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
