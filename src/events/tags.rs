//! Words to find an event by, and where to read on.

use super::tags_store;
use crate::clock;
use crate::db::Conn;
use crate::error::Result;
use crate::http::paging::{Page, Paging};
use crate::input::{self, Input};

crate::id! {
    /// Identifies a word that events are tagged with.
    TagId
}

/// A page about the event elsewhere: `http` or `https`, or empty.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
    serde::Serialize,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Link(String);

crate::column!(Link is Text, as String);

impl Input for Link {
    fn from_text(text: &str) -> std::result::Result<Self, String> {
        let link = input::text(text, 0, 2000)?;
        let is_web = |url: &url::Url| matches!(url.scheme(), "http" | "https") && url.has_host();
        if link.is_empty() || url::Url::parse(&link).as_ref().is_ok_and(is_web) {
            return Ok(Self(link));
        }
        Err("this must be an address that starts with http:// or https://".to_owned())
    }

    fn empty_is_null() -> bool {
        false
    }
}

impl Link {
    /// The address, or nothing.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Words to find an event by: at most 10 of 1 to 40 characters, kept as a JSON array.
#[derive(
    Clone,
    Debug,
    Default,
    PartialEq,
    Eq,
    diesel::expression::AsExpression,
    diesel::deserialize::FromSqlRow,
)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct Tags(String);

crate::column!(Tags is Text, as String);

/// One word to find events by.
#[derive(Clone, Debug, PartialEq, Eq, utoipa::ToSchema)]
#[schema(as = TagName, value_type = String, min_length = 1, max_length = 40, example = "food")]
pub struct Tag(String);

impl Tag {
    const LONGEST: usize = 40;

    /// The word, in lower case and with single spaces inside.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Input for Tag {
    fn from_text(text: &str) -> std::result::Result<Self, String> {
        let spaced: Vec<&str> = text.split_whitespace().collect();
        input::text(&spaced.join(" ").to_lowercase(), 1, Self::LONGEST).map(Self)
    }
}

/// A word, and how many upcoming public events it is on.
#[derive(Clone, Debug, diesel::Queryable)]
pub struct UsedTag {
    /// Tells words apart that are used as often.
    pub id: TagId,
    /// The word.
    pub name: String,
    /// How many events.
    pub count: i64,
}

const ORDER: u8 = b't';

/// The words of upcoming public events, the most used first.
pub fn list_tags(conn: &mut Conn, paging: &Paging) -> Result<Page<UsedTag>> {
    let cursor = paging.cursor(ORDER)?;
    let rows = tags_store::list(conn, clock::now(), cursor, paging.limit())?;
    Ok(Page::new(rows, paging, |tag| (ORDER, tag.count, tag.id.0)))
}

/// How many words there are to list.
pub fn count_tags(conn: &mut Conn) -> Result<i64> {
    Ok(tags_store::count(conn, clock::now())?)
}

impl Tags {
    const MOST: usize = 10;

    /// Reads words: in lower case, with single spaces inside, each once.
    pub fn new<T: AsRef<str>>(
        words: impl IntoIterator<Item = T>,
    ) -> std::result::Result<Self, String> {
        let mut tags = Vec::new();
        for (number, word) in words.into_iter().enumerate() {
            let Tag(tag) = Tag::from_text(word.as_ref())?;
            if number >= Self::MOST {
                return Err(format!("at most {} tags", Self::MOST));
            }
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        Ok(Self(serde_json::json!(tags).to_string()))
    }

    /// The words.
    pub fn words(&self) -> Vec<String> {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

impl Input for Tags {
    /// In a form, commas stand between tags.
    fn from_text(text: &str) -> std::result::Result<Self, String> {
        Self::new(text.split(',').filter(|word| !word.trim().is_empty()))
    }

    fn from_texts(texts: &[String]) -> std::result::Result<Self, String> {
        Self::new(texts)
    }

    fn from_json(value: serde_json::Value) -> std::result::Result<Self, String> {
        let words: Vec<String> = serde_json::from_value(value)
            .map_err(|_| "this must be a list of strings".to_owned())?;
        Self::new(words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_few_short_and_each_there_once() {
        let tags = Tags::from_text("Live  Music, jollof,LIVE MUSIC, ").unwrap();
        assert_eq!(tags.words(), ["live music", "jollof"]);
        assert!(Tags::new(["x".repeat(41)]).is_err());
        assert!(Tags::new((0..11).map(|it| it.to_string())).is_err());
        assert!(Tags::new([" "]).is_err());
    }

    #[test]
    fn a_link_leads_to_the_web() {
        assert!(Link::from_text("https://example.com/party?x=1").is_ok());
        assert!(Link::from_text("").is_ok());
        for bad in ["javascript:alert(1)", "example.com", "ftp://example.com", "https://"] {
            assert!(Link::from_text(bad).is_err(), "{bad}");
        }
    }
}
