//! Assistants: who may use them, what their pages show, and what a chat with one begins with. Rules only: no HTTP, no SQL.

mod changes;

use super::{
    catalog::{Catalog, ModelUse},
    db::{Db, assistants::AssistantRecord},
    files::{Files, PreviewSize, Rendition},
    presets::Presets,
};
use crate::model::{
    AppError, AppResult,
    assistant::{
        ASSISTANTS_PER_PAGE, AssistantChoices, AssistantDefinition, AssistantDetail, AssistantPage,
        AssistantQuery, ChatAssistant, NewChat, ToolChoice, VersionView,
    },
    file::FileView,
    ids::{AssistantId, UserId},
    settings::{AssistantVersion, ChatSettings},
};

/// Longest search, in characters; the rest is not looked at.
const MAX_QUERY_CHARS: usize = 100;
/// Pixels of a picture that stands for an assistant, at the sides.
const PICTURE_PIXELS: u32 = 96;

/// The rules of assistants.
#[derive(Clone)]
pub struct Assistants {
    db: Db,
    catalog: Catalog,
    presets: Presets,
    files: Files,
}

impl Assistants {
    /// The service over its parts.
    #[must_use]
    pub fn new(db: Db, catalog: Catalog, presets: Presets, files: Files) -> Self {
        Self {
            db,
            catalog,
            presets,
            files,
        }
    }

    /// One page of the person's own assistants and those that are shared. A page beyond the last is the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, user: UserId, query: AssistantQuery) -> AppResult<AssistantPage> {
        let words: String = query.q.trim().chars().take(MAX_QUERY_CHARS).collect();
        let words = words.replace('\0', "");
        let mut page = query.page.max(1);
        loop {
            let offset = (page - 1).saturating_mul(ASSISTANTS_PER_PAGE);
            let (found, total) = self
                .db
                .list_assistants(user, &words, ASSISTANTS_PER_PAGE, offset)
                .await?;
            let pages = total.div_ceil(ASSISTANTS_PER_PAGE).max(1);
            if page > pages {
                page = pages;
                continue;
            }
            return Ok(AssistantPage {
                assistants: found.into_iter().map(Into::into).collect(),
                total,
                page,
                pages,
            });
        }
    }

    /// An assistant as its page shows it: in its newest version, or for its owner in the one that is asked for.
    ///
    /// # Errors
    /// `NotFound` for what is neither the person's nor shared, and for a version that was never made.
    pub async fn get(
        &self,
        user: UserId,
        id: AssistantId,
        version: Option<u32>,
    ) -> AppResult<AssistantDetail> {
        let record = self.record(user, id).await?;
        let latest = record.version;
        let version = version.filter(|_| record.is_own).unwrap_or(latest);
        let definition = if version == latest {
            record.definition
        } else {
            self.version(user, AssistantVersion { id, version }).await?
        };
        let (versions, files) = if record.is_own {
            (
                self.db.list_assistant_versions(id).await?,
                self.files.find(user, &definition.files).await?,
            )
        } else {
            (Vec::new(), Vec::new())
        };
        Ok(AssistantDetail {
            id,
            version,
            latest,
            versions: versions.into_iter().map(version_view).collect(),
            tool: self.catalog.chat_tool(Some(&definition.tool)).await?,
            definition,
            files,
            is_shared: record.is_shared,
            is_own: record.is_own,
            owner: record.owner,
        })
    }

    /// What a person may make an assistant of.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn choices(&self, user: UserId) -> AppResult<AssistantChoices> {
        let tools = self.catalog.chattable().await?;
        Ok(AssistantChoices {
            tools: tools
                .into_iter()
                .map(|tool| ToolChoice {
                    slug: tool.slug,
                    name: tool.name,
                    features: tool.features,
                })
                .collect(),
            files: self.latest_files(user).await?,
            voices: self.catalog.served(ModelUse::Speech).await?.voices(),
        })
    }

    /// The picture of a version that the person may use, in the size of its mark.
    ///
    /// # Errors
    /// `NotFound`, also where it has none.
    pub async fn picture(&self, user: UserId, version: AssistantVersion) -> AppResult<Rendition> {
        let found = self.db.find_assistant_version(user, version).await?;
        let found = found.ok_or_else(|| AppError::not_found("assistant"))?;
        let picture = found.definition.picture;
        let picture = picture.ok_or_else(|| AppError::not_found("picture"))?;
        // Whoever may use the assistant may see how it looks, whosever the file is.
        let size = PreviewSize::at_least(PICTURE_PIXELS);
        self.files.preview(found.owner, picture, size).await
    }

    /// What an assistant is, as of a version that the person's conversation has or is about to have.
    ///
    /// # Errors
    /// `NotFound` for what is neither the person's nor shared nor in one of their conversations.
    pub async fn version(
        &self,
        user: UserId,
        version: AssistantVersion,
    ) -> AppResult<AssistantDefinition> {
        let found = self.db.find_assistant_version(user, version).await?;
        let found = found.ok_or_else(|| AppError::not_found("assistant"))?;
        Ok(found.definition)
    }

    /// The assistant of a conversation, as its page shows it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn of_chat(
        &self,
        user: UserId,
        version: AssistantVersion,
    ) -> AppResult<ChatAssistant> {
        let found = self.db.find_assistant_version(user, version).await?;
        let mut found = found.ok_or_else(|| AppError::not_found("assistant"))?;
        found.definition.files.clear();
        Ok(ChatAssistant {
            version,
            latest: found.latest.unwrap_or(version.version),
            definition: found.definition,
        })
    }

    /// What a new chat begins with: the assistant that is named, else the tool, else the best tool there is here. One with
    /// no assistant begins with the person's default settings.
    ///
    /// # Errors
    /// `NotFound` for an assistant or a tool that is not there.
    pub async fn new_chat(
        &self,
        user: UserId,
        tool: Option<&str>,
        assistant: Option<AssistantId>,
    ) -> AppResult<NewChat> {
        let Some(id) = assistant else {
            return Ok(NewChat {
                tool: self.catalog.chat_tool(tool).await?,
                assistant: None,
                settings: self.presets.default_settings(user).await?,
            });
        };
        let record = self.record(user, id).await?;
        let version = AssistantVersion {
            id,
            version: record.version,
        };
        let mut definition = record.definition;
        definition.files.clear();
        Ok(NewChat {
            tool: self.catalog.chat_tool(Some(&definition.tool)).await?,
            assistant: Some(ChatAssistant {
                version,
                latest: record.version,
                definition,
            }),
            settings: ChatSettings {
                assistant: Some(version),
                ..ChatSettings::default()
            },
        })
    }

    /// The files that a person may choose from, the latest first.
    async fn latest_files(&self, user: UserId) -> AppResult<Vec<FileView>> {
        let page = self.files.list(user, "", 1).await?;
        Ok(page.files.into_iter().map(|entry| entry.file).collect())
    }

    async fn record(&self, user: UserId, id: AssistantId) -> AppResult<AssistantRecord> {
        let record = self.db.find_assistant(user, id).await?;
        record.ok_or_else(|| AppError::not_found("assistant"))
    }
}

fn version_view((version, saved_at): (u32, i64)) -> VersionView {
    let saved_at = jiff::Timestamp::from_millisecond(saved_at)
        .map(|at| at.strftime("%Y-%m-%d %H:%M").to_string())
        .unwrap_or_default();
    VersionView { version, saved_at }
}
