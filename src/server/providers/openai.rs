//! Any server that speaks OpenAI's interface, Azure's among them: chat by Responses or chat completions, files, speech, pictures.
//!
//! What we send is as the reference documents it; what we read is read leniently, because compatible servers differ.

mod answer;
mod audio;
mod completions;
mod content;
mod conversations;
mod endpoint;
mod failure;
mod files;
mod gone;
mod images;
mod lacking;
mod multipart;
mod responses;
mod transport;
mod wire;

use super::{ChatProvider, ChatRequest, ChatStream, ProviderError};
use crate::{
    model::catalog::ChatApi,
    server::config::{AzureConfig, OpenaiConfig},
};
use async_openai::error::OpenAIError;
use async_trait::async_trait;
use endpoint::Endpoint;
use failure::Failure;
use lacking::{Lacking, Part};
use std::sync::Arc;
use transport::Transport;
use wire::ModelList;

/// One server.
pub struct OpenaiClient {
    transport: Transport,
    /// Whose ids its files have.
    account: String,
    lacking: Arc<Lacking>,
}

impl OpenaiClient {
    /// A client of the configured server; connects on first use.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn new(config: &OpenaiConfig) -> Result<Self, reqwest::Error> {
        Self::of(Endpoint::openai(config))
    }

    /// A client of a resource of Azure. What others call a model is a deployment there.
    ///
    /// # Errors
    /// When the HTTP client cannot be built.
    pub fn azure(config: &AzureConfig) -> Result<Self, reqwest::Error> {
        Self::of(Endpoint::azure(config))
    }

    fn of(endpoint: Endpoint) -> Result<Self, reqwest::Error> {
        Ok(Self {
            account: endpoint.account(),
            transport: Transport::new(endpoint)?,
            lacking: Arc::default(),
        })
    }

    /// The ids of the models that the server says it has.
    ///
    /// # Errors
    /// When it does not answer, or not with a list.
    pub async fn list_models(&self) -> Result<Vec<String>, ProviderError> {
        let list: ModelList = self
            .transport
            .api("")
            .models()
            .list_byot()
            .await
            .map_err(|error| self.failure(error))?;
        Ok(list.data.into_iter().map(|model| model.id).collect())
    }

    fn failure(&self, error: OpenAIError) -> Failure {
        Failure::of(error, self.transport.endpoint().idle_timeout)
    }
}

#[async_trait]
impl ChatProvider for OpenaiClient {
    async fn stream(&self, request: ChatRequest) -> Result<ChatStream, ProviderError> {
        let has_responses =
            request.features.api == ChatApi::Responses && !self.lacking.has(Part::Responses);
        if !has_responses {
            return Ok(self.complete(&request).await?);
        }
        match self.respond(&request).await {
            Ok(stream) => Ok(stream),
            Err(failure) if failure.is_no_such_endpoint() => {
                let stream = self.complete(&request).await?;
                // Only now it is sure that the address is right and the model there.
                self.lacking.note(Part::Responses);
                Ok(stream)
            }
            Err(failure) => Err(failure.into()),
        }
    }
}
