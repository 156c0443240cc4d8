//! Components, one a file, by the domain's nouns. They show what the api answers; no rules and no I/O of their own.

pub mod accounts;
pub mod app;
pub mod assistants;
pub mod catalog;
pub mod chat;
pub mod client_files;
pub mod files;
pub mod home;
pub mod kit;
pub mod lazy;
pub mod load;
mod not_found_page;
pub mod parts;
pub mod reading;
pub mod session;
pub mod settings;
pub mod shell;
pub mod speech;
