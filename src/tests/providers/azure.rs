//! Azure, on both of its surfaces.

use super::{KEY, of, question, text, thinker, user};
use crate::support::{client::http_client, test_app::TestApp, upstream::Upstream};
use axum::{Json, Router, body::Bytes, http::StatusCode, routing::post};
use futures::TryStreamExt;
use inspireai::{
    model::{
        catalog::{ApiType, ChatApi, ToolDetail},
        chat::ChatTool,
    },
    server::{
        config::Environment,
        providers::{ChatEvent, Providers},
    },
};
use serde_json::json;
use tokio::net::TcpListener;

fn environment(upstream: &Upstream, version: &str) -> Environment {
    Environment::from_pairs([
        ("AZURE_OPENAI_ENDPOINT", upstream.azure_endpoint().as_str()),
        ("AZURE_OPENAI_API_KEY", KEY),
        ("AZURE_OPENAI_API_VERSION", version),
        ("AZURE_OPENAI_DEPLOYMENTS", "echo,gpt-6-luna=office"),
        ("INSPIREAI_LOCAL_MODEL", "off"),
    ])
}

async fn ask(providers: &Providers) -> Vec<ChatEvent> {
    let provider = providers.chat(ApiType::Azure).expect("configured");
    let request = question("echo", thinker(), vec![user("hello")]);
    let stream = provider.stream(request).await.expect("a stream");
    stream.try_collect().await.expect("an answer")
}

#[tokio::test]
async fn the_new_surface_is_asked_as_openai_is_with_azures_own_header() {
    let upstream = Upstream::start().await;
    let events = ask(&of(&environment(&upstream, "v1"))).await;
    assert_eq!(text(&events), "hello");
    let asked = &upstream.requests()[0];
    assert_eq!(
        (asked.path.as_str(), asked.query.as_str()),
        ("/openai/v1/responses", "")
    );
    assert_eq!(asked.headers.get("api-key").map(String::as_str), Some(KEY));
    assert_eq!(asked.headers.get("authorization"), None);
}

#[tokio::test]
async fn the_classic_surface_names_the_deployment_in_its_address_and_the_version_behind_it() {
    let upstream = Upstream::start().await;
    upstream.lack("/responses");
    let events = ask(&of(&environment(&upstream, "2024-10-21"))).await;
    assert_eq!(text(&events), "hello");
    let asked = &upstream.requests()[0];
    assert_eq!(asked.path, "/openai/deployments/echo/chat/completions");
    assert_eq!(asked.query, "api-version=2024-10-21");
    assert_eq!(asked.headers.get("api-key").map(String::as_str), Some(KEY));
}

#[tokio::test]
async fn a_classic_version_without_responses_says_so_in_its_own_words() {
    // As Azure answers: another status than a missing address.
    let told =
        "Azure OpenAI Responses API is enabled only for api-version 2025-03-01-preview and later";
    let refusal = Json(json!({ "error": { "code": "BadRequest", "message": told } }));
    let refuse = post(move || async move { (StatusCode::BAD_REQUEST, refusal) });
    let upstream = Upstream::start().await;
    let chat = format!("{}/v1/chat/completions", upstream.azure_endpoint());
    let go_on = post(move |body: Bytes| async move {
        let request = http_client()
            .post(chat)
            .header("content-type", "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        (
            [("content-type", "text/event-stream")],
            answer.bytes().await.expect("whole"),
        )
    });
    let router = Router::new()
        .route("/openai/responses", refuse)
        .route("/openai/deployments/echo/chat/completions", go_on);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let endpoint = format!("http://{}", listener.local_addr().expect("its address"));
    let serving = tokio::spawn(axum::serve(listener, router).into_future());
    let environment = environment(&upstream, "2024-10-21").with("AZURE_OPENAI_ENDPOINT", endpoint);
    assert_eq!(text(&ask(&of(&environment)).await), "hello");
    serving.abort();
}

#[tokio::test]
async fn a_classic_version_that_has_responses_is_asked_beside_the_deployments() {
    let upstream = Upstream::start().await;
    ask(&of(&environment(&upstream, "2025-04-01-preview"))).await;
    let asked = &upstream.requests()[0];
    assert_eq!(asked.path, "/openai/responses");
    assert_eq!(asked.query, "api-version=2025-04-01-preview");
}

#[tokio::test]
async fn deployments_are_in_the_catalogue_with_what_is_known_of_their_models() {
    let elsewhere = Upstream::start().await;
    let app = TestApp::builder()
        .env("AZURE_OPENAI_ENDPOINT", &elsewhere.azure_endpoint())
        .env("AZURE_OPENAI_API_KEY", KEY)
        .env("AZURE_OPENAI_DEPLOYMENTS", "gpt-6-luna=office,echo")
        .start()
        .await;
    let visitor = app.visitor();
    let office: ToolDetail = visitor
        .call("get_tool", &[("slug", "azure-office")])
        .await
        .value();
    assert_eq!(office.unavailable_because, None);
    assert_eq!(office.model.as_deref(), Some("office"));
    assert_eq!(office.features.api, ChatApi::Responses);
    assert_eq!(office.features.fallback, None);
    assert!(
        office.card.name.ends_with("on Azure"),
        "{}",
        office.card.name
    );
    let template: ToolDetail = visitor
        .call("get_tool", &[("slug", "azure-openai")])
        .await
        .value();
    let told = template.unavailable_because.expect("it stands for all");
    assert!(told.contains("office, echo"), "{told}");

    let ada = app.sign_up("ada").await;
    let (_, transcript) = ada.ask("azure-echo", "hello from Azure").await;
    assert_eq!(transcript.text, "hello from Azure");
    assert!(app.upstream.exchanges().is_empty());
    assert_eq!(elsewhere.exchanges().len(), 1);
}

#[tokio::test]
async fn without_a_server_of_openais_kind_azure_is_what_a_chat_begins_with() {
    let app = TestApp::builder()
        .env("OPENAI_BASE_URL", "")
        .env("OPENAI_API_KEY", "")
        .env(
            "AZURE_OPENAI_ENDPOINT",
            "https://my-resource.openai.azure.com",
        )
        .env("AZURE_OPENAI_API_KEY", KEY)
        .env("AZURE_OPENAI_DEPLOYMENTS", "office")
        .start()
        .await;
    let ada = app.sign_up("ada").await;
    let tool: ChatTool = ada.call("chat_tool", &[]).await.value();
    assert_eq!(tool.slug, "azure-office");
}

#[tokio::test]
async fn a_tool_of_the_catalogue_is_asked_as_its_data_says() {
    let app = TestApp::builder().offering("gpt-6-luna").start().await;
    let ada = app.sign_up("ada").await;
    let (_, transcript) = ada.ask("gpt-6-luna", "hello Luna").await;
    assert_eq!(transcript.text, "hello Luna");
    let asked = app.upstream.requests();
    let paths: Vec<_> = asked.iter().map(|each| each.path.as_str()).collect();
    assert!(paths.contains(&"/v1/responses"), "{paths:?}");
}
