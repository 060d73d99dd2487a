//! Who looks at a page, in which language, and what every page shows them around its own matter.

use std::sync::{Arc, OnceLock};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::csrf::{Csrf, Key};
use crate::app::App;
use crate::clock::Instant;
use crate::error::{Error, Result};
use crate::texts::{Language, Value, language};

/// A visit of a page. Cheap to clone; every page has one, and its layout asks it.
#[derive(Clone)]
pub struct Visit(Arc<Visited>);

struct Visited {
    who: Option<Who>,
    language: &'static Language,
    site: String,
    path: String,
    csrf: Csrf,
    unread: OnceLock<i64>,
}

/// Somebody who is signed in, as the layout shows them.
#[derive(Clone, Debug)]
pub struct Who {
    /// Their id.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// Where a small picture of them is.
    pub avatar: Option<String>,
    /// The zone they live in.
    pub zone: Tz,
}

impl Visit {
    /// A visit of somebody, or of anybody, as their browser asks for the page.
    pub fn new(app: &App, uri: &Uri, headers: &HeaderMap, who: Option<Who>, key: Key) -> Self {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|it| it.to_str().ok());
        let path = uri.path_and_query().map_or("/", |it| it.as_str()).to_owned();
        Self(Arc::new(Visited {
            who,
            language: language(accepted.unwrap_or_default()),
            site: app.site.name.clone(),
            path,
            csrf: Csrf::new(&app.site.secret, key),
            unread: OnceLock::new(),
        }))
    }

    /// Who is signed in, if anybody is.
    pub fn who(&self) -> Option<&Who> {
        self.0.who.as_ref()
    }

    /// Whether this is their id.
    pub fn is(&self, id: i64) -> bool {
        self.who().is_some_and(|who| who.id == id)
    }

    /// How many notifications they have not read, as far as somebody has counted.
    pub fn unread(&self) -> i64 {
        self.0.unread.get().copied().unwrap_or_default()
    }

    /// Notes how many notifications they have not read, for every page of this visit.
    pub fn note_unread(&self, count: i64) {
        self.0.unread.get_or_init(|| count);
    }

    /// The language that they read.
    pub fn language(&self) -> &'static Language {
        self.0.language
    }

    /// What the site is called.
    pub fn site(&self) -> &str {
        &self.0.site
    }

    /// The path and the query that they asked for.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether they are in this part of the site.
    pub fn is_in(&self, part: &str) -> bool {
        self.path().starts_with(part)
    }

    /// Where they go to sign in, and come back from to what they see.
    pub fn sign_in(&self) -> String {
        sign_in_and_back(&self.0.path)
    }

    /// What a form of theirs has to bring along, another one each time: see [`Csrf`].
    pub fn csrf(&self) -> String {
        self.0.csrf.token()
    }

    /// What proves that a form is of this visit.
    pub fn forms(&self) -> &Csrf {
        &self.0.csrf
    }

    /// A text.
    pub fn say(&self, id: &str) -> String {
        self.0.language.say(id)
    }

    /// A text with one thing in it.
    pub fn with<'a>(&self, id: &str, name: &'static str, value: impl Into<Value<'a>>) -> String {
        self.0.language.tell(id, &[(name, value.into())])
    }

    /// A text with two things in it.
    pub fn with_two<'a, 'b>(
        &self,
        id: &str,
        (one, first): (&'static str, impl Into<Value<'a>>),
        (two, second): (&'static str, impl Into<Value<'b>>),
    ) -> String {
        self.0.language.tell(id, &[(one, first.into()), (two, second.into())])
    }

    /// What an error says, in their language where that is known.
    pub fn translated(&self, english: &str) -> String {
        self.0.language.translated(english)
    }

    /// What somebody can do about an error of this code.
    pub fn advice(&self, code: &str) -> String {
        self.0.language.say_or(&format!("error-advice-{}", code.replace('_', "-")), "error-advice")
    }

    /// The zone of their clock, where they have said so.
    pub fn zone(&self) -> Option<Tz> {
        self.who().map(|who| who.zone)
    }

    /// A moment in the past or the future, on their clock, or else in UTC, which it says.
    pub fn moment(&self, at: Instant) -> String {
        match self.zone() {
            Some(zone) => {
                let local = DateTime::<Utc>::from(at).with_timezone(&zone);
                self.language().moment(local.naive_local())
            }
            None => format!("{} UTC", self.language().moment(at.utc())),
        }
    }

    /// The day on which a moment is, on their clock, or else in UTC.
    pub fn day_of(&self, at: Instant) -> NaiveDate {
        let zone = self.zone().unwrap_or(Tz::UTC);
        DateTime::<Utc>::from(at).with_timezone(&zone).date_naive()
    }
}

/// Where somebody goes to sign in, and comes back from to a path.
pub fn sign_in_and_back(path: &str) -> String {
    let next = form_urlencoded::Serializer::new(String::new()).append_pair("next", path).finish();
    format!("/signin/?{next}")
}

impl FromRequestParts<App> for Visit {
    type Rejection = Error;

    /// The door of pages has looked already who it is.
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let visit = parts.extensions.get().cloned();
        Ok(visit
            .unwrap_or_else(|| Self::new(app, &parts.uri, &parts.headers, None, Key::of_nobody())))
    }
}
