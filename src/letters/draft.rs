//! A letter in the making, and how all of them look.

use askama::Template;

use crate::app::Site;
use crate::error::Result;
use crate::mail::{Invite, Letter};

/// A letter in the making.
pub struct Draft {
    site: String,
    subject: String,
    parts: Vec<Part>,
    calendar: Option<Invite>,
    unsubscribe: Option<String>,
}

/// A piece of a letter.
enum Part {
    Paragraph(String),
    Quote(String),
    Fact(&'static str, String),
    Action(&'static str, String),
}

#[derive(Template)]
#[template(path = "letters/letter.txt")]
struct AsText<'a> {
    draft: &'a Draft,
}

#[derive(Template)]
#[template(path = "letters/letter.html")]
struct AsHtml<'a> {
    draft: &'a Draft,
}

impl Draft {
    /// An empty letter.
    pub fn new(site: &Site, subject: impl Into<String>) -> Self {
        Self {
            site: site.url.clone(),
            subject: subject.into(),
            parts: Vec::new(),
            calendar: None,
            unsubscribe: None,
        }
    }

    fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Adds a paragraph.
    pub fn says(self, text: impl Into<String>) -> Self {
        self.with(Part::Paragraph(text.into()))
    }

    /// Adds what somebody said.
    pub fn quotes(self, text: impl Into<String>) -> Self {
        self.with(Part::Quote(text.into()))
    }

    /// Adds something to know, if there is something.
    pub fn fact(self, name: &'static str, text: &str) -> Self {
        match text.is_empty() {
            true => self,
            false => self.with(Part::Fact(name, text.to_owned())),
        }
    }

    /// Adds a link to follow.
    pub fn action(self, name: &'static str, url: String) -> Self {
        self.with(Part::Action(name, url))
    }

    /// Adds a date for the calendar.
    pub fn date(mut self, invite: Option<Invite>) -> Self {
        self.calendar = invite;
        self
    }

    /// Says where letters of this kind can be stopped.
    pub fn can_be_stopped_at(mut self, url: String) -> Self {
        self.unsubscribe = Some(url);
        self
    }

    /// The letter, to this address and under this name.
    pub fn letter(self, to: &str, name: &str) -> Result<Letter> {
        let text = AsText { draft: &self }.render().map_err(anyhow::Error::new)?;
        let html = AsHtml { draft: &self }.render().map_err(anyhow::Error::new)?;
        Ok(Letter {
            to: to.to_owned(),
            subject: self.subject,
            text,
            html,
            calendar: self.calendar,
            unsubscribe: self.unsubscribe,
            name: name.to_owned(),
        })
    }
}
