//! The document and the table of pages.

use super::{
    accounts::{login_page::login_page, signup_page::signup_page},
    assistants::{
        assistant_page::{assistant_page, new_assistant_page},
        assistants_page::assistants_page,
    },
    catalog::{tool_page::tool_page, tools_page::ToolsPage},
    chat::{attachments::all_drafts::provide_draft_files, chat_page::chat_page},
    client_files::{ClientFileLinks, ClientFiles, NotLoadedNotice},
    files::files_page::files_page,
    home::home_page::HomePage,
    kit::icon::Sprite,
    lazy::LazyPage,
    not_found_page::NotFoundPage,
    parts::prefetch_near_links,
    reading::provide_reader,
    session::provide_session,
    settings::settings_page::settings_page,
    shell::{conversations::provide_conversations, frame::FramedPage},
};
use crate::model::theme::Theme;
use leptos::prelude::*;
use leptos_meta::{MetaTags, provide_meta_context};
use leptos_router::{
    SsrMode::Async,
    components::{ParentRoute, Route, Router, Routes},
    hooks::use_url,
    path,
};

/// The document around every page, in the look that the visitor chose.
pub fn shell(files: ClientFiles, options: LeptosOptions, theme: Theme) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.attribute()>
            <head>
                <meta charset="utf-8" />
                <meta
                    name="viewport"
                    content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
                />
                <ThemeColors theme />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <ClientFileLinks files />
                <AutoReload options />
                <MetaTags />
            </head>
            <body>
                <App />
                <NotLoadedNotice />
                <Sprite />
            </body>
        </html>
    }
}

/// What the browser paints around the page and before its style is there.
#[component]
fn ThemeColors(
    /// The look that the visitor chose.
    theme: Theme,
) -> impl IntoView {
    const LIGHT: &str = "#f9fcfb";
    const DARK: &str = "#111716";
    let color = |color| view! { <meta name="theme-color" content=color /> };
    match theme {
        Theme::System => view! {
            <meta name="color-scheme" content="light dark" />
            {color(LIGHT).attr("media", "(prefers-color-scheme: light)")}
            {color(DARK).attr("media", "(prefers-color-scheme: dark)")}
        }
        .into_any(),
        Theme::Light => view! {
            <meta name="color-scheme" content="light" />
            {color(LIGHT)}
        }
        .into_any(),
        Theme::Dark => view! {
            <meta name="color-scheme" content="dark" />
            {color(DARK)}
        }
        .into_any(),
    }
}

/// Everything that the client takes over.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Router>
            <Pages />
        </Router>
    }
}

/// Every page. Each comes complete in one piece, with its status, so that it is of use without a script.
#[component]
fn Pages() -> impl IntoView {
    // Without a script, a form's error comes back in the address: the actions below look for it here.
    use_url().read_untracked().provide_server_action_error();
    provide_session();
    provide_conversations();
    provide_draft_files();
    provide_reader();
    prefetch_near_links();
    view! {
        <Routes fallback=NotFoundPage>
            <Route path=path!("/login") view={LazyPage(login_page)} ssr=Async />
            <Route path=path!("/signup") view={LazyPage(signup_page)} ssr=Async />
            <ParentRoute path=path!("") view=FramedPage ssr=Async>
                <Route path=path!("") view=HomePage ssr=Async />
                <Route path=path!("/tools") view=ToolsPage ssr=Async />
                <Route path=path!("/tools/:slug") view={LazyPage(tool_page)} ssr=Async />
                <Route path=path!("/chat/:id?") view={LazyPage(chat_page)} ssr=Async />
                <Route path=path!("/assistants") view={LazyPage(assistants_page)} ssr=Async />
                <Route path=path!("/assistants/new") view={LazyPage(new_assistant_page)} ssr=Async />
                <Route path=path!("/assistants/:id") view={LazyPage(assistant_page)} ssr=Async />
                <Route path=path!("/files") view={LazyPage(files_page)} ssr=Async />
                <Route path=path!("/settings") view={LazyPage(settings_page)} ssr=Async />
            </ParentRoute>
        </Routes>
    }
}
