//! Pictures: opening them within bounds, turning and cutting them, and making them smaller. Whatever is made here is made
//! anew of the pixels, so that nothing a camera wrote beside them (place, time, owner) goes along.

mod encode;
mod jpeg;

use crate::model::{
    AppError, ErrorKind,
    file::{ImageDetail, ImageEdit},
    image_edit::fit,
};
use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, metadata::Orientation,
};
use std::{borrow::Cow, io::Cursor};

pub(super) use encode::Picture;

/// Most pixels that a picture may have: what large cameras make. Known from the first bytes, before anything is unpacked.
const MAX_PIXELS: u64 = 100_000_000;
/// Most memory that unpacking may take: four bytes for each of those pixels, and some for the unpacker.
const MAX_UNPACKED_BYTES: u64 = 450_000_000;

/// How large a preview is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreviewSize {
    /// For a row of chips: 96 pixels wide and high at most.
    Small,
    /// For a message: 512 pixels.
    Large,
}

/// Why a picture cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// Too many pixels: this many wide and high.
    TooManyPixels(u32, u32),
    /// It ends before it should.
    Truncated,
    /// Its bytes make no picture.
    Damaged,
}

impl PreviewSize {
    /// The size for a number of pixels that somebody asks for.
    #[must_use]
    pub fn at_least(side: u32) -> Self {
        if side <= Self::Small.side() {
            Self::Small
        } else {
            Self::Large
        }
    }

    fn side(self) -> u32 {
        match self {
            Self::Small => 96,
            Self::Large => 512,
        }
    }

    /// The name under which it is kept.
    #[must_use]
    pub fn rendition(self) -> &'static str {
        match self {
            Self::Small => "preview-96",
            Self::Large => "preview-512",
        }
    }
}

impl Problem {
    /// The sentence for whoever uploads it.
    pub(super) fn told_of(self, name: &str) -> AppError {
        match self {
            Self::TooManyPixels(width, height) => AppError::new(
                ErrorKind::TooLarge,
                format!(
                    "{name} has {width} × {height} pixels, which is more than the 100 megapixels that a picture may have here. \
                     Make it smaller and upload it again."
                ),
            ),
            Self::Truncated => AppError::new(
                ErrorKind::Invalid,
                format!(
                    "{name} is cut off: its end is missing. Copy it again from where it came from and upload that."
                ),
            ),
            Self::Damaged => AppError::new(
                ErrorKind::Invalid,
                format!(
                    "{name} is damaged and cannot be opened as a picture. Save it again and upload that."
                ),
            ),
        }
    }
}

/// Opens a picture as it is seen: turned the way that its camera was held. Of a moving picture this is the first one.
pub(super) fn open(bytes: &[u8]) -> Result<DynamicImage, Problem> {
    let reader = ImageReader::new(Cursor::new(bytes))
        .with_guessed_format()
        .map_err(|_| Problem::Damaged)?;
    let format = reader.format();
    let mut decoder = reader.into_decoder().map_err(|error| problem(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(Problem::TooManyPixels(width, height));
    }
    if width == 0 || height == 0 {
        return Err(Problem::Damaged);
    }
    // The unpacker of JPEG fills what is missing with grey.
    if format == Some(ImageFormat::Jpeg) && !jpeg::is_complete(bytes) {
        return Err(Problem::Truncated);
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_UNPACKED_BYTES);
    decoder
        .set_limits(limits)
        .map_err(|error| problem(&error))?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| problem(&error))?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn problem(error: &ImageError) -> Problem {
    match error {
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Problem::Truncated
        }
        _ => Problem::Damaged,
    }
}

/// Both small versions for pages, the larger first. The smaller is made of it: looking at every pixel of a photo takes long.
pub(super) fn previews(picture: &DynamicImage) -> Result<[(PreviewSize, Picture); 2], Problem> {
    let large = within(picture, PreviewSize::Large.side());
    let small = within(&large, PreviewSize::Small.side());
    Ok([
        (PreviewSize::Large, encode::encode(&large)?),
        (PreviewSize::Small, encode::encode(&small)?),
    ])
}

/// A small version for pages.
pub(super) fn preview(picture: &DynamicImage, size: PreviewSize) -> Result<Picture, Problem> {
    encode::encode(&within(picture, size.side()))
}

/// The version that a model is sent: turned, cut, and as large as it is to be looked at.
pub(super) fn edited(
    picture: DynamicImage,
    edit: ImageEdit,
    detail: ImageDetail,
) -> Result<Picture, Problem> {
    let size = (picture.width(), picture.height());
    let turned = match edit.rotate {
        90 => picture.rotate90(),
        180 => picture.rotate180(),
        270 => picture.rotate270(),
        _ => picture,
    };
    let area = edit.area(size);
    let part = match edit.crop {
        Some(_) => turned.crop_imm(area.x, area.y, area.width, area.height),
        None => turned,
    };
    match detail.longest_side() {
        Some(side) => encode::encode(&within(&part, side)),
        None => encode::encode(&part),
    }
}

/// The picture with its longer side at most `side`. Averages whole pixels, which takes no memory beside the result.
fn within(picture: &DynamicImage, side: u32) -> Cow<'_, DynamicImage> {
    let size = (picture.width(), picture.height());
    match fit(size, side) {
        same if same == size => Cow::Borrowed(picture),
        (width, height) => Cow::Owned(picture.thumbnail_exact(width, height)),
    }
}
