//! Where the bytes of pictures lie: a folder, or a bucket of S3 and its like.

use std::error::Error as _;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{
    ClientOptions, GetOptions, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig,
};
use tokio::time::timeout;
use url::Url;

use crate::error::{Error, Result};
use crate::files::Asked;

/// A store of files, each under a name that is never given to other bytes. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Storage(Arc<dyn ObjectStore>);

/// How long it may take to keep one file.
const SLOWEST_PUT: Duration = Duration::from_mins(2);

/// The bytes of a file as they arrive.
pub type Stream = BoxStream<'static, object_store::Result<Bytes>>;

impl Storage {
    /// The store that a URL names: `s3://bucket/prefix` with the AWS variables of the environment,
    /// `file:///folder`, or a path.
    pub fn open(url: &str) -> anyhow::Result<Self> {
        match Url::parse(url) {
            Ok(url) if url.scheme() == "s3" => Self::s3(&url, aws_settings()),
            Ok(url) if url.scheme() == "file" => {
                let path = url.to_file_path().map_err(|()| anyhow!("{url} names no folder"))?;
                Self::folder(&path)
            }
            Ok(url) => Err(anyhow!("a storage URL begins with s3:// or file://, not {url}")),
            Err(_) => Self::folder(Path::new(url)),
        }
    }

    /// A folder; made if it is not there. What is put is on disk when that is acknowledged.
    pub fn folder(path: &Path) -> anyhow::Result<Self> {
        let cannot = || format!("cannot store files in {}", path.display());
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // There are pictures of private events in it.
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).with_context(cannot)?;
        remove_drafts(path);
        let folder = LocalFileSystem::new_with_prefix(path).with_context(cannot)?;
        Ok(Self(Arc::new(folder.with_fsync(true))))
    }

    /// A bucket, with settings named as AWS names them (`AWS_ACCESS_KEY_ID`, `AWS_REGION`,
    /// `AWS_ENDPOINT_URL`, …).
    pub fn s3(
        url: &Url,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let bucket = url.host_str().context("a storage URL names a bucket: s3://bucket/prefix")?;
        let (mut builder, mut is_plain) = (AmazonS3Builder::new(), false);
        for (name, value) in settings {
            let Ok(key) = name.to_ascii_lowercase().parse() else { continue };
            is_plain |= name.contains("ENDPOINT") && value.starts_with("http://");
            builder = builder.with_config(key, value);
        }
        // Somebody waits for the answer, and a busy storage is said sooner than it is outwaited.
        let retry = RetryConfig {
            max_retries: 2,
            retry_timeout: Duration::from_secs(10),
            ..RetryConfig::default()
        };
        let client = ClientOptions::new()
            .with_allow_http(is_plain)
            .with_connect_timeout(Duration::from_secs(5))
            .with_timeout_disabled()
            // Whoever reads may be slow: only a storage that says nothing is given up on.
            .with_read_timeout(Duration::from_secs(30));
        let store = builder
            .with_bucket_name(bucket)
            .with_retry(retry)
            .with_client_options(client)
            .build()
            .with_context(|| format!("cannot use the storage {url}"))?;
        Ok(Self(Arc::new(PrefixStore::new(store, url.path().trim_matches('/')))))
    }

    /// Keeps a file. Doing so again changes nothing.
    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<()> {
        let (key, bytes) = (key(name), PutPayload::from(bytes));
        let put = timeout(SLOWEST_PUT, self.0.put(&key, bytes)).await;
        let put = put.map_err(|_| Error::StorageDown(anyhow!("it took too long")))?;
        // What is not found, where something is put, is the place for it.
        put.map(drop).map_err(|err| match failed(err) {
            Error::NotFound(_) => Error::StorageDown(anyhow!("there is no such bucket or folder")),
            other => other,
        })
    }

    /// Reads a file, or some of it, as it arrives; and how long the whole of it is.
    pub async fn get(&self, name: &str, range: Option<Range<u64>>) -> Result<(u64, Stream)> {
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        let found = self.0.get_opts(&key(name), options).await.map_err(failed)?;
        Ok((found.meta.size, found.into_stream()))
    }

    /// How long a file is, in bytes.
    pub async fn size(&self, name: &str) -> Result<u64> {
        Ok(self.0.head(&key(name)).await.map_err(failed)?.size)
    }

    /// Throws a file away; one that is not there is gone already.
    pub async fn delete(&self, name: &str) -> Result<()> {
        match self.0.delete(&key(name)).await {
            Err(object_store::Error::NotFound { source, .. })
                if !source.to_string().contains("NoSuchBucket") =>
            {
                Ok(())
            }
            done => done.map_err(failed),
        }
    }

    /// The names of all files, in no order.
    pub async fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut files = self.0.list(None);
        while let Some(file) = files.next().await {
            let location = file.map_err(failed)?.location;
            names.extend(location.filename().map(str::to_owned));
        }
        Ok(names)
    }
}

/// What the environment says to clients of AWS, and to nobody else.
fn aws_settings() -> impl Iterator<Item = (String, String)> {
    let texts = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    texts.filter(|(name, _)| name.starts_with("AWS_"))
}

/// Throws away what a server that died had not written to the end. Another one that shares the
/// folder may be writing: nobody takes a day for that. What else lies there is not ours.
fn remove_drafts(folder: &Path) {
    const OLD: Duration = Duration::from_hours(24);
    let Ok(shelves) = fs::read_dir(folder) else { return };
    let files = shelves
        .flatten()
        .filter(|shelf| is_shelf(&shelf.file_name().to_string_lossy()))
        .filter_map(|shelf| fs::read_dir(shelf.path()).ok())
        .flatten()
        .flatten()
        .filter(|file| is_draft(&file.file_name().to_string_lossy()));
    for file in files {
        let modified = file.metadata().and_then(|data| data.modified());
        let is_old = modified.is_ok_and(|at| at.elapsed().unwrap_or_default() > OLD);
        if is_old && let Err(err) = fs::remove_file(file.path()) {
            tracing::warn!(%err, "cannot throw away a draft");
        }
    }
}

fn is_shelf(name: &str) -> bool {
    name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A name of ours, and which attempt to write it this was.
fn is_draft(name: &str) -> bool {
    name.split_once('#').is_some_and(|(name, attempt)| {
        Asked::parse(name).is_some() && attempt.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// A folder for each first byte keeps folders short.
fn key(name: &str) -> Key {
    let shelf = name.get(..2).unwrap_or("other");
    Key::from_iter([shelf, name])
}

fn failed(cause: object_store::Error) -> Error {
    if let object_store::Error::NotFound { source, .. } = &cause
        && !source.to_string().contains("NoSuchBucket")
    {
        return Error::NotFound("file");
    }
    let mut source = cause.source();
    while let Some(err) = source {
        let kind = err.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
        if matches!(
            kind,
            Some(ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge)
        ) {
            return Error::StorageFull;
        }
        source = err.source();
    }
    Error::StorageDown(cause.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_drafts_of_ours_are_drafts() {
        let digest = "a".repeat(64);
        assert!(is_draft(&format!("{digest}.jpg#1")) && is_draft(&format!("{digest}-320.jpg#12")));
        for name in [format!("{digest}.jpg"), format!("{digest}.jpg#x"), "Party #1.jpg".to_owned()]
        {
            assert!(!is_draft(&name), "{name}");
        }
        assert!(is_shelf("0f") && !is_shelf("Holiday") && !is_shelf(".."));
    }
}
