//! Asking a model in a program's name: every door that answers in words comes through here to the engine.

use super::error::{ApiError, ApiResult};
use crate::{
    model::{
        AppError, ErrorKind,
        chat::{FinishReason, Usage},
        ids::RunId,
        params::Parameters,
        settings::OutputFormat,
    },
    server::{
        auth::tokens::Caller,
        catalog::ModelUse,
        chat::engine::{Question, Step},
        db::tools::ToolRecord,
        providers::{ChatEvent, ChatMessage, ChatRequest, ToolCallDelta, ToolUse},
        state::AppState,
    },
};
use futures::{
    FutureExt, Stream, StreamExt,
    stream::{self, BoxStream},
};
use std::{future::ready, time::Duration};
use tokio::time::{Instant, timeout_at};

/// A stream begins after this long even without a word, so that nothing on the way takes the silence for an end. Until then
/// a failure has a status of its own; after that it stands in the stream.
const SILENCE: Duration = Duration::from_secs(15);

/// What is wanted of a model.
pub(super) struct Wanted {
    /// Oldest first.
    pub(super) messages: Vec<ChatMessage>,
    /// Those that the request names.
    pub(super) parameters: Parameters,
    /// The shape of the answer.
    pub(super) output: Option<OutputFormat>,
    /// Functions that the program would call.
    pub(super) tools: Option<ToolUse>,
}

/// What a model says.
#[derive(Debug)]
pub(super) enum Said {
    /// Words to append.
    Text(String),
    /// A summary of thoughts to append.
    Thought(String),
    /// A piece of a call that it asks for.
    Call(ToolCallDelta),
    /// Another model answers in its place: this one.
    AnsweredBy(String),
    /// The end.
    End {
        /// Why.
        reason: FinishReason,
        /// What it took, when that is known.
        usage: Option<Usage>,
    },
}

/// An answer as it comes; its last item is [`Said::End`] or a failure. Dropping it cancels it, upstream too.
pub(super) type Saying = BoxStream<'static, ApiResult<Said>>;

/// The tool that a request's `model` means.
pub(super) async fn model(
    state: &AppState,
    name: Option<&str>,
    wanted: ModelUse,
) -> ApiResult<ToolRecord> {
    let found = state.catalog.model(name, wanted).await;
    found.map_err(no_such_model)
}

/// A name that means no model, or none that does what is asked.
pub(super) fn no_such_model(error: AppError) -> ApiError {
    match error.kind {
        ErrorKind::NotFound => ApiError::unknown_model(error.message),
        _ => error.into(),
    }
}

/// Asks, and waits for the first word.
pub(super) async fn ask(
    state: &AppState,
    caller: &Caller,
    tool: ToolRecord,
    wanted: Wanted,
) -> ApiResult<Saying> {
    let question = Question {
        user: caller.user.id,
        request: ChatRequest {
            model: tool.model.clone().unwrap_or_default(),
            features: tool.features.clone(),
            messages: wanted.messages,
            parameters: wanted.parameters,
            output: wanted.output,
            tools: wanted.tools,
            thread: None,
            continue_last: false,
            run_id: RunId::new(),
        },
        tool,
    };
    // A server that stops waits for what was begun, as long as it waits for anything.
    let (underway, closing) = state.chat.underway();
    let steps = state.engine.ask(question);
    let said = steps.filter_map(move |step| {
        let _until_dropped = &underway;
        ready(step.map_err(ApiError::from).map(said).transpose())
    });
    let cut_off = closing.cancelled_owned();
    let cut_off = cut_off.map(|()| Err(ApiError::restarting())).into_stream();
    begin(stream::select(said, cut_off).boxed()).await
}

fn said(step: Step) -> Option<Said> {
    match step {
        Step::Event(ChatEvent::Text(text)) => Some(Said::Text(text)),
        Step::Event(ChatEvent::Reasoning(text)) => Some(Said::Thought(text)),
        Step::Event(ChatEvent::ToolCall(call)) => Some(Said::Call(call)),
        Step::Event(ChatEvent::Finished { reason, usage }) => Some(Said::End { reason, usage }),
        Step::AnsweredBy { slug, .. } => Some(Said::AnsweredBy(slug)),
        // Nothing asks for files here; where it waits or is asked again is nothing that a program is told.
        Step::Event(
            ChatEvent::Queued { .. }
            | ChatEvent::Started
            | ChatEvent::File(_)
            | ChatEvent::Thread { .. },
        )
        | Step::Retrying { .. } => None,
    }
}

/// Waits until something is said or failed, but not longer than [`SILENCE`].
async fn begin(mut saying: Saying) -> ApiResult<Saying> {
    let patience = Instant::now() + SILENCE;
    let mut before = Vec::new();
    loop {
        match timeout_at(patience, saying.next()).await {
            Ok(Some(Ok(answered_by @ Said::AnsweredBy(_)))) => before.push(Ok(answered_by)),
            Ok(Some(Ok(said))) => {
                before.push(Ok(said));
                break;
            }
            Ok(Some(Err(error))) => return Err(error),
            Ok(None) => return Err(broken_off()),
            Err(_) => break,
        }
    }
    Ok(stream::iter(before).chain(saying).boxed())
}

/// An answer that ends without saying so.
pub(super) fn broken_off() -> ApiError {
    AppError::new(ErrorKind::Upstream, "The answer broke off without an end.").into()
}

/// An answer piece by piece to its end, each handed to `take`.
///
/// # Errors
/// When it fails on the way.
pub(super) async fn read_all(
    mut saying: impl Stream<Item = ApiResult<Said>> + Unpin,
    mut take: impl FnMut(Said),
) -> ApiResult<()> {
    while let Some(said) = saying.next().await {
        let said = said?;
        let is_end = matches!(said, Said::End { .. });
        take(said);
        if is_end {
            return Ok(());
        }
    }
    Err(broken_off())
}
