//! What providers ask of a schema that they hold a model to exactly, and how a schema is made so.
//!
//! The rules are those of OpenAI's structured outputs: <https://platform.openai.com/docs/guides/structured-outputs>.

use super::{Problem, Severity, json::Json, place, tree::Tree};

mod fix;
pub use fix::make_strict;

/// Keywords that a strict schema cannot have.
const UNSUPPORTED: [&str; 24] = [
    "allOf",
    "oneOf",
    "not",
    "if",
    "then",
    "else",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "patternProperties",
    "propertyNames",
    "minProperties",
    "maxProperties",
    "unevaluatedProperties",
    "unevaluatedItems",
    "contains",
    "minContains",
    "maxContains",
    "uniqueItems",
    "minLength",
    "maxLength",
    "prefixItems",
    "default",
    "additionalItems",
];
/// Formats of texts that a strict schema can have.
const FORMATS: [&str; 9] = [
    "date-time",
    "time",
    "date",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "uuid",
];
/// Deepest nesting of objects.
const MAX_LEVELS: usize = 10;
/// Most values of all `enum`s together.
const MAX_ENUM_VALUES: usize = 1_000;
/// Most characters of all names, `enum` values and `const` values together.
const MAX_NAME_CHARS: usize = 120_000;

/// What keeps a provider from holding a model to this schema exactly, at its line; nothing for a text that is no schema
/// at all, of which [`super::check()`] tells.
#[must_use]
pub fn strict_problems(text: &str) -> Vec<Problem> {
    let Ok(tree) = Tree::parse(text) else {
        return Vec::new();
    };
    let mut rules = Rules::default();
    let root = Json::of(&tree, 0);
    if root.get("anyOf").is_some() || root.get("type").and_then(Json::as_str) != Some("object") {
        rules.tell(
            "",
            "The outermost schema must have `\"type\": \"object\"` and no `anyOf`.",
        );
    }
    rules.schema(&root, "", 1);
    if rules.enum_values > MAX_ENUM_VALUES {
        rules.tell(
            "",
            &format!("All `enum`s together have more than {MAX_ENUM_VALUES} values."),
        );
    }
    if rules.name_chars > MAX_NAME_CHARS {
        rules.tell(
            "",
            &format!("All names together have more than {MAX_NAME_CHARS} characters."),
        );
    }
    let at = |pointer: &str| {
        let node = tree
            .nearest(pointer)
            .and_then(|node| tree.nodes().get(node));
        place(text, node.map_or(0, |node| node.at))
    };
    let mut problems: Vec<Problem> = rules
        .problems
        .into_iter()
        .map(|(pointer, message)| {
            let (line, column) = at(&pointer);
            Problem {
                line,
                column,
                pointer,
                severity: Severity::Strict,
                message,
            }
        })
        .collect();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems
}

#[derive(Default)]
struct Rules {
    problems: Vec<(String, String)>,
    enum_values: usize,
    name_chars: usize,
}

impl Rules {
    fn tell(&mut self, pointer: &str, message: &str) {
        self.problems.push((pointer.to_owned(), message.to_owned()));
    }

    fn schema(&mut self, schema: &Json, pointer: &str, level: usize) {
        if !matches!(schema, Json::Object(_)) {
            return self.tell(
                pointer,
                "`true` and `false` are no schemas here; write what the value is.",
            );
        }
        if level > MAX_LEVELS {
            return self.tell(
                pointer,
                &format!("Objects are nested more than {MAX_LEVELS} levels deep."),
            );
        }
        self.keywords(schema, pointer);
        if is_object(schema) {
            self.object(schema, pointer);
        }
        for (pointer, inner, deeper) in inner_schemas(schema, pointer) {
            self.schema(inner, &pointer, level + usize::from(deeper));
        }
    }

    fn keywords(&mut self, schema: &Json, pointer: &str) {
        for (name, value) in schema.members() {
            let at = format!("{pointer}/{name}");
            if UNSUPPORTED.contains(&name.as_str()) {
                self.tell(&at, &format!("`{name}` is not taken."));
            }
            if name == "format"
                && !value
                    .as_str()
                    .is_some_and(|format| FORMATS.contains(&format))
            {
                self.tell(
                    &at,
                    &format!("Only these formats are taken: {}.", FORMATS.join(", ")),
                );
            }
            if name == "enum" {
                self.enum_values += value.items().len();
                self.name_chars += value
                    .items()
                    .iter()
                    .filter_map(Json::as_str)
                    .map(str::len)
                    .sum::<usize>();
            }
        }
        let is_ref = schema.get("$ref").is_some();
        if is_ref && pointer.is_empty() {
            self.tell("/$ref", "The outermost schema cannot be a reference.");
        } else if is_ref && schema.members().iter().any(|(name, _)| name != "$ref") {
            self.tell(
                &format!("{pointer}/$ref"),
                "Nothing may stand beside a `$ref`.",
            );
        }
        let says_what = ["type", "$ref", "anyOf", "enum", "const", "allOf", "oneOf"];
        if !says_what.iter().any(|name| schema.get(name).is_some()) {
            self.tell(pointer, "It does not say what it is; give it a `type`.");
        }
        if schema.get("type").and_then(Json::as_str) == Some("array")
            && schema.get("items").is_none()
        {
            self.tell(pointer, "A list must say what its `items` are.");
        }
    }

    fn object(&mut self, schema: &Json, pointer: &str) {
        if !schema
            .get("additionalProperties")
            .is_some_and(|value| value.is_word("false"))
        {
            self.tell(
                pointer,
                "An object must have `\"additionalProperties\": false`.",
            );
        }
        let required = schema.get("required").map(Json::items).unwrap_or_default();
        let properties = schema
            .get("properties")
            .map(Json::members)
            .unwrap_or_default();
        for (name, _) in properties {
            self.name_chars += name.len();
            if !required.iter().any(|item| item.as_str() == Some(name)) {
                self.tell(
                    &format!("{pointer}/properties/{}", escaped(name)),
                    &format!("`{name}` must stand in `required`; what may be missing may be `null` instead."),
                );
            }
        }
        for name in required.iter().filter_map(Json::as_str) {
            if !properties.iter().any(|(property, _)| property == name) {
                self.tell(
                    &format!("{pointer}/required"),
                    &format!("`{name}` is required, and no such property is described."),
                );
            }
        }
    }
}

/// Whether a schema is one of objects.
fn is_object(schema: &Json) -> bool {
    match schema.get("type") {
        Some(Json::String(name)) => name == "object",
        Some(Json::Array(names)) => names.iter().any(|name| name.as_str() == Some("object")),
        _ => schema.get("properties").is_some(),
    }
}

/// A step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The schemas in a schema: where they are, they, and whether they are of a value inside this one's.
fn inner_schemas<'a>(schema: &'a Json, pointer: &str) -> Vec<(String, &'a Json, bool)> {
    let mut inner = Vec::new();
    for (name, value) in schema.members() {
        let at = format!("{pointer}/{name}");
        match (name.as_str(), value) {
            ("properties", Json::Object(members)) => {
                inner.extend(
                    members
                        .iter()
                        .map(|(key, value)| (format!("{at}/{}", escaped(key)), value, true)),
                );
            }
            ("$defs" | "definitions", Json::Object(members)) => {
                inner.extend(
                    members
                        .iter()
                        .map(|(key, value)| (format!("{at}/{}", escaped(key)), value, false)),
                );
            }
            ("anyOf" | "oneOf" | "allOf", Json::Array(items)) => {
                inner.extend(
                    items
                        .iter()
                        .enumerate()
                        .map(|(index, value)| (format!("{at}/{index}"), value, false)),
                );
            }
            ("items", value @ Json::Object(_)) => inner.push((at, value, true)),
            _ => {}
        }
    }
    inner
}
