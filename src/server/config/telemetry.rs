//! What the server tells whoever runs it: log lines, numbers, traces.

use super::{Environment, Mistake, TracesConfig};
use secrecy::SecretString;
use tracing_subscriber::EnvFilter;

/// What is told, how, and to whom.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// Which lines are logged. Read from `RUST_LOG`, in the syntax of `tracing_subscriber`; `None` means the server's choice.
    pub log_filter: Option<String>,
    /// Whether a line is a JSON object instead of text for people. Read from `INSPIREAI_LOG`: `text` (default) or `json`.
    pub is_json: bool,
    /// What `/metrics` asks for as a bearer token. Read from `INSPIREAI_METRICS_TOKEN` or the file that
    /// `INSPIREAI_METRICS_TOKEN_FILE` names; without it only programs on the same machine may read.
    pub metrics_token: Option<SecretString>,
    /// Where traces go; `None` when no collector is named.
    pub traces: Option<TracesConfig>,
}

impl TelemetryConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        let log_filter = environment.get("RUST_LOG");
        if let Some(filter) = log_filter
            && let Err(error) = EnvFilter::builder().parse(filter)
        {
            mistakes.push(Mistake {
                variable: "RUST_LOG".to_owned(),
                problem: format!("is {filter:?}, which is no filter of log lines ({error})"),
                example: "info,inspireai=debug".to_owned(),
            });
        }
        let format = environment.get("INSPIREAI_LOG").unwrap_or("text");
        if !matches!(format, "text" | "json") {
            mistakes.push(Mistake {
                variable: "INSPIREAI_LOG".to_owned(),
                problem: format!("is {format:?}, which is neither text nor json"),
                example: "json".to_owned(),
            });
        }
        Self {
            log_filter: log_filter.map(ToOwned::to_owned),
            is_json: format == "json",
            metrics_token: environment.secret("INSPIREAI_METRICS_TOKEN", mistakes),
            traces: TracesConfig::from_env(environment, mistakes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_and_a_format_that_cannot_be_read_are_told() {
        let environment =
            Environment::from_pairs([("RUST_LOG", "inspireai=loud"), ("INSPIREAI_LOG", "xml")]);
        let mut mistakes = Vec::new();
        TelemetryConfig::from_env(&environment, &mut mistakes);
        let told: Vec<_> = mistakes
            .iter()
            .map(|mistake| (mistake.variable.as_str(), mistake.example.as_str()))
            .collect();
        let expected = [
            ("RUST_LOG", "info,inspireai=debug"),
            ("INSPIREAI_LOG", "json"),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_token_for_the_numbers_is_never_printed() {
        let environment = Environment::default().with("INSPIREAI_METRICS_TOKEN", "let-me-read");
        let config = TelemetryConfig::from_env(&environment, &mut Vec::new());
        assert!(config.metrics_token.is_some());
        assert!(!format!("{config:?}").contains("let-me-read"));
    }
}
