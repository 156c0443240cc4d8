//! Threads of OpenAI's Assistants become conversations.

use crate::support::{
    client::Reply,
    database::on_both_databases,
    person::Person,
    process::{run_with, told},
    test_app::TestApp,
};
use inspireai::model::{
    chat::{Author, DayGroup},
    import::{ImportReport, MAX_IMPORT_BYTES},
};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE},
};
use serde_json::{Value, json};

/// 21 April 2024.
const LONG_AGO: i64 = 1_713_700_000;

fn said(thread: &str, role: &str, after_s: i64, text: &str) -> Value {
    json!({
        "id": format!("msg_{after_s}"), "object": "thread.message", "created_at": LONG_AGO + after_s, "assistant_id": null,
        "thread_id": thread, "run_id": null, "role": role, "attachments": [], "metadata": {},
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}]
    })
}

/// What the API answers to a list of a thread's messages: the latest first.
fn list(thread: &str) -> Value {
    let data = [
        said(thread, "assistant", 3, "Two weeks in May."),
        said(thread, "user", 2, "And when?"),
        said(thread, "assistant", 1, "By **train**."),
        said(thread, "user", 0, "How do I get to Rome?"),
    ];
    json!({"object": "list", "data": data, "first_id": "msg_3", "last_id": "msg_0", "has_more": false})
}

/// A form as a browser sends it.
async fn import(person: &Person, file: &str, accept: &str) -> Reply {
    let body = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"threads.json\"\r\n\
         Content-Type: application/json\r\n\r\n{file}\r\n--edge--\r\n"
    );
    let request = person
        .request(Method::POST, "/api/import_threads")
        .header(ACCEPT, accept)
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge")
        .body(body);
    person.send(request).await
}

async fn imported(person: &Person, file: &Value) -> ImportReport {
    import(person, &file.to_string(), "application/json")
        .await
        .value()
}

on_both_databases! {
    async fn a_thread_becomes_a_conversation_that_can_be_gone_on_with(app: TestApp) {
        let ada = app.sign_up("ada").await;
        let report = imported(&ada, &list("thread_rome")).await;
        assert_eq!((report.imported, report.known, report.messages), (1, 0, 4));
        let id = report.first.expect("a conversation");
        let page = ada.open_conversation(id).await;
        let said: Vec<_> = page.messages.iter().map(|m| (m.author, m.text.as_str())).collect();
        assert_eq!(said, [
            (Author::User, "How do I get to Rome?"), (Author::Assistant, "By **train**."),
            (Author::User, "And when?"), (Author::Assistant, "Two weeks in May."),
        ]);
        let listed = ada.conversations().await;
        assert_eq!((listed[0].title.as_str(), listed[0].day), ("How do I get to Rome?", DayGroup::Older));
        let html = ada.get(&format!("/chat/{id}")).await.body;
        assert!(html.contains("<strong>train</strong>") && !html.contains("The server stopped"));
        let next = ada.send_in(id, "tokens=3").await;
        ada.read(next.run_id).await;
        let asked = app.upstream.exchanges().pop().expect("a question").messages();
        let asked: Vec<_> = asked.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(asked, [
            "How do I get to Rome?", "By **train**.", "And when?", "Two weeks in May.", "tokens=3",
        ]);
        assert_eq!(ada.open_conversation(id).await.messages.len(), 6);
    }

    async fn importing_again_changes_nothing_and_says_so(app: TestApp) {
        let (ada, bob) = (app.sign_up("ada").await, app.sign_up("bob").await);
        let file = json!([
            {"id": "thread_a", "object": "thread", "created_at": LONG_AGO, "metadata": {"title": "First"}, "messages": list("thread_a")},
            {"id": "thread_b", "object": "thread", "messages": [said("thread_b", "user", 0, "hello")]},
        ]);
        assert_eq!(imported(&ada, &file).await.imported, 2);
        let again = imported(&ada, &file).await;
        assert_eq!((again.imported, again.known), (0, 2));
        assert_eq!(again.summary(), "2 threads were imported before; nothing was changed.");
        let more = json!([file[0].clone(), {"id": "thread_c", "messages": [said("thread_c", "user", 0, "new")]}]);
        let report = imported(&ada, &more).await;
        assert_eq!((report.imported, report.known), (1, 1));
        assert_eq!(ada.conversations().await.len(), 3);
        // The same thread is another person's own.
        assert_eq!(imported(&bob, &file).await.imported, 2);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_changes_nothing_and_is_told_with_its_place() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let mut system = list("thread_x");
    system["data"][2]["role"] = json!("system");
    let nameless = json!([{"messages": [{"role": "user", "content": "hi", "created_at": 1}]}]);
    let wrong = [
        ("[\n{]".to_owned(), "line 2, column 2"),
        (system.to_string(), "message 3: its role is “system”"),
        (nameless.to_string(), "thread 1: “thread_id” is missing"),
        (
            "{\"object\": \"assistant\"}".to_owned(),
            "this is no exported thread",
        ),
        (String::new(), "Choose the file"),
    ];
    for (file, words) in wrong {
        let reply = import(&ada, &file, "application/json").await;
        let error = reply.error();
        assert_eq!((reply.status, error.field.as_deref()), (422, Some("file")));
        assert!(error.message.contains(words), "{}", error.message);
    }
    let huge = format!("\"{}\"", "x".repeat(MAX_IMPORT_BYTES + 1));
    assert_eq!(import(&ada, &huge, "application/json").await.status, 413);
    assert!(ada.conversations().await.is_empty());
}

#[tokio::test]
async fn a_form_without_a_script_comes_back_with_what_was_imported() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let reply = import(&ada, &list("thread_1").to_string(), "text/html").await;
    assert_eq!(reply.status, 302);
    let page = ada.get(reply.header("location")).await;
    assert!(
        page.body.contains("Imported 1 thread with 4 messages."),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn threads_are_imported_from_the_command_line() {
    let app = TestApp::start().await;
    let ada = app.sign_up("ada").await;
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), list("thread_1").to_string()).expect("written");
    let path = file.path().to_string_lossy().into_owned();
    let variables = app.variables();
    let output = run_with(&["import-threads", "Ada", &path], &variables).await;
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(told(&output).contains("Imported 1 thread with 4 messages."));
    for (user, file, words) in [
        ("nobody", path.as_str(), "There is no account “nobody”"),
        ("ada", "/nowhere.json", "/nowhere.json cannot be read"),
    ] {
        let output = run_with(&["import-threads", user, file], &variables).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(told(&output).contains(words), "{}", told(&output));
    }
    // The server that goes on running has it at once.
    assert_eq!(ada.conversations().await.len(), 1);
}
