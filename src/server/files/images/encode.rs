//! Packing pixels: as JPEG what looks like a photo, as PNG what is drawn or lets something shine through.

use super::Problem;
use image::{
    DynamicImage, ExtendedColorType, GenericImageView, ImageEncoder,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};
use std::collections::HashSet;
use tokio_util::bytes::Bytes;

/// Of 100; above this JPEG grows fast and nobody sees a difference.
const QUALITY: u8 = 88;
/// So many different colours among the pixels looked at make a photo.
const MANY_COLOURS: usize = 512;
/// How many pixels are looked at, in each direction.
const SAMPLES: u32 = 96;

/// A packed picture.
#[derive(Clone, Debug)]
pub(in crate::server::files) struct Picture {
    /// `image/jpeg` or `image/png`.
    pub(in crate::server::files) media_type: &'static str,
    /// It.
    pub(in crate::server::files) bytes: Bytes,
}

/// Packs a picture.
pub(super) fn encode(picture: &DynamicImage) -> Result<Picture, Problem> {
    let (is_clear, is_photo) = look(picture);
    match (is_clear, is_photo) {
        (false, true) => jpeg(picture),
        _ => png(picture, is_clear),
    }
}

/// Whether something shines through, and whether there are as many colours as in a photo.
fn look(picture: &DynamicImage) -> (bool, bool) {
    let (width, height) = picture.dimensions();
    let has_alpha = picture.color().has_alpha();
    let is_clear = has_alpha && picture.pixels().any(|(_, _, pixel)| pixel[3] < u8::MAX);
    let mut colours = HashSet::new();
    let (across, down) = ((width / SAMPLES).max(1), (height / SAMPLES).max(1));
    for y in (0..height).step_by(down as usize) {
        for x in (0..width).step_by(across as usize) {
            colours.insert(picture.get_pixel(x, y).0);
            if colours.len() > MANY_COLOURS {
                return (is_clear, true);
            }
        }
    }
    (is_clear, false)
}

fn jpeg(picture: &DynamicImage) -> Result<Picture, Problem> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, QUALITY);
    let written = match picture {
        DynamicImage::ImageRgb8(pixels) => encoder.write_image(
            pixels.as_raw(),
            pixels.width(),
            pixels.height(),
            ExtendedColorType::Rgb8,
        ),
        other => {
            let pixels = other.to_rgb8();
            encoder.write_image(
                pixels.as_raw(),
                pixels.width(),
                pixels.height(),
                ExtendedColorType::Rgb8,
            )
        }
    };
    written.map_err(|_| Problem::Damaged)?;
    Ok(Picture {
        media_type: "image/jpeg",
        bytes: bytes.into(),
    })
}

fn png(picture: &DynamicImage, is_clear: bool) -> Result<Picture, Problem> {
    let mut bytes = Vec::new();
    let encoder = PngEncoder::new(&mut bytes);
    let (width, height) = picture.dimensions();
    let written = match is_clear {
        true => encoder.write_image(
            picture.to_rgba8().as_raw(),
            width,
            height,
            ExtendedColorType::Rgba8,
        ),
        false => encoder.write_image(
            picture.to_rgb8().as_raw(),
            width,
            height,
            ExtendedColorType::Rgb8,
        ),
    };
    written.map_err(|_| Problem::Damaged)?;
    Ok(Picture {
        media_type: "image/png",
        bytes: bytes.into(),
    })
}
