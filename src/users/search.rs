//! Finding people by their names, to mention or to invite them.

use super::{Person, UserId, store};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::http::paging::{Page, Paging};
use crate::input::{self, Input};
use crate::words::Wanted;

/// A name, or the beginning of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Sought {
    /// The words of it.
    pub wanted: Wanted,
    /// The username that it would be if it were a whole one.
    pub username_key: String,
}

impl Input for Sought {
    fn from_text(text: &str) -> Result<Self, String> {
        let text = input::text(text, 0, Wanted::LONGEST)?;
        let username_key = text.trim_start_matches('@').to_ascii_lowercase();
        Ok(Self { wanted: Wanted::parse(&text), username_key })
    }
}

/// What cursors of this list are told by.
const ORDER: u8 = b'u';

/// People with that in their names. Whose username it is comes first, then who has been here
/// longest.
pub fn search(conn: &mut Conn, sought: &Sought, paging: &Paging) -> Result<Page<Person>> {
    let rows = store::search(conn, sought, paging.cursor(ORDER)?, paging.limit())?;
    let page = Page::new(rows, paging, |(person, rank)| (ORDER, *rank, person.id.0));
    Ok(page.map(|(person, _)| person))
}

/// How many people have that in their names.
pub fn count_found(conn: &mut Conn, sought: &Sought) -> Result<i64> {
    Ok(store::count_found(conn, sought)?)
}

/// Finds the words of some people who have none yet. Tells how many there were.
pub fn index_outdated(tx: &mut Tx) -> Result<usize> {
    const AT_ONCE: i64 = 500;
    let outdated: Vec<(UserId, String, String)> = store::outdated(tx, AT_ONCE)?;
    for (id, username, display_name) in &outdated {
        store::index(tx, *id, username, display_name)?;
    }
    Ok(outdated.len())
}
