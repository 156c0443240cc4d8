//! One body of each kind that we send, judged by the types of OpenAI's own client.

use super::{
    KEY, events, of, providers, question, remote_file, remote_image, thinker, user, user_with,
};
use crate::support::{
    python::python,
    upstream::{Recorded, Upstream},
    within,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use futures::{StreamExt, TryStreamExt, stream};
use inspireai::{
    model::{
        catalog::{ApiType, ChatApi, ModelFeatures, StructuredOutput},
        file::ImageDetail,
        params::{Parameters, ReasoningEffort, Verbosity},
        settings::OutputFormat,
    },
    server::{
        config::Environment,
        providers::{
            ChatMessage, ChatPart, ChatRequest, Providers, Role, Source, Thread, ToolCall, ToolUse,
            files::{FilePurpose, Upload},
            images::{ImageRequest, InputImage},
            speech::{SpeechFormat, SpeechRequest},
            transcription::TranscriptionRequest,
        },
    },
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, process::Stdio, time::Duration};
use tokio::io::AsyncWriteExt;
use tokio_util::bytes::Bytes;

/// What the judge says of each: nothing, or what is wrong.
async fn judge(cases: &[Value]) -> Vec<Option<String>> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/providers/judge.py");
    let mut judge = python()
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("Python starts");
    let mut stdin = judge.stdin.take().expect("its input");
    let input = serde_json::to_vec(cases).expect("JSON");
    stdin.write_all(&input).await.expect("it reads");
    drop(stdin);
    let output = within("the judge", judge.wait_with_output())
        .await
        .expect("it ends");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the judge failed: {complaint}");
    serde_json::from_slice(&output.stdout).expect("its verdicts")
}

fn case(recorded: &Recorded) -> Value {
    match &recorded.json {
        Some(body) => json!({ "path": recorded.path, "json": body }),
        None => {
            let fields = recorded.form.iter().map(|field| (&field.name, &field.text));
            json!({ "path": recorded.path, "form": fields.collect::<Vec<_>>() })
        }
    }
}

/// Everything that a model without thoughts takes.
fn everything() -> Parameters {
    Parameters {
        temperature: Some(0.7),
        top_p: Some(0.9),
        max_tokens: Some(100),
        seed: Some(7),
        presence_penalty: Some(0.5),
        frequency_penalty: Some(-0.5),
        stop: ["a", "b", "c", "d", "e"].map(ToOwned::to_owned).into(),
        ..Parameters::default()
    }
}

fn pixel() -> Bytes {
    STANDARD.decode(Upstream::PIXEL).expect("base64").into()
}

fn inline(media_type: &str) -> Source {
    Source::Inline {
        media_type: media_type.to_owned(),
        bytes: pixel(),
    }
}

fn image(source: Source, detail: ImageDetail) -> ChatPart {
    ChatPart::Image { source, detail }
}

fn tools() -> ToolUse {
    ToolUse {
        definitions: json!([
            { "type": "function", "function": { "name": "weather", "description": "Tells it.", "strict": true,
                "parameters": { "type": "object", "properties": { "city": { "type": "string" } },
                    "required": ["city"], "additionalProperties": false } } },
            { "type": "function", "function": { "name": "time" } },
        ]),
        choice: Some(json!("auto")),
        parallel: Some(true),
    }
}

/// A turn in which a function was called.
fn called() -> Vec<ChatMessage> {
    let mut call = ChatMessage::text(Role::Assistant, "Let me look.");
    call.tool_calls.push(ToolCall {
        id: "call_1".to_owned(),
        name: "weather".to_owned(),
        arguments: "{}".to_owned(),
    });
    let mut result = ChatMessage::text(Role::Tool, "Rain.");
    result.tool_call_id = Some("call_1".to_owned());
    vec![user("The weather?"), call, result]
}

fn schema() -> OutputFormat {
    OutputFormat {
        name: "a person".to_owned(),
        schema: Some(r#"{"type":"object","properties":{"name":{"type":"string"}}}"#.to_owned()),
        is_strict: true,
    }
}

/// Questions that together hold everything that can be in one, by the interface that the features name.
fn questions(features: &ModelFeatures, parameters: &Parameters, file: &str) -> Vec<ChatRequest> {
    let ask = |messages: Vec<ChatMessage>| ChatRequest {
        parameters: parameters.clone(),
        ..question("echo", features.clone(), messages)
    };
    let pictures = vec![
        image(inline("image/png"), ImageDetail::Original),
        image(
            Source::Url("https://example.org/cat.png".to_owned()),
            ImageDetail::Low,
        ),
    ];
    let recordings = ["audio/wav", "audio/mpeg"].map(|media_type| ChatPart::Audio {
        media_type: media_type.to_owned(),
        bytes: Bytes::from_static(b"sound"),
        name: "memo".to_owned(),
    });
    let recordings = recordings.into();
    let document = ChatPart::File {
        source: inline("application/pdf"),
        name: "report.pdf".to_owned(),
    };
    let mut requests = vec![
        ask(vec![
            ChatMessage::text(Role::System, "Be brief."),
            user("Hello"),
        ]),
        ask(vec![user_with("What is it?", pictures)]),
        ask(vec![user_with(
            "Read both.",
            vec![remote_file(file), document],
        )]),
    ];
    for structured in [
        StructuredOutput::JsonSchema,
        StructuredOutput::JsonObject,
        StructuredOutput::Words,
    ] {
        let mut request = ask(vec![user("Who?")]);
        request.features.structured = structured;
        request.output = Some(schema());
        requests.push(request);
    }
    let choices = [
        json!("auto"),
        json!({ "type": "function", "function": { "name": "weather" } }),
        json!({ "type": "allowed_tools", "allowed_tools": { "mode": "auto",
            "tools": [{ "type": "function", "function": { "name": "weather" } }] } }),
    ];
    for choice in choices {
        let mut request = ask(called());
        request.tools = Some(ToolUse {
            choice: Some(choice),
            ..tools()
        });
        requests.push(request);
    }
    if features.api == ChatApi::Completions {
        requests.push(ask(vec![user_with("What is said?", recordings)]));
    }
    let mut going_on = ask(vec![
        user("Hello"),
        ChatMessage::text(Role::Assistant, "Hel"),
    ]);
    going_on.continue_last = true;
    requests.push(going_on);
    requests
}

async fn send(providers: &Providers, api_type: ApiType, requests: Vec<ChatRequest>) {
    let provider = providers.chat(api_type).expect("configured");
    for request in requests {
        let stream = provider.stream(request).await.expect("it is taken");
        stream
            .try_collect::<Vec<_>>()
            .await
            .expect("it is answered");
    }
}

async fn store_file(providers: &Providers, api_type: ApiType) -> String {
    let store = providers.files(api_type).expect("configured");
    let upload = |purpose| Upload {
        name: "report.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        purpose,
        size_bytes: 4,
        bytes: stream::iter([Ok(Bytes::from_static(b"%PDF"))]).boxed(),
        expires_after: Some(Duration::from_secs(86_400)),
    };
    store
        .upload(upload(FilePurpose::Vision))
        .await
        .expect("stored");
    store
        .upload(upload(FilePurpose::UserData))
        .await
        .expect("stored")
        .id
}

async fn send_media(providers: &Providers, api_type: ApiType) {
    let speaker = providers.speech(api_type).expect("configured");
    let speech = SpeechRequest {
        model: "gpt-4o-mini-tts".to_owned(),
        text: "Hello".to_owned(),
        voice: "alloy".to_owned(),
        format: SpeechFormat::Opus,
        speed: Some(1.25),
        instructions: Some("Softly".to_owned()),
    };
    speaker.speak(speech).await.expect("speech");
    let listener = providers.transcription(api_type).expect("configured");
    for is_streamed in [false, true] {
        let recording = TranscriptionRequest {
            model: "gpt-4o-transcribe".to_owned(),
            name: "note.webm".to_owned(),
            media_type: "audio/webm".to_owned(),
            size_bytes: 3,
            audio: stream::iter([Ok(Bytes::from_static(b"hum"))]).boxed(),
            language: Some("en".to_owned()),
            prompt: Some("InspireAI".to_owned()),
            is_streamed,
        };
        drop(listener.transcribe(recording).await.expect("heard"));
    }
    let painter = providers.images(api_type).expect("configured");
    let wanted = ImageRequest {
        model: "gpt-image-2".to_owned(),
        prompt: "A cat".to_owned(),
        count: Some(2),
        size: Some("1536x1024".to_owned()),
        quality: Some("high".to_owned()),
        background: Some("transparent".to_owned()),
        output_format: Some("webp".to_owned()),
    };
    painter.generate(wanted.clone()).await.expect("made");
    let input = || InputImage {
        name: "cat.png".to_owned(),
        media_type: "image/png".to_owned(),
        bytes: pixel(),
    };
    for inputs in [vec![input()], vec![input(), input()]] {
        painter
            .edit(wanted.clone(), inputs, Some(input()))
            .await
            .expect("changed");
    }
}

fn thinking() -> Parameters {
    Parameters {
        max_tokens: Some(1000),
        reasoning_effort: Some(ReasoningEffort::Xhigh),
        verbosity: Some(Verbosity::Low),
        ..Parameters::default()
    }
}

fn speaker() -> ModelFeatures {
    ModelFeatures {
        api: ChatApi::Responses,
        ..ModelFeatures::default()
    }
}

async fn accepted(upstream: &Upstream, expected: &[&str]) {
    let sent = upstream.requests();
    let sent: Vec<_> = sent.iter().filter(|each| each.method == "POST").collect();
    let paths: BTreeSet<_> = sent.iter().map(|each| each.path.as_str()).collect();
    for path in expected {
        assert!(
            paths.contains(path),
            "nothing was sent to {path}, only to {paths:?}"
        );
    }
    let cases: Vec<Value> = sent.iter().map(|each| case(each)).collect();
    for (case, verdict) in cases.iter().zip(judge(&cases).await) {
        assert_eq!(verdict, None, "of {case}");
    }
}

#[tokio::test]
async fn every_body_that_is_sent_to_openai_is_one_that_its_own_client_could_send() {
    let upstream = Upstream::start().await;
    let providers = providers(&upstream);
    let file = store_file(&providers, ApiType::Openai).await;
    let by_completions = questions(&ModelFeatures::default(), &everything(), &file);
    send(&providers, ApiType::Openai, by_completions).await;
    let mut thinker_by_completions = thinker();
    thinker_by_completions.api = ChatApi::Completions;
    send(
        &providers,
        ApiType::Openai,
        questions(&thinker_by_completions, &thinking(), &file),
    )
    .await;
    send(
        &providers,
        ApiType::Openai,
        questions(&speaker(), &everything(), &file),
    )
    .await;
    send(
        &providers,
        ApiType::Openai,
        questions(&thinker(), &thinking(), &file),
    )
    .await;

    let mut messages = vec![user_with(
        "See.",
        vec![remote_image(&file), remote_file(&file)],
    )];
    messages.extend((0..30).map(|turn| ChatMessage::text(Role::Assistant, format!("{turn}"))));
    messages.push(user("And?"));
    let mut request = question("echo", thinker(), messages);
    request.thread = Some(Thread { id: None, holds: 0 });
    events(&providers, request).await.expect("an answer");
    send_media(&providers, ApiType::Openai).await;
    let id = upstream
        .conversations()
        .into_keys()
        .next()
        .expect("a conversation");
    accepted(
        &upstream,
        &[
            "/v1/chat/completions",
            "/v1/responses",
            "/v1/conversations",
            &format!("/v1/conversations/{id}/items"),
            "/v1/files",
            "/v1/audio/speech",
            "/v1/audio/transcriptions",
            "/v1/images/generations",
            "/v1/images/edits",
        ],
    )
    .await;
}

#[tokio::test]
async fn every_body_that_is_sent_to_either_surface_of_azure_is_one_that_the_client_could_send() {
    for (version, chat) in [
        ("v1", "/openai/v1/chat/completions"),
        (
            "2025-04-01-preview",
            "/openai/deployments/echo/chat/completions",
        ),
    ] {
        let upstream = Upstream::start().await;
        let providers = of(&Environment::from_pairs([
            ("AZURE_OPENAI_ENDPOINT", upstream.azure_endpoint().as_str()),
            ("AZURE_OPENAI_API_KEY", KEY),
            ("AZURE_OPENAI_API_VERSION", version),
            ("AZURE_OPENAI_DEPLOYMENTS", "echo"),
            ("INSPIREAI_LOCAL_MODEL", "off"),
        ]));
        let file = store_file(&providers, ApiType::Azure).await;
        let by_completions = questions(&ModelFeatures::default(), &everything(), &file);
        send(&providers, ApiType::Azure, by_completions).await;
        send(
            &providers,
            ApiType::Azure,
            questions(&thinker(), &thinking(), &file),
        )
        .await;
        send_media(&providers, ApiType::Azure).await;
        let base = if version == "v1" {
            "/openai/v1"
        } else {
            "/openai"
        };
        accepted(
            &upstream,
            &[chat, &format!("{base}/responses"), &format!("{base}/files")],
        )
        .await;
    }
}

#[tokio::test]
async fn the_judge_refuses_what_is_wrong_at_any_depth() {
    let chat = || {
        json!({ "model": "gpt-4.1", "stream": true, "messages": [{ "role": "user",
            "content": [{ "type": "image_url", "image_url": { "url": "data:", "detail": "low" } }] }] })
    };
    let response = || {
        json!({ "model": "gpt-6-luna", "stream": true, "text": { "verbosity": "low" },
            "input": [{ "type": "message", "role": "user", "content": [{ "type": "input_image", "detail": "low", "image_url": "data:" }] }] })
    };
    let wrong = |path: &str, mut body: Value, at: &str, value: Value| {
        let (parent, name) = at.rsplit_once('/').expect("a pointer");
        let place = body
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .expect("it is there");
        if value.is_null() {
            place.remove(name);
        } else {
            place.insert(name.to_owned(), value);
        }
        json!({ "path": path, "json": body })
    };
    let (completions, responses) = ("/v1/chat/completions", "/v1/responses");
    let cases = [
        wrong(completions, chat(), "/max_output_tokens", json!(5)),
        wrong(completions, chat(), "/temperature", json!("0.7")),
        wrong(completions, chat(), "/messages", Value::Null),
        wrong(completions, chat(), "/messages/0/role", json!("person")),
        wrong(
            completions,
            chat(),
            "/messages/0/content/0/image_url/detail",
            json!("huge"),
        ),
        wrong(
            completions,
            chat(),
            "/messages/0/content/0/image_url/size",
            json!(1),
        ),
        wrong(responses, response(), "/seed", json!(1)),
        wrong(responses, response(), "/stop", json!(["x"])),
        wrong(
            responses,
            response(),
            "/text/format",
            json!({ "type": "json_schema", "name": "a" }),
        ),
        wrong(
            responses,
            response(),
            "/input/0/content/0/detail",
            Value::Null,
        ),
        wrong(
            responses,
            response(),
            "/input/0/content/0/type",
            json!("image_url"),
        ),
        json!({ "path": "/v1/files", "form": [["purpose", "mine"], ["file", null]] }),
        json!({ "path": "/v1/images/edits", "form": [["prompt", "x"], ["image[]", null], ["response_type", "x"]] }),
    ];
    for (case, verdict) in cases.iter().zip(judge(&cases).await) {
        assert!(verdict.is_some(), "it takes {case}");
    }
    let right = [
        json!({ "path": completions, "json": chat() }),
        json!({ "path": responses, "json": response() }),
    ];
    assert_eq!(judge(&right).await, [None, None]);
}
