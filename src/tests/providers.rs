//! What is asked of a provider's server, and what is made of its answers, over real HTTP.

mod azure;
mod chat;
mod files;
mod judge;
mod media;
mod somebody_else;
mod threads;

use crate::support::upstream::Upstream;
use futures::{StreamExt, TryStreamExt};
use inspireai::{
    model::{
        catalog::{ApiType, ChatApi, InstructionsRole, ModelFeatures},
        chat::FinishReason,
        file::ImageDetail,
        ids::RunId,
        params::{Parameter, Parameters, ReasoningEffort},
    },
    server::{
        config::{Config, Environment},
        providers::{
            ChatEvent, ChatMessage, ChatPart, ChatRequest, ProviderError, Providers, Role, Source,
        },
    },
};
use std::sync::Arc;

/// The key of the tests, which nobody may ever be told.
const KEY: &str = "sk-secret-of-the-tests";

/// The providers of an installation whose OpenAI-compatible server is this upstream.
fn providers(upstream: &Upstream) -> Providers {
    let environment = Environment::from_pairs([
        ("OPENAI_BASE_URL", upstream.base_url().as_str()),
        ("OPENAI_API_KEY", KEY),
        ("INSPIREAI_LOCAL_MODEL", "off"),
        ("INSPIREAI_UPSTREAM_IDLE_SECONDS", "0.5"),
    ]);
    of(&environment)
}

/// The providers of an installation with this environment.
fn of(environment: &Environment) -> Providers {
    // As the program does it first of all; the second time it is done already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let config = Config::from_env(environment).expect("a valid configuration");
    Providers::new(&config).expect("HTTP clients")
}

/// A model that thinks, and is reached by Responses.
fn thinker() -> ModelFeatures {
    ModelFeatures {
        api: ChatApi::Responses,
        instructions: InstructionsRole::Developer,
        parameters: vec![
            Parameter::MaxTokens,
            Parameter::ReasoningEffort,
            Parameter::Verbosity,
        ],
        reasoning_efforts: vec![ReasoningEffort::Low, ReasoningEffort::Max],
        image_details: vec![
            ImageDetail::Auto,
            ImageDetail::Low,
            ImageDetail::High,
            ImageDetail::Original,
        ],
        ..ModelFeatures::default()
    }
}

/// A question to a model that the upstream knows.
fn question(model: &str, features: ModelFeatures, messages: Vec<ChatMessage>) -> ChatRequest {
    ChatRequest {
        model: model.to_owned(),
        features,
        messages,
        parameters: Parameters::default(),
        output: None,
        tools: None,
        thread: None,
        continue_last: false,
        run_id: RunId::new(),
    }
}

/// A person's message.
fn user(text: &str) -> ChatMessage {
    ChatMessage::text(Role::User, text)
}

/// A person's message with more than words.
fn user_with(text: &str, parts: Vec<ChatPart>) -> ChatMessage {
    let mut message = user(text);
    message.parts.extend(parts);
    message
}

/// A picture that is with the provider.
fn remote_image(id: &str) -> ChatPart {
    ChatPart::Image {
        source: Source::Remote(id.to_owned()),
        detail: ImageDetail::High,
    }
}

/// A document that is with the provider.
fn remote_file(id: &str) -> ChatPart {
    ChatPart::File {
        source: Source::Remote(id.to_owned()),
        name: "report.pdf".to_owned(),
    }
}

/// Everything that comes of a question.
async fn events(
    providers: &Providers,
    request: ChatRequest,
) -> Result<Vec<ChatEvent>, ProviderError> {
    let provider = providers.chat(ApiType::Openai).expect("configured");
    provider.stream(request).await?.try_collect().await
}

/// What came before it broke, and how it broke.
async fn broken(providers: &Providers, request: ChatRequest) -> (String, ProviderError) {
    let provider = providers.chat(ApiType::Openai).expect("configured");
    let mut stream = match provider.stream(request).await {
        Ok(stream) => stream,
        Err(error) => return (String::new(), error),
    };
    let mut text = String::new();
    while let Some(event) = stream.next().await {
        match event {
            Ok(ChatEvent::Text(words)) => text.push_str(&words),
            Ok(_) => {}
            Err(error) => return (text, error),
        }
    }
    panic!("it did not break after {text:?}");
}

/// All words of an answer.
fn text(events: &[ChatEvent]) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            ChatEvent::Text(text) => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// Why it ended.
fn reason(events: &[ChatEvent]) -> Option<FinishReason> {
    events.iter().find_map(|event| match event {
        ChatEvent::Finished { reason, .. } => Some(*reason),
        _ => None,
    })
}

/// The id of the provider's conversation, where it told of one.
fn thread_id(events: &[ChatEvent]) -> Option<String> {
    events.iter().find_map(|event| match event {
        ChatEvent::Thread { id } => Some(id.clone()),
        _ => None,
    })
}

/// One upstream and the providers that ask it.
async fn start() -> (Arc<Upstream>, Providers) {
    let upstream = Upstream::start().await;
    let providers = providers(&upstream);
    (Arc::new(upstream), providers)
}
