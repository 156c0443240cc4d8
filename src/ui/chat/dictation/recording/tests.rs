//! What is sent of a recording, and what its words are.

use super::*;
use crate::model::ErrorKind;
use proptest::prelude::*;

/// Something that swells like syllables.
fn speech(ms: u32) -> Vec<f32> {
    let swell = |at: f32| (at * std::f32::consts::PI * 4.0 / 16_000.0).sin().abs();
    (0..samples(ms))
        .map(|at| 0.3 * swell(at as f32) * (at as f32 * 0.2).sin())
        .collect()
}

fn quiet(ms: u32) -> Vec<f32> {
    vec![0.0; samples(ms)]
}

fn heard(text: &str) -> Transcription {
    Transcription {
        id: TranscriptionId::new(),
        text: text.to_owned(),
        heard_ms: 1_000,
    }
}

fn new() -> Recording {
    Recording::new("1".to_owned())
}

fn error() -> AppError {
    AppError::new(ErrorKind::Upstream, "The service is out of order.")
}

#[test]
fn what_was_sent_at_a_pause_is_all_where_nobody_went_on() {
    let mut recording = new();
    recording.hear(&speech(2_000));
    assert_eq!(recording.next(false), None);
    recording.hear(&quiet(450));
    let errand = recording.next(false).expect("a pause is a reason to ask");
    assert!(matches!(errand.of, Sent::Open(_)));
    assert!(
        errand.audio.len() >= samples(2_000),
        "{}",
        errand.audio.len()
    );
    assert_eq!(recording.next(false), None, "once is enough");
    recording.answered(&errand.of, Ok(heard("go on")));
    assert_eq!(recording.words(), "go on");
    recording.hear(&quiet(1_000));
    assert_eq!(recording.next(false), None, "the words are known");
    assert!(recording.is_settled());
    assert_eq!(recording.certain_words(), "go on");
    assert_eq!(recording.transcriptions().len(), 1);
}

#[test]
fn an_answer_that_comes_after_the_end_is_of_use_as_well() {
    let mut recording = new();
    recording.hear(&[speech(2_000), quiet(450)].concat());
    let errand = recording.next(false).expect("asked");
    recording.hear(&quiet(1_000));
    assert!(!recording.is_moot(&errand.of) && !recording.is_settled());
    recording.answered(&errand.of, Ok(heard("late")));
    assert!(recording.is_settled());
    assert_eq!(recording.certain_words(), "late");
}

#[test]
fn who_goes_on_after_a_pause_is_heard_again_as_a_whole() {
    let mut recording = new();
    recording.hear(&[speech(2_000), quiet(450)].concat());
    let first = recording.next(false).expect("asked");
    recording.answered(&first.of, Ok(heard("go")));
    recording.hear(&[speech(2_000), quiet(450)].concat());
    let second = recording.next(false).expect("asked again");
    assert!(second.audio.len() > first.audio.len());
    assert_eq!(
        recording.words(),
        "go",
        "the old words stand until the new ones are there"
    );
    recording.answered(&second.of, Ok(heard("go forward")));
    assert_eq!(recording.words(), "go forward");
    assert_eq!(recording.certain_words(), "", "they may still go on");
}

#[test]
fn words_of_a_part_are_not_taken_for_the_whole() {
    let mut recording = new();
    recording.hear(&[speech(2_000), quiet(450)].concat());
    let first = recording.next(false).expect("asked");
    recording.answered(&first.of, Ok(heard("go")));
    recording.hear(&[speech(2_000), quiet(450)].concat());
    let second = recording.next(false).expect("asked again");
    recording.hear(&quiet(1_000));
    assert_eq!(
        (recording.certain_words().as_str(), recording.is_settled()),
        ("", false)
    );
    recording.answered(&second.of, Ok(heard("go forward")));
    assert_eq!(recording.certain_words(), "go forward");
}

#[test]
fn who_never_pauses_is_heard_in_between_by_a_listener_that_costs_nothing() {
    let mut recording = new();
    recording.hear(&speech(3_500));
    assert_eq!(recording.next(false), None);
    let errand = recording.next(true).expect("asked");
    recording.answered(&errand.of, Ok(heard("so far")));
    assert_eq!(recording.next(true), None);
    recording.hear(&speech(1_500));
    assert_eq!(recording.next(true), None);
    recording.hear(&speech(1_600));
    assert!(recording.next(true).is_some());
}

#[test]
fn what_somebody_stops_in_the_middle_of_is_sent_whole() {
    let mut recording = new();
    recording.hear(&speech(3_500));
    let early = recording.next(true).expect("asked");
    recording.hear(&speech(1_000));
    recording.finish();
    assert!(recording.is_moot(&early.of));
    let last = recording.next(true).expect("the rest");
    assert_eq!(last.of, Sent::Piece(0));
    assert!(last.audio.len() > samples(4_400));
}

#[test]
fn what_fails_stays_and_is_sent_again() {
    let mut recording = new();
    recording.hear(&[speech(2_000), quiet(1_000), speech(3_000), quiet(1_000)].concat());
    let first = recording.next(false).expect("asked");
    recording.answered(&first.of, Err(error()));
    let second = recording.next(false).expect("asked");
    assert_eq!(second.before, "");
    recording.answered(&second.of, Ok(heard("the rest")));
    assert_eq!(recording.words(), "[…] the rest");
    let failure = recording.failure().expect("told");
    assert!((2_000..2_600).contains(&failure.ms), "{failure:?}");
    assert!(recording.is_settled());
    recording.retry();
    let again = recording.next(false).expect("asked again");
    assert_eq!(again, first);
    recording.answered(&again.of, Ok(heard("First")));
    assert_eq!(recording.certain_words(), "First the rest");
    assert_eq!(recording.failure(), None);
}

#[test]
fn silence_is_nothing_to_send() {
    let mut recording = new();
    recording.hear(&quiet(20_000));
    assert!(recording.silent_ms() >= 19_000);
    recording.finish();
    assert!(recording.next(true).is_none() && recording.is_settled());
    assert!(
        recording.buffer.len() < samples(2_500),
        "and is not gathered"
    );
}

#[test]
fn what_is_kept_is_all_there_is_to_go_on_with() {
    let mut recording = new();
    recording.hear(&[speech(2_000), quiet(1_000), speech(2_000)].concat());
    let first = recording.next(false).expect("asked");
    let mut kept = recording.unkept();
    assert!(
        recording.unkept().is_empty(),
        "what is kept is not kept again"
    );
    recording.answered(&first.of, Ok(heard("one")));
    let open = recording.unfinished().expect("somebody speaks");
    kept = [recording.unkept(), vec![open]]
        .concat()
        .into_iter()
        .chain(kept)
        .fold(Vec::new(), |mut kept, piece| {
            // As the browser does: one name, one row; the first of these is the newest.
            if kept
                .iter()
                .all(|other: &KeptPiece| other.name != piece.name)
            {
                kept.push(piece);
            }
            kept
        });
    kept.sort_by(|a, b| a.name.cmp(&b.name));
    let mut restored = Recording::restored(kept);
    assert_eq!(restored.words(), "one");
    let errand = restored.next(false).expect("the rest is to be sent");
    assert_eq!(
        (errand.of.clone(), errand.before.as_str()),
        (Sent::Piece(1), "one")
    );
    restored.answered(&errand.of, Ok(heard("two")));
    assert_eq!(restored.certain_words(), "one two");
    assert!(restored.is_settled());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever order things happen in, in the end every piece has its words, in order.
    #[test]
    fn in_the_end_everything_that_was_said_has_words(
        parts in prop::collection::vec((100_u32..3_000, 100_u32..1_500, 0_u8..3), 1..6),
    ) {
        let mut recording = new();
        let mut in_flight: Option<Errand> = None;
        let answer = |recording: &mut Recording, errand: Option<Errand>, fails: bool| {
            if let Some(errand) = errand {
                let text = format!("{}ms", milliseconds(errand.audio.len()));
                recording.answered(&errand.of, if fails { Err(error()) } else { Ok(heard(&text)) });
            }
        };
        for (spoken, paused, what) in parts {
            for block in [speech(spoken), quiet(paused)].concat().chunks(640) {
                recording.hear(block);
                if in_flight.as_ref().is_some_and(|errand| recording.is_moot(&errand.of)) {
                    in_flight = None;
                }
                if in_flight.is_none() {
                    in_flight = recording.next(true);
                }
            }
            if what > 0 {
                answer(&mut recording, in_flight.take(), what == 2);
            }
        }
        recording.finish();
        recording.retry();
        let late = in_flight.take().filter(|errand| !recording.is_moot(&errand.of));
        answer(&mut recording, late, false);
        recording.retry();
        while let Some(errand) = recording.next(true) {
            prop_assert!(matches!(errand.of, Sent::Piece(_)));
            answer(&mut recording, Some(errand), false);
        }
        prop_assert!(recording.is_settled() && recording.failure().is_none());
        let texts: Vec<_> = recording.pieces.iter().filter_map(words_of).collect();
        let lengths: Vec<_> = recording.pieces.iter().map(|piece| format!("{}ms", milliseconds(piece.place.len()))).collect();
        prop_assert_eq!(&texts, &lengths);
        prop_assert_eq!(recording.certain_words(), texts.join(" "));
    }
}
