//! What arrives from outside: a field that may be absent, null, a value, or something else.
//!
//! A request is read into a struct of [`Field`]s, which never fails for what a field holds; then
//! every field is asked for its value, and all that is wrong is reported at once.

use std::fmt;
use std::marker::PhantomData;

use chrono::{DateTime, Datelike};
use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde_json::Value;

use crate::clock::Instant;
use crate::error::Faults;

/// A type that a field of a request can hold.
pub trait Input: Sized {
    /// Reads it from a form or a query string, which know only text.
    fn from_text(text: &str) -> Result<Self, String>;

    /// Reads it from JSON, where a number is not a text. `null` never gets here.
    fn from_json(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Self::from_text(&text),
            _ => Err("this must be a string".to_owned()),
        }
    }

    /// Reads it from a form that names the field more than once. The last one counts.
    fn from_texts(texts: &[String]) -> Result<Self, String> {
        Self::from_text(texts.last().map_or("", String::as_str))
    }

    /// Whether a form that leaves the field empty says `null` by it.
    fn empty_is_null() -> bool {
        true
    }
}

/// One field of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field<T> {
    /// The request does not mention it.
    #[default]
    Absent,
    /// It is there, and says that there is no value.
    Null,
    /// It holds a value of its type.
    Value(T),
    /// It holds something else; this is what to say about it.
    Wrong(String),
}

const REQUIRED: &str = "this field is required";
const NUL: &str = "this must not contain a NUL character";
const NOT_NULL: &str = "this field may not be null";

impl<T> Field<T> {
    /// The value, which has to be there.
    pub fn required(self, name: &'static str, faults: &mut Faults) -> Option<T> {
        self.must().optional(name, faults)
    }

    /// The value, if the field is there.
    pub fn optional(self, name: &'static str, faults: &mut Faults) -> Option<T> {
        if matches!(self, Self::Null) {
            faults.add(name, NOT_NULL);
        }
        self.nullable(name, faults).flatten()
    }

    /// The value, if the field is there; `Some(None)` where it is null.
    pub fn nullable(self, name: &'static str, faults: &mut Faults) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
            Self::Wrong(message) => {
                faults.add(name, message);
                None
            }
        }
    }

    /// The value, if the field is there; null makes it what it was at first.
    pub fn clearable(self, name: &'static str, faults: &mut Faults) -> Option<T>
    where
        T: Default,
    {
        self.nullable(name, faults).map(Option::unwrap_or_default)
    }

    /// The field, where it has to be there.
    #[must_use]
    pub fn must(self) -> Self {
        match self {
            Self::Absent => Self::Wrong(REQUIRED.to_owned()),
            field => field,
        }
    }

    /// The field, or this where it is not there.
    #[must_use]
    pub fn or(self, default: T) -> Self {
        match self {
            Self::Absent => Self::Value(default),
            field => field,
        }
    }

    /// The field, or null where it is not there.
    #[must_use]
    pub fn or_null(self) -> Self {
        match self {
            Self::Absent => Self::Null,
            field => field,
        }
    }

    /// The value, where null says the same as absent.
    pub fn or_nothing(self, name: &'static str, faults: &mut Faults) -> Option<T> {
        self.nullable(name, faults).flatten()
    }
}

impl<T> From<Result<T, String>> for Field<T> {
    fn from(read: Result<T, String>) -> Self {
        read.map_or_else(Self::Wrong, Self::Value)
    }
}

impl<'de, T: Input> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // JSON answers with itself; a form with the text, or the texts, that it holds.
        deserializer.deserialize_newtype_struct("Field", FieldVisitor(PhantomData))
    }
}

struct FieldVisitor<T>(PhantomData<T>);

impl<'de, T: Input> Visitor<'de> for FieldVisitor<T> {
    type Value = Field<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field of a request")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, json: D) -> Result<Field<T>, D::Error> {
        Ok(match Value::deserialize(json)? {
            Value::Null => Field::Null,
            value => T::from_json(value).into(),
        })
    }

    fn visit_str<E>(self, text: &str) -> Result<Field<T>, E> {
        Ok(match text {
            "" if T::empty_is_null() => Field::Null,
            text => T::from_text(text).into(),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Field<T>, A::Error> {
        let mut texts = Vec::new();
        while let Some(text) = seq.next_element()? {
            texts.push(text);
        }
        Ok(T::from_texts(&texts).into())
    }
}

/// Text that both databases can keep: trimmed, between `min` and `max` characters, no NUL.
pub fn text(text: &str, min: usize, max: usize) -> Result<String, String> {
    // As browsers and other systems end lines, and as nobody should tell them apart.
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = text.trim();
    let length = text.chars().count();
    if text.contains('\0') {
        return Err(NUL.to_owned());
    }
    if length < min {
        return Err("this field may not be blank".to_owned());
    }
    if length > max {
        return Err(format!("keep this within {max} characters, it has {length}"));
    }
    Ok(text.to_owned())
}

impl Input for Instant {
    /// RFC 3339, section 5.6, in any zone.
    fn from_text(text: &str) -> Result<Self, String> {
        let time = DateTime::parse_from_rfc3339(text.trim())
            .map_err(|_| "write an instant as 2026-12-31T19:00:00Z (RFC 3339)".to_owned())?;
        match (1000..=9998).contains(&time.to_utc().year()) {
            true => Ok(time.to_utc().into()),
            false => Err("the year must be from 1000 to 9998".to_owned()),
        }
    }
}

impl Input for i64 {
    fn from_text(text: &str) -> Result<Self, String> {
        text.trim().parse().map_err(|_| "this must be a whole number".to_owned())
    }

    fn from_json(value: Value) -> Result<Self, String> {
        value.as_i64().or_else(|| whole(&value)).ok_or("this must be a whole number".to_owned())
    }
}

/// JSON Schema counts `2.0` among the integers.
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole, and small enough")]
fn whole(value: &Value) -> Option<i64> {
    let number = value.as_f64()?;
    (number.fract() == 0.0 && number.abs() < 9.0e15).then_some(number as i64)
}

impl Input for f64 {
    fn from_text(text: &str) -> Result<Self, String> {
        let number = text.trim().parse().ok().filter(|it: &Self| it.is_finite());
        number.ok_or("this must be a number".to_owned())
    }

    fn from_json(value: Value) -> Result<Self, String> {
        value.as_f64().ok_or("this must be a number".to_owned())
    }
}

impl Input for bool {
    fn from_text(text: &str) -> Result<Self, String> {
        match text {
            "true" | "1" | "yes" | "on" => Ok(true),
            "false" | "0" | "no" | "off" => Ok(false),
            _ => Err("this must be true or false".to_owned()),
        }
    }

    fn from_json(value: Value) -> Result<Self, String> {
        value.as_bool().ok_or("this must be true or false".to_owned())
    }
}

impl Input for String {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.contains('\0') {
            true => Err(NUL.to_owned()),
            false => Ok(text.to_owned()),
        }
    }

    fn empty_is_null() -> bool {
        false
    }
}

/// The same on one line: what would begin another, or ring a bell, is a space.
pub fn line(line: &str, min: usize, max: usize) -> Result<String, String> {
    if line.contains('\0') {
        return Err(NUL.to_owned());
    }
    let words = line.split(char::is_control).map(str::trim).filter(|words| !words.is_empty());
    text(&words.collect::<Vec<_>>().join(" "), min, max)
}

/// Declares text of a field that has bounds of its own, in characters; `line` where it is one.
#[macro_export]
macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $min:literal..=$max:literal) => {
        $crate::text!($(#[$doc])* $name, $min..=$max, text);
    };
    ($(#[$doc:meta])* $name:ident, $min:literal..=$max:literal, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[derive(serde::Serialize, utoipa::ToSchema)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[schema(value_type = String)]
        pub struct $name(String);

        $crate::column!($name is Text, as String);

        impl $crate::input::Input for $name {
            fn from_text(text: &str) -> std::result::Result<Self, String> {
                $crate::input::$kind(text, $min, $max).map(Self)
            }

            fn empty_is_null() -> bool {
                false
            }
        }

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(default)]
    struct Party {
        guests: Field<i64>,
    }

    fn read(json: &str) -> Field<i64> {
        serde_json::from_str::<Party>(json).unwrap().guests
    }

    #[test]
    fn absent_null_a_value_and_nonsense_are_four_things() {
        assert_eq!(read("{}"), Field::Absent);
        assert_eq!(read(r#"{"guests": null}"#), Field::Null);
        assert_eq!(read(r#"{"guests": 7}"#), Field::Value(7));
        assert_eq!(read(r#"{"guests": 7.0}"#), Field::Value(7));
        assert!(matches!(read(r#"{"guests": "7"}"#), Field::Wrong(_)));
        assert!(matches!(read(r#"{"guests": 99999999999999999999}"#), Field::Wrong(_)));
    }

    #[test]
    fn a_text_is_trimmed_and_counted_in_characters() {
        assert_eq!(text("  Ọ̀rẹ́ ", 1, 9).unwrap(), "Ọ̀rẹ́");
        assert_eq!(text("a\r\nb\rc", 1, 9).unwrap(), "a\nb\nc");
        assert_eq!(line(" a\r\n \u{7}b ", 1, 9).unwrap(), "a b");
        assert!(line("a\0b", 1, 9).is_err());
        assert!(text(" \t", 1, 5).is_err());
        assert!(text("a\0b", 0, 5).is_err());
        assert!(text("123456", 0, 5).is_err());
    }
}
