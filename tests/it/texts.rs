//! What the site says is said in Fluent files, and everything in them is said somewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use owambe::texts::{language, languages};

/// Texts that are found by what they are about: codes of errors, and what the library asks for.
const COMPUTED: &[&str] = &["error-advice", "said-", "language-names"];

fn files(dir: &str, ending: &str) -> Vec<PathBuf> {
    fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, found) } else { found.push(path) }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(dir), &mut found);
    found.retain(|path| path.to_str().unwrap().ends_with(ending));
    found
}

/// The ids of all texts of a language, and that none is there twice.
fn ids(code: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for file in files(&format!("locales/{code}"), ".ftl") {
        for line in fs::read_to_string(&file).unwrap().lines() {
            let Some((id, _)) = line.split_once(" =") else { continue };
            let is_id = id.starts_with(|it: char| it.is_ascii_lowercase());
            if is_id && id.chars().all(|it| it.is_ascii_alphanumeric() || it == '-') {
                assert!(ids.insert(id.to_owned()), "{id} is there twice");
            }
        }
    }
    ids
}

/// Everything in quotes in the sources and the templates.
fn quoted() -> BTreeSet<String> {
    let mut quoted = BTreeSet::new();
    for file in files("templates", ".html").into_iter().chain(files("src", ".rs")) {
        let text = fs::read_to_string(file).unwrap();
        quoted.extend(text.split('"').map(str::to_owned));
    }
    quoted
}

/// The texts that are asked for by name. In the sources others have a `with`, too; no text that is
/// asked for there is of one word.
fn asked() -> BTreeSet<String> {
    let mut asked = BTreeSet::new();
    for file in files("templates", ".html").into_iter().chain(files("src", ".rs")) {
        let text = fs::read_to_string(&file).unwrap();
        let is_source = file.extension().is_some_and(|it| it == "rs");
        for call in [".say(\"", ".with(\"", ".with_two(\"", ".tell(\""] {
            let ids = text.split(call).skip(1).filter_map(|rest| rest.split('"').next());
            let ids = ids.filter(|id| !id.contains(' ') && (!is_source || id.contains('-')));
            asked.extend(ids.map(str::to_owned));
        }
    }
    asked
}

#[test]
fn every_text_that_is_asked_for_is_there() {
    let ids = ids("en");
    let missing: Vec<_> = asked().into_iter().filter(|id| !ids.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn every_text_is_said_somewhere() {
    let quoted = quoted();
    let is_computed = |id: &str| COMPUTED.iter().any(|known| id.starts_with(known));
    let unused: Vec<_> =
        ids("en").into_iter().filter(|id| !quoted.contains(id) && !is_computed(id)).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

#[test]
fn every_language_says_the_same_and_no_more() {
    let first = ids("en");
    for language in languages() {
        let ids = ids(language.code());
        let missing: Vec<_> = first.difference(&ids).collect();
        let unknown: Vec<_> =
            ids.difference(&first).filter(|id| !id.starts_with("said-")).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "{missing:?} {unknown:?}");
    }
}

#[test]
fn numbers_days_and_plurals_are_those_of_the_language() {
    let english = language("en-GB, fr;q=0.5");
    assert_eq!(english.code(), "en");
    assert_eq!(english.number(1_234_567), "1,234,567");
    assert_eq!(english.tell("event-going", &[("count", 1_i64.into())]), "one person goes");
    assert_eq!(english.tell("event-going", &[("count", 1_200_i64.into())]), "1,200 people go");
    assert_eq!(english.day("2026-11-28".parse().unwrap()), "Saturday, 28 November 2026");
    assert_eq!(english.time("20:05:00".parse().unwrap()), "20:05");
    assert_eq!(language("tlh").code(), "en", "who asks for what nobody speaks gets English");
    assert_eq!(language(&"a,".repeat(10_000)).code(), "en");
}
