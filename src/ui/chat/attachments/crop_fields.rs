//! The part of a picture in numbers, and shapes that it can keep.

use super::crop_dialog::Cropping;
use crate::model::{file::Crop, image_edit::Pixels};
use leptos::prelude::*;

/// The shapes that are offered, width to height.
const SHAPES: [Pixels; 7] = [(1, 1), (4, 3), (3, 4), (3, 2), (2, 3), (16, 9), (9, 16)];

/// The shape and the four numbers.
#[component]
pub(super) fn CropFields(
    /// The edit.
    cropping: Cropping,
) -> impl IntoView {
    view! {
        <div class="crop-fields">
            <ShapeSelect cropping />
            <NumberField
                cropping
                label="Left"
                least=0
                get=|crop| crop.x
                set=|crop, x| Crop { x, ..crop }
            />
            <NumberField
                cropping
                label="Top"
                least=0
                get=|crop| crop.y
                set=|crop, y| Crop { y, ..crop }
            />
            <NumberField
                cropping
                label="Width"
                least=1
                get=|crop| crop.width
                set=|crop, width| Crop { width, ..crop }
            />
            <NumberField
                cropping
                label="Height"
                least=1
                get=|crop| crop.height
                set=|crop, height| Crop { height, ..crop }
            />
        </div>
    }
    .into_any()
}

/// A shape for the part; it takes it at once, as large as there is room.
#[component]
fn ShapeSelect(
    /// The edit.
    cropping: Cropping,
) -> impl IntoView {
    let name = |(width, height): Pixels| format!("{width}:{height}");
    let on_change = move |event| {
        let chosen = event_target_value(&event);
        let shape = SHAPES.into_iter().find(|shape| name(*shape) == chosen);
        cropping.shape.set(shape);
        if let Some(shape) = shape {
            let (bounds, area) = untrack(|| (cropping.bounds(), cropping.area()));
            cropping.choose(area.with_shape(shape, bounds));
        }
    };
    let options = SHAPES
        .into_iter()
        .map(|shape| {
            let is_chosen = move || cropping.shape.get() == Some(shape);
            view! {
                <option value=name(shape) selected=is_chosen>
                    {name(shape)}
                </option>
            }
        })
        .collect_view();
    view! {
        <label class="field">
            "Shape"
            <select class="input" on:change=on_change>
                <option value="" selected=move || cropping.shape.get().is_none()>
                    "Any"
                </option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// One of the numbers, in pixels.
#[component]
fn NumberField(
    /// The edit.
    cropping: Cropping,
    /// What it is.
    label: &'static str,
    /// The least that it can be.
    least: u32,
    /// Reads it.
    get: fn(Crop) -> u32,
    /// The part with another number.
    set: fn(Crop, u32) -> Crop,
) -> impl IntoView {
    let on_change = move |event| {
        let area = untrack(|| cropping.area());
        if let Ok(number) = event_target_value(&event).parse() {
            cropping.shape.set(None);
            cropping.choose(set(area, number));
        } else {
            // What is no number is put back.
            cropping.edit.update(|_| ());
        }
    };
    view! {
        <label class="field">
            {label}
            <input
                class="input num"
                type="number"
                inputmode="numeric"
                min=least
                prop:value=move || get(cropping.area()).to_string()
                on:change=on_change
            />
        </label>
    }
    .into_any()
}
