//! Wrappers of browser APIs. They compile on both sides and run only from effects and event handlers; no view code and no
//! rules in here.

pub mod camera;
pub mod clipboard;
pub mod download;
pub mod drafts;
pub mod enhance;
pub mod event_stream;
pub mod files;
pub mod follow;
pub mod microphone;
pub mod page;
pub mod patch;
pub mod reading_place;
pub mod recordings;
pub mod speaker;
pub mod spotlight;
pub mod text_field;
pub mod transcribe;
pub mod upload;
