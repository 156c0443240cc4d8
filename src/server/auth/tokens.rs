//! Personal tokens: making them, taking them back, and what one of them opens.

use super::limiter::{Limiter, count, refusal};
use crate::{
    model::{
        AppError, AppResult, ErrorKind,
        ids::{TokenId, UserId},
        token::{
            MAX_TOKENS, NewToken, Scope, TokenView, parse_lifetime, parse_scopes, parse_token_name,
        },
        user::UserView,
    },
    server::{
        config::AuthConfig,
        db::{
            Db, day, now_ms,
            tokens::{NewTokenRow, TokenHolder, TokenRecord},
        },
        redis::Redis,
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{TryRngCore, rngs::OsRng};
use sha2::{Digest, Sha256};

/// Tells people, and programs that look for leaked secrets, what it is.
const PREFIX: &str = "iai-";
/// Random bytes in a token: 256 bits, not to be guessed and so hashed without salt or stretching.
const SECRET_BYTES: usize = 32;
/// Their length as text: Base64 for addresses, without padding.
const SECRET_CHARS: usize = 43;
/// A token's use is noted at most this often, so that asking does not write.
const TOUCH_AFTER_MS: i64 = 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The rules of tokens.
#[derive(Clone)]
pub struct Tokens {
    db: Db,
    shared: Option<Redis>,
    by_token: Limiter,
    by_user: Limiter,
}

/// Who asks with a token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// In whose name.
    pub user: UserView,
    /// With which token.
    pub token: TokenId,
}

impl Tokens {
    /// The service over a database, and over the Redis that nodes share, where there is one.
    #[must_use]
    pub fn new(db: Db, redis: Option<Redis>, config: &AuthConfig) -> Self {
        Self {
            db,
            shared: redis,
            by_token: Limiter::new("token", config.token_requests_per_minute),
            by_user: Limiter::new("user", config.user_requests_per_minute),
        }
    }

    /// Makes a token. What is given back is not kept: only its hash is.
    ///
    /// # Errors
    /// A sentence about `name`, `scopes` or `days`; `Conflict` for a person who has too many.
    pub async fn create(
        &self,
        user: UserId,
        name: &str,
        scopes: Vec<Scope>,
        days: u32,
    ) -> AppResult<NewToken> {
        let name = parse_token_name(name)?;
        let scopes = parse_scopes(scopes)?;
        let days = parse_lifetime(days)?;
        if self.db.list_tokens(user).await?.len() >= MAX_TOKENS {
            return Err(AppError::new(
                ErrorKind::Conflict,
                format!("You have {MAX_TOKENS} tokens. Revoke one that you do not need first."),
            ));
        }
        let secret = generate()?;
        let token = NewTokenRow {
            id: TokenId::new(),
            user,
            name: &name,
            hash: &hash(&secret),
            scopes: &scopes,
            expires_at: days.map(|days| now_ms() + i64::from(days) * DAY_MS),
        };
        self.db.insert_token(&token).await?;
        tracing::info!(user.id = %user, token.id = %token.id, "token made");
        let id = token.id;
        Ok(NewToken { id, name, secret })
    }

    /// A person's tokens but those that were revoked, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list(&self, user: UserId) -> AppResult<Vec<TokenView>> {
        let tokens = self.db.list_tokens(user).await?;
        Ok(tokens.into_iter().map(view).collect())
    }

    /// Takes a token back. It opens nothing from now on, on any node.
    ///
    /// # Errors
    /// `NotFound` when it is not the person's, or was revoked before.
    pub async fn revoke(&self, user: UserId, token: TokenId) -> AppResult<()> {
        if !self.db.revoke_token(user, token).await? {
            return Err(AppError::not_found("token"));
        }
        tracing::info!(user.id = %user, token.id = %token, "token revoked");
        Ok(())
    }

    /// Who holds a token, if it opens what is asked for.
    ///
    /// # Errors
    /// `Unauthorized` for one that does not work, saying why; `Forbidden` for one without the scope; `RateLimited`.
    pub async fn authorise(&self, secret: &str, scope: Scope) -> AppResult<Caller> {
        let holder = match is_token(secret) {
            true => self.db.find_token(&hash(secret)).await?,
            false => None,
        };
        let holder = holder.ok_or_else(|| {
            refused("This token is not known here. Make one in the settings, under Tokens.")
        })?;
        check(&holder, scope)?;
        let limits = [
            (&self.by_token, holder.id.to_string()),
            (&self.by_user, holder.user.id.to_string()),
        ];
        if let Some(seconds) = count(self.shared.as_ref(), &limits).await {
            return Err(refusal("requests", seconds));
        }
        if holder
            .last_used_at
            .is_none_or(|at| now_ms() - at > TOUCH_AFTER_MS)
        {
            self.db.touch_token(holder.id).await?;
        }
        Ok(Caller {
            user: holder.user,
            token: holder.id,
        })
    }
}

fn check(holder: &TokenHolder, scope: Scope) -> AppResult<()> {
    if holder.is_revoked {
        return Err(refused(
            "This token was revoked. Make another in the settings, under Tokens.",
        ));
    }
    if holder.expires_at.is_some_and(|at| at <= now_ms()) {
        return Err(refused(
            "This token has expired. Make another in the settings, under Tokens.",
        ));
    }
    if !holder.scopes.contains(&scope) {
        return Err(AppError::new(
            ErrorKind::Forbidden,
            format!(
                "This token may not do that: it lacks the scope `{}`. Make one that has it in the settings, under Tokens.",
                scope.as_str()
            ),
        ));
    }
    Ok(())
}

fn refused(sentence: &str) -> AppError {
    AppError::new(ErrorKind::Unauthorized, sentence)
}

fn generate() -> AppResult<String> {
    let mut bytes = [0; SECRET_BYTES];
    OsRng.try_fill_bytes(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no random numbers");
        AppError::internal()
    })?;
    Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
}

/// Whether a text can be a token at all.
fn is_token(text: &str) -> bool {
    text.strip_prefix(PREFIX).is_some_and(|secret| {
        secret.len() == SECRET_CHARS
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

/// What is stored of a token.
fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

fn view(token: TokenRecord) -> TokenView {
    TokenView {
        id: token.id,
        name: token.name,
        scopes: token.scopes,
        created_on: day(token.created_at),
        last_used_on: token.last_used_at.map(day),
        expires_on: token.expires_at.map(day),
        is_expired: token.expires_at.is_some_and(|at| at <= now_ms()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_carries_256_bits_is_told_by_its_prefix_and_never_comes_twice() {
        let (one, other) = (generate().expect("random"), generate().expect("random"));
        assert!(is_token(&one) && is_token(&other));
        assert_ne!(one, other);
        let bytes = URL_SAFE_NO_PAD
            .decode(&one[PREFIX.len()..])
            .expect("base64");
        assert_eq!(bytes.len(), SECRET_BYTES);
    }

    #[test]
    fn what_cannot_be_a_token_is_not_looked_for() {
        let short = format!("{PREFIX}{}", "a".repeat(SECRET_CHARS - 1));
        let strange = format!("{PREFIX}{}!", "a".repeat(SECRET_CHARS - 1));
        for text in ["", "iai-", "sk-secret", short.as_str(), strange.as_str()] {
            assert!(!is_token(text), "{text}");
        }
    }

    #[test]
    fn a_time_reads_as_its_day() {
        assert_eq!(day(0), "1970-01-01");
    }
}
