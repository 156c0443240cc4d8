//! The catalogue's rows.

use super::{Db, DbError, DbResult, Transaction, from_json, now_ms, on, to_json, within};
use crate::model::{
    catalog::{ApiType, Capability, CategoryCount, Price},
    params::Parameters,
};
use serde::Deserialize;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

/// A tool as stored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ToolRecord {
    /// The name in addresses; unique.
    pub slug: String,
    /// The name people know.
    pub name: String,
    /// Who makes it.
    pub provider: String,
    /// One line.
    pub tagline: String,
    /// A few sentences.
    pub description: String,
    /// Its own site.
    pub website: String,
    /// Category slugs.
    #[serde(default)]
    pub categories: Vec<String>,
    /// What it can take or make.
    pub capabilities: Vec<Capability>,
    /// How it is reached.
    pub api_type: ApiType,
    /// The model's id at its provider.
    pub model: Option<String>,
    /// A base URL of its own, where it has one.
    pub endpoint: Option<String>,
    /// The parameters it starts with.
    pub parameters: Parameters,
    /// The system prompt it starts with.
    pub system_prompt: Option<String>,
    /// Prompts to begin with.
    pub starters: Vec<String>,
    /// What it costs.
    pub price: Price,
    /// The day its provider switches it off, `YYYY-MM-DD`.
    pub sunset_at: Option<String>,
    /// What to expect of it, kindly.
    pub expectations: Option<String>,
    /// Shown on the home page.
    #[serde(rename = "featured")]
    pub is_featured: bool,
    /// Editorial weight, 0 to 100.
    pub popularity: i64,
}

/// Where a tool's row came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToolSource {
    /// The data file.
    Seed,
    /// A provider's list of models.
    Discovered,
}

impl ToolSource {
    fn as_str(self) -> &'static str {
        match self {
            Self::Seed => "seed",
            Self::Discovered => "discovered",
        }
    }
}

#[derive(sqlx::FromRow)]
struct ToolRow {
    slug: String,
    name: String,
    provider: String,
    tagline: String,
    description: String,
    website: String,
    categories: Option<String>,
    capabilities: String,
    api_type: String,
    model: Option<String>,
    endpoint: Option<String>,
    parameters: String,
    system_prompt: Option<String>,
    starters: String,
    price: String,
    sunset_at: Option<String>,
    expectations: Option<String>,
    is_featured: bool,
    popularity: i64,
}

impl TryFrom<ToolRow> for ToolRecord {
    type Error = DbError;

    fn try_from(row: ToolRow) -> DbResult<Self> {
        Ok(Self {
            slug: row.slug,
            name: row.name,
            provider: row.provider,
            tagline: row.tagline,
            description: row.description,
            website: row.website,
            categories: row
                .categories
                .map(|list| list.split(',').map(ToOwned::to_owned).collect())
                .unwrap_or_default(),
            capabilities: from_json(&row.capabilities)?,
            api_type: from_json(&format!("\"{}\"", row.api_type))?,
            model: row.model,
            endpoint: row.endpoint,
            parameters: from_json(&row.parameters)?,
            system_prompt: row.system_prompt,
            starters: from_json(&row.starters)?,
            price: from_json(&row.price)?,
            sunset_at: row.sunset_at,
            expectations: row.expectations,
            is_featured: row.is_featured,
            popularity: row.popularity,
        })
    }
}

const COLUMNS: &str = "t.slug, t.name, t.provider, t.tagline, t.description, t.website, t.capabilities, t.api_type, t.model, \
     t.endpoint, t.parameters, t.system_prompt, t.starters, t.price, t.sunset_at, t.expectations, t.is_featured, t.popularity";

/// The one thing the two databases call by different names here.
fn category_list(db: &Db) -> &'static str {
    if db.kind() == "SQLite" {
        "(select group_concat(category, ',') from tool_category c where c.tool_id = t.tool_id) as categories"
    } else {
        "(select string_agg(category, ',' order by category) from tool_category c where c.tool_id = t.tool_id) as categories"
    }
}

/// The words of a query as `like` patterns: each must occur somewhere in the tool's words.
fn patterns(query: &str) -> Vec<String> {
    query
        .to_lowercase()
        .split_whitespace()
        .take(MAX_WORDS)
        .map(|word| {
            let escaped = word
                .replace('\\', "\\\\")
                .replace('%', "\\%")
                .replace('_', "\\_");
            format!("%{escaped}%")
        })
        .collect()
}

/// Words of a query that count; the rest of a longer one is ignored.
const MAX_WORDS: usize = 8;

/// A condition that holds where all patterns are found; they are bound from `$first` on.
fn matches_all(count: usize, first: usize) -> String {
    (0..count)
        .map(|index| format!("t.search_text like ${} escape '\\'", first + index))
        .reduce(|all, one| format!("{all} and {one}"))
        .unwrap_or_else(|| "1 = 1".to_owned())
}

impl Db {
    /// Tools that hold all words of `query`, in a category if one is named: those whose name begins with the words first,
    /// then by editorial weight. Also how many there are in all.
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
        let patterns = patterns(query);
        let condition = format!(
            "{} and ($1 = '' or exists (select 1 from tool_category x where x.tool_id = t.tool_id and x.category = $1))",
            matches_all(patterns.len(), 3)
        );
        let select = format!(
            "select {COLUMNS}, {} from tool t where {condition} \
             order by case when $2 <> '' and lower(t.name) like $2 then 0 else 1 end, t.popularity desc, t.slug \
             limit {limit} offset {offset}",
            category_list(self)
        );
        let count = format!("select count(*) from tool t where {condition} and $2 = $2");
        let name_pattern = patterns
            .first()
            .map(|pattern| pattern.trim_start_matches('%').to_owned())
            .unwrap_or_default();
        let rows: Vec<ToolRow> = on!(&self.read, |pool| {
            let mut statement = sqlx::query_as(AssertSqlSafe(select))
                .bind(category)
                .bind(&name_pattern);
            for pattern in &patterns {
                statement = statement.bind(pattern);
            }
            statement.fetch_all(pool).await
        })?;
        let total: i64 = on!(&self.read, |pool| {
            let mut statement = sqlx::query_scalar(AssertSqlSafe(count))
                .bind(category)
                .bind(&name_pattern);
            for pattern in &patterns {
                statement = statement.bind(pattern);
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
        let patterns = patterns(query);
        let sql = format!(
            "select c.category, count(*) from tool t join tool_category c on c.tool_id = t.tool_id where {} \
             group by c.category order by count(*) desc, c.category",
            matches_all(patterns.len(), 1)
        );
        let rows: Vec<(String, i64)> = on!(&self.read, |pool| {
            let mut statement = sqlx::query_as(AssertSqlSafe(sql));
            for pattern in &patterns {
                statement = statement.bind(pattern);
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

    /// The tools shown on the home page, by editorial weight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_featured_tools(&self) -> DbResult<Vec<ToolRecord>> {
        let sql = format!(
            "select {COLUMNS}, {} from tool t where t.is_featured order by t.popularity desc, t.slug",
            category_list(self)
        );
        let rows: Vec<ToolRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(ToolRecord::try_from).collect()
    }

    /// The tools of some ways of being reached, by editorial weight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_tools_by_api(&self, api_type: ApiType) -> DbResult<Vec<ToolRecord>> {
        let sql = format!(
            "select {COLUMNS}, {} from tool t where t.api_type = $1 order by t.popularity desc, t.slug",
            category_list(self)
        );
        let rows: Vec<ToolRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .bind(api_type.as_str())
            .fetch_all(pool)
            .await)?;
        rows.into_iter().map(ToolRecord::try_from).collect()
    }

    /// One tool by the name in its address.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn find_tool(&self, slug: &str) -> DbResult<Option<ToolRecord>> {
        let sql = format!(
            "select {COLUMNS}, {} from tool t where t.slug = $1",
            category_list(self)
        );
        let row: Option<ToolRow> = on!(&self.read, |pool| sqlx::query_as(AssertSqlSafe(sql))
            .bind(slug)
            .fetch_optional(pool)
            .await)?;
        row.map(ToolRecord::try_from).transpose()
    }
}

impl Transaction {
    /// Adds a tool or brings its row up to date, if the row came from the same source.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn upsert_tool(&mut self, tool: &ToolRecord, source: ToolSource) -> DbResult<()> {
        const UPSERT: &str = "insert into tool (tool_id, slug, name, provider, tagline, description, website, capabilities, \
             api_type, model, endpoint, parameters, system_prompt, starters, price, sunset_at, expectations, is_featured, \
             popularity, source, search_text, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22) \
             on conflict (slug) do update set name = excluded.name, provider = excluded.provider, tagline = excluded.tagline, \
             description = excluded.description, website = excluded.website, capabilities = excluded.capabilities, \
             api_type = excluded.api_type, model = excluded.model, endpoint = excluded.endpoint, parameters = excluded.parameters, \
             system_prompt = excluded.system_prompt, starters = excluded.starters, price = excluded.price, \
             sunset_at = excluded.sunset_at, expectations = excluded.expectations, is_featured = excluded.is_featured, \
             popularity = excluded.popularity, search_text = excluded.search_text, updated_at = excluded.updated_at \
             where tool.source = excluded.source";
        const CLEAR: &str = "delete from tool_category where tool_id = (select tool_id from tool where slug = $1 and source = $2)";
        const CATEGORY: &str = "insert into tool_category (tool_id, category) \
             select tool_id, $3 from tool where slug = $1 and source = $2";
        let search_text = format!(
            "{} {} {} {} {}",
            tool.name,
            tool.provider,
            tool.tagline,
            tool.description,
            tool.categories.join(" ").replace('-', " ")
        )
        .to_lowercase();
        let (capabilities, parameters) = (to_json(&tool.capabilities)?, to_json(&tool.parameters)?);
        let (starters, price) = (to_json(&tool.starters)?, to_json(&tool.price)?);
        within!(self, |tx| sqlx::query(UPSERT)
            .bind(Uuid::now_v7().to_string())
            .bind(&tool.slug)
            .bind(&tool.name)
            .bind(&tool.provider)
            .bind(&tool.tagline)
            .bind(&tool.description)
            .bind(&tool.website)
            .bind(capabilities)
            .bind(tool.api_type.as_str())
            .bind(&tool.model)
            .bind(&tool.endpoint)
            .bind(parameters)
            .bind(&tool.system_prompt)
            .bind(starters)
            .bind(price)
            .bind(&tool.sunset_at)
            .bind(&tool.expectations)
            .bind(tool.is_featured)
            .bind(tool.popularity)
            .bind(source.as_str())
            .bind(search_text)
            .bind(now_ms())
            .execute(tx)
            .await
            .map(|_| ()))?;
        within!(self, |tx| sqlx::query(CLEAR)
            .bind(&tool.slug)
            .bind(source.as_str())
            .execute(tx)
            .await
            .map(|_| ()))?;
        for category in &tool.categories {
            within!(self, |tx| sqlx::query(CATEGORY)
                .bind(&tool.slug)
                .bind(source.as_str())
                .bind(category)
                .execute(tx)
                .await
                .map(|_| ()))?;
        }
        Ok(())
    }
}
