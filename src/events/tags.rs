//! Words to find an event by, and where to read on.

use crate::input::{self, Input};

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
    fn from_text(text: &str) -> Result<Self, String> {
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

impl Tags {
    const MOST: usize = 10;
    const LONGEST: usize = 40;

    /// Reads words: in lower case, with single spaces inside, each once.
    pub fn new<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> Result<Self, String> {
        let mut tags = Vec::new();
        for word in words {
            let spaced: Vec<&str> = word.as_ref().split_whitespace().collect();
            let tag = input::text(&spaced.join(" ").to_lowercase(), 1, Self::LONGEST)?;
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.len() > Self::MOST {
            return Err(format!("at most {} tags", Self::MOST));
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
    fn from_text(text: &str) -> Result<Self, String> {
        Self::new(text.split(',').filter(|word| !word.trim().is_empty()))
    }

    fn from_texts(texts: &[String]) -> Result<Self, String> {
        Self::new(texts)
    }

    fn from_json(value: serde_json::Value) -> Result<Self, String> {
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
