//! What a picture costs a model, in tokens, by the ways of counting that OpenAI documents (guide *Images and vision*,
//! section *Calculating costs*). An estimate for the person who sends it; the bill is the provider's.

use super::{
    catalog::ImageTokens,
    file::ImageDetail,
    image_edit::{HIGH_SIDE, Pixels, fit},
};

/// The side of a tile, in pixels.
const TILE: u32 = 512;
/// The short side of a picture that is cut into tiles; shorter ones stay.
const TILED_SHORT_SIDE: u32 = 768;
/// The side of a patch, in pixels.
const PATCH: f64 = 32.0;
/// What a quotient that should be whole may be above it by the way fractions are kept.
const ROUNDING: f64 = 1e-6;

impl ImageTokens {
    /// Tokens for a picture of the size in which it is sent.
    #[must_use]
    pub fn count(self, pixels: Pixels, detail: ImageDetail) -> u32 {
        match self {
            Self::Tiles { base, .. } if detail == ImageDetail::Low => base,
            Self::Tiles { base, tile } => base.saturating_add(tile.saturating_mul(tiles(pixels))),
            Self::Patches { max, multiplier } => {
                whole((patches(pixels, max) * f64::from(multiplier)).round())
            }
        }
    }
}

fn tiles(pixels: Pixels) -> u32 {
    let (width, height) = fit(pixels, HIGH_SIDE);
    let (long, short) = (width.max(height), width.min(height));
    let (long, short) = if short > TILED_SHORT_SIDE {
        (long * TILED_SHORT_SIDE / short, TILED_SHORT_SIDE)
    } else {
        (long, short)
    };
    long.div_ceil(TILE) * short.div_ceil(TILE)
}

/// How many patches a picture has once it is so small that there are at most `max`.
fn patches((width, height): Pixels, max: u32) -> f64 {
    let (width, height, max) = (f64::from(width), f64::from(height), f64::from(max));
    let covering = |shrink: f64| {
        let along = |side: f64| (side * shrink / PATCH - ROUNDING).ceil().max(1.0);
        along(width) * along(height)
    };
    if covering(1.0) <= max {
        return covering(1.0);
    }
    let shrink = (PATCH * PATCH * max / (width * height)).sqrt();
    // As documented: then smaller still, until the side that loses more by it holds whole patches.
    let to_whole = |side: f64| {
        let patches = side * shrink / PATCH;
        patches.floor().max(1.0) / patches
    };
    covering(shrink * to_whole(width).min(to_whole(height)).min(1.0)).min(max)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of at most some thousands; larger ones stay at the limit"
)]
fn whole(count: f64) -> u32 {
    count as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GPT_4O: ImageTokens = ImageTokens::Tiles {
        base: 85,
        tile: 170,
    };
    const PLAIN: ImageTokens = ImageTokens::Patches {
        max: 1536,
        multiplier: 1.0,
    };

    #[test]
    fn tiles_are_counted_as_in_the_documented_examples() {
        assert_eq!(GPT_4O.count((1024, 1024), ImageDetail::High), 765);
        assert_eq!(GPT_4O.count((2048, 4096), ImageDetail::High), 1105);
        assert_eq!(GPT_4O.count((4096, 8192), ImageDetail::Low), 85);
        assert_eq!(GPT_4O.count((2048, 1536), ImageDetail::Auto), 765);
        assert_eq!(GPT_4O.count((300, 200), ImageDetail::High), 255);
    }

    #[test]
    fn patches_are_counted_as_in_the_documented_examples() {
        assert_eq!(PLAIN.count((1024, 1024), ImageDetail::High), 1024);
        assert_eq!(PLAIN.count((1800, 2400), ImageDetail::High), 1452);
        let mini = ImageTokens::Patches {
            max: 1536,
            multiplier: 1.62,
        };
        assert_eq!(mini.count((1024, 1024), ImageDetail::High), 1659);
    }

    #[test]
    fn the_thinnest_picture_still_costs_something() {
        assert!(PLAIN.count((100_000, 1), ImageDetail::Original) >= 1);
        assert_eq!(PLAIN.count((1, 1), ImageDetail::Original), 1);
    }

    proptest! {
        #[test]
        fn no_picture_has_more_patches_than_the_model_takes(width in 1_u32..60_000, height in 1_u32..60_000) {
            let count = PLAIN.count((width, height), ImageDetail::Original);
            prop_assert!((1..=1536).contains(&count), "{}", count);
        }

        #[test]
        fn tiles_never_exceed_what_the_bounds_allow(width in 1_u32..60_000, height in 1_u32..60_000) {
            // 2048 x 768 is at most 4 x 2 tiles.
            let count = GPT_4O.count((width, height), ImageDetail::High);
            prop_assert!((255..=85 + 170 * 8).contains(&count), "{}", count);
        }
    }
}
