//! What people wrote, ready for a page: the addresses in it can be followed.

use url::Url;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it was written.
    Text(String),
    /// An address of the Web, as it was written.
    Link(String),
}

/// What may stand after an address, and is none of it.
const AFTER: &[char] = &['.', ',', ':', ';', '!', '?', '\'', '*', '_', '~'];

/// Cuts a text where an address begins (`http://` or `https://`) and where one ends. Together the
/// pieces are the text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let (mut rest, mut seen) = (text, 0);
    while let Some(begin) = begin(rest, seen) {
        let length = length(&rest[begin..]);
        if !is_address(&rest[begin..begin + length]) {
            seen = begin + 1;
            continue;
        }
        if begin > 0 {
            pieces.push(Piece::Text(rest[..begin].to_owned()));
        }
        pieces.push(Piece::Link(rest[begin..begin + length].to_owned()));
        (rest, seen) = (&rest[begin + length..], 0);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// Where the next address begins, if one does: not in the middle of a word.
fn begin(text: &str, seen: usize) -> Option<usize> {
    let found = text[seen..].match_indices("http").map(|(at, _)| seen + at);
    let mut found = found.filter(|at| !text[..*at].ends_with(char::is_alphanumeric));
    found.find(|at| ["http://", "https://"].iter().any(|it| text[*at..].starts_with(it)))
}

/// How long the address is that a text begins with.
fn length(text: &str) -> usize {
    let is_end =
        |it: char| it.is_whitespace() || it.is_control() || "<>\"`\u{201c}\u{201d}".contains(it);
    let mut address = text.split(is_end).next().unwrap_or_default();
    loop {
        let shorter = address.trim_end_matches(AFTER);
        let shorter = [('(', ')'), ('[', ']')].iter().fold(shorter, without_closing);
        if shorter.len() == address.len() {
            return address.len();
        }
        address = shorter;
    }
}

/// A bracket at the end belongs to the address only where it was opened there.
fn without_closing<'a>(address: &'a str, (open, close): &(char, char)) -> &'a str {
    let is_open = address.matches(*open).count() >= address.matches(*close).count();
    if is_open { address } else { address.strip_suffix(*close).unwrap_or(address) }
}

fn is_address(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| url.host_str().is_some_and(|host| !host.is_empty()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(text: &str) -> Vec<String> {
        let link = |piece| match piece {
            Piece::Link(link) => Some(link),
            Piece::Text(_) => None,
        };
        pieces(text).into_iter().filter_map(link).collect()
    }

    #[test]
    fn an_address_ends_where_a_reader_thinks_it_does() {
        for (text, link) in [
            ("see https://owambe.test/a?b=c#d.", "https://owambe.test/a?b=c#d"),
            ("(http://owambe.test/)", "http://owambe.test/"),
            ("https://owambe.test/Jollof_(dish), they say", "https://owambe.test/Jollof_(dish)"),
            ("is it https://owambe.test?!", "https://owambe.test"),
            ("<https://owambe.test>", "https://owambe.test"),
            ("\"https://owambe.test\"><script>", "https://owambe.test"),
            ("https://owambe.test/東京。", "https://owambe.test/東京。"),
            ("one\nhttps://owambe.test\ntwo", "https://owambe.test"),
        ] {
            assert_eq!(links(text), [link], "{text}");
        }
        assert_eq!(links("https://a.test and http://b.test").len(), 2);
    }

    #[test]
    fn nothing_else_can_be_followed() {
        for text in ["", "http", "https://", "http:// x", "xhttps://a.test", "https://)."] {
            assert_eq!(links(text), [""; 0], "{text}");
        }
        for text in ["javascript:alert(1)", "data:text/html,x", "ftp://a.test", "//a.test"] {
            assert_eq!(pieces(text), [Piece::Text(text.to_owned())]);
        }
    }

    proptest! {
        #[test]
        fn together_the_pieces_are_the_text(text in "(https?://|[a-z.()\\[\\]<> \\n]|\\PC){0,40}") {
            let all: String = pieces(&text).into_iter().map(|piece| match piece {
                Piece::Text(text) | Piece::Link(text) => text,
            }).collect();
            prop_assert_eq!(all, text);
        }
    }
}
