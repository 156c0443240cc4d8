//! How much was heard for a message, and said of it, in words for the quiet line below.

use crate::ui::kit::number::grouped;

/// How long was listened; nothing where nobody spoke.
#[must_use]
pub fn heard(heard_ms: u32) -> Option<String> {
    let seconds = heard_ms.div_ceil(1_000);
    match (seconds / 60, seconds % 60) {
        (0, 0) => None,
        (0, seconds) => Some(format!("heard {seconds} s")),
        (minutes, 0) => Some(format!("heard {minutes} min")),
        (minutes, seconds) => Some(format!("heard {minutes} min {seconds} s")),
    }
}

/// How much was made into sound; nothing where nothing was.
#[must_use]
pub fn spoken(chars: u32) -> Option<String> {
    match chars {
        0 => None,
        1 => Some("spoke 1 character".to_owned()),
        chars => Some(format!("spoke {} characters", grouped(chars))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_heard_and_said_is_told_in_words() {
        let heard = [0, 400, 12_000, 60_000, 61_001].map(heard);
        let words = heard
            .each_ref()
            .map(|words| words.as_deref().unwrap_or("-"));
        let wanted = [
            "-",
            "heard 1 s",
            "heard 12 s",
            "heard 1 min",
            "heard 1 min 2 s",
        ];
        assert_eq!(words, wanted);
        assert_eq!(spoken(1_240).as_deref(), Some("spoke 1,240 characters"));
        assert_eq!(spoken(0), None);
    }
}
