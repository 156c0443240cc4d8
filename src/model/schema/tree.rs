//! A JSON text that may still grow, read into a tree: what has come so far is there, also half of a string.

mod reader;

use reader::State;

/// Deepest nesting that is read; `serde_json` reads no deeper either.
pub const MAX_DEPTH: usize = 128;
/// Most values in a tree; what comes after them is not read.
pub const MAX_NODES: usize = 100_000;

/// The values of a JSON text in the order in which they begin. Pushing text only ever adds values at the end and makes the
/// last ones longer.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    /// The containers around the place that is read, outermost first.
    open: Vec<usize>,
    state: State,
    /// Bytes read.
    offset: usize,
    /// The name that is read, and where it began.
    key: Option<(String, usize)>,
    skips_words: bool,
    fault: Option<Fault>,
}

/// One value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The container it is in; none for the root.
    pub parent: Option<usize>,
    /// Its name, in an object.
    pub key: Option<String>,
    /// Its place among its siblings, from 0.
    pub position: usize,
    /// What it is.
    pub value: Value,
    /// Byte offset of its name, or of itself where it has none.
    pub at: usize,
    /// Byte offset of itself.
    pub start: usize,
    /// Byte offset behind it; none while it grows.
    pub end: Option<usize>,
    /// Values in it.
    pub len: usize,
    first: Option<usize>,
    last: Option<usize>,
    next: Option<usize>,
}

/// What a value is, as far as it has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `{…}`
    Object,
    /// `[…]`
    Array,
    /// A text, its escapes resolved.
    String(String),
    /// A number as it is written.
    Number(String),
    /// `true`, `false`, `null`, or the beginning of one.
    Word(String),
}

/// Why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Byte offset.
    pub offset: usize,
    /// A sentence.
    pub message: String,
}

impl Tree {
    /// A tree of a text that must be JSON and nothing else.
    #[must_use]
    pub fn strict() -> Self {
        Self::new(State::Value, false)
    }

    /// A tree of an answer: words around the first object or list (a fence, a remark) are passed over.
    #[must_use]
    pub fn of_answer() -> Self {
        Self::new(State::Words, true)
    }

    fn new(state: State, skips_words: bool) -> Self {
        Self {
            nodes: Vec::new(),
            open: Vec::new(),
            state,
            offset: 0,
            key: None,
            skips_words,
            fault: None,
        }
    }

    /// The tree of a whole text that must be JSON and nothing else.
    ///
    /// # Errors
    /// Where and why it is none.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut tree = Self::strict();
        tree.push(text);
        tree.finish();
        match tree.fault.take() {
            Some(fault) => Err(fault),
            None => Ok(tree),
        }
    }

    /// The tree of an answer as far as it has come.
    #[must_use]
    pub fn of(answer: &str) -> Self {
        let mut tree = Self::of_answer();
        tree.push(answer);
        tree
    }

    /// Reads on.
    pub fn push(&mut self, text: &str) {
        for character in text.chars() {
            while !self.read(character) {}
            self.offset += character.len_utf8();
        }
    }

    /// The text is over: a number at its end is complete, anything else that is open is a fault.
    pub fn finish(&mut self) {
        if self.state == State::Number {
            self.end_number();
        }
        if !matches!(self.state, State::Done | State::Failed) {
            let message = if self.nodes.is_empty() {
                "There is no JSON in it.".to_owned()
            } else {
                self.unfinished()
            };
            self.fail(message);
        }
    }

    fn unfinished(&self) -> String {
        match self.open.last().map(|open| &self.nodes[*open].value) {
            _ if matches!(self.state, State::Text(_)) => {
                "It ends inside a text; the closing quote is missing.".to_owned()
            }
            Some(Value::Object) => "It ends inside an object; a `}` is missing.".to_owned(),
            Some(Value::Array) => "It ends inside a list; a `]` is missing.".to_owned(),
            _ => "It ends too early.".to_owned(),
        }
    }

    /// All values, each behind the container it is in.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The outermost value.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.nodes.first()
    }

    /// Whether the outermost value is complete.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.state == State::Done
    }

    /// How many bytes of the text were read.
    #[must_use]
    pub fn read_bytes(&self) -> usize {
        self.offset
    }

    /// Why it is no JSON.
    #[must_use]
    pub fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// The values in a container, in order, by their place in [`Tree::nodes`].
    pub fn children(&self, node: usize) -> impl Iterator<Item = usize> {
        let first = self.nodes.get(node).and_then(|node| node.first);
        std::iter::successors(first, |child| self.nodes[*child].next)
    }

    /// The member of an object with this name; the last, where there are several.
    #[must_use]
    pub fn member(&self, node: usize, name: &str) -> Option<usize> {
        self.children(node)
            .filter(|child| self.nodes[*child].key.as_deref() == Some(name))
            .last()
    }

    /// The JSON pointer of a value (RFC 6901); empty for the root.
    #[must_use]
    pub fn pointer(&self, node: usize) -> String {
        let mut steps = Vec::new();
        let mut at = self.nodes.get(node);
        while let Some(node) = at {
            if let Some(parent) = node.parent {
                steps.push(match &node.key {
                    Some(key) => key.replace('~', "~0").replace('/', "~1"),
                    None => node.position.to_string(),
                });
                at = self.nodes.get(parent);
            } else {
                break;
            }
        }
        steps
            .iter()
            .rev()
            .fold(String::new(), |path, step| path + "/" + step)
    }

    /// The value at a JSON pointer.
    #[must_use]
    pub fn find(&self, pointer: &str) -> Option<usize> {
        let mut node = (!self.nodes.is_empty()).then_some(0)?;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            node = match self.nodes[node].value {
                Value::Object => self.member(node, &step)?,
                Value::Array => self.children(node).nth(step.parse().ok()?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// The value at a JSON pointer, or the innermost one around where it would be.
    #[must_use]
    pub fn nearest(&self, pointer: &str) -> Option<usize> {
        let mut pointer = pointer;
        loop {
            if let Some(found) = self.find(pointer) {
                return Some(found);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }
}

#[cfg(test)]
mod tests;
