//! Lists and objects as rules of a grammar.

use super::{Grammar, MAX_REPEAT, literal};
use crate::model::schema::json::Json;

impl Grammar<'_> {
    /// A list of what its items are, as long as its bounds say.
    pub(super) fn array(&mut self, schema: &Json, level: usize) -> Result<String, String> {
        let bound = |name| schema.get(name).and_then(Json::as_u64);
        let (least, most) = (bound("minItems").unwrap_or(0), bound("maxItems"));
        if least > MAX_REPEAT {
            return Err(format!("a list of at least {least} items is too long"));
        }
        if let Some(Json::Array(items)) = schema.get("prefixItems") {
            let items: Result<Vec<_>, _> = items
                .iter()
                .map(|item| self.expression(item, level + 1))
                .collect();
            return Ok(format!(
                "\"[\" ws {} ws \"]\"",
                items?.join(" ws \",\" ws ")
            ));
        }
        let item = match schema.get("items") {
            Some(item) => self.expression(item, level + 1)?,
            None => "value".to_owned(),
        };
        let item = self.rule(item);
        if most == Some(0) {
            return Ok("\"[\" ws \"]\"".to_owned());
        }
        let more = match (
            least.saturating_sub(1),
            most.map(|most| (most - 1).min(MAX_REPEAT)),
        ) {
            (0, None) => "*".to_owned(),
            (low, None) => format!("{{{low},}}"),
            (low, Some(high)) => format!("{{{low},{}}}", high.max(low)),
        };
        let list = format!("{item} (ws \",\" ws {item}){more}");
        Ok(match least {
            0 => format!("\"[\" ws ({list} ws)? \"]\""),
            _ => format!("\"[\" ws {list} ws \"]\""),
        })
    }

    /// Properties in their order; each that is not required may be left out.
    pub(super) fn object(&mut self, schema: &Json, level: usize) -> Result<String, String> {
        let properties = schema
            .get("properties")
            .map(Json::members)
            .unwrap_or_default();
        if properties.is_empty() {
            return self.map(schema, level);
        }
        let required = schema.get("required").map(Json::items).unwrap_or_default();
        let mut pairs = Vec::new();
        for (name, value) in properties {
            let value = self.expression(value, level + 1)?;
            let name_text = literal(&Json::text(name).compact());
            let pair = self.rule(format!("{name_text} ws \":\" ws {value}"));
            pairs.push((
                pair,
                required.iter().any(|item| item.as_str() == Some(name)),
            ));
        }
        // What may follow is a rule of its own for each place: with the comma, where something came before.
        let (mut begins, mut goes_on) = (String::new(), String::new());
        for (pair, is_required) in pairs.iter().rev() {
            let first = [pair.as_str(), goes_on.as_str()]
                .join(" ")
                .trim_end()
                .to_owned();
            let next = format!("ws \",\" ws {first}");
            if *is_required {
                begins = self.rule(first);
                goes_on = self.rule(next);
            } else {
                begins = self.rule(format!("{first} | {}", or_nothing(&begins)));
                goes_on = self.rule(format!("{next} | {}", or_nothing(&goes_on)));
            }
        }
        Ok(format!("\"{{\" ws {begins} ws \"}}\""))
    }

    /// An object of which only the values are known.
    fn map(&mut self, schema: &Json, level: usize) -> Result<String, String> {
        match schema.get("additionalProperties") {
            Some(Json::Word(word)) if word == "false" => Ok("\"{\" ws \"}\"".to_owned()),
            Some(value @ Json::Object(_)) => {
                let value = self.expression(value, level + 1)?;
                let pair = self.rule(format!("string ws \":\" ws {value}"));
                Ok(format!(
                    "\"{{\" ws ({pair} (ws \",\" ws {pair})* ws)? \"}}\""
                ))
            }
            _ => Ok("object".to_owned()),
        }
    }
}

/// A rule, or the empty text.
fn or_nothing(rule: &str) -> &str {
    match rule {
        "" => "\"\"",
        rule => rule,
    }
}
