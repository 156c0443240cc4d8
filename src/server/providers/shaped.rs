//! Answers in a shape from services that cannot hold a model to it: what a service refuses is asked for in a weaker way, and
//! what it turned out not to have is remembered for a while.

use super::{
    ChatMessage, ChatProvider, ChatRequest, ChatStream, ProviderError, ProviderErrorKind, Role,
};
use crate::model::{catalog::StructuredOutput, schema::instructions::CONTINUE_JSON};
use async_trait::async_trait;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How long a service is believed not to have what it refused: one that is brought up to date is noticed within the hour.
const BELIEVED_FOR: Duration = Duration::from_secs(60 * 60);

/// A provider that is asked for a shape in the strongest way that its service takes.
pub struct Shaped {
    provider: Arc<dyn ChatProvider>,
    /// What each model's service turned out to take, and since when that is known.
    taken: Mutex<HashMap<String, (StructuredOutput, Instant)>>,
}

impl Shaped {
    /// The provider, with patience.
    pub fn new(provider: Arc<dyn ChatProvider>) -> Self {
        Self {
            provider,
            taken: Mutex::default(),
        }
    }

    fn known(&self, model: &str) -> Option<StructuredOutput> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (level, since) = taken.get(model)?;
        (since.elapsed() < BELIEVED_FOR).then_some(*level)
    }

    fn note(&self, model: &str, level: StructuredOutput) {
        tracing::info!(
            model,
            ?level,
            "the service does not hold this model to a schema; it is asked again in an hour"
        );
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.insert(model.to_owned(), (level, Instant::now()));
    }
}

#[async_trait]
impl ChatProvider for Shaped {
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        if request.output.is_none() {
            return self.provider.stream(request).await;
        }
        if request.continue_last {
            return self.provider.stream(continued(request)).await;
        }
        let model = request.model.clone();
        let mut level = request.features.structured;
        if let Some(known) = self.known(&model) {
            level = level.min(known);
        }
        let mut refusal: Option<ProviderError> = None;
        loop {
            let error = match self.provider.stream(at_level(&request, level)).await {
                Ok(stream) => {
                    // A service that broke once may have had another reason.
                    if refusal.is_some_and(|error| error.kind == ProviderErrorKind::BadRequest) {
                        self.note(&model, level);
                    }
                    return Ok(stream);
                }
                Err(error) => error,
            };
            let may_be_the_shape = is_about_shape(&error);
            let told = refusal.get_or_insert(error);
            match weaker(level).filter(|_| may_be_the_shape) {
                Some(next) => level = next,
                None => return Err(told.clone()),
            }
        }
    }
}

fn at_level(request: &ChatRequest, level: StructuredOutput) -> ChatRequest {
    let mut request = request.clone();
    request.features.structured = level;
    request
}

/// The question to go on with an answer. A service that holds its model to a schema would begin the JSON anew.
fn continued(mut request: ChatRequest) -> ChatRequest {
    request.output = None;
    let answer = request.messages.len().saturating_sub(1);
    let instructions = ChatMessage::text(Role::System, CONTINUE_JSON);
    request.messages.insert(answer, instructions);
    request
}

fn weaker(level: StructuredOutput) -> Option<StructuredOutput> {
    match level {
        StructuredOutput::JsonSchema => Some(StructuredOutput::JsonObject),
        StructuredOutput::JsonObject => Some(StructuredOutput::Words),
        StructuredOutput::Words => None,
    }
}

/// Whether a service may have refused because of the shape. One that read the schema and tells what is wrong with it knows
/// shapes: that is for the person to hear.
fn is_about_shape(error: &ProviderError) -> bool {
    match error.kind {
        ProviderErrorKind::BadRequest => !error.message.to_lowercase().contains("invalid schema"),
        ProviderErrorKind::Unavailable => error.retry_after.is_none(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        catalog::ModelFeatures, ids::RunId, params::Parameters, settings::OutputFormat,
    };
    use crate::server::providers::ChatEvent;
    use futures::{StreamExt, stream};

    /// Takes nothing stronger than this, and tells what it was asked with.
    struct Service {
        takes: StructuredOutput,
        says: ProviderError,
        asked: Mutex<Vec<ChatRequest>>,
    }

    #[async_trait]
    impl ChatProvider for Service {
        async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
            let level = request.features.structured;
            self.asked.lock().expect("one at a time").push(request);
            if self.takes < level {
                return Err(self.says.clone());
            }
            Ok(stream::once(async { Ok(ChatEvent::Started) }).boxed())
        }
    }

    fn shaped(
        takes: StructuredOutput,
        kind: ProviderErrorKind,
        says: &str,
    ) -> (Arc<Service>, Shaped) {
        let service = Arc::new(Service {
            takes,
            says: ProviderError::new(kind, says),
            asked: Mutex::default(),
        });
        (service.clone(), Shaped::new(service))
    }

    fn request() -> ChatRequest {
        ChatRequest {
            model: "m".to_owned(),
            features: ModelFeatures::default(),
            messages: vec![
                ChatMessage::text(Role::User, "Hi"),
                ChatMessage::text(Role::Assistant, "{\"a\":"),
            ],
            parameters: Parameters::default(),
            output: Some(OutputFormat {
                name: "answer".to_owned(),
                schema: Some("{}".to_owned()),
                is_strict: false,
            }),
            tools: None,
            thread: None,
            continue_last: false,
            run_id: RunId::new(),
        }
    }

    fn levels(service: &Service) -> Vec<StructuredOutput> {
        let asked = service.asked.lock().expect("one at a time");
        asked
            .iter()
            .map(|request| request.features.structured)
            .collect()
    }

    #[tokio::test]
    async fn what_a_service_refuses_is_asked_in_words_and_remembered() {
        use StructuredOutput::{JsonObject, JsonSchema, Words};
        let (service, shaped) = shaped(
            Words,
            ProviderErrorKind::BadRequest,
            "response_format is unknown",
        );
        assert!(shaped.stream(request()).await.is_ok());
        assert!(shaped.stream(request()).await.is_ok());
        assert_eq!(levels(&service), [JsonSchema, JsonObject, Words, Words]);
    }

    #[tokio::test]
    async fn a_service_that_breaks_over_a_schema_is_asked_for_json() {
        use StructuredOutput::{JsonObject, JsonSchema};
        let (service, shaped) = shaped(JsonObject, ProviderErrorKind::Unavailable, "500");
        assert!(shaped.stream(request()).await.is_ok());
        assert_eq!(levels(&service), [JsonSchema, JsonObject]);
    }

    #[tokio::test]
    async fn what_is_wrong_with_the_schema_is_told_rather_than_asked_around() {
        let says = "Invalid schema for response_format 'x': 'additionalProperties' is required";
        let (service, shaped) =
            shaped(StructuredOutput::Words, ProviderErrorKind::BadRequest, says);
        let error = shaped.stream(request()).await.err().expect("refused");
        assert_eq!((error.message.as_str(), levels(&service).len()), (says, 1));
    }

    #[tokio::test]
    async fn going_on_inside_of_json_is_asked_for_in_words() {
        let (service, shaped) = shaped(
            StructuredOutput::JsonSchema,
            ProviderErrorKind::BadRequest,
            "",
        );
        let continued = ChatRequest {
            continue_last: true,
            ..request()
        };
        assert!(shaped.stream(continued).await.is_ok());
        let asked = service.asked.lock().expect("one at a time");
        assert!(asked[0].output.is_none());
        assert_eq!(asked[0].messages[1].words(), CONTINUE_JSON);
        assert_eq!(asked[0].messages[2].words(), "{\"a\":");
    }
}
