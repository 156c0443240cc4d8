//! One row between two databases, and as a line of JSON in between: an array, its values in the order of the columns.

use super::{Column, ColumnType};
use serde::{Serialize, Serializer};
use std::fmt::Write;

/// A row's values, in the order of its table's columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Row(pub Vec<Value>);

/// A value, or none of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(Option<String>),
    /// A whole number.
    Bigint(Option<i64>),
    /// Yes or no.
    Boolean(Option<bool>),
    /// Bytes; hexadecimal digits in JSON.
    Bytes(Option<Vec<u8>>),
}

/// A line that is no row of its table.
#[derive(Debug, thiserror::Error)]
#[error("a row does not fit its table: {0}")]
pub struct BadRow(String);

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(serializer),
            Self::Bigint(number) => number.serialize(serializer),
            Self::Boolean(answer) => answer.serialize(serializer),
            Self::Bytes(bytes) => bytes.as_deref().map(hex).serialize(serializer),
        }
    }
}

impl Value {
    /// How many bytes it takes, about.
    fn size(&self) -> usize {
        match self {
            Self::Text(Some(text)) => text.len(),
            Self::Bytes(Some(bytes)) => bytes.len(),
            _ => 8,
        }
    }

    fn from_json(kind: ColumnType, json: serde_json::Value) -> Option<Self> {
        use serde_json::Value as Json;
        Some(match (kind, json) {
            (ColumnType::Text, Json::Null) => Self::Text(None),
            (ColumnType::Text, Json::String(text)) => Self::Text(Some(text)),
            (ColumnType::Bigint, Json::Null) => Self::Bigint(None),
            (ColumnType::Bigint, Json::Number(number)) => Self::Bigint(Some(number.as_i64()?)),
            (ColumnType::Boolean, Json::Null) => Self::Boolean(None),
            (ColumnType::Boolean, Json::Bool(answer)) => Self::Boolean(Some(answer)),
            (ColumnType::Bytes, Json::Null) => Self::Bytes(None),
            (ColumnType::Bytes, Json::String(digits)) => Self::Bytes(Some(from_hex(&digits)?)),
            _ => return None,
        })
    }
}

impl Row {
    /// How many bytes it takes, about.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(Value::size).sum()
    }

    /// The row that a line holds.
    ///
    /// # Errors
    /// When the line is no row of these columns.
    pub fn parse(line: &str, columns: &[Column]) -> Result<Self, BadRow> {
        let values: Vec<serde_json::Value> =
            serde_json::from_str(line).map_err(|error| BadRow(error.to_string()))?;
        if values.len() != columns.len() {
            return Err(BadRow(format!(
                "{} values for {} columns",
                values.len(),
                columns.len()
            )));
        }
        let values = values.into_iter().zip(columns).map(|(json, column)| {
            Value::from_json(column.kind, json)
                .ok_or_else(|| BadRow(format!("{} holds a value of another type", column.name)))
        });
        values.collect::<Result<_, _>>().map(Self)
    }
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

fn from_hex(digits: &str) -> Option<Vec<u8>> {
    let nibbles: Vec<u8> = digits
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|nibble| u8::try_from(nibble).ok())
        })
        .collect::<Option<_>>()?;
    let (pairs, rest) = nibbles.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value() -> impl Strategy<Value = Value> {
        prop_oneof![
            proptest::option::of(any::<String>()).prop_map(Value::Text),
            proptest::option::of(any::<i64>()).prop_map(Value::Bigint),
            proptest::option::of(any::<bool>()).prop_map(Value::Boolean),
            proptest::option::of(proptest::collection::vec(any::<u8>(), 0..40))
                .prop_map(Value::Bytes),
        ]
    }

    fn column(value: &Value) -> Column {
        Column {
            name: "x".to_owned(),
            kind: match value {
                Value::Text(_) => ColumnType::Text,
                Value::Bigint(_) => ColumnType::Bigint,
                Value::Boolean(_) => ColumnType::Boolean,
                Value::Bytes(_) => ColumnType::Bytes,
            },
        }
    }

    proptest! {
        #[test]
        fn a_row_is_the_same_after_it_was_a_line(values in proptest::collection::vec(value(), 0..8)) {
            let columns: Vec<_> = values.iter().map(column).collect();
            let row = Row(values);
            let line = serde_json::to_string(&row).expect("JSON");
            prop_assert!(!line.contains('\n'));
            prop_assert_eq!(Row::parse(&line, &columns).expect("a row"), row);
        }
    }

    #[test]
    fn a_line_that_does_not_fit_is_refused() {
        let columns = [column(&Value::Bigint(None)), column(&Value::Bytes(None))];
        for line in [
            "",
            "{}",
            "[1]",
            "[1,\"00\",2]",
            "[\"1\",\"00\"]",
            "[1,\"0\"]",
            "[1,\"xy\"]",
            "[1.5,null]",
        ] {
            assert!(Row::parse(line, &columns).is_err(), "{line}");
        }
        assert!(Row::parse("[-1,\"00fF\"]", &columns).is_ok());
    }
}
