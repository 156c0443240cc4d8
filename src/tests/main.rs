//! Tests of the whole server through its doors: HTTP in front, real databases and a scripted upstream behind. A file a
//! noun; a test's name is a sentence about behaviour. `support` holds what they stand on.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up fails, and says why"
)]

mod access;
mod accounts;
mod assistants;
mod backup;
mod catalogue;
mod chat_branches;
mod chat_doors;
mod chat_edit;
mod chat_files;
mod chat_long;
mod chat_send;
mod chat_settings;
mod chat_stop;
mod chat_stream;
mod chat_thoughts;
mod chat_threads;
mod client_files;
mod cluster;
mod configuration;
mod conversations;
mod deploy;
mod engine;
mod files;
mod import_threads;
mod logs;
mod metrics;
mod migrate_data;
mod object_storage;
mod pages;
mod presets;
mod providers;
mod recovery;
mod schemas;
mod search;
mod single_binary;
mod speech;
mod storage;
mod structured;
mod support;
mod tokens;
mod tracing;
mod upstream_failures;
mod v1;
mod versions;
mod wire_budget;
