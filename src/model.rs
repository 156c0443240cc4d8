//! What both sides share: wire types and pure rules.
//!
//! Serde only: no I/O, no clock, no randomness, no views. What is here compiles into the server and
//! into the client, so that one rule (how a transcript folds, what a name may be) is written once.

pub mod assistant;
pub mod catalog;
pub mod chat;
pub mod error;
pub mod event;
pub mod file;
pub mod ids;
pub mod image_edit;
pub mod image_tokens;
pub mod import;
pub mod markdown;
pub mod params;
pub mod schema;
pub mod settings;
pub mod speech;
pub mod theme;
pub mod token;
pub mod transcript;
pub mod user;

pub use error::{AppError, AppResult, ErrorKind};
