//! A schema made from an example of what is wanted.

use super::{json::Json, tree::Fault};

/// What is known of a value from its examples.
#[derive(Clone, Debug, Default, PartialEq)]
struct Shape {
    is_null: bool,
    is_bool: bool,
    is_whole: bool,
    is_fraction: bool,
    /// The texts that were seen, as long as they are few.
    texts: Vec<String>,
    items: Option<Box<Shape>>,
    object: Option<Object>,
}

/// What is known of objects: each property with the number of examples that had it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Object {
    seen: usize,
    properties: Vec<(String, usize, Shape)>,
}

/// Texts of one place that are looked at.
const MAX_TEXTS: usize = 50;

/// The schema of which a JSON text is an example, as text: every property that all examples of a place have is required,
/// nothing else may come.
///
/// # Errors
/// Where and why the example is no JSON.
pub fn from_example(text: &str) -> Result<String, Fault> {
    let example = Json::parse(text)?;
    let mut shape = Shape::default();
    shape.see(&example);
    Ok(shape.schema().pretty())
}

impl Shape {
    fn see(&mut self, value: &Json) {
        match value {
            Json::Word(word) if word == "null" => self.is_null = true,
            Json::Word(_) => self.is_bool = true,
            Json::Number(text) if text.contains(['.', 'e', 'E']) => self.is_fraction = true,
            Json::Number(_) => self.is_whole = true,
            Json::String(text) => {
                if self.texts.len() < MAX_TEXTS {
                    self.texts.push(text.clone());
                }
            }
            Json::Array(items) => {
                let shape = self.items.get_or_insert_default();
                for item in items {
                    shape.see(item);
                }
            }
            Json::Object(members) => {
                let object = self.object.get_or_insert_default();
                object.seen += 1;
                for (name, value) in members {
                    object.see(name, value);
                }
            }
        }
    }

    fn schema(&self) -> Json {
        let mut options = self.options();
        match options.len() {
            // An empty list tells nothing of its items.
            0 => Json::object().with("type", Json::text("string")),
            1 => options.remove(0),
            _ => {
                let plain: Option<Vec<&str>> = options
                    .iter()
                    .map(|option| {
                        (option.members().len() == 1).then(|| option.get("type")?.as_str())?
                    })
                    .collect();
                if let Some(types) = plain {
                    return Json::object().with("type", Json::texts(types));
                }
                if let (2, true) = (options.len(), self.is_null) {
                    return nullable(options.remove(0));
                }
                Json::object().with("anyOf", Json::Array(options))
            }
        }
    }

    /// One schema for each kind of value that was seen; `null` last.
    fn options(&self) -> Vec<Json> {
        let of = |name| Json::object().with("type", Json::text(name));
        let mut options = Vec::new();
        if !self.texts.is_empty() {
            let text = of("string");
            options.push(match format(&self.texts) {
                Some(format) => text.with("format", Json::text(format)),
                None => text,
            });
        }
        if self.is_fraction {
            options.push(of("number"));
        } else if self.is_whole {
            options.push(of("integer"));
        }
        if self.is_bool {
            options.push(of("boolean"));
        }
        if let Some(items) = &self.items {
            options.push(of("array").with("items", items.schema()));
        }
        if let Some(object) = &self.object {
            options.push(object.schema());
        }
        if self.is_null {
            options.push(of("null"));
        }
        options
    }
}

impl Object {
    fn see(&mut self, name: &str, value: &Json) {
        let index = self.properties.iter().position(|(known, ..)| known == name);
        let index = index.unwrap_or_else(|| {
            self.properties.push((name.to_owned(), 0, Shape::default()));
            self.properties.len() - 1
        });
        let (_, count, shape) = &mut self.properties[index];
        *count += 1;
        shape.see(value);
    }

    fn schema(&self) -> Json {
        let properties = self
            .properties
            .iter()
            .map(|(name, _, shape)| (name.clone(), shape.schema()));
        let in_all = self
            .properties
            .iter()
            .filter(|(_, count, _)| *count == self.seen);
        Json::object()
            .with("type", Json::text("object"))
            .with("properties", Json::Object(properties.collect()))
            .with(
                "required",
                Json::texts(in_all.map(|(name, ..)| name.as_str())),
            )
            .with("additionalProperties", Json::bool(false))
    }
}

/// A schema of one type that takes `null` as well.
fn nullable(mut schema: Json) -> Json {
    if let Some(name) = schema.get("type").and_then(Json::as_str).map(str::to_owned) {
        schema.set("type", Json::texts([name.as_str(), "null"]));
    }
    schema
}

/// The format that all texts have.
fn format(texts: &[String]) -> Option<&'static str> {
    let all = |is: fn(&str) -> bool| texts.iter().all(|text| is(text));
    if all(is_date_time) {
        Some("date-time")
    } else if all(is_date) {
        Some("date")
    } else if all(is_uuid) {
        Some("uuid")
    } else {
        all(is_email).then_some("email")
    }
}

/// Whether a text has digits where the pattern has `0`, and everything else as the pattern has it.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, like)| match like {
                b'0' => byte.is_ascii_digit(),
                b'x' => byte.is_ascii_hexdigit(),
                like => byte == like,
            })
}

fn is_date(text: &str) -> bool {
    is_like(text, "0000-00-00")
}

fn is_date_time(text: &str) -> bool {
    let Some((seconds, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
        return false;
    };
    let zone = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let is_zone = zone == "Z" || is_like(zone, "+00:00") || is_like(zone, "-00:00");
    is_like(seconds, "0000-00-00T00:00:00") && is_zone
}

fn is_uuid(text: &str) -> bool {
    is_like(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !text.contains(char::is_whitespace)
            && !host.contains('@')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::schema::{check, strict::strict_problems};

    fn schema(example: &str) -> Json {
        let text = from_example(example).expect("JSON");
        assert_eq!(check(&text), [], "{text}");
        Json::parse(&text).expect("JSON")
    }

    #[test]
    fn an_example_becomes_a_strict_schema_in_its_order() {
        let text = from_example(
            r#"{"title":"x","at":"2026-01-31","tags":["a"],"price":9.5,"count":2,"ok":true}"#,
        )
        .expect("JSON");
        assert_eq!(strict_problems(&text), []);
        let schema = Json::parse(&text).expect("JSON");
        let names: Vec<_> = schema
            .get("properties")
            .expect("some")
            .members()
            .iter()
            .map(|(name, _)| name.as_str())
            .collect();
        assert_eq!(names, ["title", "at", "tags", "price", "count", "ok"]);
        assert_eq!(
            schema.at("/properties/at/format"),
            Some(&Json::text("date"))
        );
        assert_eq!(
            schema.at("/properties/price/type"),
            Some(&Json::text("number"))
        );
        assert_eq!(
            schema.at("/properties/count/type"),
            Some(&Json::text("integer"))
        );
    }

    #[test]
    fn several_items_of_a_list_are_taken_together() {
        let schema = schema(r#"[{"a":1,"b":"x"},{"a":1.5,"c":null},{"a":2,"b":null}]"#);
        let item = schema.get("items").expect("items");
        assert_eq!(item.get("required"), Some(&Json::texts(["a"])));
        assert_eq!(item.at("/properties/a/type"), Some(&Json::text("number")));
        assert_eq!(
            item.at("/properties/b/type"),
            Some(&Json::texts(["string", "null"]))
        );
    }

    #[test]
    fn an_object_or_null_may_be_null_and_other_mixtures_are_alternatives() {
        let schema = schema(r#"[[{"a":1},null],["x",{"b":2}]]"#);
        let items = schema.at("/items/items/anyOf").expect("alternatives");
        assert_eq!(items.items().len(), 3);
        let two = from_example(r#"[{"a":1},null]"#).expect("JSON");
        assert!(two.contains(r#""type": ["object", "null"]"#), "{two}");
    }

    #[test]
    fn a_format_is_taken_only_where_all_agree() {
        assert_eq!(
            format(&["a@b.de".to_owned(), "c@d.org".to_owned()]),
            Some("email")
        );
        assert_eq!(format(&["2026-01-01".to_owned(), "soon".to_owned()]), None);
        assert_eq!(
            format(&["2026-01-01T10:00:00.5+02:00".to_owned()]),
            Some("date-time")
        );
    }

    #[test]
    fn an_example_that_is_no_json_is_told_where() {
        assert_eq!(
            from_example("{\"a\": }").map_err(|fault| fault.offset),
            Err(6)
        );
    }
}
