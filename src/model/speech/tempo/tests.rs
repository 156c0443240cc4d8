//! How stretched speech measures.

use super::*;
use crate::model::speech::SPEECH_RATE_HZ;
use proptest::prelude::*;

const SPEEDS_TRIED: [f32; 7] = [0.5, 0.75, 0.9, 1.1, 1.25, 1.5, 2.0];

/// A voice of one pitch, with overtones, that swells and fades as syllables do.
fn voice(pitch_hz: f32, samples: usize) -> Vec<f32> {
    let rate = SPEECH_RATE_HZ as f32;
    (0..samples)
        .map(|at| {
            let time = at as f32 / rate;
            let turn = std::f32::consts::TAU * pitch_hz * time;
            let tone = turn.sin() + 0.5 * (2.0 * turn).sin() + 0.25 * (3.0 * turn).sin();
            let swell = 0.6 + 0.4 * (std::f32::consts::TAU * 4.0 * time).sin();
            0.3 * tone * swell
        })
        .collect()
}

fn stretched(source: &[f32], speed: f32) -> Vec<f32> {
    Tempo::new(speed).stretch(source, true, usize::MAX / 4)
}

fn rms(sound: &[f32]) -> f32 {
    (sound.iter().map(|sample| sample * sample).sum::<f32>() / sound.len() as f32).sqrt()
}

/// The pitch by the strongest echo of the sound in itself, between 60 and 500 Hz.
fn pitch_hz(sound: &[f32]) -> f32 {
    let sound = &sound[sound.len() / 4..sound.len() / 4 + 4_800];
    let rate = SPEECH_RATE_HZ as usize;
    let echo = |lag: usize| {
        let (early, late) = (&sound[..sound.len() - lag], &sound[lag..]);
        let product: f32 = early.iter().zip(late).map(|(a, b)| a * b).sum();
        product / (rms(early) * rms(late) * early.len() as f32)
    };
    let lags = rate / 500..rate / 60;
    let strongest = lags.clone().map(echo).fold(f32::MIN, f32::max);
    // Twice the period is an echo as well: the first that is about as strong counts.
    let period = lags
        .clone()
        .find(|lag| echo(*lag) > 0.97 * strongest && echo(*lag) >= echo(lag + 1));
    rate as f32 / period.expect("a voice has a pitch") as f32
}

#[test]
fn speech_takes_the_time_of_its_speed() {
    let source = voice(180.0, 48_000);
    for speed in SPEEDS_TRIED {
        let wanted = source.len() as f32 / speed;
        let got = stretched(&source, speed).len() as f32;
        let piece = PIECE as f32;
        assert!(
            (got - wanted).abs() <= 1.5 * piece,
            "{speed}: {got} of {wanted}"
        );
    }
}

#[test]
fn speech_keeps_its_pitch_and_its_loudness() {
    for pitch in [85.0, 130.0, 220.0, 310.0] {
        let source = voice(pitch, 48_000);
        for speed in SPEEDS_TRIED {
            let sound = stretched(&source, speed);
            let heard = pitch_hz(&sound);
            assert!(
                (heard / pitch - 1.0).abs() < 0.03,
                "{pitch} Hz at {speed}: {heard} Hz"
            );
            let louder = rms(&sound) / rms(&source);
            assert!(
                (louder - 1.0).abs() < 0.1,
                "{pitch} Hz at {speed}: {louder} as loud"
            );
        }
    }
}

#[test]
fn nothing_clicks_where_pieces_meet() {
    let source = voice(150.0, 24_000);
    let jump = |sound: &[f32]| {
        sound
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).abs())
            .fold(0.0, f32::max)
    };
    for speed in SPEEDS_TRIED {
        let sound = stretched(&source, speed);
        // What was said at the end is cut where it ends, as in the source.
        let inner = &sound[..sound.len() - PIECE];
        assert!(jump(inner) < 1.3 * jump(&source), "{speed}");
    }
}

#[test]
fn speech_at_its_own_speed_is_left_as_it_is() {
    let source = voice(200.0, 10_007);
    assert_eq!(stretched(&source, 1.0), source);
}

#[test]
fn silence_and_nothing_stay_what_they_are() {
    assert!(stretched(&[], 1.5).is_empty());
    assert!(
        stretched(&[0.0; 5_000], 0.5)
            .iter()
            .all(|sample| *sample == 0.0)
    );
    let short = [0.5; 10];
    assert!(stretched(&short, 2.0).len() <= PIECE);
}

#[test]
fn the_speed_can_change_in_the_middle() {
    let source = voice(140.0, 48_000);
    let mut tempo = Tempo::new(1.0);
    let mut sound = tempo.stretch(&source, true, 24_000);
    tempo = tempo.at(2.0);
    sound.extend(tempo.stretch(&source, true, usize::MAX / 4));
    let wanted = 24_000.0 + 12_000.0;
    assert!(
        (sound.len() as f32 - wanted).abs() <= 2.0 * PIECE as f32,
        "{}",
        sound.len()
    );
    assert!((pitch_hz(&sound[20_000..]) / 140.0 - 1.0).abs() < 0.03);
    assert!(tempo.is_over(source.len()));
}

#[test]
fn a_speed_out_of_bounds_is_the_nearest_one() {
    let source = voice(140.0, 24_000);
    assert_eq!(stretched(&source, 9.0), stretched(&source, 2.0));
    assert_eq!(stretched(&source, f32::NAN), stretched(&source, 1.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn a_sound_that_comes_in_pieces_is_stretched_as_if_it_were_whole(
        samples in 0usize..9_000,
        speed in 0.5f32..2.0,
        cuts in prop::collection::vec(1usize..3_000, 1..8),
        wanted in 1usize..6_000,
    ) {
        let source = voice(170.0, samples);
        let mut tempo = Tempo::new(speed);
        let mut sound = Vec::new();
        let (mut there, mut cuts) = (0, cuts.iter().cycle());
        while !tempo.is_over(source.len()) {
            there = (there + cuts.next().copied().unwrap_or(1)).min(source.len());
            sound.extend(tempo.stretch(&source[..there], there == source.len(), wanted));
        }
        prop_assert_eq!(sound, stretched(&source, speed));
    }
}
