//! Forms with a file in them, sent as the file is read: what is in memory of it is a piece at a time.

use super::{
    failure::{Failure, silence},
    transport::Transport,
};
use crate::server::providers::{ProviderError, ProviderErrorKind, files::UploadStream};
use futures::TryStreamExt;
use reqwest::{
    Body, RequestBuilder, Response,
    multipart::{Form, Part},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

/// What is known of a file while it is sent.
#[derive(Clone, Default)]
pub(super) struct Progress {
    pieces: Arc<AtomicU64>,
    is_broken: Arc<AtomicBool>,
}

/// A file as a part of a form.
pub(super) fn file_part(
    name: &str,
    media_type: &str,
    size_bytes: u64,
    bytes: UploadStream,
) -> Result<(Part, Progress), ProviderError> {
    let progress = Progress::default();
    let (seen, broken) = (progress.pieces.clone(), progress.is_broken.clone());
    let bytes = bytes
        .inspect_ok(move |_| {
            seen.fetch_add(1, Ordering::Relaxed);
        })
        .inspect_err(move |_| broken.store(true, Ordering::Relaxed));
    let part = Part::stream_with_length(Body::wrap_stream(bytes), size_bytes)
        .file_name(name.to_owned())
        .mime_str(media_type)
        .map_err(|_| {
            ProviderError::new(
                ProviderErrorKind::BadRequest,
                "The file's type is none that can be sent.",
            )
        })?;
    Ok((part, progress))
}

/// Sends a form. It may take as long as it goes on; once the file has stopped to flow for `patience`, it is given up.
pub(super) async fn send(
    transport: &Transport,
    request: RequestBuilder,
    form: Form,
    progress: Progress,
    patience: Duration,
) -> Result<Response, Failure> {
    /// So long nothing takes; what counts is that it goes on.
    const NO_LIMIT: Duration = Duration::from_secs(24 * 60 * 60);
    let answer = transport.send(request.multipart(form), NO_LIMIT);
    let stalled = async {
        let mut seen = None;
        loop {
            let pieces = progress.pieces.load(Ordering::Relaxed);
            if seen == Some(pieces) {
                return;
            }
            seen = Some(pieces);
            tokio::time::sleep(patience).await;
        }
    };
    let answer = tokio::select! {
        answer = answer => answer,
        () = stalled => Err(silence(patience).into()),
    };
    match answer {
        Err(Failure::Broken(_)) if progress.is_broken.load(Ordering::Relaxed) => {
            Err(Failure::Broken(ProviderError::new(
                ProviderErrorKind::Disconnected,
                "The file could not be read to its end while it was sent.",
            )))
        }
        answer => answer,
    }
}
