//! Forms of pages: what somebody typed is kept, and what is wrong with it stands beside its field.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::extract::{SLOWEST_BODY, whole};
use super::fields;
use crate::error::{ACROSS_FIELDS, Error, Faults, Result};

/// What somebody typed into a form, and what is wrong with it. A blank one has neither.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    faults: Faults,
}

impl Form {
    /// What these fields hold.
    pub fn of(pairs: Vec<(String, String)>) -> Self {
        Self { pairs, faults: Faults::default() }
    }

    /// The same with one more field, in the place of any of that name.
    #[must_use]
    pub fn with(mut self, name: &str, text: impl Into<String>) -> Self {
        self.pairs.retain(|(other, _)| other != name);
        self.pairs.push((name.to_owned(), text.into()));
        self
    }

    /// The same with what is wrong with it. Any error but [`Error::Invalid`] is passed on.
    pub fn refused(mut self, error: Error) -> Result<Self> {
        self.faults.absorb(error)?;
        Ok(self)
    }

    /// What a field holds; nothing where it is not there.
    pub fn text(&self, name: &str) -> &str {
        let found = self.pairs.iter().rev().find(|(other, _)| other == name);
        found.map_or("", |(_, text)| text)
    }

    /// Whether a field holds this, or has it among what it holds.
    pub fn is(&self, name: &str, text: &str) -> bool {
        self.pairs.iter().any(|(other, held)| other == name && held == text)
    }

    /// Whether anything is wrong.
    pub fn is_refused(&self) -> bool {
        !self.faults.by_field().is_empty()
    }

    /// What is wrong with a field.
    pub fn faults(&self, name: &str) -> &[String] {
        self.faults.by_field().get(name).map_or(&[], Vec::as_slice)
    }

    /// What is wrong across fields, or with one that the page does not show.
    pub fn other_faults<'a>(&self, shown: impl AsRef<[&'a str]>) -> Vec<&String> {
        let shown = shown.as_ref();
        let others = self.faults.by_field().iter();
        let others = others.filter(|(name, _)| **name == ACROSS_FIELDS || !shown.contains(name));
        others.flat_map(|(_, messages)| messages).collect()
    }

    /// Reads it as the API reads a form: names and texts.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T> {
        fields::from_pairs(self.pairs.clone())
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Error;

    /// Reads `application/x-www-form-urlencoded`.
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let body = timeout(SLOWEST_BODY, whole(request)).await.map_err(|_| Error::TooSlow)??;
        Ok(Self::of(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_kept_beside_what_is_wrong() {
        let form = Form::of(vec![("title".to_owned(), "Jollof".to_owned())]).with("url", "x");
        let form = form.refused(Error::invalid("url", "no address")).unwrap();
        assert_eq!((form.text("title"), form.text("url"), form.text("no")), ("Jollof", "x", ""));
        assert_eq!(form.faults("url"), ["no address"]);
        assert!(form.faults("title").is_empty() && form.is_refused());
        assert_eq!(form.other_faults(["title"]).len(), 1);
        assert!(form.other_faults(["url"]).is_empty());
        assert!(form.is("title", "Jollof") && !form.is("title", "jollof"));
        assert!(matches!(Form::default().refused(Error::Busy), Err(Error::Busy)));
    }
}
