//! The site seen from outside: every test drives the real router on its own database.
//!
//! Runs on SQLite. Set `TEST_POSTGRES_URL` to a server, such as `postgres://owambe@localhost:5432`,
//! to run the same tests on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "a test that unwraps is a test that fails")]

mod browser;
mod helpers;

mod accounts;
mod bad_input;
mod caching;
mod comments;
mod communities;
mod consistency;
mod crawl;
mod db;
mod events;
mod finding;
mod groups;
mod house_rules;
mod idempotency;
mod images;
mod interests;
mod jobs;
mod kills;
mod lanes;
mod letters;
mod limits;
mod lists;
mod matrix;
mod matrix_pages;
mod migrations;
mod notifications;
mod openapi;
mod pictures;
mod plans;
mod search;
mod search_model;
mod server;
mod sessions;
mod smtp;
mod storage;
mod texts;
mod trail;
mod users;
mod visits;
mod waitlist;
mod web_event;
mod web_find;
mod web_groups;
mod web_organise;
mod web_people;
mod web_talk;
