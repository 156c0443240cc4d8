//! How an assistant looks: a colour, or a picture.

use crate::model::{
    file::{FileKind, FileView},
    ids::FileId,
};
use leptos::prelude::*;

/// The colours to choose from, with their names.
const HUES: [(u32, &str); 8] = [
    (25, "Red"),
    (60, "Orange"),
    (95, "Yellow"),
    (145, "Green"),
    (190, "Turquoise"),
    (250, "Blue"),
    (300, "Violet"),
    (350, "Pink"),
];

/// Colour and picture.
#[component]
pub(super) fn LookFields(
    /// The colour until now.
    hue: Option<u32>,
    /// The picture until now.
    picture: Option<FileId>,
    /// The person's files.
    files: Vec<FileView>,
) -> impl IntoView {
    // A colour of another program's choice stays while nothing else is chosen.
    let other = hue.filter(|hue| !HUES.iter().any(|(known, _)| known == hue));
    let swatch = move |value: Option<u32>, label: &'static str| {
        let style = value.map(|hue| format!("--hue: {hue}"));
        view! {
            <label class="swatch" title=label>
                <input
                    type="radio"
                    name="form[hue]"
                    value=value.map(|hue| hue.to_string()).unwrap_or_default()
                    checked=value == hue
                />
                <span class="mark mark-s" style=style aria-hidden="true"></span>
                <span class="sr-only">{label}</span>
            </label>
        }
    };
    let swatches = HUES
        .map(|(hue, label)| swatch(Some(hue), label))
        .collect_view();
    let pictures: Vec<FileView> = files
        .into_iter()
        .filter(|file| file.kind == FileKind::Image || Some(file.id) == picture)
        .collect();
    let is_missing = picture.filter(|id| !pictures.iter().any(|file| file.id == *id));
    let options = pictures
        .into_iter()
        .map(|file| {
            view! {
                <option value=file.id.to_string() selected=Some(file.id) == picture>
                    {file.name}
                </option>
            }
        })
        .collect_view();
    view! {
        <fieldset class="field">
            <legend class="legend">"Colour"</legend>
            <div class="swatches">
                {swatch(None, "By its name")} {swatches}
                {other.map(|hue| swatch(Some(hue), "As it is"))}
            </div>
        </fieldset>
        <div class="field">
            <label for="picture">"Picture"</label>
            <select class="input" id="picture" name="form[picture]" autocomplete="off">
                <option value="">"None: a letter on its colour"</option>
                {is_missing
                    .map(|id| {
                        view! {
                            <option value=id.to_string() selected>
                                "The picture it has"
                            </option>
                        }
                    })}
                {options}
            </select>
            <p class="field-note">"One of the pictures among your files."</p>
        </div>
    }
    .into_any()
}
