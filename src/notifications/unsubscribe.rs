//! The link in a letter that stops letters of its kind: good for whoever holds it, and for that
//! alone.

use chrono::TimeDelta;

use super::{Kind, set};
use crate::app::Site;
use crate::clock;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::input::Input;
use crate::sessions::token;
use crate::users::{self, UserId};

/// Who such a token is for.
const AUDIENCE: &str = "unsubscribe";

/// Letters are kept for long, and so the links in them are good for long.
const GOOD_FOR: TimeDelta = TimeDelta::days(3 * 365);

/// Where somebody stops letters of a kind (RFC 8058).
pub fn unsubscribe_url(site: &Site, user: UserId, kind: Kind) -> Result<String> {
    let subject = format!("{user}:{}", kind.as_str());
    let token = token::grant(site, AUDIENCE, &subject, clock::now().plus(GOOD_FOR))?;
    Ok(format!("{}/unsubscribe/?token={token}", site.url))
}

/// Whose letters of which kind a token stops.
pub(super) fn read(site: &Site, token: &str) -> Result<(UserId, Kind)> {
    let subject = token::read_grant(site, AUDIENCE, token);
    let parts = subject.as_deref().and_then(|subject| subject.split_once(':'));
    let read = parts
        .and_then(|(user, kind)| Some((UserId(user.parse().ok()?), Kind::from_text(kind).ok()?)));
    read.ok_or(Error::NotFound("page"))
}

/// Stops letters of a kind, or lets them come again.
pub(super) fn set_mail(tx: &mut Tx, user: UserId, kind: Kind, by_mail: bool) -> Result<()> {
    users::get(tx, user)?;
    set(tx, user, kind, None, Some(by_mail)).map(drop)
}
