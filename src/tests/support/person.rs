//! Somebody with an account, and what they do in the chat.

use super::{
    client::{Client, Reply},
    reader::{Reader, fold},
};
use inspireai::model::{
    chat::{ConversationPage, ConversationSummary, Message, SendRequest, Sent},
    event::SequencedEvent,
    ids::{ConversationId, IdempotencyKey, MessageId, RunId},
    transcript::Transcript,
};
use reqwest::{Method, header::ACCEPT};
use serde_json::json;
use std::{net::SocketAddr, ops::Deref};

/// Somebody who is logged in.
pub struct Person {
    client: Client,
}

/// Everything about a person's requests is the client's.
impl Deref for Person {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// A message to a tool in a new conversation.
pub fn message(tool: &str, text: &str) -> SendRequest {
    SendRequest {
        idempotency_key: IdempotencyKey::new(),
        conversation_id: None,
        tool: Some(tool.to_owned()),
        text: text.to_owned(),
        ..SendRequest::default()
    }
}

/// A message in a conversation that is there.
pub fn reply(conversation: ConversationId, text: &str) -> SendRequest {
    SendRequest {
        conversation_id: Some(conversation),
        tool: None,
        ..message("", text)
    }
}

impl Person {
    /// Whoever the client's cookie says.
    pub fn new(client: Client) -> Self {
        Self { client }
    }

    /// The same person at the server's address after a restart.
    pub fn moved_to(&self, address: SocketAddr) -> Self {
        Self::new(self.client.moved_to(address))
    }

    /// Sends a message in a new conversation.
    pub async fn send_new(&self, tool: &str, text: &str) -> Sent {
        self.try_send(&message(tool, text)).await.value()
    }

    /// Sends a message in a conversation.
    pub async fn send_in(&self, conversation: ConversationId, text: &str) -> Sent {
        self.try_send(&reply(conversation, text)).await.value()
    }

    /// Sends, whatever comes of it.
    pub async fn try_send(&self, request: &SendRequest) -> Reply {
        self.call_json("send_message", &json!({ "request": request }))
            .await
    }

    /// Sends a message in a new conversation and waits for the end of its answer.
    pub async fn ask(&self, tool: &str, text: &str) -> (Sent, Transcript) {
        let sent = self.send_new(tool, text).await;
        let transcript = self.read(sent.run_id).await;
        (sent, transcript)
    }

    /// What the answer came to, as a page that saw all of it shows.
    pub async fn read(&self, run: RunId) -> Transcript {
        fold(&self.events(run, None).await)
    }

    /// All events of a run, to its end.
    pub async fn events(&self, run: RunId, after: Option<u64>) -> Vec<SequencedEvent> {
        self.follow(run, after).await.rest().await
    }

    /// Attaches to a run.
    pub async fn follow(&self, run: RunId, after: Option<u64>) -> Reader {
        let query = after
            .map(|after| format!("?after={after}"))
            .unwrap_or_default();
        let path = format!("/api/runs/{run}/events{query}");
        let request = self
            .request(Method::GET, &path)
            .header(ACCEPT, "text/event-stream");
        let response = self.client.open(request).await;
        assert_eq!(response.status(), 200);
        Reader::new(response)
    }

    /// A conversation's page.
    pub async fn open_conversation(&self, id: ConversationId) -> ConversationPage {
        self.call("open_conversation", &[("id", &id.to_string())])
            .await
            .value()
    }

    /// The last message of a conversation's open branch.
    pub async fn last_message(&self, id: ConversationId) -> Message {
        let page = self.open_conversation(id).await;
        page.messages.into_iter().next_back().expect("a message")
    }

    /// The sidebar's list.
    pub async fn conversations(&self) -> Vec<ConversationSummary> {
        self.call("list_conversations", &[]).await.value()
    }

    /// Stops an answer.
    pub async fn stop(&self, run: RunId) -> Reply {
        self.call("stop_run", &[("run", &run.to_string())]).await
    }

    /// Asks for another answer.
    pub async fn regenerate(&self, message: MessageId) -> Reply {
        self.with_key("regenerate_answer", message, IdempotencyKey::new())
            .await
    }

    /// Goes on from an answer.
    pub async fn continue_answer(&self, message: MessageId) -> Reply {
        self.with_key("continue_answer", message, IdempotencyKey::new())
            .await
    }

    /// Goes on from an answer that failed.
    pub async fn try_again(&self, failed: &Sent) -> Sent {
        self.continue_answer(failed.message_id).await.value()
    }

    /// A server function of a message and a key.
    pub async fn with_key(&self, endpoint: &str, message: MessageId, key: IdempotencyKey) -> Reply {
        let form = [("message", message.to_string()), ("key", key.to_string())];
        let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.call(endpoint, &form).await
    }
}
