//! Bringing a schema up to date, and refusing one from the future.

use anyhow::{anyhow, ensure};
use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

/// Applies what is missing. Fails when the database knows more than this program.
pub fn run<DB: Backend>(
    conn: &mut impl MigrationHarness<DB>,
    ours: EmbeddedMigrations,
) -> anyhow::Result<()>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let known = MigrationSource::<DB>::migrations(&ours).map_err(|err| anyhow!(err))?;
    let known: Vec<String> = known.iter().map(|it| it.name().version().to_string()).collect();
    let applied = conn.applied_migrations().map_err(|err| anyhow!(err))?;
    let newer = applied.iter().map(ToString::to_string).find(|version| !known.contains(version));
    ensure!(
        newer.is_none(),
        "this database was used by a newer Owambe (its schema is at {}, this program knows up to \
         {}): start that one, or restore a backup",
        newer.unwrap_or_default(),
        known.last().map_or("none", String::as_str),
    );

    conn.run_pending_migrations(ours).map_err(|err| anyhow!(err))?;
    Ok(())
}
