//! The doorman of pages: finds out by a cookie who is visiting, and lets in no form that a page of
//! somebody else sends in their name.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use cookie::{Cookie, SameSite};
use std::sync::Arc;
use tokio::time::timeout;

use super::auth::{Known, find_by};
use super::token;
use crate::app::App;
use crate::clock;
use crate::error::{Error, Result};
use crate::files::Size;
use crate::http::csrf::{self, Key, Source};
use crate::http::extract::{SLOWEST_BODY, whole};
use crate::http::idempotency::Owner;
use crate::http::visit::{Visit, Who, sign_in_and_back};
use crate::users::Viewer;

/// The pages that sign somebody in: who sends their forms needs no session for it, and nobody is to be
/// signed in by a page of somebody else.
const SIGN_IN: &[&str] = &["/signin/", "/signup/"];

/// Where a page is shown from, and to whom: looks at the cookies, at where a form comes from, and at
/// what became of it.
pub async fn visit(
    app: &App,
    request: Request,
    next: impl AsyncFnOnce(Request) -> Response,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let jar = Jar::of(app, &parts);
    let known = match jar.known(app).await {
        Ok(known) => known,
        Err(err) => return err.into_response(),
    };
    let (key, fresh) = jar.key(known.as_deref());
    let who = known.as_deref().map(who);
    let visit = Visit::new(app, &parts.uri, &parts.headers, who, key);
    if let Some(known) = &known {
        parts.extensions.insert(Owner(known.user.id.to_string()));
        parts.extensions.insert(Viewer(Some(known.user.clone())));
        parts.extensions.insert(known.session);
    }
    parts.extensions.insert(visit.clone());

    let (method, uri) = (parts.method.clone(), parts.uri.clone());
    let from = from_page(&parts.headers);
    let needs_token = known.is_some() || SIGN_IN.contains(&uri.path());
    let mut response = match check(app, &visit, parts, body, needs_token).await {
        Ok(request) => next(request).await,
        Err(err) => err.into_response(),
    };
    if asks_to_sign_in(&response) {
        response = to_sign_in(&visit, &method, from.as_deref());
    }
    if let Some(fresh) = fresh.filter(|_| visit.forms().is_asked()) {
        jar.give(&mut response, FORM, fresh, None);
    }
    let may_renew = method == Method::GET && !is_for_all(&response);
    if let Some(known) = known.filter(|known| may_renew && is_old(known)) {
        jar.renew(app, &known, &mut response).await;
    }
    response.extensions_mut().insert(visit);
    response
}

/// Whose pictures somebody sees, who looks at them from a page.
pub async fn identify_reader(app: &App, request: &mut Request) -> Result<()> {
    let jar = Jar::from_headers(app, request.headers());
    if let Some(known) = jar.known(app).await? {
        request.extensions_mut().insert(Viewer(Some(known.user.clone())));
    }
    Ok(())
}

/// Begins a session of a page: the answer has its cookie.
pub fn sign_in(app: &App, session: &super::Session, response: &mut Response) -> Result<()> {
    let token = token::page(&app.site, session)?;
    let lifetime = session.expires_at.since(clock::now());
    Jar::empty(app).give(response, SESSION, token, Some(lifetime));
    Ok(())
}

/// Ends a session of a page, in the browser: the answer takes the cookie away.
pub fn sign_out(app: &App, response: &mut Response) {
    Jar::empty(app).give(response, SESSION, String::new(), Some(std::time::Duration::ZERO));
}

/// What a session is kept in, and what the forms of somebody who has none.
const SESSION: &str = "owambe";
const FORM: &str = "owambe-form";

/// The cookies of a browser. Where the site is reached by TLS, no other host and no plain HTTP can
/// set them (RFC 6265bis, section 4.1.3.2).
struct Jar {
    session: Option<String>,
    form: Option<String>,
    is_secure: bool,
}

impl Jar {
    fn empty(app: &App) -> Self {
        Self { session: None, form: None, is_secure: app.site.url.starts_with("https://") }
    }

    fn of(app: &App, parts: &Parts) -> Self {
        Self::from_headers(app, &parts.headers)
    }

    fn from_headers(app: &App, headers: &header::HeaderMap) -> Self {
        let mut jar = Self::empty(app);
        let texts = headers.get_all(COOKIE).iter().filter_map(|it| it.to_str().ok());
        for cookie in texts.flat_map(Cookie::split_parse).flatten() {
            let (name, value) = cookie.name_value();
            if name == jar.name(SESSION) {
                jar.session = Some(value.to_owned());
            } else if name == jar.name(FORM) {
                jar.form = Some(value.to_owned());
            }
        }
        jar
    }

    fn name(&self, name: &str) -> String {
        if self.is_secure { format!("__Host-{name}") } else { name.to_owned() }
    }

    /// Whose session it is, while it lasts. A cookie of one that is over says nothing.
    async fn known(&self, app: &App) -> Result<Option<Arc<Known>>> {
        let Some(token) = &self.session else { return Ok(None) };
        let read = || token::read_page(&app.site, token);
        match find_by(app, format!("page {token}"), read).await {
            Ok(known) => Ok(Some(known)),
            Err(Error::Unauthenticated(_)) => Ok(None),
            Err(other) => Err(other),
        }
    }

    /// What the tokens of forms are made of; and what is to be kept for them, if it is new.
    fn key(&self, known: Option<&Known>) -> (Key, Option<String>) {
        if let Some(known) = known {
            return (Key::of_session(known.session.0), None);
        }
        if let Some(form) = self.form.as_ref().filter(|form| form.len() == 32) {
            return (Key::of_browser(form), None);
        }
        let fresh = format!("{:032x}", rand::random::<u128>());
        (Key::of_browser(&fresh), Some(fresh))
    }

    fn give(
        &self,
        response: &mut Response,
        name: &str,
        value: String,
        lifetime: Option<std::time::Duration>,
    ) {
        let mut cookie = Cookie::build((self.name(name), value))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.is_secure);
        if let Some(lifetime) = lifetime {
            let seconds = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
            cookie = cookie.max_age(cookie::time::Duration::seconds(seconds));
        }
        if let Ok(cookie) = HeaderValue::try_from(cookie.to_string()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }

    /// A session that is used lasts: once a day its end is put off.
    async fn renew(&self, app: &App, known: &Known, response: &mut Response) {
        let id = known.session;
        let renewed = app.db.write(move |tx| super::put_off(tx, id)).await;
        match renewed {
            Ok(Some(session)) => {
                if let Err(err) = sign_in(app, &session, response) {
                    tracing::warn!(%err, "cannot renew a session");
                }
            }
            Ok(None) => {}
            Err(err) => tracing::warn!(%err, "cannot renew a session"),
        }
    }
}

/// Whether others may be shown the same answer, who must not be given anybody's cookie (RFC 9111,
/// section 7.3).
fn is_for_all(response: &Response) -> bool {
    let cache = response.headers().get(header::CACHE_CONTROL).and_then(|it| it.to_str().ok());
    cache.is_some_and(|cache| cache.contains("public"))
}

/// Whether a session was not put off today.
fn is_old(known: &Known) -> bool {
    let left = known.until.since(clock::now());
    left + std::time::Duration::from_hours(24) < super::LIFETIME.to_std().unwrap_or_default()
}

fn who(known: &Known) -> Who {
    let user = &known.user;
    Who {
        id: user.id.0,
        name: user.shown_name().to_owned(),
        avatar: user.avatar.as_ref().map(|file| file.path(Size::Small)),
        zone: user.timezone.0,
    }
}

/// Fails unless what is sent comes from a page of ours. Where the browser does not say, the form does.
async fn check(
    app: &App,
    visit: &Visit,
    parts: Parts,
    body: Body,
    needs_token: bool,
) -> Result<Request> {
    match Source::of(&parts.method, &parts.uri, &parts.headers, &app.site.url) {
        Source::Own => return Ok(Request::from_parts(parts, body)),
        Source::Other => return Err(csrf::refusal()),
        // What is done in nobody's name needs no proof: a mail program ends letters so (RFC 8058).
        Source::Unknown if !needs_token => return Ok(Request::from_parts(parts, body)),
        Source::Unknown => {}
    }
    let in_query = csrf::find(parts.uri.query().unwrap_or_default().as_bytes());
    let kind = parts.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if in_query.is_some() || !kind.is_some_and(|it| it.starts_with("application/x-www-form")) {
        csrf::check(visit.forms(), [in_query])?;
        return Ok(Request::from_parts(parts, body));
    }
    let bytes = timeout(SLOWEST_BODY, whole(Request::new(body)));
    let bytes = bytes.await.map_err(|_| Error::TooSlow)??;
    csrf::check(visit.forms(), [csrf::find(&bytes)])?;
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

fn asks_to_sign_in(response: &Response) -> bool {
    let error = response.extensions().get::<Arc<Error>>();
    error.is_some_and(|error| matches!(**error, Error::Unauthenticated(_)))
}

/// To the page that signs them in, which leads back to the one that they asked for. What they sent is
/// not sent again: they are led back to the page that they sent it from.
fn to_sign_in(visit: &Visit, method: &Method, from: Option<&str>) -> Response {
    let to = match from {
        _ if *method == Method::GET => visit.sign_in(),
        Some(from) => sign_in_and_back(from),
        None => "/signin/".to_owned(),
    };
    Redirect::to(&to).into_response()
}

/// The page of ours that a form was sent from, as the browser says (RFC 9110, section 10.1.3).
fn from_page(headers: &header::HeaderMap) -> Option<String> {
    let text = |name| headers.get(name).and_then(|it| it.to_str().ok());
    let (host, referer) = (text(header::HOST)?, text(header::REFERER)?);
    let referer: Uri = referer.parse().ok()?;
    let is_own = referer.authority().is_some_and(|authority| authority.as_str() == host);
    let path = referer.path_and_query()?.as_str();
    (is_own && !SIGN_IN.contains(&referer.path())).then(|| path.to_owned())
}

/// Where somebody is led after they have signed in: a path of this site, and nowhere else (OWASP,
/// Unvalidated Redirects and Forwards).
pub fn own_path(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    let is_path = is_path && next.parse::<Uri>().is_ok_and(|uri| uri.authority().is_none());
    if is_path { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn nobody_is_led_to_another_site() {
        assert_eq!(own_path("/events/3-jollof/?a=b"), "/events/3-jollof/?a=b");
        let elsewhere = ["//evil.example", "https://evil.example", "/\\evil.example", "", "evil"];
        for wrong in elsewhere.into_iter().chain(["javascript:alert(1)", "/\n/evil.example"]) {
            assert_eq!(own_path(wrong), "/", "{wrong:?}");
        }
    }
}
