//! Whatever happens in a call.

use super::*;
use proptest::prelude::*;

/// Anything that may happen to a call.
#[derive(Clone, Debug)]
enum Happening {
    Speech(u32),
    Quiet(u32),
    Words(bool),
    Sent(bool),
    AnswerEnded(bool),
    AnswerBegan,
    Voicing(u8),
    Mute(bool),
    PushToTalk(bool),
    Hold(bool),
    Lost,
    Opened,
    Retry,
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (100..1_500_u32).prop_map(Happening::Speech),
        6 => (100..1_200_u32).prop_map(Happening::Quiet),
        6 => any::<bool>().prop_map(Happening::Words),
        4 => any::<bool>().prop_map(Happening::Sent),
        4 => any::<bool>().prop_map(Happening::AnswerEnded),
        1 => Just(Happening::AnswerBegan),
        4 => (0..5_u8).prop_map(Happening::Voicing),
        1 => any::<bool>().prop_map(Happening::Mute),
        1 => any::<bool>().prop_map(Happening::PushToTalk),
        2 => any::<bool>().prop_map(Happening::Hold),
        1 => Just(Happening::Lost),
        1 => Just(Happening::Opened),
        2 => Just(Happening::Retry),
    ]
}

/// What is said has its place for words, so that it can be found again.
fn happen(scene: &mut Scene, happening: &Happening) {
    match happening {
        Happening::Speech(ms) => scene.hear(&speech(*ms)),
        Happening::Quiet(ms) => scene.hear(&quiet(*ms)),
        Happening::Words(is_well) => {
            let Some(errand) = scene.asked.take() else {
                return;
            };
            let words = format!("{}-{}", errand.place.start, errand.place.end);
            let outcome = if *is_well {
                Ok(of(&words))
            } else {
                Err(broken())
            };
            scene.on(CallEvent::Transcribed(errand.place, outcome));
        }
        Happening::Sent(is_well) => {
            let outcome = if *is_well { Ok(()) } else { Err(broken()) };
            let is_sending = matches!(scene.call.answer, Answer::Sending { .. });
            if is_sending && !is_well {
                scene.answers = 0;
                // It was not taken, so it counts for nothing.
                if !scene.call.sending.is_empty() {
                    scene.messages.pop();
                }
            }
            scene.on(CallEvent::Sent(outcome));
        }
        Happening::AnswerEnded(is_well) => {
            if matches!(scene.call.answer, Answer::Open | Answer::Stopping) {
                scene.answers = 0;
            }
            let problem = (!is_well).then(broken);
            scene.on(CallEvent::AnswerEnded(problem));
        }
        Happening::AnswerBegan => scene.on(CallEvent::AnswerBegan),
        Happening::Voicing(2) => {
            scene.is_read = false;
            scene.on(CallEvent::Voicing(Voicing::Ended));
        }
        Happening::Voicing(which) => scene.on(CallEvent::Voicing(match which {
            0 => Voicing::Waits,
            1 => Voicing::IsBlocked,
            3 => Voicing::Failed(broken()),
            _ => Voicing::Sounds,
        })),
        Happening::Mute(is_muted) => scene.on(CallEvent::Mute(*is_muted)),
        Happening::PushToTalk(is_on) => scene.on(CallEvent::PushToTalk(*is_on)),
        Happening::Hold(is_held) => scene.on(CallEvent::Hold(*is_held)),
        Happening::Lost => scene.on(CallEvent::Lost),
        Happening::Opened => scene.on(CallEvent::Opened),
        Happening::Retry => scene.on(CallEvent::Retry),
    }
}

/// The places that words stand for.
fn places(words: &str) -> Vec<Range<usize>> {
    let place = |word: &str| {
        let (start, end) = word.split_once('-')?;
        Some(start.parse().ok()?..end.parse().ok()?)
    };
    words.split_whitespace().filter_map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_happens_nothing_is_lost_or_said_twice_and_hanging_up_releases_everything(
        happenings in prop::collection::vec(happening(), 1..60),
    ) {
        let mut scene = Scene::begun();
        let mut complete: Vec<Range<usize>> = Vec::new();
        for it in &happenings {
            happen(&mut scene, it);
            // What is complete stays so until it is sent, in its order.
            for piece in scene.call.turn.places() {
                if !complete.contains(&piece) {
                    complete.push(piece);
                }
            }
            prop_assert!(scene.answers <= 1);
        }
        scene.on(CallEvent::HangUp);
        prop_assert!(!scene.is_microphone_on && !scene.is_read);
        prop_assert_eq!(scene.phase(), CallPhase::Ended);
        let mut said: Vec<_> = scene.messages.iter().flat_map(|message| places(message)).collect();
        said.extend(scene.kept.iter().flat_map(|piece| match &piece.heard {
            Some(words) => places(&words.text),
            None => Vec::new(),
        }));
        // Nothing twice, and everything in its order.
        prop_assert!(said.windows(2).all(|two| two[0].end <= two[1].start), "{said:?}");
        let unheard = scene.kept.iter().filter(|piece| piece.heard.is_none()).count();
        let long = complete.iter().filter(|piece| piece.len() >= samples(600)).count();
        prop_assert!(said.len() + unheard >= long, "{said:?} and {unheard} of {complete:?}");
    }
}
