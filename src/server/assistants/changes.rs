//! Making assistants and changing them: each save is a version of its own.

use super::Assistants;
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        assistant::{AssistantDefinition, AssistantForm, MAX_NAME_CHARS},
        file::FileKind,
        ids::{AssistantId, UserId},
        settings::AssistantVersion,
    },
    server::db::assistants::AssistantRecord,
};

/// Most assistants of one person.
const MAX_ASSISTANTS: i64 = 500;

impl Assistants {
    /// Makes an assistant.
    ///
    /// # Errors
    /// A sentence about the field that is not acceptable.
    pub async fn create(
        &self,
        user: UserId,
        definition: AssistantDefinition,
    ) -> AppResult<AssistantId> {
        let definition = self.accepted(user, definition).await?;
        let id = AssistantId::new();
        let mut tx = self.db.begin().await?;
        if tx.count_assistants(user).await? >= MAX_ASSISTANTS {
            return Err(AppError::new(
                ErrorKind::Conflict,
                format!(
                    "You have {MAX_ASSISTANTS} assistants, which is as many as fit. Delete one first."
                ),
            ));
        }
        tx.insert_assistant(user, id, &definition).await?;
        tx.insert_assistant_version(user, id, &definition).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Saves an assistant as a new version; what is the same as the newest makes none. Returns the newest version.
    ///
    /// # Errors
    /// `NotFound` for somebody else's; a sentence about the field that is not acceptable.
    pub async fn save(
        &self,
        user: UserId,
        id: AssistantId,
        definition: AssistantDefinition,
    ) -> AppResult<u32> {
        let record = self.own(user, id).await?;
        let definition = self.accepted(user, definition).await?;
        if definition == record.definition {
            return Ok(record.version);
        }
        self.add_version(user, id, &definition).await
    }

    /// Makes an assistant of what somebody filled in, or a new version of the one that is named.
    ///
    /// # Errors
    /// A sentence about the field that is not acceptable; `NotFound` for somebody else's.
    pub async fn save_form(
        &self,
        user: UserId,
        id: Option<AssistantId>,
        form: AssistantForm,
    ) -> AppResult<AssistantId> {
        let definition = form.read()?;
        match id {
            Some(id) => self.save(user, id, definition).await.map(|_| id),
            None => self.create(user, definition).await,
        }
    }

    /// Makes an earlier version the newest again, as a version of its own.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn restore(&self, user: UserId, id: AssistantId, version: u32) -> AppResult<u32> {
        self.own(user, id).await?;
        let definition = self.version(user, AssistantVersion { id, version }).await?;
        self.add_version(user, id, &definition).await
    }

    /// Makes a person's own copy of an assistant that they may use. Somebody else's files stay with them.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn duplicate(&self, user: UserId, id: AssistantId) -> AppResult<AssistantId> {
        let record = self.record(user, id).await?;
        let mut definition = record.definition;
        definition.name = copy_name(&definition.name);
        if !record.is_own {
            definition.files.clear();
            definition.picture = None;
        }
        self.create(user, definition).await
    }

    /// Shares an assistant with everybody on this installation, or no more.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn share(&self, user: UserId, id: AssistantId, is_shared: bool) -> AppResult<()> {
        found(
            self.db
                .update_assistant_sharing(user, id, is_shared)
                .await?,
        )
    }

    /// Deletes an assistant. Conversations with it go on.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, user: UserId, id: AssistantId) -> AppResult<()> {
        found(self.db.delete_assistant(user, id).await?)
    }

    async fn add_version(
        &self,
        user: UserId,
        id: AssistantId,
        definition: &AssistantDefinition,
    ) -> AppResult<u32> {
        let mut tx = self.db.begin().await?;
        let version = tx.insert_assistant_version(user, id, definition).await?;
        let version = version.ok_or_else(|| AppError::not_found("assistant"))?;
        tx.commit().await?;
        Ok(version)
    }

    /// What somebody wrote, if it is acceptable: each part by itself, a tool that is in the catalogue, files of their own.
    /// Files that are gone by now are left out.
    async fn accepted(
        &self,
        user: UserId,
        definition: AssistantDefinition,
    ) -> AppResult<AssistantDefinition> {
        let mut definition = definition.checked()?;
        let tool = match self.catalog.record(&definition.tool).await {
            Ok(tool) => tool,
            Err(error) if error.kind == ErrorKind::NotFound => {
                return Err(AppError::field("tool", "Choose the tool that answers."));
            }
            Err(error) => return Err(error),
        };
        definition.tool_name = tool.name;
        definition.parameters = definition.parameters.only(&tool.features.parameters);
        let files = self.files.find(user, &definition.files).await?;
        definition.files = files.iter().map(|file| file.id).collect();
        if let Some(picture) = definition.picture {
            let found = self.files.find(user, &[picture]).await?;
            let is_image = found.iter().any(|file| file.kind == FileKind::Image);
            definition.picture = is_image.then_some(picture);
        }
        Ok(definition)
    }

    async fn own(&self, user: UserId, id: AssistantId) -> AppResult<AssistantRecord> {
        let record = self.record(user, id).await?;
        if record.is_own {
            Ok(record)
        } else {
            Err(AppError::not_found("assistant"))
        }
    }
}

fn found(is_there: bool) -> AppResult<()> {
    if is_there {
        Ok(())
    } else {
        Err(AppError::not_found("assistant"))
    }
}

fn copy_name(name: &str) -> String {
    const SUFFIX: &str = " (copy)";
    let room = MAX_NAME_CHARS - SUFFIX.len();
    let kept: String = name.trim_end_matches(SUFFIX).chars().take(room).collect();
    format!("{}{SUFFIX}", kept.trim_end())
}
