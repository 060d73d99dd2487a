//! Proving who one is: signing up, signing in, and new passwords.
//!
//! A hash takes long, so it is made by the site's hashers between two short visits to the
//! database, never inside a transaction.

use super::{Session, SessionId, change_password, create, mailbox, refresh, token};
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Faults, Result};
use crate::http::idempotency::Once;
use crate::http::limits::Caller;
use crate::users::password::Password;
use crate::users::{self, DisplayName, Email, NewUser, User, Username};
use crate::zone::Zone;

/// What somebody signs up with; what could not be read is in the faults already.
pub struct Registration {
    /// The name to sign in with.
    pub username: Option<Username>,
    /// Where letters go.
    pub email: Option<Email>,
    /// What only they know.
    pub password: Option<Password>,
    /// The name to go by.
    pub display_name: DisplayName,
}

/// Signs somebody up, and in. Everything that is wrong is said at once. `answer` is made in the same
/// transaction.
pub async fn register<T: Send + 'static>(
    app: &App,
    new: Registration,
    mut faults: Faults,
    answer: impl Fn(&mut Tx, Session, User) -> Result<T> + Send + 'static,
) -> Result<T> {
    let Registration { username, email, password, display_name } = new;
    let (name, address) = (username.clone(), email.clone());
    let free = move |conn: &mut _| users::check_free(conn, name.as_ref(), address.as_ref(), None);
    if let Err(taken) = app.db.read(free).await {
        faults.absorb(taken)?;
    }

    let (name, address) = (username.clone(), email.clone());
    let password_hash = app
        .hashers
        .run(move || {
            let name = name.as_ref().map_or("", Username::as_str);
            let address = address.as_ref().map_or("", Email::as_str);
            let weakness = password.as_ref().and_then(|it| it.weakness(name, address));
            if let Some(weakness) = weakness {
                faults.add("password", weakness);
            }
            faults.check()?;
            password.map(|password| password.hash()).transpose()
        })
        .await?;
    let (Some(username), Some(email), Some(password_hash)) = (username, email, password_hash)
    else {
        return Err(Error::Malformed("a name, an address and a password are needed".to_owned()));
    };
    let timezone = Zone(app.site.timezone);
    let is_written = app.limits.may_write_to(&email.key());
    let is_admin = false;
    let new = NewUser { username, email, display_name, password_hash, timezone, is_admin };
    app.db
        .write(move |tx| {
            let user = users::create(tx, &new)?;
            // Where one address has had many letters, somebody plays with it.
            if is_written {
                mailbox::ask(tx, &user)?;
            }
            let session = create(tx, user.id)?;
            answer(tx, session, user)
        })
        .await
}

const WRONG: Error = Error::Unauthenticated("no account with this name and password");

/// Signs somebody in. An unknown name and a wrong password get the same answer, in the same time.
pub async fn sign_in<T: Send + 'static>(
    app: &App,
    mut caller: Caller,
    password: &str,
    answer: impl Fn(&mut Tx, Session, User) -> Result<T> + Send + 'static,
) -> Result<T> {
    let login = caller.login.clone();
    let found = app.db.read(move |conn| users::find_by_login(conn, &login)).await?;
    let (user, hash) = found.unzip();
    // A name and an address are guesses at the same account.
    if let Some(user) = &user {
        caller.login = format!("user {}", user.id);
    }
    app.limits.guess(&caller)?;
    let (attempt, held) = (Password::attempt(password), hash.clone());
    let matches = app.hashers.run(move || attempt.matches(held.as_deref())).await?;
    let Some((user, hash)) = user.zip(hash).filter(|_| matches) else {
        return Err(WRONG);
    };

    app.limits.succeeded(&caller);
    app.db
        .write(move |tx| {
            // It may have been changed meanwhile, and every other session ended.
            if !users::has_password(tx, user.id, &hash)? {
                return Err(WRONG);
            }
            let session = create(tx, user.id)?;
            answer(tx, session, user.clone())
        })
        .await
}

/// Exchanges a refresh token for the next one.
pub async fn renew<T: Send + 'static>(
    app: &App,
    token: &str,
    answer: impl Fn(&mut Tx, Session, User) -> Result<T> + Send + 'static,
) -> Result<T> {
    const REFUSED: Error =
        Error::Unauthenticated("this refresh token is not valid, or not any more");

    let (session, generation) = token::read_refresh(&app.site, token).ok_or(REFUSED)?;
    let next = app.db.write(move |tx| match refresh(tx, session, generation)? {
        None => Ok(None),
        Some((session, user)) => answer(tx, session, user).map(Some),
    });
    next.await?.ok_or(REFUSED)
}

/// Gives somebody a new password, and ends all of their sessions but this one.
pub async fn renew_password(
    app: &App,
    user: User,
    keep: SessionId,
    current: &str,
    new: Password,
    once: Once,
) -> Result<()> {
    let id = user.id;
    let caller = signed_in(&user);
    app.limits.guess(&caller)?;
    let old_hash = app.db.read(move |conn| users::password_hash(conn, id)).await?;
    let (attempt, known) = (Password::attempt(current), old_hash.clone());
    let new_hash = app
        .hashers
        .run(move || {
            let mut faults = Faults::default();
            if !attempt.matches(Some(&known))? {
                faults.add("current_password", "this is not your password");
            }
            if let Some(weakness) = new.weakness(&user.username, &user.email) {
                faults.add("new_password", weakness);
            }
            faults.check()?;
            new.hash()
        })
        .await?;
    app.limits.succeeded(&caller);
    app.db
        .write(move |tx| {
            change_password(tx, id, keep, &old_hash, &new_hash)?;
            once.done(tx)
        })
        .await
}

/// Fails, naming the field `password`, unless this is somebody's password.
pub async fn check_password(app: &App, user: &User, password: &str) -> Result<()> {
    let id = user.id;
    let caller = signed_in(user);
    app.limits.guess(&caller)?;
    let hash = app.db.read(move |conn| users::password_hash(conn, id)).await?;
    let attempt = Password::attempt(password);
    match app.hashers.run(move || attempt.matches(Some(&hash))).await? {
        true => {
            app.limits.succeeded(&caller);
            Ok(())
        }
        false => Err(Error::invalid("password", "this is not your password")),
    }
}

/// Who holds a token of an account, and says that they know its password too.
fn signed_in(user: &User) -> Caller {
    Caller { login: format!("user {}", user.id), address: "signed in".to_owned() }
}
