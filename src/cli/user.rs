//! `owambe user`: accounts, from the command line.

use std::io::{BufRead, IsTerminal, stdin};

use anyhow::{Context, anyhow};

use super::{block_on, open_database, say, start_log};
use crate::config::Config;
use crate::error::Error;
use crate::input::Input;
use crate::users::password::Password;
use crate::users::{self, DisplayName, Email, NewUser, Username};
use crate::zone::Zone;

/// What can be done with accounts.
#[derive(clap::Subcommand)]
pub enum Command {
    /// Create an account; the password is asked for, or read from standard input
    Create(Create),
}

/// Who to create.
#[derive(clap::Args)]
pub struct Create {
    /// The name to sign in with
    username: String,
    /// Where letters reach them
    email: String,
    /// The name to go by
    #[arg(long, default_value = "")]
    display_name: String,
    /// Let them look after the whole site
    #[arg(long)]
    admin: bool,
}

/// Does it.
pub fn run(config: &Config, command: Command) -> anyhow::Result<()> {
    start_log(config.log, "warn");
    let Command::Create(who) = command;
    let new = new_user(config, &who)?;
    let db = open_database(config)?;
    let user =
        block_on(async { db.write(move |tx| users::create(tx, &new)).await.map_err(plain) })?;
    let kind = if user.is_admin { "site admin" } else { "user" };
    say(&format!("Created the {kind} {} with the id {}.", user.username, user.id));
    Ok(())
}

fn new_user(config: &Config, who: &Create) -> anyhow::Result<NewUser> {
    let named = |field| move |message: String| anyhow!("{field}: {message}");
    let username = Username::from_text(&who.username).map_err(named("username"))?;
    let email = Email::from_text(&who.email).map_err(named("email"))?;
    let display_name = DisplayName::from_text(&who.display_name).map_err(named("display name"))?;
    let password = Password::from_text(&ask_password()?).map_err(named("password"))?;
    if let Some(weakness) = password.weakness(username.as_str(), email.as_str()) {
        return Err(anyhow!("password: {weakness}"));
    }
    Ok(NewUser {
        username,
        email,
        display_name,
        password_hash: password.hash()?,
        timezone: Zone(config.timezone),
        is_admin: who.admin,
    })
}

fn ask_password() -> anyhow::Result<String> {
    if stdin().is_terminal() {
        return rpassword::prompt_password("Password: ").context("cannot ask for the password");
    }
    let mut line = String::new();
    stdin().lock().read_line(&mut line).context("cannot read the password")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The error as somebody at a terminal reads it: what is wrong with each field.
fn plain(error: Error) -> anyhow::Error {
    match error {
        Error::Invalid(faults) => {
            let said = faults.by_field().iter().map(|(field, it)| {
                let messages = it.join(", ");
                format!("{field}: {messages}")
            });
            anyhow!(said.collect::<Vec<_>>().join("; "))
        }
        other => other.into(),
    }
}
