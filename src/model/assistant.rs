//! Assistants: instructions, a tool and what it needs, under a name. Each save makes a version; conversations stay with the
//! version they began with.

mod form;

use super::{
    AppError, AppResult,
    catalog::ModelFeatures,
    chat::ChatTool,
    file::FileView,
    ids::{AssistantId, FileId},
    params::Parameters,
    settings::{AssistantVersion, ChatSettings, OutputFormat, parse_instructions, parse_label},
    speech::{VoiceOption, checked_speed},
};
pub use form::AssistantForm;
use serde::{Deserialize, Serialize};

/// Longest name, in characters.
pub const MAX_NAME_CHARS: usize = 60;
/// Longest description, in characters.
pub const MAX_DESCRIPTION_CHARS: usize = 300;
/// Most starters.
pub const MAX_STARTERS: usize = 6;
/// Longest starter, in characters.
pub const MAX_STARTER_CHARS: usize = 300;
/// Most files; each goes with every first message.
pub const MAX_FILES: usize = 10;
/// Assistants on one page of the list.
pub const ASSISTANTS_PER_PAGE: u32 = 24;

/// What an assistant is, as of one version.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssistantDefinition {
    /// The name people know.
    pub name: String,
    /// A sentence or two about what it is good for.
    pub description: String,
    /// The colour of its mark, 0 to 359; the name's own where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hue: Option<u32>,
    /// A picture in place of the mark: one of its maker's files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<FileId>,
    /// The slug of the tool that answers.
    pub tool: String,
    /// The tool's name, as it was when this was saved.
    pub tool_name: String,
    /// What it is told before anybody says anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// What it sets; everything else is the tool's.
    pub parameters: Parameters,
    /// Prompts to begin with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub starters: Vec<String>,
    /// Its maker's files that it knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileId>,
    /// The shape that its answers have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<OutputFormat>,
    /// The voice that reads its answers out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voice: Option<String>,
    /// How fast they are read, between the bounds of [`checked_speed`]; as fast as the reader prefers where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub speed: Option<f32>,
}

/// An assistant as a list shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantCard {
    /// Identifier.
    pub id: AssistantId,
    /// The newest version.
    pub version: u32,
    /// The name people know.
    pub name: String,
    /// A sentence or two.
    pub description: String,
    /// The colour of its mark.
    pub hue: Option<u32>,
    /// A picture in place of the mark.
    pub picture: Option<FileId>,
    /// The name of the tool that answers.
    pub tool_name: String,
    /// Whether everybody on this installation may use it.
    pub is_shared: bool,
    /// Whether it is the reader's own.
    pub is_own: bool,
    /// The name of the person who made it.
    pub owner: String,
}

/// One page of assistants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantPage {
    /// The reader's own and those that are shared, the latest first.
    pub assistants: Vec<AssistantCard>,
    /// How many there are on all pages.
    pub total: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
}

/// What the list of assistants is asked for; the state of the page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssistantQuery {
    /// A part of the name.
    pub q: String,
    /// From 1.
    pub page: u32,
}

/// A version as the list of versions shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// From 1.
    pub version: u32,
    /// When it was saved, `YYYY-MM-DD HH:MM` in UTC.
    pub saved_at: String,
}

/// An assistant as its own page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantDetail {
    /// Identifier.
    pub id: AssistantId,
    /// What it is, as of `version`.
    pub definition: AssistantDefinition,
    /// The version that is shown.
    pub version: u32,
    /// The newest.
    pub latest: u32,
    /// Every version, the newest first; empty for somebody else's.
    pub versions: Vec<VersionView>,
    /// Who answers.
    pub tool: ChatTool,
    /// Its files that are there; empty for somebody else's.
    pub files: Vec<FileView>,
    /// Whether everybody on this installation may use it.
    pub is_shared: bool,
    /// Whether it is the reader's own.
    pub is_own: bool,
    /// The name of the person who made it.
    pub owner: String,
}

/// What an assistant may be made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssistantChoices {
    /// The tools that answer here.
    pub tools: Vec<ToolChoice>,
    /// The person's files, the latest first.
    pub files: Vec<FileView>,
    /// The voices that speak here.
    #[serde(default)]
    pub voices: Vec<VoiceOption>,
}

/// A tool that an assistant may have answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolChoice {
    /// The name in addresses.
    pub slug: String,
    /// The name people know.
    pub name: String,
    /// What its model takes.
    pub features: ModelFeatures,
}

/// What a chat shows of the assistant it talks to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatAssistant {
    /// The version that the conversation has.
    pub version: AssistantVersion,
    /// The newest; the same where it was deleted or is not to be had.
    pub latest: u32,
    /// What it is, without its files.
    pub definition: AssistantDefinition,
}

/// What a new chat begins with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewChat {
    /// Who answers.
    pub tool: ChatTool,
    /// The assistant it talks to.
    #[serde(default)]
    pub assistant: Option<ChatAssistant>,
    /// How it asks: the person's default, or the assistant's own.
    #[serde(default)]
    pub settings: ChatSettings,
}

impl AssistantDefinition {
    /// This, if each part is what it may be, with spaces tidied.
    ///
    /// # Errors
    /// A sentence about the field that is not.
    pub fn checked(self) -> AppResult<Self> {
        let name = parse_label("assistant", &self.name, MAX_NAME_CHARS)?;
        let description = self.description.replace('\0', "").trim().to_owned();
        if description.chars().count() > MAX_DESCRIPTION_CHARS {
            return Err(AppError::field(
                "description",
                format!("A description has at most {MAX_DESCRIPTION_CHARS} characters."),
            ));
        }
        if self.files.len() > MAX_FILES {
            return Err(AppError::field(
                "files",
                format!("An assistant has at most {MAX_FILES} files."),
            ));
        }
        let settings = ChatSettings {
            system_prompt: None,
            parameters: self.parameters,
            output: self.output,
            assistant: None,
        }
        .checked()?;
        Ok(Self {
            name,
            description,
            hue: self.hue.map(|hue| hue % 360),
            picture: self.picture,
            tool: self.tool,
            tool_name: self.tool_name,
            instructions: parse_instructions("instructions", self.instructions)?,
            parameters: settings.parameters,
            starters: starters(self.starters)?,
            files: self.files,
            output: settings.output,
            voice: self
                .voice
                .map(|voice| voice.trim().chars().take(MAX_NAME_CHARS).collect())
                .filter(|voice: &String| !voice.is_empty()),
            speed: self.speed.map(checked_speed).transpose()?,
        })
    }
}

fn starters(written: Vec<String>) -> AppResult<Vec<String>> {
    let starters: Vec<String> = written
        .into_iter()
        .map(|line| line.replace('\0', "").trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect();
    if starters.len() > MAX_STARTERS {
        return Err(AppError::field(
            "starters",
            format!(
                "At most {MAX_STARTERS} starters fit; there are {}.",
                starters.len()
            ),
        ));
    }
    if starters
        .iter()
        .any(|line| line.chars().count() > MAX_STARTER_CHARS)
    {
        return Err(AppError::field(
            "starters",
            format!("A starter has at most {MAX_STARTER_CHARS} characters."),
        ));
    }
    Ok(starters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> AssistantDefinition {
        AssistantDefinition {
            name: name.to_owned(),
            ..AssistantDefinition::default()
        }
    }

    #[test]
    fn an_assistant_needs_a_name_and_keeps_its_starters_tidy() {
        assert_eq!(
            named(" ").checked().expect_err("no name").field.as_deref(),
            Some("name")
        );
        let checked = AssistantDefinition {
            starters: vec![" Plan a trip ".to_owned(), "  ".to_owned()],
            hue: Some(725),
            voice: Some("  ".to_owned()),
            ..named("Travel  agent")
        }
        .checked()
        .expect("it is fine");
        assert_eq!(checked.name, "Travel agent");
        assert_eq!(checked.starters, ["Plan a trip"]);
        assert_eq!((checked.hue, checked.voice), (Some(5), None));
    }

    #[test]
    fn what_is_too_much_is_told_at_its_field() {
        let field =
            |definition: AssistantDefinition| definition.checked().expect_err("too much").field;
        let many = AssistantDefinition {
            starters: vec!["x".to_owned(); MAX_STARTERS + 1],
            ..named("x")
        };
        assert_eq!(field(many).as_deref(), Some("starters"));
        let long = AssistantDefinition {
            description: "x".repeat(MAX_DESCRIPTION_CHARS + 1),
            ..named("x")
        };
        assert_eq!(field(long).as_deref(), Some("description"));
        let hot = AssistantDefinition {
            parameters: Parameters {
                temperature: Some(9.0),
                ..Parameters::default()
            },
            ..named("x")
        };
        assert_eq!(field(hot).as_deref(), Some("temperature"));
    }
}
