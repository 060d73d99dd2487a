//! Letters as files.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::clock;

/// Puts a letter into a folder, and tells under which name.
///
/// Written under another name first, so that whoever reads the folder sees whole letters. They hold
/// links that are for their reader alone.
pub fn put(folder: &Path, letter: &[u8]) -> anyhow::Result<PathBuf> {
    let mut dir = fs::DirBuilder::new();
    dir.recursive(true).mode(0o700);
    dir.create(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    let name =
        format!("{}-{:08x}", clock::now().utc().format("%Y%m%dT%H%M%S%6f"), rand::random::<u32>());
    let (draft, file) = (folder.join(format!(".{name}")), folder.join(format!("{name}.eml")));
    let write = || {
        let mut options = OpenOptions::new();
        let mut new = options.write(true).create_new(true).mode(0o600).open(&draft)?;
        new.write_all(letter)?;
        new.sync_all()?;
        fs::rename(&draft, &file)
    };
    write().inspect_err(|_| drop(fs::remove_file(&draft)))?;
    Ok(file)
}
