//! One file in the list.

use super::delete_form::DeleteForm;
use crate::{
    api::files::DeleteFile,
    model::file::{FileEntry, FileKind, FileView},
    ui::kit::{day::day_label, icon::Icon, number::file_size},
};
use leptos::prelude::*;

/// What it looks like, what it is, and what can be done with it.
#[component]
pub(super) fn FileRow(
    /// The file.
    entry: FileEntry,
    /// Deletes one.
    delete: ServerAction<DeleteFile>,
) -> impl IntoView {
    let FileEntry {
        file,
        created_on,
        is_shared,
    } = entry;
    let address = format!("/api/files/{}", file.id);
    let name = file.name.clone();
    let about = about(&file, &created_on);
    view! {
        <li class="file-row">
            <Thumbnail file=file.clone() />
            <div class="file-words">
                <a class="file-name" href=address.clone() rel="external" target="_blank">
                    {name.clone()}
                </a>
                <p class="quiet small">{about}</p>
            </div>
            <div class="file-actions">
                <a
                    class="icon-btn"
                    href=format!("/chat?file={}", file.id)
                    aria-label=format!("Use {name} in chat")
                    title="Use in chat"
                >
                    <Icon name="message-square" class="icon-s" />
                </a>
                <a
                    class="icon-btn"
                    href=format!("{address}?download")
                    rel="external"
                    download=name.clone()
                    aria-label=format!("Download {name}")
                    title="Download"
                >
                    <Icon name="arrow-down" class="icon-s" />
                </a>
                <DeleteForm id=file.id name is_shared delete />
            </div>
        </li>
    }
    .into_any()
}

/// A small view of a picture, a sign for anything else. What it shows, the name beside it says.
#[component]
fn Thumbnail(
    /// The file.
    file: FileView,
) -> impl IntoView {
    if file.kind == FileKind::Image && file.pixels.is_some() {
        let address = format!("/api/files/{}/preview?size=96", file.id);
        return view! {
            <img class="file-thumb" src=address alt="" width="48" height="48" loading="lazy" />
        }
        .into_any();
    }
    let icon = match file.kind {
        FileKind::Image => "image",
        FileKind::Audio => "audio-lines",
        FileKind::Video => "video",
        FileKind::Text => "code",
        FileKind::Pdf | FileKind::Office | FileKind::Other => "file",
    };
    view! {
        <span class="file-thumb">
            <Icon name=icon />
        </span>
    }
    .into_any()
}

/// What it is, how large, since when.
fn about(file: &FileView, created_on: &str) -> String {
    let mut parts = vec![kind_label(file), file_size(file.size_bytes)];
    if let Some((width, height)) = file.pixels {
        parts.push(format!("{width} × {height}"));
    }
    parts.push(day_label(created_on));
    if file.is_generated {
        parts.push("made by a tool".to_owned());
    }
    parts.join(" · ")
}

fn kind_label(file: &FileView) -> String {
    let label = match (file.kind, file.media_type.as_str()) {
        // Whatever moves is sent as a still.
        (FileKind::Image, "image/gif") => "GIF, sent as its first picture",
        (FileKind::Image, kind) => {
            return kind.trim_start_matches("image/").to_uppercase();
        }
        (FileKind::Pdf, _) => "PDF",
        (FileKind::Text, "text/csv" | "text/tab-separated-values") => "Table",
        (FileKind::Text, _) => "Text",
        (FileKind::Office, kind) if kind.contains("sheet") || kind.contains("excel") => "Sheet",
        (FileKind::Office, kind)
            if kind.contains("presentation") || kind.contains("powerpoint") =>
        {
            "Slides"
        }
        (FileKind::Office, _) => "Document",
        (FileKind::Audio, _) => "Sound",
        (FileKind::Video, _) => "Film",
        (FileKind::Other, _) => "Other; no model reads it",
    };
    label.to_owned()
}
