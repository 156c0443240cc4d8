//! The first page.

pub mod home_page;
