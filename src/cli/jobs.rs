//! `owambe jobs`: what the server has still to do, and what it gave up on.

use super::{block_on, open_database, say, start_log};
use crate::clock;
use crate::config::Config;
use crate::jobs::{self, JobId, Listed};

/// What to do about it.
#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// How many to show
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(i64).range(1..))]
    limit: i64,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Try again what was given up on: one job, or all of them; a running server takes it up
    Retry {
        /// The number of the job
        id: Option<i64>,
    },
}

/// Shows the jobs, or takes up again what was given up on.
pub fn run(config: &Config, args: &Args) -> anyhow::Result<()> {
    start_log(config.log, "warn");
    let db = open_database(config)?;
    let limit = args.limit;
    block_on(async move {
        if let Some(Command::Retry { id }) = args.command {
            let id = id.map(JobId);
            let count = db.write(move |tx| jobs::retry(tx, id)).await?;
            say(&format!("To be tried again: {count}."));
            return Ok(());
        }
        let jobs = db.read_slow(move |conn| jobs::list(conn, limit)).await?;
        if jobs.is_empty() {
            say("There is nothing to do.");
        }
        for job in jobs {
            say(&line(&job));
        }
        Ok(())
    })
}

fn line(job: &Listed) -> String {
    let (kind, error) = (job.kind.as_str(), job.error.as_deref());
    let is_under_way = job.claimed_until.is_some_and(|until| until > clock::now());
    let state = match (job.failed_at, error) {
        _ if is_under_way => "is under way".to_owned(),
        (Some(at), _) => format!("given up on at {}", at.utc()),
        (None, Some(_)) if job.attempts > 0 => {
            format!("failed {} times, next at {}", job.attempts, job.run_at.utc())
        }
        (None, _) if job.run_at <= clock::now() => "is due".to_owned(),
        (None, _) => format!("waits until {}", job.run_at.utc()),
    };
    let error = error.map(|error| format!(": {error}")).unwrap_or_default();
    format!("{:>6}  {kind} {}  {state}{error}", job.id, job.subject)
}
