//! Sound as a WAV file: 16 bits, one channel.

/// Bytes before the samples.
pub const HEADER_BYTES: usize = 44;
const BYTES_PER_SAMPLE: u32 = 2;

/// The file of samples between -1 and 1. What is louder is cut off, what is no number is silent.
#[must_use]
pub fn encode(samples: &[f32], rate_hz: u32) -> Vec<u8> {
    let bytes = u32::try_from(samples.len())
        .map_or(u32::MAX, |count| count.saturating_mul(BYTES_PER_SAMPLE));
    let mut file = Vec::with_capacity(HEADER_BYTES + samples.len() * 2);
    file.extend(header(bytes, rate_hz));
    file.extend(samples.iter().flat_map(|sample| quantised(*sample)));
    file
}

/// What stands before so many bytes of samples.
#[must_use]
pub fn header(sample_bytes: u32, rate_hz: u32) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    let fields: [&[u8]; 13] = [
        b"RIFF",
        &sample_bytes.saturating_add(36).to_le_bytes(),
        b"WAVE",
        b"fmt ",
        &16_u32.to_le_bytes(),
        // Plain samples, of one channel.
        &1_u16.to_le_bytes(),
        &1_u16.to_le_bytes(),
        &rate_hz.to_le_bytes(),
        &(rate_hz.saturating_mul(BYTES_PER_SAMPLE)).to_le_bytes(),
        &2_u16.to_le_bytes(),
        &16_u16.to_le_bytes(),
        b"data",
        &sample_bytes.to_le_bytes(),
    ];
    for (place, byte) in header.iter_mut().zip(fields.concat()) {
        *place = byte;
    }
    header
}

/// The samples of a file that [`encode`] made; none of any other.
#[must_use]
pub fn decode(file: &[u8]) -> Vec<f32> {
    let samples = file.get(HEADER_BYTES..).unwrap_or_default();
    let (pairs, _) = samples.as_chunks::<2>();
    pairs
        .iter()
        .map(|pair| f32::from(i16::from_le_bytes(*pair)) / f32::from(i16::MAX))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "within the range of 16 bits; what is no number becomes 0"
)]
fn quantised(sample: f32) -> [u8; 2] {
    let scaled = sample.clamp(-1.0, 1.0) * f32::from(i16::MAX);
    (scaled.round() as i16).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_file_says_what_it_holds() {
        let file = encode(&[0.0, 1.0, -1.0], 16_000);
        assert_eq!(file.len(), HEADER_BYTES + 6);
        assert_eq!(&file[..4], b"RIFF");
        assert_eq!(&file[4..8], &42_u32.to_le_bytes());
        assert_eq!(&file[8..16], b"WAVEfmt ");
        assert_eq!(&file[24..28], &16_000_u32.to_le_bytes());
        assert_eq!(&file[28..32], &32_000_u32.to_le_bytes());
        assert_eq!(&file[36..44], b"data\x06\0\0\0");
        assert_eq!(&file[44..], [0, 0, 0xff, 0x7f, 0x01, 0x80]);
    }

    #[test]
    fn what_is_too_loud_or_no_number_does_no_harm() {
        let file = encode(&[7.0, -7.0, f32::NAN, f32::INFINITY], 24_000);
        assert_eq!(decode(&file), [1.0, -1.0, 0.0, 1.0]);
    }

    proptest! {
        #[test]
        fn samples_come_back_within_half_a_step(samples in prop::collection::vec(-1.0_f32..=1.0, 0..200)) {
            let back = decode(&encode(&samples, 16_000));
            prop_assert_eq!(back.len(), samples.len());
            for (before, after) in samples.iter().zip(back) {
                prop_assert!((before - after).abs() <= 0.51 / 32_767.0);
            }
        }

        #[test]
        fn any_bytes_can_be_asked_for_their_samples(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(decode(&bytes).len() <= bytes.len() / 2);
        }
    }
}
