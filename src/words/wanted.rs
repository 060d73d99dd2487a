//! What somebody looks for, and how each engine is asked for it.

use super::text::{FTS5_TITLE, TSVECTOR_TITLE};
use super::{is_spaceless, words};
use crate::input::{self, Input};

/// Where what is wanted has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Each word wherever it is.
    Anywhere,
    /// All of it in the title.
    Title,
    /// Not all of it in the title.
    Rest,
}

/// What of something wanted was only begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Begun<'a> {
    Nothing,
    /// The last word of these, which are the last phrase.
    Last(&'a [String]),
    /// Not only in the last phrase: a single character of Chinese or Japanese stands for any pair.
    More,
}

/// What somebody looks for: every one of these has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted(Vec<Phrase>);

/// Words that have to follow each other; the last may only be the beginning of one.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Phrase {
    words: Vec<String>,
    is_open: bool,
}

impl Input for Wanted {
    fn from_text(text: &str) -> Result<Self, String> {
        input::text(text, 0, Self::LONGEST).map(|text| Self::parse(&text))
    }
}

/// More is not looked for than this many words.
const MOST: usize = 20;

impl Wanted {
    /// The longest text that is read, in characters.
    pub const LONGEST: usize = 200;

    /// Reads what somebody typed. Quotes hold phrases together; nothing else means anything.
    pub fn parse(text: &str) -> Self {
        let mut phrases = Vec::new();
        for (number, part) in text.split('"').enumerate() {
            if number % 2 == 1 {
                phrases.push(Phrase { words: words(part), is_open: false });
                continue;
            }
            for word in part.split_whitespace() {
                phrases.push(Phrase { words: words(word), is_open: false });
            }
        }
        phrases.retain(|phrase| !phrase.words.is_empty());
        phrases.truncate(MOST);
        let is_quoted = text.trim_end().ends_with('"');
        if let Some(last) = phrases.last_mut().filter(|_| !is_quoted) {
            last.is_open = true;
        }
        // What is written without spaces ends with a single character, which stands for any pair: after
        // a pair that ends with it, it says nothing more.
        for Phrase { words, is_open } in &mut phrases {
            match words.as_slice() {
                [.., pair, last] if is_alone(last) && !is_alone(pair) && pair.ends_with(last) => {
                    words.pop();
                    *is_open = false;
                }
                [.., last] if is_alone(last) => *is_open = true,
                _ => {}
            }
        }
        Self(phrases)
    }

    /// Whether there is nothing to look for.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// The phrase that is only begun, if it is the last one and no other is.
    pub(super) fn begun(&self) -> Begun<'_> {
        let open = self.0.iter().filter(|phrase| phrase.is_open).count();
        match self.0.last().filter(|phrase| phrase.is_open) {
            None if open == 0 => Begun::Nothing,
            Some(last) if open == 1 => Begun::Last(&last.words),
            _ => Begun::More,
        }
    }

    /// As FTS5 asks for it. Where it is known how the last word goes on, which alone is only begun, these
    /// are asked for; there must be one.
    pub(super) fn fts5(&self, part: Part, endings: Option<&[String]>) -> String {
        match part {
            Part::Anywhere => self.fts5_of("", endings),
            Part::Title => self.fts5_of(FTS5_TITLE, endings),
            Part::Rest => {
                format!(
                    "({}) NOT ({})",
                    self.fts5_of("", endings),
                    self.fts5_of(FTS5_TITLE, endings)
                )
            }
        }
    }

    fn fts5_of(&self, mark: &str, endings: Option<&[String]>) -> String {
        let phrase = |phrase: &Phrase| match (phrase.is_open, endings) {
            (false, _) => fts5_phrase(mark, &phrase.words),
            (true, None) => format!("{} *", fts5_phrase(mark, &phrase.words)),
            (true, Some(endings)) => {
                let begin = &phrase.words[..phrase.words.len() - 1];
                let whole = |ending| fts5_phrase(mark, begin.iter().chain([ending]));
                let any: Vec<String> = endings.iter().map(whole).collect();
                format!("({})", any.join(" OR "))
            }
        };
        self.0.iter().map(phrase).collect::<Vec<_>>().join(" AND ")
    }

    /// As PostgreSQL's `tsquery` asks for it.
    pub(super) fn tsquery(&self, part: Part) -> String {
        match part {
            Part::Anywhere => self.tsquery_of(""),
            Part::Title => self.tsquery_of(TSVECTOR_TITLE),
            Part::Rest => {
                format!("({}) & !({})", self.tsquery_of(""), self.tsquery_of(TSVECTOR_TITLE))
            }
        }
    }

    fn tsquery_of(&self, mark: &str) -> String {
        let phrase = |phrase: &Phrase| {
            let last = phrase.words.len() - 1;
            let word = |(at, word): (usize, &String)| {
                let open = if phrase.is_open && at == last { ":*" } else { "" };
                format!("'{mark}{word}'{open}")
            };
            let words: Vec<String> = phrase.words.iter().enumerate().map(word).collect();
            format!("({})", words.join(" <-> "))
        };
        self.0.iter().map(phrase).collect::<Vec<_>>().join(" & ")
    }
}

/// Whether a word is a single character of those that are written without spaces.
fn is_alone(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(is_spaceless) && letters.next().is_none()
}

fn fts5_phrase<'a>(mark: &str, words: impl IntoIterator<Item = &'a String>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("{mark}{word}")).collect();
    format!("\"{}\"", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fts5(text: &str) -> String {
        Wanted::parse(text).fts5(Part::Anywhere, None)
    }

    #[test]
    fn what_is_wanted_is_words_and_phrases_and_never_syntax() {
        assert_eq!(fts5("Jollof nig"), r#""jollof" AND "nig" *"#);
        assert_eq!(Wanted::parse("Jollof nig").tsquery(Part::Anywhere), "('jollof') & ('nig':*)");
        assert_eq!(
            Wanted::parse("\"Jollof night\" a").tsquery(Part::Title),
            "('^jollof' <-> '^night') & ('^a':*)"
        );
        assert_eq!(fts5("a \"b c\""), r#""a" AND "b c""#);
        assert_eq!(fts5("日本語"), r#""日本 本語""#);
        assert_eq!(fts5("日"), r#""日" *"#);
        assert_eq!(fts5("日 jollof"), r#""日" * AND "jollof" *"#);
        assert_eq!(fts5("\"jollof 日\""), r#""jollof 日" *"#);
        assert_eq!(fts5("\"日本語 語\""), r#""日本 本語 語 語" *"#);
        assert_eq!(fts5("NOT title:x* OR ("), r#""not" AND "title x" AND "or" *"#);
        assert!(Wanted::parse(" \"\" !").is_nothing());
    }

    #[test]
    fn a_word_that_is_only_begun_is_any_that_goes_on_so() {
        let endings = ["night".to_owned(), "nights".to_owned()];
        let asked = |text: &str, part| Wanted::parse(text).fts5(part, Some(&endings));
        assert_eq!(Wanted::parse("jollof nig").begun(), Begun::Last(&["nig".to_owned()]));
        assert_eq!(Wanted::parse("犬 nig").begun(), Begun::More);
        assert_eq!(Wanted::parse("犬 \"nig\"").begun(), Begun::More);
        assert_eq!(asked("jollof nig", Part::Anywhere), r#""jollof" AND ("night" OR "nights")"#);
        assert_eq!(asked("d'nig", Part::Anywhere), r#"("d night" OR "d nights")"#);
        assert_eq!(
            asked("nig", Part::Rest),
            "((\"night\" OR \"nights\")) NOT ((\"\u{e000}night\" OR \"\u{e000}nights\"))"
        );
        assert_eq!(Wanted::parse("\"jollof nig\"").begun(), Begun::Nothing);
        assert_eq!(asked("\"a b\"", Part::Title), "\"\u{e000}a \u{e000}b\"");
    }
}
