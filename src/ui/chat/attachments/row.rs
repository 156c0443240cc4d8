//! The files on a message that is being written: in which order they are sent, how far they are, and what can be done with
//! each.

use super::{
    chip::Chip,
    crop_dialog::CropDialog,
    draft_files::{DraftFile, DraftFiles, Kept, Readiness},
    uploads,
};
use crate::{
    model::{chat::ChatTool, file::MAX_ATTACHMENTS},
    ui::{
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
        },
        lazy::{Lazy, lazy_view},
    },
};
use leptos::{
    ev::{self, PointerEvent},
    leptos_dom::helpers::window_event_listener,
    prelude::*,
};

lazy_view! {
    /// The chips of the files on a message that is being written.
    pub fn attachment_row(files: DraftFiles, tool: Signal<Option<ChatTool>>) in attachments {
        view! { <Chips files tool /> }
    }
}

/// The files on a message that is being written; nothing while there are none.
#[component]
pub fn AttachmentRow(
    /// The files.
    #[prop(into)]
    files: Signal<DraftFiles>,
    /// Who will be sent them, once that is known.
    tool: Signal<Option<ChatTool>>,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let files = files.get();
        (!files.is_empty()).then_some(files)
    });
    move || {
        shown.get().map(|files| {
            view! { <Lazy view=attachment_row(files, tool) waiting=ChipSkeleton /> }
        })
    }
}

/// While what shows the files is fetched.
#[component]
fn ChipSkeleton() -> impl IntoView {
    view! {
        <div class="attachments" aria-hidden="true">
            <span class="attachment skeleton"></span>
        </div>
    }
}

/// All of them, in their order.
#[component]
fn Chips(
    /// The files.
    files: DraftFiles,
    /// Who will be sent them.
    tool: Signal<Option<ChatTool>>,
) -> impl IntoView {
    let dragged = RwSignal::new(None::<u32>);
    let cropped = RwSignal::new(None::<u32>);
    {
        let files = files.clone();
        Effect::new(move || {
            files.files.track();
            uploads::start_next(&files);
        });
    }
    {
        let files = files.clone();
        Effect::new(move || {
            follow_drag(&files, dragged);
            ask_before_leaving(&files);
        });
    }
    let list = {
        let files = files.files.clone();
        move || files.get()
    };
    let chip = {
        let files = files.clone();
        move |file: DraftFile| view! { <Chip files=files.clone() file tool dragged cropped /> }
    };
    let said = files.said.clone();
    view! {
        <KeptFiles files=files.clone() />
        <ol class="attachments" aria-label="Attached files">
            <For each=list key=|file| file.key children=chip />
        </ol>
        <p class="sr-only" id="attachment-help">
            "Press an arrow key to move the file; the first is sent first."
        </p>
        <TooMany files=files.clone() />
        <p class="sr-only" role="status">
            {move || said.get()}
        </p>
        {move || {
            let key = cropped.get()?;
            let file = files.files.get_untracked().into_iter().find(|file| file.key == key)?;
            Some(view! { <CropDialog files=files.clone() file tool cropped /> })
        }}
    }
    .into_any()
}

/// A draft that was kept and is being looked up, or why it could not be.
#[component]
fn KeptFiles(
    /// The files.
    files: DraftFiles,
) -> impl IntoView {
    let kept = files.kept.clone();
    move || {
        let files = files.clone();
        let Kept {
            files: asked,
            problem,
        } = kept.get()?;
        let shown = match problem {
            None => view! {
                <p class="attachment-note" role="status">
                    "Looking up the attached files…"
                </p>
            }
            .into_any(),
            Some(error) => {
                let forget = {
                    let files = files.clone();
                    move |_| {
                        files.kept.set(None);
                        files.keep();
                    }
                };
                view! {
                    <ErrorNotice error>
                        <RetryButton on_retry=move |()| files.look_up(asked.clone()) />
                        <button type="button" class="btn" on:click=forget>
                            "Go on without the files"
                        </button>
                    </ErrorNotice>
                }
                .into_any()
            }
        };
        Some(shown)
    }
}

/// More than one message takes.
#[component]
fn TooMany(
    /// The files.
    files: DraftFiles,
) -> impl IntoView {
    move || {
        files.are_too_many().then(|| {
            view! {
                <p class="attachment-problem" role="alert">
                    <Icon name="alert-triangle" class="icon-s" />
                    {format!("At most {MAX_ATTACHMENTS} files go with one message. Take some off.")}
                </p>
            }
        })
    }
}

/// While a chip is dragged, it takes the place of whichever is under the pointer. The listeners are the window's: the chip
/// itself moves about in the page and would lose the pointer.
fn follow_drag(files: &DraftFiles, dragged: RwSignal<Option<u32>>) {
    let files = files.clone();
    let moved = window_event_listener(ev::pointermove, move |event| {
        let Some(key) = dragged.get_untracked() else {
            return;
        };
        if let Some(place) = chip_under(&event).and_then(|under| position(&files, under)) {
            move_to(&files, key, place);
        }
    });
    let end = move |_: PointerEvent| {
        if dragged.get_untracked().is_some() {
            dragged.set(None);
        }
    };
    let up = window_event_listener(ev::pointerup, end);
    let cancel = window_event_listener(ev::pointercancel, end);
    on_cleanup(move || {
        for listener in [moved, up, cancel] {
            listener.remove();
        }
    });
}

/// Closing or reloading the page would lose what is on its way; the browser asks first.
fn ask_before_leaving(files: &DraftFiles) {
    let files = files.clone();
    let leaving = window_event_listener(ev::beforeunload, move |event| {
        if untrack(|| files.readiness()) == Readiness::Underway {
            event.prevent_default();
        }
    });
    on_cleanup(move || leaving.remove());
}

fn chip_under(event: &PointerEvent) -> Option<u32> {
    #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
    let (x, y) = (event.client_x() as f32, event.client_y() as f32);
    let under = web_sys::window()?.document()?.element_from_point(x, y)?;
    let chip = under.closest("[data-file-key]").ok()??;
    chip.get_attribute("data-file-key")?.parse().ok()
}

fn position(files: &DraftFiles, key: u32) -> Option<usize> {
    files
        .files
        .with_untracked(|files| files.iter().position(|file| file.key == key))
}

/// Puts a file elsewhere in the order, and says so. Whether it moved.
pub(super) fn move_to(files: &DraftFiles, key: u32, place: usize) -> bool {
    let Some(from) = position(files, key) else {
        return false;
    };
    let count = files.files.with_untracked(Vec::len);
    if from == place || place >= count {
        return false;
    }
    let mut name = String::new();
    files.files.update(|files| {
        let file = files.remove(from);
        name = file.name();
        files.insert(place, file);
    });
    files.say(format!("{name} is now {} of {count}.", place + 1));
    files.keep();
    true
}

/// Moves a file towards the start or the end.
pub(super) fn move_by(files: &DraftFiles, key: u32, is_later: bool) -> bool {
    position(files, key).is_some_and(|place| {
        let place = if is_later {
            Some(place + 1)
        } else {
            place.checked_sub(1)
        };
        place.is_some_and(|place| move_to(files, key, place))
    })
}
