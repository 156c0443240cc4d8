//! The client's files, and what Leptos is told about them. They come from a directory or from the program itself; which of
//! the two is decided in `lib.rs`, and nobody who asks for a file can tell. How they travel is the business of `http`.

pub use crate::site::Site;
use std::borrow::Cow;

/// The list of hashes that the build leaves at the top of the site.
pub const HASHES: &str = "hash.txt";

/// One of the client's files.
#[derive(Clone, Debug)]
pub struct File {
    /// What is in it.
    pub content: Cow<'static, [u8]>,
    /// Another whenever the content is another.
    pub version: String,
}
