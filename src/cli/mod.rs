//! The commands of the program, one file each.

mod demo;
mod jobs;
mod mail;
mod migrate;
mod openapi;
mod serve;
mod user;

use std::fs;
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::app::{App, Site};
use crate::config::{Config, LogFormat, RateLimit};
use crate::db::Db;
use crate::http::limits::Limits;
use crate::mail::Post;
use crate::secret::Secret;
use crate::storage::Storage;

/// A self-hosted event platform: one binary, an embedded database, an API to build on
///
/// Without a command it serves the site. Every flag is also an environment variable.
#[derive(Parser)]
#[command(name = "owambe", version)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site (what happens without a command)
    Serve,
    /// Bring the database's schema up to date, and stop
    Migrate,
    /// Manage accounts
    #[command(subcommand)]
    User(user::Command),
    /// Show what the server has still to do, and what it gave up on
    Jobs(jobs::Args),
    /// Send a letter, to see whether letters go out
    Mail(mail::Args),
    /// Fill the site with sample people, groups, events, comments and pictures
    Demo(demo::Args),
    /// Print the OpenAPI document
    Openapi,
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    let Cli { config, command } = Cli::parse();
    let done = match command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&config),
        Command::Migrate => migrate::run(&config),
        Command::User(command) => user::run(&config, command),
        Command::Jobs(args) => jobs::run(&config, &args),
        Command::Mail(args) => mail::run(&config, &args),
        Command::Demo(args) => demo::run(&config, &args),
        Command::Openapi => openapi::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => {
            eprintln!("owambe: {err:#}");
            ExitCode::FAILURE
        }
    }
}

/// Says something to whoever started the program, if they still listen.
fn say(text: &str) {
    let mut out = std::io::stdout();
    let _heard = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Starts the log, which goes to standard error.
fn start_log(format: LogFormat, quiet: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(quiet));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Human => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// Makes the data folder, if it is not there.
fn make_data_dir(config: &Config) -> anyhow::Result<()> {
    let dir = &config.data_dir;
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    // It will hold addresses and the hashes of passwords.
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).with_context(|| format!("cannot make the folder {}", dir.display()))
}

/// Opens the database that the settings name, and brings its schema up to date.
fn open_database(config: &Config) -> anyhow::Result<Db> {
    make_data_dir(config)?;
    Db::open(&config.database())
}

/// The site that the settings describe, reached at `address`.
fn open_site(config: &Config, address: SocketAddr) -> anyhow::Result<App> {
    let db = open_database(config)?;
    let site = Site {
        name: config.name.clone(),
        url: config.public_url(address),
        timezone: config.timezone,
        secret: Secret::find(config.secret_key.as_deref(), &config.data_dir)?,
        tiles: config.tiles.clone(),
        tiles_credit: config.tiles_credit.clone(),
        cors_origins: config.cors_origins.clone(),
    };
    let limits = match config.rate_limit {
        RateLimit::On => Limits::new(config.trusted_proxies.clone()),
        RateLimit::Off => Limits::off(),
    };
    let post = open_post(config, &site.url)?;
    Ok(App::new(db, Storage::open(&config.storage())?, post, limits, site))
}

/// The way that letters of the site at this address take.
fn open_post(config: &Config, site: &str) -> anyhow::Result<Post> {
    let from = config.mail_from.as_deref();
    match &config.smtp_url {
        Some(url) => Post::smtp(url, from, site).context("OWAMBE_SMTP_URL names no mail server"),
        None => Post::folder(&config.data_dir.join("letters"), from, site),
    }
}

/// Runs asynchronous work to its end.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    // What still waits for a server that is gone, is not waited for.
    const LEFT: Duration = Duration::from_secs(5);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(LEFT);
    done
}
