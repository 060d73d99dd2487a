//! Words as search sees them: the same whatever their case, accents and spelling of letters.
//!
//! Both databases index the words that are made here, and nothing of their own, so both find the
//! same.

mod index_store;
mod order_store;
mod place;
mod store;
mod text;
mod wanted;

pub use order_store::InOrder;
pub use place::Place;
pub use store::{Condition, Index, Rank, Search};
pub use text::fts5;
pub use wanted::{Part, Wanted};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Goes up when the same text makes other words than before; then everything is indexed anew.
pub const VERSION: i64 = 3;

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
            // White letters on black, which are letters to Rust and not to FTS5.
            '\u{1f150}'..='\u{1f169}' => folded.push(latin(letter, '\u{1f150}')),
            '\u{1f170}'..='\u{1f189}' => folded.push(latin(letter, '\u{1f170}')),
            other => folded.push(other),
        }
    }
    folded
}

/// The letter from a to z that is as far from the first as this one from its own first.
fn latin(letter: char, first: char) -> char {
    let number = u32::from(letter) - u32::from(first);
    char::from_digit(10 + number, 36).unwrap_or(letter)
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
        assert_eq!(words("🅿🅰🆁🆃🆈 🅐🅩 Ⓐⓩ"), ["party", "az", "az"]);
        assert_eq!(words(" -- !? "), [""; 0]);
    }

    proptest! {
        #[test]
        fn no_text_makes_syntax(text: String) {
            let wanted = Wanted::parse(&text);
            prop_assert!(!wanted.tsquery(Part::Anywhere).contains('\\'));
            for word in words(&text) {
                prop_assert!(word.chars().all(char::is_alphanumeric) && word.len() <= LONGEST);
            }
        }
    }
}
