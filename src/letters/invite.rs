//! Dates for calendars, beside what a letter says (RFC 5546: published, or called off).

use icalendar::{Calendar, Component, Property};

use crate::app::App;
use crate::db::Conn;
use crate::error::Result;
use crate::events::{Event, EventId, Status, calendar};
use crate::mail::Invite;

/// The date of an event, published or called off.
pub fn of(app: &App, event: &Event) -> Invite {
    let component = calendar::component(event, app.post.host());
    let method = match event.details.status {
        Status::Cancelled => "CANCEL",
        _ => "PUBLISH",
    };
    let creator = &event.creator;
    let name = match creator.display_name.as_str() {
        "" => &creator.username,
        name => name,
    };
    invite(app, method, component, name)
}

/// What takes the date of an event that is not to be seen any more out of calendars.
pub fn of_gone(app: &App, conn: &mut Conn, id: EventId, title: &str) -> Result<Invite> {
    let sequence = calendar::last_sequence(conn, id)?;
    let tombstone = calendar::tombstone(id, title, sequence, app.post.host());
    Ok(invite(app, "CANCEL", tombstone, "Owambe"))
}

/// Both methods want an organizer; the address of people is nobody's business, so it is the site's.
fn invite(app: &App, method: &'static str, mut event: icalendar::Event, name: &str) -> Invite {
    let address = format!("mailto:{}", app.post.address());
    // A reader of RFC 6868 makes a line break of "^n".
    let name = name.replace(['"', '\n'], "").replace('^', "^^");
    event.append_property(Property::new("ORGANIZER", address).add_parameter("CN", &name).done());
    let mut calendar = Calendar::empty();
    for property in [("VERSION", "2.0"), ("PRODID", "-//Owambe//Owambe//EN"), ("METHOD", method)] {
        calendar.append_property(property);
    }
    calendar.push(event);
    Invite { method, text: calendar.to_string() }
}
