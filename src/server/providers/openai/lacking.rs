//! What a server turned out to have or not: compatible servers implement what they like, and say so only when asked.

use std::{
    collections::HashMap,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// How long it is believed: a server that is brought up to date is noticed within the hour.
const BELIEVED_FOR: Duration = Duration::from_secs(60 * 60);

/// A part of the interface that a server may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// `/responses`.
    Responses,
    /// `/conversations`.
    Conversations,
    /// `/files`.
    Files,
    /// Summaries of thoughts, which OpenAI gives to verified organisations only.
    Summaries,
}

/// What a server lacks.
#[derive(Debug, Default)]
pub(super) struct Lacking {
    since: Mutex<HashMap<Part, Instant>>,
    /// It made or showed a conversation.
    has_conversations: AtomicBool,
}

impl Lacking {
    /// Whether the server is known to lack it.
    pub(super) fn has(&self, part: Part) -> bool {
        self.lock()
            .get(&part)
            .is_some_and(|since| since.elapsed() < BELIEVED_FOR)
    }

    /// The server said that it lacks it.
    pub(super) fn note(&self, part: Part) {
        tracing::info!(
            ?part,
            "the service does not have this part of the interface; it is asked again in an hour"
        );
        self.lock().insert(part, Instant::now());
    }

    /// Whether it is sure that the server keeps conversations.
    pub(super) fn has_shown_conversations(&self) -> bool {
        self.has_conversations.load(Ordering::Relaxed)
    }

    /// The server made or showed a conversation.
    pub(super) fn note_conversations(&self) {
        self.has_conversations.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Part, Instant>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
