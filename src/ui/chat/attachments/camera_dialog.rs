//! Taking a photo. The camera is on while the dialog is open and no longer.

use super::draft_files::DraftFiles;
use crate::{
    browser::camera::{Camera, CameraProblem, Facing, shoot},
    ui::{kit::icon::Icon, lazy::lazy_view},
};
use leptos::{__reexports::send_wrapper::SendWrapper, html, prelude::*, task::spawn_local};

lazy_view! {
    /// The dialog that takes a photo and puts it on a message.
    pub fn camera_dialog(files: DraftFiles, is_open: RwSignal<bool>) in attachments {
        view! { <CameraDialog files is_open /> }
    }
}

/// What the camera sees, and the button that keeps it.
#[component]
fn CameraDialog(
    /// Where the photo goes.
    files: DraftFiles,
    /// Whether the dialog is there.
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let video = NodeRef::<html::Video>::new();
    let facing = RwSignal::new(Facing::World);
    let problem = RwSignal::new(None::<CameraProblem>);
    let is_ready = RwSignal::new(false);
    // Letting go of it switches it off; so does leaving the page.
    let camera = StoredValue::new(None::<SendWrapper<Camera>>);
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            // It is on the page and not open yet, so this cannot fail.
            let _ = dialog.show_modal();
        }
    });
    let start = move |facing| {
        camera.set_value(None);
        is_ready.set(false);
        problem.set(None);
        spawn_local(async move {
            match Camera::open(facing).await {
                Ok(opened) => {
                    let Some(video) = video.try_get_untracked().flatten() else {
                        return;
                    };
                    opened.show_in(&video);
                    // Where the dialog is gone meanwhile, this gives the camera back, which switches it off.
                    let _ = camera.try_set_value(Some(SendWrapper::new(opened)));
                }
                Err(why) => {
                    let _ = problem.try_set(Some(why));
                }
            }
        });
    };
    Effect::new(move || start(facing.get()));
    on_cleanup(move || {
        let _ = camera.try_set_value(None);
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let take = move |_| {
        let files = files.clone();
        spawn_local(async move {
            let Some(video) = video.try_get_untracked().flatten() else {
                return;
            };
            if let Some(photo) = shoot(&video).await {
                files.add([(photo, "photo.jpg".to_owned())]);
                close();
            }
        });
    };
    let switch = move |_| {
        facing.update(|facing| {
            *facing = match facing {
                Facing::World => Facing::Person,
                Facing::Person => Facing::World,
            };
        });
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog camera-dialog"
            aria-label="Take a photo"
            on:close=move |_| is_open.set(false)
        >
            <Explanation problem retry=Callback::new(move |()| start(facing.get_untracked())) />
            <video
                node_ref=video
                class="camera-view"
                class:camera-mirror=move || facing.get() == Facing::Person
                hidden=move || problem.get().is_some()
                autoplay
                playsinline
                muted
                aria-label="What the camera sees"
                on:playing=move |_| is_ready.set(true)
            ></video>
            <div class="dialog-foot">
                <button type="button" class="btn btn-quiet" on:click=switch>
                    <Icon name="refresh-cw" class="icon-s" />
                    "Other camera"
                </button>
                <button type="button" class="btn" on:click=move |_| close()>
                    "Cancel"
                </button>
                <button type="button" class="btn btn-primary" disabled=move || !is_ready.get() on:click=take>
                    <Icon name="camera" class="icon-s" />
                    "Take photo"
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

/// Why there is nothing to see, and what to do about it.
#[component]
fn Explanation(
    /// What is the matter, if anything.
    problem: RwSignal<Option<CameraProblem>>,
    /// Tries again.
    retry: Callback<()>,
) -> impl IntoView {
    move || {
        problem.get().map(|problem| {
            view! {
                <div class="notice notice-warn" role="alert">
                    <Icon name="alert-triangle" />
                    <p>{explained(problem)}</p>
                    <button type="button" class="btn" on:click=move |_| retry.run(())>
                        "Try again"
                    </button>
                </div>
            }
        })
    }
}

fn explained(problem: CameraProblem) -> &'static str {
    match problem {
        CameraProblem::Insecure => {
            "Browsers let only secure pages use the camera: open this site by its https address, or attach a photo as a file."
        }
        CameraProblem::Denied => {
            "This site may not use the camera. Allow it in the browser's settings for this site, or attach a photo as a file."
        }
        CameraProblem::Missing => "No camera was found. Connect one, or attach a photo as a file.",
        CameraProblem::Busy => "Another program uses the camera. Close it there and try again.",
    }
}
