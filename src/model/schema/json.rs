//! JSON that keeps the order of names: people order the properties of a schema on purpose, and models answer in it.

use super::tree::{Fault, Tree, Value};
use serde::{Serialize, Serializer};
use std::fmt::Write;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// `true`, `false` or `null`.
    Word(String),
    /// A number as it was written.
    Number(String),
    /// A text.
    String(String),
    /// A list.
    Array(Vec<Json>),
    /// An object, in the order it was written in.
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads a text.
    ///
    /// # Errors
    /// Where and why it is no JSON.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Tree::parse(text).map(|tree| Self::of(&tree, 0))
    }

    /// A value of a tree, as far as it has come. Of names that stand twice the last counts.
    #[must_use]
    pub fn of(tree: &Tree, node: usize) -> Self {
        match tree.nodes().get(node).map(|node| &node.value) {
            Some(Value::String(text)) => Self::String(text.clone()),
            Some(Value::Number(text)) => Self::Number(text.clone()),
            Some(Value::Word(text)) => Self::Word(text.clone()),
            Some(Value::Array) => Self::Array(
                tree.children(node)
                    .map(|child| Self::of(tree, child))
                    .collect(),
            ),
            Some(Value::Object) => {
                let mut object = Self::object();
                for child in tree.children(node) {
                    let key = tree.nodes()[child].key.clone().unwrap_or_default();
                    object.set(&key, Self::of(tree, child));
                }
                object
            }
            None => Self::null(),
        }
    }

    /// `{}`
    #[must_use]
    pub fn object() -> Self {
        Self::Object(Vec::new())
    }

    /// `null`
    #[must_use]
    pub fn null() -> Self {
        Self::Word("null".to_owned())
    }

    /// `true` or `false`.
    #[must_use]
    pub fn bool(is: bool) -> Self {
        Self::Word(is.to_string())
    }

    /// A text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::String(text.to_owned())
    }

    /// A list of texts.
    #[must_use]
    pub fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::Array(texts.into_iter().map(Self::text).collect())
    }

    /// The members of an object; none of anything else.
    #[must_use]
    pub fn members(&self) -> &[(String, Self)] {
        match self {
            Self::Object(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none of anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::Array(items) => items,
            _ => &[],
        }
    }

    /// A member of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Self> {
        let member = self.members().iter().find(|(key, _)| key == name);
        member.map(|(_, value)| value)
    }

    /// The value at the steps of a JSON pointer that begins at the root.
    #[must_use]
    pub fn at(&self, pointer: &str) -> Option<&Self> {
        let mut value = self;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            value = match value {
                Self::Object(_) => value.get(&step)?,
                Self::Array(items) => items.get(step.parse::<usize>().ok()?)?,
                _ => return None,
            };
        }
        Some(value)
    }

    /// The text, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where it is a whole one that is not negative.
    #[must_use]
    pub fn as_u64(&self) -> Option<u64> {
        match self {
            Self::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Whether it is this word.
    #[must_use]
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text == word)
    }

    /// Sets a member of an object, in its place where it has one.
    pub fn set(&mut self, name: &str, value: Self) {
        let Self::Object(members) = self else { return };
        match members.iter_mut().find(|(key, _)| key == name) {
            Some((_, old)) => *old = value,
            None => members.push((name.to_owned(), value)),
        }
    }

    /// The same with a member, for building.
    #[must_use]
    pub fn with(mut self, name: &str, value: Self) -> Self {
        self.set(name, value);
        self
    }

    /// Takes a member out of an object.
    pub fn take(&mut self, name: &str) -> Option<Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let index = members.iter().position(|(key, _)| key == name)?;
        Some(members.remove(index).1)
    }

    /// On one line.
    #[must_use]
    pub fn compact(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, None);
        text
    }

    /// Over lines, indented by two spaces; short lists of plain values stay on theirs.
    #[must_use]
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, Some(0));
        text
    }

    fn write(&self, to: &mut String, indent: Option<usize>) {
        match self {
            Self::Word(text) | Self::Number(text) => to.push_str(text),
            Self::String(text) => write_text(text, to),
            Self::Array(items) => {
                let is_one_line = indent.is_some() && self.is_short();
                let indent = indent.filter(|_| !is_one_line);
                to.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        to.push_str(if is_one_line { ", " } else { "," });
                    }
                    break_line(to, indent.map(|level| level + 1));
                    item.write(to, indent.map(|level| level + 1));
                }
                if !items.is_empty() {
                    break_line(to, indent);
                }
                to.push(']');
            }
            Self::Object(members) => {
                to.push('{');
                for (index, (name, value)) in members.iter().enumerate() {
                    if index > 0 {
                        to.push(',');
                    }
                    break_line(to, indent.map(|level| level + 1));
                    write_text(name, to);
                    to.push_str(if indent.is_some() { ": " } else { ":" });
                    value.write(to, indent.map(|level| level + 1));
                }
                if !members.is_empty() {
                    break_line(to, indent);
                }
                to.push('}');
            }
        }
    }

    fn is_short(&self) -> bool {
        const SHORT: usize = 60;
        let mut length = 0;
        self.items().iter().all(|item| match item {
            Self::Word(text) | Self::Number(text) | Self::String(text) => {
                length += text.len() + 4;
                length < SHORT
            }
            Self::Array(_) | Self::Object(_) => false,
        })
    }
}

fn break_line(to: &mut String, indent: Option<usize>) {
    if let Some(level) = indent {
        to.push('\n');
        to.extend(std::iter::repeat_n("  ", level));
    }
}

/// Writes a text with its quotes and escapes.
fn write_text(text: &str, to: &mut String) {
    to.push('"');
    for character in text.chars() {
        match character {
            '"' => to.push_str("\\\""),
            '\\' => to.push_str("\\\\"),
            '\n' => to.push_str("\\n"),
            '\r' => to.push_str("\\r"),
            '\t' => to.push_str("\\t"),
            '\0'..='\x1f' => {
                let _ = write!(to, "\\u{:04x}", u32::from(character));
            }
            _ => to.push(character),
        }
    }
    to.push('"');
}

/// In the order that it has. Numbers that no type of ours holds are written as the nearest that one does.
impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Word(word) if word == "null" => serializer.serialize_unit(),
            Self::Word(word) => serializer.serialize_bool(word == "true"),
            Self::Number(text) => {
                if let Ok(number) = text.parse::<i64>() {
                    serializer.serialize_i64(number)
                } else {
                    serializer.serialize_f64(text.parse().unwrap_or_default())
                }
            }
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_again_keeps_order_numbers_and_escapes() {
        let text = r#"{"b":1.50,"a":[true,null,{"q":"\"\\\n\u0001é"}],"0":-1e9}"#;
        let json = Json::parse(text).expect("JSON");
        assert_eq!(json.compact(), text);
        assert_eq!(Json::parse(&json.pretty()).expect("JSON"), json);
    }

    #[test]
    fn it_is_sent_in_the_order_in_which_it_was_written() {
        let text = r#"{"b":1,"a":[1.5,true,null,"x"]}"#;
        let json = Json::parse(text).expect("JSON");
        assert_eq!(serde_json::to_string(&json).expect("text"), text);
    }

    #[test]
    fn short_lists_stay_on_their_line() {
        let json = Json::parse(r#"{"required":["a","b"],"e":[],"o":{}}"#).expect("JSON");
        assert_eq!(
            json.pretty(),
            "{\n  \"required\": [\"a\", \"b\"],\n  \"e\": [],\n  \"o\": {}\n}"
        );
    }
}
