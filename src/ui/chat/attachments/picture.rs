//! A stored picture as it is sent: turned and cut by the page, for the stored file stays as it is.

use crate::{
    model::{
        catalog::ImageTokens,
        file::{Attachment, Crop},
        image_edit::sent_pixels,
    },
    ui::kit::number::{decimal, grouped},
};
use leptos::prelude::*;

/// The side of the preview that is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PreviewSize {
    /// 96 pixels.
    Small,
    /// 512 pixels.
    Large,
    /// The file itself.
    Whole,
}

/// The picture, in a frame of the shape of what is sent: the frame's place decides how large it is.
#[component]
pub(super) fn Picture(
    /// The file and its edit.
    attachment: Attachment,
    /// How closely it can be seen here.
    size: PreviewSize,
) -> impl IntoView {
    let id = attachment.file.id;
    let source = match size {
        PreviewSize::Small => format!("/api/files/{id}/preview?size=96"),
        PreviewSize::Large => format!("/api/files/{id}/preview?size=512"),
        PreviewSize::Whole => format!("/api/files/{id}"),
    };
    let name = attachment.file.name.clone();
    let Some(place) = Place::of(&attachment) else {
        return view! { <img class="picture" src=source alt=name loading="lazy" /> }.into_any();
    };
    view! {
        <span class="picture" style=place.frame>
            <span class="picture-turned" style=place.turned>
                <img src=source alt=name style=place.picture loading="lazy" decoding="async" draggable="false" />
            </span>
        </span>
    }
    .into_any()
}

/// Where things are in the frame, as styles. Parts are hundredths, so that they fit a frame of any size.
struct Place {
    frame: String,
    turned: String,
    picture: String,
}

impl Place {
    fn of(attachment: &Attachment) -> Option<Self> {
        let pixels = attachment.file.pixels?;
        let edit = attachment.edit.within(pixels);
        let (turned, area) = (edit.turned(pixels), edit.area(pixels));
        Some(Self {
            frame: shape((area.width, area.height)),
            turned: format!(
                "left: -{}%; top: -{}%; width: {}%; height: {}%",
                hundredths(area.x, area.width),
                hundredths(area.y, area.height),
                hundredths(turned.0, area.width),
                hundredths(turned.1, area.height),
            ),
            picture: format!(
                "width: {}%; height: {}%; rotate: {}deg",
                hundredths(pixels.0, turned.0),
                hundredths(pixels.1, turned.1),
                edit.rotate,
            ),
        })
    }
}

/// The shape of a frame, for the style sheet.
pub(super) fn shape((width, height): (u32, u32)) -> String {
    format!("--w: {width}; --h: {height}")
}

/// Where a part lies on a picture of a size, as a style.
pub(super) fn place_on((width, height): (u32, u32), part: Crop) -> String {
    format!(
        "left: {}%; top: {}%; width: {}%; height: {}%",
        hundredths(part.x, width),
        hundredths(part.y, height),
        hundredths(part.width, width),
        hundredths(part.height, height),
    )
}

fn hundredths(part: u32, whole: u32) -> String {
    decimal(f64::from(part) * 100.0 / f64::from(whole.max(1)), 0)
}

/// `2048 × 1536`, in which a picture is sent, and what that costs where it is known.
pub(super) fn sent_size(
    attachment: &Attachment,
    tokens: Option<ImageTokens>,
) -> Option<(String, Option<String>)> {
    let pixels = attachment.file.pixels?;
    let (width, height) = sent_pixels(pixels, attachment.edit, attachment.detail);
    let cost = tokens.map(|tokens| {
        let count = tokens.count((width, height), attachment.detail);
        format!("about {} tokens", grouped(count))
    });
    Some((format!("{width} × {height}"), cost))
}

/// What stands on hover over a sent picture.
pub(super) fn sent_note(attachment: &Attachment, tokens: Option<ImageTokens>) -> Option<String> {
    let (size, cost) = sent_size(attachment, tokens)?;
    let detail = attachment.detail.label().to_lowercase();
    let cost = cost.map_or_else(String::new, |cost| format!(", {cost}"));
    Some(format!("Sent as {size}, {detail} detail{cost}"))
}
