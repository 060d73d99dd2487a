//! The pages behind the `type` of an error: what each code means, and what to do about it.

use askama::Template;
use axum::Router;
use axum::routing::get;

use super::extract::Path;
use super::page::{Page, PageResult};
use super::visit::Visit;
use crate::app::App;
use crate::error::Error;

/// One kind of problem.
#[derive(Clone, Copy)]
pub struct Explained {
    /// The constant that programs may rely on.
    pub code: &'static str,
    /// The status it comes with.
    pub status: u16,
    /// A few words.
    pub title: &'static str,
    /// What to do.
    pub advice: &'static str,
}

const fn explained(
    code: &'static str,
    status: u16,
    title: &'static str,
    advice: &'static str,
) -> Explained {
    Explained { code, status, title, advice }
}

/// Every code that an error can have.
pub const ALL: &[Explained] = &[
    explained(
        "malformed",
        400,
        "The request cannot be read",
        "The body is no JSON, or no form, or ended too early. Check how it is encoded; text is UTF-8.",
    ),
    explained(
        "invalid",
        400,
        "Some fields are not acceptable",
        "The member \"errors\" says for each field what is wrong with it. Nothing was changed.",
    ),
    explained(
        "unauthenticated",
        401,
        "Sign in first",
        "Send \"Authorization: Bearer <access>\" with a token that is valid now. Sign in, or \
         exchange your refresh token, to get one.",
    ),
    explained(
        "forbidden",
        403,
        "You may not do this",
        "You are signed in, but this is for others: its creator, its group's admins, or its owner.",
    ),
    explained(
        "not_found",
        404,
        "There is no such thing",
        "It does not exist, or it is private and you may not know that it does.",
    ),
    explained(
        "method_not_allowed",
        405,
        "This address does not do that",
        "The header \"Allow\" lists the methods that it answers.",
    ),
    explained(
        "too_slow",
        408,
        "The request took too long to arrive",
        "Send it again; a body has 30 seconds to arrive. An upload of pictures has 30 seconds for each \
         piece, and 30 minutes in all.",
    ),
    explained(
        "event_full",
        409,
        "The event is full",
        "There is no room for what was asked. Who wants to go to a full event waits in line; but \
         nobody can be seated, or bring more guests, where no seat is left.",
    ),
    explained(
        "event_cancelled",
        409,
        "The event is cancelled",
        "It is not going to happen. What you said before stays, and you can take it back.",
    ),
    explained(
        "event_over",
        409,
        "The event is over",
        "It has ended. What you said before stays, and you can take it back.",
    ),
    explained(
        "rsvp_closed",
        409,
        "It is too late to go",
        "The organisers take no more answers (\"rsvp_until\"). You can still be interested, or leave.",
    ),
    explained(
        "owner_must_hand_over",
        409,
        "A group needs an owner",
        "Make another member the owner first: POST them as a member with the role \"owner\".",
    ),
    explained(
        "already_verified",
        409,
        "The address is verified already",
        "Letters to it reach you: there is nothing more to do.",
    ),
    explained(
        "already_member",
        409,
        "They belong to this group already",
        "There is nothing to ask for, or to accept. An invitation stays for somebody else.",
    ),
    explained(
        "banned",
        409,
        "They are banned from this group",
        "Whoever looks after the group lifts the ban first; then they can be added or invited.",
    ),
    explained(
        "group_is_open",
        409,
        "This group is open",
        "Join it: POST yourself as a member. Nobody has to agree.",
    ),
    explained(
        "too_many_invitations",
        409,
        "This group has too many open invitations",
        "It has 200 at most. Revoke some, or wait until some are accepted or over.",
    ),
    explained(
        "idempotency_in_progress",
        409,
        "The first request is still under way",
        "A request with this Idempotency-Key has not been answered yet. Send it again in a moment.",
    ),
    explained(
        "precondition_failed",
        412,
        "It has changed since you saw it",
        "Nothing was changed. Get it again, look at what is new, and send your change with the new \
         \"ETag\" in \"If-Match\".",
    ),
    explained(
        "too_large",
        413,
        "The request is too large",
        "A body has at most 1 MB, and a picture at most 10 MB.",
    ),
    explained(
        "unsupported_media_type",
        415,
        "This kind of body is not understood",
        "Send application/json, application/x-www-form-urlencoded or multipart/form-data.",
    ),
    explained(
        "idempotency_key_reused",
        422,
        "The key stands for another request",
        "Each request needs an Idempotency-Key of its own; only when the same one is sent again, it \
         has the same key.",
    ),
    explained(
        "range_not_satisfiable",
        416,
        "The file has no such part",
        "\"Content-Range\" says how many bytes it has. Ask for some of those, or for all of it.",
    ),
    explained(
        "too_many_requests",
        429,
        "Too many requests",
        "Wait for the seconds that \"Retry-After\" says. \"RateLimit\" says in each answer how much \
         is left.",
    ),
    explained(
        "internal",
        500,
        "Something went wrong on our side",
        "It is in the log under the request id. Whoever runs this site would like to know.",
    ),
    explained(
        "busy",
        503,
        "Too much is going on at once",
        "Nothing was changed. Try again after the seconds that \"Retry-After\" says.",
    ),
    explained(
        "storage_unavailable",
        503,
        "Files cannot be stored or read at the moment",
        "Nothing was changed. Try again later; the cause is in the log under the request id.",
    ),
    explained(
        "storage_full",
        507,
        "There is no room left",
        "Nothing was changed. Whoever runs this site has to make room.",
    ),
];

/// The pages, one for each code, and their list.
pub fn routes() -> Router<App> {
    Router::new().route("/problems/", get(list)).route("/problems/{code}/", get(show))
}

/// The few words for a code.
pub fn title(code: &str) -> &'static str {
    find(code).map_or("Something is in the way", |it| it.title)
}

fn find(code: &str) -> Option<&'static Explained> {
    ALL.iter().find(|it| it.code == code)
}

#[derive(Template)]
#[template(path = "problems.html")]
struct ProblemsPage {
    visit: Visit,
    problems: Vec<Explained>,
}

async fn list(visit: Visit) -> Page<ProblemsPage> {
    Page(ProblemsPage { visit, problems: ALL.to_vec() })
}

async fn show(visit: Visit, Path(code): Path<String>) -> PageResult<ProblemsPage> {
    let problem = find(&code).ok_or(Error::NotFound("problem"))?;
    Ok(Page(ProblemsPage { visit, problems: vec![*problem] }))
}
