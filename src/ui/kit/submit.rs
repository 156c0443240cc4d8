//! The button that sends a form.

use leptos::prelude::*;

/// Sends the form it stands in. While the answer is on its way it says so and takes no second press.
#[component]
pub fn SubmitButton(
    /// What it does.
    label: &'static str,
    /// What it says meanwhile.
    pending_label: &'static str,
    /// Whether the answer is on its way.
    #[prop(into)]
    is_pending: Signal<bool>,
    /// Classes beside `btn`.
    #[prop(default = "btn-primary btn-wide")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <button class=format!("btn {class}") disabled=is_pending>
            {move || if is_pending.get() { pending_label } else { label }}
        </button>
    }
}
