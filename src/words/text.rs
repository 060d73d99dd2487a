//! The words of something that has a title, as the indexes of both engines take them.
//!
//! Those of the title stand there twice, the second time with a mark: an index does not tell where a word
//! stands, so that it would have to be looked up for each.

/// What marks a word of a title in a `tsvector`. No word has such a letter.
pub const TSVECTOR_TITLE: &str = "^";

/// The same for FTS5, to which letters of private use are letters; words have none.
pub const FTS5_TITLE: &str = "\u{e000}";

/// What keeps a phrase from beginning in the title and ending outside of it.
const FTS5_GAP: &str = "\u{e001}";

/// The text that FTS5 indexes: the words of a title, marked and unmarked, and after a gap those of the rest.
pub fn fts5(title: &[String], body: &[String]) -> String {
    let marked = title.iter().flat_map(|word| [FTS5_TITLE, word, " "]);
    let titles = title.iter().flat_map(|word| [word, " "]);
    let bodies = body.iter().flat_map(|word| [" ", word]);
    marked.chain(titles).chain([FTS5_GAP]).chain(bodies).collect()
}

/// A `tsvector` of PostgreSQL: the same with places.
pub fn tsvector(title: &[String], body: &[String]) -> String {
    // Places beyond this are all kept as this.
    const LAST_PLACE: usize = 16_383;
    let gap = title.len() + 2;
    let titles = title.iter().enumerate();
    let marked = titles.clone().map(|(at, word)| (TSVECTOR_TITLE, word, at + 1));
    let titles = titles.map(|(at, word)| ("", word, at + 1));
    let bodies = body.iter().enumerate().map(|(at, word)| ("", word, at + gap));
    let entries = marked
        .chain(titles)
        .chain(bodies)
        .map(|(mark, word, place)| format!("'{mark}{word}':{}", place.min(LAST_PLACE)));
    entries.collect::<Vec<_>>().join(" ")
}
