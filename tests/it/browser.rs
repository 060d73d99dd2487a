//! Somebody who looks at the pages, as a browser without scripts does: it keeps cookies, says where its
//! forms come from, and is led where it is sent.

use std::convert::Infallible;
use std::sync::Mutex;

use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use futures_util::{StreamExt, stream};
use owambe::sessions::{self, token};
use tokio::task::yield_now;

use crate::helpers::{Person, Reply, TestApp};

pub struct Browser<'a> {
    site: &'a TestApp,
    cookies: Mutex<Vec<(String, String)>>,
}

impl TestApp {
    /// A browser that nobody is signed in with.
    pub fn browser(&self) -> Browser<'_> {
        Browser { site: self, cookies: Mutex::default() }
    }

    /// A browser that somebody is signed in with.
    pub async fn browser_of(&self, who: &Person<'_>) -> Browser<'_> {
        let id = who.user.id;
        let session = self.write(move |tx| sessions::create(tx, id)).await;
        let token = token::page(&self.app.site, &session).unwrap();
        let browser = self.browser();
        browser.keep("owambe", &token);
        browser
    }
}

impl Browser<'_> {
    pub fn keep(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.retain(|(other, _)| other != name);
        if !value.is_empty() {
            cookies.push((name.to_owned(), value.to_owned()));
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.cookies.lock().unwrap();
        cookies.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone())
    }

    /// A page, and that it is there.
    #[track_caller]
    pub fn shows<'b>(&'b self, path: &'b str) -> impl Future<Output = String> + 'b {
        let caller = std::panic::Location::caller();
        async move {
            let reply = self.get(path).await;
            assert_eq!(reply.status, StatusCode::OK, "{path} at {caller}: {}", reply.text);
            reply.text
        }
    }

    /// What is at a path. Redirects are not followed.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], Body::empty()).await
    }

    /// Sends a form.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, Body::from(body)).await
    }

    /// Sends a form with files: the names of its parts, and what is in them.
    pub async fn upload(&self, path: &str, parts: &[(&str, &[u8])]) -> Reply {
        self.multipart(path, Body::from(multipart(parts))).await
    }

    /// The same for much: it comes as from a network, in pieces, and not all of them at once.
    pub async fn upload_much(&self, path: &str, parts: &[(&str, &[u8])]) -> Reply {
        let pieces: Vec<_> = multipart(parts).chunks(64 << 10).map(<[u8]>::to_vec).collect();
        let pieces = stream::iter(pieces).then(async |piece| {
            yield_now().await;
            Ok::<_, Infallible>(piece)
        });
        self.multipart(path, Body::from_stream(pieces)).await
    }

    async fn multipart(&self, path: &str, body: Body) -> Reply {
        let headers = [
            ("content-type", "multipart/form-data; boundary=owambe"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.send(Method::POST, path, &headers, body).await
    }

    /// Sends a request with these headers, and the cookies; keeps those that come back.
    pub async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Body,
    ) -> Reply {
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap();
            cookies.iter().map(|(name, value)| format!("{name}={value}")).collect()
        };
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::ACCEPT, "text/html").header(header::HOST, "owambe.test");
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = self.site.send(request.body(body).unwrap()).await;
        self.keep_all(&reply.headers);
        reply
    }

    fn keep_all(&self, headers: &HeaderMap) {
        for cookie in headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, _) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.keep(name, value);
        }
    }
}

/// A multipart body: the names of its parts, and what is in them.
fn multipart(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in parts {
        let file = if *name == "image" { "; filename=\"party.png\"" } else { "" };
        let head =
            format!("--owambe\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--owambe--\r\n");
    body
}

impl Reply {
    /// Where it leads, and that it does.
    #[track_caller]
    pub fn leads(&self) -> String {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[header::LOCATION].to_str().unwrap().to_owned()
    }

    /// That it is a page which says no, in this way.
    #[track_caller]
    pub fn refuses(&self, status: StatusCode) -> &str {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains("<!doctype html>"), "{}", self.text);
        &self.text
    }
}
