//! Speech in and out, whoever speaks and listens.

use super::{Environment, Mistake};
use std::time::Duration;

/// Bytes in a megabyte, as people count files.
const MB: u64 = 1_000_000;
/// A day is more than anybody means, and sums stay far from overflowing.
const MOST_MINUTES: u64 = 24 * 60;

/// What is taken in, and what is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpeechConfig {
    /// Sound that is kept so that it need not be made again, in bytes; 0 keeps none. Read from `INSPIREAI_SPEECH_CACHE_MB`;
    /// default 512.
    pub cache_bytes: u64,
    /// Largest recording. Read from `INSPIREAI_TRANSCRIPTION_MAX_MB`; default 200 MB.
    pub max_recording_bytes: u64,
    /// Longest recording. Read from `INSPIREAI_TRANSCRIPTION_MAX_MINUTES`; default an hour.
    pub max_recording: Duration,
}

impl SpeechConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        let mut number = |variable, default: u64, example| {
            environment.parse(variable, default, "a number", example, mistakes)
        };
        let cache_mb = number("INSPIREAI_SPEECH_CACHE_MB", 512, "512");
        let max_mb = number("INSPIREAI_TRANSCRIPTION_MAX_MB", 200, "200").max(1);
        let max_minutes = number("INSPIREAI_TRANSCRIPTION_MAX_MINUTES", 60, "60").max(1);
        Self {
            cache_bytes: cache_mb.saturating_mul(MB),
            max_recording_bytes: max_mb.saturating_mul(MB),
            max_recording: Duration::from_secs(max_minutes.min(MOST_MINUTES) * 60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_need_not_be_kept_but_recordings_have_some_length() {
        let mut mistakes = Vec::new();
        let environment = Environment::from_pairs([
            ("INSPIREAI_SPEECH_CACHE_MB", "0"),
            ("INSPIREAI_TRANSCRIPTION_MAX_MINUTES", "0"),
            ("INSPIREAI_TRANSCRIPTION_MAX_MB", "many"),
        ]);
        let config = SpeechConfig::from_env(&environment, &mut mistakes);
        assert_eq!(config.cache_bytes, 0);
        assert_eq!(config.max_recording, Duration::from_secs(60));
        let told: Vec<_> = mistakes.iter().map(|one| one.variable.as_str()).collect();
        assert_eq!(told, ["INSPIREAI_TRANSCRIPTION_MAX_MB"]);
    }
}
