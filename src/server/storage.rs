//! Where files are kept: a directory, or a bucket of an S3-compatible service. Bytes under keys that say nothing about them;
//! whose a file is and what it is called stands in the database.

mod error;

use crate::server::config::{S3Config, StorageConfig};
use error::Place;
pub use error::StorageError;
use futures::{
    Stream, StreamExt, TryStreamExt,
    stream::{self, BoxStream},
};
use object_store::{
    ClientOptions, GetOptions, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart,
    aws::AmazonS3Builder, local::LocalFileSystem, path::Path as ObjectPath, prefix::PrefixStore,
};
use std::{fmt, io, ops::Range, path::Path, pin::pin, str::FromStr, sync::Arc, time::Duration};
use tokio_util::bytes::Bytes;
use uuid::Uuid;

/// Files above this are sent to a bucket in parts of it, the smallest that S3 takes; 10,000 of them make 48 GiB. Every upload
/// under way holds some, so there is a reason to keep them small.
const BUCKET_PART: usize = 5 * 1024 * 1024;
/// The same for a directory, which takes them as small as one likes.
const DIRECTORY_PART: usize = 1024 * 1024;
/// How many parts of one file may be under way at once.
const PARTS_AT_ONCE: usize = 2;
/// Longest time that a service may take to accept a connection, and its longest silence while it answers.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(30);
/// A request that fails in passing is sent again so often, for so long.
const RETRIES: usize = 3;
const RETRY_TIMEOUT: Duration = Duration::from_secs(20);

/// The name of a stored file. It is made up here and holds nothing that anybody typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlobKey(Uuid);

/// A stored file on its way out.
pub struct Blob {
    /// How long it is.
    pub size_bytes: u64,
    /// Its bytes.
    pub content: BoxStream<'static, Result<Bytes, StorageError>>,
}

/// An open storage. Clones share it.
#[derive(Clone)]
pub struct Storage {
    store: Arc<dyn ObjectStore>,
    /// How long the parts of a large file are.
    part: usize,
    place: Arc<Place>,
}

impl BlobKey {
    /// A key that nobody has.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "each is another, so none is the default"
    )]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    /// When it was made up, milliseconds since 1970: a little before its file was stored.
    #[must_use]
    pub fn made_at_ms(self) -> i64 {
        self.0.get_timestamp().map_or(0, |timestamp| {
            let (seconds, nanos) = timestamp.to_unix();
            i64::try_from(seconds).unwrap_or(0) * 1000 + i64::from(nanos / 1_000_000)
        })
    }

    fn path(self) -> ObjectPath {
        ObjectPath::from(self.to_string())
    }
}

impl fmt::Display for BlobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BlobKey {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Blob {
    /// All its bytes.
    ///
    /// # Errors
    /// When the storage breaks off.
    pub async fn bytes(mut self) -> Result<Vec<u8>, StorageError> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size_bytes).unwrap_or(0));
        while let Some(piece) = self.content.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }
}

impl Storage {
    /// Opens what is configured. Of a directory this shows whether it can be used; a bucket is not asked before it is needed,
    /// so that a service that is away for a moment keeps no server from starting.
    ///
    /// # Errors
    /// When the directory cannot be made, or the settings of the bucket make no sense together.
    pub fn open(config: &StorageConfig) -> Result<Self, StorageError> {
        let place = Place::from(config);
        let opened = match config {
            StorageConfig::Directory(path) => open_directory(path),
            StorageConfig::S3(s3) => open_bucket(s3),
        };
        Ok(Self {
            store: opened.map_err(|error| place.explain(&error))?,
            part: match config {
                StorageConfig::Directory(_) => DIRECTORY_PART,
                StorageConfig::S3(_) => BUCKET_PART,
            },
            place: Arc::new(place),
        })
    }

    /// A corner of it with files of its own. They are not among those of [`Storage::list`].
    #[must_use]
    pub fn corner(&self, name: &str) -> Self {
        let store = PrefixStore::new(Arc::clone(&self.store), ObjectPath::from(name));
        Self {
            store: Arc::new(store),
            ..self.clone()
        }
    }

    /// Stores a file as its bytes come and returns how many they were. Readers see all of it or nothing.
    ///
    /// # Errors
    /// When the content breaks off or the storage does not take it.
    pub async fn put(
        &self,
        key: BlobKey,
        content: impl Stream<Item = io::Result<Bytes>>,
    ) -> Result<u64, StorageError> {
        let path = key.path();
        let mut content = pin!(content);
        let mut head = Vec::new();
        while head.len() < self.part {
            let Some(chunk) = content.try_next().await? else {
                let size_bytes = head.len() as u64;
                let stored = self.store.put(&path, head.into()).await;
                return stored
                    .map(|_| size_bytes)
                    .map_err(|error| self.place.explain(&error));
            };
            head.extend_from_slice(&chunk);
        }
        let mut size_bytes = head.len() as u64;
        let upload = self.told(self.store.put_multipart(&path).await)?;
        let mut parts = WriteMultipart::new_with_chunk_size(upload, self.part);
        parts.put(head.into());
        loop {
            let next = match self.told(parts.wait_for_capacity(PARTS_AT_ONCE).await) {
                Ok(()) => content.try_next().await.map_err(StorageError::from),
                Err(error) => Err(error),
            };
            match next {
                Ok(Some(chunk)) => {
                    size_bytes += chunk.len() as u64;
                    parts.put(chunk);
                }
                Ok(None) => break,
                Err(error) => {
                    // The service would keep the parts; that they cannot be taken back either is no news.
                    let _ = parts.abort().await;
                    return Err(error);
                }
            }
        }
        self.told(parts.finish().await).map(|_| size_bytes)
    }

    /// A stored file.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], or when the storage does not answer.
    pub async fn get(&self, key: BlobKey) -> Result<Blob, StorageError> {
        let found = self.told(self.store.get(&key.path()).await)?;
        let place = Arc::clone(&self.place);
        Ok(Blob {
            size_bytes: found.meta.size,
            content: found
                .into_stream()
                .map_err(move |error| place.explain(&error))
                .boxed(),
        })
    }

    /// A part of a stored file; `range` must lie in it.
    ///
    /// # Errors
    /// [`StorageError::NotFound`], or when the storage does not answer.
    pub async fn get_part(&self, key: BlobKey, range: Range<u64>) -> Result<Blob, StorageError> {
        let size_bytes = range.end.saturating_sub(range.start);
        let options = GetOptions::new().with_range(Some(range));
        let found = self.told(self.store.get_opts(&key.path(), options).await)?;
        let place = Arc::clone(&self.place);
        Ok(Blob {
            size_bytes,
            content: found
                .into_stream()
                .map_err(move |error| place.explain(&error))
                .boxed(),
        })
    }

    /// How long a stored file is, or `None` when there is none.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn find_size(&self, key: BlobKey) -> Result<Option<u64>, StorageError> {
        match self.told(self.store.head(&key.path()).await) {
            Ok(meta) => Ok(Some(meta.size)),
            Err(StorageError::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a file; that there is none is fine.
    ///
    /// # Errors
    /// When the storage does not answer.
    pub async fn delete(&self, key: BlobKey) -> Result<(), StorageError> {
        match self.told(self.store.delete(&key.path()).await) {
            Err(StorageError::NotFound) => Ok(()),
            outcome => outcome,
        }
    }

    /// The keys of all files, in no order. What else lies in the same place is passed over.
    pub fn list(&self) -> BoxStream<'static, Result<BlobKey, StorageError>> {
        let place = Arc::clone(&self.place);
        self.store
            .list(None)
            .map_err(move |error| place.explain(&error))
            .try_filter_map(|meta| async move { Ok(meta.location.as_ref().parse().ok()) })
            .boxed()
    }

    /// Proves that files can be stored, read and removed, with one of its own.
    ///
    /// # Errors
    /// What is wrong, and what to do about it.
    pub async fn check(&self) -> Result<(), StorageError> {
        let probe = ObjectPath::from(format!("probe-{}", Uuid::new_v4()));
        let written = Uuid::new_v4().to_string();
        self.told(self.store.put(&probe, written.clone().into()).await)?;
        let read = match self.store.get(&probe).await {
            Ok(found) => found.bytes().await,
            Err(error) => Err(error),
        };
        // It is removed also when it could not be read.
        let removed = self.store.delete(&probe).await;
        if self.told(read)? != written {
            return Err(StorageError::Altered {
                place: self.place.to_string(),
            });
        }
        self.told(removed)
    }

    /// Where it is, for people.
    #[must_use]
    pub fn place(&self) -> String {
        self.place.to_string()
    }

    /// A result of the store in our own words.
    fn told<T>(&self, result: object_store::Result<T>) -> Result<T, StorageError> {
        result.map_err(|error| self.place.explain(&error))
    }
}

fn open_directory(path: &Path) -> object_store::Result<Arc<dyn ObjectStore>> {
    std::fs::create_dir_all(path).map_err(|error| object_store::Error::Generic {
        store: "directory",
        source: Box::new(error),
    })?;
    let store = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
    Ok(Arc::new(store))
}

fn open_bucket(config: &S3Config) -> object_store::Result<Arc<dyn ObjectStore>> {
    // A whole transfer may take long; silence may not.
    let client = ClientOptions::new()
        .with_allow_http(true)
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_read_timeout(IDLE_TIMEOUT)
        .with_timeout_disabled();
    let retry = RetryConfig {
        max_retries: RETRIES,
        retry_timeout: RETRY_TIMEOUT,
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&config.bucket)
        .with_region(&config.region)
        .with_access_key_id(&config.access_key_id)
        .with_secret_access_key(config.secret_access_key())
        // One file at a time is removed here, by the request that every S3-compatible service knows.
        .with_disable_bulk_delete(true)
        .with_client_options(client)
        .with_retry(retry);
    if let Some(endpoint) = &config.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(token) = config.session_token() {
        builder = builder.with_token(token);
    }
    let bucket = builder.build()?;
    Ok(Arc::new(PrefixStore::new(
        bucket,
        ObjectPath::from(config.prefix.as_str()),
    )))
}

/// Bytes that are all there, as [`Storage::put`] takes them.
pub fn whole(bytes: impl Into<Bytes>) -> impl Stream<Item = io::Result<Bytes>> {
    let bytes = bytes.into();
    stream::once(async move { Ok(bytes) })
}
