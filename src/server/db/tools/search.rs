//! Searching the catalogue: the words of a query as conditions, on the full-text index of either database.

use super::{COLUMNS, ToolRecord, ToolRow, category_list};
use crate::{
    model::catalog::CategoryCount,
    server::db::{Db, DbResult, like_literal, on},
};
use sqlx::AssertSqlSafe;

/// Words of a query that count; the rest of a longer one is ignored.
const MAX_WORDS: usize = 8;

/// What a tool must fulfil to be found, and the values that stand in it as `$N`.
struct Condition {
    sql: String,
    values: Vec<String>,
}

/// The words of a query, in the case that the searched text has.
fn words(query: &str) -> Vec<String> {
    query
        .to_lowercase()
        .split_whitespace()
        .take(MAX_WORDS)
        .map(ToOwned::to_owned)
        .collect()
}

/// What the index is asked: every term at the beginning of some word. Terms are letters and digits of ASCII, so that quotes
/// hold them safely in both languages.
fn index_query(terms: &[&str], is_sqlite: bool) -> String {
    let (quote, link) = if is_sqlite {
        (('"', "\"*"), " ")
    } else {
        (('\'', "':*"), " & ")
    };
    let quoted: Vec<_> = terms
        .iter()
        .map(|term| format!("{}{term}{}", quote.0, quote.1))
        .collect();
    quoted.join(link)
}

/// A condition that holds where all words are found; its values are bound from `$first` on.
///
/// Words of ASCII go through the index. Beyond ASCII the databases disagree on where a word begins, and some scripts put no
/// space between words, so such a word may stand anywhere in the text; so must a word with punctuation in it, character for
/// character, besides its parts being in the index.
fn condition(words: &[String], is_sqlite: bool, first: usize) -> Condition {
    const SQLITE: &str = "t.tool_id in (select k.tool_id from tool_search s \
         join tool_search_key k on k.tool_search_key_id = s.rowid where tool_search match";
    const POSTGRES: &str = "t.search_words @@ to_tsquery('simple',";
    let mut conditions = Vec::new();
    let mut values = Vec::new();
    let terms: Vec<&str> = words
        .iter()
        .filter(|word| word.is_ascii())
        .flat_map(|word| word.split(|c: char| !c.is_ascii_alphanumeric()))
        .filter(|term| !term.is_empty())
        .collect();
    if !terms.is_empty() {
        let index = if is_sqlite { SQLITE } else { POSTGRES };
        conditions.push(format!("{index} ${first})"));
        values.push(index_query(&terms, is_sqlite));
    }
    for word in words {
        if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            conditions.push(format!(
                "t.search_text like ${} escape '\\'",
                first + values.len()
            ));
            values.push(format!("%{}%", like_literal(word)));
        }
    }
    if conditions.is_empty() {
        conditions.push("1 = 1".to_owned());
    }
    Condition {
        sql: conditions.join(" and "),
        values,
    }
}

impl Db {
    /// Tools that hold all words of `query`, in a category if one is named: those whose name begins with the first word
    /// first, then by editorial weight. Also how many there are in all.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_tools(
        &self,
        query: &str,
        category: &str,
        limit: u32,
        offset: u32,
    ) -> DbResult<(Vec<ToolRecord>, u32)> {
        let words = words(query);
        let found = condition(&words, self.is_sqlite(), 3);
        let filter = format!(
            "{} and ($1 = '' or exists (select 1 from tool_category x where x.tool_id = t.tool_id and x.category = $1))",
            found.sql
        );
        let select = format!(
            "select {COLUMNS}, {} from tool t where {filter} \
             order by case when $2 <> '' and lower(t.name) like $2 escape '\\' then 0 else 1 end, t.popularity desc, t.slug \
             limit {limit} offset {offset}",
            category_list(self)
        );
        let count = format!("select count(*) from tool t where {filter} and $2 = $2");
        let name_pattern = words
            .first()
            .map(|word| format!("{}%", like_literal(word)))
            .unwrap_or_default();
        let rows: Vec<ToolRow> = on!(&self.read, |pool| {
            let mut statement = sqlx::query_as(AssertSqlSafe(select))
                .bind(category)
                .bind(&name_pattern);
            for value in &found.values {
                statement = statement.bind(value);
            }
            statement.fetch_all(pool).await
        })?;
        let total: i64 = on!(&self.read, |pool| {
            let mut statement = sqlx::query_scalar(AssertSqlSafe(count))
                .bind(category)
                .bind(&name_pattern);
            for value in &found.values {
                statement = statement.bind(value);
            }
            statement.fetch_one(pool).await
        })?;
        let tools = rows
            .into_iter()
            .map(ToolRecord::try_from)
            .collect::<DbResult<_>>()?;
        Ok((tools, u32::try_from(total).unwrap_or(u32::MAX)))
    }

    /// Every category with the number of tools in it that hold all words of `query`, the fullest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_categories(&self, query: &str) -> DbResult<Vec<CategoryCount>> {
        let found = condition(&words(query), self.is_sqlite(), 1);
        let sql = format!(
            "select c.category, count(*) from tool t join tool_category c on c.tool_id = t.tool_id where {} \
             group by c.category order by count(*) desc, c.category",
            found.sql
        );
        let rows: Vec<(String, i64)> = on!(&self.read, |pool| {
            let mut statement = sqlx::query_as(AssertSqlSafe(sql));
            for value in &found.values {
                statement = statement.bind(value);
            }
            statement.fetch_all(pool).await
        })?;
        Ok(rows
            .into_iter()
            .map(|(slug, count)| CategoryCount {
                slug,
                count: u32::try_from(count).unwrap_or(u32::MAX),
            })
            .collect())
    }
}
