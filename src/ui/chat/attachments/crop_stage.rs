//! The picture with the part on it: the part is moved and pulled with a pointer, or with the arrow keys.

use super::{
    crop_dialog::Cropping,
    picture::{Picture, PreviewSize, place_on, shape},
};
use crate::model::{
    file::{Attachment, Crop, FileView, ImageDetail, ImageEdit},
    image_edit::Grip,
};
use leptos::{
    ev::{KeyboardEvent, PointerEvent},
    html,
    prelude::*,
};
use wasm_bindgen::JsCast;
use web_sys::Element;

/// An arrow key moves the part by this fraction of the picture's longest side.
const STEPS: u32 = 100;

/// A drag that goes on.
#[derive(Clone, Copy)]
struct Drag {
    /// What is pulled; none moves the part.
    grip: Option<Grip>,
    /// Where it began, in pixels of the screen.
    from: (i32, i32),
    /// The part as it was then.
    start: Crop,
    /// Pixels of the picture for one of the screen.
    scale: f64,
}

/// The picture and the part.
#[component]
pub(super) fn CropStage(
    /// The picture.
    view: FileView,
    /// The edit.
    cropping: Cropping,
    /// Takes the edit over.
    apply: Callback<()>,
) -> impl IntoView {
    let stage = NodeRef::<html::Div>::new();
    let drag = StoredValue::new(None::<Drag>);
    let press = move |event: PointerEvent| {
        let Some(stage) = stage.get_untracked().filter(|_| event.button() == 0) else {
            return;
        };
        event.prevent_default();
        hold(&event);
        let width = f64::from(untrack(|| cropping.bounds()).0);
        drag.set_value(Some(Drag {
            grip: grip_at(&event),
            from: (event.client_x(), event.client_y()),
            start: untrack(|| cropping.area()),
            scale: width / f64::from(stage.client_width().max(1)),
        }));
    };
    let on_move = move |event: PointerEvent| {
        if let Some(drag) = drag.get_value() {
            cropping.choose(drag.to(&event, cropping));
        }
    };
    let end = move |_: PointerEvent| drag.set_value(None);
    let on_key = move |event: KeyboardEvent| {
        if event.key() == "Enter" {
            event.prevent_default();
            apply.run(());
        } else if let Some(crop) = pressed(&event, cropping) {
            event.prevent_default();
            cropping.choose(crop);
        }
    };
    let turned = Memo::new(move |_| cropping.edit.get().rotate);
    let picture = move || {
        let attachment = Attachment {
            file: view.clone(),
            detail: ImageDetail::default(),
            edit: ImageEdit {
                rotate: turned.get(),
                crop: None,
            },
        };
        view! { <Picture attachment size=PreviewSize::Whole /> }
    };
    view! {
        <div class="crop-stage" node_ref=stage style=move || shape(cropping.bounds())>
            {picture}
            <div
                class="crop-area"
                role="group"
                tabindex="0"
                aria-label="Part that is sent"
                aria-describedby="crop-help"
                style=move || place_on(cropping.bounds(), cropping.area())
                on:pointerdown=press
                on:pointermove=on_move
                on:pointerup=end
                on:pointercancel=end
                on:keydown=on_key
            >
                <Grips />
            </div>
        </div>
        <p class="small quiet" id="crop-help">
            "Drag the part or its edges. With the keyboard: arrows move it, Shift and arrows change its size."
        </p>
    }
    .into_any()
}

/// What the part is pulled by.
#[component]
fn Grips() -> impl IntoView {
    (0..Grip::ALL.len())
        .map(|index| view! { <span class=format!("crop-grip crop-grip-{index}") data-grip=index></span> })
        .collect_view()
}

impl Drag {
    /// The part, with the pointer where it is now.
    fn to(self, event: &PointerEvent, cropping: Cropping) -> Crop {
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a picture")]
        let by = |now: i32, then: i32| (f64::from(now - then) * self.scale).round() as i64;
        let (across, down) = (
            by(event.client_x(), self.from.0),
            by(event.client_y(), self.from.1),
        );
        let bounds = untrack(|| cropping.bounds());
        match self.grip {
            Some(grip) => {
                let shape = cropping.shape.get_untracked();
                self.start.pulled(grip, (across, down), bounds, shape)
            }
            None => self.start.moved(across, down, bounds),
        }
    }
}

/// What a key makes of the part.
fn pressed(event: &KeyboardEvent, cropping: Cropping) -> Option<Crop> {
    let (bounds, area) = untrack(|| (cropping.bounds(), cropping.area()));
    let step = i64::from((bounds.0.max(bounds.1) / STEPS).max(1));
    let (across, down) = match event.key().as_str() {
        "ArrowLeft" => (-step, 0),
        "ArrowRight" => (step, 0),
        "ArrowUp" => (0, -step),
        "ArrowDown" => (0, step),
        _ => return None,
    };
    if !event.shift_key() {
        return Some(area.moved(across, down, bounds));
    }
    let grip = Grip {
        x: i8::from(across != 0),
        y: i8::from(down != 0),
    };
    Some(area.pulled(grip, (across, down), bounds, cropping.shape.get_untracked()))
}

/// The pointer stays with the part until it is let go.
fn hold(event: &PointerEvent) {
    let target = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    if let Some(area) = target {
        let _ = area.set_pointer_capture(event.pointer_id());
        // What was pressed takes the focus, so that the keys go on from there.
        if let Ok(area) = area.dyn_into::<web_sys::HtmlElement>() {
            let _ = area.focus();
        }
    }
}

fn grip_at(event: &PointerEvent) -> Option<Grip> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let index: usize = target.get_attribute("data-grip")?.parse().ok()?;
    Grip::ALL.get(index).copied()
}
