//! Finding events: as a list, in a month, and on a map. Each filter is in the address, so that every
//! page of it can be shared.

mod frame;
mod list;
mod map;
mod month;

use axum::Router;
use axum::routing::get;

use crate::app::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::events::{Day, EventQuery, Filter};
use crate::http::form::Form;
use crate::http::visit::Visit;
use crate::zone::Zone;

/// The three ways to look for events.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/events/", get(list::show))
        .route("/events/month/", get(month::show))
        .route("/events/map/", get(map::show))
}

/// What somebody looks for: what they said, what is wrong with it, and how it is read.
struct Search {
    form: Form,
    filter: Filter,
}

/// What a filter is called in an address.
const FILTERS: &[&str] = &[
    "q",
    "from",
    "to",
    "when",
    "tag",
    "near",
    "within",
    "group",
    "creator",
    "ordering",
    "following",
];

impl Search {
    /// What the query of an address says. Where something is wrong with it, it looks for nothing in
    /// particular, and says what is wrong.
    fn read(query: Option<&str>) -> Result<Self> {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let pairs = pairs.into_owned().filter(|(_, text)| !text.trim().is_empty());
        let form = Form::of(pairs.collect());
        let read = form.read::<EventQuery>().and_then(EventQuery::read);
        match read {
            Ok(filter) => Ok(Self { form, filter }),
            Err(err) => Ok(Self { form: form.refused(err)?, filter: Filter::default() }),
        }
    }

    /// The same way to look, with other filters: what is empty is left out.
    fn link(&self, path: &str, changes: &[(&str, &str)]) -> String {
        let kept = FILTERS.iter().map(|name| {
            let change = changes.iter().find(|(other, _)| other == name);
            (*name, change.map_or(self.form.text(name), |(_, text)| *text))
        });
        let kept: Vec<_> = kept.filter(|(_, text)| !text.is_empty()).collect();
        if kept.is_empty() {
            return path.to_owned();
        }
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
        format!("{path}?{query}")
    }

    /// What the form of a way to look does not show, and has to keep.
    fn unseen(&self, here: &str) -> Vec<&'static str> {
        let shown: &[&str] = match here {
            "/events/" => &["q", "from", "to", "tag", "near", "within", "ordering"],
            "/events/map/" => &["q", "from", "to", "tag", "near", "within"],
            _ => &["q", "tag", "near", "within"],
        };
        let unseen = FILTERS.iter().chain(&["month"]).filter(|name| !shown.contains(name));
        unseen.copied().filter(|name| !self.form.text(name).is_empty()).collect()
    }

    /// Whether it looks for more than what everybody is shown.
    fn is_narrow(&self) -> bool {
        FILTERS.iter().any(|name| !self.form.text(name).is_empty())
    }

    /// Whether it is one of the filters that are not shown at once.
    fn is_deep(&self) -> bool {
        ["from", "to", "near", "within", "ordering"].iter().any(|it| !self.form.text(it).is_empty())
    }

    /// Who says no time is shown what is not over yet.
    fn not_over(&self, app: &App, visit: &Visit) -> Filter {
        let mut filter = self.filter.clone();
        if filter.from.is_none() && filter.to.is_none() && filter.when.is_none() {
            filter.from = Some(today(app, visit));
        }
        filter
    }
}

/// The day that it is for who visits, or else where the site is.
fn today(app: &App, visit: &Visit) -> Day {
    let zone = visit.zone().unwrap_or(app.site.timezone);
    let now = chrono::DateTime::<chrono::Utc>::from(clock::now());
    Day(now.with_timezone(&Zone(zone).0).date_naive())
}

/// Nothing, where what is asked for cannot be read, such as a cursor of another list.
fn or_nothing<T: Default>(found: Result<T>) -> Result<T> {
    match found {
        Err(Error::Invalid(_)) => Ok(T::default()),
        found => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_filter_is_in_the_address_and_what_is_empty_is_not() {
        let search = Search::read(Some("q=jollof+rice&tag=&from=2026-12-01&cursor=abc")).unwrap();
        assert_eq!(search.link("/events/", &[]), "/events/?q=jollof+rice&from=2026-12-01");
        let link = search.link("/events/map/", &[("from", ""), ("tag", "food & drink")]);
        assert_eq!(link, "/events/map/?q=jollof+rice&tag=food+%26+drink");
        assert!(search.is_narrow() && search.is_deep());
        assert_eq!(Search::read(None).unwrap().link("/events/", &[]), "/events/");
    }

    #[test]
    fn what_is_wrong_with_a_filter_is_said_beside_it() {
        let search = Search::read(Some("from=tomorrow&q=jollof")).unwrap();
        assert!(!search.form.faults("from").is_empty());
        assert_eq!(search.form.text("q"), "jollof");
    }
}
