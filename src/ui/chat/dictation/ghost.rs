//! Words that are heard and not yet written: shown where they will stand, over the field.

use super::state::Dictation;
use crate::{browser::text_field, model::speech::place};
use leptos::{
    html,
    leptos_dom::helpers::{WindowListenerHandle, window_event_listener_untyped},
    prelude::*,
};

/// The field's text with the words in it. It takes the place of the text for the eye alone; the field stays what it is.
#[component]
pub(super) fn Ghost(
    /// The dictation.
    dictation: Dictation,
    /// Where the words will stand.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let is_shown = Memo::new(move |_| dictation.words.with(|words| !words.is_empty()));
    move || is_shown.get().then(|| view! { <Over dictation field /> })
}

#[component]
fn Over(
    /// The dictation.
    dictation: Dictation,
    /// Where the words will stand.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let around = RwSignal::new((String::new(), String::new()));
    let look = move || {
        if let Some(field) = field.try_get_untracked().flatten() {
            let _ = around.try_set(text_field::around_cursor(&field));
        }
    };
    let over = NodeRef::<html::Div>::new();
    Effect::new(move || {
        look();
        // Whatever may move the cursor.
        let moved = ["input", "keyup", "pointerup"]
            .map(|name| window_event_listener_untyped(name, move |_| look()));
        on_cleanup(move || moved.into_iter().for_each(WindowListenerHandle::remove));
    });
    let words = move || {
        let (before, after) = around.get();
        dictation.words.with(|words| place(&before, words, &after))
    };
    Effect::new(move || {
        dictation.words.track();
        // The newest words are what is looked for, however long the text is.
        if let Some(over) = over.get()
            && let Ok(Some(newest)) = over.query_selector(".dictation-words")
        {
            text_field::bring_end_into_view(&over, &newest);
        }
    });
    view! {
        <div class="dictation-ghost" aria-hidden="true" node_ref=over>
            {move || around.with(|(before, _)| before.clone())}
            <span class="dictation-words">{words}</span>
            {move || around.with(|(_, after)| after.clone())}
        </div>
    }
    .into_any()
}
