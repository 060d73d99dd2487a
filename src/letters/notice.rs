//! What letters about notifications say.

use super::draft::Draft;
use super::invite;
use crate::app::App;
use crate::comments::{self, CommentId};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::events::{self, Event, EventId, Interest};
use crate::groups::{self, AnnouncementId, GroupId, InvitationId, Role};
use crate::mail::{Invite, Letter};
use crate::notifications::{self, Kind, Notification};
use crate::users::{self, User, UserId, Viewer};

/// The letter about a notification, if its reader may know of it still.
pub fn letter(app: &App, conn: &mut Conn, it: &Notification) -> Result<Option<Letter>> {
    let reader = users::get(conn, it.user_id)?;
    if reader.email_verified_at.is_none() {
        return Ok(None);
    }
    let Some(draft) = draft(app, conn, it, &reader)? else { return Ok(None) };
    let stop = notifications::unsubscribe_url(&app.site, reader.id, it.kind)?;
    draft
        .can_be_stopped_at(stop)
        .letter(&reader.email, &format!("notification-{}", it.id))
        .map(Some)
}

fn draft(app: &App, conn: &mut Conn, it: &Notification, reader: &User) -> Result<Option<Draft>> {
    let viewer: Viewer = reader.into();
    let event = match it.event_id {
        None => None,
        Some(id) => match missing(events::visible(conn, &viewer, EventId(id)))? {
            None => return Ok(None),
            event => event,
        },
    };
    if let Some(event) = &event
        && !still_holds(conn, &viewer, it.kind, event)?
    {
        return Ok(None);
    }
    let said = match it.comment_id {
        None => None,
        Some(id) => match missing(comments::visible(conn, &viewer, CommentId(id)))? {
            None => return Ok(None),
            comment => comment,
        },
    };
    let draft = Draft::new(&app.site, subject(it)).says(sentence(it));
    let Some(draft) = of_group(app, conn, it, &viewer, draft)? else { return Ok(None) };
    let draft = match (said, &event) {
        (Some(comment), _) => draft.quotes(comment.body),
        (None, Some(event)) => with_date(draft, app, event),
        (None, None) => draft.date(called_off(app, conn, it)?),
    };
    Ok(Some(draft))
}

/// What there is to say about a group, while its reader has to do with it.
fn of_group(
    app: &App,
    conn: &mut Conn,
    it: &Notification,
    viewer: &Viewer,
    draft: Draft,
) -> Result<Option<Draft>> {
    let Some(group) = it.group_id.map(GroupId) else { return Ok(Some(draft)) };
    let subject = it.subject_id.unwrap_or_default();
    Ok(match it.kind {
        Kind::GroupInvitation => match groups::to_be_sent(conn, InvitationId(subject))? {
            Some(invitation) => {
                let url = groups::invitation_url(&app.site, &invitation)?;
                Some(draft.action("Look at the invitation", url))
            }
            None => None,
        },
        Kind::GroupRequest => {
            let can_manage = missing(groups::visible(conn, viewer, group))?
                .is_some_and(|(_, rights)| rights.can_manage());
            let request = groups::request_of(conn, group, UserId(subject))?;
            match request.filter(|_| can_manage) {
                Some(request) if request.message.is_empty() => Some(draft),
                Some(request) => Some(draft.quotes(request.message)),
                None => None,
            }
        }
        Kind::Announcement => {
            let id = AnnouncementId(subject);
            missing(groups::announcement(conn, viewer, group, id))?.map(|it| draft.quotes(it.body))
        }
        // Who was not let in may still be told so.
        Kind::RequestRefused => Some(draft),
        Kind::RequestAccepted | Kind::GroupRole => {
            let role = match viewer.id() {
                Some(reader) => groups::role_in(conn, group, reader)?,
                None => None,
            };
            let is = |role: Role| it.kind == Kind::RequestAccepted || role.as_str() == it.detail;
            role.is_some_and(is).then_some(draft)
        }
        _ => missing(groups::visible(conn, viewer, group))?.map(|_| draft),
    })
}

/// Whether what is said about an event is so still: that they have a seat, or take part.
fn still_holds(conn: &mut Conn, viewer: &Viewer, kind: Kind, event: &Event) -> Result<bool> {
    let ties = events::ties(conn, viewer, &[event.hosted()])?.pop().flatten();
    let interest = ties.and_then(|ties| ties.interest);
    Ok(match kind {
        Kind::MovedUp => interest == Some(Interest::Going),
        Kind::EventChanged | Kind::EventCancelled => interest.is_some(),
        _ => true,
    })
}

/// What is not there, or not for this reader any more, is nothing.
fn missing<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(Error::NotFound(_) | Error::Forbidden(_)) => Ok(None),
        found => found.map(Some),
    }
}

fn with_date(draft: Draft, app: &App, event: &Event) -> Draft {
    draft
        .fact("When", &when(event))
        .fact("Where", event.details.location.as_str())
        .fact("More about it", event.details.url.as_str())
        .date(Some(invite::of(app, event)))
}

/// An event that is not to be seen any more is to be taken out of calendars.
fn called_off(app: &App, conn: &mut Conn, it: &Notification) -> Result<Option<Invite>> {
    match it.subject_id.filter(|_| it.kind == Kind::EventCancelled) {
        Some(id) => invite::of_gone(app, conn, EventId(id), &it.title).map(Some),
        None => Ok(None),
    }
}

/// The days, and the times as clocks in the event's zone show them.
fn when(event: &Event) -> String {
    let details = &event.details;
    let day = |day: events::Day| day.0.format("%A, %-d %B %Y").to_string();
    let time = |time: Option<events::TimeOfDay>| {
        time.map(|time| time.0.format(", %H:%M").to_string()).unwrap_or_default()
    };
    let zone = match details.start_time {
        Some(_) => format!(" ({})", details.timezone.0.name()),
        None => String::new(),
    };
    let starts = format!("{}{}", day(details.start_date), time(details.start_time));
    if details.end_date != details.start_date {
        return format!("{starts} to {}{}{zone}", day(details.end_date), time(details.end_time));
    }
    match details.end_time {
        Some(end) => format!("{starts} to {}{zone}", end.0.format("%H:%M")),
        None => format!("{starts}{zone}"),
    }
}

/// Who did it, as a subject of a sentence.
fn who(it: &Notification) -> String {
    match &it.actor {
        None => "Somebody".to_owned(),
        Some(actor) if actor.display_name.is_empty() => actor.username.clone(),
        Some(actor) => actor.display_name.clone(),
    }
}

fn subject(it: &Notification) -> String {
    let title = &it.title;
    match it.kind {
        Kind::MovedUp => format!("You have a seat: {title}"),
        Kind::EventChanged => format!("Changed: {title}"),
        Kind::EventCancelled => format!("Cancelled: {title}"),
        Kind::EventComment => format!("{} commented on {title}", who(it)),
        Kind::CommentAnswer => format!("{} answered you at {title}", who(it)),
        Kind::GroupEvent => format!("New: {title}"),
        Kind::GroupInvitation => format!("{} invites you to {title}", who(it)),
        Kind::GroupRequest => format!("{} asks to join {title}", who(it)),
        Kind::RequestAccepted => format!("Welcome to {title}"),
        Kind::RequestRefused => format!("About your request to join {title}"),
        Kind::GroupRole => format!("You are {} of {title}", role(&it.detail)),
        Kind::Announcement => format!("{title}: {}", it.detail),
    }
}

fn sentence(it: &Notification) -> String {
    let title = &it.title;
    match it.kind {
        Kind::MovedUp => format!("A seat at “{title}” is yours."),
        Kind::EventChanged => format!("“{title}” has changed: {}.", changed(&it.detail)),
        Kind::EventCancelled => format!("“{title}” is cancelled."),
        Kind::EventComment => format!("{} wrote under “{title}”:", who(it)),
        Kind::CommentAnswer => format!("{} answered your comment under “{title}”:", who(it)),
        Kind::GroupEvent => format!("There is a new event in a group of yours: “{title}”."),
        Kind::GroupInvitation => {
            format!("{} would like to have you in the group “{title}”.", who(it))
        }
        Kind::GroupRequest => format!("{} would like to join the group “{title}”.", who(it)),
        Kind::RequestAccepted => format!("You are a member of the group “{title}” now."),
        Kind::RequestRefused => {
            format!("The admins of the group “{title}” have not taken you in.")
        }
        Kind::GroupRole => {
            format!("{} has made you {} of the group “{title}”.", who(it), role(&it.detail))
        }
        Kind::Announcement => format!("{} has something to tell the group “{title}”:", who(it)),
    }
}

/// A role with its article.
fn role(role: &str) -> String {
    match role {
        "owner" => "the owner".to_owned(),
        "admin" => "an admin".to_owned(),
        _ => "a member".to_owned(),
    }
}

/// Which fields changed, in words.
fn changed(fields: &str) -> String {
    let word = |field: &str| match field {
        "title" => "what it is called",
        "location" | "latitude" | "longitude" => "where it is",
        "status" => "it takes place after all",
        _ => "when it is",
    };
    let mut words: Vec<&str> = fields.split(',').map(word).collect();
    words.dedup();
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_said_once_each() {
        assert_eq!(changed("start_date,end_date,location"), "when it is, where it is");
        assert_eq!(changed("title"), "what it is called");
    }
}
