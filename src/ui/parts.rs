//! Every lazy view that the server renders, and what has to be known of them all: which a page needs before the client can
//! take it over, which to fetch before somebody follows a link. The views themselves are where they belong.

use super::{
    accounts::{login_page::login_page, signup_page::signup_page},
    assistants::{
        assistant_page::{assistant_page, new_assistant_page},
        assistants_page::assistants_page,
    },
    catalog::tool_page::tool_page,
    chat::{chat_page::chat_page, output_view::output_view, transcript::transcript_view},
    files::files_page::files_page,
    lazy::{Part, prefetch},
    settings::settings_page::settings_page,
};
use crate::{
    browser,
    model::{AppError, AppResult, ErrorKind},
};
use futures::future::try_join_all;
use leptos::{ev, prelude::*};

/// A view that is missing here can be shown by the browser, but not by the server.
const PARTS: [Part; 11] = [
    login_page::PART.at(&["/login"]),
    signup_page::PART.at(&["/signup"]),
    tool_page::PART.at(&["/tools/"]),
    assistants_page::PART.at(&["/assistants"]),
    new_assistant_page::PART.at(&["/assistants/new"]),
    assistant_page::PART.at(&["/assistants/"]),
    chat_page::PART.at(&["/chat", "/chat/"]),
    files_page::PART.at(&["/files"]),
    settings_page::PART.at(&["/settings"]),
    output_view::PART,
    transcript_view::PART.at(&["/chat/"]),
];

/// The files of the client that a page needs beside those that every page loads.
pub fn files_of(path: &str) -> impl Iterator<Item = &'static str> {
    at(path).map(|part| part.file)
}

fn at(path: &str) -> impl Iterator<Item = Part> {
    PARTS.into_iter().filter(move |part| part.is_at(path))
}

/// Fetches what the server rendered into this page, so that the client can take it over.
///
/// # Errors
/// When something did not come, or is not known here: the page stays as it is.
pub async fn load_shown() -> AppResult<()> {
    let shown = browser::page::shown_parts();
    let load = |name: &String| match PARTS.iter().find(|part| part.name == name) {
        Some(part) => (part.load)(),
        None => {
            let problem = format!("The view {name} is not listed in ui/parts.rs.");
            Box::pin(async { Err(AppError::new(ErrorKind::Internal, problem)) })
        }
    };
    try_join_all(shown.iter().map(load)).await?;
    Ok(())
}

/// Fetches the page behind a link when a pointer or the focus comes to it.
pub fn prefetch_near_links() {
    Effect::new(|_| {
        let near = |event: &web_sys::Event| {
            browser::page::link_path(event)
                .into_iter()
                .for_each(|path| at(&path).for_each(prefetch));
        };
        let pointer = window_event_listener(ev::pointerover, move |event| near(&event));
        let focus = window_event_listener(ev::focusin, move |event| near(&event));
        on_cleanup(move || {
            pointer.remove();
            focus.remove();
        });
    });
}
