//! The key that signs what the site gives out.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::{Context, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A key nobody else knows. It shows itself to nobody, not even to a log.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// Fewer characters than this are no key.
    const SHORTEST: usize = 32;

    /// The key that was configured, or the one in the data folder, made if there is none.
    pub fn find(configured: Option<&str>, data_dir: &Path) -> anyhow::Result<Self> {
        let key = match configured {
            Some(key) => key.to_owned(),
            None => read_or_make(&data_dir.join("secret.key"))?,
        };
        ensure!(
            key.trim().len() >= Self::SHORTEST,
            "the secret key has fewer than {} characters (it is OWAMBE_SECRET_KEY, or secret.key in \
             the data folder)",
            Self::SHORTEST
        );
        Ok(Self(key.trim().to_owned()))
    }

    /// A key for this process alone.
    pub fn random() -> Self {
        Self(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
    }

    /// The key's bytes.
    pub fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

fn read_or_make(file: &Path) -> anyhow::Result<String> {
    if !file.exists() {
        make(file).with_context(|| format!("cannot write {}", file.display()))?;
    }
    fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))
}

/// Written under another name first, so that a crash leaves no half of a key.
fn make(file: &Path) -> std::io::Result<()> {
    let Secret(key) = Secret::random();
    let draft = file.with_extension(format!("{:x}", rand::random::<u64>()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut new = options.open(&draft)?;
    new.write_all(key.as_bytes())?;
    new.sync_all()?;

    let named = match fs::hard_link(&draft, file) {
        // Somebody else was quicker: theirs it is.
        Err(err) if err.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked,
    };
    fs::remove_file(&draft)?;
    named
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_is_nobody_elses() {
        let dir = tempfile::tempdir().unwrap();

        let first = Secret::find(None, dir.path()).unwrap();
        let again = Secret::find(None, dir.path()).unwrap();

        assert_eq!(first.bytes(), again.bytes());
        assert!(first.bytes().len() >= Secret::SHORTEST);
        let mode = dir.path().join("secret.key").metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_short_key_is_refused() {
        assert!(Secret::find(Some("hunter2"), Path::new(".")).is_err());
    }
}
