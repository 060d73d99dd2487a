//! What the site writes to people: jobs that others have noted, made into letters and sent.
//!
//! A letter is made when it goes out, from what is true then; what is no longer true, or known to
//! its reader already, is not sent.

mod draft;
mod invite;
mod notice;

use std::time::Duration;

use chrono::TimeDelta;

use crate::app::App;
use crate::clock;
use crate::db::Conn;
use crate::error::Result;
use crate::groups::{self, InvitationId};
use crate::input::Input;
use crate::jobs::{Job, JobId, Kind, Outcome};
use crate::mail::{Letter, Sent};
use crate::notifications::{self, Notification, NotificationId};
use crate::sessions::mailbox;
use crate::users::{self, Email, UserId};

use draft::Draft;

/// Letters that one reader gets before others have their turn.
const LETTERS_AT_ONCE: usize = 5;

/// How long they may take together, but for the last: a job that takes too long is cut off.
const LONGEST_TURN: Duration = Duration::from_mins(2);

/// Sends the letter that a job is about.
pub async fn deliver(app: &App, job: &Job) -> Result<Outcome> {
    let (subject, id) = (job.subject.clone(), job.id);
    match job.kind {
        Kind::VerifyAddress => {
            send(app, move |app, conn| verification(app, conn, &subject, id)).await
        }
        Kind::ResetPassword => send(app, move |app, conn| reset(app, conn, &subject, id)).await,
        Kind::MailNotifications => notifications(app, &subject).await,
        Kind::MailInvitation => send(app, move |app, conn| invitation(app, conn, &subject)).await,
        Kind::DiscardFile => Err(anyhow::anyhow!("this job is no letter").into()),
    }
}

/// Makes a letter, if there still is one to make, and sends it.
async fn send(
    app: &App,
    make: impl FnOnce(&App, &mut Conn) -> Result<Option<Letter>> + Send + 'static,
) -> Result<Outcome> {
    let maker = app.clone();
    let letter = app.db.read_slow(move |conn| make(&maker, conn)).await?;
    let Some(letter) = letter else { return Ok(Outcome::Done) };
    Ok(match app.post.send(&letter).await? {
        Sent::Yes => Outcome::Done,
        Sent::NotYet { until, why } => Outcome::Waits { until, why },
    })
}

/// Asks somebody to prove that they read what is sent to their address.
fn verification(app: &App, conn: &mut Conn, subject: &str, job: JobId) -> Result<Option<Letter>> {
    let Some(user) = subject.parse().ok().map(UserId) else { return Ok(None) };
    let Some(user) = users::find(conn, user)? else { return Ok(None) };
    if user.email_verified_at.is_some() {
        return Ok(None);
    }
    let url = mailbox::verification_url(&app.site, &user)?;
    let draft = Draft::new(&app.site, "Is this your address?")
        .says(format!(
            "Somebody, most likely you, has an account called {} here, with this address.",
            user.username
        ))
        .action("Yes, this is my address", url)
        .says(format!(
            "The link is good for {}. If it was not you, do nothing.",
            span(mailbox::VERIFICATION_GOOD_FOR)
        ));
    draft.letter(&user.email, &format!("verify-{job}")).map(Some)
}

/// Lets somebody choose a new password, if there is anybody with this address.
fn reset(app: &App, conn: &mut Conn, subject: &str, job: JobId) -> Result<Option<Letter>> {
    let Ok(address) = Email::from_text(subject) else { return Ok(None) };
    let Some((user, hash)) = users::find_by_login(conn, address.as_str())? else { return Ok(None) };
    let url = mailbox::reset_url(&app.site, &user, &hash)?;
    let draft = Draft::new(&app.site, "A new password")
        .says(format!("Somebody, most likely you, wants a new password for the account {}.", user.username))
        .action("Choose a new password", url)
        .says(format!(
            "The link works once, for {}. If it was not you, do nothing: your password stays as it is.",
            span(mailbox::RESET_GOOD_FOR)
        ));
    draft.letter(&user.email, &format!("reset-{job}")).map(Some)
}

/// Invites whoever reads letters at an address into a group.
fn invitation(app: &App, conn: &mut Conn, subject: &str) -> Result<Option<Letter>> {
    let Some(id) = subject.parse().ok().map(InvitationId) else { return Ok(None) };
    let Some(invitation) = groups::to_be_sent(conn, id)? else { return Ok(None) };
    let Some(to) = &invitation.email else { return Ok(None) };
    let inviter = match invitation.inviter_id {
        Some(inviter) => users::find(conn, inviter)?,
        None => None,
    };
    let inviter = match &inviter {
        None => "Somebody",
        Some(user) if user.display_name.is_empty() => &user.username,
        Some(user) => &user.display_name,
    };
    let group = &invitation.group.name;
    let until = invitation.expires_at.utc().format("%-d %B %Y");
    let draft = Draft::new(&app.site, format!("{inviter} invites you to {group}"))
        .says(format!("{inviter} would like to have you in the group “{group}”."))
        .action("Look at the invitation", groups::invitation_url(&app.site, &invitation)?)
        .says(format!(
            "The link works once, until {until}. If you do not know what this is about, do nothing."
        ));
    draft.letter(to, &format!("invitation-{id}")).map(Some)
}

/// Tells somebody what happened, a letter for each thing. One that is not taken holds up no other.
async fn notifications(app: &App, subject: &str) -> Result<Outcome> {
    let Some(user) = subject.parse().ok().map(UserId) else { return Ok(Outcome::Done) };
    let began = clock::now();
    let mut refused = None;
    let mut last = NotificationId(0);
    for _ in 0..LETTERS_AT_ONCE {
        let next = app.db.write(move |tx| notifications::next_to_be_mailed(tx, user, last)).await?;
        let Some(notification) = next else { return refused.map_or(Ok(Outcome::Done), Err) };
        let enough =
            app.db.read_slow(move |conn| notifications::next_letter_at(conn, user)).await?;
        if let Some(at) = enough {
            return Ok(Outcome::Later(at));
        }
        last = notification.id;
        match tell(app, notification).await {
            Ok(Sent::Yes) => {}
            Ok(Sent::NotYet { until, why }) => return Ok(Outcome::Waits { until, why }),
            Err(err) => refused = Some(err),
        }
        if clock::now().since(began) > LONGEST_TURN {
            break;
        }
    }
    // Others have their turn.
    refused.map_or(Ok(Outcome::Later(clock::now())), Err)
}

/// Writes about one thing, if there still is something to write.
async fn tell(app: &App, notification: Notification) -> Result<Sent> {
    let (id, maker) = (notification.id, app.clone());
    let letter = app.db.read_slow(move |conn| notice::letter(&maker, conn, &notification)).await?;
    if let Some(letter) = &letter
        && let Sent::NotYet { until, why } = app.post.send(letter).await?
    {
        return Ok(Sent::NotYet { until, why });
    }
    let was_sent = letter.is_some();
    app.db.write(move |tx| notifications::mailed(tx, id, was_sent)).await?;
    Ok(Sent::Yes)
}

/// A span of time in words.
fn span(span: TimeDelta) -> String {
    match (span.num_days(), span.num_hours()) {
        (0, 1) => "an hour".to_owned(),
        (0, hours) => format!("{hours} hours"),
        (days, _) => format!("{days} days"),
    }
}
