//! The chat page: a transcript that only ever appends while an answer streams, and the composer below it.

mod address;
pub mod answer;
mod answer_text;
pub mod attachments;
mod call;
pub mod chat_page;
mod chat_start;
mod composer;
mod composer_tools;
mod dictation;
mod earlier;
mod insist;
mod keep_settings;
mod message_actions;
mod named;
mod output_panel;
pub mod output_view;
mod panel;
mod parameters;
mod question;
mod question_editor;
mod reasoning;
pub mod refused;
mod run_status;
mod session;
mod stream_view;
pub mod transcript;
