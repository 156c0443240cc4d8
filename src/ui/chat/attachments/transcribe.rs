//! A recording on a message that is being written, made into the words of that message.

use super::{
    draft_files::{DraftFile, DraftFiles, FileState},
    uploads,
};
use crate::{
    api,
    browser::text_field,
    model::{
        AppError, AppResult, ErrorKind,
        file::{FileKind, FileView},
        speech::{Transcription, TranscriptionLine},
    },
    ui::kit::{icon::Icon, notice::ErrorNotice},
};
use futures::{
    StreamExt,
    future::{AbortHandle, abortable},
};
use leptos::{__reexports::send_wrapper::SendWrapper, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlTextAreaElement};

/// How many of the last characters are shown while more come.
const SHOWN_CHARS: usize = 60;

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
enum Progress {
    /// Nobody asked.
    #[default]
    Idle,
    /// These words were heard so far.
    Listening(String),
    /// It broke off.
    Failed(AppError),
}

/// What the parts of the control share.
#[derive(Clone)]
struct Listening {
    files: DraftFiles,
    file: DraftFile,
    progress: RwSignal<Progress>,
    abort: StoredValue<Option<AbortHandle>>,
}

/// *Transcribe* for a stored recording; nothing for other files.
#[component]
pub(super) fn TranscribeControl(
    /// All files on the message.
    files: DraftFiles,
    /// This one.
    file: DraftFile,
) -> impl IntoView {
    let recording = {
        let state = file.state.clone();
        Memo::new(move |_| match state.get() {
            FileState::Stored(view) if view.kind == FileKind::Audio => Some(view),
            _ => None,
        })
    };
    let listening = Listening {
        files,
        file,
        progress: RwSignal::new(Progress::default()),
        abort: StoredValue::new(None),
    };
    on_cleanup({
        let abort = listening.abort;
        move || stop(abort)
    });
    move || {
        let view = recording.get()?;
        let listening = listening.clone();
        Some(match listening.progress.get() {
            Progress::Idle => idle(listening, view),
            Progress::Listening(words) => underway(&listening, &words),
            Progress::Failed(error) => failed(listening, view, error),
        })
    }
}

fn idle(listening: Listening, view: FileView) -> AnyView {
    view! {
        <div class="attachment-controls">
            <TranscribeButton listening view label="Transcribe" />
        </div>
    }
    .into_any()
}

fn underway(listening: &Listening, words: &str) -> AnyView {
    let (abort, progress) = (listening.abort, listening.progress);
    let cancel = move |_| {
        stop(abort);
        progress.set(Progress::Idle);
    };
    view! {
        <div class="attachment-controls">
            <span class="attachment-note attachment-heard" role="status">
                <span class="sr-only">"Listening to the recording"</span>
                <span aria-hidden="true">{heard(words)}</span>
            </span>
            <button type="button" class="btn btn-quiet" on:click=cancel>
                "Stop"
            </button>
        </div>
    }
    .into_any()
}

fn failed(listening: Listening, view: FileView, error: AppError) -> AnyView {
    view! {
        <div class="attachment-controls attachment-failure">
            <ErrorNotice error>
                <TranscribeButton listening view label="Try again" />
            </ErrorNotice>
        </div>
    }
    .into_any()
}

#[component]
fn TranscribeButton(
    /// What it begins.
    listening: Listening,
    /// The recording.
    view: FileView,
    /// What it says.
    label: &'static str,
) -> impl IntoView {
    let name = view.name.clone();
    let press = move |event: web_sys::MouseEvent| {
        let form = event
            .current_target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|button| button.closest("form").ok().flatten());
        begin(&listening, view.clone(), form);
    };
    view! {
        <button
            type="button"
            class="btn btn-quiet"
            aria-label=format!("{label}: {name}")
            title="Put what is said into the message"
            on:click=press
        >
            <Icon name="audio-lines" class="icon-s" />
            {label}
        </button>
    }
    .into_any()
}

/// The end of what was heard, which is where one looks.
fn heard(words: &str) -> String {
    let count = words.chars().count();
    match count {
        0 => "Listening…".to_owned(),
        _ if count <= SHOWN_CHARS => words.to_owned(),
        _ => {
            let end: String = words.chars().skip(count - SHOWN_CHARS).collect();
            format!("…{}", end.trim_start())
        }
    }
}

fn stop(abort: StoredValue<Option<AbortHandle>>) {
    if let Some(handle) = abort.try_get_value().flatten() {
        handle.abort();
    }
}

fn begin(listening: &Listening, view: FileView, form: Option<Element>) {
    let progress = listening.progress;
    progress.set(Progress::Listening(String::new()));
    let (work, handle) = abortable(listen(view.clone(), progress));
    listening.abort.set_value(Some(handle));
    let (files, file) = (listening.files.clone(), listening.file.clone());
    let form = form.map(SendWrapper::new);
    spawn_local(async move {
        match work.await {
            Err(_) => {}
            Ok(Ok(heard)) if heard.text.trim().is_empty() => {
                files.say(format!("Nobody speaks in {}.", view.name));
                let error =
                    AppError::new(ErrorKind::Invalid, "No words were heard in this recording.");
                let _ = progress.try_set(Progress::Failed(error));
            }
            Ok(Ok(heard)) => {
                if let Some(field) = form.as_deref().and_then(text_of) {
                    text_field::append_words(&field, heard.text.trim());
                }
                files.heard(heard.id);
                // It was put there for its words; it stays among the person's files.
                uploads::remove(&files, &file);
                files.say(format!(
                    "What is said in {} stands in the message.",
                    view.name
                ));
            }
            Ok(Err(error)) => {
                let _ = progress.try_set(Progress::Failed(error));
            }
        }
    });
}

fn text_of(form: &Element) -> Option<HtmlTextAreaElement> {
    form.query_selector("textarea").ok()??.dyn_into().ok()
}

/// Has the recording listened to; `progress` shows the words as they come.
async fn listen(view: FileView, progress: RwSignal<Progress>) -> AppResult<Transcription> {
    let mut chunks = api::speech::transcribe_file(view.id, None, None)
        .await?
        .into_inner();
    let mut bytes = Vec::new();
    let mut words = String::new();
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk?);
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = bytes.drain(..=end).collect();
            match serde_json::from_slice(&line) {
                Ok(TranscriptionLine::Delta(delta)) => {
                    words.push_str(&delta);
                    let _ = progress.try_set(Progress::Listening(words.clone()));
                }
                Ok(TranscriptionLine::Done(heard)) => return Ok(heard),
                Ok(TranscriptionLine::Error(error)) => return Err(error),
                Err(_) => return Err(broken_off()),
            }
        }
    }
    Err(broken_off())
}

fn broken_off() -> AppError {
    AppError::new(
        ErrorKind::Network,
        "The connection broke before the recording was heard to its end. Try again.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_what_was_heard_is_shown() {
        assert_eq!(heard(""), "Listening…");
        assert_eq!(heard("Good morning."), "Good morning.");
        let long = format!("{} the end", "word ".repeat(40));
        let shown = heard(&long);
        assert!(shown.starts_with('…') && shown.ends_with("the end"));
        assert_eq!(shown.chars().count(), SHOWN_CHARS + 1);
    }
}
