//! Another address: a letter goes there, whoever reads it, so not everybody may name any, as often as
//! they like.

use super::{Change, User, check_free};
use crate::app::App;
use crate::error::Result;

/// Fails where an account is to have another address, and somebody has it, or it has had many letters.
pub async fn check_new_address(app: &App, user: &User, change: &Change) -> Result<()> {
    let another = change.email.as_ref().filter(|email| email.as_str() != user.email);
    let Some(email) = another.cloned() else { return Ok(()) };

    let (name, wanted, id) = (change.username.clone(), email.clone(), user.id);
    app.db.read(move |conn| check_free(conn, name.as_ref(), Some(&wanted), Some(id))).await?;
    app.limits.check_letter(&user.id.to_string(), &email.key())
}
