//! What visitors ask for, and what the upstream says to it: the same question has the same answer, so each stored text can
//! be held against what it must be.

use inspireai::model::chat::{FinishReason, RunState};
use rand::{Rng, rngs::StdRng};

/// Most tokens that have numbers of their own.
const MAX_TOKENS: usize = 1_500;

/// Tokens a second: slow enough to be cut off in the middle, quick enough for many answers a minute.
const RATES: std::ops::RangeInclusive<usize> = 40..=150;

/// How often the upstream refuses before `flaky` goes well, and how often the server asks in all.
const FLAKY_TIMES: usize = 2;
const ATTEMPTS: usize = 5;

/// What the upstream does with a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Model {
    /// Counts to the end.
    Count,
    /// Counts half of the way and says that it reached its length; asked to go on, the other half.
    Length,
    /// Refuses twice, then repeats the question.
    Flaky,
    /// Drops the connection before a word, each time.
    DieBefore,
    /// Drops the connection in the middle of a frame.
    DieAfter,
    /// Sends half a JSON and ends.
    HalfJson,
    /// Sends an error as an event.
    ErrorInStream,
}

/// A question and its answer.
#[derive(Clone, Debug)]
pub struct Script {
    model: Model,
    tokens: usize,
    rate: usize,
    question: String,
}

/// How an answer ends if nobody cuts it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Done,
    AtLength,
    Broken,
}

impl Script {
    /// A question by chance, under a name that tells it from all others.
    pub fn random(rng: &mut StdRng, name: &str) -> Self {
        let model = match rng.random_range(0..100) {
            0..58 => Model::Count,
            58..68 => Model::Length,
            68..76 => Model::DieAfter,
            76..84 => Model::ErrorInStream,
            84..90 => Model::HalfJson,
            90..96 => Model::Flaky,
            _ => Model::DieBefore,
        };
        let rate = rng.random_range(RATES);
        // Mostly a few seconds; one in eight outlasts most of what is broken in the meantime.
        let seconds = match rng.random_range(0..8) {
            0 => rng.random_range(10.0..16.0),
            _ => rng.random_range(0.2..5.0),
        };
        Self::of(model, name, rate, seconds)
    }

    /// A short answer that ends well.
    pub fn short(name: &str) -> Self {
        Self::of(Model::Count, name, *RATES.end(), 1.0)
    }

    fn of(model: Model, name: &str, rate: usize, seconds: f64) -> Self {
        let tokens = ((rate as f64 * seconds) as usize).clamp(2, MAX_TOKENS) / 2 * 2;
        let question = match model {
            Model::Count | Model::Length => format!("{name} tokens={tokens} rate={rate}"),
            Model::Flaky => format!("{name} times={FLAKY_TIMES}"),
            Model::DieBefore => name.to_owned(),
            Model::DieAfter | Model::HalfJson | Model::ErrorInStream => {
                format!("{name} after={tokens} rate={rate}")
            }
        };
        Self {
            model,
            tokens,
            rate,
            question,
        }
    }

    /// The tool that is asked.
    pub fn tool(&self) -> &'static str {
        match self.model {
            Model::Count => "count",
            Model::Length => "length",
            Model::Flaky => "flaky",
            Model::DieBefore => "die-before",
            Model::DieAfter => "die-after",
            Model::HalfJson => "half-json",
            Model::ErrorInStream => "error-in-stream",
        }
    }

    /// The message.
    pub fn question(&self) -> &str {
        &self.question
    }

    /// Whether it needs a conversation of its own: this model's answer depends on the answers before.
    pub fn begins_anew(&self) -> bool {
        self.model == Model::Length
    }

    /// Whether an answer that was cut off at this text can be gone on from: this model would repeat the words with which the
    /// server asks it to go on.
    pub fn goes_on(&self, text: &str) -> bool {
        self.model != Model::Flaky || text.is_empty()
    }

    /// How long its answer takes, in seconds, generously.
    pub fn seconds(&self) -> f64 {
        match self.model {
            Model::Flaky | Model::DieBefore => 10.0,
            _ => self.tokens as f64 / self.rate as f64 + 1.0,
        }
    }

    /// How much text comes in so many seconds.
    pub fn bytes_in(&self, seconds: f64) -> usize {
        match self.model {
            Model::Flaky | Model::DieBefore => self.question.len(),
            _ => (seconds * (self.rate * 5) as f64) as usize,
        }
    }

    /// How often at most a run asks the upstream: never again once it sent a word.
    pub fn most_asks(&self) -> usize {
        match self.model {
            Model::Flaky => FLAKY_TIMES + 1,
            Model::DieBefore => ATTEMPTS,
            _ => 1,
        }
    }

    /// The whole text of its message, gone on from `base` (empty for a new answer).
    pub fn text(&self, base: &str) -> String {
        let half = self.tokens / 2;
        let more = match self.model {
            Model::Flaky => self.question.clone(),
            Model::DieBefore => String::new(),
            Model::Length if is_second_half(base, half) => counted(half..self.tokens),
            Model::Length => counted(0..half),
            _ => counted(0..self.tokens),
        };
        format!("{base}{more}")
    }

    /// What is wrong with a text that was kept in this state; nothing when it is as it must be.
    pub fn complaint(&self, base: &str, text: &str, state: &RunState) -> Option<String> {
        let whole = self.text(base);
        if !whole.starts_with(text) {
            let same = whole.bytes().zip(text.bytes());
            let at = same.take_while(|(left, right)| left == right).count();
            return Some(format!("differs from what the upstream sent at byte {at}"));
        }
        if !text.starts_with(base) {
            return Some(format!(
                "lost {} bytes that it went on from",
                base.len() - text.len()
            ));
        }
        let end = match state {
            RunState::Stopped | RunState::Interrupted => return None,
            RunState::Finished {
                reason: FinishReason::Stop,
            } => End::Done,
            RunState::Finished {
                reason: FinishReason::Length,
            } => End::AtLength,
            RunState::Failed { .. } => End::Broken,
            other => return Some(format!("ended as {other:?}")),
        };
        if end != self.end(base) {
            return Some(format!("ended as {state:?}"));
        }
        let missing = whole.len() - text.len();
        (missing > 0).then(|| format!("lacks {missing} bytes of what the upstream sent"))
    }

    fn end(&self, base: &str) -> End {
        match self.model {
            Model::Count | Model::Flaky => End::Done,
            Model::Length if is_second_half(base, self.tokens / 2) => End::Done,
            Model::Length => End::AtLength,
            Model::DieBefore | Model::DieAfter | Model::HalfJson | Model::ErrorInStream => {
                End::Broken
            }
        }
    }
}

/// Whoever comes with as many words as the first half has gets the second.
fn is_second_half(base: &str, half: usize) -> bool {
    base.split_whitespace().count() == half
}

fn counted(tokens: std::ops::Range<usize>) -> String {
    tokens.map(|index| format!("{index:04} ")).collect()
}
