//! The page of a person's files.

mod address;
mod delete_form;
mod empty_list;
mod file_row;
mod file_search;
pub mod files_page;
mod quota;
mod upload_form;
mod upload_row;
mod uploads;
