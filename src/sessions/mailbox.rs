//! Proving that one reads what is sent to an address: to have it verified, and to choose a new
//! password when the old one is forgotten.
//!
//! The links need no table. What they prove is in them, and what makes them void is, too: another
//! address, or another password, which the first use of a link for a password brings about.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::{store, token};
use crate::app::{App, Site};
use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::http::idempotency::Once;
use crate::jobs;
use crate::users::password::Password;
use crate::users::{self, Email, User, UserId};

/// How long a link that verifies an address is good.
pub const VERIFICATION_GOOD_FOR: TimeDelta = TimeDelta::days(3);

/// How long a link to a new password is good.
pub const RESET_GOOD_FOR: TimeDelta = TimeDelta::hours(1);

const VERIFY: &str = "verify";
const RESET: &str = "reset";

const VOID: &str = "this link is not valid, or not any more: ask for a new one";

/// Asks for a letter that verifies somebody's address.
pub fn ask(tx: &mut Tx, user: &User) -> Result<()> {
    if user.email_verified_at.is_some() {
        return Err(Error::Conflict {
            code: "already_verified",
            message: "this address is verified already",
        });
    }
    // Somebody waits for it: it goes before what others are told.
    jobs::enqueue(tx, jobs::Kind::VerifyAddress, &user.id.to_string(), Instant::EPOCH)
}

/// Asks for a letter that lets whoever has this address choose a new password.
///
/// Whether there is anybody is found out later, so that nobody can tell from the answer.
pub fn ask_for_reset(tx: &mut Tx, address: &Email) -> Result<()> {
    jobs::enqueue(tx, jobs::Kind::ResetPassword, &address.key(), Instant::EPOCH)
}

/// Asks once more for the letter that verifies somebody's address, unless there were many.
pub async fn ask_again(app: &App, user: User, once: Once) -> Result<()> {
    app.limits.check_letter(&user.id.to_string(), &user.email.to_lowercase())?;
    app.db
        .write(move |tx| {
            ask(tx, &user)?;
            once.done(tx)
        })
        .await
}

/// Asks for a letter with a new password in the name of anybody. Who asks too often hears the same,
/// and no letter goes out.
pub async fn forgot(app: &App, address: &Email, once: Once) -> Result<()> {
    let is_heard = app.limits.may_reset(&address.key());
    let address = address.clone();
    app.db
        .write(move |tx| {
            if is_heard {
                ask_for_reset(tx, &address)?;
            }
            once.done(tx)
        })
        .await
}

/// Where somebody says that an address is theirs.
pub fn verification_url(site: &Site, user: &User) -> Result<String> {
    let subject = format!("{}:{}", user.id, digest(&[&user.email]));
    let token = token::grant(site, VERIFY, &subject, clock::now().plus(VERIFICATION_GOOD_FOR))?;
    Ok(format!("{}/verify/?token={token}", site.url))
}

/// Where somebody chooses a new password.
pub fn reset_url(site: &Site, user: &User, hash: &str) -> Result<String> {
    let subject = format!("{}:{}", user.id, digest(&[&user.email, hash]));
    let token = token::grant(site, RESET, &subject, clock::now().plus(RESET_GOOD_FOR))?;
    Ok(format!("{}/reset/?token={token}", site.url))
}

/// Notes that somebody reads what is sent to their address.
pub fn verify(tx: &mut Tx, site: &Site, token: &str) -> Result<User> {
    let void = || Error::invalid("token", VOID);
    let (id, mark) = read(site, VERIFY, token).ok_or_else(void)?;
    users::lock(tx, id)?;
    let user = users::find(tx, id)?.filter(|user| digest(&[&user.email]) == mark);
    let user = user.ok_or_else(void)?;
    users::set_verified(tx, id)?;
    Ok(user)
}

/// Whose new password a link is for, while it is good.
pub fn check_reset(conn: &mut Conn, site: &Site, token: &str) -> Result<(User, String)> {
    let void = || Error::invalid("token", VOID);
    let (id, mark) = read(site, RESET, token).ok_or_else(void)?;
    let user = users::find(conn, id)?.ok_or_else(void)?;
    let hash = users::password_hash(conn, id)?;
    match digest(&[&user.email, &hash]) == mark {
        true => Ok((user, hash)),
        false => Err(void()),
    }
}

/// Gives somebody the new password that they chose, and ends every session of theirs.
///
/// Of two who come with one link, the first is served: it is void as soon as the password changes.
pub async fn reset(app: &App, token: String, new: Password, once: Once) -> Result<()> {
    let (site, same) = (app.site.clone(), token.clone());
    let (user, _) = app.db.read(move |conn| check_reset(conn, &site, &same)).await?;
    let new_hash = app
        .hashers
        .run(move || {
            let mut faults = Faults::default();
            if let Some(weakness) = new.weakness(&user.username, &user.email) {
                faults.add("new_password", weakness);
            }
            faults.check()?;
            new.hash()
        })
        .await?;
    let site = app.site.clone();
    app.db
        .write(move |tx| {
            let (user, old_hash) = check_reset(tx, &site, &token)?;
            if !users::set_password(tx, user.id, &old_hash, &new_hash)? {
                return Err(Error::invalid("token", VOID));
            }
            // They followed a link that went to this address and nowhere else.
            users::set_verified(tx, user.id)?;
            store::delete_all(tx, user.id)?;
            once.done(tx)
        })
        .await
}

fn read(site: &Site, audience: &'static str, token: &str) -> Option<(UserId, String)> {
    let subject = token::read_grant(site, audience, token)?;
    let (id, mark) = subject.split_once(':')?;
    Some((UserId(id.parse().ok()?), mark.to_owned()))
}

/// Says of texts whether they are the same, and not what they are.
fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    URL_SAFE_NO_PAD.encode(&hash.finalize()[..16])
}
