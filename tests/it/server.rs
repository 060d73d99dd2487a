//! The program itself: how it starts, stops, and refuses to start.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::helpers::{PASSWORD, create_postgres_database, postgres_server};

/// A data folder and a database of its own.
pub struct Place {
    pub dir: TempDir,
    pub database: Option<String>,
}

/// How long a command may take that is to end by itself.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running server, killed when it is dropped.
pub struct Server {
    pub process: Child,
    url: String,
}

impl Place {
    pub fn new() -> Self {
        let database = postgres_server().map(|server| create_postgres_database(&server));
        Self { dir: tempfile::tempdir().unwrap(), database }
    }

    /// Where its database is.
    pub fn database_url(&self) -> String {
        let file = || self.dir.path().join("owambe.db").display().to_string();
        self.database.clone().unwrap_or_else(file)
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_owambe"));
        command
            .args(args)
            .env("OWAMBE_DATA_DIR", self.dir.path())
            .env("OWAMBE_RATE_LIMIT", "off")
            .env("OWAMBE_LISTEN", "127.0.0.1:0");
        match &self.database {
            Some(url) => command.env("OWAMBE_DATABASE_URL", url),
            None => command.env_remove("OWAMBE_DATABASE_URL"),
        };
        command
    }

    pub fn run(&self, args: &[&str], input: &str) -> Output {
        let mut process = self
            .command(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let id = process.id().to_string();
        let (done, ended) = std::sync::mpsc::channel();
        thread::spawn(move || done.send(process.wait_with_output()));
        let Ok(output) = ended.recv_timeout(PATIENCE) else {
            let _killed = Command::new("kill").args(["-KILL", &id]).status();
            panic!("owambe {args:?} has not ended by itself");
        };
        output.unwrap()
    }

    pub fn serve(&self) -> Server {
        Self::serve_by(self.command(&[]))
    }

    /// A server whose files cannot grow beyond so many bytes, as on a disk that is nearly full.
    fn serve_in(&self, bytes: u64) -> Server {
        let command = self.command(&[]);
        let limited = format!("trap '' XFSZ; ulimit -f {}; exec \"$0\"", bytes / 512);
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited]).arg(command.get_program());
        shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        Self::serve_by(shell)
    }

    pub fn serve_by(mut command: Command) -> Server {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut first_line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut first_line).unwrap();
        let url = first_line.trim().strip_prefix("Owambe is ready: ").unwrap_or_else(|| {
            panic!("the first line is {first_line:?}");
        });
        Server { url: url.trim_end_matches('/').to_owned(), process }
    }
}

impl Server {
    pub fn request(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: &Value,
    ) -> Option<(u16, Value)> {
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header("content-type", "application/json");
        let request = match token {
            "" => request,
            token => request.header("authorization", format!("Bearer {token}")),
        };
        let mut reply = config.new_agent().run(request.body(body.to_string()).unwrap()).ok()?;
        let text = reply.body_mut().read_to_string().ok()?;
        Some((reply.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        self.request("POST", path, token, body).unwrap()
    }

    fn put_picture(&self, path: &str, token: &str, picture: &[u8]) -> (u16, Value) {
        let head = "--owambe\r\ncontent-disposition: form-data; name=\"image\"\r\n\r\n";
        let body = [head.as_bytes(), picture, b"\r\n--owambe--\r\n"].concat();
        let config = ureq::Agent::config_builder().http_status_as_error(false).build();
        let request = ureq::http::Request::builder()
            .method("PUT")
            .uri(format!("{}{path}", self.url))
            .header("content-type", "multipart/form-data; boundary=owambe")
            .header("authorization", format!("Bearer {token}"));
        let mut reply = config.new_agent().run(request.body(body).unwrap()).unwrap();
        let text = reply.body_mut().read_to_string().unwrap();
        (reply.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    pub fn get(&self, path: &str) -> (u16, Value) {
        self.request("GET", path, "", &json!({})).unwrap()
    }

    /// Somebody new's session.
    pub fn register(&self, name: &str) -> Value {
        let email = format!("{name}@example.com");
        let new = json!({"username": name, "email": email, "password": PASSWORD});
        let (status, session) = self.post("/api/users/register/", "", &new);
        assert_eq!(status, 201, "{session}");
        session
    }

    /// Somebody new's access token.
    fn token(&self, name: &str) -> String {
        self.register(name)["access"].as_str().unwrap().to_owned()
    }

    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.process.id().to_string()]).status();
        assert!(sent.unwrap().success());
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.url.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _already_gone = self.process.kill();
        let _status = self.process.wait();
    }
}

fn refusal(output: &Output) -> String {
    assert!(!output.status.success());
    assert!(output.stdout.is_empty(), "{output:?}");
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() == 1 && text.starts_with("owambe: "), "no single sentence: {text}");
    text
}

#[test]
fn a_server_that_is_asked_to_stop_finishes_what_is_under_way() {
    let place = Place::new();
    let mut server = place.serve();
    assert_eq!(server.get("/health/live").0, 200);
    assert_eq!(server.get("/health/ready").0, 200);
    let mut slow = server.connect();
    slow.write_all(b"POST /api/users/login/ HTTP/1.1\r\nhost: x\r\ncontent-length: 31\r\n\r\n{\"username\": \"ada\",").unwrap();
    thread::sleep(Duration::from_secs(1));

    server.signal("-TERM");
    thread::sleep(Duration::from_secs(1));
    slow.write_all(b"\"password\":1}").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();

    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_second_server_in_the_same_folder_is_refused() {
    let place = Place::new();
    let _first = place.serve();

    let refused = refusal(&place.run(&[], ""));

    assert!(refused.contains("another Owambe serves the data folder"), "{refused}");
}

#[test]
fn a_port_in_use_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let refused = refusal(&Place::new().run(&["serve", "--listen", &address], ""));

    assert!(refused.contains(&address) && refused.contains("in use"), "{refused}");
}

#[test]
fn a_database_that_is_not_there_is_named() {
    let nowhere = ["--database-url", "postgres://ada:hunter2@127.0.0.1:1/owambe"];

    let refused = refusal(&Place::new().run(&nowhere, ""));

    assert!(refused.contains("cannot connect to PostgreSQL"), "{refused}");
    assert!(!refused.contains("hunter2"), "{refused}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let place = Place::new();
    let file = place.dir.path().join("file");
    std::fs::write(&file, "").unwrap();

    let inside = file.join("data");
    let refused = refusal(&place.run(&["migrate", "--data-dir", inside.to_str().unwrap()], ""));

    assert!(refused.contains("cannot make the folder"), "{refused}");
}

#[test]
fn a_schema_from_the_future_is_refused_by_every_command_that_needs_it() {
    let place = Place::new();
    assert!(place.run(&["migrate"], "").status.success());
    let url = place.database_url();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        owambe::db::Db::open(&url)
            .unwrap()
            .write(|tx| {
                let future = "insert into __diesel_schema_migrations (version) values ('9999')";
                Ok(diesel::connection::SimpleConnection::batch_execute(tx.conn(), future)?)
            })
            .await
            .unwrap();
    });

    for command in ["serve", "migrate", "demo"] {
        let refused = refusal(&place.run(&[command], ""));
        assert!(refused.contains("newer Owambe"), "{refused}");
    }
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let place = Place::new();

    for (args, named) in [
        (["--public-url", "party.example"], "--public-url"),
        (["--timezone", "Mars/Olympus"], "--timezone"),
        (["--listen", "everywhere"], "--listen"),
        (["--secret-key", "short"], "secret key"),
    ] {
        let output = place.run(&args, "");
        assert!(!output.status.success());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(named), "{text}");
    }
    let help = String::from_utf8(place.run(&["--help"], "").stdout).unwrap();
    for setting in [
        "LISTEN",
        "DATA_DIR",
        "DATABASE_URL",
        "PUBLIC_URL",
        "TIMEZONE",
        "SECRET_KEY",
        "CORS_ORIGINS",
        "LOG",
    ] {
        assert!(help.contains(&format!("OWAMBE_{setting}")), "{help}");
    }
}

#[test]
fn a_site_admin_is_made_at_the_command_line() {
    let place = Place::new();
    let create = ["user", "create", "--admin", "root", "root@example.com"];

    assert!(!place.run(&create, "password\n").status.success());
    let made = place.run(&create, &format!("{PASSWORD}\n"));
    assert!(made.status.success(), "{made:?}");
    assert!(
        refusal(&place.run(&create, &format!("{PASSWORD}\n"))).contains("username: somebody has")
    );

    let server = place.serve();
    let ada = server.token("ada");
    let event = json!({"title": "Jollof Night", "start_date": "2030-06-01", "status": "draft"});
    let (_, event) = server.post("/api/events/", &ada, &event);
    let login = json!({"username": "root", "password": PASSWORD});
    let root =
        server.post("/api/users/login/", "", &login).1["access"].as_str().unwrap().to_owned();
    let path = format!("/api/events/{}/", event["id"]);
    let patched = server.request("PATCH", &path, &root, &json!({"title": "Moved"})).unwrap();
    assert_eq!((patched.0, &patched.1["title"]), (200, &json!("Moved")));
}

#[test]
fn the_sample_site_is_lively_and_comes_only_once() {
    let place = Place::new();
    let count =
        |server: &Server, path: &str| server.get(&format!("{path}?count=true")).1["count"].clone();

    let sample = ["demo", "--users", "12", "--events", "30", "--no-pictures"];
    let first = place.run(&sample, "");
    assert!(first.status.success(), "{first:?}");
    let server = place.serve();
    let (events, groups) = (count(&server, "/api/events/"), count(&server, "/api/groups/"));
    assert!(events.as_i64().unwrap() > 20 && groups.as_i64().unwrap() > 5, "{events} {groups}");
    server.token("ada");

    let again = place.run(&sample, "");
    assert!(again.status.success(), "{again:?}");
    assert_eq!((count(&server, "/api/events/"), count(&server, "/api/groups/")), (events, groups));
    let login = json!({"username": "demo-ada", "password": "jollof-rice-at-noon"});
    assert_eq!(server.post("/api/users/login/", "", &login).0, 200);

    assert!(place.run(&["demo", "--remove"], "").status.success());
    assert_eq!(count(&server, "/api/events/"), 0);
    let login = json!({"username": "ada", "password": PASSWORD});
    assert_eq!(server.post("/api/users/login/", "", &login).0, 200);
}

#[test]
fn the_sample_site_shows_pictures_of_its_own() {
    let place = Place::new();
    let sample = ["demo", "--users", "3", "--events", "3", "--groups", "1", "--comments", "9"];
    let drawn = place.run(&sample, "");
    assert!(drawn.status.success(), "{drawn:?}");

    let server = place.serve();
    let event = &server.get("/api/events/?page_size=1").1["results"][0];
    assert!(event["thumbnail"].is_string() && event["creator"]["avatar"].is_string(), "{event}");
    let pictures = place.dir.path().join("files");
    assert!(pictures.read_dir().unwrap().count() > 5);
    let again = place.run(&sample, "");
    assert!(again.status.success(), "{again:?}");
}

#[test]
fn the_document_is_printed_as_it_is_served() {
    let place = Place::new();
    let printed = place.run(&["openapi"], "").stdout;
    let printed: Value = serde_json::from_slice(&printed).unwrap();

    assert_eq!(place.serve().get("/api/openapi.json").1, printed);
}

#[test]
fn tokens_outlive_a_restart() {
    let place = Place::new();
    let server = place.serve();
    let address = server.url.trim_start_matches("http://").to_owned();
    let token = server.token("ada");
    drop(server);

    let mut again = place.command(&["--listen", &address]);
    let process = again.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let server = Server { process, url: format!("http://{address}") };
    let profile = (0..100).find_map(|_| {
        thread::sleep(Duration::from_millis(100));
        server.request("GET", "/api/users/profile/", &token, &json!({}))
    });

    assert_eq!(profile.unwrap().0, 200);
}

/// Noise, which no format makes small.
#[test]
fn a_map_has_tiles_where_whoever_runs_the_site_names_some() {
    let place = Place::new();
    let tiles = ["--tiles", "https://tiles.example/{z}/{x}/{y}.png", "--tiles-credit", "Some maps"];
    let server = Place::serve_by(place.command(&[&["--name", "Jollof Club"][..], &tiles].concat()));
    let ada = json!({"username": "ada", "email": "ada@example.com", "password": PASSWORD});
    let (_, session) = server.post("/api/users/register/", "", &ada);
    let event = json!({"title": "A", "start_date": "2030-06-01", "latitude": 6, "longitude": 3});
    server.post("/api/events/create/", session["access"].as_str().unwrap(), &event);

    let mut map = ureq::get(format!("{}/events/map/", server.url)).call().unwrap();
    let policy = map.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("img-src 'self' data: blob: https://tiles.example;"), "{policy}");
    let text = map.body_mut().read_to_string().unwrap();
    assert!(text.contains("<image href=\"https://tiles.example/1") && text.contains("Some maps"));
    assert!(!text.contains("land.svg") && text.contains("Jollof Club"));
}

fn large_picture() -> Vec<u8> {
    let mut state = 1_u32;
    let pixels = image::RgbImage::from_fn(1200, 1000, |_, _| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [_, red, green, blue] = state.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

#[test]
fn where_there_is_no_room_the_picture_is_refused_and_all_else_goes_on() {
    let place = Place::new();
    let server = place.serve_in(2_500_000);
    let token = server.token("ada");
    let picture = large_picture();
    assert!((3_000_000..9_000_000).contains(&picture.len()), "{}", picture.len());

    let (status, problem) = server.put_picture("/api/users/profile/avatar/", &token, &picture);
    assert_eq!((status, &problem["code"]), (507, &json!("storage_full")), "{problem}");

    assert_eq!(server.get("/api/users/1/").1["avatar"], Value::Null);
    let small = crate::helpers::picture(9, 9);
    let (status, image) = server.put_picture("/api/users/profile/avatar/", &token, &small);
    assert_eq!(status, 201, "{image}");
    assert_eq!(server.get("/api/users/1/").1["avatar"], image["thumbnails"]["320"]);
}

#[test]
fn what_the_server_gave_up_on_is_shown_and_taken_up_again() {
    let place = Place::new();
    let said = |args: &[&str]| {
        let output = place.run(args, "");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(said(&["jobs"]), "There is nothing to do.\n");

    let url = place.database_url();
    crate::helpers::run_sql(
        &url,
        "insert into jobs (kind, subject, run_at, attempts, error, failed_at, created_at) values \
         ('discard_file', 'a.jpg', '2026-01-01 00:00:00', 12, 'the storage is on strike', \
         '2026-01-02 00:00:00', '2026-01-01 00:00:00')",
    );
    let line = said(&["jobs"]);
    assert!(
        line.contains(
            "discard_file a.jpg  given up on at 2026-01-02 00:00:00: the storage is on strike"
        ),
        "{line}"
    );

    assert_eq!(said(&["jobs", "retry"]), "To be tried again: 1.\n");
    assert_eq!(said(&["jobs", "retry", "1"]), "To be tried again: 0.\n");
    let server = place.serve();
    let waits = || said(&["jobs"]);
    for _ in 0..100 {
        if waits() == "There is nothing to do.\n" {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(waits(), "There is nothing to do.\n");
    drop(server);
}

#[test]
fn the_first_session_of_the_readme_does_what_it_prints() {
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let session = readme.split("## A first session").nth(1).unwrap();
    let commands = session.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let place = Place::new();
    let server = place.serve();

    let commands = commands.replace("http://127.0.0.1:8000", &server.url);
    let ran = Command::new("sh").args(["-eu", "-c", &commands]).output().unwrap();

    let printed = String::from_utf8(ran.stdout).unwrap();
    assert!(ran.status.success(), "{printed}");
    let (_, events) = server.get("/api/events/");
    let event = &events["results"][0];
    assert_eq!((&event["going_count"], &event["comment_count"]), (&json!(1), &json!(1)));
    assert!(printed.contains(event["title"].as_str().unwrap()), "{printed}");
    assert!(!printed.contains("/problems/"), "{printed}");
}

#[test]
fn a_connection_to_postgres_is_verified_by_the_systems_authorities() {
    let Some(server) = postgres_server() else { return };
    let authority = std::env::var("TEST_POSTGRES_CA").expect("scripts/postgres names it");
    let place = Place::new();
    let url = format!("{}?sslmode=verify-full", create_postgres_database(&server));
    let migrate = |authorities: &str| {
        let mut command = place.command(&["migrate", "--database-url", &url]);
        command.env("SSL_CERT_FILE", authorities).output().unwrap()
    };

    let trusted = migrate(&authority);
    assert!(trusted.status.success(), "{trusted:?}");
    let none = place.dir.path().join("none.pem");
    std::fs::write(&none, "").unwrap();
    let refused = refusal(&migrate(none.to_str().unwrap()));
    assert!(refused.contains("cannot connect to PostgreSQL"), "{refused}");
}
