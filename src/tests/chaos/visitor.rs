//! A person at the page: asks, follows, leaves and returns, stops, goes on, and does with the events what the page does with
//! them. Everything that the page would show wrongly is a finding.

use crate::{
    findings::Findings,
    following::{Following, Leaving},
    programs::wire::now_ms,
    requests::{self, Taken, Trouble, until_taken},
    script::Script,
    support::{
        client::Client,
        person::{Person, message, reply},
    },
    turn::Turn,
};
use inspireai::model::{
    chat::{ConversationPage, Message, SendRequest, Sent},
    ids::{ConversationId, IdempotencyKey},
    transcript::Transcript,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use std::{collections::HashMap, net::SocketAddr, ops::ControlFlow, time::Duration};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// Questions in a conversation before the visitor begins another.
const QUESTIONS: usize = 5;

/// How often an answer that was cut short is gone on from.
const CONTINUATIONS: usize = 2;

/// What the server made of a message or of a wish to go on.
struct Accepted {
    sent: Sent,
    tries: usize,
    /// The node that drives the run, where that is beyond doubt.
    served_by: Option<SocketAddr>,
}

/// Somebody at the page.
pub struct Visitor {
    name: String,
    person: Person,
    rng: StdRng,
    findings: Findings,
    /// Set when nothing new is to be asked.
    is_over: CancellationToken,
    /// For each tool, the conversation that goes on and how many questions it holds.
    conversations: HashMap<&'static str, (ConversationId, usize)>,
    asked: usize,
    turns: Vec<Turn>,
}

impl Visitor {
    /// Somebody who begins when asked to. The same seed makes the same choices.
    pub fn new(
        name: String,
        person: Person,
        seed: u64,
        findings: Findings,
        is_over: CancellationToken,
    ) -> Self {
        Self {
            name,
            person,
            rng: StdRng::seed_from_u64(seed),
            findings,
            is_over,
            conversations: HashMap::new(),
            asked: 0,
            turns: Vec::new(),
        }
    }

    /// Asks one question after another until it is over. A finding that leaves nothing to go on with ends the visit.
    pub async fn stay(mut self) -> Self {
        while !self.is_over.is_cancelled() {
            let name = self.next_name();
            let script = Script::random(&mut self.rng, &name);
            if self.ask(script, true).await.is_break() {
                break;
            }
            let pause = self.rng.random_range(0..500);
            sleep(Duration::from_millis(pause)).await;
        }
        self
    }

    /// Asks a few short questions when all is calm, each left and returned to.
    pub async fn stay_calmly(mut self, questions: usize) -> Self {
        for _ in 0..questions {
            let script = Script::short(&self.next_name());
            if self.ask(script, false).await.is_break() {
                break;
            }
        }
        self
    }

    /// What the visitor lived through.
    pub fn into_turns(self) -> Vec<Turn> {
        self.turns
    }

    /// How many questions and continuations there were.
    pub fn turns(&self) -> usize {
        self.turns.len()
    }

    fn next_name(&mut self) -> String {
        self.asked += 1;
        format!("{}-question-{}", self.name, self.asked)
    }

    /// Asks a question and follows its answer, and what the answer is gone on with. The restless stop it or go on from it.
    async fn ask(&mut self, script: Script, is_restless: bool) -> ControlFlow<()> {
        let request = self.request(&script);
        let Some(mut taken) = self.send(&request, is_restless).await else {
            return ControlFlow::Break(());
        };
        let conversation = taken.sent.conversation_id;
        let open = self.conversations.entry(script.tool());
        open.and_modify(|(id, questions)| {
            *questions = if *id == conversation {
                *questions + 1
            } else {
                1
            };
            *id = conversation;
        })
        .or_insert((conversation, 1));
        let mut base = String::new();
        for continuation in 0..=CONTINUATIONS {
            let turn = Turn {
                visitor: self.name.clone(),
                script: script.clone(),
                sent: taken.sent.clone(),
                is_continuation: continuation > 0,
                is_calm: !is_restless,
                base: std::mem::take(&mut base),
                taken_at: now_ms(),
                tries: taken.tries,
                served_by: taken.served_by,
                seen: String::new(),
                connections: 0,
                told: None,
                kept: None,
            };
            let turn = self.follow(turn, is_restless).await;
            let kept = turn.kept.clone();
            self.turns.push(turn);
            let Some((text, state)) = kept else {
                return ControlFlow::Break(());
            };
            let wants_more = is_restless && script.goes_on(&text) && self.rng.random_bool(0.6);
            if !state.is_cut_short() || !wants_more || continuation == CONTINUATIONS {
                break;
            }
            base = text;
            match self.go_on(&taken.sent).await {
                Some(next) => taken = next,
                None => return ControlFlow::Break(()),
            }
        }
        ControlFlow::Continue(())
    }

    fn request(&mut self, script: &Script) -> SendRequest {
        let is_new = script.begins_anew() || self.rng.random_bool(0.2);
        match self.conversations.get(script.tool()) {
            Some((id, questions)) if !is_new && *questions < QUESTIONS => {
                reply(*id, script.question())
            }
            _ => message(script.tool(), script.question()),
        }
    }

    /// Sends until it is taken, always under the same key. The restless do not always wait for the answer, and sometimes send
    /// twice at once: it is one message all the same.
    async fn send(&mut self, request: &SendRequest, is_restless: bool) -> Option<Accepted> {
        let body = json!({ "request": request }).to_string();
        let attempt = || async {
            let post = self.person.request(Method::POST, "/api/send_message");
            let post = post.header("content-type", "application/json");
            accept(post.body(body.clone())).await
        };
        let mut is_sent_once = true;
        if is_restless && self.rng.random_bool(0.15) {
            is_sent_once = false;
            let patience = Duration::from_millis(self.rng.random_range(0..60));
            let _ = timeout(patience, attempt()).await;
        }
        let outcome = if is_restless && self.rng.random_bool(0.1) {
            is_sent_once = false;
            let (first, second) = tokio::join!(until_taken(attempt), until_taken(attempt));
            if let (Ok(first), Ok(second)) = (&first, &second)
                && first.value.0 != second.value.0
            {
                let name = &self.name;
                self.findings
                    .add(format!("{name}: one key became two messages"));
            }
            first
        } else {
            until_taken(attempt).await
        };
        self.accepted("a message", outcome, is_sent_once)
    }

    /// Goes on from an answer that was cut short, always under the same key.
    async fn go_on(&self, sent: &Sent) -> Option<Accepted> {
        let message = sent.message_id.to_string();
        let key = IdempotencyKey::new().to_string();
        let form = [("message", message.as_str()), ("key", key.as_str())];
        let attempt = || accept(self.person.form("continue_answer", &form));
        self.accepted("a continuation", until_taken(attempt).await, true)
    }

    fn accepted(
        &self,
        what: &str,
        outcome: Result<Taken<(Sent, Option<SocketAddr>)>, String>,
        is_sent_once: bool,
    ) -> Option<Accepted> {
        match outcome {
            Ok(taken) => {
                let (sent, node) = taken.value;
                Some(Accepted {
                    sent,
                    tries: taken.tries,
                    served_by: node.filter(|_| is_sent_once && taken.tries == 1),
                })
            }
            Err(why) => {
                let name = &self.name;
                self.findings
                    .add(format!("{name}: {what} was refused: {why}"));
                None
            }
        }
    }

    /// Follows a run to its end as the page does, then opens the conversation as if it were new.
    async fn follow(&mut self, mut turn: Turn, is_restless: bool) -> Turn {
        let leaving = Leaving::random(&mut self.rng, is_restless, turn.script.seconds());
        let following = Following {
            person: &self.person,
            rng: &mut self.rng,
            findings: &self.findings,
            is_over: &self.is_over,
            leaving,
            turn: &mut turn,
            overlooked: 0,
        };
        following.run().await;
        match self.look_up(&turn).await {
            Ok(message) => {
                let state = message.run.map(|run| run.state);
                turn.kept = state.map(|state| (message.text, state));
            }
            Err(why) => self.findings.add(format!(
                "{}: its conversation does not open: {why}",
                turn.name()
            )),
        }
        turn
    }

    async fn look_up(&self, turn: &Turn) -> Result<Message, String> {
        let id = turn.sent.message_id;
        let page = open_conversation(&self.person, turn.sent.conversation_id).await?;
        let message = page.messages.into_iter().find(|message| message.id == id);
        message.ok_or_else(|| "the answer is not in it".to_owned())
    }
}

/// A conversation as its page opens it.
pub async fn open_conversation(
    client: &Client,
    id: ConversationId,
) -> Result<ConversationPage, String> {
    let id = id.to_string();
    let form = [("id", id.as_str())];
    let attempt = || async { parse(&requests::call(client, "open_conversation", &form).await?) };
    until_taken(attempt).await.map(|taken| taken.value)
}

/// A page that holds what its conversation holds of a message.
pub fn transcript_of(message: &Message) -> Option<Transcript> {
    let run = message.run.as_ref()?;
    let mut transcript = Transcript::new(message.text.clone(), run.seq);
    transcript.state = run.state.clone();
    Some(transcript)
}

/// Sends once; gives what became of it and which node said so.
async fn accept(request: RequestBuilder) -> Result<(Sent, Option<SocketAddr>), Trouble> {
    let response = requests::open(request.header("accept", "application/json")).await?;
    let node = requests::served_by(&response);
    Ok((parse(&requests::body(response).await?)?, node))
}

fn parse<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, Trouble> {
    serde_json::from_str(body).map_err(|error| Trouble::Final(format!("{error}: {body:.80}")))
}
