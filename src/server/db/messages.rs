//! Messages: the tree of a conversation, and the branch of it that is open.

use super::{
    Db, DbError, DbResult, Transaction, conversation_id, from_json, message_id, now_ms, on, run_id,
    runs::usage, to_json, within,
};
use crate::model::{
    chat::{Author, Message, RunView},
    file::Attachment,
    ids::{ConversationId, MessageId, UserId},
    settings::OutputFormat,
};

#[derive(sqlx::FromRow)]
struct MessageRow {
    message_id: String,
    parent_message_id: Option<String>,
    author: String,
    text: String,
    attachments: String,
    extras: String,
    output: Option<String>,
    run_id: Option<String>,
    run_seq: i64,
    state: Option<String>,
    input_tokens: Option<i64>,
    output_tokens: Option<i64>,
    reasoning_tokens: Option<i64>,
    heard_ms: i64,
    spoken_chars: i64,
}

#[derive(sqlx::FromRow)]
struct ShownRow {
    #[sqlx(flatten)]
    message: MessageRow,
    siblings: String,
}

#[derive(sqlx::FromRow)]
struct FoundRow {
    conversation_id: String,
    #[sqlx(flatten)]
    message: MessageRow,
}

/// A message with its place in the tree.
#[derive(Clone, Debug)]
pub struct MessageRecord {
    /// What a page shows of it; its siblings are not filled in.
    pub message: Message,
    /// The message it answers or follows.
    pub parent: Option<MessageId>,
}

fn author(text: &str) -> DbResult<Author> {
    match text {
        "user" => Ok(Author::User),
        "assistant" => Ok(Author::Assistant),
        other => Err(DbError::Corrupt(format!("author {other:?}"))),
    }
}

impl TryFrom<MessageRow> for MessageRecord {
    type Error = DbError;

    fn try_from(row: MessageRow) -> DbResult<Self> {
        let run = match (row.run_id, row.state) {
            (Some(id), Some(state)) => Some(RunView {
                id: run_id(&id)?,
                state: from_json(&state)?,
                seq: u64::try_from(row.run_seq).unwrap_or(0),
                usage: usage(row.input_tokens, row.output_tokens, row.reasoning_tokens),
            }),
            _ => None,
        };
        Ok(Self {
            message: Message {
                id: message_id(&row.message_id)?,
                author: author(&row.author)?,
                text: row.text,
                attachments: from_json(&row.attachments)?,
                extras: from_json(&row.extras)?,
                output: row.output.as_deref().map(from_json).transpose()?,
                run,
                siblings: Vec::new(),
                heard_ms: u32::try_from(row.heard_ms).unwrap_or(0),
                spoken_chars: u32::try_from(row.spoken_chars).unwrap_or(0),
            },
            parent: row
                .parent_message_id
                .as_deref()
                .map(message_id)
                .transpose()?,
        })
    }
}

impl Db {
    /// The branch that ends in `leaf`, oldest first. The caller has made sure that the conversation is the person's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_branch(
        &self,
        conversation: ConversationId,
        leaf: MessageId,
    ) -> DbResult<Vec<MessageRecord>> {
        const SQL: &str = "with recursive branch (message_id, depth) as ( \
               select m.message_id, 0 from message m where m.message_id = $1 and m.conversation_id = $2 \
               union all \
               select m.parent_message_id, b.depth + 1 from branch b join message m on m.message_id = b.message_id \
               where m.parent_message_id is not null \
             ) \
             select m.message_id, m.parent_message_id, m.author, m.text, m.attachments, m.extras, m.output, \
               m.run_id, m.run_seq, r.state, r.input_tokens, r.output_tokens, r.reasoning_tokens, m.heard_ms, m.spoken_chars \
             from branch b join message m on m.message_id = b.message_id left join run r on r.run_id = m.run_id \
             order by b.depth desc";
        let rows: Vec<MessageRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(leaf.to_string())
            .bind(conversation.to_string())
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(MessageRecord::try_from).collect()
    }

    /// At most `limit` messages of a branch, the last of which is `leaf`, oldest first, each with its siblings. What it costs
    /// does not depend on how long the branch is. The caller has made sure that the conversation is the person's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tail(
        &self,
        conversation: ConversationId,
        leaf: MessageId,
        limit: u32,
    ) -> DbResult<Vec<MessageRecord>> {
        const SQL: &str = "with recursive branch (message_id, depth) as ( \
               select m.message_id, 1 from message m where m.message_id = $1 and m.conversation_id = $2 \
               union all \
               select m.parent_message_id, b.depth + 1 from branch b join message m on m.message_id = b.message_id \
               where m.parent_message_id is not null and b.depth < $3 \
             ) \
             select m.message_id, m.parent_message_id, m.author, m.text, m.attachments, m.extras, m.output, \
               m.run_id, m.run_seq, r.state, r.input_tokens, r.output_tokens, r.reasoning_tokens, \
               m.heard_ms, m.spoken_chars, \
               case when m.parent_message_id is null \
                 then (select string_agg(s.message_id, ',' order by s.created_at, s.message_id) from message s \
                       where s.conversation_id = m.conversation_id and s.parent_message_id is null) \
                 else (select string_agg(s.message_id, ',' order by s.created_at, s.message_id) from message s \
                       where s.parent_message_id = m.parent_message_id) end as siblings \
             from branch b join message m on m.message_id = b.message_id left join run r on r.run_id = m.run_id \
             order by b.depth desc";
        let rows: Vec<ShownRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(leaf.to_string())
            .bind(conversation.to_string())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|row| {
                let mut record = MessageRecord::try_from(row.message)?;
                let siblings = row.siblings.split(',').map(message_id);
                record.message.siblings = siblings.collect::<DbResult<_>>()?;
                Ok(record)
            })
            .collect()
    }

    /// The end of the branch that goes through a message, by the newest message at each fork below it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_newest_leaf(&self, message: MessageId) -> DbResult<MessageId> {
        const SQL: &str = "with recursive below (message_id, depth) as ( \
               select m.message_id, 0 from message m where m.message_id = $1 \
               union all \
               select (select c.message_id from message c where c.parent_message_id = b.message_id \
                       order by c.created_at desc, c.message_id desc limit 1), b.depth + 1 \
               from below b where b.message_id is not null \
             ) \
             select message_id from below where message_id is not null order by depth desc limit 1";
        let leaf: Option<String> = on!(&self.read, |pool| sqlx::query_scalar(SQL)
            .bind(message.to_string())
            .fetch_optional(pool)
            .await)?;
        leaf.as_deref().map_or(Ok(message), message_id)
    }

    /// One of a person's messages with the conversation it is in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_message(
        &self,
        user: UserId,
        message: MessageId,
    ) -> DbResult<Option<(ConversationId, MessageRecord)>> {
        const SQL: &str = "select m.conversation_id, m.message_id, m.parent_message_id, m.author, m.text, m.attachments, \
               m.extras, m.output, m.run_id, m.run_seq, r.state, r.input_tokens, r.output_tokens, r.reasoning_tokens, m.heard_ms, m.spoken_chars \
             from message m join conversation c on c.conversation_id = m.conversation_id \
             left join run r on r.run_id = m.run_id where m.message_id = $1 and c.user_id = $2";
        let row: Option<FoundRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(message.to_string())
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(|row| {
            Ok((
                conversation_id(&row.conversation_id)?,
                MessageRecord::try_from(row.message)?,
            ))
        })
        .transpose()
    }
}

/// A message to be added.
#[derive(Clone, Copy, Debug)]
pub struct NewMessage<'a> {
    /// Identifier.
    pub id: MessageId,
    /// Where it stands.
    pub conversation: ConversationId,
    /// The message it answers or follows.
    pub parent: Option<MessageId>,
    /// Who says it.
    pub author: Author,
    /// Its words.
    pub text: &'a str,
    /// The files on it.
    pub attachments: &'a [Attachment],
    /// The shape that an answer is asked for in.
    pub output: Option<&'a OutputFormat>,
    /// Milliseconds of speech that it was made of.
    pub heard_ms: u32,
}

impl Transaction {
    /// The text of a message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_text(&mut self, message: MessageId) -> DbResult<Option<String>> {
        const SQL: &str = "select text from message where message_id = $1";
        let text: Option<String> = within!(self, |tx| sqlx::query_scalar(SQL)
            .bind(message.to_string())
            .fetch_optional(tx)
            .await)?;
        Ok(text)
    }

    /// Adds a message.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_message(&mut self, message: &NewMessage<'_>) -> DbResult<()> {
        const SQL: &str = "insert into message (message_id, conversation_id, parent_message_id, author, text, created_at, \
             updated_at, attachments, output, heard_ms) values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)";
        let attachments = to_json(&message.attachments)?;
        let output = message.output.map(to_json).transpose()?;
        let author = match message.author {
            Author::User => "user",
            Author::Assistant => "assistant",
        };
        within!(self, |tx| sqlx::query(SQL)
            .bind(message.id.to_string())
            .bind(message.conversation.to_string())
            .bind(message.parent.map(|parent| parent.to_string()))
            .bind(author)
            .bind(message.text)
            .bind(now_ms())
            .bind(attachments)
            .bind(output)
            .bind(i64::from(message.heard_ms))
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
