//! What the database holds in the end, read behind the servers' backs.

use inspireai::model::chat::RunState;
use sqlx::{Connection, FromRow, PgConnection};
use std::io;

/// Notes each time that a run ends, so that a second end would be seen. Beside the product's own tables, and its triggers
/// change nothing of them.
const WATCH: &str = "
create table chaos_run_end (run_id text not null, state text not null);
create function chaos_note_end() returns trigger language plpgsql as $$
begin
  insert into chaos_run_end (run_id, state) values (new.run_id, new.state);
  return null;
end $$;
create trigger chaos_note_end after update on run for each row
  when (new.is_ended and (not old.is_ended or new.state is distinct from old.state))
  execute function chaos_note_end();
";

/// A run as it is stored.
#[derive(FromRow)]
pub struct RunRecord {
    /// Identifier.
    pub run_id: String,
    /// What its sender made up for it.
    pub idempotency_key: String,
    /// Who drove it.
    pub node_id: String,
    /// Whether it has an end.
    pub is_ended: bool,
    created_at: i64,
    ended_at: Option<i64>,
    state: String,
}

impl RunRecord {
    /// When it began and when it ended, in milliseconds since 1970; endless where it did not.
    pub fn lifetime(&self) -> (f64, f64) {
        let ended_at = self.ended_at.map_or(f64::INFINITY, |at| at as f64);
        (self.created_at as f64, ended_at)
    }

    /// Where it stands.
    pub fn state(&self) -> Option<RunState> {
        serde_json::from_str(&self.state).ok()
    }
}

/// A message as it is stored.
#[derive(FromRow)]
pub struct MessageRecord {
    /// Identifier.
    pub message_id: String,
    /// `user` or `assistant`.
    pub author: String,
    /// What it says.
    pub text: String,
    /// The last run that filled it.
    pub run_id: Option<String>,
}

/// Everything.
pub struct Records {
    /// Every run.
    pub runs: Vec<RunRecord>,
    /// Every message.
    pub messages: Vec<MessageRecord>,
    /// The runs that ended, once for each end.
    pub ends: Vec<String>,
}

/// Has the database note each end from now on.
///
/// # Errors
/// When it does not.
pub async fn watch(url: &str) -> io::Result<()> {
    let mut connection = connect(url).await?;
    let done = sqlx::raw_sql(WATCH).execute(&mut connection).await;
    done.map(drop).map_err(io::Error::other)
}

/// How many runs have not ended.
///
/// # Errors
/// When the database does not answer.
pub async fn count_open(url: &str) -> io::Result<i64> {
    const SQL: &str = "select count(*) from run where not is_ended";
    let mut connection = connect(url).await?;
    let count = sqlx::query_scalar(SQL).fetch_one(&mut connection).await;
    count.map_err(io::Error::other)
}

impl Records {
    /// Reads everything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn read(url: &str) -> io::Result<Self> {
        const RUNS: &str = "select run_id, idempotency_key, node_id, state, is_ended, created_at, ended_at from run";
        const MESSAGES: &str = "select message_id, author, text, run_id from message";
        const ENDS: &str = "select run_id from chaos_run_end";
        let mut connection = connect(url).await?;
        let runs = sqlx::query_as(RUNS).fetch_all(&mut connection).await;
        let messages = sqlx::query_as(MESSAGES).fetch_all(&mut connection).await;
        let ends = sqlx::query_scalar(ENDS).fetch_all(&mut connection).await;
        Ok(Self {
            runs: runs.map_err(io::Error::other)?,
            messages: messages.map_err(io::Error::other)?,
            ends: ends.map_err(io::Error::other)?,
        })
    }
}

async fn connect(url: &str) -> io::Result<PgConnection> {
    let connection = PgConnection::connect(url).await;
    connection.map_err(io::Error::other)
}
