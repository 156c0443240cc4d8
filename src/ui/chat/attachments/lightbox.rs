//! A picture over the page, as large as there is room, and the ones beside it.

use super::picture::{Picture, PreviewSize, sent_note, shape};
use crate::{
    model::{catalog::ImageTokens, file::Attachment},
    ui::{kit::icon::Icon, lazy::lazy_view},
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

lazy_view! {
    /// The dialog that shows pictures, one at a time.
    pub fn lightbox(
        pictures: Vec<Attachment>,
        tokens: Option<ImageTokens>,
        shown: RwSignal<Option<usize>>,
    ) in attachments {
        view! { <Lightbox pictures tokens shown /> }
    }
}

/// The picture, its facts, and the ways on.
#[component]
fn Lightbox(
    /// All that can be shown.
    pictures: Vec<Attachment>,
    /// What a picture costs the model that it was sent to.
    tokens: Option<ImageTokens>,
    /// Which is shown: none when the dialog shuts.
    shown: RwSignal<Option<usize>>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It is on the page and not open yet, so this cannot fail.
            let _ = dialog.show_modal();
        }
    });
    let count = pictures.len();
    let go = move |is_onward: bool| {
        shown.update(|shown| {
            if let Some(index) = shown {
                *index = (*index + if is_onward { 1 } else { count - 1 }) % count;
            }
        });
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "ArrowLeft" => go(false),
        "ArrowRight" => go(true),
        _ => {}
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let picture = move || {
        let attachment = pictures.get(shown.get()?)?.clone();
        Some(view! { <Shown attachment tokens /> })
    };
    let step = move |label: &'static str, icon: &'static str, is_onward: bool| {
        (count > 1).then(|| {
            view! {
                <button type="button" class="icon-btn" aria-label=label title=label on:click=move |_| go(is_onward)>
                    <Icon name=icon />
                </button>
            }
        })
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog lightbox"
            aria-label="Picture"
            on:close=move |_| shown.set(None)
            on:keydown=on_key
        >
            <div class="lightbox-head">
                {step("Previous picture", "chevron-left", false)}
                {step("Next picture", "chevron-right", true)}
                <button type="button" class="icon-btn" aria-label="Close" title="Close (Esc)" on:click=close>
                    <Icon name="x" />
                </button>
            </div>
            {picture}
        </dialog>
    }
    .into_any()
}

/// One picture.
#[component]
fn Shown(
    /// The picture.
    attachment: Attachment,
    /// What it costs.
    tokens: Option<ImageTokens>,
) -> impl IntoView {
    let file = attachment.file.clone();
    let href = format!("/api/files/{}?download", file.id);
    let note = if file.is_generated {
        None
    } else {
        sent_note(&attachment, tokens)
    };
    let size = file.pixels.map(|pixels| {
        let area = attachment.edit.area(pixels);
        shape((area.width, area.height))
    });
    view! {
        <figure class="lightbox-picture" style=size>
            <Picture attachment size=PreviewSize::Whole />
            <figcaption class="row">
                <span>
                    <strong>{file.name}</strong>
                    <br />
                    <span class="small quiet">{note}</span>
                </span>
                <a class="btn" href=href rel="external" download>
                    <Icon name="download" class="icon-s" />
                    "Download"
                </a>
            </figcaption>
        </figure>
    }
    .into_any()
}
