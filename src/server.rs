//! Everything that runs only on the server. Doors (`http`) hand requests to services (`auth`, `catalog`, `chat`), which use
//! providers, the database, the storage of files and the log of runs. Nothing in here is compiled into the client.

pub mod assistants;
pub mod auth;
pub mod backup;
pub mod catalog;
pub mod chat;
mod cli;
mod cluster;
pub mod config;
pub mod db;
pub mod files;
pub mod http;
pub mod import;
pub mod metrics;
mod pace;
pub mod presets;
pub mod providers;
pub mod redis;
pub mod runlog;
pub mod schemas;
mod serve;
pub mod site;
pub mod speech;
pub mod state;
pub mod storage;
pub mod telemetry;

pub use cli::run;
pub use serve::{Server, StartError};
