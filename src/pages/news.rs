//! What a notification says in a list, and where it leads.

use crate::events::{EventId, address};
use crate::http::visit::Visit;
use crate::notifications::{Kind, Notification};

/// What happened, in a sentence.
pub fn said(visit: &Visit, it: &Notification) -> String {
    let who = match &it.actor {
        Some(actor) => actor.shown_name().to_owned(),
        None => visit.say("notification-somebody"),
    };
    let detail = match it.kind {
        Kind::EventChanged => changed(visit, &it.detail),
        _ => it.detail.clone(),
    };
    let values =
        [("who", (&who).into()), ("title", (&it.title).into()), ("detail", (&detail).into())];
    visit.language().tell(sentence(it), &values)
}

/// The text for its kind.
fn sentence(it: &Notification) -> &'static str {
    match it.kind {
        Kind::MovedUp => "notification-moved-up",
        Kind::EventChanged => "notification-event-changed",
        Kind::EventCancelled => "notification-event-cancelled",
        Kind::EventComment => "notification-event-comment",
        Kind::CommentAnswer => "notification-comment-answer",
        Kind::GroupEvent => "notification-group-event",
        Kind::GroupInvitation => "notification-group-invitation",
        Kind::GroupRequest => "notification-group-request",
        Kind::RequestAccepted => "notification-request-accepted",
        Kind::RequestRefused => "notification-request-refused",
        Kind::GroupRole => match it.detail.as_str() {
            "owner" => "notification-group-role-owner",
            "admin" => "notification-group-role-admin",
            _ => "notification-group-role-member",
        },
        Kind::Announcement => "notification-announcement",
    }
}

/// Which fields of an event changed, each word once.
fn changed(visit: &Visit, fields: &str) -> String {
    let word = |field: &str| match field {
        "title" => "notification-change-title",
        "location" | "latitude" | "longitude" => "notification-change-place",
        "status" => "notification-change-status",
        _ => "notification-change-time",
    };
    let mut words: Vec<&str> = fields.split(',').map(word).collect();
    words.dedup();
    words.into_iter().map(|id| visit.say(id)).collect::<Vec<_>>().join(", ")
}

/// Where what it is about is: what somebody said, or else the event, or else the group.
pub fn path(it: &Notification) -> Option<String> {
    let event = || it.event_id.map(|id| address::path(EventId(id), &it.title));
    let group = || it.group_id.map(|id| group(it, id));
    it.comment_id.map(|id| format!("/comments/{id}/")).or_else(event).or_else(group)
}

/// The part of a group's pages that it is about.
fn group(it: &Notification, id: i64) -> String {
    match (it.kind, it.subject_id) {
        // Who is invited may not see the group before they come in: the list says what they are
        // invited to.
        (Kind::GroupInvitation, _) => "/groups/".to_owned(),
        (Kind::GroupRequest, _) => format!("/groups/{id}/requests/"),
        (Kind::Announcement, Some(subject)) => format!("/groups/{id}/announcements/{subject}/"),
        _ => format!("/groups/{id}/"),
    }
}
