//! Runs: that they are alive, how far their text is stored, and their one end.

use super::{
    Db, DbError, DbResult, Transaction, conversation_id, conversations::ThreadRecord, from_json,
    key_text, message_id, now_ms, on, run_id, to_json, within,
};
use crate::model::{
    chat::{AnswerExtras, RunState, Sent, Usage},
    ids::{ConversationId, IdempotencyKey, MessageId, RunId, UserId},
};
use sqlx::AssertSqlSafe;

/// A run to be added.
#[derive(Clone, Debug)]
pub struct NewRun<'a> {
    /// Identifier.
    pub id: RunId,
    /// Where it answers.
    pub conversation: ConversationId,
    /// The message that it fills.
    pub message: MessageId,
    /// Who asked.
    pub user: UserId,
    /// What the sender made up for it.
    pub key: IdempotencyKey,
    /// The tool that answers.
    pub tool_slug: &'a str,
    /// Whether it goes on from text that is there.
    pub is_continuation: bool,
    /// What there is already besides that text.
    pub extras: &'a AnswerExtras,
    /// The process that drives it.
    pub node: &'a str,
    /// Its first lease.
    pub lease: i64,
}

/// The text of an open run, as far as readers have seen it.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Which run.
    pub run: RunId,
    /// All of it.
    pub text: String,
    /// What there is besides the text.
    pub extras: AnswerExtras,
    /// The last event that it holds.
    pub seq: u64,
}

/// Texts in one statement: enough to be cheap, few enough to keep it short.
const CHECKPOINTS_AT_ONCE: usize = 100;

/// The end of a run.
#[derive(Clone, Copy, Debug)]
pub struct RunEnd<'a> {
    /// All the text that readers were sent.
    pub text: &'a str,
    /// What there is besides the text.
    pub extras: &'a AnswerExtras,
    /// The number of the event that tells them of the end.
    pub seq: u64,
    /// How it ended.
    pub state: &'a RunState,
    /// What it took, when the provider told.
    pub usage: Option<Usage>,
    /// The provider's own copy of the conversation, where it holds this answer now.
    pub thread: Option<&'a ThreadRecord>,
    /// The lease that must still be the run's, when somebody else than its driver ends it.
    pub lease: Option<i64>,
}

/// What a reader of a run starts from: text and number belong together.
#[derive(Clone, Debug)]
pub struct RunSnapshot {
    /// Where the run stands.
    pub state: RunState,
    /// The text of its message.
    pub text: String,
    /// What there is besides the text.
    pub extras: AnswerExtras,
    /// The last event that the text holds.
    pub seq: u64,
    /// What it took, when the provider told.
    pub usage: Option<Usage>,
}

#[derive(sqlx::FromRow)]
struct SnapshotRow {
    state: String,
    text: String,
    extras: String,
    run_seq: i64,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    reasoning_tokens: Option<i64>,
}

/// What was stored of a run's usage, where its provider told any.
pub(super) fn usage(
    input: Option<i64>,
    output: Option<i64>,
    reasoning: Option<i64>,
) -> Option<Usage> {
    let count = |tokens: i64| u32::try_from(tokens).ok();
    Some(Usage {
        input_tokens: count(input?)?,
        output_tokens: count(output?)?,
        reasoning_tokens: reasoning.and_then(count).unwrap_or(0),
    })
}

impl TryFrom<SnapshotRow> for RunSnapshot {
    type Error = DbError;

    fn try_from(row: SnapshotRow) -> DbResult<Self> {
        Ok(Self {
            state: from_json(&row.state)?,
            text: row.text,
            extras: from_json(&row.extras)?,
            seq: u64::try_from(row.run_seq).unwrap_or(0),
            usage: usage(row.input_tokens, row.output_tokens, row.reasoning_tokens),
        })
    }
}

#[derive(sqlx::FromRow)]
struct SentRow {
    conversation_id: String,
    message_id: String,
    parent_message_id: Option<String>,
    run_id: String,
    heard_ms: Option<i64>,
}

impl Db {
    /// What an earlier send of the same key became.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_sent(&self, user: UserId, key: IdempotencyKey) -> DbResult<Option<Sent>> {
        const SQL: &str = "select r.conversation_id, r.message_id, m.parent_message_id, r.run_id, q.heard_ms \
             from run r join message m on m.message_id = r.message_id \
             left join message q on q.message_id = m.parent_message_id where r.user_id = $1 and r.idempotency_key = $2";
        let row: Option<SentRow> = on!(&self.write, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .bind(key_text(key))
            .fetch_optional(pool)
            .await)?;
        row.map(|row| {
            let parent = row
                .parent_message_id
                .ok_or_else(|| DbError::Corrupt("an answer without a question".to_owned()))?;
            Ok(Sent {
                conversation_id: conversation_id(&row.conversation_id)?,
                user_message_id: message_id(&parent)?,
                message_id: message_id(&row.message_id)?,
                run_id: run_id(&row.run_id)?,
                heard_ms: row
                    .heard_ms
                    .and_then(|ms| u32::try_from(ms).ok())
                    .unwrap_or(0),
            })
        })
        .transpose()
    }

    /// The state of one of a person's runs with its text, as one snapshot.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_run(&self, user: UserId, run: RunId) -> DbResult<Option<RunSnapshot>> {
        const SQL: &str = "select r.state, m.text, m.extras, m.run_seq, r.input_tokens, r.output_tokens, r.reasoning_tokens \
             from run r join message m on m.message_id = r.message_id where r.run_id = $1 and r.user_id = $2 \
             and m.run_id = r.run_id";
        let row: Option<SnapshotRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(run.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(RunSnapshot::try_from).transpose()
    }

    /// The open runs of a conversation that is about to go.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_open_runs(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> DbResult<Vec<RunId>> {
        const SQL: &str =
            "select run_id from run where conversation_id = $1 and user_id = $2 and not is_ended";
        let rows: Vec<String> = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(conversation.to_string())
            .bind(user.to_string())
            .fetch_all(pool)
            .await)?;
        rows.iter().map(|id| run_id(id)).collect()
    }

    /// What is stored of a run, whoever's it is: for whoever drives it or ends it. `None` when it is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_stored(&self, run: RunId) -> DbResult<Option<RunSnapshot>> {
        const SQL: &str = "select r.state, m.text, m.extras, m.run_seq, r.input_tokens, r.output_tokens, r.reasoning_tokens \
             from run r join message m on m.message_id = r.message_id where r.run_id = $1 and m.run_id = r.run_id";
        let row: Option<SnapshotRow> = on!(&self.write, |pool| sqlx::query_as(SQL)
            .bind(run.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(RunSnapshot::try_from).transpose()
    }

    /// Stores the texts of open runs, in one statement for many of them. A text that is older than what is stored changes
    /// nothing.
    ///
    /// # Errors
    /// When the database fails; some of the texts may be stored then.
    pub async fn store_checkpoints(&self, checkpoints: &[Checkpoint]) -> DbResult<()> {
        for checkpoints in checkpoints.chunks(CHECKPOINTS_AT_ONCE) {
            let rows: Vec<String> = (0..checkpoints.len())
                .map(|row| {
                    let first = 4 * row + 2;
                    format!(
                        "(${}, ${}, cast(${} as bigint), ${})",
                        first,
                        first + 1,
                        first + 2,
                        first + 3
                    )
                })
                .collect();
            let sql = format!(
                "with latest (run_id, text, seq, extras) as (values {}) \
                 update message set text = latest.text, run_seq = latest.seq, extras = latest.extras, updated_at = $1 from latest \
                 where message.run_id = latest.run_id and message.run_seq < latest.seq \
                 and exists (select 1 from run where run.run_id = latest.run_id and not run.is_ended)",
                rows.join(", ")
            );
            let extras = checkpoints
                .iter()
                .map(|checkpoint| to_json(&checkpoint.extras))
                .collect::<DbResult<Vec<_>>>()?;
            on!(&self.write, |pool| {
                let mut query = sqlx::query(AssertSqlSafe(sql))
                    .persistent(false)
                    .bind(now_ms());
                for (checkpoint, extras) in checkpoints.iter().zip(&extras) {
                    query = query
                        .bind(checkpoint.run.to_string())
                        .bind(&checkpoint.text)
                        .bind(i64::try_from(checkpoint.seq).unwrap_or(i64::MAX))
                        .bind(extras);
                }
                query.execute(pool).await.map(|_| ())
            })?;
        }
        Ok(())
    }

    /// Stores the state of a run that goes on.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn update_run_state(&self, run: RunId, state: &RunState) -> DbResult<()> {
        const SQL: &str = "update run set state = $1, first_text_at = coalesce(first_text_at, $2) \
             where run_id = $3 and not is_ended";
        let first_text_at = matches!(state, RunState::Running).then(now_ms);
        let state = to_json(state)?;
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(state)
            .bind(first_text_at)
            .bind(run.to_string())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Ends a run: its text and its state are stored together. Only the first end counts; tells whether this was it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_run(&self, run: RunId, end: &RunEnd<'_>) -> DbResult<bool> {
        const END: &str = "update run set state = $1, is_ended = true, ended_at = $2, input_tokens = $3, output_tokens = $4, \
             reasoning_tokens = $7 where run_id = $5 and not is_ended and ($6 is null or lease_expires_at = $6)";
        const TEXT: &str = "update message set text = $1, run_seq = $2, updated_at = $3, extras = $5 where run_id = $4";
        let (state, extras) = (to_json(end.state)?, to_json(end.extras)?);
        let mut tx = self.begin().await?;
        let rows = within!(&mut tx, |tx| sqlx::query(END)
            .bind(state)
            .bind(now_ms())
            .bind(end.usage.map(|usage| i64::from(usage.input_tokens)))
            .bind(end.usage.map(|usage| i64::from(usage.output_tokens)))
            .bind(run.to_string())
            .bind(end.lease)
            .bind(end.usage.map(|usage| i64::from(usage.reasoning_tokens)))
            .execute(tx)
            .await
            .map(|done| done.rows_affected()))?;
        if rows > 0 {
            within!(&mut tx, |tx| sqlx::query(TEXT)
                .bind(end.text)
                .bind(i64::try_from(end.seq).unwrap_or(i64::MAX))
                .bind(now_ms())
                .bind(run.to_string())
                .bind(&extras)
                .execute(tx)
                .await
                .map(|_| ()))?;
            if let Some(thread) = end.thread {
                tx.keep_thread(run, thread).await?;
            }
        }
        tx.commit().await?;
        Ok(rows > 0)
    }
}

impl Transaction {
    /// Whether a conversation has a run that has not ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_open_run(&mut self, conversation: ConversationId) -> DbResult<bool> {
        const SQL: &str = "select count(*) from run where conversation_id = $1 and not is_ended";
        let count: i64 = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(conversation.to_string())
            .fetch_one(tx)
            .await)?;
        Ok(count > 0)
    }

    /// Adds a run and makes it the one that fills its message.
    ///
    /// # Errors
    /// [`DbError::Constraint`] when the key was used.
    pub async fn insert_run(&mut self, run: &NewRun<'_>) -> DbResult<()> {
        const RUN: &str = "insert into run (run_id, conversation_id, message_id, user_id, idempotency_key, tool_slug, state, \
             is_ended, is_stop_requested, is_continuation, node_id, lease_expires_at, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, false, false, $8, $9, $10, $11)";
        const MESSAGE: &str = "update message set run_id = $1, run_seq = 0, updated_at = $2, extras = $4 where message_id = $3";
        let extras = to_json(run.extras)?;
        let state = to_json(&RunState::Queued { ahead: 0 })?;
        within!(self, |tx| sqlx::query(RUN)
            .bind(run.id.to_string())
            .bind(run.conversation.to_string())
            .bind(run.message.to_string())
            .bind(run.user.to_string())
            .bind(key_text(run.key))
            .bind(run.tool_slug)
            .bind(state)
            .bind(run.is_continuation)
            .bind(run.node)
            .bind(run.lease)
            .bind(now_ms())
            .execute(tx)
            .await
            .map(|_| ()))?;
        within!(self, |tx| sqlx::query(MESSAGE)
            .bind(run.id.to_string())
            .bind(now_ms())
            .bind(run.message.to_string())
            .bind(extras)
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
