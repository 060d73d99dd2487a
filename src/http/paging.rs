//! Lists, a page at a time: page one thousand costs what page one costs.
//!
//! A page ends at a row, and the next one begins after it, whatever was added or deleted in
//! between: there is no counting from the start.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::fields;
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Faults, Result};
use crate::input::{Field, Input};

const PAGE_SIZE: usize = 20;
const LARGEST_PAGE: usize = 100;

/// A place between two rows of a list: the row before it, and which way to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Which order the list has: a place in one order means nothing in another.
    pub order: u8,
    /// Whether to read towards the beginning.
    pub back: bool,
    /// What the row is ordered by.
    pub key: i64,
    /// The id that breaks ties.
    pub id: i64,
}

/// Which page of a list is asked for, and how the links to its neighbours begin.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Rows on a page.
    pub size: usize,
    /// Where the page begins, if not at the beginning.
    pub cursor: Option<Cursor>,
    /// Whether to count the whole list.
    pub count: bool,
    link: String,
    /// How much of the link is the address of the site.
    site: usize,
}

/// The part of a query string that every list understands.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct PageQuery {
    /// Rows on a page: 20 by default, 100 at most.
    #[param(inline, value_type = Option<i64>, minimum = 1, example = 20)]
    page_size: Field<PageSize>,
    /// Where the page begins: taken from `next` or `previous`, and opaque.
    #[param(inline, value_type = Option<String>)]
    cursor: Field<Cursor>,
    /// Whether to add `count`, the length of the whole list.
    #[param(inline, value_type = Option<bool>)]
    count: Field<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PageSize(usize);

impl Input for PageSize {
    /// More than the largest page is the largest page.
    fn from_text(text: &str) -> Result<Self, String> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<i64>() {
            Ok(size) if digits && size > 0 => {
                Ok(Self(usize::try_from(size).unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE)))
            }
            _ => Err(format!("this must be a whole number from 1 to {LARGEST_PAGE}")),
        }
    }
}

impl FromRequestParts<App> for Paging {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let text = parts.uri.query().unwrap_or_default();
        let query: PageQuery = fields::from_form(text.as_bytes())?;

        let mut faults = Faults::default();
        let size = query.page_size.or_nothing("page_size", &mut faults);
        let cursor = query.cursor.or_nothing("cursor", &mut faults);
        let count = query.count.or_nothing("count", &mut faults);
        faults.check()?;

        let others = form_urlencoded::parse(text.as_bytes()).filter(|(key, _)| key != "cursor");
        let others = form_urlencoded::Serializer::new(String::new()).extend_pairs(others).finish();
        let and = if others.is_empty() { "" } else { "&" };
        let link = format!("{}{}?{others}{and}cursor=", app.site.url, parts.uri.path());
        let size = size.map_or(PAGE_SIZE, |PageSize(size)| size);
        Ok(Self { size, cursor, count: count.unwrap_or(false), link, site: app.site.url.len() })
    }
}

impl Paging {
    /// The first page, for those who do not come through a door.
    pub fn first(size: usize) -> Self {
        Self { size, cursor: None, count: false, link: String::new(), site: 0 }
    }

    /// What is asked for, told from everything else that is.
    pub fn asked(&self) -> String {
        let cursor = self.cursor.map(|cursor| cursor.to_string()).unwrap_or_default();
        format!("{}{cursor}", self.link)
    }

    /// The cursor, if it is one of a list in this order.
    pub fn cursor(&self, order: u8) -> Result<Option<Cursor>> {
        match self.cursor {
            Some(cursor) if cursor.order != order => {
                Err(Error::invalid("cursor", "this cursor is of a list in another order"))
            }
            cursor => Ok(cursor),
        }
    }

    /// How long the whole list is, counted only where it was asked for.
    pub async fn counted(&self, count: impl Future<Output = Result<i64>>) -> Result<Option<i64>> {
        match self.count {
            true => count.await.map(Some),
            false => Ok(None),
        }
    }

    /// One row more than fits says whether there is another page.
    pub fn limit(&self) -> i64 {
        i64::try_from(self.size + 1).unwrap_or(i64::MAX)
    }
}

impl Cursor {
    /// The key of a list that is ordered by time.
    pub fn instant(&self) -> Instant {
        Instant::from_micros(self.key).unwrap_or(Instant::EPOCH)
    }
}

/// Keys lie between the years 1 and 9999 in microseconds, which both databases can compare.
const KEYS: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

const NO_CURSOR: &str = "this is no cursor of ours: take it from next or previous";

impl Input for Cursor {
    fn from_text(text: &str) -> Result<Self, String> {
        let parse = || {
            let bytes: [u8; 18] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
            let back = match bytes[1] {
                0 => false,
                1 => true,
                _ => return None,
            };
            let key = i64::from_be_bytes(bytes[2..10].try_into().ok()?);
            let id = i64::from_be_bytes(bytes[10..].try_into().ok()?);
            KEYS.contains(&key).then_some(Self { order: bytes[0], back, key, id })
        };
        parse().ok_or(NO_CURSOR.to_owned())
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut bytes = [self.order, self.back.into()].to_vec();
        bytes.extend(self.key.to_be_bytes());
        bytes.extend(self.id.to_be_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Some of the rows of a list, and where its other pages begin.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    next: Option<Cursor>,
    previous: Option<Cursor>,
}

impl<T> Page<T> {
    /// A list that is one page.
    pub fn whole(rows: Vec<T>) -> Self {
        Self { rows, next: None, previous: None }
    }

    /// Takes the rows as the store read them: one more than fits, and backwards if so asked.
    /// `place` tells where a row is: in which order, what it is ordered by, and its id.
    pub fn new(mut rows: Vec<T>, paging: &Paging, place: impl Fn(&T) -> (u8, i64, i64)) -> Self {
        let back = paging.cursor.is_some_and(|cursor| cursor.back);
        let more = rows.len() > paging.size;
        rows.truncate(paging.size);
        if back {
            rows.reverse();
        }

        let at = |row: &T, back| {
            let (order, key, id) = place(row);
            Cursor { order, back, key, id }
        };
        let turned = |back| paging.cursor.map(|cursor| Cursor { back, ..cursor });
        let next = rows.last().map(|row| at(row, false)).or(turned(false)).filter(|_| more || back);
        let began = paging.cursor.is_some() && !back;
        let previous = rows.first().map(|row| at(row, true)).or(turned(true));
        Self { next, previous: previous.filter(|_| began || (back && more)), rows }
    }

    /// The same page of something else.
    pub fn map<U>(self, out: impl FnMut(T) -> U) -> Page<U> {
        Page {
            rows: self.rows.into_iter().map(out).collect(),
            next: self.next,
            previous: self.previous,
        }
    }
}

/// Where the other pages of a list are, as paths of this site.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// The next page.
    pub next: Option<String>,
    /// The page before this one.
    pub previous: Option<String>,
}

impl<T> Page<T> {
    /// Where its neighbours are, for pages of HTML.
    pub fn links(&self, paging: &Paging) -> Links {
        let link = |cursor| format!("{}{cursor}", &paging.link[paging.site..]);
        Links { next: self.next.map(link), previous: self.previous.map(link) }
    }
}

impl<T> Page<T> {
    /// Where the next page begins, if there is one.
    pub fn next(&self) -> Option<Cursor> {
        self.next
    }

    /// Where the page before begins, if there is one.
    pub fn previous(&self) -> Option<Cursor> {
        self.previous
    }

    /// The same page, with all of its rows turned into something else at once.
    pub fn turn<U>(self, out: impl FnOnce(Vec<T>) -> Result<Vec<U>>) -> Result<Page<U>> {
        Ok(Page { rows: out(self.rows)?, next: self.next, previous: self.previous })
    }
}

/// A list, as it goes out.
#[derive(Debug, Serialize, ToSchema)]
pub struct List<T> {
    /// The rows.
    pub results: Vec<T>,
    /// The next page, to be followed as it is.
    #[schema(format = "uri")]
    pub next: Option<String>,
    /// The page before this one.
    #[schema(format = "uri")]
    pub previous: Option<String>,
    /// How long the whole list is, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub count: Option<i64>,
}

impl<T> List<T> {
    /// The page with its links.
    pub fn new(page: Page<T>, paging: &Paging, count: Option<i64>) -> Self {
        let link = |cursor| format!("{}{cursor}", paging.link);
        Self {
            results: page.rows,
            next: page.next.map(link),
            previous: page.previous.map(link),
            count,
        }
    }
}

/// Adds to a boxed query what makes it one page: where it begins, its order, and its end.
///
/// `keyset!(query, cursor, limit, down, (column, key), (id column, id))`. The first condition is
/// what an index can seek to, the second says all of it.
#[macro_export]
macro_rules! keyset {
    ($query:expr, $cursor:expr, $limit:expr, $down:expr, ($column:expr, $key:expr), ($id_column:expr, $id:expr)) => {{
        let cursor: Option<$crate::http::paging::Cursor> = $cursor;
        let down = $down != cursor.is_some_and(|cursor| cursor.back);
        let query = match cursor {
            None => $query,
            Some(_) if down => {
                $query.filter($column.le($key)).filter($column.lt($key).or($id_column.lt($id)))
            }
            Some(_) => {
                $query.filter($column.ge($key)).filter($column.gt($key).or($id_column.gt($id)))
            }
        };
        let query = if down {
            query.order(($column.desc(), $id_column.desc()))
        } else {
            query.order(($column.asc(), $id_column.asc()))
        };
        query.limit($limit)
    }};
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_the_trip(order: u8, back: bool, key in KEYS, id: i64) {
            let cursor = Cursor { order, back, key, id };
            prop_assert_eq!(Cursor::from_text(&cursor.to_string()).unwrap(), cursor);
        }

        #[test]
        fn no_text_makes_the_parser_panic(text: String) {
            if let Ok(cursor) = Cursor::from_text(&text) {
                prop_assert_eq!(cursor.to_string(), text);
            }
        }

        /// Rows come and go, and still no page shows one twice, or leaves out one that stayed.
        #[test]
        fn pages_forth_and_back_show_the_list(ids in prop::collection::btree_set(0_i64..500, 0..120), size in 1_usize..30) {
            let rows: Vec<i64> = ids.into_iter().collect();
            let read = |paging: &Paging| {
                let mut from = rows.clone();
                if let Some(cursor) = paging.cursor {
                    from.retain(|id| if cursor.back { *id < cursor.id } else { *id > cursor.id });
                    if cursor.back { from.reverse(); }
                }
                from.truncate(paging.size + 1);
                Page::new(from, paging, |id| (0, 0, *id))
            };

            let mut paging = Paging::first(size);
            let mut seen = Vec::new();
            let mut pages = Vec::new();
            loop {
                let page = read(&paging);
                seen.extend(page.rows.clone());
                pages.push(page.rows);
                let Some(next) = page.next else { break };
                paging.cursor = Some(next);
            }
            prop_assert_eq!(&seen, &rows);

            let mut back = pages.pop();
            let mut previous = read(&paging).previous;
            while let Some(cursor) = previous {
                paging.cursor = Some(cursor);
                let page = read(&paging);
                back = pages.pop();
                prop_assert_eq!(Some(&page.rows), back.as_ref());
                previous = page.previous;
            }
            prop_assert!(pages.is_empty() && back.is_some());
        }
    }
}
