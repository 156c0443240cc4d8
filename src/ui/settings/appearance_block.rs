//! How the site looks.

use crate::{
    api::accounts::{SetTheme, current_theme},
    browser::page::set_theme,
    model::{AppResult, theme::Theme},
    ui::{
        kit::{icon::Icon, notice::ErrorNotice},
        load::load,
    },
};
use leptos::prelude::*;

/// The choice of a theme. With a script it is taken at once, without one by a press of *Save*.
#[component]
pub(super) fn AppearanceBlock() -> impl IntoView {
    let theme = load(|| (), |()| current_theme());
    let action = ServerAction::<SetTheme>::new();
    let problem = move || {
        let failed = action.value().get().and_then(AppResult::err);
        failed.map(|error| view! { <ErrorNotice error /> })
    };
    view! {
        <section class="settings-block">
            <header>
                <h2>"Appearance"</h2>
                <p>"Kept in this browser."</p>
            </header>
            <ActionForm action>
                <Transition fallback=|| {
                    view! { <span class="skeleton w-50"></span> }
                }>
                    {move || Suspend::new(async move {
                        match theme.await {
                            Ok(chosen) => view! { <ThemeChoice chosen action /> }.into_any(),
                            Err(error) => view! { <ErrorNotice error /> }.into_any(),
                        }
                    })}
                </Transition>
                {problem}
                <button class="btn without-script">"Save"</button>
            </ActionForm>
        </section>
    }
    .into_any()
}

/// The themes side by side.
#[component]
fn ThemeChoice(
    /// The one that is chosen.
    chosen: Theme,
    /// Remembers another.
    action: ServerAction<SetTheme>,
) -> impl IntoView {
    let choose = move |theme: Theme| {
        set_theme(theme.attribute());
        action.dispatch(SetTheme { theme });
    };
    let option = |theme: Theme, icon: &'static str, label: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="theme"
                    value=theme.as_str()
                    checked=theme == chosen
                    on:change=move |_| choose(theme)
                />
                <Icon name=icon class="icon-s" />
                {label}
            </label>
        }
    };
    view! {
        <div class="segmented" role="radiogroup" aria-label="Theme">
            {option(Theme::System, "monitor", "System")}
            {option(Theme::Light, "sun", "Light")}
            {option(Theme::Dark, "moon", "Dark")}
        </div>
    }
}
