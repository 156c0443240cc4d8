//! When the person speaks, by what is heard and by what they hold.

use super::{Activity, Answer, Call, CallEffect, Voice, gate::Bar, samples};
use std::ops::Range;

/// Kept of the time before a button is held, for who speaks too soon.
const EARLY: usize = samples(150);
/// Listened on after it was let go of: the last word is on its way from the device.
const TAIL: usize = samples(150);
/// What is shorter was no more than a press.
const PRESS: usize = samples(300);
/// Longest piece of what is said while a button is held.
const LONGEST: usize = samples(24_000);
/// Kept of what was heard, for what may turn out to have begun.
const KEPT: usize = samples(1_500);
/// What is no longer needed is let go of in blocks of this, and not for every frame.
const BLOCK: usize = samples(1_000);

/// What was heard of late.
#[derive(Clone, Debug, Default)]
pub(super) struct Sound {
    samples: Vec<f32>,
    from: usize,
}

impl Sound {
    fn push(&mut self, heard: &[f32]) {
        self.samples.extend_from_slice(heard);
    }

    /// Samples since the beginning.
    pub(super) fn end(&self) -> usize {
        self.from + self.samples.len()
    }

    pub(super) fn at(&self, place: &Range<usize>) -> Vec<f32> {
        let within = |at: usize| at.saturating_sub(self.from).min(self.samples.len());
        self.samples[within(place.start)..within(place.end)].to_vec()
    }

    fn forget_before(&mut self, place: usize) {
        let unneeded = place.saturating_sub(self.from).min(self.samples.len());
        if unneeded > BLOCK {
            self.samples.drain(..unneeded);
            self.from += unneeded;
        }
    }
}

impl Call {
    pub(super) fn listen(&mut self, heard: &[f32], todo: &mut Vec<CallEffect>) {
        self.sound.push(heard);
        self.gate.push(heard);
        let activities = self.detector.push(heard);
        if self.is_push_to_talk {
            self.follow_button();
        } else {
            for activity in activities {
                self.notice(activity, todo);
            }
            self.notice_late(todo);
        }
        if self.turn.is_speaking() {
            self.quiet_since = self.sound.end();
        }
        let needed = self.detector.needed_from();
        let recent = self.sound.end().saturating_sub(KEPT);
        let said = self.turn.said_from().unwrap_or(recent);
        self.sound.forget_before(needed.min(recent).min(said));
    }

    fn notice(&mut self, activity: Activity, todo: &mut Vec<CallEffect>) {
        match activity {
            // Who goes on after the longest piece need not be louder than before.
            Activity::Began(start) if self.bar() == Bar::Quiet || self.turn.ends_at(start) => {
                self.begin(start, todo);
            }
            Activity::Began(_) => {}
            Activity::Paused(end) => self.turn.paused(end),
            Activity::WentOn => self.turn.went_on(),
            Activity::Ended(place) => self.end(place.end),
        }
    }

    /// Who began while something was being said counts once they outdo that.
    fn notice_late(&mut self, todo: &mut Vec<CallEffect>) {
        let Some(since) = self.detector.speaking_since() else {
            return;
        };
        if !self.turn.is_speaking()
            && let Some(start) = self.gate.opens(self.bar())
        {
            self.begin(start.max(since), todo);
        }
    }

    fn begin(&mut self, start: usize, todo: &mut Vec<CallEffect>) {
        // What is kept of the time before somebody began may be in their last words already.
        self.turn.began(start.max(self.said_until));
        self.interrupt(todo);
    }

    fn end(&mut self, end: usize) {
        self.said_until = self.said_until.max(end);
        self.turn.ended(end, &self.sound);
    }

    fn bar(&self) -> Bar {
        match (self.voice, self.answer) {
            (Voice::Sounding, _) => Bar::Sounding,
            (Voice::Silent, Answer::None | Answer::Stopping) => Bar::Quiet,
            _ => Bar::Thinking,
        }
    }

    fn follow_button(&mut self) {
        let end = self.sound.end();
        if let Some(released_at) = self.released_at.filter(|at| *at <= end) {
            self.released_at = None;
            self.end(released_at);
        }
        if let Some(start) = self.turn.said_from()
            && end >= start + LONGEST
        {
            self.end(end);
            self.turn.began(end);
        }
    }

    pub(super) fn hold(&mut self, is_held: bool, todo: &mut Vec<CallEffect>) {
        let can_hear = self.line == super::Line::Open && !self.is_muted;
        if !self.is_push_to_talk || !can_hear {
            return;
        }
        let end = self.sound.end();
        let held_from = self.turn.said_from();
        match (is_held, held_from) {
            (true, Some(_)) => self.released_at = None,
            (true, None) => self.begin(end.saturating_sub(EARLY), todo),
            (false, Some(start)) if end < start + EARLY + PRESS => {
                self.released_at = None;
                self.turn.was_nothing();
            }
            (false, Some(_)) => self.released_at = Some(end + TAIL),
            (false, None) => {}
        }
    }

    pub(super) fn mute(&mut self, is_muted: bool) {
        if is_muted {
            self.finish_speaking();
        }
        self.is_muted = is_muted;
        self.quiet_since = self.sound.end();
    }

    pub(super) fn push_to_talk(&mut self, is_on: bool) {
        self.finish_speaking();
        self.is_push_to_talk = is_on;
        self.quiet_since = self.sound.end();
    }

    /// What is being said is complete: nothing more is heard of it.
    pub(super) fn finish_speaking(&mut self) {
        self.released_at = None;
        if self.turn.is_speaking() {
            self.end(self.sound.end());
        }
        // It begins anew, with the room that it knows; places go on.
        let _ = self.detector.finish();
        self.gate.forget();
    }
}
