//! The catalogue's pages: the list that one searches, and the page of one tool. What the address says is all the state there
//! is, so that back, reload and a shared link show the same.

pub mod address;
mod capabilities;
mod empty_result;
mod price;
mod search_form;
mod tool_about;
pub mod tool_card;
mod tool_facts;
pub mod tool_filters;
mod tool_head;
pub mod tool_page;
pub mod tools_page;

pub use search_form::SearchForm;
