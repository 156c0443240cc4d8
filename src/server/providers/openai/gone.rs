//! Files and conversations that the provider does not have any more, told apart from everything else that it refuses: the same
//! question can be asked again, with the bytes or with all messages in it.

use super::{
    content::remote_ids,
    conversations::Held,
    failure::{Failure, Refusal},
};
use crate::server::providers::{ChatRequest, ProviderError, ProviderErrorKind};
use reqwest::StatusCode;

/// The statuses by which servers say that something is not there.
const GONE: [StatusCode; 3] = [
    StatusCode::BAD_REQUEST,
    StatusCode::NOT_FOUND,
    StatusCode::GONE,
];
/// Words by which they say it of something that the request names, in small letters.
const WORDS: [&str; 10] = [
    "not found",
    "not find",
    "no such",
    "no file",
    "not exist",
    "n't exist",
    "expired",
    "deleted",
    "no longer",
    "not accessible",
];

/// A refusal because a file or the conversation is gone, as what it is; any other failure as it was.
pub(super) fn told_apart(failure: Failure, request: &ChatRequest, held: Option<&Held>) -> Failure {
    let is_lost =
        |refusal: &&Refusal| refusal.status != StatusCode::BAD_REQUEST || refusal.mentions(&WORDS);
    let Some(refusal) = failure.refusal(&GONE).filter(is_lost) else {
        return failure;
    };
    let named = remote_ids(request).find(|id| refusal.repeats(id));
    let speaks_of_files = refusal.mentions(&["file"]);
    let names_files = remote_ids(request).next().is_some();
    if named.is_some() || (speaks_of_files && names_files && held.is_none()) {
        return ProviderError::gone(
            ProviderErrorKind::FileGone,
            named.map(ToOwned::to_owned),
            "The service does not have one of the files any more.",
        )
        .into();
    }
    match held {
        // A file that an earlier question brought is gone from the conversation's own memory: only a replay helps.
        Some(held)
            if speaks_of_files
                || refusal.mentions(&["conversation"])
                || refusal.repeats(&held.id) =>
        {
            thread_gone(&held.id).into()
        }
        _ => failure,
    }
}

/// What is said of a conversation that is not there any more.
pub(super) fn thread_gone(id: &str) -> ProviderError {
    ProviderError::gone(
        ProviderErrorKind::ThreadGone,
        Some(id.to_owned()),
        "The service does not have this conversation any more.",
    )
}
