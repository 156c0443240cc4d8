//! The catalogue's rows.

mod reachable;
mod search;

use super::{Db, DbError, DbResult, Transaction, from_json, now_ms, on, to_json, within};
use crate::model::{
    catalog::{ApiType, Capability, ModelFeatures, Price},
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
    /// What its model takes; what is not told follows from how it is reached.
    #[serde(default)]
    pub features: ModelFeatures,
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

impl ToolRecord {
    /// The id by which its provider knows its model.
    #[must_use]
    pub fn model_id(&self) -> &str {
        self.model.as_deref().unwrap_or(&self.slug)
    }
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
pub(super) struct ToolRow {
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
    features: String,
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
            features: from_json(&row.features)?,
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
     t.endpoint, t.parameters, t.features, t.system_prompt, t.starters, t.price, t.sunset_at, t.expectations, t.is_featured, t.popularity";

/// What a tool's row is read from, of the table `tool` under the name `t`.
pub(super) fn tool_columns(db: &Db) -> String {
    format!("{COLUMNS}, {}", category_list(db))
}

/// The one thing the two databases call by different names here.
fn category_list(db: &Db) -> &'static str {
    if db.is_sqlite() {
        "(select group_concat(category, ',') from tool_category c where c.tool_id = t.tool_id) as categories"
    } else {
        "(select string_agg(category, ',' order by category) from tool_category c where c.tool_id = t.tool_id) as categories"
    }
}

impl Db {
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
             popularity, source, search_text, created_at, updated_at, features) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $22, $23) \
             on conflict (slug) do update set name = excluded.name, provider = excluded.provider, tagline = excluded.tagline, \
             description = excluded.description, website = excluded.website, capabilities = excluded.capabilities, \
             api_type = excluded.api_type, model = excluded.model, endpoint = excluded.endpoint, parameters = excluded.parameters, \
             system_prompt = excluded.system_prompt, starters = excluded.starters, price = excluded.price, \
             sunset_at = excluded.sunset_at, expectations = excluded.expectations, is_featured = excluded.is_featured, \
             popularity = excluded.popularity, search_text = excluded.search_text, features = excluded.features, updated_at = excluded.updated_at \
             where tool.source = excluded.source";
        const CLEAR: &str = "delete from tool_category where tool_id = (select tool_id from tool where slug = $1 and source = $2)";
        const CATEGORY: &str = "insert into tool_category (tool_id, category) \
             select tool_id, $3 from tool where slug = $1 and source = $2";
        let search_text = search_text(tool);
        let (capabilities, parameters) = (to_json(&tool.capabilities)?, to_json(&tool.parameters)?);
        let (starters, price) = (to_json(&tool.starters)?, to_json(&tool.price)?);
        let features = to_json(&tool.features)?;
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
            .bind(features)
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

/// What a search looks through.
fn search_text(tool: &ToolRecord) -> String {
    format!(
        "{} {} {} {} {}",
        tool.name,
        tool.provider,
        tool.tagline,
        tool.description,
        tool.categories.join(" ").replace('-', " ")
    )
    .to_lowercase()
}
