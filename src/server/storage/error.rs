//! What can go wrong with a storage, in words for whoever runs the server.

use crate::server::config::StorageConfig;
use object_store::client::{HttpError, HttpErrorKind};
use std::{error::Error, fmt, io, iter, path::PathBuf};

/// Why a storage did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// There is no such file.
    #[error("there is no such file in the storage")]
    NotFound,
    /// What was to be stored could not be read to its end.
    #[error("what was to be stored broke off: {0}")]
    Content(#[from] io::Error),
    /// The key is wrong or may not do this.
    #[error(
        "S3 refuses the key {access_key_id} for {place} ({code}). Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and that the key may read, write, list and delete there"
    )]
    Refused {
        /// Which key.
        access_key_id: String,
        /// Where.
        place: String,
        /// The service's own word for it.
        code: String,
    },
    /// The bucket is not there.
    #[error("there is no bucket {bucket} at {endpoint}. Create it, or name another in STORAGE_URL")]
    NoBucket {
        /// Which.
        bucket: String,
        /// Where.
        endpoint: String,
    },
    /// The service cannot be reached.
    #[error(
        "{endpoint} does not answer ({cause}). Check AWS_ENDPOINT_URL and AWS_REGION, and that the service runs"
    )]
    Unreachable {
        /// Who.
        endpoint: String,
        /// What the network says.
        cause: String,
    },
    /// No room is left.
    #[error("there is no room left in {place}")]
    Full {
        /// Where.
        place: String,
    },
    /// A directory that cannot be used.
    #[error(
        "the directory {path} cannot be used for files ({cause}). Set STORAGE_URL=file:DIR to one that can be written"
    )]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// It does not give back what it was given.
    #[error("{place} gives back other bytes than were stored there")]
    Altered {
        /// Where.
        place: String,
    },
    /// Anything else that a service says.
    #[error("{place} failed: {cause}")]
    Service {
        /// Where.
        place: String,
        /// Its own words.
        cause: String,
    },
}

/// Where a storage is, for its errors.
#[derive(Debug)]
pub(super) enum Place {
    Directory(PathBuf),
    S3 {
        bucket: String,
        prefix: String,
        endpoint: String,
        access_key_id: String,
    },
}

impl From<&StorageConfig> for Place {
    fn from(config: &StorageConfig) -> Self {
        match config {
            StorageConfig::Directory(path) => Self::Directory(path.clone()),
            StorageConfig::S3(s3) => Self::S3 {
                bucket: s3.bucket.clone(),
                prefix: s3.prefix.clone(),
                endpoint: s3
                    .endpoint
                    .clone()
                    .unwrap_or_else(|| format!("https://s3.{}.amazonaws.com", s3.region)),
                access_key_id: s3.access_key_id.clone(),
            },
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => write!(f, "the directory {}", path.display()),
            Self::S3 {
                bucket,
                prefix,
                endpoint,
                ..
            } if prefix.is_empty() => write!(f, "the bucket {bucket} at {endpoint}"),
            Self::S3 {
                bucket,
                prefix,
                endpoint,
                ..
            } => write!(f, "the bucket {bucket} (under {prefix}/) at {endpoint}"),
        }
    }
}

impl Place {
    /// What an error of the store means here.
    pub(super) fn explain(&self, error: &object_store::Error) -> StorageError {
        match self {
            Self::Directory(path) => explain_directory(path, self, error),
            Self::S3 {
                bucket,
                endpoint,
                access_key_id,
                ..
            } => {
                let code = service_code(error);
                if code.as_deref() == Some("NoSuchBucket") {
                    return StorageError::NoBucket {
                        bucket: bucket.clone(),
                        endpoint: endpoint.clone(),
                    };
                }
                if is_refusal(error, code.as_deref()) {
                    return StorageError::Refused {
                        access_key_id: access_key_id.clone(),
                        place: self.to_string(),
                        code: code.unwrap_or_else(|| "403".to_owned()),
                    };
                }
                if matches!(error, object_store::Error::NotFound { .. }) {
                    return StorageError::NotFound;
                }
                if is_unreachable(error) {
                    return StorageError::Unreachable {
                        endpoint: endpoint.clone(),
                        cause: root_cause(error),
                    };
                }
                StorageError::Service {
                    place: self.to_string(),
                    cause: code.unwrap_or_else(|| root_cause(error)),
                }
            }
        }
    }
}

fn explain_directory(
    path: &std::path::Path,
    place: &Place,
    error: &object_store::Error,
) -> StorageError {
    let kind = chain(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .last()
        .map(io::Error::kind);
    match (error, kind) {
        (object_store::Error::NotFound { .. }, _) => StorageError::NotFound,
        (
            _,
            Some(
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge,
            ),
        ) => StorageError::Full {
            place: place.to_string(),
        },
        _ => StorageError::Directory {
            path: path.to_owned(),
            cause: root_cause(error),
        },
    }
}

/// An error and what it stems from, outermost first.
fn chain(error: &object_store::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    iter::successors(Some(error as &(dyn Error + 'static)), |cause| {
        (*cause).source()
    })
}

fn root_cause(error: &object_store::Error) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// The service's own word for what is wrong, which stands in the XML of its answer.
fn service_code(error: &object_store::Error) -> Option<String> {
    let text = root_cause(error);
    let (_, after) = text.split_once("<Code>")?;
    let (code, _) = after.split_once("</Code>")?;
    Some(code.to_owned())
}

fn is_refusal(error: &object_store::Error, code: Option<&str>) -> bool {
    matches!(
        error,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }
    ) || matches!(
        code,
        Some(
            "InvalidAccessKeyId"
                | "SignatureDoesNotMatch"
                | "AccessDenied"
                | "ExpiredToken"
                | "InvalidToken"
        )
    )
}

fn is_unreachable(error: &object_store::Error) -> bool {
    chain(error)
        .filter_map(|cause| cause.downcast_ref::<HttpError>())
        .any(|http| {
            matches!(
                http.kind(),
                HttpErrorKind::Connect
                    | HttpErrorKind::Timeout
                    | HttpErrorKind::Request
                    | HttpErrorKind::Interrupted
            )
        })
}
