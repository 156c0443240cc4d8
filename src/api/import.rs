//! Bringing conversations in from elsewhere.

use crate::model::{AppResult, import::ImportReport};
use leptos::{
    prelude::*,
    server_fn::codec::{MultipartData, MultipartFormData},
};

/// Makes conversations of the threads in the form's file. Without a script, goes to the first of them.
///
/// # Errors
/// A sentence about `file`, with the place in it.
#[server(prefix = "/api", endpoint = "import_threads", input = MultipartFormData)]
pub async fn import_threads(form: MultipartData) -> AppResult<ImportReport> {
    use crate::server::http::{import, session};
    let (state, user) = session::member().await?;
    let file = import::read_file(form).await?;
    let report = state.import.threads(user.id, file).await?;
    import::show(&report);
    Ok(report)
}
