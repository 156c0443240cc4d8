//! The ways in: signing up and logging in. Rules about names and passwords are the model's.

mod entry;
pub mod login_page;
pub mod signup_page;
