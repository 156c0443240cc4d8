//! What goes wrong in a call, and how it ends.

use super::*;

#[test]
fn what_is_no_text_is_kept_and_tried_again() {
    let mut scene = Scene::begun();
    scene.hear(&speech(1_000));
    scene.hear(&quiet(700));
    let first = scene.asked.take().expect("asked for");
    scene.on(CallEvent::Transcribed(first.place.clone(), Err(broken())));
    let state = scene.call.state();
    assert_eq!(state.phase, CallPhase::Failed);
    assert_eq!(state.problem, Some(CallProblem::Transcription(broken())));
    scene.on(CallEvent::Retry);
    assert_eq!(scene.asked.as_ref(), Some(&first));
    scene.answer("After all.");
    assert_eq!(scene.messages, ["After all."]);
    assert_eq!(scene.call.state().problem, None);
}

#[test]
fn a_message_that_is_not_taken_is_sent_again_or_with_what_is_said_next() {
    for speaks_on in [false, true] {
        let mut scene = Scene::begun();
        scene.say("First.");
        scene.answers = 0;
        scene.on(CallEvent::Sent(Err(broken())));
        assert_eq!(scene.phase(), CallPhase::Failed);
        if speaks_on {
            scene.say("Second.");
            assert_eq!(scene.messages[1..], ["First. Second."]);
        } else {
            scene.on(CallEvent::Retry);
            assert_eq!(scene.messages[1..], ["First."]);
        }
    }
}

#[test]
fn an_answer_that_breaks_off_does_not_end_the_call() {
    let mut scene = Scene::begun();
    scene.say("Hello there.");
    scene.on(CallEvent::Sent(Ok(())));
    scene.answers = 0;
    scene.on(CallEvent::AnswerEnded(Some(broken())));
    scene.on(CallEvent::Voicing(Voicing::Ended));
    let state = scene.call.state();
    assert_eq!(state.phase, CallPhase::Listening);
    assert_eq!(state.problem, Some(CallProblem::Answer(broken())));
    scene.on(CallEvent::Retry);
    assert_eq!(scene.done.last(), Some(&"again"));
    scene.on(CallEvent::Sent(Ok(())));
    assert_eq!(scene.done.last(), Some(&"read"));
}

#[test]
fn an_answer_that_cannot_be_spoken_is_there_to_be_read() {
    let mut scene = Scene::begun();
    scene.until_it_sounds();
    scene.on(CallEvent::Voicing(Voicing::Failed(broken())));
    assert_eq!(scene.done, ["hush"]);
    scene.answer_ended();
    let state = scene.call.state();
    assert_eq!(state.phase, CallPhase::Listening);
    assert_eq!(state.problem, Some(CallProblem::Speech(broken())));
    scene.say("Thank you.");
    assert_eq!(scene.call.state().problem, None);
}

#[test]
fn where_nobody_speaks_answers_are_read_by_the_eye() {
    let mut scene = Scene::new(CallTerms {
        listens_locally: true,
        mute_because: Some("No voice.".to_owned()),
    });
    scene.say("Hello there.");
    scene.on(CallEvent::Sent(Ok(())));
    assert_eq!(scene.done, ["open", "send"]);
    scene.answer_ended();
    assert_eq!(scene.phase(), CallPhase::Listening);
}

#[test]
fn a_browser_that_plays_nothing_is_asked_by_a_press() {
    let mut scene = Scene::begun();
    scene.say("Hello there.");
    scene.on(CallEvent::Sent(Ok(())));
    scene.on(CallEvent::Voicing(Voicing::IsBlocked));
    assert_eq!(scene.call.state().problem, Some(CallProblem::Blocked));
    scene.on(CallEvent::Retry);
    assert_eq!(scene.done.last(), Some(&"unblock"));
    scene.on(CallEvent::Voicing(Voicing::Sounds));
    assert_eq!(scene.phase(), CallPhase::Speaking);
    assert_eq!(scene.call.state().problem, None);
}

#[test]
fn a_microphone_that_is_lost_can_be_had_back_with_what_was_said() {
    let mut scene = Scene::begun();
    scene.hear(&speech(1_000));
    scene.on(CallEvent::Lost);
    assert_eq!(scene.phase(), CallPhase::Failed);
    scene.answer("Half a sentence");
    assert!(scene.messages.is_empty());
    assert_eq!(scene.call.state().words, "Half a sentence");
    scene.on(CallEvent::Retry);
    assert_eq!(scene.phase(), CallPhase::Asking);
    scene.on(CallEvent::Opened);
    assert_eq!(scene.messages, ["Half a sentence"]);
}

#[test]
fn without_a_microphone_there_is_a_way_out() {
    let mut scene = Scene {
        call: Call::default(),
        ..Scene::begun()
    };
    scene.on(CallEvent::Connected(Err(broken())));
    assert_eq!(scene.phase(), CallPhase::Failed);
    scene.on(CallEvent::Retry);
    assert_eq!(scene.done.last(), Some(&"connect"));
    scene.on(CallEvent::Connected(Ok(CallTerms::default())));
    scene.on(CallEvent::NoMicrophone("Allow it.".to_owned()));
    let denied = CallProblem::Microphone("Allow it.".to_owned());
    assert_eq!(scene.call.state().problem, Some(denied));
    scene.on(CallEvent::Retry);
    assert_eq!(scene.done.last(), Some(&"open"));
    scene.on(CallEvent::Opened);
    assert_eq!(scene.phase(), CallPhase::Listening);
}

#[test]
fn a_long_silence_is_told_and_hangs_nothing_up() {
    let mut scene = Scene::begun();
    scene.hear(&quiet(44_000));
    assert!(!scene.call.state().is_silent);
    scene.hear(&quiet(1_500));
    assert!(scene.call.state().is_silent);
    assert_eq!(scene.phase(), CallPhase::Listening);
    scene.hear(&speech(500));
    assert!(!scene.call.state().is_silent);
}

#[test]
fn who_hangs_up_keeps_what_is_in_no_message() {
    let mut scene = Scene::begun();
    scene.hear(&speech(1_000));
    scene.hear(&quiet(300));
    scene.answer("Almost done");
    scene.on(CallEvent::HangUp);
    assert_eq!(scene.done, ["open", "close", "keep"]);
    let [kept] = scene.kept.as_slice() else {
        panic!("one piece: {:?}", scene.kept);
    };
    let heard = kept.heard.as_ref().expect("known words");
    assert_eq!(heard.text, "Almost done");
    assert_eq!(scene.phase(), CallPhase::Ended);
    scene.on(CallEvent::Retry);
    scene.hear(&speech(1_000));
    assert_eq!(scene.phase(), CallPhase::Ended);
    assert_eq!(scene.done.len(), 3);
}

#[test]
fn whoever_speaks_for_minutes_is_heard_without_a_gap() {
    let mut scene = Scene::begun();
    scene.hear(&speech(60_000));
    scene.hear(&quiet(700));
    let mut pieces: Vec<Range<usize>> = Vec::new();
    while let Some(errand) = scene.asked.take() {
        scene.on(CallEvent::Transcribed(errand.place.clone(), Ok(of("so"))));
        if errand.place.len() > samples(1_000) {
            pieces.retain(|piece| piece.start != errand.place.start);
            pieces.push(errand.place);
        }
    }
    assert_eq!(scene.messages, [vec!["so"; pieces.len()].join(" ")]);
    assert!(pieces.len() >= 3);
    assert!(pieces.windows(2).all(|two| two[0].end == two[1].start));
    // No more of it stays in memory than can still be needed.
    assert!(scene.call.sound.at(&(0..usize::MAX)).len() < samples(4_000));
}
