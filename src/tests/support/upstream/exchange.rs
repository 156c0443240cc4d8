//! What the upstream was asked, and how each answer ended.

use super::{record::readable, scenario::content_text};
use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::sync::watch;

/// Longest wait for the requests to be as wanted.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request and what became of its answer. Times are milliseconds since 1970.
#[derive(Clone, Debug, Serialize)]
pub struct Exchange {
    /// Its number, from 0.
    pub id: usize,
    /// The model that was asked.
    pub model: String,
    /// The request's headers.
    pub headers: BTreeMap<String, String>,
    /// The request's body.
    pub body: Value,
    /// When it came.
    pub received_at: u64,
    /// How many tokens were handed to the connection.
    pub tokens_sent: usize,
    /// When the first token was.
    pub first_token_at: Option<u64>,
    /// When the last token so far was.
    pub last_token_at: Option<u64>,
    /// How the answer ended; nothing while it is open.
    pub ending: Option<Ending>,
    /// When it ended.
    pub ended_at: Option<u64>,
}

impl Exchange {
    /// The texts of the messages that were sent, with their roles.
    pub fn messages(&self) -> Vec<(String, String)> {
        let sent = self.body["messages"].as_array();
        let sent = sent.or_else(|| self.body["input"].as_array());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        sent.into_iter()
            .flatten()
            .map(|message| (text(&message["role"]), content_text(&message["content"])))
            .collect()
    }
}

/// How an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// All of it was sent.
    Complete,
    /// Whoever asked closed the connection.
    Cancelled,
    /// The script broke the connection.
    Died,
}

/// All exchanges, for whoever wants to know.
#[derive(Clone)]
pub(super) struct Ledger {
    exchanges: Arc<Mutex<Vec<Exchange>>>,
    changes: watch::Sender<u64>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            exchanges: Arc::default(),
            changes: watch::Sender::new(0),
        }
    }
}

impl Ledger {
    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.lock().clone()
    }

    pub(super) fn forget(&self) {
        self.lock().clear();
    }

    /// How often the same question was asked of the same model before.
    pub(super) fn times_asked(&self, body: &Value) -> usize {
        let is_same = |known: &&Exchange| {
            known.body["model"] == body["model"]
                && known.body["messages"] == body["messages"]
                && known.body["input"] == body["input"]
        };
        self.lock().iter().filter(is_same).count()
    }

    pub(super) fn enter(&self, headers: &HeaderMap, body: Value) -> Ticket {
        let mut exchanges = self.lock();
        let id = exchanges.len();
        exchanges.push(Exchange {
            id,
            model: body["model"].as_str().unwrap_or_default().to_owned(),
            headers: readable(headers),
            body,
            received_at: now_ms(),
            tokens_sent: 0,
            first_token_at: None,
            last_token_at: None,
            ending: None,
            ended_at: None,
        });
        drop(exchanges);
        self.tell();
        Ticket {
            ledger: self.clone(),
            id,
        }
    }

    pub(super) async fn wait_until(&self, wanted: impl Fn(&[Exchange]) -> bool) -> Vec<Exchange> {
        let mut changes = self.changes.subscribe();
        let arrived = changes.wait_for(|_| wanted(&self.exchanges()));
        let is_over = tokio::time::timeout(PATIENCE, arrived).await;
        let exchanges = self.exchanges();
        assert!(
            is_over.is_ok(),
            "waited {PATIENCE:?}; the upstream only saw {exchanges:#?}"
        );
        exchanges
    }

    fn update(&self, id: usize, change: impl FnOnce(&mut Exchange)) {
        if let Some(exchange) = self.lock().get_mut(id) {
            change(exchange);
        }
        self.tell();
    }

    fn tell(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges
            .lock()
            .expect("no test panics while it holds the ledger")
    }
}

/// One answer under way. Dropped before its end, it was cancelled by whoever asked.
pub(super) struct Ticket {
    ledger: Ledger,
    id: usize,
}

impl Ticket {
    pub(super) fn count_token(&self) {
        self.ledger.update(self.id, |exchange| {
            let now = now_ms();
            exchange.tokens_sent += 1;
            exchange.first_token_at.get_or_insert(now);
            exchange.last_token_at = Some(now);
        });
    }

    pub(super) fn end(self, ending: Ending) {
        self.note(ending);
    }

    fn note(&self, ending: Ending) {
        self.ledger.update(self.id, |exchange| {
            exchange.ending.get_or_insert(ending);
            exchange.ended_at.get_or_insert_with(now_ms);
        });
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.note(Ending::Cancelled);
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
