//! A message that was posted without a script and was not taken: it stands on the page again, with the reason.

use crate::{
    model::{AppError, ids::FileId},
    ui::load::Json,
};
use leptos::{prelude::*, server::SharedValue};
use serde::{Deserialize, Serialize};

/// What was posted, as far as it came, and why it was not taken. The server leaves it for the page that it answers with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refused {
    /// Why.
    pub error: AppError,
    /// What was written.
    pub text: String,
    /// Its files that are stored.
    pub files: Vec<FileId>,
}

impl Refused {
    /// The message that the page answers, if it is one.
    pub(super) fn of_page() -> Option<Self> {
        SharedValue::<Option<Self>, Json>::new_with_encoding(use_context).into_inner()
    }
}
