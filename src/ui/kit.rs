//! Primitives without a domain: icons, marks, notices, fields, menus. Nothing in here calls the api or knows what a tool or
//! a conversation is.

pub mod address;
pub mod day;
pub mod field;
pub mod field_text;
pub mod icon;
pub mod mark;
pub mod notice;
pub mod number;
pub mod page_title;
pub mod pager;
pub mod sentence;
pub mod submit;
