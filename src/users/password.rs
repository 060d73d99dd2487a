//! Passwords: what makes one good enough, and how it is kept.

use std::fmt;

use anyhow::anyhow;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use zxcvbn::matching::patterns::MatchPattern;
use zxcvbn::{Score, zxcvbn};

use crate::error::Result;
use crate::input::Input;

/// What an attempt is held against when nobody has the name: a hash like any other.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCA6KQ\
                     $Y4KzzIgUErd7/K7tAmABwA2eMCXmbCD25+kvB5hRRio";

/// How many characters of a password are looked up.
const LONGEST_GUESS: usize = 40;

/// Something that only one person knows. It never shows itself.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    const MIN: usize = 8;
    const MAX: usize = 128;

    /// Reads what somebody signs in with, which may be anything.
    pub fn attempt(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What makes it too easy to guess: it is on lists of stolen passwords, or it is somebody's
    /// own name or address.
    pub fn weakness(&self, username: &str, email: &str) -> Option<&'static str> {
        let own = [username, email, email.split('@').next().unwrap_or_default()];
        if own.iter().any(|name| name.eq_ignore_ascii_case(&self.0)) {
            return Some("this is your name or your address: choose something else");
        }
        // The time it takes grows with the length, and what many people use is short.
        let start: String = self.0.chars().take(LONGEST_GUESS).collect();
        let guess = zxcvbn(&start, &[]);
        let is_one_word = match guess.sequence() {
            [only] => matches!(only.pattern, MatchPattern::Dictionary(_)),
            _ => false,
        };
        let common = is_one_word || guess.score() == Score::Zero;
        common.then_some("many people use this password: choose something else")
    }

    /// Argon2id with OWASP's parameters (19 MiB, two passes), in PHC's format. Takes long.
    pub fn hash(&self) -> Result<String> {
        let hash: PasswordHash = Argon2::default()
            .hash_password(self.0.as_bytes())
            .map_err(|err| anyhow!("cannot hash a password: {err}"))?;
        Ok(hash.to_string())
    }

    /// Whether it is the password that was hashed. Takes as long when nothing was.
    pub fn matches(&self, hash: Option<&str>) -> Result<bool> {
        let kept = PasswordHash::new(hash.unwrap_or(DECOY))
            .map_err(|err| anyhow!("no password hash: {err}"))?;
        let matches = Argon2::default().verify_password(self.0.as_bytes(), &kept).is_ok();
        Ok(matches && hash.is_some())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

impl Input for Password {
    fn from_text(text: &str) -> Result<Self, String> {
        match text.chars().count() {
            length if length < Self::MIN => {
                Err(format!("a password has at least {} characters", Self::MIN))
            }
            length if length > Self::MAX => {
                Err(format!("a password has at most {} characters", Self::MAX))
            }
            _ => Ok(Self(text.to_owned())),
        }
    }

    fn empty_is_null() -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_weak(text: &str) -> bool {
        Password::attempt(text).weakness("ada", "ada.l@example.com").is_some()
    }

    #[test]
    fn what_many_use_is_refused_and_what_few_use_is_not() {
        for weak in [
            "password",
            "Password1",
            "12345678",
            "qwertyuiop",
            "iloveyou",
            "aaaaaaaa",
            &"a".repeat(128),
        ] {
            assert!(is_weak(weak), "{weak}");
        }
        for weak in ["ada.l@example.com", "ADA.L@EXAMPLE.COM"] {
            assert!(is_weak(weak), "{weak}");
        }
        for good in ["correct-horse-9", "jollof rice at noon", "ẹ káàárọ̀ o", "Tr0ub4dor&3"]
        {
            assert!(!is_weak(good), "{good}");
        }
    }

    #[test]
    fn only_the_same_password_matches_its_hash() {
        let hash = Password::attempt("correct-horse-9").hash().unwrap();

        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Password::attempt("correct-horse-9").matches(Some(&hash)).unwrap());
        assert!(!Password::attempt("correct-horse-8").matches(Some(&hash)).unwrap());
        assert!(!Password::attempt("correct-horse-9").matches(None).unwrap());
        let cost = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!((cost(DECOY), DECOY.len()), (cost(&hash), hash.len()));
    }
}
