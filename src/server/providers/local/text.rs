//! From token bytes to text that may be shown: whole characters, and nothing of a stop string.

/// What may be shown after one more token.
#[derive(Debug, PartialEq, Eq)]
pub struct Shown {
    pub text: String,
    /// A stop string was completed; the answer ends here.
    pub is_stopped: bool,
}

/// Joins the bytes of tokens into text, holding back what is not yet certain.
pub struct TextAssembler {
    /// The beginning of a character whose other bytes come with the next tokens.
    incomplete: Vec<u8>,
    /// Text that may turn out to be the beginning of a stop string.
    held: String,
    stops: Vec<String>,
}

impl TextAssembler {
    pub fn new(stops: &[String]) -> Self {
        Self {
            incomplete: Vec::new(),
            held: String::new(),
            stops: stops
                .iter()
                .filter(|stop| !stop.is_empty())
                .cloned()
                .collect(),
        }
    }

    pub fn push(&mut self, bytes: &[u8]) -> Shown {
        self.decode(bytes);
        if let Some(start) = self.earliest_stop() {
            self.held.truncate(start);
            return self.show(start, true);
        }
        self.show(self.held.len() - self.possible_stop(), false)
    }

    /// What was held back and is text after all. The rest of a cut character is dropped: whoever
    /// continues the answer begins with a whole one.
    pub fn finish(self) -> String {
        self.held
    }

    /// Appends every whole character to `held`; bytes that can never become one are shown as �.
    fn decode(&mut self, bytes: &[u8]) {
        self.incomplete.extend_from_slice(bytes);
        let mut read = 0;
        for chunk in self.incomplete.utf8_chunks() {
            self.held.push_str(chunk.valid());
            read += chunk.valid().len();
            let rest = &self.incomplete[read..];
            if chunk.invalid().is_empty() || is_unfinished_character(rest) {
                break;
            }
            self.held.push(char::REPLACEMENT_CHARACTER);
            read += chunk.invalid().len();
        }
        self.incomplete.drain(..read);
    }

    fn earliest_stop(&self) -> Option<usize> {
        self.stops
            .iter()
            .filter_map(|stop| self.held.find(stop))
            .min()
    }

    /// How many bytes at the end of `held` are the beginning of a stop string.
    fn possible_stop(&self) -> usize {
        let longest_match = |stop: &String| {
            let lengths = stop.char_indices().map(|(length, _)| length);
            lengths
                .filter(|length| self.held.ends_with(&stop[..*length]))
                .max()
        };
        self.stops
            .iter()
            .filter_map(longest_match)
            .max()
            .unwrap_or(0)
    }

    fn show(&mut self, length: usize, is_stopped: bool) -> Shown {
        let held = self.held.split_off(length);
        Shown {
            text: std::mem::replace(&mut self.held, held),
            is_stopped,
        }
    }
}

/// Whether `bytes` are the beginning of one character, rather than wrong.
fn is_unfinished_character(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes)
        .is_err_and(|error| error.valid_up_to() == 0 && error.error_len().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Shown {
        Shown {
            text: text.to_owned(),
            is_stopped: false,
        }
    }

    fn stopped(text: &str) -> Shown {
        Shown {
            text: text.to_owned(),
            is_stopped: true,
        }
    }

    fn stops(stops: &[&str]) -> TextAssembler {
        TextAssembler::new(&stops.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_character_split_over_tokens_is_shown_once_it_is_whole() {
        let mut text = stops(&[]);
        let emoji = "😀".as_bytes();
        assert_eq!(text.push(b"say "), shown("say "));
        assert_eq!(text.push(&emoji[..1]), shown(""));
        assert_eq!(text.push(&emoji[1..3]), shown(""));
        assert_eq!(text.push(&[emoji[3], b'!']), shown("😀!"));
        assert_eq!(text.finish(), "");
    }

    #[test]
    fn bytes_that_are_no_character_are_replaced_and_the_rest_goes_on() {
        let mut text = stops(&[]);
        assert_eq!(text.push(b"a\xFFb\xF0\x9F"), shown("a\u{FFFD}b"));
        assert_eq!(text.push(b"c"), shown("\u{FFFD}c"));
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_dropped() {
        let mut text = stops(&[]);
        assert_eq!(text.push(b"ok\xF0\x9F"), shown("ok"));
        assert_eq!(text.finish(), "");
    }

    #[test]
    fn a_stop_string_over_several_tokens_is_never_shown() {
        let mut text = stops(&["\nUser:"]);
        assert_eq!(text.push(b"Yes.\n"), shown("Yes."));
        assert_eq!(text.push(b"User"), shown(""));
        assert_eq!(text.push(b": and"), stopped(""));
        assert_eq!(text.finish(), "");
    }

    #[test]
    fn what_only_looked_like_a_stop_string_is_shown_late() {
        let mut text = stops(&["END", "NDX"]);
        assert_eq!(text.push(b"the EN"), shown("the "));
        assert_eq!(text.push(b"T"), shown("ENT"));
        assert_eq!(text.push(b"E"), shown(""));
        assert_eq!(text.finish(), "E");
    }

    #[test]
    fn the_earliest_of_several_stop_strings_ends_the_text() {
        let mut text = stops(&["three", "two", ""]);
        assert_eq!(text.push(b"one two three"), stopped("one "));
    }

    #[test]
    fn a_stop_string_of_many_bytes_per_character_is_matched() {
        let mut text = stops(&["日本"]);
        assert_eq!(text.push("in 日".as_bytes()), shown("in "));
        assert_eq!(text.push("本".as_bytes()), stopped(""));
    }
}
