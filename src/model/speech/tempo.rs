//! Speech faster or slower at the same pitch, by overlapping pieces of it where they resemble each other (WSOLA).

use super::{MAX_SPEED, MIN_SPEED};

/// Samples of a piece; two of them overlap at any time. At [`super::SPEECH_RATE_HZ`] that is 15 ms, which hold a period of the
/// deepest voice.
const PIECE: usize = 360;
/// How far around its place a piece is looked for that goes on from the one before, in samples: 12 ms.
const REACH: usize = 288;
/// Places that are tried first are this far apart, then all around the best of them.
const STRIDE: usize = 4;

/// A place in a sound that is played at a speed. It is small and can be kept, to go on from there at another speed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tempo {
    speed: f64,
    /// Where the next piece belongs, by the speed.
    due: f64,
    /// Where the last piece would go on by itself; `None` at the beginning.
    natural: Option<usize>,
}

impl Tempo {
    /// The beginning of a sound.
    #[must_use]
    pub fn new(speed: f32) -> Self {
        Self {
            speed: within(speed),
            due: 0.0,
            natural: None,
        }
    }

    /// The same place at another speed.
    #[must_use]
    pub fn at(self, speed: f32) -> Self {
        Self {
            speed: within(speed),
            ..self
        }
    }

    /// How far it has come, in samples of the source.
    #[must_use]
    pub fn position(&self) -> f64 {
        match self.natural {
            Some(natural) if self.is_as_it_is() => to_f64(natural),
            _ => self.due,
        }
    }

    /// Whether a sound of so many samples is over.
    #[must_use]
    pub fn is_over(&self, source_len: usize) -> bool {
        self.position() >= to_f64(source_len)
    }

    /// Goes on by at least `wanted` samples of sound, or as far as the source goes that has come. What comes out depends on
    /// the whole source alone, never on how much of it was there at a time.
    pub fn stretch(&mut self, source: &[f32], is_whole: bool, wanted: usize) -> Vec<f32> {
        let mut sound = Vec::new();
        while sound.len() < wanted && !self.is_over(source.len()) {
            let lasts_to = self.place().max(self.natural.unwrap_or(0)) + REACH + PIECE;
            if !is_whole && lasts_to > source.len() {
                break;
            }
            self.take_piece(source, &mut sound);
        }
        sound
    }

    fn take_piece(&mut self, source: &[f32], sound: &mut Vec<f32>) {
        let as_it_is = self.is_as_it_is();
        let place = self.place();
        let start = match self.natural {
            None => place,
            Some(natural) if as_it_is => natural,
            Some(natural) => best_match(source, natural, place),
        };
        let piece = padded(source, start);
        match self.natural {
            Some(natural) if !as_it_is => {
                let before = padded(source, natural);
                sound.extend((0..PIECE).map(|at| {
                    let rise = rise(at);
                    before[at] * (1.0 - rise) + piece[at] * rise
                }));
            }
            _ => {
                let left = source.len().saturating_sub(start).min(PIECE);
                sound.extend_from_slice(&piece[..left]);
            }
        }
        self.natural = Some(start + PIECE);
        self.due = match as_it_is {
            true => to_f64(start + PIECE),
            false => self.due + to_f64(PIECE) * self.speed,
        };
    }

    fn is_as_it_is(&self) -> bool {
        (self.speed - 1.0).abs() < 1e-6
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in memory, never below 0"
    )]
    fn place(&self) -> usize {
        self.due.round() as usize
    }
}

fn within(speed: f32) -> f64 {
    let speed = if speed.is_finite() { speed } else { 1.0 };
    f64::from(speed.clamp(MIN_SPEED, MAX_SPEED))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn to_f64(samples: usize) -> f64 {
    samples as f64
}

/// A piece of the source; there is silence behind its end.
fn padded(source: &[f32], start: usize) -> [f32; PIECE] {
    let mut piece = [0.0; PIECE];
    let there = source.get(start..).unwrap_or_default();
    let len = there.len().min(PIECE);
    piece[..len].copy_from_slice(&there[..len]);
    piece
}

/// How much of the new piece is heard: half a wave of a cosine, whose rise and fall add up to one.
#[expect(clippy::cast_precision_loss, reason = "a few hundred")]
fn rise(at: usize) -> f32 {
    let part = (at as f32 + 0.5) / PIECE as f32;
    0.5 - 0.5 * (std::f32::consts::PI * part).cos()
}

/// Where, around `place`, the source is most like what follows at `natural`.
fn best_match(source: &[f32], natural: usize, place: usize) -> usize {
    let wanted = padded(source, natural);
    let first = place.saturating_sub(REACH);
    let last = place + REACH;
    let likeness = |start: usize| likeness(&wanted, source.get(start..).unwrap_or_default());
    let best = |places: &mut dyn Iterator<Item = usize>| {
        places
            .map(|start| (start, likeness(start)))
            // Of equals the one that is nearest to its place: silence stays where it is.
            .max_by(|(one, a), (other, b)| {
                a.total_cmp(b)
                    .then_with(|| other.abs_diff(place).cmp(&one.abs_diff(place)))
            })
            .map_or(place, |(start, _)| start)
    };
    let near = best(&mut (first..=last).step_by(STRIDE));
    let around = near.saturating_sub(STRIDE - 1).max(first)..=(near + STRIDE - 1).min(last);
    best(&mut { around })
}

/// Between -1 and 1: the correlation of two pieces, regardless of how loud they are.
fn likeness(wanted: &[f32; PIECE], there: &[f32]) -> f32 {
    let (mut product, mut energy, mut other) = (0.0, 0.0, 0.0);
    for (one, two) in wanted.iter().zip(there) {
        product += one * two;
        energy += one * one;
        other += two * two;
    }
    let scale = (energy * other).sqrt();
    if scale > 1e-9 { product / scale } else { 0.0 }
}

#[cfg(test)]
mod tests;
