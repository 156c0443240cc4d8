//! All SQL lives here, one file a noun; row types stay private to it. No rules and no HTTP.
//!
//! Each statement is written once for SQLite and PostgreSQL: `$N` binds, text identifiers, integer milliseconds. Every
//! function that touches a person's data takes their `UserId`.

pub mod assistants;
mod connect;
pub mod conversations;
pub mod dump;
pub mod files;
pub mod imports;
mod leases;
pub mod messages;
pub mod nodes;
pub mod presets;
pub mod runs;
mod schemas;
pub mod sessions;
pub mod speech;
pub mod tokens;
pub mod tools;
pub mod users;

pub use connect::{Db, DbError, MigrationState, PoolUse, Transaction};

use crate::model::ids::{
    AssistantId, ConversationId, IdempotencyKey, MessageId, PresetId, RunId, UserId,
};
use std::str::FromStr;

/// A result of the database.
pub type DbResult<T> = Result<T, DbError>;

/// Evaluates one expression with whichever pool there is, bound to the pool's own types.
macro_rules! with_pool {
    ($pool:expr, |$bound:ident| $body:expr) => {
        match $pool {
            $crate::server::db::connect::Pool::Sqlite($bound) => $body,
            $crate::server::db::connect::Pool::Postgres($bound) => $body,
        }
    };
}
pub(crate) use with_pool;

/// Runs one statement on whichever pool there is.
macro_rules! on {
    ($pool:expr, |$bound:ident| $body:expr) => {{
        $crate::server::metrics::statement();
        $crate::server::db::with_pool!($pool, |$bound| $body)
    }};
}
pub(crate) use on;

/// The same inside a transaction.
macro_rules! within {
    ($tx:expr, |$bound:ident| $body:expr) => {{
        $crate::server::metrics::statement();
        match $tx {
            $crate::server::db::Transaction::Sqlite(tx) => {
                let $bound = &mut **tx;
                $body
            }
            $crate::server::db::Transaction::Postgres(tx) => {
                let $bound = &mut **tx;
                $body
            }
        }
    }};
}
pub(crate) use within;

/// Milliseconds since 1970, UTC: the only clock the database layer knows.
#[must_use]
pub fn now_ms() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// The day of a time, `YYYY-MM-DD`, UTC.
#[must_use]
pub fn day(at_ms: i64) -> String {
    jiff::Timestamp::from_millisecond(at_ms)
        .map(|at| at.strftime("%Y-%m-%d").to_string())
        .unwrap_or_default()
}

fn parse_id<T: FromStr>(text: &str) -> DbResult<T> {
    text.parse()
        .map_err(|_| DbError::Corrupt(format!("not an identifier: {text:?}")))
}

macro_rules! parse_ids {
    ($($name:ident -> $id:ty),* $(,)?) => {
        $(fn $name(text: &str) -> DbResult<$id> { parse_id(text) })*
    };
}

parse_ids! {
    user_id -> UserId,
    conversation_id -> ConversationId,
    message_id -> MessageId,
    run_id -> RunId,
    preset_id -> PresetId,
    assistant_id -> AssistantId,
}

/// A value stored as JSON text.
fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> DbResult<T> {
    serde_json::from_str(text).map_err(|error| DbError::Corrupt(format!("{error}: {text:.80}")))
}

/// JSON text of a value. Our own types always serialise.
fn to_json<T: serde::Serialize>(value: &T) -> DbResult<String> {
    serde_json::to_string(value).map_err(|error| DbError::Corrupt(error.to_string()))
}

/// A word as a `like` pattern's inside, where its wildcards are mere characters.
fn like_literal(word: &str) -> String {
    word.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

/// A key as stored.
fn key_text(key: IdempotencyKey) -> String {
    key.to_string()
}
