//! From what the model says of each 12.5 ms to samples.
//!
//! The model tells five numbers a frequency and the pitch. Pulses at that pitch are filtered by the first two (`lh`, `theta`),
//! noise is added as loud as the third (`ln`), and a part with its own phases by the last two (`lr`, `phi`):
//!
//! `S = exp(lh) e^(i pi tanh(theta)) STFT(pulses) + exp(ln) noise + exp(lr) e^(i phi)`
//!
//! One inverse transform makes samples of it. The voice's own package does it in the same way, and is what the tests compare with.

use std::f32::consts::{PI, TAU};
use std::sync::Arc;

use rand::{Rng, SeedableRng, rngs::StdRng};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex32};

use super::wave::SAMPLE_RATE;

/// Samples between the beginnings of two frames.
pub const HOP: usize = 300;
/// Samples of a frame.
const WINDOW: usize = 4 * HOP;
/// Frequencies of a frame.
pub const BINS: usize = WINDOW / 2 + 1;
/// Below this pitch, in hertz, nothing vibrates.
const LOWEST_PITCH: f32 = 40.0;
/// Pulses have no harmonics above this frequency, in hertz.
const HIGHEST_HARMONIC: f32 = 11_000.0;
/// No exponent is larger: a bad prediction must not be a bang.
const MAX_EXPONENT: f32 = 7.0;
/// The same text sounds the same each time, so that it can be kept.
const SEED: u64 = 0x6869_6261_7269;

/// What the model says. Each part has a row for each of [`BINS`] frequencies, of a number for each frame.
pub struct Spectrum {
    pub frames: usize,
    pub lh: Vec<f32>,
    pub theta: Vec<f32>,
    pub ln: Vec<f32>,
    pub lr: Vec<f32>,
    pub phi: Vec<f32>,
    /// Hertz, a number for each frame.
    pub f0: Vec<f32>,
}

impl Spectrum {
    fn is_consistent(&self) -> bool {
        let parts = [&self.lh, &self.theta, &self.ln, &self.lr, &self.phi];
        self.f0.len() == self.frames && parts.iter().all(|part| part.len() == BINS * self.frames)
    }
}

pub struct Vocoder {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// A periodic Hann window.
    window: Vec<f32>,
}

impl Vocoder {
    pub fn new() -> Self {
        let mut planner = RealFftPlanner::new();
        let hann = |at: usize| 0.5 - 0.5 * (TAU * number(at) / number(WINDOW)).cos();
        Self {
            forward: planner.plan_fft_forward(WINDOW),
            inverse: planner.plan_fft_inverse(WINDOW),
            window: (0..WINDOW).map(hann).collect(),
        }
    }

    /// [`HOP`] samples for each frame; none for a spectrum whose parts do not fit together.
    pub fn samples(&self, spectrum: &Spectrum) -> Vec<f32> {
        if !spectrum.is_consistent() {
            return Vec::new();
        }
        let pulses = pulses(&spectrum.f0);
        let mut noise = StdRng::seed_from_u64(SEED);
        let mut sum = vec![0.0; (spectrum.frames + 3) * HOP];
        let mut weight = vec![0.0; sum.len()];
        let mut frame = self.forward.make_input_vec();
        let mut bins = self.forward.make_output_vec();
        for index in 0..spectrum.frames {
            self.cut_out(&pulses, index, &mut frame);
            // It only fails for buffers of other sizes, and these are its own.
            let _ = self.forward.process(&mut frame, &mut bins);
            shape(&mut bins, spectrum, index, &mut noise);
            let _ = self.inverse.process(&mut bins, &mut frame);
            let place = index * HOP..index * HOP + WINDOW;
            let sums = sum[place.clone()].iter_mut().zip(&mut weight[place]);
            for ((sum, weight), (sample, window)) in sums.zip(frame.iter().zip(&self.window)) {
                *sum += sample * window / number(WINDOW);
                *weight += window * window;
            }
        }
        let heard = WINDOW / 2..WINDOW / 2 + spectrum.frames * HOP;
        sum[heard.clone()]
            .iter()
            .zip(&weight[heard])
            .map(|(sum, weight)| sum / weight.max(1e-11))
            .collect()
    }

    /// A frame of the pulses under the window, scaled so that a harmonic of 1 peaks at 1. Its middle is at the frame's
    /// beginning; what lies outside of the pulses is mirrored.
    fn cut_out(&self, pulses: &[f32], index: usize, frame: &mut [f32]) {
        let last = pulses.len() - 1;
        for (at, (sample, window)) in frame.iter_mut().zip(&self.window).enumerate() {
            let from_start = (index * HOP + at).abs_diff(WINDOW / 2);
            let mirrored = if from_start > last {
                (2 * last).saturating_sub(from_start)
            } else {
                from_start
            };
            *sample = pulses[mirrored] * window / number(WINDOW / 4);
        }
    }
}

/// Makes the pulses' frame the voice's.
fn shape(bins: &mut [Complex32], spectrum: &Spectrum, index: usize, noise: &mut StdRng) {
    for (bin, value) in bins.iter_mut().enumerate() {
        let at = bin * spectrum.frames + index;
        let harmonic =
            Complex32::from_polar(power(spectrum.lh[at]), PI * spectrum.theta[at].tanh());
        let free = Complex32::from_polar(power(spectrum.lr[at]), spectrum.phi[at]);
        *value = *value * harmonic + gaussian(noise) * power(spectrum.ln[at]) + free;
    }
    // Of a real signal these two are real.
    for edge in [0, BINS - 1] {
        bins[edge].im = 0.0;
    }
}

fn power(exponent: f32) -> f32 {
    exponent.min(MAX_EXPONENT).exp()
}

/// Two independent normal numbers (Box and Muller, 1958).
fn gaussian(noise: &mut StdRng) -> Complex32 {
    let (radius, angle): (f32, f32) = (noise.random(), noise.random());
    Complex32::from_polar((-2.0 * (1.0 - radius).ln()).sqrt(), TAU * angle)
}

/// Pulses at a pitch that glides from frame to frame: all harmonics below [`HIGHEST_HARMONIC`] at the same strength, by
/// `sum of cos(h t) for h in 1..=H = sin((H + 1/2) t) / (2 sin(t / 2)) - 1/2`.
fn pulses(f0: &[f32]) -> Vec<f32> {
    let mut pulses = Vec::with_capacity(f0.len() * HOP);
    let mut turns = 0.0_f64;
    for index in 0..f0.len() {
        let (before, here) = (f0[index.saturating_sub(1)], f0[index]);
        let after = f0.get(index + 1).copied().unwrap_or(here);
        for at in 0..HOP {
            let place = (number(at) + 0.5) / number(HOP);
            let pitch = match at < HOP / 2 {
                true => before + (here - before) * (place + 0.5),
                false => here + (after - here) * (place - 0.5),
            };
            turns = (turns + f64::from(pitch.max(LOWEST_PITCH)) / f64::from(SAMPLE_RATE)).fract();
            pulses.push(if pitch > LOWEST_PITCH {
                pulse(turns, pitch)
            } else {
                0.0
            });
        }
    }
    pulses
}

fn pulse(turns: f64, pitch: f32) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "a part of one turn")]
    let phase = turns as f32 * TAU;
    let harmonics = (HIGHEST_HARMONIC / pitch).floor() + 0.5;
    let divisor = 2.0 * (phase * 0.5).sin();
    // Near a pulse's peak both parts of the fraction vanish.
    let sum = if divisor.abs() <= 2e-3 {
        harmonics
    } else {
        (harmonics * phase).sin() / divisor
    };
    sum - 0.5
}

fn number(count: usize) -> f32 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "counts within a frame are small"
    )]
    let number = count as f32;
    number
}
