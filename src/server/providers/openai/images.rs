//! Pictures: `/images/generations` and `/images/edits`.

use super::{
    OpenaiClient,
    failure::{Failure, protocol},
    wire::lenient,
};
use crate::{
    model::chat::Usage,
    server::providers::{
        GeneratedFile, ProviderError, ProviderErrorKind,
        images::{GeneratedImages, ImageProvider, ImageRequest, InputImage},
    },
};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::{
    Method, RequestBuilder,
    multipart::{Form, Part},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a picture may take: OpenAI's guide speaks of up to two minutes, during which nothing comes.
const PATIENCE: Duration = Duration::from_secs(300);

/// The body of `POST /images/generations`.
#[derive(Serialize)]
struct GenerationBody<'a> {
    model: &'a str,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quality: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_format: Option<&'a str>,
}

impl<'a> From<&'a ImageRequest> for GenerationBody<'a> {
    fn from(request: &'a ImageRequest) -> Self {
        Self {
            model: &request.model,
            prompt: &request.prompt,
            n: request.count,
            size: request.size.as_deref(),
            quality: request.quality.as_deref(),
            background: request.background.as_deref(),
            output_format: request.output_format.as_deref(),
        }
    }
}

#[derive(Deserialize)]
struct ImagesBody {
    #[serde(default, deserialize_with = "lenient")]
    data: Vec<ImageData>,
    #[serde(default, deserialize_with = "lenient")]
    output_format: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    usage: Option<ImageUsage>,
}

#[derive(Default, Deserialize)]
struct ImageData {
    #[serde(default)]
    b64_json: Option<String>,
}

#[derive(Default, Deserialize)]
struct ImageUsage {
    #[serde(default)]
    input_tokens: u32,
    #[serde(default)]
    output_tokens: u32,
}

impl OpenaiClient {
    async fn images(
        &self,
        request: RequestBuilder,
        wanted: &ImageRequest,
    ) -> Result<GeneratedImages, ProviderError> {
        let response = self
            .transport
            .send(request, PATIENCE)
            .await
            .map_err(unsupported)?;
        let body: ImagesBody = response.json().await.map_err(|_| protocol())?;
        let format = body.output_format.or_else(|| wanted.output_format.clone());
        let format = format.as_deref().unwrap_or("png");
        let images = body
            .data
            .into_iter()
            .filter_map(|image| STANDARD.decode(image.b64_json?).ok());
        let images: Vec<_> = images
            .enumerate()
            .map(|(index, bytes)| GeneratedFile {
                name: format!("image-{}.{format}", index + 1),
                media_type: format!("image/{format}"),
                bytes: bytes.into(),
            })
            .collect();
        if images.is_empty() {
            return Err(ProviderError::new(
                ProviderErrorKind::Protocol,
                "The service sent no picture.",
            ));
        }
        let usage = body.usage.map(|usage| Usage {
            input_tokens: usage.input_tokens,
            output_tokens: usage.output_tokens,
            reasoning_tokens: 0,
        });
        Ok(GeneratedImages { images, usage })
    }
}

#[async_trait]
impl ImageProvider for OpenaiClient {
    async fn generate(&self, request: ImageRequest) -> Result<GeneratedImages, ProviderError> {
        let post = self
            .transport
            .request(Method::POST, &request.model, "/images/generations")
            .json(&GenerationBody::from(&request));
        self.images(post, &request).await
    }

    async fn edit(
        &self,
        request: ImageRequest,
        images: Vec<InputImage>,
        mask: Option<InputImage>,
    ) -> Result<GeneratedImages, ProviderError> {
        let body = GenerationBody::from(&request);
        let fields = [
            ("model", Some(body.model)),
            ("prompt", Some(body.prompt)),
            ("size", body.size),
            ("quality", body.quality),
            ("background", body.background),
            ("output_format", body.output_format),
        ];
        let mut form = Form::new();
        for (name, value) in fields {
            if let Some(value) = value {
                form = form.text(name, value.to_owned());
            }
        }
        if let Some(count) = request.count {
            form = form.text("n", count.to_string());
        }
        let name = if images.len() == 1 {
            "image"
        } else {
            "image[]"
        };
        for image in images {
            form = form.part(name, part(image)?);
        }
        if let Some(mask) = mask {
            form = form.part("mask", part(mask)?);
        }
        let post = self
            .transport
            .request(Method::POST, &request.model, "/images/edits")
            .multipart(form);
        self.images(post, &request).await
    }
}

fn part(image: InputImage) -> Result<Part, ProviderError> {
    let size_bytes = u64::try_from(image.bytes.len()).unwrap_or(u64::MAX);
    Part::stream_with_length(image.bytes, size_bytes)
        .file_name(image.name)
        .mime_str(&image.media_type)
        .map_err(|_| {
            ProviderError::new(
                ProviderErrorKind::BadRequest,
                "The picture's type is none that can be sent.",
            )
        })
}

fn unsupported(failure: Failure) -> ProviderError {
    if failure.is_no_such_endpoint() {
        return ProviderError::new(
            ProviderErrorKind::Unsupported,
            "The service makes no pictures. Choose another tool.",
        );
    }
    failure.into()
}
