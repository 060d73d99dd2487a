//! `owambe openapi`: the API's own description.

use super::say;
use crate::router::document;

/// Prints it.
pub fn run() -> anyhow::Result<()> {
    say(&document().to_pretty_json()?);
    Ok(())
}
