//! The files on a sent message and those that an answer brought. The server renders them, and they take the room that they
//! need from the start.

use super::{
    lightbox::lightbox,
    picture::{Picture, PreviewSize, sent_note, shape},
};
use crate::{
    model::{
        catalog::ImageTokens,
        file::{Attachment, FileKind},
    },
    ui::{
        kit::{icon::Icon, number::file_size},
        lazy::Lazy,
    },
};
use leptos::{ev::MouseEvent, prelude::*};

/// Pictures to look at, and everything else to fetch.
#[component]
pub(in crate::ui::chat) fn AttachmentList(
    /// The files, in their order.
    attachments: Vec<Attachment>,
    /// What the list is called.
    label: &'static str,
    /// What a picture costs the model that it was sent to.
    tokens: Option<ImageTokens>,
) -> impl IntoView {
    if attachments.is_empty() {
        return ().into_any();
    }
    let shown = RwSignal::new(None::<usize>);
    let pictures: Vec<Attachment> = attachments
        .iter()
        .filter(|it| is_picture(it))
        .cloned()
        .collect();
    let is_shown = Memo::new(move |_| shown.with(Option::is_some));
    let mut index = 0;
    let items: Vec<AnyView> = attachments
        .into_iter()
        .map(|attachment| {
            if is_picture(&attachment) {
                index += 1;
                view! { <PictureItem attachment tokens shown index=index - 1 /> }.into_any()
            } else {
                view! { <FileItem attachment /> }.into_any()
            }
        })
        .collect();
    view! {
        <ul class="sent-files" aria-label=label>
            {items}
        </ul>
        {move || {
            is_shown
                .get()
                .then(|| view! { <Lazy view=lightbox(pictures.clone(), tokens, shown) waiting=|| () /> })
        }}
    }
    .into_any()
}

/// Whether a browser can show it.
pub(super) fn is_picture(attachment: &Attachment) -> bool {
    attachment.file.kind == FileKind::Image
}

/// A picture: a link to it, which a script opens over the page.
#[component]
fn PictureItem(
    /// The picture.
    attachment: Attachment,
    /// What it costs.
    tokens: Option<ImageTokens>,
    /// Which picture is shown over the page.
    shown: RwSignal<Option<usize>>,
    /// Which this is.
    index: usize,
) -> impl IntoView {
    let is_generated = attachment.file.is_generated;
    let title = if is_generated {
        Some(attachment.file.name.clone())
    } else {
        sent_note(&attachment, tokens)
    };
    let id = attachment.file.id;
    let open = move |event: MouseEvent| {
        // With a key held, or another button, the browser does what it always does with a link.
        if event.button() == 0 && !event.ctrl_key() && !event.meta_key() && !event.shift_key() {
            event.prevent_default();
            shown.set(Some(index));
        }
    };
    let size = attachment.file.pixels.map(|pixels| {
        let area = attachment.edit.area(pixels);
        shape((area.width, area.height))
    });
    view! {
        <li class="sent-picture" style=size>
            <a href=format!("/api/files/{id}") rel="external" title=title on:click=open>
                <Picture attachment size=PreviewSize::Large />
            </a>
        </li>
    }
    .into_any()
}

/// Anything else: its name, how long it is, and the way to have it.
#[component]
fn FileItem(
    /// The file.
    attachment: Attachment,
) -> impl IntoView {
    let file = attachment.file;
    let href = format!("/api/files/{}?download", file.id);
    view! {
        <li>
            <a class="chip" href=href rel="external" download title="Download">
                <Icon name=kind_icon(file.kind) />
                <span class="file-name">{file.name}</span>
                <span class="count">{file_size(file.size_bytes)}</span>
            </a>
        </li>
    }
    .into_any()
}

/// The sign of a kind of file.
pub(super) fn kind_icon(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Image => "image",
        FileKind::Audio => "audio-lines",
        FileKind::Video => "video",
        FileKind::Text => "code",
        FileKind::Pdf | FileKind::Office | FileKind::Other => "file",
    }
}
