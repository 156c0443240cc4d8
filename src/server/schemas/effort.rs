//! How much work comparing a value with a schema is, before it is begun: schemas that refer to each other can make a small
//! answer cost more steps than there is time. A walk over both counts the steps and gives up at a limit; it judges nothing,
//! so it takes every branch that a validator might.

use serde_json::Value;

/// Most steps; a million take well below a second.
const MAX_STEPS: usize = 1_000_000;
/// Deepest chain of schemas; what a validator keeps on its stack for each is small.
const MAX_DEPTH: usize = 400;

/// Whether a value can be compared with a schema in a bearable time.
pub(super) fn is_bearable(schema: &Value, value: &Value) -> bool {
    let mut walk = Walk {
        root: schema,
        steps: 0,
    };
    walk.apply(schema, value, 0)
}

struct Walk<'a> {
    root: &'a Value,
    steps: usize,
}

impl<'a> Walk<'a> {
    fn apply(&mut self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        self.steps += 1;
        if self.steps > MAX_STEPS || depth > MAX_DEPTH {
            return false;
        }
        let Some(keywords) = schema.as_object() else {
            return true;
        };
        keywords
            .iter()
            .all(|(name, inner)| self.keyword(name, inner, value, depth + 1))
    }

    fn keyword(&mut self, name: &str, inner: &'a Value, value: &Value, depth: usize) -> bool {
        match name {
            "$ref" => match inner.as_str().and_then(|target| target.strip_prefix('#')) {
                Some(pointer) => {
                    let target = self.root.pointer(pointer);
                    target.is_none_or(|target| self.apply(target, value, depth))
                }
                None => true,
            },
            "allOf" | "anyOf" | "oneOf" => {
                self.each(inner.as_array().into_iter().flatten(), value, depth)
            }
            "not" | "if" | "then" | "else" => self.apply(inner, value, depth),
            "dependentSchemas" => self.each(
                inner.as_object().into_iter().flat_map(|map| map.values()),
                value,
                depth,
            ),
            "properties" => {
                let known = inner.as_object().into_iter().flatten();
                known.into_iter().all(|(name, inner)| {
                    value
                        .get(name)
                        .is_none_or(|member| self.apply(inner, member, depth))
                })
            }
            "patternProperties" => {
                let mut schemas = inner.as_object().into_iter().flat_map(|map| map.values());
                schemas.all(|inner| self.members(inner, value, depth))
            }
            "additionalProperties" | "unevaluatedProperties" | "propertyNames" => {
                self.members(inner, value, depth)
            }
            "prefixItems" => inner
                .as_array()
                .into_iter()
                .flatten()
                .all(|inner| self.items(inner, value, depth)),
            "items" if inner.is_array() => inner
                .as_array()
                .into_iter()
                .flatten()
                .all(|inner| self.items(inner, value, depth)),
            "items" | "additionalItems" | "unevaluatedItems" | "contains" => {
                self.items(inner, value, depth)
            }
            _ => true,
        }
    }

    fn each(
        &mut self,
        schemas: impl Iterator<Item = &'a Value>,
        value: &Value,
        depth: usize,
    ) -> bool {
        let mut schemas = schemas;
        schemas.all(|schema| self.apply(schema, value, depth))
    }

    fn members(&mut self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        let mut members = value.as_object().into_iter().flat_map(|map| map.values());
        members.all(|member| self.apply(schema, member, depth))
    }

    fn items(&mut self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        let mut items = value.as_array().into_iter().flatten();
        items.all(|item| self.apply(schema, item, depth))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_long_list_is_bearable_and_alternatives_in_alternatives_are_not() {
        let list = json!({"type": "array", "items": {"properties": {"a": {"type": "integer"}}}});
        let value = Value::Array(vec![json!({"a": 1}); 100_000]);
        assert!(is_bearable(&list, &value));
        let node = json!({"$defs": {"n": {"properties": {"n": {"anyOf": [{"$ref": "#/$defs/n"}, {"$ref": "#/$defs/n"}]}}}},
            "$ref": "#/$defs/n"});
        let nested = |levels| (0..levels).fold(json!({}), |inner, _| json!({"n": inner}));
        assert!(is_bearable(&node, &nested(8)));
        assert!(!is_bearable(&node, &nested(60)));
    }
}
