//! When somebody speaks.

use super::super::*;
use proptest::prelude::*;
use std::ops::Range;

const RULES: ActivityRules = ActivityRules::DICTATION;

/// Something that swells like syllables, four times a second.
fn speech(ms: u32, loudness: f32) -> Vec<f32> {
    let swell = |at: f32| (at * std::f32::consts::PI * 4.0 / 16_000.0).sin().abs();
    (0..samples(ms))
        .map(|at| loudness * swell(at as f32) * (at as f32 * 0.2).sin())
        .collect()
}

fn noise(ms: u32, loudness: f32) -> Vec<f32> {
    let mut state = 7_u32;
    let mut next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..samples(ms)).map(|_| loudness * next()).collect()
}

fn quiet(ms: u32) -> Vec<f32> {
    vec![0.0; samples(ms)]
}

fn hear_with(rules: ActivityRules, sound: &[f32]) -> Vec<Activity> {
    let mut detector = ActivityDetector::new(rules);
    let mut told = detector.push(sound);
    told.extend(detector.finish());
    told
}

fn hear(parts: &[Vec<f32>]) -> Vec<Activity> {
    hear_with(RULES, &parts.concat())
}

fn ends(told: &[Activity]) -> Vec<Range<usize>> {
    let end = |activity: &Activity| match activity {
        Activity::Ended(said) => Some(said.clone()),
        _ => None,
    };
    told.iter().filter_map(end).collect()
}

/// The order in which things are told, as it has to be.
fn check_order(told: &[Activity], length: usize) -> Result<(), TestCaseError> {
    let (mut begun, mut paused, mut before) = (None, None, 0);
    for activity in told {
        match activity {
            Activity::Began(start) => {
                prop_assert!(begun.is_none() && *start >= before);
                begun = Some(*start);
            }
            Activity::Paused(end) => {
                prop_assert!(begun.is_some_and(|start| start < *end) && paused.is_none());
                paused = Some(*end);
            }
            Activity::WentOn => prop_assert!(paused.take().is_some()),
            Activity::Ended(said) => {
                prop_assert_eq!(begun.take(), Some(said.start));
                prop_assert!(paused.take().is_none_or(|end| end == said.end));
                prop_assert!(said.start < said.end && said.end <= length);
                prop_assert!(said.len() <= samples(RULES.longest_ms + 20));
                before = said.end;
            }
        }
    }
    prop_assert!(begun.is_none());
    Ok(())
}

#[test]
fn silence_and_faint_noise_are_no_speech() {
    assert!(hear(&[quiet(10_000)]).is_empty());
    assert!(hear(&[noise(10_000, 0.001)]).is_empty());
    assert!(
        hear(&[vec![0.4; samples(5_000)]]).len() <= 2,
        "a pressure that stays is no sound"
    );
}

#[test]
fn what_is_said_is_told_whole_with_what_lies_around_it() {
    let told = hear(&[quiet(2_000), speech(3_000, 0.3), quiet(2_000)]);
    let said = ends(&told);
    assert_eq!(said.len(), 1, "{told:?}");
    assert!(
        (samples(1_600)..=samples(2_000)).contains(&said[0].start),
        "{said:?}"
    );
    assert!(
        (samples(5_000)..=samples(5_400)).contains(&said[0].end),
        "{said:?}"
    );
}

#[test]
fn who_speaks_from_the_first_moment_is_heard_from_there() {
    for room in [0.0, 0.001, 0.01] {
        let mut sound = speech(3_000, 0.3);
        for (sample, noise) in sound.iter_mut().zip(noise(3_000, room)) {
            *sample += noise;
        }
        let told = hear(&[sound, noise(2_000, room)]);
        assert_eq!(
            ends(&told).first().map(|said| said.start),
            Some(0),
            "room {room}: {told:?}"
        );
    }
}

#[test]
fn a_pause_is_told_before_the_end_and_may_be_none() {
    let told = hear(&[
        speech(2_000, 0.3),
        quiet(500),
        speech(2_000, 0.3),
        quiet(2_000),
    ]);
    let kinds: Vec<_> = told.iter().map(std::mem::discriminant).collect();
    let expected = [
        Activity::Began(0),
        Activity::Paused(0),
        Activity::WentOn,
        Activity::Paused(0),
        Activity::Ended(0..1),
    ];
    let expected: Vec<_> = expected.iter().map(std::mem::discriminant).collect();
    assert_eq!(kinds, expected, "{told:?}");
}

#[test]
fn pauses_end_what_is_said() {
    let told = hear(&[
        speech(2_000, 0.3),
        quiet(1_000),
        speech(2_000, 0.3),
        quiet(1_000),
    ]);
    assert_eq!(ends(&told).len(), 2, "{told:?}");
}

#[test]
fn noise_that_sets_in_becomes_the_room_and_speech_is_heard_above_it() {
    let mut loud_room = noise(20_000, 0.02);
    let told = hear(&[quiet(3_000), loud_room.clone()]);
    let taken = ends(&told);
    assert!(
        taken.iter().map(ExactSizeIterator::len).sum::<usize>() < samples(5_000),
        "{told:?}"
    );
    let begins = samples(10_000);
    for (sample, speech) in loud_room[begins..].iter_mut().zip(speech(3_000, 0.5)) {
        *sample += speech;
    }
    let told = hear(&[quiet(3_000), loud_room]);
    let begins = begins + samples(3_000);
    let last = ends(&told).pop().expect("speech above noise is heard");
    assert!(
        last.start <= begins + samples(100) && last.end >= begins + samples(2_800),
        "{told:?}"
    );
    assert!(last.end <= begins + samples(3_400), "{told:?}");
}

#[test]
fn a_click_is_no_word() {
    let mut sound = quiet(4_000);
    for sample in &mut sound[samples(2_000)..samples(2_015)] {
        *sample = 0.8;
    }
    assert!(hear(&[sound]).is_empty());
}

#[test]
fn who_never_pauses_is_cut_between_syllables() {
    let sound = speech(70_000, 0.3);
    let said = ends(&hear(std::slice::from_ref(&sound)));
    assert!(said.len() >= 3);
    for (one, next) in said.iter().zip(&said[1..]) {
        assert_eq!(one.end, next.start, "nothing is lost between");
        assert!(one.len() <= samples(RULES.longest_ms + 20) && one.len() > samples(7_000));
        assert!(
            sound[one.end].abs() < 0.1,
            "not in the middle of a syllable"
        );
    }
}

#[test]
fn the_level_follows_what_is_heard() {
    let mut detector = ActivityDetector::new(RULES);
    detector.push(&quiet(1_000));
    assert!(detector.level() < 0.01);
    detector.push(&speech(1_000, 0.5));
    assert!(detector.level() > 0.5);
    detector.push(&quiet(2_000));
    assert!(detector.level() < 0.01);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn however_sound_is_cut_the_same_is_told(
        parts in prop::collection::vec((any::<bool>(), 50_u32..2_500), 1..5),
        piece in 1_usize..5_000,
    ) {
        let sound: Vec<f32> = parts
            .into_iter()
            .flat_map(|(speaks, ms)| if speaks { speech(ms, 0.3) } else { quiet(ms) })
            .collect();
        let mut detector = ActivityDetector::new(RULES);
        let mut told: Vec<_> = sound.chunks(piece).flat_map(|piece| detector.push(piece)).collect();
        told.extend(detector.finish());
        prop_assert_eq!(&told, &hear_with(RULES, &sound));
        check_order(&told, sound.len())?;
    }

    #[test]
    fn any_samples_are_taken_and_told_in_order(
        blocks in prop::collection::vec((prop::num::f32::ANY, 1_usize..20_000), 1..6),
    ) {
        let sound: Vec<f32> = blocks
            .into_iter()
            .flat_map(|(value, count)| (0..count).map(move |at| if at % 5 == 0 { value } else { -value }))
            .collect();
        check_order(&hear_with(RULES, &sound), sound.len())?;
    }

    #[test]
    fn speech_is_inside_of_what_is_told_however_loud_the_room(
        before in 1_600_u32..4_000, ms in 400_u32..5_000, room in 0.0_f32..0.01,
    ) {
        let mut sound = noise(before + ms + 2_000, room);
        let begins = samples(before);
        let spoken = speech(ms, 0.3);
        for (sample, spoken) in sound[begins..].iter_mut().zip(&spoken) {
            *sample += spoken;
        }
        let said = ends(&hear_with(RULES, &sound));
        let is_within = said.iter().any(|said| said.start <= begins + samples(60) && said.end >= begins + spoken.len() - samples(60));
        prop_assert!(is_within, "{said:?} for {begins}..{}", begins + spoken.len());
    }

    #[test]
    fn what_is_needed_is_never_before_what_is_told_next(parts in prop::collection::vec((any::<bool>(), 50_u32..1_500), 1..6)) {
        let mut detector = ActivityDetector::new(RULES);
        let mut needed = 0;
        for (speaks, ms) in parts {
            for activity in detector.push(&if speaks { speech(ms, 0.3) } else { quiet(ms) }) {
                if let Activity::Began(start) | Activity::Ended(Range { start, .. }) = activity {
                    prop_assert!(start >= needed, "{start} is let go at {needed}");
                }
            }
            needed = detector.needed_from();
        }
    }
}
