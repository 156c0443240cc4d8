//! How a person is spoken to and listened to.

use crate::model::{AppError, AppResult};
use serde::{Deserialize, Serialize};

/// Slowest speech; 1 is as usual.
pub const MIN_SPEED: f32 = 0.5;
/// Fastest speech.
pub const MAX_SPEED: f32 = 2.0;
/// The speeds that are offered, in percent.
pub const SPEED_PERCENTS: [u16; 7] = [50, 75, 100, 125, 150, 175, 200];
/// Longest name of a tool or a voice, in characters.
const MAX_NAME_CHARS: usize = 100;

/// What a person prefers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpeechSettings {
    /// Who speaks; the server's own voice, else the first that is configured, where it is missing.
    pub speech_tool: Option<String>,
    /// The voice; the tool's first where it is missing.
    pub voice: Option<String>,
    /// How fast answers are read, from [`MIN_SPEED`] to [`MAX_SPEED`].
    pub speed: f32,
    /// Who listens; chosen like who speaks where it is missing.
    pub transcription_tool: Option<String>,
    /// The language that is spoken, as ISO 639-1 has it; found out where it is missing.
    pub language: Option<String>,
    /// Whether each new answer is read out by itself.
    pub reads_automatically: bool,
}

impl Default for SpeechSettings {
    fn default() -> Self {
        Self {
            speech_tool: None,
            voice: None,
            speed: 1.0,
            transcription_tool: None,
            language: None,
            reads_automatically: false,
        }
    }
}

impl SpeechSettings {
    /// These, if each is what it may be. A form names tool and voice in one field ([`VoiceChoice`]), and leaves fields empty
    /// rather than out.
    ///
    /// # Errors
    /// A sentence about the field that is not.
    pub fn checked(self) -> AppResult<Self> {
        let chosen = name("voice", self.voice)?.map(|voice| VoiceChoice::parse(&voice));
        let speech_tool = match &chosen {
            Some(VoiceChoice {
                tool: Some(tool), ..
            }) => Some(tool.clone()),
            _ => name("speech_tool", self.speech_tool)?,
        };
        let language = name("language", self.language)?.map(|code| code.to_ascii_lowercase());
        let is_code = |code: &String| {
            (2..=3).contains(&code.len()) && code.chars().all(|c| c.is_ascii_lowercase())
        };
        if language.as_ref().is_some_and(|code| !is_code(code)) {
            return Err(AppError::field(
                "language",
                "A language is named by its code, for example en or de.",
            ));
        }
        Ok(Self {
            speech_tool,
            voice: chosen.map(|chosen| chosen.voice),
            speed: checked_speed(self.speed)?,
            transcription_tool: name("transcription_tool", self.transcription_tool)?,
            language,
            reads_automatically: self.reads_automatically,
        })
    }
}

/// A speed, if it is one that speech can have.
///
/// # Errors
/// A sentence about `speed`.
pub fn checked_speed(speed: f32) -> AppResult<f32> {
    match (MIN_SPEED..=MAX_SPEED).contains(&speed) {
        true => Ok(speed),
        false => Err(AppError::field(
            "speed",
            format!("The speed is a number from {MIN_SPEED} to {MAX_SPEED}."),
        )),
    }
}

fn name(field: &str, given: Option<String>) -> AppResult<Option<String>> {
    let given = given.map(|name| name.trim().to_owned());
    let given = given.filter(|name| !name.is_empty());
    let is_name = |name: &String| {
        name.chars().count() <= MAX_NAME_CHARS && !name.chars().any(char::is_control)
    };
    if given.as_ref().is_some_and(|name| !is_name(name)) {
        return Err(AppError::field(field, "There is no such name here."));
    }
    Ok(given)
}

/// A voice as one word: `heart`, or `local-voice/heart` where it is said whose voice it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceChoice {
    /// Whose.
    pub tool: Option<String>,
    /// What its provider calls it.
    pub voice: String,
}

impl VoiceChoice {
    /// Reads the word. Names of tools hold no slash.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        match word.split_once('/') {
            Some((tool, voice)) if !tool.is_empty() && !voice.is_empty() => Self {
                tool: Some(tool.to_owned()),
                voice: voice.to_owned(),
            },
            _ => Self {
                tool: None,
                voice: word.to_owned(),
            },
        }
    }
}

/// A voice that speaks here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoiceOption {
    /// Whose.
    pub tool: String,
    /// Its name for people.
    pub tool_name: String,
    /// What its provider calls it.
    pub voice: String,
    /// What people call it.
    pub label: String,
}

impl VoiceOption {
    /// The word that [`VoiceChoice`] reads.
    #[must_use]
    pub fn word(&self) -> String {
        format!("{}/{}", self.tool, self.voice)
    }
}

/// Somebody who listens here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerOption {
    /// Who.
    pub tool: String,
    /// Their name for people.
    pub tool_name: String,
    /// The languages that they understand; any, where there are none.
    pub languages: Vec<String>,
    /// Whether they listen in this server, so that a recording costs nothing and goes nowhere.
    pub is_local: bool,
}

/// What there is to choose from, and what a person chose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SpeechOptions {
    /// What the person chose.
    pub settings: SpeechSettings,
    /// Voices, the server's own first.
    pub voices: Vec<VoiceOption>,
    /// Listeners, the server's own first.
    pub listeners: Vec<ListenerOption>,
    /// Why nobody speaks here, when nobody does.
    pub mute_because: Option<String>,
    /// Why nobody listens here, when nobody does.
    pub deaf_because: Option<String>,
    /// Largest recording that is taken in one piece; a stored file may be larger.
    pub max_recording_bytes: u64,
    /// Longest recording, all its pieces together.
    pub max_recording_ms: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_leaves_empty_is_not_chosen() {
        let form = SpeechSettings {
            voice: Some(" local-voice/heart ".to_owned()),
            transcription_tool: Some(String::new()),
            language: Some("DE".to_owned()),
            ..SpeechSettings::default()
        };
        let settings = form.checked().expect("acceptable");
        assert_eq!(settings.speech_tool.as_deref(), Some("local-voice"));
        assert_eq!(settings.voice.as_deref(), Some("heart"));
        assert_eq!(settings.transcription_tool, None);
        assert_eq!(settings.language.as_deref(), Some("de"));
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_field() {
        let usual = SpeechSettings::default;
        for (settings, field) in [
            (
                SpeechSettings {
                    speed: 2.5,
                    ..usual()
                },
                "speed",
            ),
            (
                SpeechSettings {
                    speed: f32::NAN,
                    ..usual()
                },
                "speed",
            ),
            (
                SpeechSettings {
                    language: Some("german".to_owned()),
                    ..usual()
                },
                "language",
            ),
            (
                SpeechSettings {
                    voice: Some("x".repeat(101)),
                    ..usual()
                },
                "voice",
            ),
        ] {
            let error = settings.checked().expect_err("refused");
            assert_eq!(error.field.as_deref(), Some(field));
        }
    }
}
