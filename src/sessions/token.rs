//! What a session gives out: JSON Web Tokens (RFC 7519), signed with the site's own key (HS256).

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Session, SessionId};
use crate::app::Site;
use crate::clock::{self, Instant};
use crate::error::Result;
use crate::users::UserId;

/// How long an access token is good for.
pub const ACCESS_LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// Who a refresh token is for: nobody who expects an access token takes one.
const REFRESH_AUDIENCE: &str = "refresh";

/// Who a token in a cookie is for: the pages, and nobody else.
const PAGE_AUDIENCE: &str = "page";

#[derive(Clone, Serialize, Deserialize)]
struct Access {
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
    iss: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct OfPages {
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Refresh {
    sid: String,
    generation: i64,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

#[derive(Clone, Serialize, Deserialize)]
struct Grant {
    sub: String,
    iat: i64,
    exp: i64,
    iss: String,
    aud: String,
}

/// A token that says who somebody is, given out at `now`.
pub fn access(site: &Site, session: &Session, now: Instant) -> Result<String> {
    let claims = Access {
        sub: session.user_id.to_string(),
        sid: session.id.to_string(),
        iat: seconds(now),
        exp: seconds(now.plus(ACCESS_LIFETIME)),
        iss: site.url.clone(),
    };
    sign(site, &claims)
}

/// A token that gets the next pair, once.
pub fn refresh(site: &Site, session: &Session, now: Instant) -> Result<String> {
    let claims = Refresh {
        sid: session.id.to_string(),
        generation: session.generation,
        iat: seconds(now),
        exp: seconds(session.expires_at),
        iss: site.url.clone(),
        aud: REFRESH_AUDIENCE.to_owned(),
    };
    sign(site, &claims)
}

/// Whose access token this is, and until when it is good, if it is one of ours and still is.
pub fn read_access(site: &Site, token: &str) -> Option<(SessionId, UserId, Instant)> {
    let claims: Access = read(site, token, &validation(site))?;
    let until = Instant::from(DateTime::from_timestamp(claims.exp, 0)?);
    // The library lets in through the whole of the last second, which RFC 7519 (section 4.1.4) does not.
    (clock::now() < until).then_some(())?;
    Some((SessionId(claims.sid.parse().ok()?), UserId(claims.sub.parse().ok()?), until))
}

/// A token that a browser keeps in a cookie: as good as the session is.
pub fn page(site: &Site, session: &Session) -> Result<String> {
    let claims = OfPages {
        sub: session.user_id.to_string(),
        sid: session.id.to_string(),
        iat: seconds(clock::now()),
        exp: seconds(session.expires_at),
        iss: site.url.clone(),
        aud: PAGE_AUDIENCE.to_owned(),
    };
    sign(site, &claims)
}

/// Whose such token this is, and until when it is good.
pub fn read_page(site: &Site, token: &str) -> Option<(SessionId, UserId, Instant)> {
    let claims: OfPages = read(site, token, &validation_for(site, PAGE_AUDIENCE))?;
    let until = Instant::from(DateTime::from_timestamp(claims.exp, 0)?);
    Some((SessionId(claims.sid.parse().ok()?), UserId(claims.sub.parse().ok()?), until))
}

/// Which session's refresh token this is, and of which generation.
pub fn read_refresh(site: &Site, token: &str) -> Option<(SessionId, i64)> {
    let claims: Refresh = read(site, token, &validation_for(site, REFRESH_AUDIENCE))?;
    Some((SessionId(claims.sid.parse().ok()?), claims.generation))
}

/// A token that lets whoever has it do one thing to one subject, such as to accept an invitation. The
/// audience says which thing, and tells it from every other token.
pub fn grant(
    site: &Site,
    audience: &'static str,
    subject: &str,
    expires: Instant,
) -> Result<String> {
    let claims = Grant {
        sub: subject.to_owned(),
        iat: seconds(clock::now()),
        exp: seconds(expires),
        iss: site.url.clone(),
        aud: audience.to_owned(),
    };
    sign(site, &claims)
}

/// The subject of a token that is one of ours, for this audience, and still good.
pub fn read_grant(site: &Site, audience: &'static str, token: &str) -> Option<String> {
    let claims: Grant = read(site, token, &validation_for(site, audience))?;
    Some(claims.sub)
}

/// Who expects one audience takes no token for another.
fn validation_for(site: &Site, audience: &'static str) -> Validation {
    let mut validation = validation(site);
    validation.set_audience(&[audience]);
    validation.required_spec_claims.insert("aud".to_owned());
    validation
}

fn validation(site: &Site) -> Validation {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.leeway = 0;
    validation.set_issuer(&[&site.url]);
    validation.required_spec_claims.insert("iss".to_owned());
    validation
}

fn sign(site: &Site, claims: &impl Serialize) -> Result<String> {
    let key = EncodingKey::from_secret(site.secret.bytes());
    Ok(encode(&Header::new(Algorithm::HS256), claims, &key).map_err(anyhow::Error::new)?)
}

fn read<T: DeserializeOwned + Clone>(
    site: &Site,
    token: &str,
    validation: &Validation,
) -> Option<T> {
    let key = DecodingKey::from_secret(site.secret.bytes());
    decode(token, &key, validation).ok().map(|token| token.claims)
}

fn seconds(instant: Instant) -> i64 {
    DateTime::<Utc>::from(instant).timestamp()
}
