//! Samples as bytes.

use crate::model::speech::wav;
use tokio_util::bytes::Bytes;

/// Samples a second.
pub const SAMPLE_RATE: u32 = 24_000;

/// What stands before the samples in a WAV file whose length is not known yet: RIFF's sizes are as large as they can be, as in
/// every stream of this kind, and players read to the end.
pub fn header() -> Bytes {
    Bytes::copy_from_slice(&wav::header(u32::MAX, SAMPLE_RATE))
}

/// Samples between -1 and 1 as 16-bit numbers, the least byte first; what is louder is cut off.
pub fn pcm(samples: &[f32]) -> Bytes {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the value is within the bounds of 16 bits"
    )]
    let numbers = samples
        .iter()
        .map(|sample| (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16);
    numbers
        .flat_map(i16::to_le_bytes)
        .collect::<Vec<_>>()
        .into()
}
