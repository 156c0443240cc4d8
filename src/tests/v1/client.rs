//! OpenAI's own Python client against this server, unchanged.

use crate::support::{
    program::Program, python::python, recordings::models_dir, test_app::TestApp, within,
};
use std::process::Stdio;

/// Runs one part of the script; a failed assertion in it is a failed test.
async fn drive(program: &Program, address: std::net::SocketAddr, part: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/v1/client.py");
    let output = python()
        .arg(script)
        .arg(part)
        .env("OPENAI_BASE_URL", format!("http://{address}/v1"))
        .env("OPENAI_API_KEY", &program.token)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = within("the client", output).await.expect("Python starts");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{part}: {told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_client_does_everything_that_is_offered() {
    let app = TestApp::start().await;
    let program = Program::of(&app.sign_up("ada").await).await;
    for part in [
        "models",
        "chat",
        "tools",
        "structured",
        "vision",
        "responses",
        "files",
        "media",
    ] {
        drive(&program, app.address(), part).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_client_raises_what_it_raises_elsewhere() {
    let app = TestApp::builder()
        .env("INSPIREAI_TOKEN_REQUESTS_PER_MINUTE", "8")
        .start()
        .await;
    let program = Program::of(&app.sign_up("ada").await).await;
    drive(&program, app.address(), "errors").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_client_asks_the_model_in_the_server_itself() {
    let model = models_dir().join("SmolLM2-135M-Instruct.Q4_1.gguf");
    let app = TestApp::builder()
        .env("INSPIREAI_LOCAL_MODEL", &model.to_string_lossy())
        .start()
        .await;
    let program = Program::of(&app.sign_up("ada").await).await;
    drive(&program, app.address(), "local").await;
}
