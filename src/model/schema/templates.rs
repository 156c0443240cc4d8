//! Schemas to begin with. All of them are strict.

/// A schema to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is called.
    pub label: &'static str,
    /// A name for providers.
    pub name: &'static str,
    /// The schema.
    pub schema: &'static str,
}

macro_rules! template {
    ($label:literal, $name:literal) => {
        Template {
            label: $label,
            name: $name,
            schema: include_str!(concat!("templates/", $name, ".json")),
        }
    };
}

/// All of them, in the order in which they are offered.
pub const TEMPLATES: [Template; 7] = [
    template!("Contact", "contact"),
    template!("Invoice", "invoice"),
    template!("List of events", "events"),
    template!("Table of facts", "facts"),
    template!("Sentiment", "sentiment"),
    template!("Quiz", "quiz"),
    template!("Tasks with subtasks", "tasks"),
];

#[cfg(test)]
mod tests {
    use super::TEMPLATES;
    use crate::model::schema::{check, json::Json, strict::strict_problems};

    #[test]
    fn every_template_is_a_strict_schema_as_the_format_button_writes_it() {
        for template in TEMPLATES {
            assert_eq!(check(template.schema), [], "{}", template.label);
            assert_eq!(strict_problems(template.schema), [], "{}", template.label);
            let formatted = Json::parse(template.schema).expect("JSON").pretty();
            assert_eq!(formatted, template.schema.trim_end(), "{}", template.label);
        }
    }
}
