//! Cutting at pauses: the model takes at most 25 seconds at once, and invents words for more. What is silent is left out.

use std::time::Duration;

/// What the model listens at, in Hz.
pub const RATE: u32 = 16_000;

/// Longest segment, in samples: 25 s.
const LONGEST: usize = 25 * RATE as usize;
/// Earliest cut, in samples: 8 s. Sentences that are torn apart are heard worse.
const EARLIEST: usize = 8 * RATE as usize;
/// What loudness is measured over: 20 ms.
const FRAME: usize = RATE as usize / 50;
/// Frames over which a place for a cut must be quiet: 300 ms.
const PAUSE_FRAMES: usize = 15;
/// Silence that is kept before and after speech: 300 ms.
const MARGIN: usize = 15 * FRAME;
/// Below this nobody can be heard, in dB of the full scale.
const INAUDIBLE_DB: f32 = -60.0;
/// Speech is louder at times than at others; noise that never changes by this much, in dB, is none.
const LEAST_RANGE_DB: f32 = 6.0;
/// How far above the quietest frames a frame is more than the room, in dB.
const ABOVE_ROOM_DB: f32 = 6.0;

/// Most segments that a recording of a length can have.
pub fn most_in(duration: Duration) -> usize {
    usize::try_from(duration.as_secs() * u64::from(RATE)).unwrap_or(usize::MAX) / EARLIEST + 2
}

/// Gathers samples and gives segments; at most one segment and one packet are in memory.
#[derive(Default)]
pub struct Segments {
    samples: Vec<f32>,
    has_ended: bool,
}

impl Segments {
    /// Where samples are appended.
    pub fn buffer(&mut self) -> &mut Vec<f32> {
        &mut self.samples
    }

    /// Tells that no more samples come.
    pub fn finish(&mut self) {
        self.has_ended = true;
    }

    /// Whether nothing comes any more but what [`Segments::is_ready`] tells of.
    pub fn is_finished(&self) -> bool {
        self.has_ended
    }

    /// Whether there is a segment to take.
    pub fn is_ready(&self) -> bool {
        self.samples.len() > LONGEST || (self.has_ended && !self.samples.is_empty())
    }

    /// The next segment without the silence around its words; empty where nobody speaks.
    pub fn take(&mut self) -> Vec<f32> {
        let end = match self.samples.len() {
            all if all <= LONGEST => all,
            _ => quietest_place(&self.samples[..LONGEST]),
        };
        let mut segment: Vec<f32> = self.samples.drain(..end).collect();
        match speech_in(&segment) {
            Some(range) => {
                segment.truncate(range.end);
                segment.drain(..range.start);
                segment
            }
            None => Vec::new(),
        }
    }
}

/// Where it is quietest for a while, not too early. Of places alike it is the last.
fn quietest_place(samples: &[f32]) -> usize {
    let energies: Vec<f32> = samples.chunks_exact(FRAME).map(energy).collect();
    let first = EARLIEST / FRAME;
    let pauses = energies.windows(PAUSE_FRAMES).enumerate().skip(first);
    let quietest = pauses
        .map(|(start, frames)| (start, frames.iter().sum::<f32>()))
        .reduce(|best, next| if next.1 <= best.1 { next } else { best });
    quietest.map_or(samples.len(), |(start, _)| {
        (start + PAUSE_FRAMES / 2) * FRAME
    })
}

/// From the first to the last frame that is more than the room's own noise, with a margin; `None` where there is none.
fn speech_in(samples: &[f32]) -> Option<std::ops::Range<usize>> {
    let levels: Vec<f32> = samples.chunks(FRAME).map(decibels).collect();
    let mut sorted = levels.clone();
    sorted.sort_by(f32::total_cmp);
    let loud = *sorted.get(sorted.len().saturating_sub(1) * 95 / 100)?;
    // A recording of one word may have no pause at all, so the room counts only from the very quietest frames.
    let room = *sorted.get(sorted.len() / 20)?;
    if loud < INAUDIBLE_DB || loud - room < LEAST_RANGE_DB {
        return None;
    }
    let threshold = (room + ABOVE_ROOM_DB).max(INAUDIBLE_DB);
    let first = levels.iter().position(|level| *level > threshold)?;
    let last = levels.iter().rposition(|level| *level > threshold)?;
    let start = (first * FRAME).saturating_sub(MARGIN);
    let end = ((last + 1) * FRAME + MARGIN).min(samples.len());
    Some(start..end)
}

fn energy(frame: &[f32]) -> f32 {
    frame.iter().map(|sample| sample * sample).sum()
}

fn decibels(frame: &[f32]) -> f32 {
    let mean = energy(frame) / frame.len() as f32;
    // The smallest step of 16 bits is at -90 dB; nothing below it differs from nothing.
    10.0 * mean.max(1e-9).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: usize = RATE as usize;

    /// Something that swells like syllables, four times a second.
    fn speech(seconds: usize) -> Vec<f32> {
        let swell = |index: usize| (index as f32 * std::f32::consts::PI * 4.0 / RATE as f32).sin();
        let tone = |index: usize| (index as f32 * 0.2).sin();
        (0..seconds * SECOND)
            .map(|index| 0.3 * tone(index) * swell(index))
            .collect()
    }

    fn noise(seconds: usize, loudness: f32) -> Vec<f32> {
        let mut state = 7_u32;
        (0..seconds * SECOND)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                loudness * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
            })
            .collect()
    }

    fn segments_of(samples: Vec<f32>) -> Vec<Vec<f32>> {
        let (mut segments, mut all) = (Segments::default(), Vec::new());
        for piece in samples.chunks(1_000) {
            segments.buffer().extend_from_slice(piece);
            while segments.is_ready() {
                all.push(segments.take());
            }
        }
        segments.finish();
        while segments.is_ready() {
            all.push(segments.take());
        }
        all
    }

    #[test]
    fn silence_and_steady_noise_hold_no_speech() {
        for quiet in [vec![0.0; 3 * SECOND], noise(3, 0.2), noise(3, 0.0005)] {
            assert_eq!(segments_of(quiet), [Vec::<f32>::new()]);
        }
    }

    #[test]
    fn a_long_recording_is_cut_in_its_pause_and_no_segment_is_too_long() {
        let mut samples = speech(20);
        samples.extend(vec![0.0; SECOND]);
        samples.extend(speech(40));
        let segments = segments_of(samples);
        assert!(segments.iter().all(|segment| segment.len() <= LONGEST));
        let first = segments[0].len();
        assert!((20 * SECOND..21 * SECOND).contains(&first), "{first}");
        assert!(segments.len() <= most_in(Duration::from_secs(61)));
    }

    #[test]
    fn silence_around_words_is_left_out_but_for_a_margin() {
        let mut samples = vec![0.0; 5 * SECOND];
        samples.extend(speech(2));
        samples.extend(vec![0.0; 5 * SECOND]);
        let segments = segments_of(samples);
        assert_eq!(segments.len(), 1);
        assert!(segments[0].len() < 3 * SECOND && segments[0].len() > 2 * SECOND);
    }
}
