//! What every front door shares, and nothing of any feature.

pub mod assets;
pub mod caching;
pub mod csrf;
pub mod docs;
pub mod door;
pub mod error;
pub mod extract;
pub mod fields;
pub mod file;
pub mod form;
mod guard;
pub mod health;
pub mod idempotency;
mod idempotency_store;
pub mod limits;
pub mod openapi;
pub mod page;
pub mod paging;
pub mod problems;
pub mod prose;
mod schemas;
pub mod server;
pub mod upload;
pub mod visit;
