//! What things are called in the addresses of their pages: an id, and a name for who reads it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest that a name is in an address, in characters.
const LONGEST: usize = 60;

/// The path of a page: `/events/12-jollof-night/`. It is ASCII, whatever the name is written in.
pub fn path(part: &str, id: i64, name: &str) -> String {
    let slug = slug(name);
    let dash = if slug.is_empty() { "" } else { "-" };
    let slug: String = form_urlencoded::byte_serialize(slug.as_bytes()).collect();
    format!("/{part}/{id}{dash}{slug}/")
}

/// The id that a segment of a path begins with: whatever follows it may be old or wrong.
pub fn id(segment: &str) -> Option<i64> {
    let id = segment.split_once('-').map_or(segment, |(id, _)| id);
    id.parse().ok()
}

/// A name as it stands in an address: small letters and digits of any script, without accents, and
/// dashes between them.
pub fn slug(name: &str) -> String {
    let bare = name.nfd().filter(|it| !is_accent(*it)).flat_map(char::to_lowercase);
    let mut slug = String::new();
    for letter in bare.nfc() {
        let belongs_to_letter = is_combining_mark(letter) && !slug.is_empty();
        if letter.is_alphanumeric() || belongs_to_letter {
            slug.push(letter);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.chars().take(LONGEST).collect::<String>().trim_end_matches('-').to_owned()
}

/// A mark that can be left out. Those of other scripts make another letter, such as が of か, or are
/// half of the word.
fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_read_in_an_address() {
        assert_eq!(slug("Ọ̀wàmbẹ̀ & Co."), "owambe-co");
        assert_eq!(slug("  ?? --- "), "");
        assert_eq!(slug("東京 パーティー"), "東京-パーティー".nfc().collect::<String>());
        assert_eq!(slug("नमस्ते"), "नमस्ते");
        assert_eq!(slug(&"x".repeat(200)).len(), LONGEST);
        assert_eq!(slug("../..//<script>"), "script");
    }

    #[test]
    fn a_path_is_ascii() {
        assert_eq!(path("groups", 3, "Jollof Society"), "/groups/3-jollof-society/");
        assert_eq!(path("groups", 3, "!!"), "/groups/3/");
        assert_eq!(path("groups", 3, "東 京"), "/groups/3-%E6%9D%B1-%E4%BA%AC/");
    }
}
