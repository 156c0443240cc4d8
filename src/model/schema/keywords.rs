//! The keywords of JSON Schema (draft 4 to 2020-12) and what may stand behind each.

/// The types that JSON Schema knows.
pub(super) const TYPES: [&str; 7] = [
    "string", "number", "integer", "boolean", "object", "array", "null",
];

/// What must stand behind a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A schema.
    Schema,
    /// An object whose values are schemas.
    Schemas,
    /// A list of schemas.
    SchemaList,
    /// Either of a schema and a list of them.
    SchemaOrList,
    /// The name of a type, or several.
    Type,
    /// A list of values.
    Enum,
    /// A list of names.
    Names,
    /// Where another schema is.
    Ref,
    /// A whole number, 0 or more.
    Count,
    /// A number.
    Number,
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// References that are resolved while a value is looked at.
    Dynamic,
    /// Anything.
    Any,
}

const KEYWORDS: [(Kind, &[&str]); 14] = [
    (
        Kind::Schema,
        &[
            "additionalProperties",
            "additionalItems",
            "contains",
            "propertyNames",
            "not",
            "if",
            "then",
            "else",
            "unevaluatedItems",
            "unevaluatedProperties",
            "contentSchema",
        ],
    ),
    (
        Kind::Schemas,
        &[
            "properties",
            "patternProperties",
            "dependentSchemas",
            "$defs",
            "definitions",
        ],
    ),
    (
        Kind::SchemaList,
        &["anyOf", "allOf", "oneOf", "prefixItems"],
    ),
    (Kind::SchemaOrList, &["items"]),
    (Kind::Type, &["type"]),
    (Kind::Enum, &["enum"]),
    (Kind::Names, &["required"]),
    (Kind::Ref, &["$ref"]),
    (
        Kind::Count,
        &[
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "minProperties",
            "maxProperties",
            "minContains",
            "maxContains",
        ],
    ),
    (Kind::Number, &["minimum", "maximum", "multipleOf"]),
    (
        Kind::Text,
        &[
            "$schema",
            "$id",
            "$anchor",
            "$comment",
            "title",
            "description",
            "pattern",
            "format",
            "contentEncoding",
            "contentMediaType",
        ],
    ),
    (
        Kind::Flag,
        &[
            "uniqueItems",
            "readOnly",
            "writeOnly",
            "deprecated",
            "nullable",
        ],
    ),
    (
        Kind::Dynamic,
        &[
            "$dynamicRef",
            "$dynamicAnchor",
            "$recursiveRef",
            "$recursiveAnchor",
        ],
    ),
    // The exclusive bounds are numbers in some drafts and flags in others.
    (
        Kind::Any,
        &[
            "const",
            "default",
            "examples",
            "example",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "dependentRequired",
            "dependencies",
            "$vocabulary",
        ],
    ),
];

/// What must stand behind a name; `None` for one that is no keyword.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let row = KEYWORDS.iter().find(|(_, names)| names.contains(&name));
    row.map(|(kind, _)| *kind)
}

/// The keyword that somebody who wrote `name` may have meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let all = KEYWORDS.iter().flat_map(|(_, names)| names.iter().copied());
    all.map(|keyword| (distance(name, keyword), keyword))
        .filter(|(distance, keyword)| *distance <= 2 && distance * 3 <= keyword.len())
        .min()
        .map(|(_, keyword)| keyword)
}

/// How many letters must be put in, left out or exchanged, small and capital ones alike (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut before = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let exchanged = before + usize::from(x != y);
            before = row[j + 1];
            row[j + 1] = exchanged.min(row[j] + 1).min(before + 1);
        }
    }
    row[b.len()]
}
