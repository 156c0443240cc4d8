//! Making a schema strict: the same meaning where that can be, in words where it cannot.

use super::{FORMATS, UNSUPPORTED, is_object};
use crate::model::schema::json::Json;

/// The schema with everything mended that can be, as text; `None` for a text that is no JSON object.
///
/// What may be missing becomes required and may be `null`; `oneOf` becomes `anyOf`; `allOf` of objects becomes one object;
/// a limit that is not taken is kept in the description, where a model still reads it.
#[must_use]
pub fn make_strict(text: &str) -> Option<String> {
    let mut root = Json::parse(text).ok()?;
    if !matches!(root, Json::Object(_)) {
        return None;
    }
    schema(&mut root);
    let is_plain = is_object(&root)
        && root.get("anyOf").is_none()
        && root.get("type").and_then(Json::as_str).is_some();
    let root = match is_plain {
        true => root,
        false => wrap(root),
    };
    Some(root.pretty())
}

/// An object around a schema of something else; what it refers to stays at the root.
fn wrap(mut inner: Json) -> Json {
    let definitions: Vec<_> = ["$defs", "definitions"]
        .into_iter()
        .filter_map(|name| Some((name, inner.take(name)?)))
        .collect();
    let name = match inner.get("type").and_then(Json::as_str) {
        Some("array") => "items",
        _ => "value",
    };
    let mut root = Json::object()
        .with("type", Json::text("object"))
        .with("properties", Json::object().with(name, inner))
        .with("required", Json::texts([name]))
        .with("additionalProperties", Json::bool(false));
    for (name, value) in definitions {
        root.set(name, value);
    }
    root
}

fn schema(schema: &mut Json) {
    if !matches!(schema, Json::Object(_)) {
        return;
    }
    if let Some(options) = schema.take("oneOf") {
        schema.set("anyOf", options);
    }
    merge_all(schema);
    guess_type(schema);
    describe_limits(schema);
    if schema.get("$ref").is_some() {
        let Json::Object(members) = schema else {
            return;
        };
        members.retain(|(name, _)| name == "$ref" || name == "$defs");
    }
    if let Json::Object(members) = schema {
        for (name, value) in members {
            inner(name, value);
        }
    }
    if is_object(schema) {
        object(schema);
    }
}

/// The schemas behind a keyword.
fn inner(name: &str, value: &mut Json) {
    match (name, value) {
        ("properties" | "$defs" | "definitions", Json::Object(members)) => {
            members.iter_mut().for_each(|(_, value)| schema(value));
        }
        ("anyOf" | "allOf", Json::Array(items)) => items.iter_mut().for_each(schema),
        ("items", value) => schema(value),
        _ => {}
    }
}

/// `allOf` of objects that say nothing against each other: their properties together.
fn merge_all(schema: &mut Json) {
    let Some(Json::Array(parts)) = schema.take("allOf") else {
        return;
    };
    let clashes = |part: &Json, schema: &Json| {
        let known = [
            "type",
            "properties",
            "required",
            "additionalProperties",
            "title",
            "description",
        ];
        part.members().iter().any(|(name, value)| {
            !known.contains(&name.as_str())
                || (name == "type" && schema.get("type").is_some_and(|own| own != value))
        })
    };
    if parts.len() == 1 && schema.members().is_empty() {
        schema.clone_from(&parts[0]);
        return;
    }
    if parts.iter().any(|part| clashes(part, schema)) {
        schema.set("allOf", Json::Array(parts));
        return;
    }
    for part in &parts {
        for (name, value) in part.members() {
            merge_member(schema, name, value);
        }
    }
}

fn merge_member(schema: &mut Json, name: &str, value: &Json) {
    match (schema.take(name), value) {
        (Some(Json::Object(mut own)), Json::Object(more)) => {
            own.extend(more.iter().cloned());
            schema.set(name, Json::Object(own));
        }
        (Some(Json::Array(mut own)), Json::Array(more)) => {
            own.extend(more.iter().cloned());
            schema.set(name, Json::Array(own));
        }
        (Some(own), _) => schema.set(name, own),
        (None, value) => schema.set(name, value.clone()),
    }
}

fn guess_type(schema: &mut Json) {
    let says_what = ["type", "$ref", "anyOf", "enum", "const", "allOf"];
    if says_what.iter().any(|name| schema.get(name).is_some()) {
        return;
    }
    let guess = if schema.get("properties").is_some() {
        "object"
    } else if schema.get("items").is_some() {
        "array"
    } else {
        "string"
    };
    if let Json::Object(members) = schema {
        members.insert(0, ("type".to_owned(), Json::text(guess)));
    }
}

/// Takes out what is not taken and says it in the description.
fn describe_limits(schema: &mut Json) {
    let mut said = Vec::new();
    for name in UNSUPPORTED.into_iter().filter(|name| *name != "allOf") {
        if let Some(value) = schema.take(name) {
            said.push(format!("{name}: {}", value.compact()));
        }
    }
    let is_known = |format: &Json| {
        format
            .as_str()
            .is_some_and(|format| FORMATS.contains(&format))
    };
    if schema.get("format").is_some_and(|format| !is_known(format))
        && let Some(format) = schema.take("format")
    {
        said.push(format!("format: {}", format.compact()));
    }
    if said.is_empty() {
        return;
    }
    let said = format!("({})", said.join(", "));
    let description = match schema.get("description").and_then(Json::as_str) {
        Some(description) => format!("{description} {said}"),
        None => said,
    };
    schema.set("description", Json::String(description));
}

fn object(schema: &mut Json) {
    let required: Vec<String> = schema
        .get("required")
        .map(|names| {
            names
                .items()
                .iter()
                .filter_map(Json::as_str)
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default();
    let mut properties = schema
        .get("properties")
        .map(|properties| properties.members().to_vec())
        .unwrap_or_default();
    for (name, value) in &mut properties {
        if !required.contains(name) {
            allow_null(value);
        }
    }
    for name in &required {
        if !properties.iter().any(|(property, _)| property == name) {
            properties.push((
                name.clone(),
                Json::object().with("type", Json::text("string")),
            ));
        }
    }
    let names = Json::texts(properties.iter().map(|(name, _)| name.as_str()));
    schema.set("properties", Json::Object(properties));
    schema.set("required", names);
    schema.set("additionalProperties", Json::bool(false));
}

/// Lets a value be `null` as well.
fn allow_null(schema: &mut Json) {
    let null = || Json::object().with("type", Json::text("null"));
    if let Some(Json::Array(options)) = schema.get("anyOf") {
        let mut options = options.clone();
        if !options.contains(&null()) {
            options.push(null());
        }
        return schema.set("anyOf", Json::Array(options));
    }
    match schema.get("type") {
        Some(Json::String(name)) if name != "null" => {
            let types = Json::texts([name.as_str(), "null"]);
            schema.set("type", types);
        }
        Some(Json::Array(names)) if !names.iter().any(|name| name.as_str() == Some("null")) => {
            let mut names = names.clone();
            names.push(Json::text("null"));
            schema.set("type", Json::Array(names));
        }
        Some(_) => return,
        None if schema.get("$ref").is_some() || schema.get("const").is_some() => {
            let own = std::mem::replace(schema, Json::object());
            schema.set("anyOf", Json::Array(vec![own, null()]));
            return;
        }
        None => {}
    }
    if let Some(Json::Array(values)) = schema.get("enum") {
        let mut values = values.clone();
        if !values.contains(&Json::null()) {
            values.push(Json::null());
        }
        schema.set("enum", Json::Array(values));
    }
}

#[cfg(test)]
mod tests {
    use super::make_strict;
    use crate::model::schema::{check, json::Json, strict::strict_problems};

    fn messages(text: &str) -> Vec<String> {
        strict_problems(text)
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    }

    #[test]
    fn each_broken_rule_is_told_at_its_line() {
        let text = "{\n\"type\": \"object\",\n\"properties\": {\n\"name\": {\"type\": \"string\",\n\"minLength\": 1}\n}\n}";
        let problems = strict_problems(text);
        let told: Vec<_> = problems
            .iter()
            .map(|p| (p.line, p.pointer.as_str()))
            .collect();
        assert_eq!(
            told,
            [
                (1, ""),
                (4, "/properties/name"),
                (5, "/properties/name/minLength")
            ]
        );
    }

    #[test]
    fn one_press_mends_what_can_be_mended() {
        for text in [
            r#"{"type":"object","properties":{"a":{"type":"string","maxLength":5},"b":{"enum":["x"]}},"required":["a"]}"#,
            r#"{"type":"array","items":{"properties":{"n":{"type":"integer","default":3}}}}"#,
            r##"{"$defs":{"n":{"type":"object","properties":{"next":{"$ref":"#/$defs/n"}}}},"anyOf":[{"$ref":"#/$defs/n"}]}"##,
            r#"{"allOf":[{"type":"object","properties":{"a":{"type":"string"}}},{"type":"object","properties":{"b":{}}}]}"#,
            r#"{"type":"object","oneOf":[{"type":"object","properties":{}}],"properties":{"u":{"type":"string","format":"uri"}}}"#,
        ] {
            assert!(!messages(text).is_empty(), "{text}");
            let strict = make_strict(text).expect("an object");
            assert_eq!(messages(&strict), Vec::<String>::new(), "{strict}");
            assert_eq!(check(&strict), [], "{strict}");
        }
    }

    #[test]
    fn what_may_be_missing_may_be_null_and_limits_are_kept_in_words() {
        let strict = make_strict(
            r#"{"type":"object","properties":{"a":{"type":"string","description":"A code.","minLength":3}}}"#,
        )
        .expect("an object");
        let strict = Json::parse(&strict).expect("JSON");
        let a = strict.at("/properties/a").expect("a");
        assert_eq!(a.get("type"), Some(&Json::texts(["string", "null"])));
        assert_eq!(
            a.get("description").and_then(Json::as_str),
            Some("A code. (minLength: 3)")
        );
        assert_eq!(strict.get("required"), Some(&Json::texts(["a"])));
    }

    #[test]
    fn a_strict_schema_stays_as_it_is() {
        let text = Json::parse(
            r#"{"type":"object","properties":{"a":{"type":["string","null"]}},"required":["a"],"additionalProperties":false}"#,
        )
        .expect("JSON")
        .pretty();
        assert_eq!(make_strict(&text), Some(text));
    }
}
