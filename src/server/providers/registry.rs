//! The providers that are configured, and what that means for a tool.

use super::{
    ChatProvider,
    files::FilesProvider,
    images::ImageProvider,
    local::{LocalChat, LocalSpeech, LocalTranscription},
    openai::OpenaiClient,
    shaped::Shaped,
    speech::SpeechProvider,
    transcription::TranscriptionProvider,
};
use crate::{
    model::catalog::{ApiType, Capability},
    server::{
        config::{AzureConfig, AzureDeployment, Config, OpenaiConfig},
        db::tools::ToolRecord,
    },
};
use jiff::civil::Date;
use std::{
    collections::HashSet,
    sync::{Arc, PoisonError, RwLock},
};

/// Every provider that this installation can use.
#[derive(Clone)]
pub struct Providers {
    local: Option<Arc<LocalChat>>,
    local_speech: Option<Arc<LocalSpeech>>,
    local_transcription: Option<Arc<LocalTranscription>>,
    openai: Option<Arc<Openai>>,
    azure: Option<Arc<Azure>>,
}

struct Azure {
    client: Arc<OpenaiClient>,
    chat: Arc<Shaped>,
    config: AzureConfig,
}

struct Openai {
    client: Arc<OpenaiClient>,
    chat: Arc<Shaped>,
    config: OpenaiConfig,
    /// The models a server on one's own network says it has; `None` until it was asked.
    models: RwLock<Option<HashSet<String>>>,
}

/// What a server answered when asked for its models.
pub struct DiscoveredModels {
    /// Ids of its models.
    pub ids: Vec<String>,
    /// The server, as people may know it: its host.
    pub server: String,
}

impl Providers {
    /// What the configuration names. Nothing is loaded or asked yet.
    ///
    /// # Errors
    /// When an HTTP client cannot be built.
    pub fn new(config: &Config) -> Result<Self, reqwest::Error> {
        let openai = config
            .openai
            .as_ref()
            .map(|openai| {
                let client = Arc::new(OpenaiClient::new(openai)?);
                Ok(Arc::new(Openai {
                    chat: Arc::new(Shaped::new(client.clone())),
                    client,
                    config: openai.clone(),
                    models: RwLock::new(None),
                }))
            })
            .transpose()?;
        let azure = config
            .azure
            .as_ref()
            .map(|azure| {
                let client = Arc::new(OpenaiClient::azure(azure)?);
                Ok(Arc::new(Azure {
                    chat: Arc::new(Shaped::new(client.clone())),
                    client,
                    config: azure.clone(),
                }))
            })
            .transpose()?;
        Ok(Self {
            local: config
                .local
                .clone()
                .map(|local| Arc::new(LocalChat::new(local))),
            local_speech: config
                .local_speech
                .clone()
                .map(|voice| Arc::new(LocalSpeech::new(voice))),
            local_transcription: config
                .local_transcription
                .clone()
                .map(|local| Arc::new(LocalTranscription::new(local))),
            openai,
            azure,
        })
    }

    /// Who answers for a way of being reached.
    #[must_use]
    pub fn chat(&self, api_type: ApiType) -> Option<Arc<dyn ChatProvider>> {
        match api_type {
            ApiType::Local => self
                .local
                .clone()
                .map(|local| local as Arc<dyn ChatProvider>),
            ApiType::Openai => Some(self.openai.as_ref()?.chat.clone()),
            ApiType::Azure => Some(self.azure.as_ref()?.chat.clone()),
            ApiType::Gemini | ApiType::Link => None,
        }
    }

    /// Who stores files, for a way of being reached that has such a store.
    #[must_use]
    pub fn files(&self, api_type: ApiType) -> Option<Arc<dyn FilesProvider>> {
        Some(self.openai_client(api_type)?)
    }

    /// Who speaks.
    #[must_use]
    pub fn speech(&self, api_type: ApiType) -> Option<Arc<dyn SpeechProvider>> {
        match api_type {
            ApiType::Local => Some(self.local_speech.clone()?),
            _ => Some(self.openai_client(api_type)?),
        }
    }

    /// Who listens.
    #[must_use]
    pub fn transcription(&self, api_type: ApiType) -> Option<Arc<dyn TranscriptionProvider>> {
        match api_type {
            ApiType::Local => Some(self.local_transcription.clone()?),
            _ => Some(self.openai_client(api_type)?),
        }
    }

    /// Why the model in this process does not listen, or `None` when it does.
    #[must_use]
    pub fn local_transcription_problem(&self) -> Option<String> {
        match &self.local_transcription {
            None => Some(
                "The transcription in this server is switched off (INSPIREAI_LOCAL_TRANSCRIPTION=off)."
                    .to_owned(),
            ),
            Some(local) => local.problem(),
        }
    }

    /// Who makes pictures.
    #[must_use]
    pub fn images(&self, api_type: ApiType) -> Option<Arc<dyn ImageProvider>> {
        Some(self.openai_client(api_type)?)
    }

    /// The server that speaks OpenAI's interface, for the ways of being reached that mean one.
    fn openai_client(&self, api_type: ApiType) -> Option<Arc<OpenaiClient>> {
        match api_type {
            ApiType::Openai => self.openai.as_ref().map(|openai| openai.client.clone()),
            ApiType::Azure => self.azure.as_ref().map(|azure| azure.client.clone()),
            ApiType::Local | ApiType::Gemini | ApiType::Link => None,
        }
    }

    /// The model that really answers, where the configuration decides it rather than the catalogue.
    #[must_use]
    pub fn model_name(&self, tool: &ToolRecord) -> Option<String> {
        match tool.api_type {
            // What speaks in this process is not the model that the configuration names.
            ApiType::Local if answers_in_text(tool) => {
                self.local.as_ref().map(|local| local.model_name())
            }
            _ => None,
        }
    }

    /// How many requests wait for the model in this process; `None` when there is no such model.
    #[must_use]
    pub fn local_queue(&self) -> Option<u32> {
        self.local.as_ref().map(|local| local.waiting())
    }

    /// Why one cannot chat with a tool here, or `None` when one can.
    #[must_use]
    pub fn unavailable_because(&self, tool: &ToolRecord) -> Option<String> {
        if tool.api_type == ApiType::Link {
            return Some(format!("{} is used on its own site.", tool.name));
        }
        if let Some(reason) = switched_off(tool) {
            return Some(reason);
        }
        if !answers_in_text(tool) {
            return Some(format!(
                "{} does not answer in text, and this version only chats in text.",
                tool.name
            ));
        }
        match tool.api_type {
            ApiType::Local => self.local_problem(),
            ApiType::Openai => self.openai_problem(tool),
            ApiType::Azure => self.azure_problem(tool),
            ApiType::Gemini => Some("Gemini is not configured here.".to_owned()),
            ApiType::Link => None,
        }
    }

    /// Why a tool does not speak here, or `None` when it does. What a tool can do that only its own server knows is left to
    /// that server to say.
    #[must_use]
    pub fn silent_because(&self, tool: &ToolRecord) -> Option<String> {
        let is_local = tool.api_type == ApiType::Local;
        if is_local && !tool.capabilities.contains(&Capability::SpeechOutput) {
            return Some(format!("{} does not speak.", tool.name));
        }
        match (&self.local_speech, self.speech(tool.api_type)) {
            (Some(voice), _) if is_local => voice.problem(),
            (None, _) if is_local => Some(
                "The voice in this server is switched off (INSPIREAI_LOCAL_SPEECH=off).".to_owned(),
            ),
            (_, None) => Some(format!(
                "The service behind {} is not configured here, so nothing speaks for it.",
                tool.name
            )),
            (_, Some(_)) => None,
        }
    }

    /// Why the service behind a tool does not have its model, whatever that is good for; `None` when it has it as far as one
    /// knows.
    #[must_use]
    pub fn lacking_because(&self, tool: &ToolRecord) -> Option<String> {
        switched_off(tool).or_else(|| match tool.api_type {
            ApiType::Openai => self.openai_problem(tool),
            ApiType::Azure => self.azure_problem(tool),
            ApiType::Local | ApiType::Gemini | ApiType::Link => None,
        })
    }

    fn local_problem(&self) -> Option<String> {
        match &self.local {
            None => Some(
                "The model in this server is switched off (INSPIREAI_LOCAL_MODEL=off).".to_owned(),
            ),
            Some(local) => local.problem(),
        }
    }

    fn azure_problem(&self, tool: &ToolRecord) -> Option<String> {
        let Some(azure) = &self.azure else {
            return Some(
                "Azure OpenAI is not configured here. The administrator can set AZURE_OPENAI_ENDPOINT, AZURE_OPENAI_API_KEY and AZURE_OPENAI_DEPLOYMENTS."
                    .to_owned(),
            );
        };
        let deployments = &azure.config.deployments;
        let Some(model) = tool.model.as_deref() else {
            let names: Vec<_> = deployments.iter().map(|each| each.name.as_str()).collect();
            return Some(format!(
                "This entry stands for all deployments. Choose one of them: {}.",
                names.join(", ")
            ));
        };
        let is_known = deployments.iter().any(|each| each.name == model);
        (!is_known).then(|| format!("The deployment {model} is not configured here any more."))
    }

    fn openai_problem(&self, tool: &ToolRecord) -> Option<String> {
        let Some(openai) = &self.openai else {
            return Some(
                "No key is configured here. The administrator can set OPENAI_API_KEY or OPENAI_BASE_URL."
                    .to_owned(),
            );
        };
        let model = tool.model.as_deref()?;
        if openai.config.is_official() {
            return None;
        }
        let models = openai.models.read().unwrap_or_else(PoisonError::into_inner);
        let is_missing = models
            .as_ref()
            .is_some_and(|models| !models.contains(model));
        is_missing.then(|| format!("The server that is configured here does not have {model}."))
    }

    /// Loads the models in this process in the background, so that the first answer does not wait for them.
    pub fn warm_up(&self) {
        if let Some(local) = &self.local {
            local.warm_up();
        }
        if let Some(voice) = &self.local_speech {
            voice.warm_up();
        }
        // Whoever does without it is told so where it is asked for, not at each start.
        if let Some(local) = &self.local_transcription
            && local.problem().is_none()
        {
            local.warm_up();
        }
    }

    /// Stops the models in this process: they must not compute while the process exits.
    pub fn shut_down(&self) {
        if let Some(local) = &self.local {
            local.shut_down();
        }
        if let Some(local) = &self.local_transcription {
            local.shut_down();
        }
    }

    /// Asks a server on one's own network for its models. `None` when there is none or it does not answer.
    pub async fn discover_models(&self) -> Option<DiscoveredModels> {
        let openai = self.openai.as_ref()?;
        if openai.config.is_official() {
            return None;
        }
        let ids = match openai.client.list_models().await {
            Ok(ids) => ids,
            Err(error) => {
                tracing::warn!(provider.id = "openai", %error, "the server's models could not be listed");
                return None;
            }
        };
        *openai
            .models
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(ids.iter().cloned().collect());
        let server = reqwest::Url::parse(&openai.config.base_url)
            .ok()
            .and_then(|url| url.host_str().map(ToOwned::to_owned))
            .unwrap_or_else(|| "your server".to_owned());
        Some(DiscoveredModels { ids, server })
    }

    /// What is deployed in the resource of Azure that is configured.
    #[must_use]
    pub fn deployments(&self) -> &[AzureDeployment] {
        self.azure
            .as_ref()
            .map(|azure| azure.config.deployments.as_slice())
            .unwrap_or_default()
    }
}

/// Whether it answers in text, rather than only taking it.
fn answers_in_text(tool: &ToolRecord) -> bool {
    let does_something_else = tool.capabilities.iter().any(|capability| {
        matches!(
            capability,
            Capability::ImageOutput
                | Capability::VideoOutput
                | Capability::SpeechOutput
                | Capability::Transcription
        )
    });
    let is_single_minded = matches!(tool.api_type, ApiType::Openai | ApiType::Azure);
    tool.capabilities.contains(&Capability::Text) && !(is_single_minded && does_something_else)
}

fn switched_off(tool: &ToolRecord) -> Option<String> {
    let day = tool.sunset_at.as_deref().filter(|day| is_past(day))?;
    Some(format!(
        "{} was switched off by {} on {day}.",
        tool.name, tool.provider
    ))
}

fn is_past(day: &str) -> bool {
    day.parse::<Date>()
        .is_ok_and(|day| day <= jiff::Zoned::now().date())
}
