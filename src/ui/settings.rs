//! What a person may set for themselves.

mod account_block;
mod appearance_block;
pub mod settings_page;
