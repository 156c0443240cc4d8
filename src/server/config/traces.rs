//! Traces, by the variables that every OpenTelemetry program knows:
//! <https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>. Sizes of batches and of spans
//! (`OTEL_BSP_*`, `OTEL_SPAN_*`) are read by the library itself.

use super::{Environment, Mistake};
use opentelemetry_sdk::trace::Sampler;
use secrecy::SecretString;
use std::time::Duration;

/// Where traces go, under which name, and which of them.
#[derive(Clone, Debug)]
pub struct TracesConfig {
    /// The collector's address for traces. Read from `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or from
    /// `OTEL_EXPORTER_OTLP_ENDPOINT` with `/v1/traces` behind it.
    pub endpoint: String,
    /// Headers for the collector, often with its key. Read from `OTEL_EXPORTER_OTLP_TRACES_HEADERS` or
    /// `OTEL_EXPORTER_OTLP_HEADERS`, or the file that either with `_FILE` names: `name=value,name=value`.
    pub headers: Vec<(String, SecretString)>,
    /// Longest time that the collector may take for one delivery. Read from `OTEL_EXPORTER_OTLP_TRACES_TIMEOUT` or
    /// `OTEL_EXPORTER_OTLP_TIMEOUT`, in milliseconds; default 10,000.
    pub timeout: Duration,
    /// What is said of this server: `OTEL_RESOURCE_ATTRIBUTES` (`name=value,name=value`), and as `service.name` the value of
    /// `OTEL_SERVICE_NAME`; default `inspireai`.
    pub resource: Vec<(String, String)>,
    /// Which traces are kept. Read from `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`; default all, unless the proxy in
    /// front decided otherwise.
    pub sampler: Sampler,
}

/// What the collector's protocol may be: the one that goes through every proxy.
const PROTOCOL: &str = "http/protobuf";

impl TracesConfig {
    /// `None` when no collector is named, or traces are switched off by `OTEL_SDK_DISABLED=true` or
    /// `OTEL_TRACES_EXPORTER=none`.
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Option<Self> {
        let is_off = environment
            .get("OTEL_SDK_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
            || environment.get("OTEL_TRACES_EXPORTER") == Some("none");
        if is_off {
            return None;
        }
        let endpoint = endpoint(environment, mistakes)?;
        let protocol = either(environment, "PROTOCOL");
        if let Some((variable, value)) = protocol.filter(|(_, value)| *value != PROTOCOL) {
            mistakes.push(Mistake {
                variable,
                problem: format!("is {value:?}, which this server does not speak"),
                example: PROTOCOL.to_owned(),
            });
        }
        let timeout = either(environment, "TIMEOUT").map_or_else(
            || "OTEL_EXPORTER_OTLP_TIMEOUT".to_owned(),
            |(variable, _)| variable,
        );
        let timeout_ms = environment.parse(
            &timeout,
            10_000,
            "a number of milliseconds",
            "10000",
            mistakes,
        );
        Some(Self {
            endpoint,
            headers: headers(environment, mistakes),
            timeout: Duration::from_millis(timeout_ms),
            resource: resource(environment, mistakes),
            sampler: sampler(environment, mistakes),
        })
    }
}

/// A setting for traces alone, or the one for everything that is sent to a collector; with its variable.
fn either<'a>(environment: &'a Environment, name: &str) -> Option<(String, &'a str)> {
    [
        format!("OTEL_EXPORTER_OTLP_TRACES_{name}"),
        format!("OTEL_EXPORTER_OTLP_{name}"),
    ]
    .into_iter()
    .find_map(|variable| {
        let value = environment.get(&variable)?;
        Some((variable, value))
    })
}

fn endpoint(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let (variable, url) = either(environment, "ENDPOINT")?;
    if !url.starts_with("http://") && !url.starts_with("https://") {
        mistakes.push(Mistake {
            problem: format!("is {url:?}, which is not an http or https address"),
            example: "http://127.0.0.1:4318".to_owned(),
            variable,
        });
        return None;
    }
    Some(if variable == "OTEL_EXPORTER_OTLP_ENDPOINT" {
        format!("{}/v1/traces", url.trim_end_matches('/'))
    } else {
        url.to_owned()
    })
}

fn headers(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Vec<(String, SecretString)> {
    use secrecy::ExposeSecret;
    let variables = [
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS",
        "OTEL_EXPORTER_OTLP_HEADERS",
    ];
    let Some((variable, text)) = variables
        .into_iter()
        .find_map(|variable| Some((variable, environment.secret(variable, mistakes)?)))
    else {
        return Vec::new();
    };
    let Some(pairs) = pairs(text.expose_secret()) else {
        mistakes.push(Mistake {
            variable: variable.to_owned(),
            problem: "is not a list of names and values".to_owned(),
            example: "api-key=secret,x-tenant=ours".to_owned(),
        });
        return Vec::new();
    };
    pairs
        .into_iter()
        .map(|(name, value)| (name, SecretString::from(value)))
        .collect()
}

fn resource(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Vec<(String, String)> {
    let text = environment
        .get("OTEL_RESOURCE_ATTRIBUTES")
        .unwrap_or_default();
    let mut attributes = pairs(text).unwrap_or_else(|| {
        mistakes.push(Mistake {
            variable: "OTEL_RESOURCE_ATTRIBUTES".to_owned(),
            problem: format!("is {text:?}, which is not a list of names and values"),
            example: "deployment.environment.name=production".to_owned(),
        });
        Vec::new()
    });
    let name = environment.get("OTEL_SERVICE_NAME");
    let has_name = attributes.iter().any(|(name, _)| name == "service.name");
    if let Some(name) = name.or((!has_name).then_some("inspireai")) {
        attributes.retain(|(name, _)| name != "service.name");
        attributes.push(("service.name".to_owned(), name.to_owned()));
    }
    attributes
}

fn sampler(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Sampler {
    const ARGUMENT: &str = "OTEL_TRACES_SAMPLER_ARG";
    let ratio: f64 = environment.parse(ARGUMENT, 1.0, "a share between 0 and 1", "0.1", mistakes);
    let parent_based = |sampler| Sampler::ParentBased(Box::new(sampler));
    match environment
        .get("OTEL_TRACES_SAMPLER")
        .unwrap_or("parentbased_always_on")
    {
        "always_on" => Sampler::AlwaysOn,
        "always_off" => Sampler::AlwaysOff,
        "traceidratio" => Sampler::TraceIdRatioBased(ratio),
        "parentbased_always_on" => parent_based(Sampler::AlwaysOn),
        "parentbased_always_off" => parent_based(Sampler::AlwaysOff),
        "parentbased_traceidratio" => parent_based(Sampler::TraceIdRatioBased(ratio)),
        unknown => {
            mistakes.push(Mistake {
                variable: "OTEL_TRACES_SAMPLER".to_owned(),
                problem: format!("is {unknown:?}, which is no sampler that is known here"),
                example: "parentbased_traceidratio".to_owned(),
            });
            Sampler::AlwaysOff
        }
    }
}

/// `name=value,name=value`, the values percent-encoded where they must be. `None` when a part has no `=` or no name.
fn pairs(text: &str) -> Option<Vec<(String, String)>> {
    text.split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = part.split_once('=')?;
            let name = name.trim();
            (!name.is_empty()).then(|| (name.to_owned(), percent_decoded(value.trim())))
        })
        .collect()
}

/// Bytes for their `%XX`; what is not of that form stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend_from_slice(&part.as_bytes()[2..]);
            }
            None => {
                bytes.push(b'%');
                bytes.extend_from_slice(part.as_bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    fn read(environment: &Environment) -> (Option<TracesConfig>, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let config = TracesConfig::from_env(environment, &mut mistakes);
        (config, mistakes)
    }

    #[test]
    fn without_a_collector_or_switched_off_there_are_no_traces() {
        let collector = Environment::default().with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318");
        assert!(read(&Environment::default()).0.is_none());
        assert!(read(&collector).0.is_some());
        for (variable, value) in [
            ("OTEL_SDK_DISABLED", "TRUE"),
            ("OTEL_TRACES_EXPORTER", "none"),
        ] {
            assert!(read(&collector.clone().with(variable, value)).0.is_none());
        }
    }

    #[test]
    fn the_address_for_traces_is_taken_as_it_is_and_the_common_one_is_completed() {
        let common = Environment::default().with("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/");
        let config = read(&common).0.expect("a collector");
        assert_eq!(config.endpoint, "http://c:4318/v1/traces");
        let own = common.with("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "https://t/in");
        assert_eq!(read(&own).0.expect("a collector").endpoint, "https://t/in");
    }

    #[test]
    fn names_and_values_are_decoded_and_keys_are_never_printed() {
        let environment = Environment::from_pairs([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
            (
                "OTEL_EXPORTER_OTLP_HEADERS",
                "api-key=s%65cret, x-tenant = a=b",
            ),
            (
                "OTEL_RESOURCE_ATTRIBUTES",
                "service.name=from-list,place=Z%C3%BCrich%",
            ),
            ("OTEL_SERVICE_NAME", "chat"),
        ]);
        let (config, mistakes) = read(&environment);
        let config = config.expect("a collector");
        assert_eq!(mistakes, []);
        let headers: Vec<_> = config
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.expose_secret()))
            .collect();
        assert_eq!(headers, [("api-key", "secret"), ("x-tenant", "a=b")]);
        let resource = [("place", "Zürich%"), ("service.name", "chat")];
        assert_eq!(
            config.resource,
            resource.map(|(name, value)| (name.to_owned(), value.to_owned()))
        );
        assert!(!format!("{config:?}").contains("secret"));
    }

    #[test]
    fn every_mistake_is_told_with_its_variable() {
        let environment = Environment::from_pairs([
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "secret"),
            ("OTEL_RESOURCE_ATTRIBUTES", "=x"),
            ("OTEL_TRACES_SAMPLER", "xray"),
            ("OTEL_TRACES_SAMPLER_ARG", "few"),
        ]);
        let (_, mistakes) = read(&environment);
        let variables: Vec<_> = mistakes
            .iter()
            .map(|mistake| mistake.variable.as_str())
            .collect();
        assert_eq!(
            variables,
            [
                "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
                "OTEL_EXPORTER_OTLP_TIMEOUT",
                "OTEL_EXPORTER_OTLP_HEADERS",
                "OTEL_RESOURCE_ATTRIBUTES",
                "OTEL_TRACES_SAMPLER_ARG",
                "OTEL_TRACES_SAMPLER",
            ]
        );
        let told = format!("{mistakes:?}");
        assert!(!told.contains("\"secret\""), "{told}");
    }
}
