//! Owambe: a self-hosted event platform in one binary.
//!
//! Read the modules in this order. Later ones may use earlier ones, never the reverse.

// The foundation: knows nothing about features.
pub mod address;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod files;
pub mod geo;
pub mod id;
pub mod input;
pub mod jobs;
pub mod kept;
pub mod mail;
pub mod schema;
pub mod secret;
pub mod slug;
pub mod storage;
pub mod texts;
pub mod words;
pub mod work;
pub mod zone;

// The application handle passed to every handler.
pub mod app;

// What every front door shares: extractors, pages, errors.
pub mod http;

// The features, in dependency order.
pub mod users;

pub mod sessions;

pub mod notifications;

pub mod groups;

pub mod events;

pub mod interests;

pub mod images;

pub mod comments;

pub mod letters;

pub mod accounts;

// The pages that show several features at once.
pub mod pages;

// The top floor: every door, every job, and every command.
pub mod router;

pub mod chores;

pub mod cli;
