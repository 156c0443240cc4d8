//! The providers that are configured, and what that means for a tool.

use super::{
    ChatProvider, files::FilesProvider, images::ImageProvider, local::LocalChat,
    openai::OpenaiChat, speech::SpeechProvider, transcription::TranscriptionProvider,
};
use crate::{
    model::catalog::{ApiType, Capability},
    server::{
        config::{Config, OpenaiConfig},
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
    openai: Option<Arc<Openai>>,
}

struct Openai {
    chat: Arc<OpenaiChat>,
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
                Ok(Arc::new(Openai {
                    chat: Arc::new(OpenaiChat::new(openai)?),
                    config: openai.clone(),
                    models: RwLock::new(None),
                }))
            })
            .transpose()?;
        Ok(Self {
            local: config
                .local
                .clone()
                .map(|local| Arc::new(LocalChat::new(local))),
            openai,
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
            ApiType::Openai => self
                .openai
                .as_ref()
                .map(|openai| openai.chat.clone() as Arc<dyn ChatProvider>),
            ApiType::Azure | ApiType::Gemini | ApiType::Link => None,
        }
    }

    /// Who stores files, for a way of being reached that has such a store.
    #[must_use]
    pub fn files(&self, _api_type: ApiType) -> Option<Arc<dyn FilesProvider>> {
        None
    }

    /// Who speaks.
    #[must_use]
    pub fn speech(&self, _api_type: ApiType) -> Option<Arc<dyn SpeechProvider>> {
        None
    }

    /// Who listens.
    #[must_use]
    pub fn transcription(&self, _api_type: ApiType) -> Option<Arc<dyn TranscriptionProvider>> {
        None
    }

    /// Who makes pictures.
    #[must_use]
    pub fn images(&self, _api_type: ApiType) -> Option<Arc<dyn ImageProvider>> {
        None
    }

    /// The model that really answers, where the configuration decides it rather than the catalogue.
    #[must_use]
    pub fn model_name(&self, tool: &ToolRecord) -> Option<String> {
        match tool.api_type {
            ApiType::Local => self.local.as_ref().map(|local| local.model_name()),
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
        if let Some(day) = tool.sunset_at.as_deref().filter(|day| is_past(day)) {
            return Some(format!(
                "{} was switched off by {} on {day}.",
                tool.name, tool.provider
            ));
        }
        if !tool.capabilities.contains(&Capability::Text) {
            return Some(format!(
                "{} does not answer in text, and this version only chats in text.",
                tool.name
            ));
        }
        match tool.api_type {
            ApiType::Local => self.local_problem(),
            ApiType::Openai => self.openai_problem(tool),
            ApiType::Azure => Some("Azure OpenAI is not configured here.".to_owned()),
            ApiType::Gemini => Some("Gemini is not configured here.".to_owned()),
            ApiType::Link => None,
        }
    }

    fn local_problem(&self) -> Option<String> {
        match &self.local {
            None => Some(
                "The model in this server is switched off (INSPIREAI_LOCAL_MODEL=off).".to_owned(),
            ),
            Some(local) => local.problem(),
        }
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

    /// Loads the model in this process in the background, so that the first answer does not wait for it.
    pub fn warm_up(&self) {
        if let Some(local) = &self.local {
            local.warm_up();
        }
    }

    /// Stops the model in this process: it must not compute while the process exits.
    pub fn shut_down(&self) {
        if let Some(local) = &self.local {
            local.shut_down();
        }
    }

    /// Asks a server on one's own network for its models. `None` when there is none or it does not answer.
    pub async fn discover_models(&self) -> Option<DiscoveredModels> {
        let openai = self.openai.as_ref()?;
        if openai.config.is_official() {
            return None;
        }
        let ids = match openai.chat.list_models().await {
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
}

fn is_past(day: &str) -> bool {
    day.parse::<Date>()
        .is_ok_and(|day| day <= jiff::Zoned::now().date())
}
