//! What a file may be called: a name without a path, of characters that can be seen.

use crate::model::file::MAX_NAME_CHARS;

/// Longest part after the last dot that is kept as an extension, in characters.
const MAX_EXTENSION_CHARS: usize = 16;
/// What a file is called whose own name says nothing.
const NAMELESS: &str = "file";

/// A name out of what somebody's program sent: its last part where it is a path, without control characters and characters
/// that turn the direction of writing, cut to its longest length before its extension.
pub(super) fn safe_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !is_hidden(*c)).collect();
    let name = shown.trim().trim_end_matches('.').trim_end();
    if name.is_empty() || name.chars().all(|c| c == '.') {
        return NAMELESS.to_owned();
    }
    if name.chars().count() <= MAX_NAME_CHARS {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= MAX_EXTENSION_CHARS => {
            (stem, format!(".{extension}"))
        }
        _ => (name, String::new()),
    };
    let room = MAX_NAME_CHARS - extension.chars().count() - 1;
    let stem: String = stem.chars().take(room).collect();
    format!("{}…{extension}", stem.trim_end())
}

/// The extension of a name in lower case, or nothing.
pub(super) fn extension(name: &str) -> String {
    name.rsplit_once('.')
        .map(|(_, extension)| extension.to_ascii_lowercase())
        .unwrap_or_default()
}

/// Control characters, and those by which `gpj.exe` is made to read `exe.jpg`.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_its_last_part_and_nothing_hidden_stays() {
        for (given, kept) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\me\\photo.JPG", "photo.JPG"),
            ("a\0b\r\nc.txt", "abc.txt"),
            ("\u{202e}gpj.exe", "gpj.exe"),
            (" report .pdf. ", "report .pdf"),
            ("..", "file"),
            ("dir/", "file"),
            ("", "file"),
            ("Überblick «2026».md", "Überblick «2026».md"),
        ] {
            assert_eq!(safe_name(given), kept, "{given:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_and_keeps_its_extension() {
        let name = safe_name(&format!("{}.jpeg", "ü".repeat(300)));
        assert_eq!(name.chars().count(), MAX_NAME_CHARS);
        assert!(name.ends_with("ü….jpeg"), "{name}");
        let name = safe_name(&"x".repeat(300));
        assert_eq!(name.chars().count(), MAX_NAME_CHARS);
        assert_eq!(extension("a.TXT"), "txt");
        assert_eq!(extension("a"), "");
    }
}
