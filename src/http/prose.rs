//! What people write, in pieces: text, and the addresses in it, which can be followed.

use url::Url;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// As it is.
    Text(&'a str),
    /// An address of the web.
    Link(&'a str),
}

/// How an address of the web begins.
const BEGINNINGS: [&str; 2] = ["https://", "http://"];

/// The longest address that can be followed, in bytes.
const LONGEST: usize = 2000;

/// A text in pieces, of which nothing is missing and nothing is changed.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut pieces, mut said, mut at) = (Vec::new(), 0, 0);
    while let Some(begin) = next_beginning(text, at) {
        let (seen, link) = link_at(text, begin);
        at = begin + seen;
        let Some(link) = link else { continue };
        if said < begin {
            pieces.push(Piece::Text(&text[said..begin]));
        }
        pieces.push(Piece::Link(link));
        at = begin + link.len();
        said = at;
    }
    if said < text.len() {
        pieces.push(Piece::Text(&text[said..]));
    }
    pieces
}

/// Where the next address may begin, from a place on: not within a word.
fn next_beginning(text: &str, from: usize) -> Option<usize> {
    let found = text[from..].match_indices("http").map(|(at, _)| from + at);
    let begins = |at: &usize| BEGINNINGS.iter().any(|it| text[*at..].starts_with(it));
    let in_word = |at: usize| text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
    found.filter(begins).find(|at| !in_word(*at))
}

/// How much was looked at from a place on, and the address there, without what only ends the sentence
/// that it stands in. Nothing is looked at twice, however many addresses a text seems to have.
fn link_at(text: &str, begin: usize) -> (usize, Option<&str>) {
    let ends = |it: char| it.is_whitespace() || it.is_control() || "<>\"“”«»".contains(it);
    // What turns the direction of writing makes an address look like another.
    let turns = |it: char| matches!(it, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}');
    let rest = &text[begin..];
    let link = rest.find(|it| ends(it) || turns(it)).map_or(rest, |end| &rest[..end]);
    let seen = link.len().max(1);
    if seen > LONGEST {
        return (seen, None);
    }
    let link = without_end(link);
    (seen, is_web(link).then_some(link))
}

/// Takes away the comma, and the bracket that was opened before the address.
fn without_end(mut link: &str) -> &str {
    let count = |it: char| link.matches(it).count();
    let mut unopened = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    while let Some(last) = link.chars().next_back() {
        match unopened.iter_mut().find(|(close, _)| *close == last) {
            Some((_, 0)) => break,
            Some((_, more)) => *more -= 1,
            None if ".,;:!?'’…*_|".contains(last) => {}
            None => break,
        }
        link = &link[..link.len() - last.len_utf8()];
    }
    link
}

/// Whether it leads to a host, and does not hide which by a name before it.
fn is_web(link: &str) -> bool {
    Url::parse(link).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn links(text: &str) -> Vec<&str> {
        let links = pieces(text).into_iter().filter_map(|piece| match piece {
            Piece::Link(link) => Some(link),
            Piece::Text(_) => None,
        });
        links.collect()
    }

    #[test]
    fn what_only_seems_to_be_an_address_again_and_again_is_looked_at_once() {
        let long = "http://".repeat(3_000);
        assert!(links(&long).is_empty());
        let shut = format!("http://a.example/{}", ")".repeat(1_900));
        assert_eq!(links(&shut), ["http://a.example/"]);
    }

    #[test]
    fn addresses_of_the_web_are_found_and_nothing_else() {
        assert_eq!(
            pieces("See https://owambe.example/a?b=c.\nBye"),
            [
                Piece::Text("See "),
                Piece::Link("https://owambe.example/a?b=c"),
                Piece::Text(".\nBye")
            ]
        );
        assert_eq!(
            links("(http://a.example/x_(y)), https://b.example!"),
            ["http://a.example/x_(y)", "https://b.example"]
        );
        assert_eq!(links("https://東京.example/é"), ["https://東京.example/é"]);
        for none in [
            "",
            "https://",
            "xhttps://a.example",
            "javascript:alert(1)",
            "ftp://a.example",
            "https://bank.example@evil.example",
            "http:// a.example",
        ] {
            assert!(links(none).is_empty(), "{none}");
        }
    }

    #[test]
    fn an_address_ends_where_markup_begins() {
        assert_eq!(links("https://a.example/\"onclick=x"), ["https://a.example/"]);
        assert_eq!(links("https://a.example/<b>"), ["https://a.example/"]);
        assert_eq!(links("https://a.example/\u{202e}moc"), ["https://a.example/"]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(http|https|://|[a-z.,() \n\"<é])*") {
            let whole: String = pieces(&text).iter().map(|piece| match piece {
                Piece::Text(it) | Piece::Link(it) => *it,
            }).collect();
            prop_assert_eq!(whole, text);
        }
    }
}
