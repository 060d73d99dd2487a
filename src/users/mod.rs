//! People with an account, and what others see of them.

pub mod api;
pub mod auth;
mod new_address;
pub mod password;
mod search;
mod store;

pub use new_address::check_new_address;
pub use search::{Sought, count_found, index_outdated, search};

use email_address::{EmailAddress, Options};

use crate::clock::{self, Instant};
use crate::db::{Conn, Tx};
use crate::error::{Error, Faults, Result};
use crate::files::FileName;
use crate::input::{self, Input};
use crate::schema::users;
use crate::zone::Zone;
use crate::{jobs, mail};

crate::id! {
    /// Identifies a [`User`].
    UserId
}

/// Somebody with an account.
#[derive(Clone, Debug, diesel::HasQuery)]
#[diesel(table_name = users)]
pub struct User {
    /// Identifies them.
    pub id: UserId,
    /// The name they sign in with.
    pub username: String,
    /// Where letters reach them. Nobody else sees it.
    pub email: String,
    /// The name they go by; may be empty.
    pub display_name: String,
    /// What they say about themselves; may be empty.
    pub bio: String,
    /// The zone they live in.
    pub timezone: Zone,
    /// Whether they look after the whole site.
    pub is_admin: bool,
    /// When they signed up.
    pub created_at: Instant,
    /// A picture of them.
    pub avatar: Option<FileName>,
    /// Since when it is known that letters reach them.
    pub email_verified_at: Option<Instant>,
}

/// Somebody, as they appear beside what they made.
#[derive(Clone, Debug, diesel::Selectable, diesel::Queryable)]
#[diesel(table_name = users)]
pub struct Person {
    /// Identifies them.
    pub id: UserId,
    /// The name they sign in with.
    pub username: String,
    /// The name they go by; may be empty.
    pub display_name: String,
    /// A picture of them.
    pub avatar: Option<FileName>,
}

impl User {
    /// What they are called: the name they go by, or else the one they sign in with.
    pub fn shown_name(&self) -> &str {
        shown_name(&self.display_name, &self.username)
    }
}

impl Person {
    /// What they are called: the name they go by, or else the one they sign in with.
    pub fn shown_name(&self) -> &str {
        shown_name(&self.display_name, &self.username)
    }
}

fn shown_name<'a>(display_name: &'a str, username: &'a str) -> &'a str {
    if display_name.is_empty() { username } else { display_name }
}

impl From<&User> for Person {
    fn from(user: &User) -> Self {
        let User { id, username, display_name, avatar, .. } = user.clone();
        Self { id, username, display_name, avatar }
    }
}

/// Who is asking: somebody, or anybody.
#[derive(Clone, Debug, Default)]
pub struct Viewer(pub Option<User>);

/// A name to sign in with: 1 to 50 ASCII letters, digits, `.`, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// An address that letters can be sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

crate::text! {
    /// A name to go by.
    DisplayName, 0..=100, line
}

crate::text! {
    /// What somebody says about themselves.
    Bio, 0..=2000
}

/// What it takes to have an account.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The name to sign in with.
    pub username: Username,
    /// Where letters go.
    pub email: Email,
    /// The name to go by.
    pub display_name: DisplayName,
    /// What the password hashes to, in PHC's format.
    pub password_hash: String,
    /// The zone they live in.
    pub timezone: Zone,
    /// Whether they look after the whole site.
    pub is_admin: bool,
}

/// What to change of an account. `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The name to sign in with.
    pub username: Option<Username>,
    /// Where letters go.
    pub email: Option<Email>,
    /// The name to go by.
    pub display_name: Option<DisplayName>,
    /// What they say about themselves.
    pub bio: Option<Bio>,
    /// The zone they live in.
    pub timezone: Option<Zone>,
}

impl Username {
    /// The longest a name may be.
    pub const MAX: usize = 50;

    /// The name as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as it is told from others: whatever its case.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl Input for Username {
    fn from_text(text: &str) -> Result<Self, String> {
        let name = input::text(text, 1, Self::MAX)?;
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if !name.bytes().all(fits) {
            return Err("use only the letters A to Z, digits, dots, dashes and underscores".into());
        }
        Ok(Self(name))
    }

    fn empty_is_null() -> bool {
        false
    }
}

impl Email {
    /// The longest an address may be.
    pub const MAX: usize = 254;

    /// The address as it was typed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address as it is told from others: whatever its case.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }
}

impl Input for Email {
    fn from_text(text: &str) -> Result<Self, String> {
        let address = input::text(text, 1, Self::MAX)?;
        let options = Options::default().with_required_tld().without_display_text();
        match EmailAddress::parse_with_options(&address, options.without_domain_literal()) {
            Ok(_) if mail::is_address(&address) => Ok(Self(address)),
            _ => Err("this is no e-mail address".to_owned()),
        }
    }

    fn empty_is_null() -> bool {
        false
    }
}

impl Viewer {
    /// Who it is, if it is anybody in particular.
    pub fn id(&self) -> Option<UserId> {
        self.0.as_ref().map(|user| user.id)
    }

    /// Whether it is somebody who looks after the whole site.
    pub fn is_admin(&self) -> bool {
        self.0.as_ref().is_some_and(|user| user.is_admin)
    }
}

impl From<&User> for Viewer {
    fn from(user: &User) -> Self {
        Self(Some(user.clone()))
    }
}

/// Fails, naming each field, when somebody has the name or the address already.
pub fn check_free(
    conn: &mut Conn,
    username: Option<&Username>,
    email: Option<&Email>,
    but: Option<UserId>,
) -> Result<()> {
    let mut faults = Faults::default();
    if let Some(name) = username
        && store::find_by_username(conn, &name.key())?.is_some_and(|id| Some(id) != but)
    {
        faults.add("username", NAME_TAKEN);
    }
    if let Some(email) = email
        && store::find_by_email(conn, &email.key())?.is_some_and(|id| Some(id) != but)
    {
        faults.add("email", EMAIL_TAKEN);
    }
    faults.check()
}

const NAME_TAKEN: &str = "somebody has this name already";
const EMAIL_TAKEN: &str = "somebody has an account with this address already";

/// Adds somebody.
pub fn create(tx: &mut Tx, new: &NewUser) -> Result<User> {
    check_free(tx, Some(&new.username), Some(&new.email), None)?;

    let id = store::insert(tx, new, clock::now()).map_err(taken)?;
    store::index(tx, id, new.username.as_str(), new.display_name.as_str())?;
    get(tx, id)
}

/// The account with this id.
pub fn get(conn: &mut Conn, id: UserId) -> Result<User> {
    find(conn, id)?.ok_or(Error::NotFound("user"))
}

/// The account with this id, if there is one.
pub fn find(conn: &mut Conn, id: UserId) -> Result<Option<User>> {
    Ok(store::find(conn, id)?)
}

/// Whose name or address this is, and what their password hashes to.
pub fn find_by_login(conn: &mut Conn, login: &str) -> Result<Option<(User, String)>> {
    let login = login.trim();
    let id = if login.contains('@') {
        store::find_by_email(conn, &login.to_lowercase())?
    } else {
        store::find_by_username(conn, &login.to_ascii_lowercase())?
    };
    let Some(id) = id else { return Ok(None) };
    let Some(user) = store::find(conn, id)? else { return Ok(None) };
    Ok(Some((user, store::password_hash(conn, id)?)))
}

/// Keeps others from changing an account until the transaction ends.
pub fn lock(tx: &mut Tx, id: UserId) -> Result<()> {
    Ok(store::lock(tx, id)?)
}

/// Changes an account.
pub fn update(tx: &mut Tx, user: &User, change: &Change) -> Result<User> {
    check_free(tx, change.username.as_ref(), change.email.as_ref(), Some(user.id))?;

    store::update(tx, user.id, change, clock::now()).map_err(taken)?;
    let changed = get(tx, user.id)?;
    store::index(tx, user.id, &changed.username, &changed.display_name)?;
    if changed.email == user.email {
        return Ok(changed);
    }
    // Nobody knows yet whether this address is theirs.
    store::set_verified(tx, user.id, None)?;
    jobs::enqueue(tx, jobs::Kind::VerifyAddress, &user.id.to_string(), clock::now())?;
    get(tx, user.id)
}

/// Notes that somebody reads what is sent to their address.
pub fn set_verified(tx: &mut Tx, id: UserId) -> Result<()> {
    Ok(store::set_verified(tx, id, Some(clock::now()))?)
}

/// Notes which picture shows somebody.
pub fn set_avatar(tx: &mut Tx, id: UserId, file: Option<&FileName>) -> Result<()> {
    Ok(store::set_avatar(tx, id, file, clock::now())?)
}

/// What somebody's password hashes to.
pub fn password_hash(conn: &mut Conn, id: UserId) -> Result<String> {
    Ok(store::password_hash(conn, id)?)
}

/// Whether somebody's password still hashes to this.
pub fn has_password(conn: &mut Conn, id: UserId, hash: &str) -> Result<bool> {
    Ok(store::has_password(conn, id, hash)?)
}

/// Replaces the hash of a password, unless somebody else was quicker.
pub fn set_password(tx: &mut Tx, id: UserId, old_hash: &str, new_hash: &str) -> Result<bool> {
    Ok(store::set_password(tx, id, old_hash, new_hash, clock::now())?)
}

/// Removes an account that nothing refers to any more.
pub fn delete(tx: &mut Tx, id: UserId) -> Result<()> {
    Ok(store::delete(tx, id)?)
}

/// The ids of those whose address ends with this, from the oldest account on.
pub fn ids_with_email_at(conn: &mut Conn, domain: &str) -> Result<Vec<UserId>> {
    Ok(store::ids_with_email_at(conn, domain)?)
}

/// What the database says when two people sign up under one name in the same moment.
fn taken(cause: diesel::result::Error) -> Error {
    use diesel::result::{DatabaseErrorKind::UniqueViolation, Error::DatabaseError};
    if let DatabaseError(UniqueViolation, info) = &cause {
        let constraint = info.constraint_name().unwrap_or_else(|| info.message());
        return match constraint.contains("username_key") {
            true => Error::invalid("username", NAME_TAKEN),
            false => Error::invalid("email", EMAIL_TAKEN),
        };
    }
    cause.into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_username_has_few_kinds_of_characters() {
        assert_eq!(Username::from_text("Ada.Love_lace-1").unwrap().key(), "ada.love_lace-1");
        for bad in ["", " ", "ada lovelace", "adé", "a@b", &"x".repeat(51)] {
            assert!(Username::from_text(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_email_has_a_name_and_a_domain() {
        assert_eq!(Email::from_text(" Ada@Example.COM ").unwrap().key(), "ada@example.com");
        let strange = ["\"a b\"@example.com", "\"a@b\"@example.com", "Ada <ada@example.com>"];
        for bad in strange.into_iter().chain(["", "ada", "ada@", "@example.com", "ada@localhost"]) {
            assert!(Email::from_text(bad).is_err(), "{bad:?}");
        }
        assert!(Email::from_text(&format!("{}@example.com", "x".repeat(250))).is_err());
    }

    proptest! {
        #[test]
        fn names_and_addresses_are_read_or_refused_and_never_panic(text: String) {
            if let Ok(name) = Username::from_text(&text) {
                prop_assert!(name.as_str().is_ascii() && (1..=50).contains(&name.as_str().len()));
            }
            if let Ok(email) = Email::from_text(&text) {
                prop_assert!(email.as_str().contains('@'));
            }
        }
    }
}
