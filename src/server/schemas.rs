//! Structured output: whether an answer has the shape it was asked for in, and the schemas that people keep. Rules only: no
//! HTTP, no SQL.

mod effort;
mod problems;
mod validate;

use super::db::{Db, DbError};
use crate::model::{
    AppError, AppResult, ErrorKind,
    chat::Message,
    ids::{MessageId, SchemaId, UserId},
    schema::{
        outcome::{OutputCheck, Verdict},
        parse_output,
        saved::{SavedSchema, parse_schema_name},
    },
    settings::OutputFormat,
};
use std::time::Duration;
use tokio::sync::Semaphore;

/// Most schemas of one person.
const MAX_SCHEMAS: i64 = 200;
/// Answers that are looked at at the same time; the others wait.
const AT_ONCE: usize = 2;
/// Longest time that a person waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Room for those.
static ROOM: Semaphore = Semaphore::const_new(AT_ONCE);

/// The rules of structured output.
#[derive(Clone)]
pub struct Schemas {
    db: Db,
}

impl Schemas {
    /// The service over a database.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// Whether an answer has the shape it was asked for in.
    ///
    /// # Errors
    /// `NotFound` when it is not theirs; `Conflict` while it is being written; `Invalid` for one that was asked for in no shape.
    pub async fn check(&self, user: UserId, message: MessageId) -> AppResult<OutputCheck> {
        let found = self.db.find_message(user, message).await?;
        let (_, entry) = found.ok_or_else(|| AppError::not_found("message"))?;
        check_message(entry.message).await
    }

    /// A person's schemas, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, user: UserId) -> AppResult<Vec<SavedSchema>> {
        Ok(self.db.list_schemas(user).await?)
    }

    /// Keeps a schema under a name; one that has the name already only where `replace` says so.
    ///
    /// # Errors
    /// A sentence about `name` or `schema`; `Conflict` for a taken name, or when there are too many.
    pub async fn save(
        &self,
        user: UserId,
        name: &str,
        schema: String,
        is_strict: bool,
        replace: bool,
    ) -> AppResult<SavedSchema> {
        let name = parse_schema_name(name)?;
        let output = parse_output(OutputFormat {
            name: name.clone(),
            schema: Some(schema),
            is_strict,
        })?;
        let mut tx = self.db.begin().await?;
        let taken = tx.find_schema_by_name(user, &name).await?;
        if taken.is_some() && !replace {
            return Err(taken_name(&name));
        }
        if taken.is_none() && tx.count_schemas(user).await? >= MAX_SCHEMAS {
            return Err(AppError::new(
                ErrorKind::Conflict,
                format!("You keep {MAX_SCHEMAS} schemas already. Delete one first."),
            ));
        }
        let saved = SavedSchema {
            id: taken.unwrap_or_else(SchemaId::new),
            name,
            schema: output.schema.unwrap_or_default(),
            is_strict,
        };
        match tx.save_schema(user, &saved).await {
            Ok(()) => {}
            Err(DbError::Constraint(_)) => return Err(taken_name(&saved.name)),
            Err(error) => return Err(error.into()),
        }
        tx.commit().await?;
        Ok(saved)
    }

    /// Gives a schema another name.
    ///
    /// # Errors
    /// `NotFound`; a sentence about `name`; `Conflict` for a taken one.
    pub async fn rename(&self, user: UserId, schema: SchemaId, name: &str) -> AppResult<()> {
        let name = parse_schema_name(name)?;
        match self.db.update_schema_name(user, schema, &name).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(AppError::not_found("schema")),
            Err(DbError::Constraint(_)) => Err(taken_name(&name)),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets a schema. Conversations that ask with it keep it.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete(&self, user: UserId, schema: SchemaId) -> AppResult<()> {
        match self.db.delete_schema(user, schema).await? {
            true => Ok(()),
            false => Err(AppError::not_found("schema")),
        }
    }
}

/// Whether a message has the shape it was asked for in.
///
/// # Errors
/// `Conflict` while it is being written; `Invalid` for one that was asked for in no shape.
pub async fn check_message(message: Message) -> AppResult<OutputCheck> {
    if message.is_open() {
        return Err(AppError::new(
            ErrorKind::Conflict,
            "The answer is still being written. Wait for it, or stop it first.",
        ));
    }
    let Some(output) = message.output else {
        return Err(AppError::new(
            ErrorKind::Invalid,
            "This answer was asked for in no shape.",
        ));
    };
    let state = message.run.map(|run| run.state);
    let looking = async move {
        let room = ROOM.acquire().await;
        let looking = tokio::task::spawn_blocking(move || {
            let _room = room;
            validate::check(&output, &message.text, state.as_ref())
        });
        looking.await
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(Ok(check)) => Ok(check),
        Ok(Err(error)) => {
            tracing::error!(%error, "an answer could not be validated");
            Err(AppError::internal())
        }
        Err(_) => Ok(OutputCheck::whole(
            Verdict::Unknown,
            "Looking at this answer takes too long, so it is not known whether it has its shape.",
        )),
    }
}

fn taken_name(name: &str) -> AppError {
    AppError {
        kind: ErrorKind::Conflict,
        ..AppError::field("name", format!("You have a schema called {name} already."))
    }
}
