//! What the page knows of a voice call.

use crate::model::{
    AppResult,
    chat::Sent,
    ids::{IdempotencyKey, TranscriptionId},
};
use leptos::prelude::*;
use std::sync::Arc;

/// A message that was spoken, on its way to the composer, which sends it like any other.
#[derive(Clone)]
pub struct Spoken {
    /// Its words.
    pub text: String,
    /// What they were heard in.
    pub heard: Vec<TranscriptionId>,
    /// The same for the same words: a second try is no second message.
    pub key: IdempotencyKey,
    /// Told what became of it.
    pub done: Arc<dyn Fn(AppResult<Sent>) + Send + Sync>,
}

/// The voice call of a page.
#[derive(Clone, Copy)]
pub struct VoiceCall {
    /// Whether there is one.
    pub is_on: RwSignal<bool>,
    /// What was said and is to be sent.
    pub spoken: RwSignal<Option<Spoken>>,
}

impl Default for VoiceCall {
    fn default() -> Self {
        Self {
            is_on: RwSignal::new(false),
            spoken: RwSignal::new(None),
        }
    }
}
