//! The catalogue of tools, as pages show it.

use super::{
    file::ImageDetail,
    params::{Parameter, Parameters, ReasoningEffort},
};
use serde::{Deserialize, Serialize};

/// How a tool is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiType {
    /// A model in this process.
    Local,
    /// Any OpenAI-compatible server.
    Openai,
    /// Azure OpenAI.
    Azure,
    /// Google Gemini.
    Gemini,
    /// Not ours to talk to: the page links to it.
    Link,
}

impl ApiType {
    /// As stored.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Openai => "openai",
            Self::Azure => "azure",
            Self::Gemini => "gemini",
            Self::Link => "link",
        }
    }
}

/// What a tool can take or make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Reads and writes text.
    Text,
    /// Sees images.
    ImageInput,
    /// Hears audio.
    AudioInput,
    /// Watches video.
    VideoInput,
    /// Reads files.
    FileInput,
    /// Answers in a given JSON schema.
    StructuredOutput,
    /// Calls tools.
    Tools,
    /// Thinks before it answers.
    Reasoning,
    /// Makes images.
    ImageOutput,
    /// Makes video.
    VideoOutput,
    /// Speaks.
    SpeechOutput,
    /// Turns speech into text.
    Transcription,
    /// Makes embeddings.
    Embeddings,
    /// Searches the web.
    WebSearch,
}

impl Capability {
    /// The words a person reads.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::ImageInput => "Sees images",
            Self::AudioInput => "Hears audio",
            Self::VideoInput => "Watches video",
            Self::FileInput => "Reads files",
            Self::StructuredOutput => "Structured output",
            Self::Tools => "Calls tools",
            Self::Reasoning => "Reasoning",
            Self::ImageOutput => "Makes images",
            Self::VideoOutput => "Makes video",
            Self::SpeechOutput => "Speaks",
            Self::Transcription => "Transcribes",
            Self::Embeddings => "Embeddings",
            Self::WebSearch => "Searches the web",
        }
    }
}

/// Which of a provider's interfaces answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChatApi {
    /// Chat completions: what every compatible server has.
    #[default]
    Completions,
    /// Responses, with conversations and files by reference.
    Responses,
}

/// How a model takes its instructions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InstructionsRole {
    /// A message of the role `system`.
    #[default]
    System,
    /// A message of the role `developer`.
    Developer,
    /// It knows no such role: they go before the first message.
    User,
}

/// How a model is held to a shape, the weakest way first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StructuredOutput {
    /// By nothing but words.
    Words,
    /// To any JSON object; its shape is asked for in words and checked here.
    JsonObject,
    /// To a JSON schema.
    #[default]
    JsonSchema,
}

/// What a picture costs a model, in tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageTokens {
    /// A basic price, and one for each tile of 512 pixels of the picture brought into 2048 x 2048 with a short side of 768.
    Tiles {
        /// For any picture; all there is at low detail.
        base: u32,
        /// For each tile.
        tile: u32,
    },
    /// One for each patch of 32 pixels, of a picture that is made smaller until it has at most `max` of them.
    Patches {
        /// Most patches.
        max: u32,
        /// Tokens for a patch.
        multiplier: f32,
    },
}

/// What a model takes and how, beyond its capabilities: data, because no code knows a model's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelFeatures {
    /// Which interface answers.
    pub api: ChatApi,
    /// How it takes instructions.
    pub instructions: InstructionsRole,
    /// The parameters that it takes.
    pub parameters: Vec<Parameter>,
    /// The efforts that it knows, least first.
    pub reasoning_efforts: Vec<ReasoningEffort>,
    /// How it is held to a shape.
    pub structured: StructuredOutput,
    /// How closely it can look at a picture.
    pub image_details: Vec<ImageDetail>,
    /// What a picture costs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tokens: Option<ImageTokens>,
    /// How many tokens it can read and write in one go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u32>,
    /// The longest answer it can give, in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
    /// The slug of the tool that answers when this one's service is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
    /// The voices that it speaks with, the usual one first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub voices: Vec<String>,
    /// The languages that it understands when it listens, as ISO 639-1 has them; any, where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
}

impl Default for ModelFeatures {
    /// What an OpenAI-compatible server of which no more is known takes.
    fn default() -> Self {
        Self {
            api: ChatApi::default(),
            instructions: InstructionsRole::default(),
            parameters: vec![
                Parameter::Temperature,
                Parameter::TopP,
                Parameter::MaxTokens,
                Parameter::Seed,
                Parameter::PresencePenalty,
                Parameter::FrequencyPenalty,
                Parameter::Stop,
            ],
            reasoning_efforts: Vec::new(),
            structured: StructuredOutput::default(),
            image_details: vec![ImageDetail::Auto, ImageDetail::Low, ImageDetail::High],
            image_tokens: None,
            context_tokens: None,
            max_output_tokens: None,
            fallback: None,
            voices: Vec::new(),
            languages: Vec::new(),
        }
    }
}

impl ModelFeatures {
    /// What a model takes of which the catalogue says no more than how it is reached.
    #[must_use]
    pub fn of(api_type: ApiType) -> Self {
        match api_type {
            ApiType::Local => Self {
                parameters: vec![
                    Parameter::Temperature,
                    Parameter::TopP,
                    Parameter::MaxTokens,
                    Parameter::Seed,
                    Parameter::RepeatPenalty,
                    Parameter::Stop,
                ],
                image_details: Vec::new(),
                ..Self::default()
            },
            _ => Self::default(),
        }
    }
}

/// How a tool is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// Costs nothing.
    Free,
    /// A free plan and paid ones.
    Freemium,
    /// Paid only.
    Paid,
    /// Open weights or open source.
    Open,
    /// By what is used.
    Usage,
}

impl PriceKind {
    /// The word on the card.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Freemium => "Free plan",
            Self::Paid => "Paid",
            Self::Open => "Open",
            Self::Usage => "Pay per use",
        }
    }
}

/// What a tool costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// The kind of price.
    pub kind: PriceKind,
    /// One short sentence, or nothing.
    pub note: String,
    /// US dollars for a million input tokens.
    pub input_per_mtok_usd: Option<f64>,
    /// US dollars for a million output tokens.
    pub output_per_mtok_usd: Option<f64>,
}

/// A tool as a card shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCard {
    /// The name in addresses.
    pub slug: String,
    /// The name people know.
    pub name: String,
    /// Who makes it.
    pub provider: String,
    /// One line.
    pub tagline: String,
    /// Category slugs.
    pub categories: Vec<String>,
    /// What it can take or make.
    pub capabilities: Vec<Capability>,
    /// What it costs.
    pub price: Price,
    /// Shown on the home page.
    pub is_featured: bool,
    /// Whether this installation can chat with it now.
    pub is_chattable: bool,
}

/// A tool as its own page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolDetail {
    /// What the card shows.
    pub card: ToolCard,
    /// A few sentences.
    pub description: String,
    /// Its own site.
    pub website: String,
    /// How it is reached.
    pub api_type: ApiType,
    /// The model's id at its provider.
    pub model: Option<String>,
    /// The parameters it starts with.
    pub parameters: Parameters,
    /// What its model takes.
    pub features: ModelFeatures,
    /// Prompts to begin with.
    pub starters: Vec<String>,
    /// The day its provider switches it off, `YYYY-MM-DD`.
    pub sunset_at: Option<String>,
    /// What to expect of it, kindly.
    pub expectations: Option<String>,
    /// Why one cannot chat with it here, when one cannot.
    pub unavailable_because: Option<String>,
}

/// What the catalogue is asked for; the state of the page's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolQuery {
    /// Words to find.
    pub q: String,
    /// A category's slug, or empty for all.
    pub category: String,
    /// From 1.
    pub page: u32,
}

/// One page of tools.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolPage {
    /// The cards, best first.
    pub tools: Vec<ToolCard>,
    /// How many there are on all pages.
    pub total: u32,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// Every category with the number of tools the words find in it.
    pub categories: Vec<CategoryCount>,
}

/// A category as a filter shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryCount {
    /// The name in addresses.
    pub slug: String,
    /// How many tools it holds.
    pub count: u32,
}

/// Tools on one page of the catalogue.
pub const TOOLS_PER_PAGE: u32 = 24;

/// A category's name for people: `open-models` reads `Open models`.
#[must_use]
pub fn category_label(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut chars = words.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// A hue for a name's mark, 0 to 359: FNV-1a of its bytes, so that a name has the same colour everywhere.
#[must_use]
pub fn hue(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    }) % 360
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_reads_as_words() {
        assert_eq!(category_label("open-models"), "Open models");
        assert_eq!(category_label(""), "");
    }
}
