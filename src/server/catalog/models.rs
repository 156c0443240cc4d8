//! Tools as programs see them: models with ids, each good for something.

use super::Catalog;
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        catalog::{ApiType, Capability},
        speech::VoiceOption,
    },
    server::db::tools::ToolRecord,
};

/// What a program wants of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelUse {
    /// Answers.
    Chat,
    /// Speech.
    Speech,
    /// What was said.
    Transcription,
    /// Pictures.
    Images,
}

/// The tools that are good for something here and now.
#[derive(Clone, Debug)]
pub struct ServedTools {
    /// The model in this process first, then those of configured services by editorial weight.
    pub tools: Vec<ToolRecord>,
    /// Why the model in this process is not among them.
    local_reason: Option<String>,
}

impl ServedTools {
    /// Their voices, where they speak.
    #[must_use]
    pub fn voices(&self) -> Vec<VoiceOption> {
        let voices = self.tools.iter().flat_map(|tool| {
            let voices = tool.features.voices.iter();
            voices.map(|voice| VoiceOption {
                tool: tool.slug.clone(),
                tool_name: tool.name.clone(),
                voice: voice.clone(),
                label: capitalised(voice),
            })
        });
        voices.collect()
    }

    /// Why there are none; `does` is what nobody does.
    #[must_use]
    pub fn reason(&self, does: &str) -> String {
        self.local_reason.clone().unwrap_or_else(|| {
            format!("Nothing here {does}: the administrator can add a local model or a key.")
        })
    }
}

/// A model as the list of them shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedModel {
    /// What programs call it: a tool's slug, or the id that its provider gave its model.
    pub id: String,
    /// Who makes it.
    pub owner: String,
    /// When the catalogue got to know it, milliseconds since 1970.
    pub created_at: i64,
}

impl ModelUse {
    const ALL: [Self; 4] = [Self::Chat, Self::Speech, Self::Transcription, Self::Images];

    fn capability(self) -> Capability {
        match self {
            Self::Chat => Capability::Text,
            Self::Speech => Capability::SpeechOutput,
            Self::Transcription => Capability::Transcription,
            Self::Images => Capability::ImageOutput,
        }
    }
}

impl Catalog {
    /// Everything that answers here in one way or another, by each of its names.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served_models(&self) -> AppResult<Vec<ServedModel>> {
        let mut models: Vec<ServedModel> = Vec::new();
        for (tool, created_at) in self.db.list_reachable_tools().await? {
            let is_served = ModelUse::ALL.iter().any(|wanted| {
                tool.capabilities.contains(&wanted.capability())
                    && self.unserved_because(&tool, *wanted).is_none()
            });
            if !is_served {
                continue;
            }
            let running = self.providers.model_name(&tool).or(tool.model);
            for id in [Some(tool.slug), running].into_iter().flatten() {
                if models.iter().all(|known| known.id != id) {
                    models.push(ServedModel {
                        id,
                        owner: tool.provider.clone(),
                        created_at,
                    });
                }
            }
        }
        Ok(models)
    }

    /// The tools that are good for something here and now, for whoever names none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn served(&self, wanted: ModelUse) -> AppResult<ServedTools> {
        let capability = wanted.capability();
        let known = self.db.list_reachable_tools().await?;
        let (mut tools, mut local_reason) = (Vec::new(), None);
        for (tool, _) in known {
            if !tool.capabilities.contains(&capability) {
                continue;
            }
            let reason = self.unserved_because(&tool, wanted);
            match reason.or_else(|| self.providers.lacking_because(&tool)) {
                None => tools.push(tool),
                Some(because) if tool.api_type == ApiType::Local => local_reason = Some(because),
                Some(_) => {}
            }
        }
        tools.sort_by_key(|tool| tool.api_type != ApiType::Local);
        Ok(ServedTools {
            tools,
            local_reason,
        })
    }

    /// The tool that a program means: by its slug, or by its model's id; the first that is good for it where no name is given.
    ///
    /// # Errors
    /// `NotFound` with the reason why it does not answer here.
    pub async fn model(&self, name: Option<&str>, wanted: ModelUse) -> AppResult<ToolRecord> {
        let Some(name) = name else {
            return self.any_model(wanted).await;
        };
        let mut named: Vec<_> = self.db.find_tool(name).await?.into_iter().collect();
        named.extend(self.db.list_tools_by_model(name).await?);
        named.extend(self.running_as(name).await?);
        let mut reason = None;
        for tool in named {
            match self.unserved_because(&tool, wanted) {
                None => return Ok(tool),
                Some(because) => reason = reason.or(Some(because)),
            }
        }
        let reason = reason.unwrap_or_else(|| {
            format!("There is no model `{name}` here. `GET /v1/models` lists those there are.")
        });
        Err(AppError::new(ErrorKind::NotFound, reason))
    }

    async fn any_model(&self, wanted: ModelUse) -> AppResult<ToolRecord> {
        let tools = self.db.list_reachable_tools().await?;
        let found = tools.into_iter().map(|(tool, _)| tool).find(|tool| {
            tool.capabilities.contains(&wanted.capability())
                && self.unserved_because(tool, wanted).is_none()
        });
        found.ok_or_else(|| AppError::new(ErrorKind::NotFound, "No model here is good for this."))
    }

    /// The tool whose model the configuration decides, if that is what it is called.
    async fn running_as(&self, name: &str) -> AppResult<Option<ToolRecord>> {
        let tools = self.db.list_tools_by_api(ApiType::Local).await?;
        Ok(tools
            .into_iter()
            .find(|tool| self.providers.model_name(tool).as_deref() == Some(name)))
    }

    /// Why a tool is not good for something here, or `None` when it is. What a tool can do that only its own server knows
    /// is left to that server to say.
    fn unserved_because(&self, tool: &ToolRecord, wanted: ModelUse) -> Option<String> {
        if tool.api_type == ApiType::Local {
            return self.unserved_locally_because(tool, wanted);
        }
        let (is_there, what) = match wanted {
            ModelUse::Chat => return self.providers.unavailable_because(tool),
            ModelUse::Speech => return self.providers.silent_because(tool),
            ModelUse::Transcription => (
                self.providers.transcription(tool.api_type).is_some(),
                "transcribes",
            ),
            ModelUse::Images => (
                self.providers.images(tool.api_type).is_some(),
                "makes images",
            ),
        };
        (!is_there).then(|| {
            format!(
                "The service behind {} is not configured here, so nothing {what} for it.",
                tool.name
            )
        })
    }

    /// What the models in this process can do is known here.
    fn unserved_locally_because(&self, tool: &ToolRecord, wanted: ModelUse) -> Option<String> {
        match wanted {
            ModelUse::Speech => self.providers.silent_because(tool),
            _ if !tool.capabilities.contains(&wanted.capability()) => {
                Some(format!("{} is not good for this.", tool.name))
            }
            ModelUse::Chat => self.providers.unavailable_because(tool),
            ModelUse::Transcription => self.providers.local_transcription_problem(),
            ModelUse::Images => Some(format!(
                "Nothing in this server does this for {}.",
                tool.name
            )),
        }
    }
}

/// A voice's name as people read it: `heart` becomes `Heart`.
fn capitalised(voice: &str) -> String {
    let mut letters = voice.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}
