//! Samples as bytes.

use tokio_util::bytes::Bytes;

/// Samples a second.
pub const SAMPLE_RATE: u32 = 24_000;

/// What stands before the samples in a WAV file whose length is not known yet: RIFF's sizes are as large as they can be, as in
/// every stream of this kind, and players read to the end.
pub const HEADER: [u8; 44] = header();

const fn header() -> [u8; 44] {
    let mut header = *b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\x02\0\x10\0data\xff\xff\xff\xff";
    let (rate, bytes_per_second) = (SAMPLE_RATE.to_le_bytes(), (SAMPLE_RATE * 2).to_le_bytes());
    let mut at = 0;
    while at < 4 {
        header[24 + at] = rate[at];
        header[28 + at] = bytes_per_second[at];
        at += 1;
    }
    header
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
