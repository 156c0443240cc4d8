//! Reading JSON one character after the other: from each state a character leads to the next, and to nothing else.

use super::{Fault, MAX_DEPTH, MAX_NODES, Node, Tree, Value};

/// Where in the text the reader is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Words before the JSON.
    Words,
    /// A value must come.
    Value,
    /// A value or the end of the array.
    FirstItem,
    /// A name or the end of the object.
    FirstKey,
    /// A name must come.
    NextKey,
    Colon,
    Text(Escape),
    Number,
    Word,
    /// A comma or the end of the container.
    Comma,
    /// The root is complete.
    Done,
    Failed,
}

/// Where in an escape of a string the reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    None,
    /// Behind the backslash.
    Begun,
    /// Inside `\uXXXX`: digits so far, their value, and the first half of a pair that came before.
    Unicode {
        digits: u8,
        value: u16,
        high: Option<u16>,
    },
    /// Behind the first half of a pair; the second must begin with a backslash.
    Half(u16),
    HalfBegun(u16),
}

impl Tree {
    /// Reads a character; `false` where it ended a number and is to be read again.
    pub(super) fn read(&mut self, character: char) -> bool {
        let is_space = matches!(character, ' ' | '\n' | '\r' | '\t');
        match &self.state {
            State::Failed => {}
            State::Words if !matches!(character, '{' | '[') => {}
            State::Words => self.begin(character),
            State::Text(escape) => self.read_text(*escape, character),
            State::Number if matches!(character, '0'..='9' | '.' | 'e' | 'E' | '+' | '-') => {
                self.grow(character);
            }
            State::Number => {
                self.end_number();
                return false;
            }
            State::Word => self.read_word(character),
            _ if is_space => {}
            State::Done if self.skips_words => {}
            State::Done => self.fail("There is more text behind the end of the JSON.".to_owned()),
            State::FirstItem if character == ']' => self.close(),
            State::FirstKey if character == '}' => self.close(),
            State::Value | State::FirstItem => self.begin(character),
            State::FirstKey | State::NextKey if character == '"' => {
                self.key = Some((String::new(), self.offset));
                self.state = State::Text(Escape::None);
            }
            State::FirstKey => self.expected("a name in double quotes or `}`", character),
            State::NextKey => self.expected("a name in double quotes", character),
            State::Colon if character == ':' => self.state = State::Value,
            State::Colon => self.expected("a colon behind the name", character),
            State::Comma => self.read_comma(character),
        }
        true
    }

    fn read_comma(&mut self, character: char) {
        let container = self.open.last().map(|open| &self.nodes[*open].value);
        let is_object = container == Some(&Value::Object);
        match (character, is_object) {
            (',', true) => self.state = State::NextKey,
            (',', false) => self.state = State::Value,
            ('}', true) | (']', false) => self.close(),
            (_, true) => self.expected("a comma or `}`", character),
            (_, false) => self.expected("a comma or `]`", character),
        }
    }

    fn expected(&mut self, what: &str, found: char) {
        self.fail(format!("Here must be {what}, not {}.", quoted(found)));
    }

    pub(super) fn fail(&mut self, message: String) {
        self.state = State::Failed;
        self.fault = Some(Fault {
            offset: self.offset,
            message,
        });
    }

    /// Begins a value with its first character.
    fn begin(&mut self, character: char) {
        let (value, state) = match character {
            '{' => (Value::Object, State::FirstKey),
            '[' => (Value::Array, State::FirstItem),
            '"' => (Value::String(String::new()), State::Text(Escape::None)),
            '-' | '0'..='9' => (Value::Number(character.into()), State::Number),
            't' | 'f' | 'n' => (Value::Word(character.into()), State::Word),
            _ => return self.expected("a value", character),
        };
        if self.nodes.len() >= MAX_NODES {
            return self.fail(format!("It has more than {MAX_NODES} values."));
        }
        let is_container = matches!(value, Value::Object | Value::Array);
        if is_container && self.open.len() >= MAX_DEPTH {
            return self.fail(format!("It is nested more than {MAX_DEPTH} levels deep."));
        }
        let index = self.nodes.len();
        let parent = self.open.last().copied();
        let position = parent.map_or(0, |parent| self.link(parent, index));
        let (key, at) = match self.key.take() {
            Some((key, at)) => (Some(key), at),
            None => (None, self.offset),
        };
        self.nodes.push(Node {
            parent,
            key,
            position,
            value,
            at,
            start: self.offset,
            end: None,
            len: 0,
            first: None,
            last: None,
            next: None,
        });
        if is_container {
            self.open.push(index);
        }
        self.state = state;
    }

    /// Makes `child` the last in `parent`; its position.
    fn link(&mut self, parent: usize, child: usize) -> usize {
        let before = self.nodes[parent].last.replace(child);
        match before {
            Some(before) => self.nodes[before].next = Some(child),
            None => self.nodes[parent].first = Some(child),
        }
        self.nodes[parent].len += 1;
        self.nodes[parent].len - 1
    }

    fn close(&mut self) {
        if let Some(container) = self.open.pop() {
            self.nodes[container].end = Some(self.offset + 1);
        }
        self.ended();
    }

    /// What follows a complete value.
    fn ended(&mut self) {
        self.state = match self.open.is_empty() {
            true => State::Done,
            false => State::Comma,
        };
    }

    /// Makes the last value longer.
    fn grow(&mut self, character: char) {
        if let Some(Value::String(text) | Value::Number(text) | Value::Word(text)) =
            self.nodes.last_mut().map(|node| &mut node.value)
        {
            text.push(character);
        }
    }

    fn end_last(&mut self, end: usize) {
        if let Some(last) = self.nodes.last_mut() {
            last.end = Some(end);
        }
        self.ended();
    }

    pub(super) fn end_number(&mut self) {
        match self.nodes.last().map(|node| &node.value) {
            Some(Value::Number(text)) if !is_number(text) => {
                let message = format!("`{text}` is no number in JSON.");
                self.fail(message);
            }
            _ => self.end_last(self.offset),
        }
    }

    fn read_word(&mut self, character: char) {
        self.grow(character);
        let Some(Value::Word(word)) = self.nodes.last().map(|node| &node.value) else {
            return;
        };
        let words = ["true", "false", "null"];
        if words.contains(&word.as_str()) {
            self.end_last(self.offset + 1);
        } else if !words.iter().any(|whole| whole.starts_with(word.as_str())) {
            let message = format!("`{word}` is no value; a text needs double quotes.");
            self.fail(message);
        }
    }

    fn read_text(&mut self, escape: Escape, character: char) {
        let next = match escape {
            Escape::None => match character {
                '"' => return self.end_text(),
                '\\' => Escape::Begun,
                '\0'..='\x1f' => {
                    return self.fail(
                        "A text in JSON cannot hold a line break or another control character; write `\\n`."
                            .to_owned(),
                    );
                }
                _ => {
                    self.add(character);
                    Escape::None
                }
            },
            Escape::Begun | Escape::HalfBegun(_) if character == 'u' => Escape::Unicode {
                digits: 0,
                value: 0,
                high: match escape {
                    Escape::HalfBegun(high) => Some(high),
                    _ => None,
                },
            },
            Escape::Begun => match simple_escape(character) {
                Some(meant) => {
                    self.add(meant);
                    Escape::None
                }
                None => {
                    return self.fail(format!("`\\{character}` is no escape in JSON."));
                }
            },
            Escape::Unicode {
                digits,
                value,
                high,
            } => {
                let Some(digit) = character.to_digit(16).and_then(|d| u16::try_from(d).ok()) else {
                    return self.expected("four hexadecimal digits", character);
                };
                self.unicode(digits + 1, value << 4 | digit, high)
            }
            Escape::Half(high) if character == '\\' => Escape::HalfBegun(high),
            // A half without its other half is no character.
            Escape::Half(_) | Escape::HalfBegun(_) => {
                self.add(char::REPLACEMENT_CHARACTER);
                let rest = match escape {
                    Escape::HalfBegun(_) => Escape::Begun,
                    _ => Escape::None,
                };
                return self.read_text(rest, character);
            }
        };
        self.state = State::Text(next);
    }

    fn unicode(&mut self, digits: u8, value: u16, high: Option<u16>) -> Escape {
        if digits < 4 {
            return Escape::Unicode {
                digits,
                value,
                high,
            };
        }
        let units = high.into_iter().chain([value]);
        if high.is_none() && (0xd800..0xdc00).contains(&value) {
            return Escape::Half(value);
        }
        for unit in char::decode_utf16(units) {
            self.add(unit.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        Escape::None
    }

    /// Adds to the name or the text that is read.
    fn add(&mut self, character: char) {
        match &mut self.key {
            Some((key, _)) => key.push(character),
            None => self.grow(character),
        }
    }

    fn end_text(&mut self) {
        match self.key {
            Some(_) => self.state = State::Colon,
            None => self.end_last(self.offset + 1),
        }
    }
}

fn simple_escape(character: char) -> Option<char> {
    Some(match character {
        '"' | '\\' | '/' => character,
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'b' => '\u{8}',
        'f' => '\u{c}',
        _ => return None,
    })
}

fn quoted(character: char) -> String {
    match character {
        '\'' => "a single quote".to_owned(),
        character => format!("`{character}`"),
    }
}

/// Whether a text is a number by JSON's grammar.
fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|text| digits(text.strip_prefix(['+', '-']).unwrap_or(text)))
}
