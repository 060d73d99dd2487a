//! Letters on their way out: to an SMTP server, or into files where none is named.

mod folder;
mod message;

pub use message::is_address;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use chrono::TimeDelta;
use lettre::message::Mailbox;
use lettre::transport::smtp::{AsyncSmtpTransportBuilder, Error as SmtpError};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use url::Url;

use crate::clock::{self, Instant};
use crate::error::Result;

/// How long the server may take to answer a connection, and for a whole letter.
const PATIENCE: Duration = Duration::from_secs(30);
const LONGEST_TALK: Duration = Duration::from_mins(2);

/// How much longer a letter waits that made the server fall silent: others go first then.
const LAST_IN_LINE: TimeDelta = TimeDelta::seconds(5);

/// How long a server that does not answer is left alone: longer and longer, up to this.
const LONGEST_REST: TimeDelta = TimeDelta::minutes(15);

/// What a server says of itself, or of us, and would say to every letter (RFC 5321, RFC 4954).
const SAID_TO_ALL: [&str; 6] = ["421", "454", "530", "534", "535", "538"];

/// A letter.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// The address that it goes to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// A date to put into a calendar.
    pub calendar: Option<Invite>,
    /// Where letters of its kind can be stopped.
    pub unsubscribe: Option<String>,
    /// Tells it from every other letter of the site; the same letter sent again has the same.
    pub name: String,
}

/// A date for a calendar (RFC 5545), and what to do with it (RFC 5546).
#[derive(Clone, Debug)]
pub struct Invite {
    /// `PUBLISH`, or `CANCEL`.
    pub method: &'static str,
    /// The calendar object.
    pub text: String,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It is on its way.
    Yes,
    /// The server cannot take it now.
    NotYet {
        /// When to try again.
        until: Instant,
        /// What is wrong.
        why: String,
    },
}

/// Whom letters are given to. Cheap to clone.
#[derive(Clone)]
pub struct Post(Arc<Office>);

struct Office {
    from: Mailbox,
    /// The site's host: the right half of the names of letters.
    host: String,
    way: Way,
    rest: Mutex<Rest>,
}

enum Way {
    Smtp(Box<Server>),
    Folder(PathBuf),
}

/// A mail server. The connections to it live in the runtime that sends the first letter.
struct Server {
    builder: AsyncSmtpTransportBuilder,
    connections: Mutex<Option<AsyncSmtpTransport<Tokio1Executor>>>,
}

/// How a server that did not answer is left alone for a while.
#[derive(Default)]
struct Rest {
    failures: u32,
    until: Option<Instant>,
}

impl Post {
    /// An SMTP server, by URL: `smtps://name:password@host` speaks TLS at once,
    /// `smtp://…?tls=required` after STARTTLS, and `smtp://host` never.
    pub fn smtp(url: &str, from: Option<&str>, site: &str) -> anyhow::Result<Self> {
        let parsed = Url::parse(url).context("this is no URL")?;
        let tls = parsed.query_pairs().find(|(name, _)| name == "tls");
        let is_protected =
            parsed.scheme() == "smtps" || tls.is_some_and(|(_, value)| value == "required");
        if parsed.password().is_some() && !is_protected {
            bail!(
                "it would send the password unprotected: add ?tls=required, or begin with smtps://"
            );
        }
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?.timeout(Some(PATIENCE));
        let server = Server { builder, connections: Mutex::default() };
        Self::new(Way::Smtp(Box::new(server)), from, site)
    }

    /// A folder, made if it is not there: each letter is a file in it.
    pub fn folder(path: &Path, from: Option<&str>, site: &str) -> anyhow::Result<Self> {
        Self::new(Way::Folder(path.to_owned()), from, site)
    }

    fn new(way: Way, from: Option<&str>, site: &str) -> anyhow::Result<Self> {
        let site = Url::parse(site).ok();
        // A bare IP address is no host that letters or dates are named after.
        let host = site.as_ref().and_then(Url::domain).unwrap_or("localhost").to_owned();
        let usual = || format!("Owambe <owambe@{host}>");
        let from = from.map_or_else(usual, str::to_owned);
        let from = from.parse().with_context(|| format!("{from:?} is no sender of letters"))?;
        Ok(Self(Arc::new(Office { from, host, way, rest: Mutex::default() })))
    }

    /// The address that letters come from.
    pub fn address(&self) -> String {
        self.0.from.email.to_string()
    }

    /// The site's host, which tells its letters and its dates from those of others.
    pub fn host(&self) -> &str {
        &self.0.host
    }

    /// The folder that letters are written to, where they go nowhere else.
    pub fn letters(&self) -> Option<&Path> {
        match &self.0.way {
            Way::Folder(path) => Some(path),
            Way::Smtp(_) => None,
        }
    }

    /// Sends a letter.
    ///
    /// What a server does not take is an error. Where it takes none at all, or is not there, letters
    /// have to wait.
    pub async fn send(&self, letter: &Letter) -> Result<Sent> {
        let message = message::write(letter, &self.0.from, &self.0.host)?;
        match &self.0.way {
            Way::Folder(folder) => {
                let (folder, bytes) = (folder.clone(), message.formatted());
                let file = spawn_blocking(move || folder::put(&folder, &bytes)).await;
                match file.map_err(anyhow::Error::new)? {
                    Ok(file) => {
                        let file = file.display().to_string();
                        tracing::info!(to = letter.to, file, "wrote a letter into a file");
                        Ok(Sent::Yes)
                    }
                    // A disk that is full today has room tomorrow.
                    Err(err) => Ok(Sent::NotYet { until: soon(), why: format!("{err:#}") }),
                }
            }
            Way::Smtp(server) => {
                if let Some(until) = self.0.resting() {
                    let why = "the mail server did not answer a moment ago".to_owned();
                    return Ok(Sent::NotYet { until, why });
                }
                match timeout(LONGEST_TALK, server.connected().send(message)).await {
                    Ok(Ok(_)) => {
                        self.0.answered();
                        Ok(Sent::Yes)
                    }
                    Ok(Err(err)) => self.0.failed(&err),
                    Err(_) => {
                        // Nobody knows which answer would come next on these connections.
                        server.hang_up();
                        Ok(self.0.rests("the mail server fell silent".to_owned()))
                    }
                }
            }
        }
    }
}

impl Server {
    /// The connections to it, begun where there are none.
    fn connected(&self) -> AsyncSmtpTransport<Tokio1Executor> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        connections.get_or_insert_with(|| self.builder.clone().build()).clone()
    }

    fn hang_up(&self) {
        *self.connections.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Office {
    fn rest(&self) -> std::sync::MutexGuard<'_, Rest> {
        self.rest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until when the server is left alone, if it is.
    fn resting(&self) -> Option<Instant> {
        self.rest().until.filter(|until| *until > clock::now())
    }

    fn answered(&self) {
        *self.rest() = Rest::default();
    }

    fn failed(&self, err: &SmtpError) -> Result<Sent> {
        let why = said(err);
        let code = err.status().map(|code| code.to_string());
        let is_about_all = code.as_ref().is_some_and(|it| SAID_TO_ALL.contains(&it.as_str()));
        // What is wrong with a letter before it is sent, or in the eyes of the server.
        if err.is_client() || (code.is_some() && !is_about_all) {
            return Err(anyhow::anyhow!("the mail server does not take it: {why}").into());
        }
        Ok(self.rests(why))
    }

    /// Leaves the server alone for a while. The letter that it was about comes after the others, in
    /// case it is the letter.
    fn rests(&self, why: String) -> Sent {
        let mut rest = self.rest();
        rest.failures = rest.failures.saturating_add(1);
        let span = TimeDelta::seconds(5 << rest.failures.min(8)).min(LONGEST_REST);
        let until = clock::now().plus(span);
        rest.until = Some(until);
        tracing::warn!(why, until = %until.utc(), "the mail server does not answer: letters wait");
        Sent::NotYet { until: until.plus(LAST_IN_LINE), why }
    }
}

/// When to try again what may go well then.
fn soon() -> Instant {
    clock::now().plus(TimeDelta::minutes(1))
}

/// The error with what caused it.
fn said(err: &SmtpError) -> String {
    let mut text = err.to_string();
    let mut cause = std::error::Error::source(err);
    while let Some(err) = cause {
        let more = err.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = err.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn letter() -> Letter {
        Letter {
            to: "ada@example.com".to_owned(),
            subject: "Jollof\r\nBcc: eve@example.com".to_owned(),
            text: "Come!".to_owned(),
            html: "<p>Come!</p>".to_owned(),
            calendar: Some(Invite { method: "PUBLISH", text: "BEGIN:VCALENDAR\r\n".to_owned() }),
            unsubscribe: Some("http://owambe.test/unsubscribe/?token=abc".to_owned()),
            name: "notification-7".to_owned(),
        }
    }

    #[tokio::test]
    async fn a_letter_is_a_file_where_there_is_no_server() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("letters");
        let post = Post::folder(&folder, None, "http://owambe.test").unwrap();

        assert_eq!(post.send(&letter()).await.unwrap(), Sent::Yes);

        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|it| it.unwrap()).collect();
        assert_eq!(files.len(), 1);
        assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(files[0].path()).unwrap();
        assert!(text.contains("From: Owambe <owambe@owambe.test>\r\n"), "{text}");
        assert!(text.contains("Message-ID: <notification-7@owambe.test>\r\n"), "{text}");
        assert!(text.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{text}");
        assert!(text.contains("text/calendar; charset=utf-8; method=PUBLISH"), "{text}");
        assert!(!text.contains("\nBcc:"), "a title is no header: {text}");
    }

    #[test]
    fn a_password_is_not_sent_unprotected() {
        let refused = |url| Post::smtp(url, None, "http://owambe.test").is_err();
        assert!(refused("smtp://ada:secret@mail.example"));
        assert!(refused("http://mail.example"));
        assert!(refused("smtp://ada:secret@mail.example?tls=opportunistic"));
        assert!(refused("smtp://ada:secret@mail.example?x-tls=required"));
        assert!(!refused("smtp://ada:secret@mail.example?tls=required"));
        assert!(!refused("smtps://ada:secret@mail.example"));
        assert!(!refused("smtp://localhost:1025"));
    }

    #[tokio::test]
    async fn an_address_that_a_server_cannot_take_holds_up_no_other() {
        use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
        let server = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", server.local_addr().unwrap());
        tokio::spawn(async move {
            while let Ok((stream, _)) = server.accept().await {
                let mut talk = BufReader::new(stream);
                talk.write_all(b"220 plain ASCII only\r\n").await.unwrap();
                let mut line = String::new();
                while talk.read_line(&mut line).await.is_ok_and(|read| read > 0) {
                    talk.write_all(b"250 OK\r\n").await.unwrap();
                    line.clear();
                }
            }
        });
        let post = Post::smtp(&url, None, "http://owambe.test").unwrap();

        let strange = Letter { to: "josé@example.com".to_owned(), ..letter() };
        assert!(post.send(&strange).await.is_err(), "it fails by itself");
        assert_eq!(post.0.resting(), None);
    }

    #[test]
    fn letters_of_a_site_without_a_name_come_from_this_machine() {
        for site in ["http://[::1]:8000", "http://127.0.0.1:8000"] {
            let post = Post::folder(Path::new("letters"), None, site).unwrap();
            assert_eq!(post.address(), "owambe@localhost");
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_is_left_alone_for_a_while() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", nobody.local_addr().unwrap());
        drop(nobody);
        let post = Post::smtp(&url, None, "http://owambe.test").unwrap();

        let first = post.send(&letter()).await.unwrap();
        let second = post.send(&letter()).await.unwrap();

        let Sent::NotYet { until: last, .. } = first else { panic!("{first:?}") };
        let Sent::NotYet { until, why } = second else { panic!("{second:?}") };
        assert!(last > until, "the letter that found nobody comes after the others");
        assert!(why.contains("a moment ago"), "{why}");
    }
}
