//! `owambe demo`: a lively sample site, or a large one.

mod draw;
mod fill;
mod pictures;
mod plan;
mod words;

use anyhow::anyhow;

use super::{block_on, open_site, say, start_log};
use crate::config::Config;

/// How much of everything.
#[derive(clap::Args)]
pub struct Args {
    /// People
    #[arg(long, default_value_t = 40)]
    users: usize,
    /// Events, around today
    #[arg(long, default_value_t = 60)]
    events: usize,
    /// Groups
    #[arg(long, default_value_t = 8)]
    groups: usize,
    /// Interests [default: four times the events]
    #[arg(long)]
    interests: Option<usize>,
    /// Comments [default: twice the events]
    #[arg(long)]
    comments: Option<usize>,
    /// Draw no pictures
    #[arg(long)]
    no_pictures: bool,
    /// Only take away what an earlier run brought
    #[arg(long)]
    remove: bool,
}

/// Everybody of the sample has an address here, which is how a later run finds them.
const DOMAIN: &str = "demo.example";

/// Everybody of the sample has this password.
const PASSWORD: &str = "jollof-rice-at-noon";

/// Takes away what an earlier run brought, and brings it anew, around today.
pub fn run(config: &Config, args: &Args) -> anyhow::Result<()> {
    start_log(config.log, "warn");
    if !args.remove && args.users == 0 && args.events + args.groups > 0 {
        return Err(anyhow!("events and groups need at least one user"));
    }
    let app = open_site(config, config.listen)?;
    let plan = plan::Plan::new(args);
    block_on(async move {
        let removed = fill::remove(&app.db).await?;
        if args.remove {
            say(&format!("Removed {removed} people of the sample, and what was theirs."));
            return Ok(());
        }
        let done = fill::fill(&app, &plan, !args.no_pictures).await?;
        say(&done);
        if let Some(name) = plan.first_name() {
            say(&format!("Sign in as {name:?} (or anybody of it) with the password {PASSWORD:?}."));
        }
        say("Anybody can know this password: keep the sample off a public site.");
        Ok(())
    })
}
