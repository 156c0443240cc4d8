//! Azure OpenAI.

use super::{Environment, Mistake};
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, time::Duration};

const ENDPOINT: &str = "AZURE_OPENAI_ENDPOINT";
const API_KEY: &str = "AZURE_OPENAI_API_KEY";
const API_VERSION: &str = "AZURE_OPENAI_API_VERSION";
const DEPLOYMENTS: &str = "AZURE_OPENAI_DEPLOYMENTS";

/// A resource of Azure OpenAI, and what is deployed there.
#[derive(Clone, Debug)]
pub struct AzureConfig {
    /// Read from `AZURE_OPENAI_ENDPOINT`: scheme and host, nothing behind.
    pub endpoint: String,
    /// Read from `AZURE_OPENAI_API_KEY` or the file that `AZURE_OPENAI_API_KEY_FILE` names.
    key: Option<SecretString>,
    /// Read from `AZURE_OPENAI_API_VERSION`.
    pub surface: AzureSurface,
    /// Read from `AZURE_OPENAI_DEPLOYMENTS`: names, each with the model before it where the name does not tell
    /// (`gpt-6-luna=my-deployment`), with commas between.
    pub deployments: Vec<AzureDeployment>,
    /// Longest silence of the server, before and between words. Read from `INSPIREAI_UPSTREAM_IDLE_SECONDS`; default 90.
    pub idle_timeout: Duration,
}

/// Which of Azure's two addresses is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AzureSurface {
    /// `/openai/v1`: as OpenAI itself, the deployment in the place of the model. Where no version is set, or `v1`.
    V1,
    /// `/openai/deployments/NAME`, with a dated version of the interface.
    Classic {
        /// For example `2024-10-21`.
        api_version: String,
    },
}

/// A model under the name that somebody gave it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureDeployment {
    /// The name of the deployment.
    pub name: String,
    /// The model's id at OpenAI; the deployment's name where it was not told.
    pub model: String,
}

impl AzureConfig {
    pub(super) fn from_env(
        environment: &Environment,
        idle_timeout: Duration,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let key_file = format!("{API_KEY}_FILE");
        let variables = [
            ENDPOINT,
            API_KEY,
            key_file.as_str(),
            API_VERSION,
            DEPLOYMENTS,
        ];
        variables.iter().find_map(|name| environment.get(name))?;
        let before = mistakes.len();
        let key = environment.key(API_KEY, mistakes);
        if key.is_none() && mistakes.len() == before {
            mistakes.push(mistake(
                API_KEY,
                "is missing: Azure answers nobody without a key, or a file named by AZURE_OPENAI_API_KEY_FILE",
                "0123456789abcdef",
            ));
        }
        Some(Self {
            endpoint: endpoint(environment, mistakes),
            key,
            surface: surface(environment, mistakes),
            deployments: deployments(environment, mistakes),
            idle_timeout,
        })
    }

    /// The key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.key
            .as_ref()
            .map(ExposeSecret::expose_secret)
            .unwrap_or_default()
    }

    /// The version of the interface as it is set; nothing where none is needed.
    pub(super) fn api_version(&self) -> &str {
        match &self.surface {
            AzureSurface::V1 => "",
            AzureSurface::Classic { api_version } => api_version,
        }
    }

    /// All deployments in one text.
    pub(super) fn deployment_list(&self) -> String {
        let each = self.deployments.iter();
        each.map(|deployment| format!("{}={}", deployment.model, deployment.name))
            .collect::<Vec<_>>()
            .join(",")
    }
}

impl fmt::Display for AzureConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let surface = match &self.surface {
            AzureSurface::V1 => "v1",
            AzureSurface::Classic { api_version } => api_version,
        };
        let names: Vec<_> = self
            .deployments
            .iter()
            .map(|each| each.name.as_str())
            .collect();
        write!(
            f,
            "{}, interface {surface}, deployments {}",
            self.endpoint,
            names.join(", ")
        )
    }
}

fn mistake(variable: &str, problem: impl Into<String>, example: &str) -> Mistake {
    Mistake {
        variable: variable.to_owned(),
        problem: problem.into(),
        example: example.to_owned(),
    }
}

fn endpoint(environment: &Environment, mistakes: &mut Vec<Mistake>) -> String {
    const EXAMPLE: &str = "https://my-resource.openai.azure.com";
    let Some(text) = environment.get(ENDPOINT) else {
        let problem = "is missing: it is the address of your resource in Azure";
        mistakes.push(mistake(ENDPOINT, problem, EXAMPLE));
        return String::new();
    };
    let text = text.trim_end_matches('/');
    let problem = match Url::parse(text) {
        // Not repeated: it would be told to whoever reads the log.
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            let problem = "holds a name or a password; the key belongs into AZURE_OPENAI_API_KEY";
            mistakes.push(mistake(ENDPOINT, problem, EXAMPLE));
            return String::new();
        }
        Ok(url) if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() => {
            "which is not an http or https address"
        }
        Ok(url) if url.path() != "/" || url.query().is_some() || url.fragment().is_some() => {
            "which has something behind the host; leave it out, it is put there as the API version wants it"
        }
        Ok(_) => return text.to_owned(),
        Err(_) => "which is not an http or https address",
    };
    mistakes.push(mistake(
        ENDPOINT,
        format!("is {text:?}, {problem}"),
        EXAMPLE,
    ));
    String::new()
}

fn surface(environment: &Environment, mistakes: &mut Vec<Mistake>) -> AzureSurface {
    match environment.get(API_VERSION) {
        None | Some("v1" | "preview" | "latest") => AzureSurface::V1,
        Some(version) if is_dated(version) => AzureSurface::Classic {
            api_version: version.to_owned(),
        },
        Some(version) => {
            mistakes.push(mistake(
                API_VERSION,
                format!("is {version:?}, which is neither a day, as in 2024-10-21 or 2025-04-01-preview, nor v1"),
                "2024-10-21",
            ));
            AzureSurface::V1
        }
    }
}

/// `2024-10-21`, `2025-04-01-preview`.
fn is_dated(version: &str) -> bool {
    let day = version.strip_suffix("-preview").unwrap_or(version);
    day.len() == 10 && day.parse::<jiff::civil::Date>().is_ok()
}

fn deployments(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Vec<AzureDeployment> {
    const EXAMPLE: &str = "gpt-6-luna,gpt-4.1=my-deployment";
    let mut deployments: Vec<AzureDeployment> = Vec::new();
    let text = environment.get(DEPLOYMENTS).unwrap_or_default();
    for entry in text
        .split(',')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
    {
        let (model, name) = entry.split_once('=').unwrap_or((entry, entry));
        let (model, name) = (model.trim(), name.trim());
        if !is_name(model) || !is_name(name) {
            let problem = format!(
                "holds {entry:?}, which is not the name of a deployment: letters, digits, - _ and ., at most 64"
            );
            mistakes.push(mistake(DEPLOYMENTS, problem, EXAMPLE));
        } else if deployments.iter().any(|known| known.name == name) {
            mistakes.push(mistake(
                DEPLOYMENTS,
                format!("names {name:?} twice"),
                EXAMPLE,
            ));
        } else {
            deployments.push(AzureDeployment {
                name: name.to_owned(),
                model: model.to_owned(),
            });
        }
    }
    if text.is_empty() {
        let problem =
            "is missing: Azure answers by the name of a deployment, so at least one is needed";
        mistakes.push(mistake(DEPLOYMENTS, problem, EXAMPLE));
    }
    deployments
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        && name.bytes().any(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<const N: usize>(pairs: [(&str, &str); N]) -> (Option<AzureConfig>, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let environment = Environment::from_pairs(pairs);
        let config = AzureConfig::from_env(&environment, Duration::from_secs(1), &mut mistakes);
        (config, mistakes)
    }

    fn whole() -> [(&'static str, &'static str); 4] {
        [
            (ENDPOINT, "https://my-resource.openai.azure.com/"),
            (API_KEY, "0123456789abcdef"),
            (API_VERSION, "2024-10-21"),
            (DEPLOYMENTS, "gpt-6-luna, gpt-4.1=office"),
        ]
    }

    #[test]
    fn nothing_set_is_no_azure_and_everything_set_is_read() {
        let (config, mistakes) = read([]);
        assert!(config.is_none() && mistakes.is_empty());
        let (config, mistakes) = read(whole());
        assert_eq!(mistakes, []);
        let config = config.expect("configured");
        assert_eq!(config.endpoint, "https://my-resource.openai.azure.com");
        assert_eq!(config.api_version(), "2024-10-21");
        assert_eq!(
            config.deployment_list(),
            "gpt-6-luna=gpt-6-luna,gpt-4.1=office"
        );
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn without_a_version_or_with_v1_the_new_surface_is_asked() {
        for version in ["", "v1", "preview"] {
            let mut pairs = whole();
            pairs[2].1 = version;
            let (config, mistakes) = read(pairs);
            assert_eq!(mistakes, []);
            assert_eq!(config.expect("configured").surface, AzureSurface::V1);
        }
    }

    #[test]
    fn each_missing_part_is_told_and_all_at_once() {
        let (_, mistakes) = read([(API_VERSION, "yesterday")]);
        let variables: Vec<_> = mistakes.iter().map(|each| each.variable.as_str()).collect();
        assert_eq!(variables, [API_KEY, ENDPOINT, API_VERSION, DEPLOYMENTS]);
    }

    #[test]
    fn an_endpoint_is_a_scheme_and_a_host() {
        for (endpoint, told) in [
            ("my-resource", "not an http or https address"),
            (
                "ftp://my-resource.openai.azure.com",
                "not an http or https address",
            ),
            ("https://r.openai.azure.com/openai/v1", "behind the host"),
            (
                "https://r.openai.azure.com/?api-version=1",
                "behind the host",
            ),
            (
                "https://me:secret@r.openai.azure.com",
                "AZURE_OPENAI_API_KEY",
            ),
        ] {
            let mut pairs = whole();
            pairs[0].1 = endpoint;
            let (_, mistakes) = read(pairs);
            assert_eq!(mistakes.len(), 1, "{endpoint}");
            assert!(
                mistakes[0].problem.contains(told),
                "{}",
                mistakes[0].problem
            );
        }
        let mut pairs = whole();
        pairs[0].1 = "http://127.0.0.1:4010";
        assert_eq!(read(pairs).1, []);
    }

    #[test]
    fn deployments_have_names_that_azure_allows_and_each_once() {
        for (deployments, told) in [
            ("a,b/c", "\"b/c\""),
            ("gpt-4.1=", "\"gpt-4.1=\""),
            ("a,x=a", "\"a\" twice"),
        ] {
            let mut pairs = whole();
            pairs[3].1 = deployments;
            let (_, mistakes) = read(pairs);
            assert_eq!(mistakes.len(), 1, "{deployments}");
            assert!(
                mistakes[0].problem.contains(told),
                "{}",
                mistakes[0].problem
            );
        }
    }

    #[test]
    fn a_key_with_a_line_break_in_it_is_a_mistake_and_is_not_repeated() {
        let mut pairs = whole();
        pairs[1].1 = "abc def";
        let (_, mistakes) = read(pairs);
        assert_eq!(mistakes.len(), 1);
        assert_eq!(mistakes[0].variable, API_KEY);
        assert!(!mistakes[0].problem.contains("abc"));
    }
}
