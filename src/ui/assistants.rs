//! Assistants: their list, their pages, the forms that make and change them, and how one looks in a chat.

pub mod avatar;
