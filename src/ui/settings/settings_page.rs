//! Settings.

use super::{
    account_block::AccountBlock, appearance_block::AppearanceBlock, tokens_block::TokensBlock,
    voice_block::VoiceBlock,
};
use crate::ui::{lazy::lazy_view, shell::page::Page};
use leptos::prelude::*;

lazy_view! {
    /// `/settings`.
    pub fn settings_page() in settings {
        view! { <SettingsPage /> }
    }
}

/// How the site looks is anybody's choice; the rest is for whoever is logged in.
#[component]
fn SettingsPage() -> impl IntoView {
    view! {
        <Page title="Settings" class="page page-narrow">
            <div class="page-head">
                <h1>"Settings"</h1>
            </div>
            <AppearanceBlock />
            <AccountBlock />
            <VoiceBlock />
            <TokensBlock />
        </Page>
    }
}
