//! Personal tokens. Only hashes of them are stored; what was revoked or has expired stays until its owner is gone, so that
//! whoever still uses it can be told so.

use super::{Db, DbResult, now_ms, on, parse_id, users::user_view};
use crate::model::{
    ids::{TokenId, UserId},
    token::Scope,
    user::UserView,
};

/// A token to be stored.
pub struct NewTokenRow<'a> {
    /// Identifier.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserId,
    /// What its owner calls it.
    pub name: &'a str,
    /// SHA-256 of it.
    pub hash: &'a [u8],
    /// What it opens.
    pub scopes: &'a [Scope],
    /// When it stops working, milliseconds since 1970.
    pub expires_at: Option<i64>,
}

/// A token as stored, all times in milliseconds since 1970.
#[derive(Debug)]
pub struct TokenRecord {
    /// Identifier.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: i64,
    /// When it was last used, to the minute.
    pub last_used_at: Option<i64>,
    /// When it stops working.
    pub expires_at: Option<i64>,
}

/// Who holds a token, and whether it still works.
#[derive(Debug)]
pub struct TokenHolder {
    /// Identifier.
    pub id: TokenId,
    /// Whose it is.
    pub user: UserView,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// When it was last used.
    pub last_used_at: Option<i64>,
    /// When it stops working.
    pub expires_at: Option<i64>,
    /// Whether its owner took it back.
    pub is_revoked: bool,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    token_id: String,
    name: String,
    scopes: String,
    created_at: i64,
    last_used_at: Option<i64>,
    expires_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    token_id: String,
    scopes: String,
    last_used_at: Option<i64>,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    user_id: String,
    name: String,
    role: String,
}

/// Scopes are stored as words with spaces between them; one that this version does not know opens nothing.
fn parse_scopes(text: &str) -> Vec<Scope> {
    text.split(' ').filter_map(Scope::parse).collect()
}

fn scopes_text(scopes: &[Scope]) -> String {
    let words: Vec<_> = scopes.iter().map(|scope| scope.as_str()).collect();
    words.join(" ")
}

impl Db {
    /// Adds a token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_token(&self, token: &NewTokenRow<'_>) -> DbResult<()> {
        const SQL: &str = "insert into api_token (token_id, user_id, name, token_hash, scopes, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, $6, $7)";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(token.id.to_string())
            .bind(token.user.to_string())
            .bind(token.name)
            .bind(token.hash)
            .bind(scopes_text(token.scopes))
            .bind(now_ms())
            .bind(token.expires_at)
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }

    /// A person's tokens but those that were revoked, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tokens(&self, user: UserId) -> DbResult<Vec<TokenRecord>> {
        const SQL: &str = "select token_id, name, scopes, created_at, last_used_at, expires_at from api_token \
             where user_id = $1 and revoked_at is null order by created_at desc, token_id desc";
        let rows: Vec<TokenRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .fetch_all(pool)
            .await)?;
        rows.into_iter()
            .map(|row| {
                Ok(TokenRecord {
                    id: parse_id(&row.token_id)?,
                    scopes: parse_scopes(&row.scopes),
                    name: row.name,
                    created_at: row.created_at,
                    last_used_at: row.last_used_at,
                    expires_at: row.expires_at,
                })
            })
            .collect()
    }

    /// Takes a token back. Whether it was there and the person's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_token(&self, user: UserId, token: TokenId) -> DbResult<bool> {
        const SQL: &str = "update api_token set revoked_at = $1 where token_id = $2 and user_id = $3 and revoked_at is null";
        let revoked = on!(&self.write, |pool| sqlx::query(SQL)
            .bind(now_ms())
            .bind(token.to_string())
            .bind(user.to_string())
            .execute(pool)
            .await
            .map(|done| done.rows_affected()))?;
        Ok(revoked > 0)
    }

    /// Who holds the token of a hash. Asked of the database each time, so that a revoked token opens nothing anywhere.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_token(&self, hash: &[u8]) -> DbResult<Option<TokenHolder>> {
        const SQL: &str = "select t.token_id, t.scopes, t.last_used_at, t.expires_at, t.revoked_at, u.user_id, u.name, u.role \
             from api_token t join app_user u on u.user_id = t.user_id where t.token_hash = $1";
        let row: Option<HolderRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(hash)
            .fetch_optional(pool)
            .await)?;
        row.map(|row| {
            Ok(TokenHolder {
                id: parse_id(&row.token_id)?,
                user: user_view(&row.user_id, row.name, &row.role)?,
                scopes: parse_scopes(&row.scopes),
                last_used_at: row.last_used_at,
                expires_at: row.expires_at,
                is_revoked: row.revoked_at.is_some(),
            })
        })
        .transpose()
    }

    /// Notes when a token was last used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_token(&self, token: TokenId) -> DbResult<()> {
        const SQL: &str = "update api_token set last_used_at = $1 where token_id = $2";
        on!(&self.write, |pool| sqlx::query(SQL)
            .bind(now_ms())
            .bind(token.to_string())
            .execute(pool)
            .await
            .map(|_| ()))?;
        Ok(())
    }
}
