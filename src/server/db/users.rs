//! Accounts.

use super::{Db, DbError, DbResult, Transaction, now_ms, on, within};
use crate::model::{
    ids::UserId,
    user::{UserRole, UserView},
};

#[derive(sqlx::FromRow)]
struct UserRow {
    user_id: String,
    name: String,
    role: String,
}

#[derive(sqlx::FromRow)]
struct CredentialsRow {
    user_id: String,
    name: String,
    role: String,
    password_hash: String,
}

/// An account with the hash of its password. Not serialisable, on purpose.
pub struct Credentials {
    /// The account.
    pub user: UserView,
    /// PHC string of the password's hash.
    pub password_hash: String,
}

pub(super) fn user_view(user_id: &str, name: String, role: &str) -> DbResult<UserView> {
    Ok(UserView {
        id: super::user_id(user_id)?,
        name,
        role: match role {
            "administrator" => UserRole::Administrator,
            "member" => UserRole::Member,
            other => return Err(DbError::Corrupt(format!("role {other:?}"))),
        },
    })
}

/// What a name is compared by.
fn name_key(name: &str) -> String {
    name.to_lowercase()
}

impl Db {
    /// The account of a name, whatever its case.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_credentials(&self, name: &str) -> DbResult<Option<Credentials>> {
        const SQL: &str =
            "select user_id, name, role, password_hash from app_user where name_key = $1";
        let row: Option<CredentialsRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(name_key(name))
            .fetch_optional(pool)
            .await)?;
        row.map(|row| {
            Ok(Credentials {
                user: user_view(&row.user_id, row.name, &row.role)?,
                password_hash: row.password_hash,
            })
        })
        .transpose()
    }

    /// An account by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_user(&self, user: UserId) -> DbResult<Option<UserView>> {
        const SQL: &str = "select user_id, name, role from app_user where user_id = $1";
        let row: Option<UserRow> = on!(&self.read, |pool| sqlx::query_as(SQL)
            .bind(user.to_string())
            .fetch_optional(pool)
            .await)?;
        row.map(|row| user_view(&row.user_id, row.name, &row.role))
            .transpose()
    }
}

impl Transaction {
    /// Adds an account; the first of an installation is its administrator. Called inside a write transaction, so that two
    /// sign-ups at once cannot both be first.
    ///
    /// # Errors
    /// [`DbError::Constraint`] when the name is taken.
    pub async fn insert_user(&mut self, name: &str, password_hash: &str) -> DbResult<UserView> {
        const LOCK: &str = "lock table app_user in exclusive mode";
        const COUNT: &str = "select count(*) from app_user";
        const INSERT: &str = "insert into app_user (user_id, name, name_key, password_hash, role, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $6)";
        if let Self::Postgres(tx) = self {
            sqlx::query(LOCK).execute(&mut **tx).await?;
        }
        let count: i64 = within!(self, |tx| sqlx::query_scalar(COUNT).fetch_one(tx).await)?;
        let role = if count == 0 {
            UserRole::Administrator
        } else {
            UserRole::Member
        };
        let user = UserView {
            id: UserId::new(),
            name: name.to_owned(),
            role,
        };
        within!(self, |tx| sqlx::query(INSERT)
            .bind(user.id.to_string())
            .bind(name)
            .bind(name_key(name))
            .bind(password_hash)
            .bind(role.as_str())
            .bind(now_ms())
            .execute(tx)
            .await
            .map(|_| ()))?;
        Ok(user)
    }
}
