//! A running site with a database of its own, and people who send it requests.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, mpsc};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use http_body_util::BodyExt;
use owambe::app::{App, Site};
use owambe::db::{Db, Tx, is_postgres};
use owambe::error::Result;
use owambe::http::limits::Limits;
use owambe::input::Input;
use owambe::mail::Post;
use owambe::router::router;
use owambe::secret::Secret;
use owambe::sessions::{self, token};
use owambe::storage::Storage;
use owambe::users::password::Password;
use owambe::users::{self, DisplayName, Email, NewUser, User, Username};
use owambe::zone::Zone;
use owambe::{chores, clock, jobs};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// What everybody in the tests signs in with.
pub const PASSWORD: &str = "jollof rice at noon";

pub struct TestApp {
    pub db: Db,
    pub app: App,
    router: Router,
    dir: TempDir,
    pub url: String,
}

/// Someone who sends requests.
#[derive(Clone)]
pub struct Visitor<'a> {
    site: &'a TestApp,
    pub token: Option<String>,
}

/// Someone with an account, signed in.
#[derive(Clone)]
pub struct Person<'a> {
    pub user: User,
    visitor: Visitor<'a>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Bytes,
}

/// Whether this run is about PostgreSQL.
pub fn postgres_server() -> Option<String> {
    std::env::var("TEST_POSTGRES_URL").ok()
}

/// A write that lets nobody past until it is told to: whoever comes meanwhile waits behind it, on
/// PostgreSQL those of its lane.
pub async fn hold_up(db: &Db, lane: Option<i64>) -> (mpsc::Sender<()>, JoinHandle<Result<()>>) {
    let (arrive, arrived) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel();
    let once = Mutex::new(Some((arrive, released)));
    let db = db.clone();
    let held = tokio::spawn(async move {
        let work = move |_: &mut Tx| {
            // SQLite runs it again where one of those who share its commit fails.
            if let Some((arrive, released)) = once.lock().unwrap().take() {
                arrive.send(()).unwrap();
                released.recv().unwrap();
            }
            Ok(())
        };
        match lane {
            Some(lane) => db.write_in_turn(lane, work).await,
            None => db.write(work).await,
        }
    });
    arrived.await.unwrap();
    (release, held)
}

impl TestApp {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = storage(&dir);
        Self::open(dir, storage, Limits::off())
    }

    pub fn with_limits(limits: Limits) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let storage = storage(&dir);
        Self::open(dir, storage, limits)
    }

    pub fn with_storage(storage: Storage) -> Self {
        Self::open(tempfile::tempdir().unwrap(), storage, Limits::off())
    }

    fn open(dir: TempDir, storage: Storage, limits: Limits) -> Self {
        let url = match postgres_server() {
            Some(server) => create_postgres_database(&server),
            None => dir.path().join("test.db").display().to_string(),
        };
        Self::start(dir, url, storage, limits, Secret::random())
    }

    /// Another server of this site: it has the database, the storage and the key in common with the
    /// first, and nothing else.
    pub fn beside(&self) -> Self {
        let (storage, secret) = (self.app.storage.clone(), self.app.site.secret.clone());
        let dir = tempfile::tempdir().unwrap();
        Self::start(dir, self.url.clone(), storage, Limits::off(), secret)
    }

    fn start(dir: TempDir, url: String, storage: Storage, limits: Limits, secret: Secret) -> Self {
        let site = Site {
            name: "Owambe".to_owned(),
            url: "http://owambe.test".to_owned(),
            timezone: Tz::UTC,
            secret,
            tiles: None,
            tiles_credit: String::new(),
            cors_origins: "*".to_owned(),
        };
        let db = Db::open(&url).unwrap();
        let post = Post::folder(&dir.path().join("letters"), None, &site.url).unwrap();
        let app = App::new(db.clone(), storage, post, limits, site);
        Self { db, router: router(app.clone()), app, dir, url }
    }

    /// A visitor who is not signed in.
    pub fn anonymous(&self) -> Visitor<'_> {
        Visitor { site: self, token: None }
    }

    /// A visitor who shows this token.
    pub fn with_token(&self, token: &str) -> Visitor<'_> {
        Visitor { site: self, token: Some(token.to_owned()) }
    }

    /// A new user called `name`, signed in.
    pub async fn person(&self, name: &str) -> Person<'_> {
        self.someone(name, false).await
    }

    /// New users with these names, signed in.
    pub async fn people<const N: usize>(&self, names: [&str; N]) -> [Person<'_>; N] {
        let mut people = Vec::new();
        for name in names {
            people.push(self.person(name).await);
        }
        people.try_into().ok().unwrap()
    }

    /// A new user who looks after the whole site, signed in.
    pub async fn site_admin(&self, name: &str) -> Person<'_> {
        self.someone(name, true).await
    }

    async fn someone(&self, name: &str, is_admin: bool) -> Person<'_> {
        let new = new_user(name, is_admin);
        let user = self.write(move |tx| users::create(tx, &new)).await;
        let token = self.token(&user, true).await;
        Person { user, visitor: Visitor { site: self, token: Some(token) } }
    }

    /// An access token of a new session; one that is not fresh has expired.
    pub async fn token(&self, user: &User, is_fresh: bool) -> String {
        let id = user.id;
        let session = self.write(move |tx| sessions::create(tx, id)).await;
        let age = if is_fresh { chrono::TimeDelta::zero() } else { chrono::TimeDelta::hours(1) };
        token::access(&self.app.site, &session, clock::now().plus(-age)).unwrap()
    }

    pub async fn write<T: Send + 'static>(
        &self,
        work: impl Fn(&mut owambe::db::Tx) -> Result<T> + Send + 'static,
    ) -> T {
        self.db.write(work).await.unwrap()
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status, headers: parts.headers, text, bytes }
    }

    /// Does every job that is due, and those that this makes due. Tells how many those were.
    pub async fn do_jobs(&self) -> usize {
        let mut done = 0;
        loop {
            match jobs::run_due(&self.db, |job| chores::run(self.app.clone(), job)).await.unwrap() {
                0 => return done,
                more => done += more,
            }
        }
    }

    /// The letters that were written since the last time, the oldest first.
    pub async fn letters(&self) -> Vec<Letter> {
        self.do_jobs().await;
        let folder = self.dir.path().join("letters");
        let Ok(files) = std::fs::read_dir(&folder) else { return Vec::new() };
        let mut files: Vec<_> = files.map(|it| it.unwrap().path()).collect();
        files.sort();
        let taken = files.iter().map(|file| {
            let bytes = std::fs::read(file).unwrap();
            std::fs::remove_file(file).unwrap();
            Letter::parse(&bytes)
        });
        taken.collect()
    }

    /// It is known from now on that letters reach somebody.
    pub async fn verify(&self, who: &Person<'_>) {
        let id = who.user.id;
        self.write(move |tx| users::set_verified(tx, id)).await;
    }

    /// What a query counts.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(sql);
        self.db.read_slow(|conn| Ok(diesel::RunQueryDsl::get_result(count, conn)?)).await.unwrap()
    }

    /// Changes the database behind the back of the site.
    pub async fn sql(&self, sql: &'static str) {
        self.write(move |tx| Ok(tx.conn().batch_execute(sql)?)).await;
    }

    /// Recounts every counter, and finds that each is right; and that nobody is in a group, or about
    /// to be, who is kept out of it.
    pub async fn assert_counters_are_right(&self) {
        let wrong = diesel::dsl::sql::<diesel::sql_types::BigInt>(&wrong_counts());
        let wrong: i64 = self
            .db
            .read_slow(|conn| Ok(diesel::RunQueryDsl::get_result(wrong, conn)?))
            .await
            .unwrap();
        assert_eq!(wrong, 0, "some counters are wrong");
    }
}

impl<'a> std::ops::Deref for Person<'a> {
    type Target = Visitor<'a>;

    fn deref(&self) -> &Visitor<'a> {
        &self.visitor
    }
}

impl Person<'_> {
    pub fn id(&self) -> i64 {
        self.user.id.0
    }

    /// A new event of theirs.
    pub async fn event(&self, more: Value) -> Value {
        let mut event = json!({"title": "Jollof Night", "start_date": "2030-06-01"});
        merge(&mut event, more);
        self.post("/api/events/create/", event).await.expect(StatusCode::CREATED)
    }

    /// A new group of theirs.
    pub async fn group(&self, more: Value) -> Value {
        let mut group = json!({"name": "Jollof Society"});
        merge(&mut group, more);
        self.post("/api/groups/", group).await.expect(StatusCode::CREATED)
    }

    /// A new comment of theirs.
    pub async fn comment(&self, event: &Value, body: &str) -> Value {
        let path = format!("/api/events/{}/comments/", event["id"]);
        self.post(&path, json!({"body": body})).await.expect(StatusCode::CREATED)
    }

    /// Pictures under a comment of theirs.
    pub async fn pictures(&self, comment: &Value, pictures: &[Vec<u8>]) -> Reply {
        let parts: Vec<(&str, &[u8])> =
            pictures.iter().map(|picture| ("image", picture.as_slice())).collect();
        let path = format!("/api/comments/{}/images/", comment["id"]);
        self.upload(Method::POST, &path, &parts).await
    }

    /// They say that they are interested, or going.
    pub async fn answer(&self, event: &Value, status: &str) -> Reply {
        let path = format!("/api/users/{}/interests/{}/", self.id(), event["id"]);
        self.post(&path, json!({"status": status})).await
    }

    /// They make somebody a member of a group.
    pub async fn adds(&self, group: &Value, who: &Person<'_>, role: &str) -> Reply {
        let path = format!("/api/groups/{}/members/{}/", group["id"], who.id());
        self.post(&path, json!({"role": role})).await
    }
}

impl Visitor<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let body = body.map(|body| body.to_string());
        self.send_text(method, path, "application/json", body.unwrap_or_default()).await
    }

    pub async fn send_text(
        &self,
        method: Method,
        path: &str,
        content_type: &str,
        body: impl Into<Body>,
    ) -> Reply {
        let mut request = Request::builder().method(method).uri(path);
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.site.send(request.body(body.into()).unwrap()).await
    }

    /// Sends a multipart body: the names of its parts, and what is in them.
    pub async fn upload(&self, method: Method, path: &str, parts: &[(&str, &[u8])]) -> Reply {
        let mut body = Vec::new();
        for (name, bytes) in parts {
            let file = if *name == "image" { "; filename=\"../../party.jpg\"" } else { "" };
            let head = format!(
                "--owambe\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
            );
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(b"--owambe--\r\n");
        let kind = "multipart/form-data; boundary=owambe";
        self.send_text(method, path, kind, body).await
    }

    /// The ids of a whole list, followed page by page.
    pub async fn ids(&self, path: &str) -> Vec<i64> {
        let mut ids = Vec::new();
        let mut next = Some(path.to_owned());
        while let Some(path) = next {
            let page = self.get(&path).await.expect(StatusCode::OK);
            ids.extend(
                page["results"].as_array().unwrap().iter().map(|it| it["id"].as_i64().unwrap()),
            );
            next = page["next"].as_str().map(|url| url.replace("http://owambe.test", ""));
        }
        ids
    }
}

/// A letter, as a mail program reads it.
#[derive(Debug)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<String>,
    pub name: String,
    pub unsubscribe: Option<String>,
}

impl Letter {
    pub fn parse(bytes: &[u8]) -> Self {
        let mail = mail_parser::MessageParser::default().parse(bytes).unwrap();
        let calendar = mail.attachments().next().map(|part| {
            assert_eq!(mail_parser::MimeHeaders::attachment_name(part), Some("event.ics"));
            part.text_contents().unwrap().to_owned()
        });
        let unsubscribe = mail.header_raw("List-Unsubscribe").map(|raw| {
            raw.split_whitespace().collect::<String>().trim_matches(['<', '>']).to_owned()
        });
        Self {
            to: mail.to().unwrap().first().unwrap().address().unwrap().to_owned(),
            subject: mail.subject().unwrap().to_owned(),
            text: mail.body_text(0).unwrap().into_owned(),
            html: mail.body_html(0).unwrap().into_owned(),
            calendar,
            name: mail.message_id().unwrap().to_owned(),
            unsubscribe,
        }
    }

    /// What the link in it ends with.
    pub fn token(&self) -> String {
        let after = self.text.split_once("?token=").unwrap().1;
        after.split_whitespace().next().unwrap().to_owned()
    }
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(&self, status: StatusCode) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The fields that were refused.
    #[track_caller]
    pub fn faults(&self) -> Vec<String> {
        let problem = self.expect(StatusCode::BAD_REQUEST);
        assert_eq!(problem["code"], "invalid", "{problem}");
        problem["errors"].as_object().unwrap().keys().cloned().collect()
    }

    /// The body without what differs from one request to the next.
    pub fn without_request_id(&self) -> Value {
        let mut body = self.json();
        body.as_object_mut().unwrap().remove("request_id");
        body
    }
}

/// A storage of its own: in the bucket, where this run has one, or else in the test's folder.
fn storage(dir: &TempDir) -> Storage {
    match s3_settings() {
        Some(settings) => {
            let prefix = format!("{:x}", rand::random::<u64>());
            let bucket = std::env::var("TEST_S3_BUCKET").unwrap();
            let url = url::Url::parse(&format!("s3://{bucket}/{prefix}")).unwrap();
            Storage::s3(&url, settings).unwrap()
        }
        None => Storage::folder(&dir.path().join("files")).unwrap(),
    }
}

/// How the bucket of this run is reached, if it has one.
pub fn s3_settings() -> Option<[(String, String); 4]> {
    let named = |ours: &str, theirs: &str| Some((theirs.to_owned(), std::env::var(ours).ok()?));
    Some([
        named("TEST_S3_URL", "AWS_ENDPOINT_URL")?,
        named("TEST_S3_REGION", "AWS_REGION")?,
        named("TEST_S3_KEY", "AWS_ACCESS_KEY_ID")?,
        named("TEST_S3_SECRET", "AWS_SECRET_ACCESS_KEY")?,
    ])
}

/// A picture that differs from every other one, as a PNG of that many pixels.
pub fn picture(width: u32, height: u32) -> Vec<u8> {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let [_, red, green, blue] = NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let pixels = image::RgbImage::from_pixel(width, height, image::Rgb([red, green, blue]));
    let mut png = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}

pub fn new_user(name: &str, is_admin: bool) -> NewUser {
    static HASH: OnceLock<String> = OnceLock::new();
    NewUser {
        username: Username::from_text(name).unwrap(),
        email: Email::from_text(&format!("{name}@example.com")).unwrap(),
        display_name: DisplayName::default(),
        password_hash: HASH.get_or_init(|| Password::attempt(PASSWORD).hash().unwrap()).clone(),
        timezone: Zone(Tz::UTC),
        is_admin,
    }
}

fn merge(into: &mut Value, more: Value) {
    let Value::Object(more) = more else { return };
    into.as_object_mut().unwrap().extend(more);
}

/// Runs SQL beside the site.
pub fn run_sql(url: &str, sql: &str) {
    if is_postgres(url) {
        PgConnection::establish(url).unwrap().batch_execute(sql).unwrap();
    } else {
        SqliteConnection::establish(url).unwrap().batch_execute(sql).unwrap();
    }
}

/// What a query beside the site counts; the sum, where it counts several things.
pub fn ask_sql(url: &str, sql: &str) -> i64 {
    use diesel::RunQueryDsl;
    let count = diesel::dsl::sql::<diesel::sql_types::BigInt>(sql);
    let counts: Vec<i64> = if is_postgres(url) {
        count.load(&mut PgConnection::establish(url).unwrap()).unwrap()
    } else {
        count.load(&mut SqliteConnection::establish(url).unwrap()).unwrap()
    };
    counts.iter().sum()
}

/// A query that counts what is wrong: counters that are not what they count, and people in a group,
/// or about to be, who are kept out of it.
pub fn wrong_counts() -> String {
    const WRONG: &str = "
        select count(*) from events where interested_count <> (select count(*) from interests
            where event_id = events.id and status = 'interested')
        or going_count <> (select count(*) from interests
            where event_id = events.id and status = 'going')
        or seats_taken <> (select coalesce(sum(1 + guests), 0) from interests
            where event_id = events.id and status = 'going')
        or popularity <> interested_count + going_count
        or comment_count <> (select count(*) from comments
            where event_id = events.id and author_id is not null)
        union all select count(*) from groups where member_count <>
            (select count(*) from memberships where group_id = groups.id)
        or follower_count <> (select count(*) from follows where group_id = groups.id)
        or owner_id <> (select user_id from memberships
            where group_id = groups.id and role = 'owner')
        union all select count(*) from bans where exists (select 1 from memberships it
            where it.group_id = bans.group_id and it.user_id = bans.user_id)
        or exists (select 1 from follows it
            where it.group_id = bans.group_id and it.user_id = bans.user_id)
        or exists (select 1 from join_requests it
            where it.group_id = bans.group_id and it.user_id = bans.user_id)
        or exists (select 1 from invitations it
            where it.group_id = bans.group_id and it.user_id = bans.user_id)
        union all select count(*) from memberships where exists (select 1 from join_requests it
            where it.group_id = memberships.group_id and it.user_id = memberships.user_id)
        or exists (select 1 from invitations it
            where it.group_id = memberships.group_id and it.user_id = memberships.user_id)
        union all select count(*) from join_requests where 'closed' <>
            (select visibility from groups where groups.id = group_id)
        union all select count(*) from comments where like_count <>
            (select count(*) from likes where comment_id = comments.id)
        union all select count(*) from comments where author_id is null and not exists
            (select 1 from comments answers where answers.parent_id = comments.id)
        union all select count(*) from users where coalesce(avatar, '') <> coalesce(
            (select file_name from images where user_id = users.id), '')
        union all select count(*) from groups where coalesce(image, '') <> coalesce(
            (select file_name from images where group_id = groups.id), '')
        union all select count(*) from events where coalesce(thumbnail, '') <> coalesce(
            (select file_name from images where event_id = events.id and comment_id is null), '')";

    format!(
        "select cast(sum(wrong.count) as bigint) from ({}) wrong",
        WRONG.replacen("count(*)", "count(*) as count", 1)
    )
}

/// A database of its own for one test.
pub fn create_postgres_database(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("test_{}_{number}", std::process::id());
    let mut conn = PgConnection::establish(&format!("{server}/postgres")).unwrap();
    conn.batch_execute(&format!("create database {name}")).unwrap();
    format!("{server}/{name}")
}
