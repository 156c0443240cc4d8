//! What a person may set for themselves.

mod account_block;
mod appearance_block;
mod fresh_token;
pub mod settings_page;
mod token_form;
mod tokens_block;
mod voice_block;
