//! `owambe migrate`: the schema, brought up to date.

use super::{open_database, say, start_log};
use crate::config::Config;

/// Opens the database, which is all it takes.
pub fn run(config: &Config) -> anyhow::Result<()> {
    start_log(config.log, "warn");
    open_database(config)?;
    say("The database is up to date.");
    Ok(())
}
