//! Who speaks and who listens: whoever is named, else whom the assistant or the person prefers, else the model in this
//! process, else the first that is configured.

use super::{Speech, unknown};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        ids::{MessageId, UserId},
        speech::{SpeakRequest, VoiceChoice},
    },
    server::{
        catalog::{ModelUse, ServedTools},
        db::tools::ToolRecord,
        providers::{speech::SpeechProvider, transcription::TranscriptionProvider},
    },
};
use std::sync::Arc;

/// Somebody who speaks.
pub struct Speaker {
    /// Who.
    pub tool: ToolRecord,
    /// By whom it is done.
    pub provider: Arc<dyn SpeechProvider>,
}

/// Somebody who listens.
pub struct Listener {
    /// Who.
    pub tool: ToolRecord,
    /// By whom it is done.
    pub provider: Arc<dyn TranscriptionProvider>,
}

impl Speech {
    /// Whoever is meant by a tool's slug or the id of its model.
    ///
    /// # Errors
    /// `NotFound` with the reason why it does not speak here.
    pub async fn named_speaker(&self, name: &str) -> AppResult<Speaker> {
        self.speaker(self.catalog.model(Some(name), ModelUse::Speech).await?)
    }

    /// Whoever is meant by a tool's slug or the id of its model.
    ///
    /// # Errors
    /// `NotFound` with the reason why it does not listen here.
    pub async fn named_listener(&self, name: &str) -> AppResult<Listener> {
        let tool = self
            .catalog
            .model(Some(name), ModelUse::Transcription)
            .await?;
        self.listener(tool)
    }

    /// Who says something to a person, and with which voice.
    ///
    /// # Errors
    /// `NotFound` for a message that is not the person's; a sentence about `tool` when whoever is named does not speak;
    /// `Unavailable` when nobody does.
    pub(super) async fn choose_speaker(
        &self,
        user: UserId,
        request: &SpeakRequest,
    ) -> AppResult<(Speaker, String)> {
        let of_assistant = match request.message {
            Some(message) => self.voice_of_assistant(user, message).await?,
            None => None,
        };
        let here = self.catalog.served(ModelUse::Speech).await?;
        if request.tool.is_some() || request.voice.is_some() {
            return self.speaker_called(&here, request).await;
        }
        let settings = self.settings(user).await?;
        let preferred = of_assistant
            .and_then(|wanted| voice_of(&here.tools, wanted.tool.as_deref(), Some(&wanted.voice)))
            .or_else(|| {
                let (tool, voice) = (settings.speech_tool.as_deref(), settings.voice.as_deref());
                // A voice that is gone leaves its tool.
                voice_of(&here.tools, tool, voice).or_else(|| voice_of(&here.tools, tool, None))
            })
            .or_else(|| voice_of(&here.tools, None, None));
        let (tool, voice) = preferred
            .ok_or_else(|| AppError::new(ErrorKind::Unavailable, here.reason("speaks")))?;
        Ok((self.speaker(tool.clone())?, voice))
    }

    /// Who listens to a person. Whoever is preferred but does not understand the language is passed over.
    ///
    /// # Errors
    /// A sentence about `tool` when whoever is named does not listen; `Unavailable` when nobody does.
    pub(super) async fn choose_listener(
        &self,
        user: UserId,
        named: Option<&str>,
        language: Option<&str>,
    ) -> AppResult<Listener> {
        if let Some(name) = named {
            let found = self.named_listener(name).await;
            return found.map_err(about_tool);
        }
        let here = self.catalog.served(ModelUse::Transcription).await?;
        let preferred = self.settings(user).await?.transcription_tool;
        let is_preferred = |tool: &&ToolRecord| Some(&tool.slug) == preferred.as_ref();
        let understands = |tool: &&ToolRecord| {
            let languages = &tool.features.languages;
            language.is_none_or(|code| {
                languages.is_empty() || languages.iter().any(|known| known == code)
            })
        };
        let mut tools = here.tools.iter();
        let chosen = here
            .tools
            .iter()
            .find(|tool| is_preferred(tool) && understands(tool))
            .or_else(|| tools.find(understands))
            // That nobody understands the language is for the listener to say.
            .or_else(|| here.tools.first());
        let tool =
            chosen.ok_or_else(|| AppError::new(ErrorKind::Unavailable, here.reason("listens")))?;
        self.listener(tool.clone())
    }

    async fn speaker_called(
        &self,
        here: &ServedTools,
        request: &SpeakRequest,
    ) -> AppResult<(Speaker, String)> {
        let wanted = request.voice.as_deref().map(VoiceChoice::parse);
        let in_voice = wanted.as_ref().and_then(|wanted| wanted.tool.as_deref());
        let name = request.tool.as_deref().or(in_voice);
        let voice = wanted.as_ref().map(|wanted| wanted.voice.as_str());
        if let Some((tool, voice)) = voice_of(&here.tools, name, voice) {
            return Ok((self.speaker(tool.clone())?, voice));
        }
        let Some(name) = name else {
            let voice = voice.unwrap_or_default();
            return Err(AppError::field(
                "voice",
                format!("No voice here is called {voice}. Choose another one in the settings."),
            ));
        };
        let speaker = self.named_speaker(name).await.map_err(about_tool)?;
        // A voice that the catalogue does not know may be one that its service knows.
        let usual = speaker.tool.features.voices.first().cloned();
        let voice = voice.map(ToOwned::to_owned).or(usual);
        let voice = voice.ok_or_else(|| {
            AppError::field(
                "voice",
                format!("Say with which voice {} is to speak.", speaker.tool.name),
            )
        })?;
        Ok((speaker, voice))
    }

    /// The voice of the assistant in whose conversation a message is.
    async fn voice_of_assistant(
        &self,
        user: UserId,
        message: MessageId,
    ) -> AppResult<Option<VoiceChoice>> {
        let settings = self.db.find_settings_of_message(user, message).await?;
        let settings = settings.ok_or_else(|| AppError::not_found("message"))?;
        let Some(version) = settings.assistant else {
            return Ok(None);
        };
        // A conversation goes on without the assistant that was deleted, and is read out.
        let definition = self.assistants.version(user, version).await.ok();
        let voice = definition.and_then(|definition| definition.voice);
        Ok(voice.map(|voice| VoiceChoice::parse(&voice)))
    }

    fn speaker(&self, tool: ToolRecord) -> AppResult<Speaker> {
        let provider = self.providers.speech(tool.api_type);
        let provider = provider.ok_or_else(|| nobody(&tool))?;
        Ok(Speaker { tool, provider })
    }

    fn listener(&self, tool: ToolRecord) -> AppResult<Listener> {
        let provider = self.providers.transcription(tool.api_type);
        let provider = provider.ok_or_else(|| nobody(&tool))?;
        Ok(Listener { tool, provider })
    }
}

/// The first that has the voice; where no voice is named, its first one.
fn voice_of<'a>(
    tools: &'a [ToolRecord],
    tool: Option<&str>,
    voice: Option<&str>,
) -> Option<(&'a ToolRecord, String)> {
    let meant = |candidate: &&ToolRecord| tool.is_none_or(|slug| candidate.slug == slug);
    tools.iter().filter(meant).find_map(|tool| {
        let mut voices = tool.features.voices.iter();
        let found = voices.find(|known| voice.is_none_or(|voice| *known == voice))?;
        Some((tool, found.clone()))
    })
}

/// Whoever chose a tool chose it in a field.
fn about_tool(error: AppError) -> AppError {
    match error.kind {
        ErrorKind::NotFound => unknown(error.message),
        _ => error,
    }
}

fn nobody(tool: &ToolRecord) -> AppError {
    unknown(format!(
        "The service behind {} is not configured here.",
        tool.name
    ))
}
