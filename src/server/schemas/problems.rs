//! What a validator found, as a sentence that a person and a model can act on.

use crate::model::schema::outcome::OutputProblem;
use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::Value;

/// Longest value that is repeated in a sentence, in characters.
const MAX_SHOWN: usize = 80;

/// The problem that an error tells.
pub(super) fn of(error: &ValidationError<'_>) -> OutputProblem {
    use ValidationErrorKind as Kind;
    // Of alternatives that all fail the nearest says more than that all do.
    if let Kind::AnyOf { context } | Kind::OneOfNotValid { context } = error.kind()
        && let Some(nearest) = nearest(context)
    {
        return OutputProblem {
            message: format!(
                "{} (None of the alternatives fits; this is the nearest.)",
                of(nearest).message
            ),
            ..of(nearest)
        };
    }
    OutputProblem {
        pointer: error.instance_path().to_string(),
        message: sentence(error),
    }
}

/// The error of the alternative that the value comes nearest to: the deepest, and of those the one with the fewest others.
fn nearest<'a>(
    context: &'a [Vec<ValidationError<'static>>],
) -> Option<&'a ValidationError<'static>> {
    let depth = |errors: &[ValidationError<'static>]| {
        errors
            .iter()
            .map(|error| error.instance_path().to_string().matches('/').count())
            .max()
    };
    let best = context
        .iter()
        .filter(|errors| !errors.is_empty())
        .max_by_key(|errors| (depth(errors), std::cmp::Reverse(errors.len())))?;
    best.first()
}

fn sentence(error: &ValidationError<'_>) -> String {
    use ValidationErrorKind as Kind;
    match error.kind() {
        Kind::Type { kind } => {
            let found = match error.instance().as_ref() {
                // A number that is no whole one is best told by itself.
                Value::Number(number) => shortened(&number.to_string()),
                other => name_of(other).to_owned(),
            };
            format!("This must be {}, not {found}.", expected(kind))
        }
        Kind::Required { property } => {
            format!("`{}` is missing.", property.as_str().unwrap_or_default())
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let names: Vec<_> = unexpected
                .iter()
                .map(|name| format!("`{}`", shortened(name)))
                .collect();
            match names.len() {
                1 => format!("{} is not allowed here.", names[0]),
                _ => format!("{} are not allowed here.", names.join(", ")),
            }
        }
        Kind::Enum { options } => match options.as_array() {
            Some(options) => {
                let options: Vec<_> = options
                    .iter()
                    .map(|option| shortened(&option.to_string()))
                    .collect();
                format!("This must be one of {}.", options.join(", "))
            }
            None => "This is none of the values that are allowed.".to_owned(),
        },
        Kind::Constant { expected_value } => {
            format!("This must be {}.", shortened(&expected_value.to_string()))
        }
        Kind::Format { format } => format!("This is no {format}."),
        Kind::Pattern { pattern } => {
            format!("This does not match the pattern `{}`.", shortened(pattern))
        }
        Kind::Minimum { limit } => format!("This must be at least {limit}."),
        Kind::Maximum { limit } => format!("This must be at most {limit}."),
        Kind::ExclusiveMinimum { limit } => format!("This must be more than {limit}."),
        Kind::ExclusiveMaximum { limit } => format!("This must be less than {limit}."),
        Kind::MinLength { limit } => format!("This must have at least {limit} characters."),
        Kind::MaxLength { limit } => format!("This must have at most {limit} characters."),
        Kind::MinItems { limit } => format!("This must have at least {limit} items."),
        Kind::MaxItems { limit } => format!("This must have at most {limit} items."),
        Kind::MinProperties { limit } => format!("This must have at least {limit} fields."),
        Kind::MaxProperties { limit } => format!("This must have at most {limit} fields."),
        Kind::UniqueItems => "No two items may be the same.".to_owned(),
        Kind::Contains => "None of the items is such as one must be.".to_owned(),
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => {
            "None of the alternatives fits.".to_owned()
        }
        Kind::OneOfMultipleValid { .. } => {
            "More than one of the alternatives fits; only one may.".to_owned()
        }
        Kind::FalseSchema => "Nothing may stand here.".to_owned(),
        Kind::Not { .. } => "This is what it must not be.".to_owned(),
        _ => {
            let sentence = error.masked().to_string();
            match sentence.ends_with('.') {
                true => sentence,
                false => format!("{sentence}."),
            }
        }
    }
}

fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => type_name(*one).to_owned(),
        TypeKind::Multiple(several) => {
            let names: Vec<_> = several.iter().map(type_name).collect();
            names.join(" or ")
        }
    }
}

fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "null",
        JsonType::Number => "a number",
        JsonType::Object => "an object",
        JsonType::String => "a text",
    }
}

fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
