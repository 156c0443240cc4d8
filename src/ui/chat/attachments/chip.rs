//! One file on a message that is being written.

use super::{
    attachment_list::kind_icon,
    chip_controls::{DetailSelect, RemoveButton},
    draft_files::{DraftFile, DraftFiles, FileState},
    objection::{kind_of, objection},
    picture::{Picture, PreviewSize, sent_size},
    row::move_by,
    transcribe::TranscribeControl,
    uploads,
};
use crate::{
    model::{
        AppError, ErrorKind,
        chat::ChatTool,
        file::{Attachment, FileKind, QUOTA_FIELD},
    },
    ui::kit::{icon::Icon, number::file_size},
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html,
    leptos_dom::helpers::request_animation_frame,
    prelude::*,
};

/// The file: what it is, how far it is, what is wrong with it, and what can be done with it.
#[component]
pub(super) fn Chip(
    /// All files on the message.
    files: DraftFiles,
    /// This one.
    file: DraftFile,
    /// Who will be sent it.
    tool: Signal<Option<ChatTool>>,
    /// Which chip is being dragged.
    dragged: RwSignal<Option<u32>>,
    /// Which picture is being cropped.
    cropped: RwSignal<Option<u32>>,
) -> impl IntoView {
    let key = file.key;
    let class = move || {
        if dragged.get() == Some(key) {
            "attachment attachment-dragged"
        } else {
            "attachment"
        }
    };
    let stored = {
        let file = file.clone();
        Memo::new(move |_| file.view())
    };
    let picture = move || {
        let is_picture = stored
            .get()
            .is_some_and(|view| view.kind == FileKind::Image);
        is_picture.then_some(())
    };
    let controls = {
        let (files, file) = (files.clone(), file.clone());
        move || {
            picture().map(|()| {
                view! { <DetailSelect files=files.clone() file=file.clone() tool cropped /> }
            })
        }
    };
    let name = file.name();
    let (label, title) = (name.clone(), name.clone());
    view! {
        <li class=class data-file-key=key aria-label=label>
            <Handle files=files.clone() file=file.clone() stored dragged />
            <div class="attachment-words">
                <span class="attachment-name" title=title>
                    {name}
                </span>
                <Note file=file.clone() tool />
            </div>
            <RemoveButton files=files.clone() file=file.clone() />
            {controls}
            <TranscribeControl files=files.clone() file=file.clone() />
            <Problem files file tool />
        </li>
    }
    .into_any()
}

/// The picture or sign of a file; by it the file is moved about, with a pointer or with the arrow keys.
#[component]
fn Handle(
    /// All files on the message.
    files: DraftFiles,
    /// This one.
    file: DraftFile,
    /// What the server knows of it.
    stored: Memo<Option<crate::model::file::FileView>>,
    /// Which chip is being dragged.
    dragged: RwSignal<Option<u32>>,
) -> impl IntoView {
    let button = NodeRef::<html::Button>::new();
    let key = file.key;
    let on_key = move |event: KeyboardEvent| {
        let is_later = match event.key().as_str() {
            "ArrowLeft" | "ArrowUp" => false,
            "ArrowRight" | "ArrowDown" => true,
            _ => return,
        };
        event.prevent_default();
        if move_by(&files, key, is_later) {
            // An element that moves in the page loses the focus.
            request_animation_frame(move || {
                if let Some(button) = button.try_get_untracked().flatten() {
                    let _ = button.focus();
                }
            });
        }
    };
    let on_press = move |event: PointerEvent| {
        if event.button() == 0 {
            dragged.set(Some(key));
        }
    };
    let sign = {
        let file = file.clone();
        move || match stored.get() {
            Some(view) if view.kind == FileKind::Image => {
                let attachment = Attachment {
                    file: view,
                    detail: file.detail.get(),
                    edit: file.edit.get(),
                };
                view! { <Picture attachment size=PreviewSize::Small /> }.into_any()
            }
            _ => {
                let kind = kind_of(&file).unwrap_or(FileKind::Other);
                view! { <Icon name=kind_icon(kind) /> }.into_any()
            }
        }
    };
    view! {
        <button
            node_ref=button
            type="button"
            class="attachment-handle"
            aria-label=format!("Move {}", file.name())
            aria-describedby="attachment-help"
            title="Drag to move"
            on:keydown=on_key
            on:pointerdown=on_press
        >
            {sign}
        </button>
    }
    .into_any()
}

/// How far a file is; in the end how long it is, and as what a picture is sent.
#[component]
fn Note(
    /// The file.
    file: DraftFile,
    /// Who will be sent it.
    tool: Signal<Option<ChatTool>>,
) -> impl IntoView {
    let state = file.state.clone();
    let note = move || match state.get() {
        FileState::Waiting => {
            view! { <span class="attachment-note">"Waits for its turn"</span> }.into_any()
        }
        FileState::Uploading(percent) => {
            let label = format!("Uploading {}", file.name());
            view! {
                <progress class="attachment-progress" max="100" value=percent aria-label=label></progress>
            }
            .into_any()
        }
        FileState::Failed(_) => {
            view! { <span class="attachment-note">"Not attached"</span> }.into_any()
        }
        FileState::Stored(view) => {
            let attachment = Attachment {
                file: view,
                detail: file.detail.get(),
                edit: file.edit.get(),
            };
            let tokens =
                tool.with(|tool| tool.as_ref().and_then(|tool| tool.features.image_tokens));
            let words = match sent_size(&attachment, tokens) {
                Some((size, Some(cost))) => format!("{size}, {cost}"),
                Some((size, None)) => format!("{size}, {}", file_size(attachment.file.size_bytes)),
                None => file_size(attachment.file.size_bytes),
            };
            view! { <span class="attachment-note">{words}</span> }.into_any()
        }
    };
    note.into_any()
}

/// Why a file is not stored, or what its tool cannot do with it.
#[component]
fn Problem(
    /// All files on the message.
    files: DraftFiles,
    /// This one.
    file: DraftFile,
    /// Who will be sent it.
    tool: Signal<Option<ChatTool>>,
) -> impl IntoView {
    let failure = {
        let state = file.state.clone();
        Memo::new(move |_| match state.get() {
            FileState::Failed(error) => Some(error),
            _ => None,
        })
    };
    let objected = {
        let file = file.clone();
        Memo::new(move |_| {
            let kind = kind_of(&file)?;
            tool.with(|tool| objection(tool.as_ref()?, kind))
        })
    };
    move || {
        let error = failure.get();
        let words = error.as_ref().map(|error| error.message.clone());
        let words = words.or_else(|| objected.get())?;
        let (files, file) = (files.clone(), file.clone());
        let again = error.filter(is_worth_another_try).map(move |_| {
            view! {
                <button type="button" class="btn" on:click=move |_| uploads::retry(&files, &file)>
                    "Try again"
                </button>
            }
        });
        Some(view! {
            <p class="attachment-problem" role="alert">
                <Icon name="alert-triangle" class="icon-s" />
                <span>{words}</span>
                {again}
            </p>
        })
    }
}

/// What the file itself is the reason of stays as it is; room can be made.
fn is_worth_another_try(error: &AppError) -> bool {
    let is_about_quota = error.field.as_deref() == Some(QUOTA_FIELD);
    is_about_quota || !matches!(error.kind, ErrorKind::Invalid | ErrorKind::TooLarge)
}
