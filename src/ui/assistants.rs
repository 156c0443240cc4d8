//! Assistants: their list, their pages, the forms that make and change them, and how one looks in a chat.

pub mod assistant_card;
mod assistant_editor;
mod assistant_fields;
mod assistant_forms;
mod assistant_head;
pub mod assistant_page;
pub mod assistants_page;
pub mod avatar;
mod import_form;
mod look_fields;
mod parameter_fields;
mod versions;
