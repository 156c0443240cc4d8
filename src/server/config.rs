//! Configuration: one small struct a concern, read once at start. All mistakes are found before anything is opened, and
//! all of them are told at once. Nothing else in the program reads the environment.

mod auth;
mod azure;
mod breaker;
mod cluster;
mod database;
mod environment;
mod files;
mod local;
mod local_speech;
mod local_transcription;
mod openai;
mod server;
mod speech;
mod storage;
mod telemetry;
mod traces;

pub use auth::AuthConfig;
pub use azure::{AzureConfig, AzureDeployment, AzureSurface};
pub use breaker::BreakerConfig;
pub use cluster::{ClusterConfig, RedisConfig};
pub use database::DatabaseConfig;
pub use environment::{ConfigError, Environment, Mistake};
pub use files::FilesConfig;
pub use local::LocalConfig;
pub use local_speech::LocalSpeechConfig;
pub use local_transcription::LocalTranscriptionConfig;
pub use openai::OpenaiConfig;
pub use server::ServerConfig;
pub use speech::SpeechConfig;
pub use storage::{S3Config, StorageConfig};
pub use telemetry::TelemetryConfig;
pub use traces::TracesConfig;

use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, path::PathBuf};

/// Everything that can be configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database and files are kept. Read from `INSPIREAI_DATA_DIR`; default `data`.
    pub data_dir: PathBuf,
    /// The listening side.
    pub server: ServerConfig,
    /// This server among others.
    pub cluster: ClusterConfig,
    /// The database.
    pub database: DatabaseConfig,
    /// Where uploaded files are kept.
    pub storage: StorageConfig,
    /// How much people may store.
    pub files: FilesConfig,
    /// Accounts and log-in.
    pub auth: AuthConfig,
    /// The model in this process; `None` when it is off.
    pub local: Option<LocalConfig>,
    /// Speech in and out, whoever speaks and listens.
    pub speech: SpeechConfig,
    /// The voice in this process; `None` when it is off.
    pub local_speech: Option<LocalSpeechConfig>,
    /// The model in this process that listens; `None` when it is off.
    pub local_transcription: Option<LocalTranscriptionConfig>,
    /// An OpenAI-compatible server; `None` when none is named.
    pub openai: Option<OpenaiConfig>,
    /// Azure OpenAI; `None` when it is not named.
    pub azure: Option<AzureConfig>,
    /// When a service that keeps failing is left alone.
    pub breaker: BreakerConfig,
    /// Log lines, numbers and traces.
    pub telemetry: TelemetryConfig,
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// Every mistake there is, each with its variable, what is wrong and an example.
    pub fn from_env(environment: &Environment) -> Result<Self, ConfigError> {
        let mut mistakes = Vec::new();
        let data_dir = PathBuf::from(environment.get("INSPIREAI_DATA_DIR").unwrap_or("data"));
        let server = ServerConfig::from_env(environment, &mut mistakes);
        let idle_timeout = openai::idle_timeout(environment, &mut mistakes);
        let speech = SpeechConfig::from_env(environment, &mut mistakes);
        let config = Self {
            cluster: ClusterConfig::from_env(environment, server.address, &mut mistakes),
            server,
            database: DatabaseConfig::from_env(environment, &data_dir, &mut mistakes),
            storage: StorageConfig::from_env(environment, &data_dir, &mut mistakes),
            files: FilesConfig::from_env(environment, &mut mistakes),
            auth: AuthConfig::from_env(environment, &mut mistakes),
            local: LocalConfig::from_env(environment, &data_dir, &mut mistakes),
            local_speech: LocalSpeechConfig::from_env(environment, &data_dir, &mut mistakes),
            local_transcription: LocalTranscriptionConfig::from_env(
                environment,
                &data_dir,
                speech,
                &mut mistakes,
            ),
            speech,
            openai: OpenaiConfig::from_env(environment, idle_timeout, &mut mistakes),
            azure: AzureConfig::from_env(environment, idle_timeout, &mut mistakes),
            breaker: BreakerConfig::from_env(environment, &mut mistakes),
            telemetry: TelemetryConfig::from_env(environment, &mut mistakes),
            data_dir,
        };
        if mistakes.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError { mistakes })
        }
    }
}

impl Config {
    /// What servers that share a database compare to find out whether they are configured alike, by variable. A value
    /// cannot be read from it: it is 32 bits of a hash.
    #[must_use]
    pub fn fingerprints(&self) -> BTreeMap<String, String> {
        let openai = self.openai.as_ref();
        let azure = self.azure.as_ref();
        let redis = self.cluster.redis.as_ref();
        let deployments = azure.map(AzureConfig::deployment_list).unwrap_or_default();
        let values = [
            (
                "AZURE_OPENAI_API_KEY",
                azure.map_or("", AzureConfig::api_key),
            ),
            (
                "AZURE_OPENAI_API_VERSION",
                azure.map_or("", AzureConfig::api_version),
            ),
            ("AZURE_OPENAI_DEPLOYMENTS", &deployments),
            (
                "AZURE_OPENAI_ENDPOINT",
                azure.map_or("", |azure| &azure.endpoint),
            ),
            ("OPENAI_API_KEY", openai.map_or("", OpenaiConfig::api_key)),
            (
                "OPENAI_BASE_URL",
                openai.map_or("", |openai| &openai.base_url),
            ),
            ("REDIS_URL", redis.map_or("", RedisConfig::url)),
        ];
        values
            .map(|(variable, value)| {
                let digest = Sha256::digest(format!("inspireai\0{variable}\0{value}"));
                let fingerprint = digest.iter().take(4).map(|byte| format!("{byte:02x}"));
                (variable.to_owned(), fingerprint.collect())
            })
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_set_is_a_working_configuration() {
        let config = Config::from_env(&Environment::default()).expect("defaults");
        assert!(config.database.url.starts_with("sqlite:"));
        assert!(config.openai.is_none() && config.local.is_some());
    }

    #[test]
    fn all_mistakes_are_told_at_once_with_variable_and_example() {
        let environment = Environment::from_pairs([
            ("LEPTOS_SITE_ADDR", "nonsense"),
            ("DATABASE_URL", "mysql://x"),
            ("OPENAI_BASE_URL", "ftp://x"),
            ("INSPIREAI_LOCAL_THREADS", "many"),
        ]);
        let error = Config::from_env(&environment).expect_err("four mistakes");
        let text = error.to_string();
        for variable in [
            "LEPTOS_SITE_ADDR",
            "DATABASE_URL",
            "OPENAI_BASE_URL",
            "INSPIREAI_LOCAL_THREADS",
        ] {
            assert!(text.contains(variable), "{variable} is missing in {text}");
        }
        assert_eq!(error.mistakes.len(), 4);
        assert!(text.contains("for example"));
    }

    #[test]
    fn a_secret_may_stand_in_a_file_and_is_never_printed() {
        let file = tempfile::NamedTempFile::new().expect("file");
        std::fs::write(file.path(), "sk-from-file\n").expect("write");
        let path = file.path().to_string_lossy().into_owned();
        let environment = Environment::from_pairs([("OPENAI_API_KEY_FILE", path.as_str())]);
        let config = Config::from_env(&environment).expect("valid");
        let openai = config.openai.expect("configured by the key alone");
        assert_eq!(openai.api_key(), "sk-from-file");
        assert!(!format!("{openai:?}").contains("sk-from-file"));
    }
}
