//! The token a browser holds for its session.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// 244 random bits as 64 hexadecimal digits. Only its hash is ever stored or logged.
pub struct SessionToken(String);

impl SessionToken {
    /// A new token. Version-4 UUIDs draw from the operating system's generator.
    pub(super) fn generate() -> Self {
        Self(format!(
            "{}{}",
            Uuid::new_v4().simple(),
            Uuid::new_v4().simple()
        ))
    }

    /// What a cookie holds, if it can be a token at all.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_token = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_token.then(|| Self(text.to_owned()))
    }

    /// What is stored of it.
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// The text for the cookie.
    #[must_use]
    pub fn secret(&self) -> &str {
        &self.0
    }
}
