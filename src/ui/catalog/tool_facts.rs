//! A tool's facts: price, capabilities, where it runs, when it goes.

use super::{address::category_path, capabilities::CapabilityList, price::dollars};
use crate::{
    model::{
        catalog::{ApiType, Price, ToolDetail, category_label},
        params::Parameters,
    },
    ui::kit::{day::day_label, notice::WarningNotice, number::decimal},
};
use leptos::prelude::*;

/// What can be said in a table.
#[component]
pub(super) fn ToolFacts(
    /// The tool.
    tool: ToolDetail,
) -> impl IntoView {
    let card = tool.card;
    let model = tool
        .model
        .map(|model| view! { <Fact name="Model"><code>{model}</code></Fact> });
    let way_in =
        way_in(tool.api_type).map(|(name, value)| view! { <Fact name=name>{value}</Fact> });
    let parameters = parameters_label(&tool.parameters)
        .map(|parameters| view! { <Fact name="Starts with">{parameters}</Fact> });
    view! {
        <aside aria-label="Facts">
            {tool
                .sunset_at
                .map(|day| view! { <SunsetNotice day provider=card.provider.clone() /> })}
            <section class="aside-block">
                <h2>"Facts"</h2>
                <dl class="facts">
                    <Fact name="Made by">{card.provider}</Fact>
                    <Fact name="Price">
                        <PriceLines price=card.price />
                    </Fact>
                    <Fact name="Capabilities">
                        <CapabilityList capabilities=card.capabilities />
                    </Fact>
                    <Fact name="Categories">
                        <CategoryLinks categories=card.categories />
                    </Fact>
                    {way_in}
                    {model}
                    {parameters}
                </dl>
            </section>
        </aside>
    }
    .into_any()
}

/// One row.
#[component]
fn Fact(
    /// What it is about.
    name: &'static str,
    /// What there is to know.
    children: Children,
) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{children()}</dd>
        </div>
    }
}

/// The kind of price, the prices of tokens, and what else there is to know about it.
#[component]
fn PriceLines(
    /// What it costs.
    price: Price,
) -> impl IntoView {
    let line = |usd: Option<f64>, of: &'static str| {
        usd.map(|usd| {
            view! { <p class="num">{format!("{} per million {of} tokens", dollars(usd))}</p> }
        })
    };
    let note = (!price.note.is_empty()).then(|| view! { <p class="quiet small">{price.note}</p> });
    view! {
        <p>{price.kind.label()}</p>
        {line(price.input_per_mtok_usd, "input")}
        {line(price.output_per_mtok_usd, "output")}
        {note}
    }
    .into_any()
}

/// Each category leads to its list.
#[component]
fn CategoryLinks(
    /// Category slugs.
    categories: Vec<String>,
) -> impl IntoView {
    categories
        .into_iter()
        .enumerate()
        .map(|(position, slug)| {
            let separator = if position == 0 { "" } else { ", " };
            view! {
                {separator}
                <a href=category_path(&slug)>{category_label(&slug)}</a>
            }
        })
        .collect_view()
}

/// A tool that is going, or gone. The day is told as it is: a page may be read before it or after.
#[component]
fn SunsetNotice(
    /// `YYYY-MM-DD`.
    day: String,
    /// Whose tool it is.
    provider: String,
) -> impl IntoView {
    view! {
        <section class="aside-block">
            <WarningNotice icon="clock">
                {format!("{provider} switches it off on {}.", day_label(&day))}
            </WarningNotice>
        </section>
    }
}

/// How the tool is reached, where that is not its own site.
fn way_in(api_type: ApiType) -> Option<(&'static str, &'static str)> {
    match api_type {
        ApiType::Local => Some(("Runs on", "This server")),
        ApiType::Openai => Some(("API", "OpenAI-compatible")),
        ApiType::Azure => Some(("API", "Azure OpenAI")),
        ApiType::Gemini => Some(("API", "Gemini")),
        ApiType::Link => None,
    }
}

/// The parameters that are set, in words; nothing where the provider's own hold.
fn parameters_label(parameters: &Parameters) -> Option<String> {
    let number = |value: Option<f32>| value.map(|value| decimal(f64::from(value), 0));
    let labels: Vec<String> = [
        ("temperature", number(parameters.temperature)),
        ("top p", number(parameters.top_p)),
        ("repeat penalty", number(parameters.repeat_penalty)),
        ("presence penalty", number(parameters.presence_penalty)),
        ("frequency penalty", number(parameters.frequency_penalty)),
        (
            "at most",
            parameters.max_tokens.map(|value| format!("{value} tokens")),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some(format!("{name} {}", value?)))
    .collect();
    (!labels.is_empty()).then(|| labels.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_parameters_that_are_set_are_named() {
        assert_eq!(parameters_label(&Parameters::default()), None);
        let parameters = Parameters {
            temperature: Some(0.2),
            max_tokens: Some(512),
            ..Parameters::default()
        };
        assert_eq!(
            parameters_label(&parameters).as_deref(),
            Some("temperature 0.2, at most 512 tokens")
        );
    }
}
