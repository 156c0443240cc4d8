//! Bringing in threads of OpenAI's Assistants.

use crate::{
    api::import::{ImportThreads, import_threads},
    model::{AppError, AppResult, import::ImportReport},
    ui::{
        kit::{icon::Icon, notice::ErrorNotice, submit::SubmitButton},
        shell::conversations::use_conversations,
    },
};
use leptos::{
    ev::SubmitEvent,
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
    task::spawn_local,
};
use leptos_router::hooks::use_query_map;
use web_sys::{FormData, HtmlFormElement};

/// The form, and what became of the last file.
#[component]
pub(super) fn ImportBlock() -> impl IntoView {
    let outcome = RwSignal::new(None::<AppResult<ImportReport>>);
    let is_pending = RwSignal::new(false);
    let conversations = use_conversations();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let form: HtmlFormElement = event_target(&event);
        let Ok(data) = FormData::new_with_form(&form) else {
            return;
        };
        is_pending.set(true);
        outcome.set(None);
        spawn_local(async move {
            let report = import_threads(data.into()).await;
            let _ = is_pending.try_set(false);
            if report.is_ok() {
                form.reset();
                conversations.refresh();
            }
            let _ = outcome.try_set(Some(report));
        });
    };
    // What a form without a script came to is told where the form stands.
    let before = without_script();
    let is_open = before.is_some();
    view! {
        <section class="section" aria-labelledby="import-heading">
            <details class="import" open=is_open>
                <summary>
                    <h2 id="import-heading">"Bring in threads from OpenAI's Assistants"</h2>
                    <Icon name="chevron-down" class="icon-s" />
                </summary>
                <p class="quiet">
                    "Choose a JSON file: the messages of a thread as the API lists them, a thread with its messages, or an array of those. Each thread becomes a conversation; one that was brought in before stays as it is."
                </p>
                {before.map(|outcome| view! { <Outcome outcome /> })}
                {move || outcome.get().map(|outcome| view! { <Outcome outcome /> })}
                <form
                    method="post"
                    action="/api/import_threads"
                    enctype="multipart/form-data"
                    class="row"
                    on:submit=submit
                >
                    <label class="sr-only" for="import-file">
                        "File with threads"
                    </label>
                    <input
                        class="input select"
                        type="file"
                        id="import-file"
                        name="file"
                        accept="application/json,.json"
                        required
                    />
                    <SubmitButton
                        label="Import threads"
                        pending_label="Importing…"
                        is_pending
                        class=""
                    />
                </form>
            </details>
        </section>
    }
    .into_any()
}

/// What became of a form that was sent without a script: it stands in the address.
fn without_script() -> Option<AppResult<ImportReport>> {
    let read = |name| {
        use_query_map().with_untracked(|query| query.get_str(name).and_then(|n| n.parse().ok()))
    };
    if let (Some(imported), Some(known)) = (read("imported"), read("known")) {
        return Some(Ok(ImportReport {
            imported,
            known,
            messages: read("messages").unwrap_or(0),
            ..ImportReport::default()
        }));
    }
    let failed = use_context::<ServerActionError>()?;
    (failed.path() == <ImportThreads as ServerFn>::PATH)
        .then(|| Err(ServerFnUrlError::<AppError>::decode_err(failed.err())))
}

/// What became of a file.
#[component]
fn Outcome(
    /// The report, or why there is none.
    outcome: Result<ImportReport, AppError>,
) -> impl IntoView {
    match outcome {
        Err(error) => view! { <ErrorNotice error /> }.into_any(),
        Ok(report) => {
            let notes = report
                .notes
                .iter()
                .map(|note| view! { <li>{note.clone()}</li> })
                .collect_view();
            view! {
                <div class="notice" role="status">
                    <Icon name="check" />
                    <p>{report.summary()}</p>
                    {report
                        .first
                        .map(|id| {
                            view! {
                                <a class="btn" href=format!("/chat/{id}")>
                                    "Open the first"
                                </a>
                            }
                        })}
                    <ul class="small">{notes}</ul>
                </div>
            }
            .into_any()
        }
    }
}
