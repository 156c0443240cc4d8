//! `/files`: what a person stored, and what their tools made.

use super::{
    address::{files_path, read_file_query},
    empty_list::EmptyList,
    file_row::FileRow,
    file_search::FileSearch,
    quota::Quota,
    upload_form::UploadForm,
    uploads::Uploads,
};
use crate::{
    api::files::{DeleteFile, list_files, upload_limit},
    model::{AppError, ErrorKind, file::FilePage},
    ui::{
        kit::{
            notice::{ErrorNotice, RetryButton},
            pager::Pager,
        },
        lazy::lazy_view,
        load::load,
        session::use_session_actions,
        shell::page::Page,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

lazy_view! {
    /// `/files`.
    pub fn files_page() in files {
        view! { <FilesPage /> }
    }
}

/// Upload, search, use, download, delete.
#[component]
fn FilesPage() -> impl IntoView {
    let session = use_session_actions();
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(read_file_query));
    let delete = ServerAction::<DeleteFile>::new();
    let uploads = Uploads::new();
    let asked = move || {
        let changes = delete.version().get() + uploads.stored();
        (query.get(), session.version.get(), changes)
    };
    let found = load(asked, |(query, ..)| list_files(query.q, query.page));
    let limit = load(move || session.version.get(), |_| upload_limit());
    let problem = move || {
        let failed = delete.value().get().and_then(Result::err);
        failed.map(|error| view! { <ErrorNotice error /> })
    };
    view! {
        <Page title="Files">
            <div class="page-head">
                <h1>"Files"</h1>
                <p class="quiet">
                    "What you stored here and what tools made for you. Only you see it; a model sees a file when you send it."
                </p>
            </div>
            // Apart from the list, so that it stays as it is while that is fetched anew.
            <Transition>
                {move || Suspend::new(async move {
                    let limit_bytes = limit.await.ok()?;
                    Some(view! { <UploadForm uploads limit_bytes /> })
                })}
            </Transition>
            {problem}
            <Transition fallback=ListSkeleton>
                {move || {
                    let q = query.get().q;
                    Suspend::new(async move {
                        match found.await {
                            Ok(page) => {
                                view! { <Listed page q query delete /> }.into_any()
                            }
                            Err(error) => {
                                view! {
                                    <Problem error on_retry=move |()| found.refetch() />
                                }
                                    .into_any()
                            }
                        }
                    })
                }}
            </Transition>
        </Page>
    }
}

/// One page of files, and the ways through all of them.
#[component]
fn Listed(
    /// What was found.
    page: FilePage,
    /// What was asked for.
    q: String,
    /// What the address asks for now.
    query: Memo<super::address::FileQuery>,
    /// Deletes one.
    delete: ServerAction<DeleteFile>,
) -> impl IntoView {
    let is_untouched = page.total == 0 && q.is_empty();
    let count = match page.total {
        1 => "1 file".to_owned(),
        total => format!("{total} files"),
    };
    let rows: Vec<_> = page
        .files
        .into_iter()
        .map(|entry| view! { <FileRow entry delete /> })
        .collect();
    let list = if rows.is_empty() {
        view! { <EmptyList q=q.clone() /> }.into_any()
    } else {
        view! {
            <ul class="file-list" aria-label="Your files">
                {rows}
            </ul>
        }
        .into_any()
    };
    let head = (!is_untouched).then(|| {
        view! {
            <div class="file-bar">
                <FileSearch q=Signal::derive(move || query.get().q) />
                <Quota used_bytes=page.used_bytes quota_bytes=page.quota_bytes />
            </div>
            <p class="quiet small" role="status">
                {count}
            </p>
        }
    });
    let path = Box::new(move |page| files_path(&q, page));
    view! {
        {head}
        {list}
        <Pager path page=page.page pages=page.pages />
    }
    .into_any()
}

/// Why there is no list, and the way out.
#[component]
fn Problem(
    /// What went wrong.
    error: AppError,
    /// Asks again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    if error.kind == ErrorKind::Unauthorized {
        return view! {
            <div class="empty">
                <p>"Log in to see your files and to store some."</p>
                <div class="row">
                    <a class="btn btn-primary" href="/login?next=/files">
                        "Log in"
                    </a>
                    <a class="btn" href="/signup?next=/files">
                        "Sign up"
                    </a>
                </div>
            </div>
        }
        .into_any();
    }
    view! {
        <ErrorNotice error>
            <RetryButton on_retry />
        </ErrorNotice>
    }
    .into_any()
}

/// The list's shape while it is fetched for the first time.
#[component]
fn ListSkeleton() -> impl IntoView {
    let row = || {
        view! {
            <li class="file-row">
                <span class="file-thumb skeleton"></span>
                <span class="skeleton w-50"></span>
            </li>
        }
    };
    view! {
        <p class="sr-only" role="status">
            "Loading your files"
        </p>
        <ul class="file-list" aria-hidden="true">
            {[(); 4].map(|()| row()).into_iter().collect_view()}
        </ul>
    }
}
