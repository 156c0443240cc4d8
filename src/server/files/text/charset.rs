//! Text in the encodings that files come in: UTF-8, UTF-16 with its mark, and where it is neither, Windows-1252, which is
//! Latin-1 with letters and marks where that has nothing.

use std::borrow::Cow;

/// What Windows-1252 has from 0x80 to 0x9f; the five places it leaves empty are as in Latin-1.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The text that bytes stand for. They may end within a character.
pub(super) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some(rest) = bytes.strip_prefix(&[0xff, 0xfe]) {
        return wide(rest, u16::from_le_bytes).into();
    }
    if let Some(rest) = bytes.strip_prefix(&[0xfe, 0xff]) {
        return wide(rest, u16::from_be_bytes).into();
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&bytes[..error.valid_up_to()])
        }
        Err(_) => bytes.iter().map(|byte| narrow(*byte)).collect(),
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units)
        .map(|decoded| decoded.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn narrow(byte: u8) -> char {
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        byte => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn text_is_read_in_the_encoding_it_is_in() {
        assert_eq!(decode("Grüße 👋".as_bytes()), "Grüße 👋");
        assert_eq!(decode(b"\xef\xbb\xbfa,b"), "a,b");
        assert_eq!(decode(b"\xff\xfeh\0\xfc\0"), "hü");
        assert_eq!(decode(b"\xfe\xff\0h\0\xfc"), "hü");
        assert_eq!(decode(b"caf\xe9 \x80 \x93x\x94"), "café € “x”");
        // Cut within a character.
        assert_eq!(decode(&"aü".as_bytes()[..2]), "a");
    }
}
