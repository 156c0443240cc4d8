//! The page's addresses, read and written in one place.

use crate::ui::kit::address::with_query;
use leptos_router::params::ParamsMap;

/// What an address of the page asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileQuery {
    /// Letters in the names.
    pub(super) q: String,
    /// From 1.
    pub(super) page: u32,
}

/// Reads an address.
pub(super) fn read_file_query(params: &ParamsMap) -> FileQuery {
    let text = |name| params.get_str(name).unwrap_or_default().trim().to_owned();
    FileQuery {
        q: text("q"),
        page: text("page").parse().unwrap_or(1).max(1),
    }
}

/// The address of a page of what is found.
pub(super) fn files_path(q: &str, page: u32) -> String {
    let page = if page > 1 {
        page.to_string()
    } else {
        String::new()
    };
    with_query("/files", &[("q", q), ("page", &page)])
}
