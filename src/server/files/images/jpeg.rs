//! Whether a JPEG is all there. Its parts stand one after the other up to the pixels (ITU-T T.81, annex B), and after those
//! stands a mark of its end, which occurs nowhere among them.

/// Start and end of a picture, and start of its pixels.
const START: u8 = 0xd8;
const END: u8 = 0xd9;
const PIXELS: u8 = 0xda;

/// Whether the mark of the end follows the pixels. Some cameras put more behind it.
pub(super) fn is_complete(bytes: &[u8]) -> bool {
    let Some(pixels) = find_pixels(bytes) else {
        return false;
    };
    bytes[pixels..].windows(2).any(|pair| pair == [0xff, END])
}

/// Where the pixels begin. What is before them is stepped over part by part: a thumbnail in there has an end of its own.
fn find_pixels(bytes: &[u8]) -> Option<usize> {
    if bytes.get(..2)? != [0xff, START] {
        return None;
    }
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            // Some programs leave a gap between two parts.
            at += 1;
            continue;
        }
        match *bytes.get(at + 1)? {
            PIXELS => return Some(at + 2),
            // Fill bytes, and marks without a length.
            0xff => at += 1,
            0x00 | 0x01 | 0xd0..=0xd8 => at += 2,
            END => return None,
            _ => {
                let length = [*bytes.get(at + 2)?, *bytes.get(at + 3)?];
                at += 2 + usize::from(u16::from_be_bytes(length));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_complete;

    #[test]
    fn the_end_of_a_thumbnail_is_not_the_end_of_the_picture() {
        let thumbnail = [0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0];
        let mut bytes = vec![0xff, 0xd8];
        bytes.extend_from_slice(&thumbnail);
        bytes.extend_from_slice(&[0xff, 0xda, 0, 2, 1, 2, 3]);
        assert!(!is_complete(&bytes));
        bytes.extend_from_slice(&[0xff, 0xd9]);
        assert!(is_complete(&bytes));
        bytes.extend_from_slice(b"something of the camera's");
        assert!(is_complete(&bytes));
        assert!(!is_complete(b"\xff\xd8"));
        assert!(!is_complete(b""));
    }
}
