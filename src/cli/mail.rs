//! `owambe mail`: whether letters go out.

use anyhow::bail;

use super::{block_on, open_post, say, start_log};
use crate::config::Config;
use crate::error::Error;
use crate::input::Input;
use crate::mail::{Letter, Sent};
use crate::users::Email;

/// Whom to write to.
#[derive(clap::Args)]
pub struct Args {
    /// The address that the letter goes to
    address: String,
}

/// Sends a letter at once, and tells what becomes of it.
pub fn run(config: &Config, args: &Args) -> anyhow::Result<()> {
    start_log(config.log, "warn");
    let Ok(address) = Email::from_text(&args.address) else {
        bail!("{}: this is no e-mail address", args.address)
    };
    let site = config.public_url(config.listen);
    let letter = Letter {
        to: address.as_str().to_owned(),
        subject: "Letters reach you".to_owned(),
        text: format!("This is a test from {site}. There is nothing to do."),
        html: format!(
            "<p>This is a test from <a href=\"{site}/\">{site}</a>. There is nothing to do.</p>"
        ),
        name: format!("test-{:016x}", rand::random::<u64>()),
        ..Letter::default()
    };
    say(&block_on(send(config, &site, &letter))?);
    Ok(())
}

/// What became of the letter.
async fn send(config: &Config, site: &str, letter: &Letter) -> anyhow::Result<String> {
    let post = open_post(config, site)?;
    match post.send(letter).await {
        Ok(Sent::Yes) => Ok(match post.letters() {
            Some(folder) => format!(
                "No mail server is named (OWAMBE_SMTP_URL): the letter is a file in {}.",
                folder.display()
            ),
            None => format!("The mail server took the letter to {}.", letter.to),
        }),
        Ok(Sent::NotYet { why, .. }) => bail!("the mail server takes no letters: {why}"),
        Err(Error::Internal(cause)) => Err(cause),
        Err(other) => Err(other.into()),
    }
}
