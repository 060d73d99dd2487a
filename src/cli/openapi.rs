//! `owambe openapi`: the API's own description.

use std::io::{ErrorKind, Write};

use crate::router::document;

/// Prints it.
pub fn run() -> anyhow::Result<()> {
    let text = document().to_pretty_json()?;
    match writeln!(std::io::stdout(), "{text}") {
        // Whoever reads it may have read enough.
        Err(err) if err.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}
