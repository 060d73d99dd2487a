//! What the page of an event says to programs: search engines, and those that show a link as a card.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::address;
use crate::clock::Instant;
use crate::events::{Event, Status, Visibility};
use crate::files::Size;
use crate::groups;
use crate::http::visit::Visit;

/// What is said of an event that everybody may see.
pub struct Meta {
    /// The address of its page.
    pub url: String,
    /// What it is about, in a sentence or two.
    pub description: String,
    /// The address of a card with its title.
    pub card: String,
    /// The event as schema.org describes one, safe within a `<script>`.
    pub json_ld: String,
    /// Whether search engines are to pass by.
    pub is_unlisted: bool,
}

/// How much of a description is shown beside a link, in characters.
const LONGEST: usize = 200;

impl Meta {
    /// What to say of an event; `when` and where it is, if its organiser says nothing of it.
    pub fn new(visit: &Visit, event: &Event, when: &str) -> Self {
        let details = &event.details;
        let url = address::of(&event.path());
        // Who has shown an old card once, asks for a new one.
        let card = format!("{url}card.png?v={}", event.updated_at.micros() / 1_000_000);
        let description = match details.description.as_str().trim() {
            "" => [when, details.location.as_str()].join(" · "),
            text => text.to_owned(),
        };
        let description = cut(description.trim_end_matches(" · "), LONGEST);
        Self {
            json_ld: for_script(&described(visit, event, &card)),
            is_unlisted: details.visibility == Visibility::Unlisted,
            url,
            description,
            card,
        }
    }
}

/// The first words of a text, in one line: no more than `most` characters.
pub fn cut(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let kept: String = line.chars().take(most - 1).collect();
    let is_whole = line[kept.len()..].starts_with(' ');
    let end = kept.rfind(' ').filter(|_| !is_whole).unwrap_or(kept.len());
    format!("{}…", kept[..end].trim_end_matches([',', ';', ':', '.', ' ']))
}

/// JSON that cannot end the `<script>` it stands in, nor be read as anything but JSON.
pub fn for_script(value: &Value) -> String {
    let mut safe = String::new();
    for letter in value.to_string().chars() {
        match letter {
            '<' => safe.push_str("\\u003C"),
            '>' => safe.push_str("\\u003E"),
            '&' => safe.push_str("\\u0026"),
            '\u{2028}' => safe.push_str("\\u2028"),
            '\u{2029}' => safe.push_str("\\u2029"),
            other => safe.push(other),
        }
    }
    safe
}

/// An event, as <https://schema.org/Event> says it. What is not known is not said.
fn described(visit: &Visit, event: &Event, card: &str) -> Value {
    let details = &event.details;
    let status = match details.status {
        Status::Cancelled => "https://schema.org/EventCancelled",
        Status::Scheduled | Status::Draft => "https://schema.org/EventScheduled",
    };
    let picture = event.thumbnail.as_ref().map(|file| file.url(Size::Full));
    let images: Vec<String> = picture.into_iter().chain([card.to_owned()]).collect();
    let mut out = Map::new();
    let mut say = |name: &str, value: Value| drop(out.insert(name.to_owned(), value));
    say("@context", json!("https://schema.org"));
    say("@type", json!("Event"));
    say("name", json!(details.title.as_str()));
    say("url", json!(address::of(&event.path())));
    say("eventStatus", json!(status));
    say("startDate", json!(moment(event, details.starts_at)));
    if details.is_all_day() || details.ends_at > details.starts_at {
        say("endDate", json!(end(event)));
    }
    say("image", json!(images));
    say("organizer", organizer(event));
    say("inLanguage", json!(visit.language().code()));
    if !details.description.as_str().is_empty() {
        say("description", json!(details.description.as_str()));
    }
    if let Some(place) = place(event) {
        say("location", place);
    }
    if let Some(seats) = details.capacity {
        say("maximumAttendeeCapacity", json!(seats));
        say("remainingAttendeeCapacity", json!((seats - event.seats_taken).max(0)));
    }
    Value::Object(out)
}

/// An instant with the offset of the clocks where it is; a day, where it is whole days.
fn moment(event: &Event, at: Instant) -> String {
    let details = &event.details;
    if details.is_all_day() {
        return details.start_date.0.to_string();
    }
    let local = DateTime::<Utc>::from(at).with_timezone(&details.timezone.0);
    local.to_rfc3339_opts(SecondsFormat::Secs, false)
}

fn end(event: &Event) -> String {
    match event.details.is_all_day() {
        true => event.details.end_date.0.to_string(),
        false => moment(event, event.details.ends_at),
    }
}

fn place(event: &Event) -> Option<Value> {
    let details = &event.details;
    let (name, at) = (details.location.as_str(), details.latitude.zip(details.longitude));
    if name.is_empty() && at.is_none() {
        return None;
    }
    let mut place = json!({"@type": "Place"});
    if !name.is_empty() {
        place["name"] = json!(name);
        place["address"] = json!(name);
    }
    if let Some((latitude, longitude)) = at {
        place["geo"] =
            json!({"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude});
    }
    Some(place)
}

/// The group that holds it, where everybody may know of that, or else who made it.
fn organizer(event: &Event) -> Value {
    match event.group.as_ref().filter(|it| it.visibility != groups::Visibility::Private) {
        Some(group) => json!({
            "@type": "Organization",
            "name": group.name,
            "url": address::of(&format!("/groups/{}/", group.id)),
        }),
        None => json!({
            "@type": "Person",
            "name": event.creator.shown_name(),
            "url": address::of(&format!("/people/{}/", event.creator.id)),
        }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_script() {
        let hostile = "</script><!--<script>&\u{2028}\u{2029}\"\\";
        let text = for_script(&json!({"name": hostile}));
        assert!(!text.contains(['<', '>', '&', '\u{2028}', '\u{2029}']), "{text}");
        let back: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(back["name"], hostile);
    }

    #[test]
    fn a_text_is_cut_between_words() {
        assert_eq!(cut("Jollof  and\npalm wine", 100), "Jollof and palm wine");
        assert_eq!(cut("Jollof and palm wine", 12), "Jollof and…");
        assert_eq!(cut("Jollof, and palm wine", 8), "Jollof…");
        assert_eq!(cut(&"x".repeat(50), 10), format!("{}…", "x".repeat(9)));
    }

    proptest! {
        #[test]
        fn a_cut_text_is_never_longer(text: String, most in 1_usize..50) {
            prop_assert!(cut(&text, most).chars().count() <= most);
        }

        #[test]
        fn whatever_is_said_comes_back(text: String) {
            let safe = for_script(&json!(text));
            prop_assert!(!safe.contains(['<', '>', '&']));
            prop_assert_eq!(serde_json::from_str::<Value>(&safe).unwrap(), json!(text));
        }
    }
}
