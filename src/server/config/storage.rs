//! Where uploaded files are kept.

use super::{Environment, Mistake};
use secrecy::{ExposeSecret, SecretString};
use std::path::{Path, PathBuf};

/// A directory, or a bucket of an S3-compatible service. Read from `STORAGE_URL`: `file:DIR` or `s3://BUCKET/PREFIX`; default
/// `files` in the data directory.
#[derive(Clone, Debug)]
pub enum StorageConfig {
    /// A directory of this machine.
    Directory(PathBuf),
    /// A bucket.
    S3(S3Config),
}

/// A bucket, and who may use it.
#[derive(Clone, Debug)]
pub struct S3Config {
    /// The bucket's name.
    pub bucket: String,
    /// What the names of all objects begin with; may be empty.
    pub prefix: String,
    /// Read from `AWS_REGION`; default `us-east-1`, which services other than Amazon's take for theirs.
    pub region: String,
    /// Read from `AWS_ENDPOINT_URL`; default Amazon's.
    pub endpoint: Option<String>,
    /// Read from `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// Read from `AWS_SECRET_ACCESS_KEY` or the file that `AWS_SECRET_ACCESS_KEY_FILE` names.
    secret_access_key: SecretString,
    /// Read from `AWS_SESSION_TOKEN` or the file that `AWS_SESSION_TOKEN_FILE` names: part of keys that expire.
    session_token: Option<SecretString>,
}

impl StorageConfig {
    pub(super) fn from_env(
        environment: &Environment,
        data_dir: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> Self {
        let default = Self::Directory(data_dir.join("files"));
        let Some(url) = environment.get("STORAGE_URL") else {
            return default;
        };
        if let Some(path) = url.strip_prefix("file:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if !path.is_empty() {
                return Self::Directory(PathBuf::from(path));
            }
        } else if let Some(place) = url.strip_prefix("s3://") {
            let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
            let prefix = prefix.trim_end_matches('/');
            if is_bucket_name(bucket) && is_prefix(prefix) {
                return S3Config::from_env(environment, bucket, prefix, mistakes)
                    .map_or(default, Self::S3);
            }
        }
        mistakes.push(Mistake {
            variable: "STORAGE_URL".to_owned(),
            problem: format!("is {url:?}, which names neither a directory nor a bucket"),
            example: "s3://my-bucket/inspireai".to_owned(),
        });
        default
    }
}

/// Amazon's letters for a bucket, and those that others allow besides.
fn is_bucket_name(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    (3..=63).contains(&name.len()) && name.chars().all(is_allowed)
}

fn is_prefix(prefix: &str) -> bool {
    let is_allowed = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '='))
    };
    prefix.is_empty() || prefix.split('/').all(is_allowed)
}

impl S3Config {
    fn from_env(
        environment: &Environment,
        bucket: &str,
        prefix: &str,
        mistakes: &mut Vec<Mistake>,
    ) -> Option<Self> {
        let access_key_id = environment.get("AWS_ACCESS_KEY_ID");
        let secret_access_key = environment.secret("AWS_SECRET_ACCESS_KEY", mistakes);
        let session_token = environment.secret("AWS_SESSION_TOKEN", mistakes);
        let is_file_named = environment.get("AWS_SECRET_ACCESS_KEY_FILE").is_some();
        for (variable, is_missing, example) in [
            (
                "AWS_ACCESS_KEY_ID",
                access_key_id.is_none(),
                "AKIAIOSFODNN7EXAMPLE",
            ),
            (
                "AWS_SECRET_ACCESS_KEY",
                secret_access_key.is_none() && !is_file_named,
                "wJalrXUtnFEMI/EXAMPLEKEY",
            ),
        ] {
            if is_missing {
                mistakes.push(Mistake {
                    variable: variable.to_owned(),
                    problem: "is not set, and the bucket of STORAGE_URL needs it".to_owned(),
                    example: example.to_owned(),
                });
            }
        }
        let endpoint = environment.get("AWS_ENDPOINT_URL");
        if let Some(url) = endpoint
            && !url.starts_with("http://")
            && !url.starts_with("https://")
        {
            mistakes.push(Mistake {
                variable: "AWS_ENDPOINT_URL".to_owned(),
                problem: format!("is {url:?}, which is not an http or https address"),
                example: "http://127.0.0.1:9000".to_owned(),
            });
        }
        Some(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            region: environment
                .get("AWS_REGION")
                .or_else(|| environment.get("AWS_DEFAULT_REGION"))
                .unwrap_or("us-east-1")
                .to_owned(),
            endpoint: endpoint.map(|url| url.trim_end_matches('/').to_owned()),
            access_key_id: access_key_id?.to_owned(),
            secret_access_key: secret_access_key?,
            session_token,
        })
    }

    /// The secret that belongs to the key.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        self.secret_access_key.expose_secret()
    }

    /// What a key that expires needs besides.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(ExposeSecret::expose_secret)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(environment: &Environment) -> (StorageConfig, Vec<Mistake>) {
        let mut mistakes = Vec::new();
        let config = StorageConfig::from_env(environment, Path::new("data"), &mut mistakes);
        (config, mistakes)
    }

    #[test]
    fn files_are_kept_in_the_data_directory_or_in_one_that_is_named() {
        for (url, directory) in [
            ("", "data/files"),
            ("file:elsewhere", "elsewhere"),
            ("file:/srv/files", "/srv/files"),
            ("file:///srv/files", "/srv/files"),
        ] {
            let (config, mistakes) = read(&Environment::from_pairs([("STORAGE_URL", url)]));
            let StorageConfig::Directory(path) = config else {
                panic!("{url}: {config:?}");
            };
            assert_eq!((path, mistakes), (PathBuf::from(directory), Vec::new()));
        }
    }

    #[test]
    fn a_bucket_is_named_with_its_prefix_and_the_usual_variables_and_no_secret_is_printed() {
        let (config, mistakes) = read(&Environment::from_pairs([
            ("STORAGE_URL", "s3://my-bucket/some/where/"),
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "hush"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/"),
        ]));
        assert!(mistakes.is_empty(), "{mistakes:?}");
        assert!(!format!("{config:?}").contains("hush"));
        let StorageConfig::S3(s3) = config else {
            panic!("{config:?}");
        };
        assert_eq!(
            (s3.bucket.as_str(), s3.prefix.as_str()),
            ("my-bucket", "some/where")
        );
        assert_eq!(
            (s3.region.as_str(), s3.secret_access_key()),
            ("eu-central-1", "hush")
        );
        assert_eq!(s3.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
    }

    #[test]
    fn a_place_that_is_none_and_missing_keys_are_mistakes() {
        for url in [
            "ftp://x",
            "file:",
            "s3://",
            "s3://x",
            "s3://bucket/../up",
            "s3://b c",
        ] {
            let (_, mistakes) = read(&Environment::from_pairs([("STORAGE_URL", url)]));
            let variables: Vec<_> = mistakes.iter().map(|one| one.variable.as_str()).collect();
            assert_eq!(variables, ["STORAGE_URL"], "{url}");
        }
        let (_, mistakes) = read(&Environment::from_pairs([
            ("STORAGE_URL", "s3://bucket"),
            ("AWS_ENDPOINT_URL", "minio:9000"),
        ]));
        let variables: Vec<_> = mistakes.iter().map(|one| one.variable.as_str()).collect();
        assert_eq!(
            variables,
            [
                "AWS_ACCESS_KEY_ID",
                "AWS_SECRET_ACCESS_KEY",
                "AWS_ENDPOINT_URL"
            ]
        );
    }
}
