//! Sound that was made once: kept by who said what, so that a second play costs nothing. Bytes lie in a corner of the storage,
//! rows in the database, so that all servers know of them; what was played longest ago goes first when there is too much.

use super::speaking::SoundStream;
use crate::{
    model::{AppError, AppResult, ErrorKind, ids::UserId},
    server::{
        db::{
            Db,
            dump::hex,
            now_ms,
            speech::{CachedSound, NewSound},
            tools::ToolRecord,
        },
        storage::{BlobKey, Storage, StorageError},
    },
};
use futures::{StreamExt, TryStreamExt, stream};
use sha2::{Digest, Sha256};
use std::{io, time::Duration};
use tokio::{
    sync::mpsc::{self, error::SendTimeoutError},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::bytes::Bytes;
use tracing::Instrument;

/// The corner of the storage.
const CORNER: &str = "speech";
/// That something was played is written down at most this often.
const TOUCH_MS: i64 = 60_000;
/// How many rows are looked at together when there is too much, and how many keys when order is kept.
const BATCH: usize = 100;
/// Bytes without a row that are younger may be on their way in.
const LEAST_AGE_MS: i64 = 60 * 60 * 1000;
/// Pieces that may wait for a storage that is slower than whoever speaks.
const PIECES_AHEAD: usize = 16;
/// How long the listener waits for such a storage, before sound is played without being kept.
const STORAGE_PATIENCE: Duration = Duration::from_secs(2);

/// What is kept.
#[derive(Clone)]
pub(super) struct Cache {
    db: Db,
    storage: Storage,
    /// How much, in bytes; 0 keeps nothing.
    limit: u64,
}

/// A hash of who says what, with which voice.
pub(super) struct SoundKey(String);

impl SoundKey {
    pub(super) fn of(tool: &ToolRecord, voice: &str, text: &str) -> Self {
        let mut hash = Sha256::new();
        let model = tool.model.as_deref().unwrap_or_default();
        for part in [tool.slug.as_str(), model, voice, text] {
            // With its length before it, so that no two lists of parts look alike.
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(hex(&hash.finalize()))
    }
}

/// What goes to the storage: a piece, or that there is no more. A sender that is gone without saying so broke off.
type Piece = Option<Bytes>;

impl Cache {
    pub(super) fn new(db: Db, storage: &Storage, limit: u64) -> Self {
        Self {
            db,
            storage: storage.corner(CORNER),
            limit,
        }
    }

    /// What is kept of a person's. A failure to find it is no failure: it can be made again.
    pub(super) async fn find(&self, user: UserId, key: &SoundKey) -> Option<SoundStream> {
        if self.limit == 0 {
            return None;
        }
        let found = self.db.find_sound(user, &key.0).await;
        let sound = found
            .inspect_err(|error| tracing::warn!(%error, "kept speech was not looked for"))
            .ok()??;
        match self.storage.get(sound.blob).await {
            Ok(blob) if blob.size_bytes == sound.size_bytes => {
                self.touch(&sound).await;
                Some(blob.content.map_err(broken_off).boxed())
            }
            Ok(_) | Err(StorageError::NotFound) => {
                self.forget(sound.blob).await;
                None
            }
            Err(error) => {
                tracing::warn!(%error, "kept speech was not read");
                None
            }
        }
    }

    /// The same sound, kept on its way by when it has ended. What breaks off is not kept, and what cannot be kept is played
    /// all the same.
    pub(super) fn keep(&self, user: UserId, key: SoundKey, sound: SoundStream) -> SoundStream {
        if self.limit == 0 {
            return sound;
        }
        let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
        let cache = self.clone();
        let keeping = async move { cache.store(user, key, receiver).await };
        let keeping = tokio::spawn(keeping.in_current_span());
        let keeper = Some(Keeper { sender, keeping });
        stream::unfold(Some((sound, keeper)), |state| async {
            let (mut sound, keeper) = state?;
            match sound.next().await {
                Some(Ok(piece)) => {
                    let keeper = match keeper {
                        Some(keeper) => keeper.take(piece.clone()).await,
                        None => None,
                    };
                    Some((Ok(piece), Some((sound, keeper))))
                }
                Some(Err(error)) => Some((Err(error), None)),
                None => {
                    if let Some(keeper) = keeper {
                        keeper.finish().await;
                    }
                    None
                }
            }
        })
        .boxed()
    }

    /// Removes bytes that belong to no row any more.
    pub(super) async fn tidy(&self) -> AppResult<()> {
        let oldest = now_ms() - LEAST_AGE_MS;
        let old = self.storage.list();
        let old = old.try_filter(|key| std::future::ready(key.made_at_ms() < oldest));
        let mut batches = std::pin::pin!(old.try_chunks(BATCH));
        while let Some(keys) = batches.try_next().await.map_err(|error| unread(error.1))? {
            for key in self.db.find_lost_sounds(&keys).await? {
                self.remove(key).await;
            }
        }
        self.make_room().await
    }

    async fn store(&self, user: UserId, key: SoundKey, pieces: mpsc::Receiver<Piece>) {
        let blob = BlobKey::new();
        let size_bytes = match self.storage.put(blob, until_the_end(pieces)).await {
            Ok(size_bytes) => size_bytes,
            // The listener went, or the speaker broke off.
            Err(StorageError::Content(_)) => return,
            Err(error) => {
                tracing::warn!(%error, "speech could not be kept");
                return;
            }
        };
        let sound = NewSound {
            user,
            key: key.0,
            blob,
            size_bytes,
        };
        match self.db.insert_sound(&sound).await {
            Ok(true) => {
                if let Err(error) = self.make_room().await {
                    tracing::warn!(%error, "old speech was not removed");
                }
            }
            // Somebody else has kept the same meanwhile.
            Ok(false) => self.remove(blob).await,
            Err(error) => {
                tracing::warn!(%error, "speech could not be kept");
                self.remove(blob).await;
            }
        }
    }

    /// Removes what was played longest ago until the rest fits.
    async fn make_room(&self) -> AppResult<()> {
        let mut total = self.db.sum_sound_bytes().await?;
        while total > self.limit {
            let oldest = self.db.list_oldest_sounds(BATCH as u32).await?;
            if oldest.is_empty() {
                break;
            }
            for sound in oldest {
                if total <= self.limit {
                    break;
                }
                total = total.saturating_sub(sound.size_bytes);
                self.forget(sound.blob).await;
            }
        }
        Ok(())
    }

    async fn touch(&self, sound: &CachedSound) {
        if now_ms() - sound.last_used_at < TOUCH_MS {
            return;
        }
        if let Err(error) = self.db.touch_sound(sound.blob).await {
            tracing::warn!(%error, "it was not written down that kept speech was played");
        }
    }

    async fn forget(&self, blob: BlobKey) {
        match self.db.delete_sound(blob).await {
            Ok(true) => self.remove(blob).await,
            // Another server removes the bytes.
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "kept speech was not forgotten"),
        }
    }

    async fn remove(&self, blob: BlobKey) {
        if let Err(error) = self.storage.delete(blob).await {
            tracing::warn!(%error, blob.key = %blob, "bytes of kept speech stay until order is made");
        }
    }
}

/// The way to the task that keeps sound. When it is dropped before the end, nothing is kept.
struct Keeper {
    sender: mpsc::Sender<Piece>,
    keeping: JoinHandle<()>,
}

impl Keeper {
    /// Hands a piece over; gives up where the storage failed, which has said why, or takes too long.
    async fn take(self, piece: Bytes) -> Option<Self> {
        match self
            .sender
            .send_timeout(Some(piece), STORAGE_PATIENCE)
            .await
        {
            Ok(()) => Some(self),
            Err(SendTimeoutError::Closed(_)) => None,
            Err(SendTimeoutError::Timeout(_)) => {
                tracing::warn!("the storage is too slow for speech to be kept");
                None
            }
        }
    }

    /// There is no more. Whoever asks again after this finds it kept, unless the storage is slow.
    async fn finish(self) {
        let finishing = async {
            if self.sender.send(None).await.is_ok() {
                return self.keeping.await;
            }
            Ok(())
        };
        if let Ok(Err(error)) = timeout(STORAGE_PATIENCE, finishing).await {
            tracing::error!(%error, "the task that keeps speech failed");
        }
    }
}

fn until_the_end(pieces: mpsc::Receiver<Piece>) -> impl futures::Stream<Item = io::Result<Bytes>> {
    stream::unfold(Some(pieces), |pieces| async {
        let mut pieces = pieces?;
        match pieces.recv().await {
            Some(Some(piece)) => Some((Ok(piece), Some(pieces))),
            Some(None) => None,
            None => Some((Err(io::ErrorKind::UnexpectedEof.into()), None)),
        }
    })
}

fn broken_off(error: StorageError) -> AppError {
    tracing::warn!(%error, "kept speech broke off");
    AppError::new(
        ErrorKind::Unavailable,
        "The speech broke off: the server's storage does not answer. Try again in a little while.",
    )
}

fn unread(error: StorageError) -> AppError {
    tracing::warn!(%error, "the storage could not be looked through");
    AppError::internal()
}
