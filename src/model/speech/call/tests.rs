//! Who speaks when, and what becomes of it.

use super::*;
use crate::model::{AppError, ErrorKind, ids::TranscriptionId};
use std::ops::Range;

mod anything;
mod trouble;

/// Something that swells like syllables, four times a second.
fn speech(ms: u32) -> Vec<f32> {
    tone(ms, 0.3)
}

fn tone(ms: u32, loudness: f32) -> Vec<f32> {
    let swell = |at: f32| (at * std::f32::consts::PI * 4.0 / 16_000.0).sin().abs();
    (0..samples(ms))
        .map(|at| loudness * swell(at as f32) * (at as f32 * 0.2).sin())
        .collect()
}

fn quiet(ms: u32) -> Vec<f32> {
    vec![0.0; samples(ms)]
}

fn broken() -> AppError {
    AppError::new(ErrorKind::Upstream, "It is out of order.")
}

/// A call with everything around it.
struct Scene {
    call: Call,
    asked: Option<CallErrand>,
    /// Whatever was asked for, in order.
    errands: Vec<CallErrand>,
    messages: Vec<String>,
    heard: Vec<TranscriptionId>,
    kept: Vec<CallPiece>,
    /// What was done, without what is asked for.
    done: Vec<&'static str>,
    /// How many answers are asked for or written.
    answers: u32,
    is_microphone_on: bool,
    is_read: bool,
}

impl Scene {
    fn new(terms: CallTerms) -> Self {
        let mut scene = Self {
            call: Call::default(),
            asked: None,
            errands: Vec::new(),
            messages: Vec::new(),
            heard: Vec::new(),
            kept: Vec::new(),
            done: Vec::new(),
            answers: 0,
            is_microphone_on: false,
            is_read: false,
        };
        assert_eq!(scene.phase(), CallPhase::Connecting);
        scene.on(CallEvent::Connected(Ok(terms)));
        assert_eq!(scene.phase(), CallPhase::Asking);
        scene.on(CallEvent::Opened);
        scene
    }

    /// One whose listener is in the server.
    fn begun() -> Self {
        Self::new(CallTerms {
            listens_locally: true,
            mute_because: None,
        })
    }

    fn phase(&self) -> CallPhase {
        self.call.state().phase
    }

    fn on(&mut self, event: CallEvent) {
        let todo = self.call.on(event);
        self.carry_out(todo);
    }

    /// Hears it as a microphone hands it over.
    fn hear(&mut self, sound: &[f32]) {
        for block in sound.chunks(640) {
            let todo = self.call.hear(block);
            self.carry_out(todo);
        }
    }

    fn carry_out(&mut self, todo: Vec<CallEffect>) {
        for effect in todo {
            let name = match effect {
                CallEffect::Transcribe(errand) => {
                    assert_eq!(errand.audio.len(), errand.place.len());
                    self.errands.push(errand.clone());
                    self.asked = Some(errand);
                    continue;
                }
                CallEffect::Send { text, heard } => {
                    assert_eq!(self.answers, 0, "two answers at once");
                    self.answers = 1;
                    self.messages.push(text);
                    self.heard.extend(heard);
                    "send"
                }
                CallEffect::Keep(pieces) => {
                    self.kept = pieces;
                    "keep"
                }
                CallEffect::Connect => "connect",
                CallEffect::OpenMicrophone => {
                    self.is_microphone_on = true;
                    "open"
                }
                CallEffect::CloseMicrophone => {
                    self.is_microphone_on = false;
                    "close"
                }
                CallEffect::StopAnswer => "stop",
                CallEffect::AskAgain => {
                    assert_eq!(self.answers, 0, "two answers at once");
                    self.answers = 1;
                    "again"
                }
                CallEffect::Read => {
                    self.is_read = true;
                    "read"
                }
                CallEffect::Hush => {
                    self.is_read = false;
                    "hush"
                }
                CallEffect::Unblock => "unblock",
            };
            self.done.push(name);
        }
    }

    /// Answers what was asked for last.
    fn answer(&mut self, words: &str) {
        let errand = self.asked.take().expect("something asked for");
        self.on(CallEvent::Transcribed(errand.place, Ok(of(words))));
    }

    /// Somebody says something, which is heard at once.
    fn say(&mut self, words: &str) {
        self.hear(&speech(1_000));
        self.hear(&quiet(700));
        self.answer(words);
    }

    /// Somebody says something, and the answer to it sounds.
    fn until_it_sounds(&mut self) {
        self.say("Hello there.");
        self.on(CallEvent::Sent(Ok(())));
        self.on(CallEvent::Voicing(Voicing::Sounds));
        self.done.clear();
    }

    fn answer_ended(&mut self) {
        self.answers = 0;
        self.on(CallEvent::AnswerEnded(None));
    }
}

fn of(words: &str) -> Transcription {
    Transcription {
        id: TranscriptionId::new(),
        text: words.to_owned(),
        heard_ms: 1_000,
    }
}

#[test]
fn a_turn_is_heard_sent_answered_and_followed_by_the_next() {
    let mut scene = Scene::begun();
    assert_eq!(scene.phase(), CallPhase::Listening);
    scene.hear(&quiet(500));
    scene.hear(&speech(1_000));
    assert_eq!(scene.phase(), CallPhase::Hearing);
    scene.hear(&quiet(700));
    assert_eq!(scene.phase(), CallPhase::Thinking);
    scene.answer("What time is it?");
    assert_eq!(scene.messages, ["What time is it?"]);
    assert_eq!(scene.heard.len(), 1);
    scene.on(CallEvent::Sent(Ok(())));
    assert_eq!(scene.done, ["open", "send", "read"]);
    assert_eq!(scene.phase(), CallPhase::Thinking);
    scene.on(CallEvent::Voicing(Voicing::Sounds));
    assert_eq!(scene.phase(), CallPhase::Speaking);
    scene.on(CallEvent::Voicing(Voicing::Waits));
    assert_eq!(scene.phase(), CallPhase::Speaking);
    scene.answer_ended();
    scene.on(CallEvent::Voicing(Voicing::Ended));
    assert_eq!(scene.phase(), CallPhase::Listening);
    scene.say("And now?");
    assert_eq!(scene.messages.len(), 2);
}

#[test]
fn words_of_a_pause_are_those_of_the_turn_when_nothing_more_is_said() {
    let mut scene = Scene::begun();
    scene.hear(&speech(1_000));
    scene.hear(&quiet(300));
    scene.answer("Tell me more.");
    assert_eq!(scene.call.state().words, "Tell me more.");
    assert_eq!(scene.errands.len(), 1);
    scene.hear(&quiet(400));
    assert_eq!(scene.messages, ["Tell me more."]);
    assert_eq!(scene.errands.len(), 1);
}

#[test]
fn a_pause_within_a_sentence_ends_nothing() {
    let mut scene = Scene::begun();
    scene.hear(&speech(900));
    scene.hear(&quiet(500));
    scene.answer("I would like");
    scene.hear(&speech(900));
    assert_eq!(scene.phase(), CallPhase::Hearing);
    scene.hear(&quiet(700));
    scene.answer("I would like to know.");
    assert_eq!(scene.messages, ["I would like to know."]);
    let whole = scene.errands.last().expect("asked for");
    assert!(whole.place.len() > samples(2_200));
}

#[test]
fn who_goes_on_before_the_message_is_sent_goes_on_with_it() {
    let mut scene = Scene::begun();
    scene.hear(&speech(900));
    scene.hear(&quiet(700));
    scene.hear(&speech(600));
    scene.answer("First.");
    assert!(scene.messages.is_empty());
    scene.hear(&quiet(700));
    scene.answer("Second.");
    assert_eq!(scene.messages, ["First. Second."]);
    assert_eq!(scene.heard.len(), 2);
}

#[test]
fn who_never_pauses_sees_words_from_a_local_listener_alone() {
    for listens_locally in [true, false] {
        let mut scene = Scene::new(CallTerms {
            listens_locally,
            mute_because: None,
        });
        scene.hear(&speech(1_500));
        assert_eq!(scene.asked.is_some(), listens_locally);
    }
}

#[test]
fn who_speaks_into_the_answer_stops_it_and_is_heard_from_the_first_word() {
    let mut scene = Scene::begun();
    scene.until_it_sounds();
    let before = scene.call.sound.end();
    scene.hear(&speech(600));
    assert_eq!(scene.done, ["hush", "stop"]);
    assert_eq!(scene.phase(), CallPhase::Hearing);
    scene.hear(&speech(400));
    scene.hear(&quiet(700));
    scene.answer("No, wait.");
    // The answer that was stopped has to end first.
    assert_eq!(scene.messages.len(), 1);
    let heard = scene.errands.last().expect("asked for");
    assert!(heard.place.start <= before);
    scene.answer_ended();
    assert_eq!(scene.messages[1..], ["No, wait."]);
}

#[test]
fn neither_a_cough_nor_what_is_left_of_the_loudspeaker_stops_the_answer() {
    let mut scene = Scene::begun();
    scene.until_it_sounds();
    scene.hear(&tone(4_000, 0.004));
    scene.hear(&quiet(1_000));
    scene.hear(&speech(150));
    scene.hear(&quiet(1_000));
    assert_eq!(scene.phase(), CallPhase::Speaking);
    assert!(scene.done.is_empty());
    scene.answer_ended();
    scene.on(CallEvent::Voicing(Voicing::Ended));
    assert_eq!(scene.phase(), CallPhase::Listening);
}

#[test]
fn who_speaks_while_the_answer_is_thought_stops_it() {
    let mut scene = Scene::begun();
    scene.say("Hello there.");
    scene.done.clear();
    // The message is still on its way: it is stopped as soon as it has arrived.
    scene.hear(&speech(700));
    assert!(scene.done.is_empty());
    scene.on(CallEvent::Sent(Ok(())));
    assert_eq!(scene.done, ["stop"]);
    scene.hear(&quiet(700));
    scene.answer("Something else.");
    scene.answer_ended();
    assert_eq!(scene.messages[1..], ["Something else."]);
}

#[test]
fn noise_without_words_is_no_message() {
    let mut scene = Scene::begun();
    scene.say(" . ");
    assert!(scene.messages.is_empty());
    assert_eq!(scene.phase(), CallPhase::Listening);
}

#[test]
fn a_held_button_is_heard_from_its_press_to_its_release() {
    let mut scene = Scene::begun();
    scene.on(CallEvent::PushToTalk(true));
    scene.hear(&speech(1_000));
    assert_eq!(scene.phase(), CallPhase::Ready);
    scene.on(CallEvent::Hold(true));
    scene.hear(&speech(500));
    scene.hear(&quiet(2_000));
    scene.hear(&speech(500));
    assert_eq!(scene.phase(), CallPhase::Hearing);
    scene.on(CallEvent::Hold(false));
    scene.hear(&quiet(200));
    scene.answer("Over.");
    assert_eq!(scene.messages, ["Over."]);
    scene.on(CallEvent::Sent(Ok(())));
    scene.on(CallEvent::Voicing(Voicing::Sounds));
    scene.hear(&speech(2_000));
    assert_eq!(scene.phase(), CallPhase::Speaking);
    scene.done.clear();
    // A mere press stops the answer, and says nothing.
    scene.on(CallEvent::Hold(true));
    scene.on(CallEvent::Hold(false));
    assert_eq!(scene.done, ["hush", "stop"]);
    scene.hear(&quiet(1_000));
    scene.answer_ended();
    assert_eq!(scene.phase(), CallPhase::Ready);
    assert_eq!(scene.messages.len(), 1);
}

#[test]
fn who_is_muted_is_not_heard_and_what_they_said_before_is_sent() {
    let mut scene = Scene::begun();
    scene.hear(&speech(1_000));
    scene.on(CallEvent::Mute(true));
    scene.answer("Until here.");
    assert_eq!(scene.messages, ["Until here."]);
    scene.on(CallEvent::Sent(Ok(())));
    scene.answer_ended();
    scene.on(CallEvent::Voicing(Voicing::Ended));
    scene.hear(&speech(3_000));
    assert_eq!(scene.phase(), CallPhase::Muted);
    scene.on(CallEvent::Mute(false));
    assert_eq!(scene.phase(), CallPhase::Listening);
    assert_eq!(scene.messages.len(), 1);
}
