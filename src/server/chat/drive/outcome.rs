//! How asking a provider came out, and what readers are told of it.

use crate::{
    model::{AppError, event::RunEvent},
    server::{providers::ProviderError, telemetry::RunObserver},
};

/// How asking a provider came out.
pub(super) enum Outcome {
    Finished(RunEvent),
    Failed(ProviderError),
    /// A file that the model made cannot be kept.
    Unkept(AppError),
    Stopped,
    Interrupted,
}

impl Outcome {
    /// The event that ends the run.
    pub(super) fn tell(self, observer: &mut RunObserver) -> RunEvent {
        match self {
            Self::Finished(end) => end,
            Self::Stopped => RunEvent::Stopped,
            Self::Interrupted => RunEvent::Interrupted,
            Self::Unkept(error) => {
                tracing::warn!("an answer's file could not be kept");
                observer.failed("storage");
                RunEvent::Failed { error }
            }
            Self::Failed(error) => {
                // What a service says may repeat what somebody wrote.
                tracing::warn!(kind = error.kind.as_str(), "answer failed");
                tracing::debug!(%error, "answer failed");
                observer.failed(error.kind.as_str());
                RunEvent::Failed {
                    error: error.into(),
                }
            }
        }
    }
}
