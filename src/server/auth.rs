//! Accounts: signing up, logging in and out, who a token belongs to, and the tokens that programs use. Rules only: cookies
//! and headers are the doors' matter.

mod attempts;
mod limiter;
mod password;
mod token;
pub mod tokens;

use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        user::{UserView, check_password, parse_name},
    },
    server::{
        config::AuthConfig,
        db::{Db, DbError, now_ms},
        metrics,
        redis::Redis,
    },
};
use attempts::AttemptLimiter;
use std::net::IpAddr;
pub use token::SessionToken;

/// A session lasts this long after its last use.
pub const SESSION_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// A session's use is noted at most this often, so that reading pages does not write.
const TOUCH_AFTER_MS: i64 = 60 * 60 * 1000;

/// The rules of accounts.
#[derive(Clone)]
pub struct Accounts {
    db: Db,
    attempts: AttemptLimiter,
}

impl Accounts {
    /// The service over a database, and over the Redis that nodes share, where there is one.
    #[must_use]
    pub fn new(db: Db, redis: Option<Redis>, config: &AuthConfig) -> Self {
        Self {
            db,
            attempts: AttemptLimiter::new(config.attempts_per_minute, redis),
        }
    }

    /// Makes an account and opens its first session. The first account of an installation is its administrator.
    ///
    /// # Errors
    /// A sentence about the field that is not acceptable; `Conflict` for a taken name; `RateLimited`.
    pub async fn sign_up(
        &self,
        name: &str,
        password: String,
        from: IpAddr,
    ) -> AppResult<(UserView, SessionToken)> {
        self.attempts.check(from, name).await?;
        let name = parse_name(name)?;
        check_password(&password)?;
        let hash = password::hash(password).await?;
        let mut tx = self.db.begin().await?;
        let user = match tx.insert_user(&name, &hash).await {
            Ok(user) => user,
            Err(DbError::Constraint(_)) => {
                return Err(AppError {
                    kind: ErrorKind::Conflict,
                    ..AppError::field("name", "This name is taken. Choose another, or log in.")
                });
            }
            Err(error) => return Err(error.into()),
        };
        tx.commit().await?;
        tracing::info!(user.id = %user.id, "account made");
        let token = self.open_session(&user).await?;
        Ok((user, token))
    }

    /// Opens a session for whoever knows the password. An unknown name costs the same time and says the same.
    ///
    /// # Errors
    /// `Invalid` when name or password is wrong; `RateLimited`.
    pub async fn log_in(
        &self,
        name: &str,
        password: String,
        from: IpAddr,
    ) -> AppResult<(UserView, SessionToken)> {
        self.attempts.check(from, name).await?;
        let known = self.db.find_credentials(name.trim()).await?;
        let hash = known
            .as_ref()
            .map(|credentials| credentials.password_hash.clone());
        let is_right = password::verify(password, hash).await?;
        match known {
            Some(credentials) if is_right => {
                let token = self.open_session(&credentials.user).await?;
                Ok((credentials.user, token))
            }
            _ => {
                metrics::login_refused("credentials");
                Err(AppError::field(
                    "password",
                    "Name or password is wrong. Check both and try again.",
                ))
            }
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self, token: &SessionToken) -> AppResult<()> {
        Ok(self.db.delete_session(&token.hash()).await?)
    }

    /// Who holds a token, if it is valid.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_user(&self, token: &SessionToken) -> AppResult<Option<UserView>> {
        let hash = token.hash();
        let Some(session) = self.db.find_session(&hash).await? else {
            return Ok(None);
        };
        if now_ms() - session.last_seen_at > TOUCH_AFTER_MS {
            self.db.touch_session(&hash, now_ms() + SESSION_MS).await?;
        }
        Ok(Some(session.user))
    }

    async fn open_session(&self, user: &UserView) -> AppResult<SessionToken> {
        let token = SessionToken::generate();
        self.db
            .insert_session(user.id, &token.hash(), now_ms() + SESSION_MS)
            .await?;
        self.db.delete_expired_sessions().await?;
        Ok(token)
    }
}
