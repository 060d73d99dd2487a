//! Only forms of our own pages are taken (OWASP, Cross-Site Request Forgery Prevention).
//!
//! A browser says where a request comes from: in `Sec-Fetch-Site` (Fetch Metadata), or else in
//! `Origin`. Where it says neither, the form has to bring a token of the visit: it is made of the
//! session, or of a cookie that was given out with the form, and masked, so that no two pages have the
//! same bytes in them (BREACH).

use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, Uri, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::secret::Secret;

/// What the tokens of a visit are made of.
#[derive(Clone, Debug)]
pub struct Key(Vec<u8>);

/// Makes the tokens of a visit, and knows them again.
pub struct Csrf {
    digest: [u8; 32],
    is_asked: AtomicBool,
}

/// Where a request comes from, as far as the browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// One of our own pages, or it changes nothing.
    Own,
    /// Somebody else's page.
    Other,
    /// It does not say.
    Unknown,
}

/// The field of a form, and the part of a query, that holds the token.
pub const FIELD: &str = "csrf";

impl Key {
    /// That of a session.
    pub fn of_session(session: i64) -> Self {
        Self([&b"session"[..], &session.to_be_bytes()].concat())
    }

    /// That of a browser nobody is signed in with: a random text that it keeps.
    pub fn of_browser(cookie: &str) -> Self {
        Self([b"browser", cookie.as_bytes()].concat())
    }

    /// That of nobody: no token made of it is ever taken.
    pub fn of_nobody() -> Self {
        Self(rand::random::<[u8; 32]>().to_vec())
    }
}

impl Csrf {
    /// The tokens of one visit.
    pub fn new(secret: &Secret, Key(key): Key) -> Self {
        let mut hash = Sha256::new();
        for part in [&b"csrf"[..], secret.bytes(), &key] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        Self { digest: hash.finalize().into(), is_asked: AtomicBool::new(false) }
    }

    /// A token: a random mask, and the digest under it.
    pub fn token(&self) -> String {
        self.is_asked.store(true, Ordering::Relaxed);
        let mask: [u8; 32] = rand::random();
        let masked = mask.iter().zip(self.digest).map(|(mask, byte)| mask ^ byte);
        URL_SAFE_NO_PAD.encode([mask.to_vec(), masked.collect()].concat())
    }

    /// Whether a page of this visit has such a token in it, so that its key has to be kept.
    pub fn is_asked(&self) -> bool {
        self.is_asked.load(Ordering::Relaxed)
    }

    /// Whether a token is one of this visit.
    pub fn knows(&self, token: &str) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
        let Some((mask, masked)) = bytes.split_at_checked(32) else { return false };
        if masked.len() != 32 {
            return false;
        }
        // As long for every wrong token, however much of it is right.
        let differs = mask.iter().zip(masked).zip(self.digest);
        differs.fold(0, |differs, ((mask, masked), byte)| differs | (mask ^ masked ^ byte)) == 0
    }
}

impl Source {
    /// Where a request comes from, to the site of this address.
    pub fn of(method: &Method, uri: &Uri, headers: &HeaderMap, site: &str) -> Self {
        if [Method::GET, Method::HEAD, Method::OPTIONS].contains(method) {
            return Self::Own;
        }
        let text = |name| headers.get(name).and_then(|it: &header::HeaderValue| it.to_str().ok());
        match text(header::HeaderName::from_static("sec-fetch-site")) {
            // "none" is what somebody did themselves, such as sending a form again.
            Some("same-origin" | "none") => return Self::Own,
            Some(_) => return Self::Other,
            None => {}
        }
        let Some(origin) = text(header::ORIGIN).filter(|origin| *origin != "null") else {
            return Self::Unknown;
        };
        let host = uri.authority().map(Authority::as_str).or(text(header::HOST));
        let named = origin.split_once("://").map(|(_, host)| host);
        match origin == site || (named.is_some() && named == host) {
            true => Self::Own,
            false => Self::Other,
        }
    }
}

/// What is said to a form of somebody else's page.
pub fn refusal() -> Error {
    Error::Forbidden("this form did not come from a page of this site: open the page again")
}

/// Finds the token in a query, or in a form (`application/x-www-form-urlencoded`).
pub fn find(pairs: &[u8]) -> Option<String> {
    let mut pairs = form_urlencoded::parse(pairs);
    pairs.find(|(name, _)| name == FIELD).map(|(_, token)| token.into_owned())
}

/// Fails unless one of these tokens is of this visit.
pub fn check(csrf: &Csrf, tokens: impl IntoIterator<Item = Option<String>>) -> Result<()> {
    match tokens.into_iter().flatten().any(|token| csrf.knows(&token)) {
        true => Ok(()),
        false => Err(refusal()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn csrf(secret: &Secret, session: i64) -> Csrf {
        Csrf::new(secret, Key::of_session(session))
    }

    #[test]
    fn a_token_is_of_one_visit_and_looks_different_each_time() {
        let secret = Secret::random();
        let (own, other) = (csrf(&secret, 1), csrf(&secret, 2));
        let (one, two) = (own.token(), own.token());
        assert_ne!(one, two);
        assert!(own.knows(&one) && own.knows(&two) && csrf(&secret, 1).knows(&one));
        assert!(!other.knows(&one) && !csrf(&Secret::random(), 1).knows(&one));
        for wrong in ["", "a", &one[1..], &"A".repeat(86), "\u{fc}"] {
            assert!(!own.knows(wrong), "{wrong}");
        }
    }

    fn source(headers: &[(&'static str, &'static str)]) -> Source {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (header::HeaderName::from_static(name), HeaderValue::from_static(value))
            })
            .collect();
        let uri = Uri::from_static("/events/new/");
        Source::of(&Method::POST, &uri, &headers, "https://party.example")
    }

    #[test]
    fn a_browser_says_where_a_form_comes_from() {
        assert_eq!(source(&[("sec-fetch-site", "same-origin")]), Source::Own);
        assert_eq!(source(&[("sec-fetch-site", "none")]), Source::Own);
        for site in ["cross-site", "same-site", "strange"] {
            let claims = [("sec-fetch-site", site), ("origin", "https://party.example")];
            assert_eq!(source(&claims), Source::Other, "{site}");
        }
        assert_eq!(source(&[("origin", "https://party.example")]), Source::Own);
        let local = [("origin", "http://localhost:8000"), ("host", "localhost:8000")];
        assert_eq!(source(&local), Source::Own);
        let elsewhere = [("origin", "https://evil.example"), ("host", "party.example")];
        assert_eq!(source(&elsewhere), Source::Other);
        assert_eq!(source(&[("origin", "null")]), Source::Unknown);
        assert_eq!(source(&[]), Source::Unknown);
    }
}
