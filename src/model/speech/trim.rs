//! The silence around a spoken sentence: voices differ in how much of it they make, and most make more than one wants to hear
//! between two sentences.

/// What is quieter is silence: a hundredth of a quiet voice.
const QUIET: f32 = 0.003;
/// So much silence stays before the first sound, in samples: 15 ms.
const LEAD: usize = 360;
/// So much stays after the last one, as a pause: 180 ms.
const PAUSE: usize = 4_320;

/// Cuts the silence around a sentence as its sound comes. Pauses inside stay as they are.
#[derive(Clone, Debug, Default)]
pub struct Trimmer {
    has_sound: bool,
    /// How much silence was given since the last sound.
    given: usize,
    /// Silence that is only given when a sound follows.
    held: Vec<f32>,
}

impl Trimmer {
    /// At the beginning of a sentence.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes samples, and gives those that are certain to stay.
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        let mut kept = Vec::with_capacity(samples.len());
        for sample in samples {
            if sample.abs() > QUIET {
                let from = if self.has_sound {
                    0
                } else {
                    self.held.len().saturating_sub(LEAD)
                };
                kept.extend_from_slice(&self.held[from..]);
                kept.push(*sample);
                self.held.clear();
                self.has_sound = true;
                self.given = 0;
            } else if self.has_sound && self.given < PAUSE {
                kept.push(*sample);
                self.given += 1;
            } else {
                self.held.push(*sample);
            }
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn silence_around_a_sentence_is_cut_and_inside_it_is_kept() {
        let sound = [0.5; 100];
        let said = [
            &[0.001; 8_000][..],
            &sound,
            &[0.0; 9_000],
            &sound,
            &[-0.002; 10_000],
        ]
        .concat();
        let kept = Trimmer::new().push(&said);
        assert_eq!(kept, said[8_000 - LEAD..said.len() - 10_000 + PAUSE]);
    }

    #[test]
    fn what_is_short_stays_whole_and_silence_alone_is_nothing() {
        let short = [0.0, 0.4, 0.0, -0.4, 0.0];
        assert_eq!(Trimmer::new().push(&short), short);
        assert!(Trimmer::new().push(&[0.0; 20_000]).is_empty());
    }

    proptest! {
        #[test]
        fn it_does_not_matter_in_which_pieces_the_sound_comes(
            runs in prop::collection::vec((any::<bool>(), 1usize..6_000), 0..6),
            size in 1usize..5_000,
        ) {
            let said: Vec<f32> = runs
                .into_iter()
                .flat_map(|(is_loud, length)| vec![if is_loud { 0.1 } else { 0.0 }; length])
                .collect();
            let mut trimmer = Trimmer::new();
            let kept: Vec<f32> = said.chunks(size).flat_map(|piece| trimmer.push(piece)).collect();
            prop_assert_eq!(kept, Trimmer::new().push(&said));
        }
    }
}
