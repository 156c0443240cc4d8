//! The geometry of a picture's edit: turning it, cutting a part out, and the size that is sent. Pure, and the same for the
//! page that shows it and the server that does it.

use super::file::{Crop, ImageDetail, ImageEdit};

/// Width and height, each at least 1.
pub type Pixels = (u32, u32);

/// Longest side of a picture that is looked at in one small view.
pub const LOW_SIDE: u32 = 512;
/// Longest side of a picture that is looked at closely: models make larger ones this small themselves.
pub const HIGH_SIDE: u32 = 2048;

/// What a person drags to change a part's size: its edges and corners. -1 is left or top, 1 right or bottom, 0 neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grip {
    /// Across.
    pub x: i8,
    /// Down.
    pub y: i8,
}

impl Grip {
    /// The lower right corner.
    pub const END: Self = Self { x: 1, y: 1 };
    /// All eight, from the upper left along the edges.
    pub const ALL: [Self; 8] = [
        Self { x: -1, y: -1 },
        Self { x: 0, y: -1 },
        Self { x: 1, y: -1 },
        Self { x: 1, y: 0 },
        Self { x: 1, y: 1 },
        Self { x: 0, y: 1 },
        Self { x: -1, y: 1 },
        Self { x: -1, y: 0 },
    ];
}

impl ImageDetail {
    /// The longest side that is sent at this detail; none where every pixel is.
    #[must_use]
    pub fn longest_side(self) -> Option<u32> {
        match self {
            Self::Low => Some(LOW_SIDE),
            Self::Auto | Self::High => Some(HIGH_SIDE),
            Self::Original => None,
        }
    }
}

impl ImageEdit {
    /// Whether the picture is sent as it is.
    #[must_use]
    pub fn is_none(self) -> bool {
        self == Self::default()
    }

    /// The size of a picture once it is turned.
    #[must_use]
    pub fn turned(self, (width, height): Pixels) -> Pixels {
        if self.rotate % 180 == 90 {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// The part of the turned picture that is sent; it lies within the picture, whatever the edit says.
    #[must_use]
    pub fn area(self, pixels: Pixels) -> Crop {
        let bounds = self.turned(pixels);
        self.crop
            .map_or(Crop::whole(bounds), |crop| crop.within(bounds))
    }

    /// The same edit in its only form: by whole quarters of less than a full turn, its part within the picture, and no part
    /// where that is all of it.
    #[must_use]
    pub fn within(self, pixels: Pixels) -> Self {
        let upright = Self {
            rotate: self.rotate / 90 % 4 * 90,
            crop: self.crop,
        };
        let area = upright.area(pixels);
        Self {
            crop: (area != Crop::whole(upright.turned(pixels))).then_some(area),
            ..upright
        }
    }

    /// The edit with the picture turned by another quarter, clockwise or against it; its part turns with it.
    #[must_use]
    pub fn turn(self, pixels: Pixels, is_clockwise: bool) -> Self {
        let edit = self.within(pixels);
        let (width, height) = edit.turned(pixels);
        let crop = edit.crop.map(|crop| Crop {
            x: if is_clockwise {
                height - crop.y - crop.height
            } else {
                crop.y
            },
            y: if is_clockwise {
                crop.x
            } else {
                width - crop.x - crop.width
            },
            width: crop.height,
            height: crop.width,
        });
        let quarter = if is_clockwise { 90 } else { 270 };
        Self {
            rotate: (edit.rotate + quarter) % 360,
            crop,
        }
    }
}

impl Crop {
    /// All of a picture.
    #[must_use]
    pub fn whole((width, height): Pixels) -> Self {
        Self {
            x: 0,
            y: 0,
            width,
            height,
        }
    }

    /// The part brought within a picture: first moved no further than its edge, then cut.
    #[must_use]
    pub fn within(self, (width, height): Pixels) -> Self {
        let (x, y) = (
            self.x.min(width.saturating_sub(1)),
            self.y.min(height.saturating_sub(1)),
        );
        Self {
            x,
            y,
            width: self.width.clamp(1, (width - x).max(1)),
            height: self.height.clamp(1, (height - y).max(1)),
        }
    }

    /// The part somewhere else in the picture, of the same size.
    #[must_use]
    pub fn moved(self, across: i64, down: i64, bounds: Pixels) -> Self {
        let crop = self.within(bounds);
        Self {
            x: shift(crop.x, across, bounds.0 - crop.width),
            y: shift(crop.y, down, bounds.1 - crop.height),
            ..crop
        }
    }

    /// The part with one of its edges or corners elsewhere; what lies opposite stays. With a shape (width to height) it keeps
    /// to that.
    #[must_use]
    pub fn pulled(
        self,
        grip: Grip,
        (across, down): (i64, i64),
        bounds: Pixels,
        shape: Option<Pixels>,
    ) -> Self {
        let crop = self.within(bounds);
        let (x, width) = pull(crop.x, crop.width, grip.x, across, bounds.0);
        let (y, height) = pull(crop.y, crop.height, grip.y, down, bounds.1);
        let free = Self {
            x,
            y,
            width,
            height,
        };
        let Some(shape) = shape else { return free };
        // The side that is dragged leads, within the room that there is from what stays.
        let room = (
            if grip.x < 0 {
                crop.x + crop.width
            } else {
                bounds.0 - crop.x
            },
            if grip.y < 0 {
                crop.y + crop.height
            } else {
                bounds.1 - crop.y
            },
        );
        let wanted = if grip.x == 0 {
            (scale(height, shape.0, shape.1), height)
        } else {
            (width, scale(width, shape.1, shape.0))
        };
        let (width, height) = shaped(wanted, room, shape);
        Self {
            x: if grip.x < 0 {
                crop.x + crop.width - width
            } else {
                crop.x
            },
            y: if grip.y < 0 {
                crop.y + crop.height - height
            } else {
                crop.y
            },
            width,
            height,
        }
    }

    /// The largest part of a shape (width to height) about the middle of this one.
    #[must_use]
    pub fn with_shape(self, shape: Pixels, bounds: Pixels) -> Self {
        let crop = self.within(bounds);
        let (width, height) = shaped(bounds, bounds, shape);
        let start = |start: u32, length: u32, new: u32, bound: u32| {
            let middle = i64::from(start) * 2 + i64::from(length);
            shift(0, (middle - i64::from(new)) / 2, bound - new)
        };
        Self {
            x: start(crop.x, crop.width, width, bounds.0),
            y: start(crop.y, crop.height, height, bounds.1),
            width,
            height,
        }
    }
}

/// The size of a picture made so small that no side is longer than `longest`; smaller ones stay as they are.
#[must_use]
pub fn fit((width, height): Pixels, longest: u32) -> Pixels {
    let long = width.max(height);
    if long <= longest {
        return (width, height);
    }
    (scale(width, longest, long), scale(height, longest, long))
}

/// The size in which a picture is sent: turned, cut, and made as small as the detail asks for.
#[must_use]
pub fn sent_pixels(pixels: Pixels, edit: ImageEdit, detail: ImageDetail) -> Pixels {
    let area = edit.area(pixels);
    let size = (area.width, area.height);
    detail
        .longest_side()
        .map_or(size, |longest| fit(size, longest))
}

/// `length * numerator / denominator`, rounded, at least 1.
fn scale(length: u32, numerator: u32, denominator: u32) -> u32 {
    let denominator = u64::from(denominator.max(1));
    let scaled = (u64::from(length) * u64::from(numerator) + denominator / 2) / denominator;
    u32::try_from(scaled).unwrap_or(u32::MAX).max(1)
}

fn shift(start: u32, by: i64, last: u32) -> u32 {
    let moved = i64::from(start).saturating_add(by);
    u32::try_from(moved.clamp(0, i64::from(last))).unwrap_or_default()
}

/// Where an edge of a span goes, as the span's start and length.
fn pull(start: u32, length: u32, grip: i8, by: i64, bound: u32) -> (u32, u32) {
    let end = start + length;
    match grip {
        ..0 => {
            let start = shift(start, by, end - 1);
            (start, end - start)
        }
        0 => (start, length),
        1.. => {
            let end = shift(end, by, bound).max(start + 1);
            (start, end - start)
        }
    }
}

/// The largest size of a shape that is no larger than wanted and fits into the room.
fn shaped(wanted: Pixels, room: Pixels, shape: Pixels) -> Pixels {
    let width = wanted
        .0
        .min(scale(wanted.1, shape.0, shape.1))
        .min(room.0)
        .min(scale(room.1, shape.0, shape.1))
        .max(1);
    (width, scale(width, shape.1, shape.0).min(room.1).max(1))
}

#[cfg(test)]
mod tests;
