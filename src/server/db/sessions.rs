//! Sessions: who holds which token. Only hashes of tokens are stored.

use super::{Db, DbResult, now_ms, on, users::user_view};
use crate::model::{ids::UserId, user::UserView};

#[derive(sqlx::FromRow)]
struct SessionRow {
    user_id: String,
    name: String,
    role: String,
    last_seen_at: i64,
}

/// A session that is valid now.
pub struct Session {
    /// Whose it is.
    pub user: UserView,
    /// When it was last used, milliseconds since 1970.
    pub last_seen_at: i64,
}

impl Db {
    /// Opens a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_session(
        &self,
        user: UserId,
        token_hash: &[u8],
        expires_at: i64,
    ) -> DbResult<()> {
        const SQL: &str = "insert into session (token_hash, user_id, created_at, last_seen_at, expires_at) \
             values ($1, $2, $3, $3, $4)";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(token_hash)
            .bind(user.to_string())
            .bind(now_ms())
            .bind(expires_at)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// The session of a token, if it has not expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_session(&self, token_hash: &[u8]) -> DbResult<Option<Session>> {
        const SQL: &str = "select u.user_id, u.name, u.role, s.last_seen_at from session s \
             join app_user u on u.user_id = s.user_id where s.token_hash = $1 and s.expires_at > $2";
        let row: Option<SessionRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(token_hash)
            .bind(now_ms())
            .fetch_optional(pool)
            .await)?;
        row.map(|row| {
            Ok(Session {
                user: user_view(&row.user_id, row.name, &row.role)?,
                last_seen_at: row.last_seen_at,
            })
        })
        .transpose()
    }

    /// Notes that a session was used and moves its end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, token_hash: &[u8], expires_at: i64) -> DbResult<()> {
        const SQL: &str =
            "update session set last_seen_at = $1, expires_at = $2 where token_hash = $3";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(now_ms())
            .bind(expires_at)
            .bind(token_hash)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_session(&self, token_hash: &[u8]) -> DbResult<()> {
        const SQL: &str = "delete from session where token_hash = $1";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(token_hash)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// Forgets sessions that have expired.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn delete_expired_sessions(&self) -> DbResult<()> {
        const SQL: &str = "delete from session where expires_at <= $1";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(now_ms())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
