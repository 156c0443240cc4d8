//! Sound at another rate: what a microphone gives is made into what models listen to.

use std::f32::consts::PI;

/// How many waves of the highest tone a sample is made of, to each side. More cost time and are not heard.
const REACH: usize = 16;
/// The highest tone that is kept, as a share of what the lower of the rates can carry.
const KEPT: f32 = 0.92;

/// Brings sound that is handed over bit by bit from one rate to another. What the new rate cannot carry is left out.
#[derive(Clone, Debug)]
pub struct Resampler {
    /// By how much of a sample the next one lies further on, as a fraction: `step` of `phases`.
    step: usize,
    phases: usize,
    /// The weights of the samples around one, for each place between two.
    weights: Vec<Vec<f32>>,
    /// Samples that are still needed.
    samples: Vec<f32>,
    /// The place of the next one: that much after the first of `samples`, and the phase after that.
    index: usize,
    phase: usize,
}

impl Resampler {
    /// From one rate to another, both in Hz; 0 counts as 1.
    #[must_use]
    pub fn new(from_hz: u32, to_hz: u32) -> Self {
        let (from, to) = (from_hz.max(1) as usize, to_hz.max(1) as usize);
        let common = divisor(from, to);
        let (step, phases) = (from / common, to / common);
        let half = REACH * from.div_ceil(to).max(1);
        let weights = (0..phases).map(|phase| weights(phase, phases, step, half));
        Self {
            step,
            phases,
            weights: weights.collect(),
            // As if it had been silent before: so the first sample stays the first.
            samples: vec![0.0; half - 1],
            index: 0,
            phase: 0,
        }
    }

    /// What can be told of the sound by now.
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.samples.extend_from_slice(samples);
        let mut out = Vec::with_capacity(samples.len() * self.phases / self.step + 1);
        let mut weights = &self.weights[self.phase];
        while let Some(around) = self.samples.get(self.index..self.index + weights.len()) {
            let weighted = around.iter().zip(weights);
            out.push(weighted.map(|(sample, weight)| sample * weight).sum());
            self.phase += self.step;
            self.index += self.phase / self.phases;
            self.phase %= self.phases;
            weights = &self.weights[self.phase];
        }
        let done = self.index.min(self.samples.len());
        self.samples.drain(..done);
        self.index -= done;
        out
    }
}

/// The weights of the samples around a place that lies `phase` of `phases` after one: a low-pass in a Blackman window.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn weights(phase: usize, phases: usize, step: usize, half: usize) -> Vec<f32> {
    let shift = phase as f32 / phases as f32;
    let highest = KEPT * (phases as f32 / step as f32).min(1.0);
    let reach = half as f32;
    let weight = |index: usize| {
        let away = index as f32 - (reach - 1.0) - shift;
        let wave = if away == 0.0 {
            highest
        } else {
            (PI * away * highest).sin() / (PI * away)
        };
        let place = PI * away / reach;
        wave * (0.42 + 0.5 * place.cos() + 0.08 * (2.0 * place).cos())
    };
    let weights: Vec<f32> = (0..2 * half).map(weight).collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tone(hz: f32, rate_hz: u32, count: usize) -> Vec<f32> {
        let step = 2.0 * PI * hz / rate_hz as f32;
        (0..count)
            .map(|index| (step * index as f32).sin())
            .collect()
    }

    /// The loudness of what is in the middle.
    fn loudness(samples: &[f32]) -> f32 {
        let middle = &samples[samples.len() / 4..samples.len() * 3 / 4];
        (middle.iter().map(|sample| sample * sample).sum::<f32>() / middle.len() as f32).sqrt()
    }

    #[test]
    fn tones_of_voices_stay_as_they_are() {
        for rate in [8_000, 16_000, 22_050, 44_100, 48_000, 96_000] {
            for hz in [120.0, 1_000.0, 3_000.0] {
                let out = Resampler::new(rate, 16_000).push(&tone(hz, rate, rate as usize));
                let expected = tone(hz, 16_000, out.len());
                assert!(
                    out.len() > 15_800 && out.len() <= 16_000,
                    "{rate}: {}",
                    out.len()
                );
                let middle = 1_000..out.len() - 1_000;
                for (is, should) in out[middle.clone()].iter().zip(&expected[middle]) {
                    assert!(
                        (is - should).abs() < 0.01,
                        "{rate} Hz, tone of {hz} Hz: {is} for {should}"
                    );
                }
            }
        }
    }

    #[test]
    fn tones_that_the_new_rate_cannot_carry_are_gone_and_not_turned_into_others() {
        for hz in [9_000.0, 12_000.0, 15_900.0, 20_000.0] {
            let out = Resampler::new(48_000, 16_000).push(&tone(hz, 48_000, 48_000));
            assert!(loudness(&out) < 0.001, "{hz} Hz: {}", loudness(&out));
        }
    }

    proptest! {
        #[test]
        fn however_sound_is_cut_it_comes_out_the_same(
            cuts in prop::collection::vec(0_usize..2_000, 0..8),
            rate in prop::sample::select(vec![8_000_u32, 16_000, 44_100, 48_000]),
        ) {
            let sound = tone(440.0, rate, 2_000);
            let whole = Resampler::new(rate, 16_000).push(&sound);
            let mut cuts = cuts;
            cuts.extend([0, sound.len()]);
            cuts.sort_unstable();
            let mut resampler = Resampler::new(rate, 16_000);
            let pieces: Vec<f32> = cuts
                .windows(2)
                .flat_map(|pair| resampler.push(&sound[pair[0]..pair[1]]))
                .collect();
            prop_assert_eq!(pieces, whole);
        }
    }
}
