//! The rules of the house, checked. See ARCHITECTURE.md.

use std::fs;
use std::path::{Path, PathBuf};

/// The features. Each may use those before it, never those after it.
const FEATURES: &[&str] = &[
    "users",
    "sessions",
    "notifications",
    "groups",
    "events",
    "interests",
    "images",
    "comments",
    "letters",
    "accounts",
    "pages",
];

/// The floors above the features: nobody below may look up to them.
const TOP: &[&str] = &["router", "chores", "cli"];

/// What belongs in one place, and where that is.
const HOMES: &[(&str, &[&str])] = &[
    // Only stores and the database module ask the database.
    ("diesel::prelude", &["db/", "store.rs"]),
    (".conn()", &["store.rs", "db/"]),
    ("sql_query", &["words/store.rs"]),
    // What diesel's own says is planned anew each time: see db/fragment.rs.
    ("dsl::sql", &["db/fragment.rs"]),
    // Only the database module begins and commits.
    (".transaction(", &["db/"]),
    // Only the front doors speak HTTP.
    ("axum::", &["router.rs", "app.rs", "http/", "auth.rs", "api.rs", "web.rs", "pages/"]),
    ("StatusCode", &["http/", "auth.rs", "api.rs", "web.rs", "pages/"]),
    // Only pages render templates.
    ("askama::", &["http/", "web.rs", "pages/", "letters/draft.rs"]),
    // Only pictures are unpacked, and only there.
    ("image::", &["images/picture.rs"]),
    ("object_store::", &["storage.rs"]),
    // Only the post office speaks SMTP, and only calendars are written as such.
    ("lettre::", &["mail/"]),
    ("icalendar::", &["events/calendar.rs", "letters/invite.rs"]),
    // Only passwords are hashed, only tokens are signed.
    ("argon2::", &["users/password.rs"]),
    ("jsonwebtoken::", &["sessions/token.rs"]),
];

/// Who writes which table.
const OWNERS: &[(&str, &str)] = &[
    ("users", "users"),
    ("notifications", "notifications"),
    ("notification_settings", "notifications"),
    ("sessions", "sessions"),
    ("groups", "groups"),
    ("memberships", "groups"),
    ("follows", "groups"),
    ("bans", "groups"),
    ("invitations", "groups"),
    ("join_requests", "groups"),
    ("announcements", "groups"),
    ("group_deeds", "groups"),
    ("events", "events"),
    ("tags", "events"),
    ("event_tags", "events"),
    ("interests", "events"),
    ("comments", "comments"),
    ("likes", "comments"),
    ("jobs", "jobs"),
    ("idempotency_keys", "http"),
    ("files", "images"),
    ("images", "images"),
];

#[test]
fn each_thing_lives_in_one_place() {
    for (name, text) in sources() {
        for (thing, homes) in HOMES {
            let at_home = homes.iter().any(|home| name.ends_with(home) || name.starts_with(home));
            assert!(at_home || !text.contains(thing), "{name} must not mention {thing}");
        }
    }
}

#[test]
fn nothing_uses_what_comes_after_it() {
    for (name, text) in sources() {
        let folder = name.split('/').next().unwrap().trim_end_matches(".rs");
        if TOP.contains(&folder) || matches!(folder, "lib" | "main") {
            continue;
        }
        let place = FEATURES.iter().position(|feature| *feature == folder);
        let later = place.map_or(FEATURES, |place| &FEATURES[place + 1..]);
        for later in later.iter().chain(TOP) {
            let path = format!("crate::{later}");
            assert!(!uses(&text, &path), "{name} must not use {path}");
        }
    }
}

fn uses(text: &str, path: &str) -> bool {
    text.match_indices(path).any(|(at, _)| {
        let after = text[at + path.len()..].chars().next();
        !after.is_some_and(|next| next.is_alphanumeric() || next == '_')
    })
}

#[test]
fn every_feature_is_on_the_list() {
    for (name, _) in sources().filter(|(name, _)| name.ends_with("/api.rs")) {
        let feature = name.split('/').next().unwrap();
        assert!(FEATURES.contains(&feature), "{feature} is no feature of the house yet");
    }
}

#[test]
fn a_table_is_written_by_its_own_feature() {
    for (name, text) in sources() {
        for (table, owner) in OWNERS.iter().filter(|(_, owner)| !name.starts_with(owner)) {
            for write in ["insert_into", "update", "delete"] {
                let write = format!("{write}({table}::");
                assert!(!text.contains(&write), "{name} must not {write}: ask {owner}");
            }
        }
    }
}

/// What the stores of groups write without a line in the trail: what begins or ends it, the counters,
/// the words, what is over, and who follows, which is private.
const UNNOTED: &[&str] = &[
    "store.rs insert",
    "store.rs delete",
    "store.rs index",
    "store.rs count_members",
    "invitations_store.rs delete_expired",
    "requests_store.rs say",
];

#[test]
fn what_is_written_about_a_group_is_noted() {
    let is_store = |name: &str| name.starts_with("groups/") && name.ends_with("store.rs");
    let stores: Vec<_> = sources().filter(|(name, _)| is_store(name)).collect();
    assert!(stores.len() >= 7);
    for (name, text) in stores {
        if ["groups/audit_store.rs", "groups/follows_store.rs"].contains(&name.as_str()) {
            continue;
        }
        for function in text.split("\npub fn ").skip(1) {
            let head = function.split(" {\n").next().unwrap();
            let called = head.split(['(', '<']).next().unwrap();
            let writes = ["insert_into(", "diesel::update(", "diesel::delete("];
            let writes = writes.iter().any(|write| function.contains(write));
            let path = format!("{} {called}", name.trim_start_matches("groups/"));
            let is_exempt = UNNOTED.contains(&path.as_str());
            assert!(
                !writes || head.contains("&Noted") || is_exempt,
                "{name}: {called} notes nothing"
            );
        }
    }
}

#[test]
fn every_table_has_an_owner() {
    let schema = fs::read_to_string(root().join("src/schema.rs")).unwrap();
    let tables = schema.split("table! {\n    ").skip(1);
    for table in tables.map(|text| text.split(' ').next().unwrap()) {
        assert!(OWNERS.iter().any(|(owned, _)| *owned == table), "nobody owns {table}");
    }
}

#[test]
fn every_migration_has_a_twin() {
    let names = |engine| {
        let dir = root().join("migrations").join(engine);
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn files_stay_short_and_say_what_they_are_for() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= 400, "{name} has {lines} lines: split it");
        assert!(
            text.starts_with("//!") || name.ends_with("store.rs"),
            "{name} does not say what it is for"
        );
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every source file: its path under `src`, and its text.
pub fn sources() -> impl Iterator<Item = (String, String)> {
    let src = root().join("src");
    rust_files(&src).into_iter().map(move |file| {
        let name = file.strip_prefix(&src).unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&file).unwrap())
    })
}

fn rust_files(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { rust_files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .collect()
}
