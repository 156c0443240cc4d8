//! A recording that has come whole.

use crate::server::providers::transcription::TranscriptionRequest;
use futures::{StreamExt, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::bytes::Bytes;

/// Largest recording that is taken in one piece, before it is stored anywhere: as OpenAI's interface has it.
pub const MAX_RECORDING_BYTES: u64 = 25_000_000;

/// A recording, in the pieces that it came in.
pub struct Recording {
    name: String,
    media_type: String,
    pieces: Vec<Bytes>,
    size_bytes: u64,
    room: Room,
}

/// Room in the memory for one recording, for as long as it is there.
pub struct Room {
    _permit: OwnedSemaphorePermit,
}

impl From<OwnedSemaphorePermit> for Room {
    fn from(permit: OwnedSemaphorePermit) -> Self {
        Self { _permit: permit }
    }
}

impl Recording {
    /// A recording of which nothing has come yet, by its name and by what its sender says it is.
    #[must_use]
    pub fn new(name: String, told: Option<String>, room: Room) -> Self {
        Self {
            media_type: media_type(told, &name),
            name,
            pieces: Vec::new(),
            size_bytes: 0,
            room,
        }
    }

    /// Adds a piece; `false` when it is too large with it.
    #[must_use]
    pub fn push(&mut self, piece: Bytes) -> bool {
        self.size_bytes += piece.len() as u64;
        self.pieces.push(piece);
        self.size_bytes <= MAX_RECORDING_BYTES
    }

    /// How long it plays, in milliseconds, where its first bytes tell.
    pub(super) fn length_ms(&self) -> Option<u64> {
        wav_ms(self.pieces.first()?, self.size_bytes)
    }

    /// The recording as `request` has it sent.
    pub(super) fn sent(self, request: TranscriptionRequest) -> TranscriptionRequest {
        let room = self.room;
        let pieces = stream::iter(self.pieces).map(move |piece| {
            let _taken = &room;
            Ok(piece)
        });
        TranscriptionRequest {
            name: self.name,
            media_type: self.media_type,
            size_bytes: self.size_bytes,
            audio: pieces.boxed(),
            ..request
        }
    }
}

/// Where a sender does not know better than `application/octet-stream`, the name does.
fn media_type(told: Option<String>, name: &str) -> String {
    let told = told.filter(|told| told.starts_with("audio/") || told.starts_with("video/"));
    told.unwrap_or_else(|| {
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match ending.to_ascii_lowercase().as_str() {
            "mp3" | "mpga" | "mpeg" => "audio/mpeg",
            "wav" => "audio/wav",
            "flac" => "audio/flac",
            "ogg" | "oga" | "opus" => "audio/ogg",
            "m4a" | "mp4" => "audio/mp4",
            "webm" => "audio/webm",
            _ => "application/octet-stream",
        }
        .to_owned()
    })
}

/// How long the WAV file plays that begins with `head` and has so many bytes, in milliseconds; `None` for anything else. A
/// header that was written before the end was known says nonsense of the length, so that the size decides.
pub(super) fn wav_ms(head: &[u8], size_bytes: u64) -> Option<u64> {
    if head.get(..4)? != b"RIFF" || head.get(8..12)? != b"WAVE" {
        return None;
    }
    let number = |at: usize| {
        let bytes = head.get(at..at + 4)?;
        Some(u64::from(u32::from_le_bytes(bytes.try_into().ok()?)))
    };
    let (mut at, mut bytes_a_second) = (12_usize, 0);
    loop {
        let length = number(at + 4)?;
        match head.get(at..at + 4)? {
            b"fmt " => bytes_a_second = number(at + 16)?,
            b"data" => {
                let left = size_bytes.saturating_sub(at as u64 + 8);
                return (length.min(left) * 1_000).checked_div(bytes_a_second);
            }
            _ => {}
        }
        at = at.checked_add(usize::try_from(length + length % 2).ok()? + 8)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_tells_what_a_recording_is_and_else_its_name_does() {
        let of = |told: &str, name: &str| media_type(Some(told.to_owned()), name);
        assert_eq!(
            of("audio/webm;codecs=opus", "x.wav"),
            "audio/webm;codecs=opus"
        );
        assert_eq!(of("application/octet-stream", "x.WAV"), "audio/wav");
        assert_eq!(of("text/plain", "x"), "application/octet-stream");
    }

    #[test]
    fn a_wav_file_says_how_long_it_plays() {
        let mut head = b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
        head.extend(16_000_u32.to_le_bytes());
        head.extend(32_000_u32.to_le_bytes());
        head.extend([2, 0, 16, 0]);
        head.extend(b"data\xff\xff\xff\xff");
        assert_eq!(wav_ms(&head, 44 + 64_000), Some(2_000));
        head[40..44].copy_from_slice(&16_000_u32.to_le_bytes());
        assert_eq!(wav_ms(&head, 44 + 64_000), Some(500));
        assert_eq!(wav_ms(&head[..30], 64_044), None);
        assert_eq!(wav_ms(b"OggS", 4), None);
        head[28..32].fill(0);
        assert_eq!(wav_ms(&head, 44 + 64_000), None);
    }
}
