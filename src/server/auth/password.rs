//! Hashing and verifying passwords: Argon2id with the crate's defaults (19 MiB, 2 passes: OWASP's recommendation).

use crate::model::{AppError, AppResult};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::OnceLock;
use tokio::sync::Semaphore;

/// Hashes a password into a PHC string, off the async threads: it takes tens of milliseconds on purpose.
pub(super) async fn hash(password: String) -> AppResult<String> {
    run(move || hash_now(&password)).await?
}

/// Whether a password fits a hash. Without a hash the work is done all the same, so that time does not tell which names exist.
pub(super) async fn verify(password: String, hash: Option<String>) -> AppResult<bool> {
    run(move || {
        let is_known = hash.is_some();
        let hash = hash.map_or_else(dummy_hash, Ok)?;
        let parsed = PasswordHash::new(&hash).map_err(|error| broken(&error))?;
        let is_right = Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok();
        Ok(is_right && is_known)
    })
    .await?
}

/// Hashes that are computed at once: more would only take turns on the same cores, each with its memory.
const AT_ONCE: usize = 2;

async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> AppResult<T> {
    static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
    let _turn = TURNS.acquire().await.map_err(|error| broken(&error))?;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| broken(&error))
}

fn hash_now(password: &str) -> AppResult<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| broken(&error))
}

/// A hash that no password is checked for in earnest.
fn dummy_hash() -> AppResult<String> {
    static DUMMY: OnceLock<String> = OnceLock::new();
    if let Some(hash) = DUMMY.get() {
        return Ok(hash.clone());
    }
    let hash = hash_now("a password of nobody")?;
    Ok(DUMMY.get_or_init(|| hash).clone())
}

fn broken(error: &dyn std::fmt::Display) -> AppError {
    tracing::error!(%error, "password hashing failed");
    AppError::internal()
}
