//! What can be put on a message or set for its answer: one button each, beside the field.

use super::{
    attachments::attach_button::AttachButton, call::button::VoiceCallButton,
    output_panel::OutputButton, parameters::ParametersButton,
};
use leptos::prelude::*;

/// The row of buttons.
#[component]
pub(super) fn ComposerTools() -> impl IntoView {
    view! {
        <div class="composer-tools">
            <AttachButton />
            <OutputButton />
            <ParametersButton />
            <VoiceCallButton />
        </div>
    }
    .into_any()
}
