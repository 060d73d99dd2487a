//! The one error type. It speaks of outcomes, not of HTTP: the front doors choose how to say it.

use std::collections::BTreeMap;
use std::time::Duration;

/// Why an operation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or not any more.
    #[error("{0}")]
    Unauthenticated(&'static str),

    /// The actor is known, and may not do this.
    #[error("{0}")]
    Forbidden(&'static str),

    /// There is no such thing, or the actor may not know that there is.
    #[error("no such {0}")]
    NotFound(&'static str),

    /// This address does not do that.
    #[error("this address does not answer {0}")]
    Method(String),

    /// The request cannot be read at all.
    #[error("{0}")]
    Malformed(String),

    /// The request is written in a language that is not spoken here.
    #[error("{0}")]
    MediaType(&'static str),

    /// The request is longer than anybody needs.
    #[error("what was sent is larger than {0} bytes")]
    TooLarge(usize),

    /// The request did not arrive in time.
    #[error("the body took too long to arrive")]
    TooSlow,

    /// The input breaks rules; each field says which.
    #[error("some fields are not acceptable as they are")]
    Invalid(Faults),

    /// The input is fine, but the current state of the world is in the way.
    #[error("{message}")]
    Conflict {
        /// A constant that programs may rely on.
        code: &'static str,
        /// The same for people.
        message: &'static str,
    },

    /// The caller has seen an older state of what it wants to change.
    #[error("this has changed since you saw it")]
    Changed,

    /// No part of what was asked for is in a file of this many bytes.
    #[error("there are only {0} bytes of this")]
    RangeNotSatisfiable(u64),

    /// The key of an earlier request stands for another one.
    #[error("this Idempotency-Key was sent with another request before")]
    KeyReused,

    /// One client asks for more than its share. It may go on after this long.
    #[error("too many requests: wait a little")]
    TooMany(Duration),

    /// More to do than there are hands. Trying again soon may help.
    #[error("too much is going on at once: try again in a moment")]
    Busy,

    /// There is no room for more bytes.
    #[error("there is no room left to store this")]
    StorageFull,

    /// The bytes of files cannot be reached now. The cause is logged and never shown.
    #[error("files cannot be stored or read at the moment: try again later")]
    StorageDown(anyhow::Error),

    /// Our fault. The cause is logged and never shown.
    #[error("something went wrong on our side")]
    Internal(#[from] anyhow::Error),
}

/// What an operation comes to.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The name under which rules across fields report.
pub const ACROSS_FIELDS: &str = "non_field_errors";

/// What is wrong with an input, field by field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(BTreeMap<&'static str, Vec<String>>);

impl Faults {
    /// Notes one more thing that is wrong.
    pub fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.entry(field).or_default().push(message.into());
    }

    /// Notes what another check found; any other error is passed on.
    pub fn absorb(&mut self, error: Error) -> Result<()> {
        let Error::Invalid(found) = error else { return Err(error) };
        for (field, messages) in found.0 {
            self.0.entry(field).or_default().extend(messages);
        }
        Ok(())
    }

    /// Fails when anything was noted.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }

    /// The fields and their messages, by name.
    pub fn by_field(&self) -> &BTreeMap<&'static str, Vec<String>> {
        &self.0
    }
}

impl Error {
    /// One field that is not acceptable.
    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        let mut faults = Faults::default();
        faults.add(field, message);
        Self::Invalid(faults)
    }

    /// What all are told whose commit failed, or could not begin.
    pub fn of_commit(cause: &diesel::result::Error) -> Self {
        match cause {
            _ if is_full(cause) => Self::StorageFull,
            // SQLITE_BUSY, after the time that a connection waits.
            cause if cause.to_string() == "database is locked" => Self::Busy,
            _ => Self::Internal(anyhow::anyhow!("not committed: {cause}")),
        }
    }

    /// The same error under another name for what was not there.
    #[must_use]
    pub fn about(self, thing: &'static str) -> Self {
        match self {
            Self::NotFound(_) => Self::NotFound(thing),
            other => other,
        }
    }
}

impl From<Faults> for Error {
    fn from(faults: Faults) -> Self {
        Self::Invalid(faults)
    }
}

/// Whether there is no room left: `SQLITE_FULL`, and PostgreSQL's `disk_full`.
fn is_full(cause: &diesel::result::Error) -> bool {
    let diesel::result::Error::DatabaseError(_, info) = cause else { return false };
    let signs = ["disk is full", "No space left on device"];
    signs.iter().any(|sign| info.message().contains(sign))
}

impl From<diesel::result::Error> for Error {
    fn from(cause: diesel::result::Error) -> Self {
        match is_full(&cause) {
            true => Self::StorageFull,
            false => Self::Internal(cause.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use diesel::result::{DatabaseErrorKind, Error as DbError};

    use super::*;

    #[test]
    fn whoever_waited_for_a_commit_hears_why_there_is_none() {
        let told = |message: &str| {
            let info = Box::new(message.to_owned());
            Error::of_commit(&DbError::DatabaseError(DatabaseErrorKind::Unknown, info))
        };
        assert!(matches!(told("database or disk is full"), Error::StorageFull));
        assert!(matches!(told("database is locked"), Error::Busy));
        assert!(matches!(told("disk I/O error"), Error::Internal(_)));
    }
}
