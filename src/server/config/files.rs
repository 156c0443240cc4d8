//! What people may store.

use super::{Environment, Mistake};

/// Bytes in a megabyte, as people count files.
const MB: u64 = 1_000_000;

/// How much people may store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilesConfig {
    /// Longest file. Read from `INSPIREAI_UPLOAD_LIMIT_MB`; default 512.
    pub upload_limit_bytes: u64,
    /// All files of one person together. Read from `INSPIREAI_STORAGE_QUOTA_MB`; default 10240.
    pub quota_bytes: u64,
}

impl FilesConfig {
    pub(super) fn from_env(environment: &Environment, mistakes: &mut Vec<Mistake>) -> Self {
        let mut megabytes = |variable: &str, default: u32, example: &str| {
            let size_mb: u32 = environment.parse(
                variable,
                default,
                "a number of megabytes",
                example,
                mistakes,
            );
            if size_mb == 0 {
                mistakes.push(Mistake {
                    variable: variable.to_owned(),
                    problem: "is 0, so that nothing could be stored".to_owned(),
                    example: example.to_owned(),
                });
            }
            u64::from(size_mb) * MB
        };
        Self {
            upload_limit_bytes: megabytes("INSPIREAI_UPLOAD_LIMIT_MB", 512, "512"),
            quota_bytes: megabytes("INSPIREAI_STORAGE_QUOTA_MB", 10_240, "10240"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_megabytes_and_zero_is_a_mistake() {
        let mut mistakes = Vec::new();
        let environment = Environment::from_pairs([("INSPIREAI_UPLOAD_LIMIT_MB", "3")]);
        let config = FilesConfig::from_env(&environment, &mut mistakes);
        assert_eq!(config.upload_limit_bytes, 3_000_000);
        assert_eq!(config.quota_bytes, 10_240_000_000);
        assert!(mistakes.is_empty());

        let environment = Environment::from_pairs([
            ("INSPIREAI_UPLOAD_LIMIT_MB", "0"),
            ("INSPIREAI_STORAGE_QUOTA_MB", "lots"),
        ]);
        FilesConfig::from_env(&environment, &mut mistakes);
        let variables: Vec<_> = mistakes.iter().map(|one| one.variable.as_str()).collect();
        assert_eq!(
            variables,
            ["INSPIREAI_UPLOAD_LIMIT_MB", "INSPIREAI_STORAGE_QUOTA_MB"]
        );
    }
}
