//! The catalogue's rules: what is shown, what can be chatted with here, and how rows get in. No SQL and no HTTP.

mod models;
mod seed;

use crate::{
    model::{
        AppError, AppResult,
        catalog::{ApiType, TOOLS_PER_PAGE, ToolCard, ToolDetail, ToolPage, ToolQuery},
        chat::ChatTool,
    },
    server::{
        db::{
            Db, DbResult,
            tools::{ToolRecord, ToolSource},
        },
        providers::Providers,
    },
};
pub use models::{ModelUse, ServedModel, ServedTools};
pub use seed::SeedError;

/// Longest search, in characters; the rest is not looked at.
const MAX_QUERY_CHARS: usize = 200;

/// The rules of the catalogue.
#[derive(Clone)]
pub struct Catalog {
    db: Db,
    providers: Providers,
}

impl Catalog {
    /// The service over a database and the providers that are configured.
    #[must_use]
    pub fn new(db: Db, providers: Providers) -> Self {
        Self { db, providers }
    }

    /// One page of what a query finds. A page beyond the last is the last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search(&self, query: ToolQuery) -> AppResult<ToolPage> {
        let (words, category) = (searchable(&query.q), searchable(&query.category));
        let categories = self.db.count_categories(&words).await?;
        let mut page = query.page.max(1);
        loop {
            let offset = (page - 1).saturating_mul(TOOLS_PER_PAGE);
            let (tools, total) = self
                .db
                .search_tools(&words, &category, TOOLS_PER_PAGE, offset)
                .await?;
            let pages = total.div_ceil(TOOLS_PER_PAGE).max(1);
            if page > pages {
                page = pages;
                continue;
            }
            return Ok(ToolPage {
                tools: tools.iter().map(|tool| self.card(tool)).collect(),
                total,
                page,
                pages,
                categories,
            });
        }
    }

    /// The tools of the home page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn featured(&self) -> AppResult<Vec<ToolCard>> {
        let tools = self.db.list_featured_tools().await?;
        Ok(tools.iter().map(|tool| self.card(tool)).collect())
    }

    /// One tool.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn get(&self, slug: &str) -> AppResult<ToolDetail> {
        let tool = self.record(slug).await?;
        let card = self.card(&tool);
        Ok(ToolDetail {
            card,
            unavailable_because: self.providers.unavailable_because(&tool),
            description: tool.description,
            website: tool.website,
            api_type: tool.api_type,
            model: tool.model,
            parameters: tool.parameters,
            features: tool.features,
            starters: tool.starters,
            sunset_at: tool.sunset_at,
            expectations: tool.expectations,
        })
    }

    /// The tool that a chat talks to: the one named, or the best there is here.
    ///
    /// # Errors
    /// `NotFound` for a name that is not in the catalogue.
    pub async fn chat_tool(&self, slug: Option<&str>) -> AppResult<ChatTool> {
        let tool = match slug {
            Some(slug) => self.record(slug).await?,
            None => self.default_tool().await?,
        };
        Ok(self.describe(tool))
    }

    /// A tool's row as a chat page needs it.
    #[must_use]
    pub fn describe(&self, tool: ToolRecord) -> ChatTool {
        let running = self.providers.model_name(&tool);
        ChatTool {
            unavailable_because: self.providers.unavailable_because(&tool),
            slug: tool.slug,
            name: tool.name,
            model: running.or(tool.model),
            expectations: tool.expectations,
            starters: tool.starters,
            capabilities: tool.capabilities,
            features: tool.features,
            parameters: tool.parameters,
            system_prompt: tool.system_prompt,
        }
    }

    /// The tools that answer here, by editorial weight.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chattable(&self) -> AppResult<Vec<ToolRecord>> {
        let mut tools = Vec::new();
        for api_type in [
            ApiType::Openai,
            ApiType::Azure,
            ApiType::Gemini,
            ApiType::Local,
        ] {
            tools.extend(self.db.list_tools_by_api(api_type).await?);
        }
        tools.retain(|tool| self.providers.unavailable_because(tool).is_none());
        Ok(tools)
    }

    /// The row of a tool.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn record(&self, slug: &str) -> AppResult<ToolRecord> {
        self.db
            .find_tool(slug)
            .await?
            .ok_or_else(|| AppError::not_found("tool"))
    }

    /// The first tool that answers here: a configured server's before the model in this process.
    async fn default_tool(&self) -> AppResult<ToolRecord> {
        for api_type in [ApiType::Openai, ApiType::Azure, ApiType::Local] {
            let tools = self.db.list_tools_by_api(api_type).await?;
            let available = tools
                .into_iter()
                .find(|tool| self.providers.unavailable_because(tool).is_none());
            if let Some(tool) = available {
                return Ok(tool);
            }
        }
        let local = self.db.list_tools_by_api(ApiType::Local).await?;
        local
            .into_iter()
            .next()
            .ok_or_else(|| AppError::not_found("tool"))
    }

    /// Writes the data file's tools into the database; doing it again changes nothing. Returns how many there are.
    ///
    /// # Errors
    /// When the data file or the database is broken.
    pub async fn seed(&self) -> Result<usize, SeedError> {
        let tools = seed::tools()?;
        self.upsert(&tools, ToolSource::Seed).await?;
        Ok(tools.len())
    }

    /// Puts what is not in the data file into the catalogue: the deployments in Azure, and what a server on one's own network
    /// says it has.
    ///
    /// # Errors
    /// When the data file or the database is broken. A server that does not answer is logged and leaves the catalogue as it is.
    pub async fn discover(&self) -> Result<(), SeedError> {
        let known = seed::tools()?;
        let deployments = self.providers.deployments().iter();
        let deployed = deployments.map(|deployment| {
            let model = Some(deployment.model.as_str());
            let is_same = |tool: &&ToolRecord| {
                tool.api_type == ApiType::Openai && tool.model.as_deref() == model
            };
            seed::deployed(deployment, known.iter().find(is_same))
        });
        self.add(deployed.collect()).await?;
        // The other server may be slow to answer, or not there.
        if let Some(models) = self.providers.discover_models().await {
            let ids = models.ids.iter();
            let discovered = ids.map(|model| seed::discovered(model, &models.server));
            self.add(discovered.collect()).await?;
        }
        Ok(())
    }

    /// Stores tools that were found, where their names are not those of others.
    async fn add(&self, found: Vec<ToolRecord>) -> DbResult<()> {
        let mut tools = Vec::new();
        for tool in found {
            let existing = self.db.find_tool(&tool.slug).await?;
            if existing.is_none_or(|known| known.model == tool.model) {
                tools.push(tool);
            }
        }
        self.upsert(&tools, ToolSource::Discovered).await
    }

    async fn upsert(&self, tools: &[ToolRecord], source: ToolSource) -> DbResult<()> {
        let mut tx = self.db.begin().await?;
        for tool in tools {
            tx.upsert_tool(tool, source).await?;
        }
        tx.commit().await
    }

    fn card(&self, tool: &ToolRecord) -> ToolCard {
        ToolCard {
            slug: tool.slug.clone(),
            name: tool.name.clone(),
            provider: tool.provider.clone(),
            tagline: tool.tagline.clone(),
            categories: tool.categories.clone(),
            capabilities: tool.capabilities.clone(),
            price: tool.price.clone(),
            is_featured: tool.is_featured,
            is_chattable: self.providers.unavailable_because(tool).is_none(),
        }
    }
}

/// What is looked at of a search: so much of it, and a NUL, which means the end of a text to some databases, as an unknown
/// character.
fn searchable(text: &str) -> String {
    text.chars()
        .take(MAX_QUERY_CHARS)
        .map(|c| {
            if c == '\0' {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}
