//! JSON, forms and query strings, all read into the same structs of fields.

use std::collections::BTreeMap;

use serde::de::value::{Error as ValueError, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};

use crate::error::{Error, Result};

/// Reads a JSON object. An empty body is an empty object.
pub fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return from_pairs(Vec::new());
    }
    // Checked first, so that a struct is not read from a list of its fields.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        serde_json::from_slice::<serde::de::IgnoredAny>(body).map_err(|err| malformed(&err))?;
        return Err(Error::invalid(crate::error::ACROSS_FIELDS, "send a JSON object"));
    }
    serde_json::from_slice(body).map_err(|err| malformed(&err))
}

fn malformed(err: &serde_json::Error) -> Error {
    Error::Malformed(format!("this is not JSON: {err}"))
}

/// Reads `name=value&…`, as forms and query strings write it.
pub fn from_form<T: DeserializeOwned>(form: &[u8]) -> Result<T> {
    from_pairs(form_urlencoded::parse(form).into_owned().collect())
}

/// Reads names and texts. A name that comes more than once holds all of its texts.
pub fn from_pairs<T: DeserializeOwned>(pairs: Vec<(String, String)>) -> Result<T> {
    let mut fields: BTreeMap<String, Texts> = BTreeMap::new();
    for (name, text) in pairs {
        fields.entry(name).or_default().0.push(text);
    }
    T::deserialize(MapDeserializer::<_, ValueError>::new(fields.into_iter()))
        .map_err(|err| Error::Malformed(err.to_string()))
}

/// What a form says of one field.
#[derive(Default)]
struct Texts(Vec<String>);

impl IntoDeserializer<'_, ValueError> for Texts {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Texts {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, ValueError> {
        match self.0.len() {
            1 => visitor.visit_string(self.0.remove(0)),
            _ => visitor.visit_seq(SeqDeserializer::new(self.0.into_iter())),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::input::Field;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Party {
        title: Field<String>,
        guests: Field<i64>,
    }

    #[test]
    fn a_form_says_the_same_as_json() {
        let json: Party = from_json(br#"{"title": "Owambe", "guests": 3, "more": [{}]}"#).unwrap();
        let form: Party = from_form(b"title=Owambe&guests=3&more=1").unwrap();

        assert_eq!(json, form);
        assert_eq!(json.guests, Field::Value(3));
    }

    #[test]
    fn what_is_empty_in_a_form_is_null_where_it_cannot_be_a_text() {
        let form: Party = from_form(b"title=&guests=").unwrap();

        assert_eq!(form, Party { title: Field::Value(String::new()), guests: Field::Null });
    }

    #[test]
    fn no_body_is_an_empty_object_and_a_list_is_none() {
        assert_eq!(from_json::<Party>(b" \n").unwrap(), Party::default());
        assert!(matches!(from_json::<Party>(b"[1]"), Err(Error::Invalid(_))));
        assert!(matches!(from_json::<Party>(b"[1"), Err(Error::Malformed(_))));
        assert!(matches!(from_json::<Party>(br#"{"title""#), Err(Error::Malformed(_))));
        let deep = format!("{{\"title\": {}", "[".repeat(5_000));
        assert!(matches!(from_json::<Party>(deep.as_bytes()), Err(Error::Malformed(_))));
        assert!(matches!(from_json::<Party>(br#"{"title": "\ud800"}"#), Err(Error::Malformed(_))));
    }
}
