//! Words as search sees them: the same whatever their case, accents and spelling of letters.
//!
//! Both databases index the words that are made here, and nothing of their own, so both find the
//! same.

mod store;

pub use store::{Condition, Index, Rank, Search};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::input::{self, Input};

/// Goes up when the same text makes other words than before; then everything is indexed anew.
pub const VERSION: i64 = 2;

/// The longest word that is kept, in bytes: PostgreSQL keeps none of 2 kB.
const LONGEST: usize = 200;

/// The words of a text, in order.
///
/// Scripts that write no spaces between words (Chinese, Japanese) are cut into pairs of characters.
pub fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for run in folded(text).split(|it: char| !it.is_alphanumeric()).filter(|run| !run.is_empty()) {
        let mut rest = run;
        while let Some(first) = rest.chars().next() {
            let is_spaceless = is_spaceless(first);
            let end = rest.find(|it| is_spaceless != self::is_spaceless(it)).unwrap_or(rest.len());
            let (part, after) = rest.split_at(end);
            match is_spaceless {
                true => words.extend(pairs(part)),
                false => words.push(shortened(part)),
            }
            rest = after;
        }
    }
    words
}

/// Without case, accents, and differences that people do not type.
fn folded(text: &str) -> String {
    let bare = text.nfkd().filter(|it| !is_combining_mark(*it));
    let mut folded = String::with_capacity(text.len());
    for letter in bare.flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            'ŋ' => folded.push('n'),
            'ς' => folded.push('σ'),
            // What lowering an İ leaves behind.
            '\u{307}' => {}
            other => folded.push(other),
        }
    }
    folded
}

fn is_spaceless(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

/// Each character with the next one; the last one alone, so that it is found as well.
fn pairs(run: &str) -> Vec<String> {
    let letters: Vec<char> = run.chars().collect();
    (0..letters.len()).map(|at| letters[at..].iter().take(2).collect()).collect()
}

fn shortened(word: &str) -> String {
    word.chars()
        .scan(0, |bytes, letter| {
            *bytes += letter.len_utf8();
            (*bytes <= LONGEST).then_some(letter)
        })
        .collect()
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
        // A phrase of Chinese or Japanese ends with a single character, which stands for any pair.
        for phrase in &mut phrases {
            let ends_spaceless =
                phrase.words.last().is_some_and(|word| word.chars().all(is_spaceless));
            if ends_spaceless && phrase.words.len() > 1 {
                phrase.words.pop();
                phrase.is_open = false;
            } else if ends_spaceless {
                phrase.is_open = true;
            }
        }
        Self(phrases)
    }

    /// Whether there is nothing to look for.
    pub fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// As SQLite's FTS5 asks for it.
    pub fn fts5(&self) -> String {
        let phrase = |phrase: &Phrase| {
            let open = if phrase.is_open { " *" } else { "" };
            format!("\"{}\"{open}", phrase.words.join(" "))
        };
        self.0.iter().map(phrase).collect::<Vec<_>>().join(" AND ")
    }

    /// The same, of titles alone.
    pub fn fts5_in_title(&self) -> String {
        format!("title : ({})", self.fts5())
    }

    /// As PostgreSQL's `tsquery` asks for it.
    pub fn tsquery(&self) -> String {
        self.tsquery_of("")
    }

    /// The same, of titles alone.
    pub fn tsquery_in_title(&self) -> String {
        self.tsquery_of(TITLE)
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

/// What the words of a title begin with once more, in a `tsvector`: an index does not tell where a
/// word stands, so that it would have to be looked up for each. No word has such a letter.
const TITLE: &str = "^";

/// A `tsvector` of PostgreSQL: the words of a title, marked and unmarked, and after a gap those of
/// the rest.
pub fn tsvector(title: &[String], body: &[String]) -> String {
    // Places beyond this are all kept as this.
    const LAST_PLACE: usize = 16_383;
    let gap = title.len() + 2;
    let titles = title.iter().enumerate();
    let marked = titles.clone().map(|(at, word)| (TITLE, word, at + 1));
    let titles = titles.map(|(at, word)| ("", word, at + 1));
    let bodies = body.iter().enumerate().map(|(at, word)| ("", word, at + gap));
    let entries = marked
        .chain(titles)
        .chain(bodies)
        .map(|(mark, word, place)| format!("'{mark}{word}':{}", place.min(LAST_PLACE)));
    entries.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_the_same_whatever_their_case_and_accents() {
        assert_eq!(words("Yorùbá, ẸBÍ!"), ["yoruba", "ebi"]);
        assert_eq!(words("Straße GROẞ über"), ["strasse", "gross", "uber"]);
        assert_eq!(words("İstanbul ISPARTA ılık"), ["istanbul", "isparta", "ilik"]);
        assert_eq!(words("Μουσικός ΜΟΥΣΙΚΟΣ"), ["μουσικοσ", "μουσικοσ"]);
        assert_eq!(words("שָׁלוֹם"), ["שלום"]);
        assert_eq!(words("日本語"), ["日本", "本語", "語"]);
        assert_eq!(words("Rust1.95 for c++"), ["rust1", "95", "for", "c"]);
        assert_eq!(words(" -- !? "), [""; 0]);
    }

    #[test]
    fn what_is_wanted_is_words_and_phrases_and_never_syntax() {
        assert_eq!(Wanted::parse("Jollof nig").fts5(), r#""jollof" AND "nig" *"#);
        assert_eq!(Wanted::parse("Jollof nig").tsquery(), "('jollof') & ('nig':*)");
        assert_eq!(
            Wanted::parse("\"Jollof night\" a").tsquery_in_title(),
            "('^jollof' <-> '^night') & ('^a':*)"
        );
        assert_eq!(Wanted::parse("a \"b c\"").fts5(), r#""a" AND "b c""#);
        assert_eq!(Wanted::parse("日本語").fts5(), r#""日本 本語""#);
        assert_eq!(Wanted::parse("日").fts5(), r#""日" *"#);
        assert_eq!(Wanted::parse("NOT title:x* OR (").fts5(), r#""not" AND "title x" AND "or" *"#);
        assert!(Wanted::parse(" \"\" !").is_nothing());
    }

    proptest! {
        #[test]
        fn no_text_makes_syntax(text: String) {
            let wanted = Wanted::parse(&text);
            prop_assert!(!wanted.tsquery().contains('\\'));
            for word in words(&text) {
                prop_assert!(word.chars().all(char::is_alphanumeric) && word.len() <= LONGEST);
            }
        }
    }
}
