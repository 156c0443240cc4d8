//! From the rate of a recording to the model's.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Indexing, Resampler};

use super::segments::RATE;
use crate::server::providers::{ProviderError, ProviderErrorKind};

/// Samples that are resampled at a time, in the recording's rate.
const CHUNK: usize = 4_096;

/// Resamples a stream of one channel, in constant memory.
#[derive(Default)]
pub struct Resampling {
    /// `None` until samples came, and while they have the model's rate anyhow.
    current: Option<Current>,
}

struct Current {
    rate: u32,
    resampler: Fft<f32>,
    waiting: Vec<f32>,
    /// What the resampler gives before the first sample is through it.
    to_skip: usize,
    taken_in: u64,
    given_out: u64,
}

impl Resampling {
    /// Takes samples of a rate in Hz and appends what they become.
    pub fn push(
        &mut self,
        samples: &[f32],
        rate: u32,
        output: &mut Vec<f32>,
    ) -> Result<(), ProviderError> {
        if self.current.as_ref().map_or(RATE, |current| current.rate) != rate {
            self.finish(output)?;
        }
        if rate == RATE {
            output.extend_from_slice(samples);
            return Ok(());
        }
        let current = match &mut self.current {
            Some(current) => current,
            None => self.current.insert(Current::new(rate)?),
        };
        current.taken_in += samples.len() as u64;
        current.waiting.extend_from_slice(samples);
        current.resample(output)
    }

    /// Appends what is still on its way.
    pub fn finish(&mut self, output: &mut Vec<f32>) -> Result<(), ProviderError> {
        match self.current.take() {
            Some(current) => current.finish(output),
            None => Ok(()),
        }
    }
}

impl Current {
    fn new(rate: u32) -> Result<Self, ProviderError> {
        let (from, to) = (rate as usize, RATE as usize);
        let resampler = Fft::new(from, to, CHUNK, 1, FixedSync::Both).map_err(failed)?;
        Ok(Self {
            rate,
            to_skip: resampler.output_delay(),
            resampler,
            waiting: Vec::new(),
            taken_in: 0,
            given_out: 0,
        })
    }

    /// Resamples all whole chunks.
    fn resample(&mut self, output: &mut Vec<f32>) -> Result<(), ProviderError> {
        let mut used = 0;
        while self.waiting.len() - used >= self.resampler.input_frames_next() {
            used += self.chunk(used, None, output)?;
        }
        self.waiting.drain(..used);
        Ok(())
    }

    /// Resamples the last part of a chunk, then silence until all that came has gone through.
    fn finish(mut self, output: &mut Vec<f32>) -> Result<(), ProviderError> {
        let wanted = self.taken_in * u64::from(RATE) / u64::from(self.rate);
        while self.given_out < wanted {
            let left = std::mem::take(&mut self.waiting);
            let partial = left.len();
            self.waiting = left;
            self.waiting
                .resize(self.resampler.input_frames_next().max(partial), 0.0);
            self.chunk(0, Some(partial), output)?;
            self.waiting.clear();
        }
        let surplus = usize::try_from(self.given_out - wanted).unwrap_or(0);
        output.truncate(output.len().saturating_sub(surplus));
        Ok(())
    }

    fn chunk(
        &mut self,
        from: usize,
        partial: Option<usize>,
        output: &mut Vec<f32>,
    ) -> Result<usize, ProviderError> {
        let input = InterleavedSlice::new(&self.waiting[from..], 1, self.waiting.len() - from)
            .map_err(failed)?;
        let indexing = partial.map(|frames| Indexing::new().partial_len(frames));
        let given = self
            .resampler
            .process(&input, indexing.as_ref())
            .map_err(failed)?;
        let given = given.take_data();
        let skipped = self.to_skip.min(given.len());
        self.to_skip -= skipped;
        self.given_out += (given.len() - skipped) as u64;
        output.extend_from_slice(&given[skipped..]);
        Ok(self.resampler.input_frames_next())
    }
}

fn failed(error: impl std::fmt::Display) -> ProviderError {
    tracing::warn!(%error, "a recording could not be resampled");
    ProviderError::new(
        ProviderErrorKind::BadRequest,
        "The recording has a sample rate that cannot be used. Export it at 48 kHz.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(rate: u32, seconds: f32) -> Vec<f32> {
        let frames = (rate as f32 * seconds) as usize;
        let step = std::f32::consts::TAU * 440.0 / rate as f32;
        (0..frames)
            .map(|index| (index as f32 * step).sin())
            .collect()
    }

    #[test]
    fn a_tone_of_any_rate_keeps_its_length_its_pitch_and_its_place() {
        for rate in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let (mut resampling, mut output) = (Resampling::default(), Vec::new());
            for piece in tone(rate, 2.0).chunks(977) {
                resampling
                    .push(piece, rate, &mut output)
                    .expect("resampled");
            }
            resampling.finish(&mut output).expect("resampled");
            assert_eq!(output.len(), 32_000, "{rate} Hz");
            let wanted = tone(RATE, 2.0);
            let differs = (4_000..28_000)
                .map(|index| (output[index] - wanted[index]).abs())
                .fold(0.0, f32::max);
            // Half a sample of time is as near as a whole number of them comes.
            assert!(differs < 0.1, "{rate} Hz is off by {differs}");
        }
    }
}
