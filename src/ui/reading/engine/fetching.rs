//! Having a sentence spoken.

use super::Player;
use crate::{
    api,
    model::{
        AppError, AppResult, ErrorKind,
        speech::{SpeakRequest, Trimmer},
    },
};
use futures::StreamExt;
use leptos::prelude::*;

/// Has a text spoken; gives the sound as it comes, without the silence around it. Whoever drops the future breaks the request off.
///
/// # Errors
/// Why it is not spoken, or not to its end.
pub(in crate::ui::reading) async fn fetch(
    request: SpeakRequest,
    mut on_samples: impl FnMut(Vec<f32>),
) -> AppResult<()> {
    let mut chunks = Box::pin(api::speech::speak(request).await?.into_inner());
    let mut bytes = Vec::new();
    let mut trimmer = Trimmer::new();
    while let Some(chunk) = chunks.next().await {
        bytes.extend_from_slice(&chunk.map_err(|_| broken_off())?);
        on_samples(trimmer.push(&take_samples(&mut bytes)));
    }
    Ok(())
}

fn broken_off() -> AppError {
    AppError::new(
        ErrorKind::Network,
        "The voice broke off in the middle of this sentence. Try again.",
    )
}

/// The whole samples at the beginning of what has come; half of one stays.
fn take_samples(bytes: &mut Vec<u8>) -> Vec<f32> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let samples = pairs
        .iter()
        .map(|pair| f32::from(i16::from_le_bytes(*pair)) / 32_768.0)
        .collect();
    *bytes = rest.to_vec();
    samples
}

impl Player {
    /// What is asked for a text: in the voice that was chosen here, else in the usual one of the answer.
    pub(super) fn request(&self, text: String) -> SpeakRequest {
        let (tool, voice) = self.reader.voice.get_untracked().unzip();
        SpeakRequest {
            text,
            message: self.asked_message(),
            tool,
            voice,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_that_two_chunks_share_are_not_torn() {
        let mut bytes = vec![0x00, 0x40, 0xff];
        assert_eq!(take_samples(&mut bytes), [0.5]);
        bytes.extend([0xff, 0x00]);
        assert_eq!(take_samples(&mut bytes), [-1.0 / 32_768.0]);
        assert_eq!(bytes, [0x00]);
    }
}
