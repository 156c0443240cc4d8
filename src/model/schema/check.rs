//! Whether a text is a JSON schema: what is wrong with it, at its line, before anybody is asked with it.

use super::{
    Problem, Severity,
    keywords::{self, Kind},
    place,
    tree::{Node, Tree, Value},
};
use crate::model::settings::MAX_SCHEMA_BYTES;
use std::collections::{HashMap, HashSet};

/// Most properties of a schema together, as OpenAI documents it.
const MAX_PROPERTIES: usize = 5_000;
/// Deepest nesting of schemas in each other. Whoever answers in it has to be that deep as well.
const MAX_LEVELS: usize = 32;
/// Most problems that are listed.
const MAX_PROBLEMS: usize = 50;

/// What is wrong with a schema's text, in the order of its lines; nothing where it can be asked with.
#[must_use]
pub fn check(text: &str) -> Vec<Problem> {
    if text.trim().is_empty() {
        return vec![Problem::at_start("Write a schema, or take a template.")];
    }
    if text.len() > MAX_SCHEMA_BYTES {
        return vec![Problem::at_start(&format!(
            "The schema has {} characters; at most {MAX_SCHEMA_BYTES} are taken.",
            text.len()
        ))];
    }
    let tree = match Tree::parse(text) {
        Ok(tree) => tree,
        Err(fault) => {
            let (line, column) = place(text, fault.offset);
            return vec![Problem {
                line,
                column,
                pointer: String::new(),
                severity: Severity::Error,
                message: fault.message,
            }];
        }
    };
    let mut check = Check {
        text,
        tree: &tree,
        problems: Vec::new(),
        properties: 0,
    };
    check.names();
    match tree.root().map(|root| &root.value) {
        Some(Value::Object) => check.schema(0, 0),
        _ => check.error(
            0,
            "A schema is an object, such as `{\"type\": \"object\", …}`.".to_owned(),
        ),
    }
    if check.properties > MAX_PROPERTIES {
        check.error(
            0,
            format!(
                "The schema has {} properties; at most {MAX_PROPERTIES} are taken.",
                check.properties
            ),
        );
    }
    check.circles();
    let mut problems = check.problems;
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.truncate(MAX_PROBLEMS);
    problems
}

struct Check<'a> {
    text: &'a str,
    tree: &'a Tree,
    problems: Vec<Problem>,
    properties: usize,
}

impl<'a> Check<'a> {
    fn node(&self, node: usize) -> &'a Node {
        &self.tree.nodes()[node]
    }

    fn error(&mut self, node: usize, message: String) {
        self.add(node, Severity::Error, message);
    }

    fn add(&mut self, node: usize, severity: Severity, message: String) {
        if self.problems.len() > MAX_PROBLEMS {
            return;
        }
        let (line, column) = place(self.text, self.node(node).at);
        self.problems.push(Problem {
            line,
            column,
            pointer: self.tree.pointer(node),
            severity,
            message,
        });
    }

    /// A name that stands twice in an object: readers take one and drop the other.
    fn names(&mut self) {
        for (index, node) in self.tree.nodes().iter().enumerate() {
            if node.value != Value::Object {
                continue;
            }
            let mut seen = HashSet::new();
            for child in self.tree.children(index) {
                let key = self.node(child).key.as_deref().unwrap_or_default();
                if !seen.insert(key) {
                    self.error(child, format!("`{key}` stands twice in this object."));
                }
            }
        }
    }

    /// A value where a schema must be.
    fn schema(&mut self, node: usize, level: usize) {
        match &self.node(node).value {
            Value::Object => {}
            Value::Word(word) if word != "null" => return,
            _ => {
                return self.error(
                    node,
                    "Here must be a schema: an object, `true` or `false`.".to_owned(),
                );
            }
        }
        if level > MAX_LEVELS {
            return self.error(
                node,
                format!("Schemas are nested more than {MAX_LEVELS} levels deep."),
            );
        }
        for child in self.tree.children(node) {
            let name = self.node(child).key.as_deref().unwrap_or_default();
            match keywords::kind(name) {
                Some(kind) => self.keyword(name, kind, child, level),
                None => {
                    let hint = keywords::nearest(name)
                        .map(|near| format!(" Did you mean `{near}`?"))
                        .unwrap_or_default();
                    self.add(
                        child,
                        Severity::Note,
                        format!(
                            "`{name}` is no keyword of JSON Schema, so it changes nothing.{hint}"
                        ),
                    );
                }
            }
            if name == "$id" && level > 0 {
                self.error(
                    child,
                    "Only the outermost schema may have an `$id`.".to_owned(),
                );
            }
        }
        self.bounds(node);
    }

    fn keyword(&mut self, name: &str, kind: Kind, node: usize, level: usize) {
        let value = &self.node(node).value;
        match kind {
            Kind::Schema => self.schema(node, level + 1),
            Kind::Schemas => match value {
                Value::Object => {
                    if name == "properties" {
                        self.properties += self.node(node).len;
                    }
                    for child in self.tree.children(node) {
                        self.schema(child, level + 1);
                    }
                }
                _ => self.error(node, format!("`{name}` must be an object of schemas.")),
            },
            Kind::SchemaList => self.schema_list(name, node, level),
            Kind::SchemaOrList if *value == Value::Array => self.schema_list(name, node, level),
            Kind::SchemaOrList => self.schema(node, level + 1),
            Kind::Type => self.types(node),
            Kind::Enum => match value {
                Value::Array if self.node(node).len > 0 => {}
                _ => self.error(
                    node,
                    "`enum` must be a list of at least one value.".to_owned(),
                ),
            },
            Kind::Names => self.name_list(name, node),
            Kind::Ref => self.reference(node),
            Kind::Count if !matches!(value, Value::Number(text) if is_count(text)) => {
                self.error(node, format!("`{name}` must be a whole number, 0 or more."));
            }
            Kind::Number if !matches!(value, Value::Number(_)) => {
                self.error(node, format!("`{name}` must be a number."));
            }
            Kind::Text if !matches!(value, Value::String(_)) => {
                self.error(node, format!("`{name}` must be a text in double quotes."));
            }
            Kind::Flag if !matches!(value, Value::Word(word) if word != "null") => {
                self.error(node, format!("`{name}` must be `true` or `false`."));
            }
            Kind::Dynamic => self.error(
                node,
                format!("`{name}` is not followed here; use `$ref` to a schema in `$defs`."),
            ),
            Kind::Count | Kind::Number | Kind::Text | Kind::Flag | Kind::Any => {}
        }
    }

    fn schema_list(&mut self, name: &str, node: usize, level: usize) {
        if self.node(node).value != Value::Array || self.node(node).len == 0 {
            return self.error(
                node,
                format!("`{name}` must be a list of at least one schema."),
            );
        }
        for child in self.tree.children(node) {
            self.schema(child, level + 1);
        }
    }

    fn types(&mut self, node: usize) {
        let names: Vec<usize> = match self.node(node).value {
            Value::Array if self.node(node).len > 0 => self.tree.children(node).collect(),
            _ => vec![node],
        };
        for name in names {
            match &self.node(name).value {
                Value::String(text) if keywords::TYPES.contains(&text.as_str()) => {}
                Value::String(text) => self.error(
                    name,
                    format!(
                        "`{text}` is no type; there are {}.",
                        keywords::TYPES.join(", ")
                    ),
                ),
                _ => self.error(
                    name,
                    "`type` must be the name of a type or a list of such names.".to_owned(),
                ),
            }
        }
    }

    fn name_list(&mut self, name: &str, node: usize) {
        let is_list = self.node(node).value == Value::Array;
        let mut seen = HashSet::new();
        for child in self.tree.children(node).filter(|_| is_list) {
            match &self.node(child).value {
                Value::String(text) if seen.insert(text.as_str()) => {}
                Value::String(text) => {
                    self.error(child, format!("`{text}` stands twice in `{name}`."))
                }
                _ => self.error(child, format!("`{name}` must be a list of names.")),
            }
        }
        if !is_list {
            self.error(node, format!("`{name}` must be a list of names."));
        }
    }

    fn reference(&mut self, node: usize) {
        let Value::String(target) = &self.node(node).value else {
            return self.error(
                node,
                "`$ref` must be a text such as `#/$defs/name`.".to_owned(),
            );
        };
        match target.strip_prefix('#') {
            Some(pointer) if pointer.is_empty() || pointer.starts_with('/') => {
                if self.tree.find(pointer).is_none() {
                    self.error(node, format!("`{target}` leads nowhere in this schema."));
                }
            }
            _ => self.error(
                node,
                format!("`{target}` leads out of this schema; only `#` and `#/…` are followed."),
            ),
        }
    }

    /// A lower bound above its upper one: no value fits.
    fn bounds(&mut self, node: usize) {
        for (least, most) in [
            ("minLength", "maxLength"),
            ("minItems", "maxItems"),
            ("minProperties", "maxProperties"),
            ("minimum", "maximum"),
        ] {
            let number = |name| {
                let child = self.tree.member(node, name)?;
                match &self.node(child).value {
                    Value::Number(text) => Some((child, text.parse::<f64>().ok()?)),
                    _ => None,
                }
            };
            if let (Some((at, low)), Some((_, high))) = (number(least), number(most))
                && low > high
            {
                self.error(at, format!("`{least}` is above `{most}`, so nothing fits."));
            }
        }
    }

    /// Schemas that come back to themselves without a step into the value: whoever follows them never ends.
    fn circles(&mut self) {
        let steps: HashMap<usize, Vec<usize>> = (0..self.tree.nodes().len())
            .filter(|node| self.node(*node).value == Value::Object)
            .map(|node| (node, self.applied(node)))
            .filter(|(_, next)| !next.is_empty())
            .collect();
        let mut starts: Vec<usize> = steps.keys().copied().collect();
        starts.sort_unstable();
        let mut done = HashSet::new();
        for start in starts {
            // The schemas on the way here, each with the steps from it that are still to be taken.
            let mut way: Vec<(usize, &[usize])> = vec![(start, &steps[&start])];
            while let Some((node, rest)) = way.last_mut() {
                let node = *node;
                let Some((next, others)) = rest.split_first() else {
                    done.insert(node);
                    way.pop();
                    continue;
                };
                *rest = others;
                if way.iter().any(|(before, _)| before == next) {
                    let at = self.tree.member(node, "$ref").unwrap_or(node);
                    return self.error(at, "This reference leads back to itself without going into a property or an item, so it never ends.".to_owned());
                }
                if let Some(further) = steps.get(next).filter(|_| !done.contains(next)) {
                    way.push((*next, further));
                }
            }
        }
    }

    /// The schemas that apply to the same value as this one.
    fn applied(&self, schema: usize) -> Vec<usize> {
        let mut applied = Vec::new();
        for child in self.tree.children(schema) {
            let name = self.node(child).key.as_deref().unwrap_or_default();
            match name {
                "$ref" => {
                    if let Value::String(target) = &self.node(child).value {
                        applied.extend(target.strip_prefix('#').and_then(|to| self.tree.find(to)));
                    }
                }
                "allOf" | "anyOf" | "oneOf" | "dependentSchemas" => {
                    applied.extend(self.tree.children(child));
                }
                "not" | "if" | "then" | "else" => applied.push(child),
                _ => {}
            }
        }
        applied
    }
}

fn is_count(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() < 10
}

#[cfg(test)]
mod tests;
