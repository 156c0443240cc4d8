//! A conversation as the tokens of one prompt, shortened to what the model can read.
//!
//! The template is rendered with a mark in place of each message, and the messages' own tokens are
//! put where the marks stand. So words in a message are never mistaken for the template's control
//! tokens, and a message has the same tokens in every turn, which is what lets a worker reuse them.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

use llama_cpp_2::token::LlamaToken;

use super::engine::Engine;
use crate::server::providers::{ChatMessage, ChatRequest, ProviderError, ProviderErrorKind, Role};

/// Private-use characters around a message's index; they are only ever seen by the template.
const MARK_START: char = '\u{E000}';
const MARK_END: char = '\u{E001}';

/// No token is longer; a message of more bytes than this times the context need not be tokenized
/// to be too long.
const LONGEST_TOKEN_BYTES: usize = 64;

/// About what a token of English is; only used to place cuts, not to count.
const BYTES_PER_TOKEN: usize = 4;

pub struct Prompt {
    pub tokens: Vec<LlamaToken>,
    /// How many tokens at the end are the beginning of the answer itself.
    pub continued: usize,
}

impl Prompt {
    /// Fits the request into `budget` tokens. The oldest turns are left out first; what the system
    /// says and the last question always stay.
    pub fn fit(
        engine: &Engine,
        request: &ChatRequest,
        budget: usize,
    ) -> Result<Self, ProviderError> {
        let (turns, begun) = match request.messages.split_last() {
            Some((last, turns)) if request.continue_last => (turns, Some(last)),
            _ => (request.messages.as_slice(), None),
        };
        let conversation = Conversation {
            engine,
            turns: turns.iter().map(Turn::from).collect(),
            tokens: turns.iter().map(|_| OnceCell::new()).collect(),
            begun: begun.map_or_else(Vec::new, |last| engine.tokenize_text(&last.words())),
            longest_bytes: engine.context_tokens() * LONGEST_TOKEN_BYTES,
            template_tokens: RefCell::default(),
        };
        let oldest = conversation.oldest_that_may_fit(budget);
        let starts = conversation.block_starts(budget);
        let starts = starts.into_iter().chain(conversation.turn_starts());
        for start in starts.filter(|start| *start >= oldest) {
            let tokens = conversation.assemble(start)?;
            if tokens.len() <= budget {
                return Ok(Self {
                    continued: conversation.begun.len(),
                    tokens,
                });
            }
        }
        Err(too_long(budget))
    }
}

/// A message of which only the words count: the model in this process reads nothing else.
struct Turn {
    role: Role,
    text: String,
}

impl From<&ChatMessage> for Turn {
    fn from(message: &ChatMessage) -> Self {
        Self {
            role: message.role,
            text: message.words(),
        }
    }
}

struct Conversation<'a> {
    engine: &'a Engine,
    turns: Vec<Turn>,
    /// Each turn's tokens, once they were needed: a long history is not read to its beginning.
    tokens: Vec<OnceCell<Vec<LlamaToken>>>,
    /// The answer so far, when one is to be continued.
    begun: Vec<LlamaToken>,
    longest_bytes: usize,
    template_tokens: RefCell<HashMap<String, Vec<LlamaToken>>>,
}

impl Conversation<'_> {
    /// The first message to keep if only the messages' own words counted, without the template's.
    fn oldest_that_may_fit(&self, budget: usize) -> usize {
        let mut total = self.begun.len();
        let mut oldest = self.turns.len();
        for (index, turn) in self.turns.iter().enumerate().rev() {
            // A system message is kept whatever its place, so `assemble` counts it.
            if turn.role != Role::System {
                if turn.text.len() > self.longest_bytes {
                    break;
                }
                total += self.turn_tokens(index).len();
                if total > budget {
                    break;
                }
            }
            oldest = index;
        }
        oldest
    }

    /// Where the history may be cut: at its beginning and at every question.
    fn turn_starts(&self) -> impl Iterator<Item = usize> {
        let is_start = |index: &usize| *index == 0 || self.turns[*index].role == Role::User;
        (0..self.turns.len().max(1)).filter(is_start)
    }

    /// The turn starts to cut at if possible: a few, far apart, and the same ones as the
    /// conversation grows. Cutting a little more at every turn would change the prompt from its
    /// beginning, and the worker would have to read all of it anew each time.
    fn block_starts(&self, budget: usize) -> Vec<usize> {
        let block_bytes = (budget / 2 * BYTES_PER_TOKEN).max(1);
        let mut bytes_before = 0;
        let mut block = None;
        let mut starts = Vec::new();
        let mut turn_starts = self.turn_starts().peekable();
        for (index, turn) in self.turns.iter().enumerate() {
            if turn_starts.next_if_eq(&index).is_some() && block != Some(bytes_before / block_bytes)
            {
                block = Some(bytes_before / block_bytes);
                starts.push(index);
            }
            bytes_before += turn.text.len();
        }
        starts
    }

    /// The prompt with the turns from `start` on, and everything the system says.
    fn assemble(&self, start: usize) -> Result<Vec<LlamaToken>, ProviderError> {
        let is_kept = |(index, turn): &(usize, &Turn)| *index >= start || turn.role == Role::System;
        let kept = self.turns.iter().enumerate().filter(is_kept);
        let marked = kept
            .map(|(index, turn)| (turn.role, format!("{MARK_START}{index}{MARK_END}")))
            .collect::<Vec<_>>();
        let rendered = self
            .engine
            .render(marked.iter().map(|(role, mark)| (*role, mark.as_str())))?;
        let mut tokens = Vec::new();
        for piece in rendered.split(MARK_START) {
            let marked = piece.split_once(MARK_END);
            let index = marked.and_then(|(index, _)| index.parse::<usize>().ok());
            if let Some(index) = index.filter(|index| *index < self.turns.len()) {
                if self.turns[index].text.len() > self.longest_bytes {
                    return Err(too_long(self.engine.context_tokens()));
                }
                tokens.extend_from_slice(self.turn_tokens(index));
            }
            self.append_template(marked.map_or(piece, |(_, after)| after), &mut tokens);
        }
        if let Some(opening) = self.engine.opening_token()
            && tokens.first() != Some(&opening)
        {
            tokens.insert(0, opening);
        }
        tokens.extend_from_slice(&self.begun);
        Ok(tokens)
    }

    fn turn_tokens(&self, index: usize) -> &[LlamaToken] {
        self.tokens[index].get_or_init(|| self.engine.tokenize_text(&self.turns[index].text))
    }

    /// The same few pieces stand between all messages, so each is tokenized once.
    fn append_template(&self, piece: &str, tokens: &mut Vec<LlamaToken>) {
        let mut known = self.template_tokens.borrow_mut();
        if let Some(piece_tokens) = known.get(piece) {
            tokens.extend_from_slice(piece_tokens);
            return;
        }
        let piece_tokens = self.engine.tokenize_template(piece);
        tokens.extend_from_slice(&piece_tokens);
        known.insert(piece.to_owned(), piece_tokens);
    }
}

/// Says the limit in English words, of which a token is about three quarters.
fn too_long(budget: usize) -> ProviderError {
    let words = budget * 3 / 4 / 100 * 100;
    ProviderError::new(
        ProviderErrorKind::ContextTooLong,
        format!(
            "This message is too long for the local model, which reads about {words} words at \
             most. Shorten it, or choose a model with a longer context."
        ),
    )
}
