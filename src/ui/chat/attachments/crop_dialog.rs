//! Turning a picture and choosing the part that is sent. The file stays as it is; what is chosen goes with the message.

use super::{
    crop_fields::CropFields,
    crop_stage::CropStage,
    draft_files::{DraftFile, DraftFiles},
    picture::sent_size,
};
use crate::{
    model::{
        catalog::ImageTokens,
        chat::ChatTool,
        file::{Attachment, Crop, FileView, ImageDetail, ImageEdit},
        image_edit::Pixels,
    },
    ui::kit::icon::Icon,
};
use leptos::{ev::SubmitEvent, html, prelude::*};

/// The edit while it is being made.
#[derive(Clone, Copy)]
pub(super) struct Cropping {
    /// The size of the stored picture, as it is seen.
    pub(super) pixels: Pixels,
    /// What is chosen.
    pub(super) edit: RwSignal<ImageEdit>,
    /// The shape that the part keeps, width to height; none lets it have any.
    pub(super) shape: RwSignal<Option<Pixels>>,
}

impl Cropping {
    /// The size of the picture as it is turned.
    pub(super) fn bounds(self) -> Pixels {
        self.edit.get().turned(self.pixels)
    }

    /// The part that is sent.
    pub(super) fn area(self) -> Crop {
        self.edit.get().area(self.pixels)
    }

    /// Chooses another part.
    pub(super) fn choose(self, crop: Crop) {
        let edit = self.edit.get_untracked();
        let edit = ImageEdit {
            crop: Some(crop),
            ..edit
        };
        self.edit.set(edit.within(self.pixels));
    }

    fn turn(self, is_clockwise: bool) {
        self.edit
            .update(|edit| *edit = edit.turn(self.pixels, is_clockwise));
        self.shape
            .update(|shape| *shape = shape.map(|(width, height)| (height, width)));
    }

    fn reset(self) {
        self.edit.set(ImageEdit::default());
        self.shape.set(None);
    }
}

/// The dialog. The focus goes back to where it was when it shuts.
#[component]
pub(super) fn CropDialog(
    /// All files on the message.
    files: DraftFiles,
    /// The picture.
    file: DraftFile,
    /// Who will be sent it.
    tool: Signal<Option<ChatTool>>,
    /// Which picture is being cropped: none when the dialog shuts.
    cropped: RwSignal<Option<u32>>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It is on the page and not open yet, so this cannot fail.
            let _ = dialog.show_modal();
        }
    });
    let stored = untrack(|| file.view()).and_then(|view| Some((view.clone(), view.pixels?)));
    let Some((view, pixels)) = stored else {
        return ().into_any();
    };
    let cropping = Cropping {
        pixels,
        edit: RwSignal::new(file.edit.get_untracked().within(pixels)),
        shape: RwSignal::new(None),
    };
    let detail = file.detail.get_untracked();
    let tokens = tool.with_untracked(|tool| tool.as_ref()?.features.image_tokens);
    let apply = Callback::new(move |()| {
        file.edit.set(cropping.edit.get_untracked());
        files.keep();
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        apply.run(());
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    view! {
        <dialog node_ref=dialog class="dialog crop-dialog" aria-labelledby="crop-title" on:close=move |_| cropped.set(None)>
            <form class="crop-form" on:submit=submit>
                <h2 id="crop-title">"Crop " {view.name.clone()}</h2>
                <CropStage view=view.clone() cropping apply />
                <TurnButtons cropping />
                <CropFields cropping />
                <Outcome view detail tokens cropping />
                <div class="dialog-foot">
                    <button type="button" class="btn" on:click=close>
                        "Cancel"
                    </button>
                    <button class="btn btn-primary">"Apply"</button>
                </div>
            </form>
        </dialog>
    }
    .into_any()
}

/// Turning, and starting over.
#[component]
fn TurnButtons(
    /// The edit.
    cropping: Cropping,
) -> impl IntoView {
    view! {
        <div class="row">
            <button type="button" class="btn" on:click=move |_| cropping.turn(false)>
                <Icon name="rotate-ccw" class="icon-s" />
                "Rotate left"
            </button>
            <button type="button" class="btn" on:click=move |_| cropping.turn(true)>
                <Icon name="rotate-cw" class="icon-s" />
                "Rotate right"
            </button>
            <button
                type="button"
                class="btn btn-quiet"
                disabled=move || cropping.edit.get().is_none()
                on:click=move |_| cropping.reset()
            >
                "Reset"
            </button>
        </div>
    }
    .into_any()
}

/// What will be sent, while one chooses.
#[component]
fn Outcome(
    /// The picture.
    view: FileView,
    /// How closely it is looked at.
    detail: ImageDetail,
    /// What a picture costs.
    tokens: Option<ImageTokens>,
    /// The edit.
    cropping: Cropping,
) -> impl IntoView {
    let words = move || {
        let attachment = Attachment {
            file: view.clone(),
            detail,
            edit: cropping.edit.get(),
        };
        let (size, cost) = sent_size(&attachment, tokens)?;
        let cost = cost.map_or_else(String::new, |cost| format!(", {cost}"));
        Some(format!("Sent as {size} pixels{cost}"))
    };
    view! {
        <output class="crop-outcome quiet num" aria-live="polite">
            {words}
        </output>
    }
    .into_any()
}
