//! Nobody learns of what is somebody else's, not even that it is there.

use super::ID;
use crate::support::{client::Reply, person::Person, test_app::TestApp};
use inspireai::model::{
    AppError, ErrorKind,
    ids::{AssistantId, ConversationId, FileId, MessageId, PresetId, RunId, SchemaId, TokenId},
    schema::saved::SavedSchema,
    settings::Preset,
    token::TokenList,
};
use reqwest::{Method, header::ACCEPT};
use serde_json::{Value, json};

/// Names of things, of somebody else or of nobody.
struct Ids {
    conversation: String,
    message: String,
    run: String,
    file: String,
    preset: String,
    schema: String,
    assistant: String,
    token: String,
}

impl Ids {
    /// Those of things that nobody has.
    fn missing() -> Self {
        Self {
            conversation: ConversationId::new().to_string(),
            message: MessageId::new().to_string(),
            run: RunId::new().to_string(),
            file: FileId::new().to_string(),
            preset: PresetId::new().to_string(),
            schema: SchemaId::new().to_string(),
            assistant: AssistantId::new().to_string(),
            token: TokenId::new().to_string(),
        }
    }

    /// Things that a person makes.
    async fn made_by(person: &Person) -> Self {
        let (sent, _) = person.ask("count", "tokens=3").await;
        let preset = json!({ "name": "mine", "settings": { "system_prompt": "Be brief." }, "replace": false });
        let preset: Preset = person.call_json("save_preset", &preset).await.value();
        let schema = [("name", "mine"), ("schema", r#"{"type": "object"}"#)];
        let schema: SavedSchema = person.call("save_schema", &schema).await.value();
        let assistant = [("form[name]", "Mine"), ("form[tool]", "echo")];
        let assistant: AssistantId = person.call("save_assistant", &assistant).await.value();
        let token = [("name", "mine"), ("scopes[]", "chat"), ("days", "30")];
        assert_eq!(person.call("create_token", &token).await.status, 200);
        let tokens: TokenList = person.call("list_tokens", &[]).await.value();
        Self {
            conversation: sent.conversation_id.to_string(),
            message: sent.message_id.to_string(),
            run: sent.run_id.to_string(),
            file: person.upload("mine.txt", "hello").await.id.to_string(),
            preset: preset.id.to_string(),
            schema: schema.id.to_string(),
            assistant: assistant.to_string(),
            token: tokens.tokens[0].id.to_string(),
        }
    }

    /// Everything that one may try with them by a form.
    fn forms(&self) -> Vec<(&'static str, Vec<(&'static str, &str)>)> {
        let Self {
            conversation,
            message,
            assistant,
            ..
        } = self;
        let key = ("key", ID);
        vec![
            ("open_conversation", vec![("id", conversation)]),
            (
                "rename_conversation",
                vec![("id", conversation), ("title", "Mine now")],
            ),
            ("delete_conversation", vec![("id", conversation)]),
            (
                "earlier_messages",
                vec![("conversation", conversation), ("before", message)],
            ),
            ("regenerate_answer", vec![("message", message), key]),
            ("repair_answer", vec![("message", message), key]),
            ("continue_answer", vec![("message", message), key]),
            ("select_branch", vec![("message", message)]),
            ("check_output", vec![("message", message)]),
            ("stop_run", vec![("run", &self.run)]),
            ("file_use", vec![("id", &self.file)]),
            ("delete_file", vec![("id", &self.file)]),
            (
                "rename_preset",
                vec![("id", &self.preset), ("name", "Mine now")],
            ),
            ("delete_preset", vec![("id", &self.preset)]),
            ("set_default_preset", vec![("id", &self.preset)]),
            (
                "rename_schema",
                vec![("id", &self.schema), ("name", "Mine now")],
            ),
            ("delete_schema", vec![("id", &self.schema)]),
            ("get_assistant", vec![("id", assistant)]),
            ("begin_chat", vec![("assistant", assistant)]),
            (
                "save_assistant",
                vec![
                    ("id", assistant),
                    ("form[name]", "Mine now"),
                    ("form[tool]", "echo"),
                ],
            ),
            (
                "restore_assistant",
                vec![("id", assistant), ("version", "1")],
            ),
            ("duplicate_assistant", vec![("id", assistant)]),
            (
                "share_assistant",
                vec![("id", assistant), ("is_shared", "true")],
            ),
            ("delete_assistant", vec![("id", assistant)]),
            ("revoke_token", vec![("token", &self.token)]),
        ]
    }

    /// The same by JSON.
    fn bodies(&self) -> [(&'static str, Value); 5] {
        let conversation = &self.conversation;
        let request =
            json!({ "idempotency_key": ID, "conversation_id": conversation, "text": "hello" });
        [
            ("send_message", json!({ "request": request })),
            (
                "update_settings",
                json!({ "id": conversation, "settings": {} }),
            ),
            (
                "transcribe_file",
                json!({ "file": self.file, "tool": null, "language": null }),
            ),
            (
                "speak",
                json!({ "request": { "text": "hello", "message": self.message } }),
            ),
            (
                "chat",
                json!({ "conversation": conversation, "text": "hello" }),
            ),
        ]
    }

    /// The same by looking at an address.
    fn paths(&self) -> [String; 5] {
        let Self {
            run,
            file,
            assistant,
            ..
        } = self;
        [
            format!("/api/runs/{run}/events"),
            format!("/api/runs/{run}/events?after=1"),
            format!("/api/files/{file}"),
            format!("/api/files/{file}/preview"),
            format!("/api/assistants/{assistant}/1/picture"),
        ]
    }

    /// What somebody hears who tries all of it.
    async fn tried_by(&self, person: &Person) -> Vec<(String, u16, AppError)> {
        let mut heard = Vec::new();
        let mut hear = |what: &str, reply: &Reply| {
            let (status, error) = reply.anonymous_error();
            heard.push((what.to_owned(), status, error));
        };
        for (endpoint, form) in self.forms() {
            hear(endpoint, &person.call(endpoint, &form).await);
        }
        for (endpoint, body) in self.bodies() {
            hear(endpoint, &person.call_json(endpoint, &body).await);
        }
        for (index, path) in self.paths().iter().enumerate() {
            let request = person.request(Method::GET, path);
            let request = request.header(ACCEPT, "application/json");
            hear(&format!("address {index}"), &person.send(request).await);
        }
        heard
    }
}

#[tokio::test]
async fn what_is_somebody_elses_is_told_like_what_does_not_exist() {
    let app = TestApp::start().await;
    let (ada, eve) = (app.sign_up("ada").await, app.sign_up("eve").await);
    let theirs = Ids::made_by(&ada).await;
    let heard = theirs.tried_by(&eve).await;
    assert_eq!(heard, Ids::missing().tried_by(&eve).await);
    for (what, status, error) in heard {
        assert_eq!((status, error.kind), (404, ErrorKind::NotFound), "{what}");
    }

    let conversation = theirs.conversation.parse().expect("an id");
    let page = ada.open_conversation(conversation).await;
    assert_eq!((page.title.as_str(), page.messages.len()), ("tokens=3", 2));
    assert_eq!(ada.files("", 1).await.total, 1);
    assert!(eve.conversations().await.is_empty());
}
