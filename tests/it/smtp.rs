//! Letters through a real mail server, sent by the program itself. Where this run has none
//! (`scripts/smtp`), there is nothing to see here.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::helpers::{Letter, PASSWORD};
use crate::server::{Place, Server};

/// How long a letter may take that waits for a server to come back.
const PATIENCE: Duration = Duration::from_mins(1);

/// The mail server of this run.
struct Smtp {
    url: String,
    authority: String,
    letters: PathBuf,
}

fn smtp() -> Option<Smtp> {
    let named = |name: &str| std::env::var(name).ok();
    Some(Smtp {
        url: named("TEST_SMTP_URL")?,
        authority: named("TEST_SMTP_CA")?,
        letters: PathBuf::from(named("TEST_SMTP_MAILDIR")?).join("new"),
    })
}

impl Smtp {
    fn command(&self, place: &Place, url: &str, args: &[&str]) -> Command {
        let mut command = place.command(args);
        command
            .env("OWAMBE_SMTP_URL", url)
            .env("OWAMBE_MAIL_FROM", "Jollof Society <party@example.org>")
            .env("SSL_CERT_FILE", &self.authority);
        command
    }

    fn serve(&self, place: &Place, url: &str) -> Server {
        Place::serve_by(self.command(place, url, &[]))
    }

    /// The letters to an address, with their envelopes.
    fn letters_to(&self, address: &str) -> Vec<(String, Letter)> {
        let files = std::fs::read_dir(&self.letters).unwrap().map(|it| it.unwrap().path());
        let letters = files.map(|file| std::fs::read(file).unwrap());
        let ours = letters.filter_map(|bytes| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let envelope: Vec<&str> = text.lines().take(2).collect();
            let to = format!("X-RcptTo: {address}");
            (envelope[1] == to).then(|| (envelope[0].to_owned(), Letter::parse(&bytes)))
        });
        ours.collect()
    }

    fn wait_for(&self, address: &str) -> (String, Letter) {
        let since = Instant::now();
        while since.elapsed() < PATIENCE {
            if let Some(letter) = self.letters_to(address).pop() {
                return letter;
            }
            thread::sleep(Duration::from_millis(100));
        }
        panic!("no letter to {address}");
    }
}

fn address(name: &str) -> String {
    format!("{name}-{:x}@example.com", rand::random::<u64>())
}

fn register(server: &Server, name: &str, email: &str) {
    let new = json!({"username": name, "email": email, "password": PASSWORD});
    let (status, session) = server.post("/api/users/register/", "", &new);
    assert_eq!(status, 201, "{session}");
}

fn stop(mut server: Server) {
    server.signal("-TERM");
    assert!(server.process.wait().unwrap().success());
}

/// What `owambe jobs` says, once it says this.
fn jobs(place: &Place, word: &str) -> String {
    let since = Instant::now();
    loop {
        let output = place.run(&["jobs"], "");
        let text = String::from_utf8(output.stdout).unwrap();
        if text.contains(word) {
            return text;
        }
        assert!(since.elapsed() < PATIENCE, "{word} is not in {text}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_letter_goes_through_a_mail_server() {
    let Some(smtp) = smtp() else { return };
    let place = Place::new();
    let server = smtp.serve(&place, &smtp.url);
    let ada = address("ada");
    register(&server, "ada", &ada);

    let (envelope, letter) = smtp.wait_for(&ada);

    assert_eq!(envelope, "X-MailFrom: party@example.org");
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        (ada.as_str(), "Is this your address?")
    );
    assert!(letter.html.contains("Yes, this is my address"));
    let verified = server.post("/api/users/email/verify/", "", &json!({"token": letter.token()}));
    assert_eq!(verified, (204, Value::Null));
    assert!(!place.dir.path().join("letters").exists(), "no file is written beside");
}

#[test]
fn a_mail_server_that_is_down_delays_letters_and_loses_none() {
    let Some(smtp) = smtp() else { return };
    let place = Place::new();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("smtp://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let (ada, bola) = (address("ada"), address("bola"));

    let server = smtp.serve(&place, &dead);
    register(&server, "ada", &ada);
    register(&server, "bola", &bola);
    let waiting = jobs(&place, "Connection");
    assert!(waiting.contains("verify_address") && waiting.contains("waits until"), "{waiting}");
    stop(server);
    // A wrong password is no reason to give up, either.
    let wrong = smtp.url.replace("owambe:", "owambe:wrong");
    let server = smtp.serve(&place, &wrong);
    let waiting = jobs(&place, "535");
    assert!(!waiting.contains("given up"), "{waiting}");
    stop(server);
    assert!(smtp.letters_to(&ada).is_empty());

    let server = smtp.serve(&place, &smtp.url);
    smtp.wait_for(&ada);
    smtp.wait_for(&bola);
    jobs(&place, "There is nothing to do.");
    stop(server);

    assert_eq!((smtp.letters_to(&ada).len(), smtp.letters_to(&bola).len()), (1, 1));
}

#[test]
fn a_letter_that_is_refused_holds_up_no_other() {
    let Some(smtp) = smtp() else { return };
    let place = Place::new();
    let server = smtp.serve(&place, &smtp.url);
    let ada = address("ada");

    register(&server, "never", "refused@example.com");
    register(&server, "later", "later@example.com");
    register(&server, "ada", &ada);

    smtp.wait_for(&ada);
    jobs(&place, "No such mailbox");
    let left = jobs(&place, "mailbox is busy");
    assert_eq!(left.lines().count(), 2, "{left}");
}

/// Several servers share one database, and one of them is killed while letters go out.
#[test]
fn however_many_servers_there_are_a_letter_goes_out_once() {
    let Some(smtp) = smtp() else { return };
    let place = Place::new();
    if place.database.is_none() {
        return;
    }
    let others = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let server = smtp.serve(&place, &smtp.url);
    let more = others.each_ref().map(|dir| {
        let mut command = smtp.command(&place, &smtp.url, &[]);
        command.env("OWAMBE_DATA_DIR", dir.path());
        Place::serve_by(command)
    });
    let addresses: Vec<String> = (0..12).map(|place| address(&format!("u{place}"))).collect();

    thread::scope(|scope| {
        for (place, address) in addresses.iter().enumerate() {
            let server = &server;
            scope.spawn(move || register(server, &format!("u{place}"), address));
        }
    });
    for address in &addresses {
        smtp.wait_for(address);
    }
    jobs(&place, "There is nothing to do.");
    drop(more);

    for address in &addresses {
        assert_eq!(smtp.letters_to(address).len(), 1, "{address}");
    }
}

/// A mail server that lets people wait: the program is told to stop while it talks to it.
#[test]
fn a_letter_that_is_on_its_way_is_not_cut_off_by_a_stop() {
    let place = Place::new();
    let slow = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = place.command(&[]);
    command.env("OWAMBE_SMTP_URL", format!("smtp://{}", slow.local_addr().unwrap()));
    let server = Place::serve_by(command);
    register(&server, "ada", "ada@example.com");
    let (mut connection, _) = slow.accept().unwrap();

    server.signal("-TERM");
    thread::sleep(Duration::from_secs(1));
    connection.write_all(b"554 not today\r\n").unwrap();
    drop(connection);
    let mut server = server;
    assert!(server.process.wait().unwrap().success());

    let left = String::from_utf8(place.run(&["jobs"], "").stdout).unwrap();
    assert!(left.contains("not today"), "what came of it is written down: {left}");
}

#[test]
fn the_command_line_tells_whether_letters_go_out() {
    let place = Place::new();
    let file = place.run(&["mail", "ada@example.com"], "");
    let said = String::from_utf8(file.stdout).unwrap();
    assert!(said.contains("the letter is a file in"), "{said}");
    assert_eq!(std::fs::read_dir(place.dir.path().join("letters")).unwrap().count(), 1);
    let Some(smtp) = smtp() else { return };

    let ada = address("ada");
    let sent = smtp.command(&place, &smtp.url, &["mail", &ada]).output().unwrap();
    assert!(sent.status.success(), "{sent:?}");
    assert_eq!(smtp.wait_for(&ada).1.subject, "Letters reach you");

    let wrong = smtp.url.replace("owambe:", "owambe:wrong");
    let refused = smtp.command(&place, &wrong, &["mail", &ada]).output().unwrap();
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("535"), "{said}");
    let strange = smtp
        .command(&place, &smtp.url, &["mail", &ada])
        .env("SSL_CERT_FILE", "/dev/null")
        .output()
        .unwrap();
    assert!(!strange.status.success(), "a stranger's certificate is not trusted: {strange:?}");
}
