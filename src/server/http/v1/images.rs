//! `POST /v1/images/generations`. What is documented and has no meaning here (`user`, `style`, `moderation`) is taken and not
//! looked at.

use super::{
    ask::model,
    body::JsonBody,
    error::{ApiError, ApiResult},
    fields::Fields,
};
use crate::{
    model::chat::Usage,
    server::{
        catalog::ModelUse,
        db::now_ms,
        providers::images::{GeneratedImages, ImageRequest},
        state::AppState,
    },
};
use axum::{Json, extract::State};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// Longest description, in characters, as the interface has it.
const MAX_PROMPT_CHARS: usize = 32_000;

/// `POST /v1/images/generations`.
pub(super) async fn generate(
    State(state): State<AppState>,
    JsonBody(body): JsonBody,
) -> ApiResult<Json<Value>> {
    let fields = Fields::at(&body, "")?;
    let prompt = fields.needed_text("prompt")?;
    if prompt.is_empty() || prompt.chars().count() > MAX_PROMPT_CHARS {
        return Err(fields.wrong("prompt", "must have between 1 and 32000 characters"));
    }
    if fields.flag("stream")?.unwrap_or(false) {
        return Err(fields.wrong("stream", "must be false: pictures come when they are done"));
    }
    if fields
        .text("response_format")?
        .is_some_and(|format| format != "b64_json")
    {
        return Err(fields.wrong(
            "response_format",
            "must be `b64_json`: pictures are not kept here",
        ));
    }
    let tool = model(&state, fields.text("model")?, ModelUse::Images).await?;
    let provider = state.engine.providers().images(tool.api_type);
    let provider = provider.ok_or_else(|| ApiError::unknown_model("Nothing makes images here."))?;
    let owned = |name| Ok::<_, ApiError>(fields.text(name)?.map(ToOwned::to_owned));
    let count = fields.whole("n", 1..=10)?;
    let made = provider
        .generate(ImageRequest {
            model: tool.model.unwrap_or(tool.slug),
            prompt: prompt.to_owned(),
            count: count.and_then(|count| u8::try_from(count).ok()),
            size: owned("size")?,
            quality: owned("quality")?,
            background: owned("background")?,
            output_format: owned("output_format")?,
        })
        .await?;
    Ok(Json(answer(&fields, made)))
}

fn answer(fields: &Fields<'_>, made: GeneratedImages) -> Value {
    let images = made.images.iter();
    let data: Vec<_> = images
        .map(|image| json!({ "b64_json": STANDARD.encode(&image.bytes) }))
        .collect();
    let mut answer = json!({ "created": now_ms() / 1000, "data": data });
    for name in ["background", "output_format", "quality", "size"] {
        // `auto` is what was asked for, and not what was made.
        if let Some(value) = fields.value(name).filter(|value| *value != "auto") {
            answer[name] = value.clone();
        }
    }
    if let Some(usage) = made.usage {
        answer["usage"] = told(usage);
    }
    answer
}

/// What it took. Words are all that a description is made of.
fn told(usage: Usage) -> Value {
    json!({
        "input_tokens": usage.input_tokens,
        "input_tokens_details": { "text_tokens": usage.input_tokens, "image_tokens": 0 },
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
    })
}
