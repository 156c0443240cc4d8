//! Where requests go and what they carry: one server of OpenAI's interface, or one of the two surfaces of Azure.

use crate::server::config::{AzureConfig, AzureSurface, OpenaiConfig};
use async_openai::config::Config;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// What Azure serves below a deployment's own address on its classic surface; everything else is beside the deployments.
const DEPLOYMENT_PATHS: [&str; 5] = [
    "/chat/completions",
    "/audio/speech",
    "/audio/transcriptions",
    "/images/generations",
    "/images/edits",
];

/// A server, and how it wants to be asked.
#[derive(Clone, Debug)]
pub(super) struct Endpoint {
    /// Without a slash at its end.
    base: String,
    key: SecretString,
    key_header: HeaderName,
    key_prefix: &'static str,
    /// Of Azure's classic surface.
    api_version: Option<String>,
    /// The deployment that is asked, for the paths that name it.
    deployment: Option<String>,
    /// Whom the sentences speak of.
    pub(super) vendor: Vendor,
    /// Longest silence.
    pub(super) idle_timeout: Duration,
}

/// Who runs the server, as far as it matters to what is sent and said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vendor {
    /// OpenAI, or whoever speaks as it does.
    Openai,
    /// Microsoft.
    Azure,
}

impl Vendor {
    /// The variable that holds the key.
    pub(super) fn key_variable(self) -> &'static str {
        match self {
            Self::Openai => "OPENAI_API_KEY",
            Self::Azure => "AZURE_OPENAI_API_KEY",
        }
    }

    /// The variable that holds the address.
    pub(super) fn address_variable(self) -> &'static str {
        match self {
            Self::Openai => "OPENAI_BASE_URL",
            Self::Azure => "AZURE_OPENAI_ENDPOINT",
        }
    }
}

impl Endpoint {
    pub(super) fn openai(config: &OpenaiConfig) -> Self {
        Self {
            base: config.base_url.clone(),
            key: SecretString::from(config.api_key()),
            key_header: AUTHORIZATION,
            key_prefix: "Bearer ",
            api_version: None,
            deployment: None,
            vendor: Vendor::Openai,
            idle_timeout: config.idle_timeout,
        }
    }

    pub(super) fn azure(config: &AzureConfig) -> Self {
        let (path, api_version) = match &config.surface {
            AzureSurface::V1 => ("/openai/v1", None),
            AzureSurface::Classic { api_version } => ("/openai", Some(api_version.clone())),
        };
        Self {
            base: format!("{}{path}", config.endpoint),
            key: SecretString::from(config.api_key()),
            key_header: HeaderName::from_static("api-key"),
            key_prefix: "",
            api_version,
            deployment: None,
            vendor: Vendor::Azure,
            idle_timeout: config.idle_timeout,
        }
    }

    /// The same server, asked for a model.
    pub(super) fn for_model(&self, model: &str) -> Self {
        Self {
            deployment: self.api_version.is_some().then(|| model.to_owned()),
            ..self.clone()
        }
    }

    /// The kind of server and its address: whose ids are whose.
    pub(super) fn account(&self) -> String {
        let kind = match self.vendor {
            Vendor::Openai => "openai",
            Vendor::Azure => "azure",
        };
        format!("{kind} {}", self.base)
    }

    /// Somebody else's words without the key, should they repeat it.
    pub(super) fn without_key(&self, text: &str) -> String {
        let key = self.key.expose_secret();
        if key.is_empty() || !text.contains(key) {
            return text.to_owned();
        }
        text.replace(key, "…")
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let value = format!("{}{}", self.key_prefix, self.key.expose_secret());
        // The configuration has made sure of its letters.
        if let Ok(mut value) = HeaderValue::from_str(&value) {
            value.set_sensitive(true);
            headers.insert(self.key_header.clone(), value);
        }
        headers
    }

    fn url(&self, path: &str) -> String {
        match &self.deployment {
            Some(deployment) if DEPLOYMENT_PATHS.contains(&path) => {
                format!("{}/deployments/{deployment}{path}", self.base)
            }
            _ => format!("{}{path}", self.base),
        }
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.api_version
            .iter()
            .map(|version| ("api-version", version.as_str()))
            .collect()
    }

    fn api_base(&self) -> &str {
        &self.base
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}
