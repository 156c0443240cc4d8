//! Where tools come from: the data file, the list of models of a server, the deployments in Azure.

use crate::{
    model::{
        catalog::{ApiType, Capability, ModelFeatures, Price, PriceKind},
        params::Parameters,
    },
    server::{
        config::AzureDeployment,
        db::{DbError, tools::ToolRecord},
    },
};

const TOOLS: &str = include_str!("tools.json");

/// Why seeding failed.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The data file is not what it should be.
    #[error("the catalogue's data file cannot be read: {0}")]
    Data(#[from] serde_json::Error),
    /// The database.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The tools of the data file.
pub(super) fn tools() -> Result<Vec<ToolRecord>, serde_json::Error> {
    serde_json::from_str(TOOLS)
}

/// A model that a server says it has.
pub(super) fn discovered(model: &str, server: &str) -> ToolRecord {
    ToolRecord {
        slug: slug(model),
        name: model.to_owned(),
        provider: server.to_owned(),
        tagline: format!("Served by {server}"),
        description: format!(
            "{model} is served by {server}, the OpenAI-compatible server that this installation is configured to use."
        ),
        website: String::new(),
        categories: vec!["chat".to_owned()],
        capabilities: vec![Capability::Text],
        api_type: ApiType::Openai,
        model: Some(model.to_owned()),
        endpoint: None,
        parameters: Parameters::default(),
        features: ModelFeatures::of(ApiType::Openai),
        system_prompt: None,
        starters: Vec::new(),
        price: Price {
            kind: PriceKind::Free,
            note: "On your own server".to_owned(),
            input_per_mtok_usd: None,
            output_per_mtok_usd: None,
        },
        sunset_at: None,
        expectations: None,
        is_featured: false,
        popularity: 60,
    }
}

/// A model under the name it was deployed by in Azure. What it can do is known where `known`, the same model at OpenAI, is in the
/// catalogue.
pub(super) fn deployed(deployment: &AzureDeployment, known: Option<&ToolRecord>) -> ToolRecord {
    let name = known.map_or(deployment.model.as_str(), |tool| tool.name.as_str());
    let about = known.map(|tool| format!("{} ", tool.description));
    let mut features = known.map_or_else(
        || ModelFeatures::of(ApiType::Azure),
        |tool| tool.features.clone(),
    );
    // Whoever keeps to Azure does so for where the data goes: nobody else answers in its place.
    features.fallback = None;
    ToolRecord {
        slug: format!("azure-{}", slug(&deployment.name)),
        name: format!("{name} on Azure"),
        provider: "Microsoft".to_owned(),
        tagline: format!("Your deployment {} in Azure", deployment.name),
        description: format!(
            "{}This one runs in your organisation's own Azure subscription, as the deployment {}.",
            about.unwrap_or_default(),
            deployment.name
        ),
        website: "https://learn.microsoft.com/azure/ai-services/openai/".to_owned(),
        categories: known.map_or_else(|| vec!["chat".to_owned()], |tool| tool.categories.clone()),
        capabilities: known
            .map_or_else(|| vec![Capability::Text], |tool| tool.capabilities.clone()),
        api_type: ApiType::Azure,
        model: Some(deployment.name.clone()),
        endpoint: None,
        parameters: known
            .map(|tool| tool.parameters.clone())
            .unwrap_or_default(),
        features,
        system_prompt: known.and_then(|tool| tool.system_prompt.clone()),
        starters: known.map(|tool| tool.starters.clone()).unwrap_or_default(),
        price: Price {
            kind: PriceKind::Usage,
            note: "Billed by Azure under your own agreement.".to_owned(),
            input_per_mtok_usd: None,
            output_per_mtok_usd: None,
        },
        sunset_at: None,
        expectations: None,
        is_featured: false,
        popularity: 70,
    }
}

/// A model's id as part of an address: `Qwen/Qwen2.5:7b` becomes `qwen-qwen2-5-7b`.
fn slug(model: &str) -> String {
    let mut slug = String::with_capacity(model.len());
    for c in model.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{catalog::ChatApi, file::ImageDetail, params::Parameter};
    use std::collections::HashSet;

    #[test]
    fn the_data_file_holds_at_least_sixty_tools_in_eight_categories_with_unique_slugs() {
        let tools = tools().expect("readable");
        let slugs: HashSet<_> = tools.iter().map(|tool| tool.slug.as_str()).collect();
        let categories: HashSet<_> = tools.iter().flat_map(|tool| &tool.categories).collect();
        assert!(tools.len() >= 60 && categories.len() >= 8);
        assert_eq!(slugs.len(), tools.len());
        assert!(tools.iter().any(|tool| tool.api_type == ApiType::Local));
    }

    #[test]
    fn what_a_model_takes_is_told_and_agrees_with_what_its_tool_starts_with() {
        let tools = tools().expect("readable");
        let slugs: HashSet<_> = tools.iter().map(|tool| tool.slug.as_str()).collect();
        for tool in &tools {
            let (slug, features) = (&tool.slug, &tool.features);
            let sent = tool.parameters.clone().only(&features.parameters);
            assert_eq!(
                sent, tool.parameters,
                "{slug} starts with what it does not take"
            );
            let has_effort = features.parameters.contains(&Parameter::ReasoningEffort);
            assert_eq!(has_effort, !features.reasoning_efforts.is_empty(), "{slug}");
            let fallback = features.fallback.as_deref();
            assert!(
                fallback.is_none_or(|other| other != slug && slugs.contains(other)),
                "{slug}"
            );
        }
        let luna = tools.iter().find(|tool| tool.slug == "gpt-6-luna");
        let features = &luna.expect("it is there").features;
        assert_eq!(features.api, ChatApi::Responses);
        assert!(!features.parameters.contains(&Parameter::Temperature));
        assert!(features.image_details.contains(&ImageDetail::Original));
    }

    #[test]
    fn a_deployment_is_known_by_its_model_and_stays_in_azure() {
        let tools = tools().expect("readable");
        let luna = tools.iter().find(|tool| tool.slug == "gpt-6-luna");
        let deployment = AzureDeployment {
            name: "Office.1".to_owned(),
            model: "gpt-6-luna".to_owned(),
        };
        let tool = deployed(&deployment, luna);
        assert_eq!(
            (tool.slug.as_str(), tool.name.as_str()),
            ("azure-office-1", "GPT-6 Luna on Azure")
        );
        assert_eq!(tool.model.as_deref(), Some("Office.1"));
        assert_eq!(tool.features.api, ChatApi::Responses);
        assert_eq!(tool.features.fallback, None);
        let unknown = deployed(&deployment, None);
        assert_eq!(unknown.features, ModelFeatures::of(ApiType::Azure));
    }

    #[test]
    fn a_model_id_becomes_an_address() {
        assert_eq!(slug("Qwen/Qwen2.5:7b"), "qwen-qwen2-5-7b");
        assert_eq!(slug("/x/"), "x");
    }
}
