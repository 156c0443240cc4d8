//! The form that an assistant is made and changed with: texts, as any browser sends them.

use super::AssistantDefinition;
use crate::model::{
    AppError, AppResult,
    ids::FileId,
    params::{Parameter, Parameters, ReasoningEffort, Verbosity},
    settings::OutputFormat,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssistantForm {
    /// The name people know.
    pub name: String,
    /// What it is good for.
    pub description: String,
    /// The colour of its mark, 0 to 359, or nothing.
    pub hue: String,
    /// A picture's file, or nothing.
    pub picture: String,
    /// The slug of the tool that answers.
    pub tool: String,
    /// What it is told first.
    pub instructions: String,
    /// Prompts to begin with, one a line.
    pub starters: String,
    /// Numbers by the names of their parameters.
    pub numbers: BTreeMap<String, String>,
    /// Texts that end an answer, one a line.
    pub stop: String,
    /// How long it thinks, or nothing.
    pub reasoning_effort: String,
    /// How much it says, or nothing.
    pub verbosity: String,
    /// The files that it knows.
    pub files: Vec<FileId>,
    /// The name of its answers' shape.
    pub schema_name: String,
    /// The JSON schema of its answers, or nothing.
    pub schema: String,
    /// Whether the provider is held to it exactly: a ticked box sends something.
    pub is_strict: Option<String>,
    /// The voice that reads its answers out, or nothing.
    pub voice: String,
    /// How fast they are read, or nothing.
    pub speed: String,
}

impl AssistantForm {
    /// What was filled in, read.
    ///
    /// # Errors
    /// A sentence about the field that cannot be read.
    pub fn read(self) -> AppResult<AssistantDefinition> {
        let mut parameters = Parameters {
            stop: lines(&self.stop),
            reasoning_effort: ReasoningEffort::ALL
                .into_iter()
                .find(|effort| effort.name() == self.reasoning_effort),
            verbosity: Verbosity::ALL
                .into_iter()
                .find(|verbosity| verbosity.name() == self.verbosity),
            ..Parameters::default()
        };
        for parameter in Parameter::ALL {
            if let Some(text) = self.numbers.get(parameter.name()) {
                parameters.set_number(parameter, parameter.parse(text, None)?);
            }
        }
        let hue = match self.hue.trim() {
            "" => None,
            hue => Some(hue.parse().map_err(|_| {
                AppError::field("hue", "The colour is a whole number from 0 to 359.")
            })?),
        };
        Ok(AssistantDefinition {
            name: self.name,
            description: self.description,
            hue,
            picture: self.picture.trim().parse().ok(),
            tool: self.tool,
            tool_name: String::new(),
            instructions: Some(self.instructions),
            parameters,
            starters: lines(&self.starters),
            files: self.files,
            output: output(&self.schema_name, &self.schema, self.is_strict.is_some())?,
            voice: Some(self.voice),
            speed: match self.speed.trim() {
                "" => None,
                // What is no number is no speed either.
                speed => Some(speed.parse().unwrap_or(f32::NAN)),
            },
        })
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines()
        .map(|line| line.trim_end_matches('\r').to_owned())
        .filter(|line| !line.trim().is_empty())
        .collect()
}

/// The shape of answers that a schema and its name make; none where there is no schema.
fn output(name: &str, schema: &str, is_strict: bool) -> AppResult<Option<OutputFormat>> {
    if schema.trim().is_empty() {
        return Ok(None);
    }
    let value: serde_json::Value = serde_json::from_str(schema).map_err(|error| {
        AppError::field(
            "schema",
            format!(
                "The schema is no valid JSON: look at line {}, column {}.",
                error.line(),
                error.column()
            ),
        )
    })?;
    if !value.is_object() {
        return Err(AppError::field("schema", "A schema is a JSON object."));
    }
    let name: String = name
        .trim()
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || c == '-' {
                c
            } else {
                '_'
            }
        })
        .take(64)
        .collect();
    Ok(Some(OutputFormat {
        name: if name.is_empty() {
            "answer".to_owned()
        } else {
            name
        },
        schema: Some(schema.to_owned()),
        is_strict,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_into_what_the_assistant_is() {
        let form = AssistantForm {
            name: "Agent".to_owned(),
            hue: "40".to_owned(),
            starters: "Plan a trip\r\n\r\nBook it".to_owned(),
            numbers: BTreeMap::from([("temperature".to_owned(), "0,5".to_owned())]),
            verbosity: "low".to_owned(),
            schema_name: "my shape".to_owned(),
            schema: "{\"type\": \"object\"}".to_owned(),
            is_strict: Some("on".to_owned()),
            ..AssistantForm::default()
        };
        let read = form.read().expect("it can be read");
        assert_eq!(read.starters, ["Plan a trip", "Book it"]);
        assert_eq!(read.parameters.temperature, Some(0.5));
        assert_eq!(read.parameters.verbosity, Some(Verbosity::Low));
        let output = read.output.expect("a shape");
        assert_eq!((output.name.as_str(), output.is_strict), ("my_shape", true));
    }

    #[test]
    fn what_cannot_be_read_is_told_at_its_field() {
        let field = |form: AssistantForm| form.read().expect_err("unreadable").field;
        let warm = AssistantForm {
            numbers: BTreeMap::from([("temperature".to_owned(), "warm".to_owned())]),
            ..AssistantForm::default()
        };
        assert_eq!(field(warm).as_deref(), Some("temperature"));
        for schema in ["{\"type\": }", "[]"] {
            let form = AssistantForm {
                schema: schema.to_owned(),
                ..AssistantForm::default()
            };
            assert_eq!(field(form).as_deref(), Some("schema"));
        }
    }
}
