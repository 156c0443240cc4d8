//! Following one run as the page does: the same reducer, the same addresses, the same way on after a break. Meanwhile the
//! visitor leaves and returns, reloads, or stops the answer.

use crate::{
    findings::Findings,
    programs::wire::now_ms,
    requests::{self, Trouble, until_taken},
    support::{person::Person, reader::Reader},
    turn::Turn,
    visitor::{open_conversation, transcript_of},
};
use inspireai::model::{
    event::SequencedEvent,
    transcript::{Applied, Transcript},
};
use rand::{Rng, rngs::StdRng};
use reqwest::Method;
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

/// Longest time to hear of an end, beside the answer's own: a node's lease runs out, somebody notices, the database may be
/// away meanwhile, and the page waits a few seconds before it asks again.
const PATIENCE: Duration = Duration::from_secs(60);

/// An end that the page passes over so often is never shown.
const OVERLOOKED: usize = 3;

/// First wait before connecting again; doubles up to the longest, as in the page.
const WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// What the visitor does beside reading.
pub struct Leaving {
    /// How likely it is that a connection is left before its end.
    chance: f64,
    /// When *Stop* is pressed, if at all.
    stop_at: Option<Instant>,
}

impl Leaving {
    /// A visitor's mood, by chance. A calm one leaves, but stops nothing.
    pub fn random(rng: &mut StdRng, is_restless: bool, seconds: f64) -> Self {
        let stops = is_restless && rng.random_bool(0.12);
        let after = Duration::from_secs_f64(rng.random_range(0.0..seconds));
        Self {
            chance: 0.35,
            stop_at: stops.then(|| Instant::now() + after),
        }
    }
}

/// How a visitor who was away comes back.
#[derive(Clone, Copy)]
enum Return {
    /// The page was hidden: it goes on where it was.
    Resume,
    /// The page is loaded again, with what the database holds.
    Reload,
    /// Another device: from a snapshot.
    Snapshot,
}

/// What ended a connection.
enum Break {
    /// The end of the run was told.
    Told,
    /// Something was missed: everything is to be taken again.
    Gap,
    /// The visitor left.
    Left,
    /// The stream ended or broke.
    Lost,
}

/// A visitor, and the turn that is followed.
pub struct Following<'a> {
    /// Who.
    pub person: &'a Person,
    /// Who chooses.
    pub rng: &'a mut StdRng,
    /// Where wrong things go.
    pub findings: &'a Findings,
    /// Set when nobody dawdles any more.
    pub is_over: &'a CancellationToken,
    /// What else the visitor does.
    pub leaving: Leaving,
    /// What is followed.
    pub turn: &'a mut Turn,
    /// How many ends came that the page took for old news.
    pub overlooked: usize,
}

impl Following<'_> {
    /// Follows until the end was told, or cannot be told any more.
    pub async fn run(mut self) {
        let began = Instant::now();
        let limit = PATIENCE + Duration::from_secs_f64(self.turn.script.seconds());
        let mut transcript = Transcript::new(self.turn.base.clone(), 0);
        let (mut is_snapshot, mut wait) = (false, WAIT);
        while began.elapsed() < limit {
            if self.leaving.stop_at.is_some_and(|at| at <= Instant::now()) {
                self.stop().await;
            }
            let before = (transcript.seq, is_snapshot);
            match self.connect(&transcript, is_snapshot).await {
                Ok(reader) => {
                    is_snapshot = false;
                    match self.read(reader, &mut transcript).await {
                        Break::Told => return,
                        Break::Gap => is_snapshot = true,
                        Break::Left => {
                            is_snapshot = self.come_back(&mut transcript).await;
                            if self.turn.told.is_some() {
                                return;
                            }
                        }
                        Break::Lost => {}
                    }
                }
                Err(Trouble::Passing(_)) => {}
                Err(Trouble::Final(why)) => {
                    let name = self.turn.name();
                    return self
                        .findings
                        .add(format!("{name}: cannot be followed: {why}"));
                }
            }
            // Getting on is a reason to try again at once, getting nowhere is one to wait.
            if (transcript.seq, is_snapshot) != before {
                wait = WAIT;
            } else {
                sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            }
        }
        let name = self.turn.name();
        self.findings
            .add(format!("{name}: was not told its end within {limit:?}"));
    }

    async fn connect(
        &mut self,
        transcript: &Transcript,
        is_snapshot: bool,
    ) -> Result<Reader, Trouble> {
        let run = self.turn.sent.run_id;
        let path = match is_snapshot {
            true => format!("/api/runs/{run}/events"),
            false => format!("/api/runs/{run}/events?after={}", transcript.seq),
        };
        self.turn.connections += 1;
        let request = self.person.request(Method::GET, &path);
        let response = requests::open(request.header("accept", "text/event-stream")).await?;
        Ok(Reader::new(response))
    }

    /// Reads until the stream ends, or the visitor does something else.
    async fn read(&mut self, mut reader: Reader, transcript: &mut Transcript) -> Break {
        let leave_after = match self.rng.random_bool(self.leaving.chance) {
            true => Duration::from_millis(self.rng.random_range(50..3_000)),
            false => PATIENCE,
        };
        let leave_at = Instant::now() + leave_after;
        loop {
            let stop_at = self.leaving.stop_at;
            let event = tokio::select! {
                event = reader.next() => event,
                () = sleep_until(stop_at.unwrap_or(leave_at)), if stop_at.is_some() => {
                    self.stop().await;
                    continue;
                }
                () = sleep_until(leave_at) => {
                    self.look(transcript);
                    return Break::Left;
                }
            };
            let Some(event) = event else {
                self.look(transcript);
                return Break::Lost;
            };
            if let Some(end) = self.take(transcript, &event) {
                self.look(transcript);
                return end;
            }
        }
    }

    /// Does with an event what the page does with it.
    fn take(&mut self, transcript: &mut Transcript, event: &SequencedEvent) -> Option<Break> {
        let before = transcript.text.len();
        let applied = transcript.apply(event);
        match applied {
            Applied::Gap => return Some(Break::Gap),
            Applied::Duplicate if event.event.is_end() => return self.overlook(transcript, event),
            Applied::Replaced => {
                if transcript.text.len() < before && !transcript.state.is_end() {
                    let (name, now) = (self.turn.name(), transcript.text.len());
                    self.findings.add(format!(
                        "{name}: the open page's text shrank from {before} to {now} bytes"
                    ));
                }
                self.look(transcript);
            }
            _ => {}
        }
        if !transcript.state.is_end() {
            return None;
        }
        self.turn.told = Some((transcript.state.clone(), now_ms()));
        Some(Break::Told)
    }

    /// Does nothing with an end that the page takes for old news, as the page does: it connects again when this stream ends.
    /// When it is told the same once more and once more, it will never show it.
    fn overlook(&mut self, transcript: &Transcript, event: &SequencedEvent) -> Option<Break> {
        self.overlooked += 1;
        if self.overlooked < OVERLOOKED {
            return None;
        }
        let name = self.turn.name();
        self.findings.add(format!(
            "{name}: its end came {OVERLOOKED} times as event {} after event {}; the page takes that for old news",
            event.seq, transcript.seq
        ));
        self.turn.told = Some((event.event.state()?, now_ms()));
        Some(Break::Told)
    }

    /// Looks at the page: what is on it is what the upstream sent, from the first character on.
    fn look(&mut self, transcript: &Transcript) {
        let (turn, text) = (&mut *self.turn, &transcript.text);
        let whole = turn.script.text(&turn.base);
        if !whole.starts_with(text.as_str()) {
            let same = whole.bytes().zip(text.bytes());
            let at = same.take_while(|(left, right)| left == right).count();
            self.findings.add(format!(
                "{}: the page shows something else than was sent from byte {at} on, at event {}",
                turn.name(),
                transcript.seq
            ));
        } else if text.len() > turn.seen.len() {
            turn.seen.clone_from(text);
        }
    }

    /// Stays away for a while and comes back; tells whether a snapshot is to be taken.
    async fn come_back(&mut self, transcript: &mut Transcript) -> bool {
        if !self.is_over.is_cancelled() {
            let away = self.rng.random_range(50..4_000);
            sleep(Duration::from_millis(away)).await;
        }
        let how = match self.rng.random_range(0..10) {
            0..5 => Return::Resume,
            5..8 => Return::Reload,
            _ => Return::Snapshot,
        };
        match how {
            Return::Resume => false,
            Return::Snapshot => {
                *transcript = Transcript::default();
                true
            }
            Return::Reload => {
                self.reload(transcript).await;
                false
            }
        }
    }

    async fn reload(&mut self, transcript: &mut Transcript) {
        let sent = &self.turn.sent;
        let page = match open_conversation(self.person, sent.conversation_id).await {
            Ok(page) => page,
            Err(why) => {
                let name = self.turn.name();
                return self.findings.add(format!("{name}: does not open: {why}"));
            }
        };
        let messages = page.messages.iter();
        let message = messages.rev().find(|message| message.id == sent.message_id);
        let Some(reloaded) = message.and_then(transcript_of) else {
            let name = self.turn.name();
            return self
                .findings
                .add(format!("{name}: is not in its conversation"));
        };
        *transcript = reloaded;
        self.look(transcript);
        if transcript.state.is_end() {
            self.turn.told = Some((transcript.state.clone(), now_ms()));
        }
    }

    /// Presses *Stop*, once.
    async fn stop(&mut self) {
        self.leaving.stop_at = None;
        let run = self.turn.sent.run_id.to_string();
        let form = [("run", run.as_str())];
        let attempt = || requests::call(self.person, "stop_run", &form);
        if let Err(why) = until_taken(attempt).await {
            let name = self.turn.name();
            self.findings
                .add(format!("{name}: cannot be stopped: {why}"));
        }
    }
}
