//! From a JSON schema to a grammar in llama.cpp's notation (GBNF), so that a model can write nothing but JSON of that shape.
//!
//! A grammar sees one token after the other, so what can only be judged in the end (a pattern, unique items, exact bounds of
//! numbers) is left to the validation of the whole answer. Properties come in the order of the schema.

mod containers;
mod scalars;

use crate::model::schema::json::Json;
use std::{collections::BTreeMap, fmt::Write};

/// Most rules of a grammar; llama.cpp slows down with their number.
const MAX_RULES: usize = 2_000;
/// Longest grammar, in bytes.
const MAX_BYTES: usize = 200_000;
/// Most repetitions that are counted; llama.cpp writes each of them out.
const MAX_REPEAT: u64 = 200;

/// What every grammar may use. White space is short, because small models lose themselves in it.
const BASICS: &str = r#"ws ::= | " " | "\n" [ \t]{0,12}
char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
string ::= "\"" char* "\""
whole ::= "0" | [1-9] [0-9]{0,15}
integer ::= "-"? whole
number ::= "-"? whole ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,3})?
boolean ::= "true" | "false"
null ::= "null"
value ::= object | array | string | number | boolean | null
object ::= "{" ws ( string ws ":" ws value ( ws "," ws string ws ":" ws value )* ws )? "}"
array ::= "[" ws ( value ( ws "," ws value )* ws )? "]"
"#;

/// The grammar of any JSON object.
pub fn any_object() -> String {
    format!("root ::= object\n{BASICS}")
}

/// The grammar of a schema.
///
/// # Errors
/// A sentence about what in it no grammar can say.
pub fn of_schema(text: &str) -> Result<String, String> {
    let schema = Json::parse(text).map_err(|fault| fault.message)?;
    let mut grammar = Grammar {
        schema: &schema,
        rules: BTreeMap::new(),
        references: BTreeMap::new(),
        bytes: 0,
    };
    let root = grammar.expression(&schema, 0)?;
    let mut text = format!("root ::= {root}\n");
    for (name, rule) in &grammar.rules {
        let _ = writeln!(text, "{name} ::= {rule}");
    }
    text.push_str(BASICS);
    Ok(text)
}

struct Grammar<'a> {
    schema: &'a Json,
    rules: BTreeMap<String, String>,
    /// The rules of what is referred to, by pointer.
    references: BTreeMap<String, String>,
    bytes: usize,
}

impl Grammar<'_> {
    /// An expression that can stand anywhere in a rule.
    fn expression(&mut self, schema: &Json, level: usize) -> Result<String, String> {
        if level > 64 || self.rules.len() > MAX_RULES || self.bytes > MAX_BYTES {
            return Err("it is too large".to_owned());
        }
        match schema {
            Json::Word(word) if word == "true" => return Ok("value".to_owned()),
            Json::Object(members) if members.is_empty() => return Ok("value".to_owned()),
            Json::Object(_) => {}
            _ => return Err("a part of it allows nothing at all".to_owned()),
        }
        if let Some(target) = schema.get("$ref").and_then(Json::as_str) {
            return self.reference(target, level);
        }
        if let Some(value) = schema.get("const") {
            return Ok(literal(&value.compact()));
        }
        if let Some(Json::Array(values)) = schema.get("enum") {
            let options = values.iter().map(|value| literal(&value.compact()));
            return Ok(alternatives(options.collect()));
        }
        for name in ["anyOf", "oneOf"] {
            if let Some(Json::Array(options)) = schema.get(name) {
                let options: Result<Vec<_>, _> = options
                    .iter()
                    .map(|option| self.expression(&beside(schema, option), level + 1))
                    .collect();
                return options.map(alternatives);
            }
        }
        if let Some(Json::Array(parts)) = schema.get("allOf") {
            let whole = self.together(schema, parts)?;
            return self.expression(&whole, level + 1);
        }
        if schema.get("not").is_some() && schema.get("type").is_none() {
            return Err("`not` cannot be written as a grammar".to_owned());
        }
        self.typed(schema, level)
    }

    fn typed(&mut self, schema: &Json, level: usize) -> Result<String, String> {
        match schema.get("type") {
            Some(Json::Array(names)) => {
                let names = names.iter().filter_map(Json::as_str);
                let options: Result<Vec<_>, _> = names
                    .map(|name| self.of_type(name, schema, level))
                    .collect();
                options.map(alternatives)
            }
            Some(Json::String(name)) => self.of_type(name, schema, level),
            _ if schema.get("properties").is_some() => self.of_type("object", schema, level),
            _ if schema.get("items").is_some() => self.of_type("array", schema, level),
            _ => Ok("value".to_owned()),
        }
    }

    fn of_type(&mut self, name: &str, schema: &Json, level: usize) -> Result<String, String> {
        match name {
            "string" => Ok(scalars::text(schema)),
            "integer" | "number" => Ok(scalars::number(name, schema)),
            "boolean" | "null" => Ok(name.to_owned()),
            "array" => self.array(schema, level),
            "object" => self.object(schema, level),
            other => Err(format!("`{other}` is no type")),
        }
    }

    /// A schema that is referred to becomes a rule, so that it may refer to itself.
    fn reference(&mut self, target: &str, level: usize) -> Result<String, String> {
        if let Some(rule) = self.references.get(target) {
            return Ok(rule.clone());
        }
        let schema = self.target(target)?.clone();
        let rule = format!("ref-{}", self.references.len());
        self.references.insert(target.to_owned(), rule.clone());
        let expression = self.expression(&schema, level + 1)?;
        self.add(rule.clone(), expression);
        Ok(rule)
    }

    /// Schemas that all apply, as one: properties together; where they say different things, a grammar cannot.
    fn together(&self, schema: &Json, parts: &[Json]) -> Result<Json, String> {
        let mut merged = schema.clone();
        merged.take("allOf");
        for part in parts {
            let target = part.get("$ref").and_then(Json::as_str);
            let part = match target {
                Some(target) => self.target(target)?,
                None => part,
            };
            for (name, value) in part.members() {
                let value = match (merged.get(name), value) {
                    (Some(Json::Object(own)), Json::Object(more)) => {
                        Json::Object(own.iter().chain(more).cloned().collect())
                    }
                    (Some(Json::Array(own)), Json::Array(more)) if name == "required" => {
                        Json::Array(own.iter().chain(more).cloned().collect())
                    }
                    (Some(own), value) if own != value && !is_remark(name) => {
                        return Err("the parts of an `allOf` say different things".to_owned());
                    }
                    (_, value) => value.clone(),
                };
                merged.set(name, value);
            }
        }
        Ok(merged)
    }

    /// The schema that a reference leads to.
    fn target(&self, target: &str) -> Result<&Json, String> {
        let found = target
            .strip_prefix('#')
            .and_then(|pointer| self.schema.at(pointer));
        found.ok_or_else(|| format!("`{target}` leads nowhere"))
    }

    fn add(&mut self, name: String, rule: String) {
        self.bytes += rule.len();
        self.rules.insert(name, rule);
    }

    /// A rule of its own for an expression, so that none is written twice.
    fn rule(&mut self, expression: String) -> String {
        let name = format!("r-{}", self.rules.len());
        self.add(name.clone(), expression);
        name
    }
}

fn alternatives(options: Vec<String>) -> String {
    format!("({})", options.join(" | "))
}

/// A text of the grammar's notation that stands for exactly these characters.
fn literal(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\r' => literal.push_str("\\r"),
            '\t' => literal.push_str("\\t"),
            _ => literal.push(character),
        }
    }
    literal.push('"');
    literal
}

/// An alternative together with what its schema says beside the alternatives.
fn beside(schema: &Json, option: &Json) -> Json {
    let (Json::Object(_), Json::Object(own)) = (schema, option) else {
        return option.clone();
    };
    let mut merged = Json::Object(own.clone());
    for (name, value) in schema.members() {
        if matches!(name.as_str(), "type" | "properties" | "required" | "items")
            && option.get(name).is_none()
            && option.get("$ref").is_none()
        {
            merged.set(name, value.clone());
        }
    }
    merged
}

fn is_remark(name: &str) -> bool {
    matches!(name, "title" | "description" | "$comment" | "examples")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_come_in_order_and_only_the_required_must() {
        let grammar = of_schema(r#"{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"integer"}},"required":["a"]}"#)
            .expect("a grammar");
        assert!(grammar.starts_with("root ::= \"{\" ws r-"), "{grammar}");
        let b = grammar.find(r#""\"b\"""#).expect("b");
        assert!(b < grammar.find(r#""\"a\"""#).expect("a"));
    }

    #[test]
    fn a_schema_that_refers_to_itself_is_a_rule_that_does() {
        let grammar = of_schema(r##"{"$defs":{"n":{"type":"object","properties":{"next":{"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"}]}},"required":["next"]}},"$ref":"#/$defs/n"}"##)
            .expect("a grammar");
        assert!(grammar.contains("root ::= ref-0"), "{grammar}");
        assert!(grammar.contains("(ref-0 | null)"), "{grammar}");
    }

    #[test]
    fn what_no_grammar_can_say_is_refused_in_words() {
        for schema in [
            r#"{"not":{"type":"string"}}"#,
            r#"{"properties":{"a":false},"required":["a"]}"#,
            r#"{"type":"array","minItems":100000}"#,
            r#"{"allOf":[{"type":"string"},{"type":"integer"}]}"#,
        ] {
            assert!(of_schema(schema).is_err(), "{schema}");
        }
    }
}
