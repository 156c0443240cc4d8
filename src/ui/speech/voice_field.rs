//! The choice of a voice, in forms.

use crate::{
    model::speech::{VoiceChoice, VoiceOption},
    ui::reading::listen_button::ListenButton,
};
use leptos::{html, prelude::*};

/// A voice to be chosen, those of each tool together. What is sent is the word that [`VoiceChoice`] reads.
#[component]
pub fn VoiceField(
    /// Its name in the form.
    name: &'static str,
    /// Its id.
    id: &'static str,
    /// What choosing none means.
    usual: &'static str,
    /// Help.
    note: &'static str,
    /// The voices there are.
    voices: Vec<VoiceOption>,
    /// The one that is chosen, as the form would send it; it may be gone.
    chosen: Option<String>,
) -> impl IntoView {
    let at = chosen.as_deref().and_then(|word| position(&voices, word));
    let gone = chosen.filter(|_| at.is_none());
    let mut groups: Vec<(String, Vec<AnyView>)> = Vec::new();
    for (index, voice) in voices.into_iter().enumerate() {
        let (word, is_chosen) = (voice.word(), at == Some(index));
        let option = view! {
            <option value=word selected=is_chosen>
                {voice.label}
            </option>
        };
        match groups.last_mut() {
            Some((tool, options)) if *tool == voice.tool_name => options.push(option.into_any()),
            _ => groups.push((voice.tool_name, vec![option.into_any()])),
        }
    }
    let groups = groups
        .into_iter()
        .map(|(tool, options)| view! { <optgroup label=tool>{options}</optgroup> })
        .collect_view();
    let note_id = format!("{id}-note");
    let field = NodeRef::<html::Select>::new();
    let shown = Callback::new(move |()| {
        let field = field.get_untracked();
        field.map(|field| field.value()).unwrap_or_default()
    });
    view! {
        <div class="field">
            <label for=id>"Voice"</label>
            <div class="voice-choice">
            <select
                node_ref=field
                class="input"
                id=id
                name=name
                autocomplete="off"
                aria-describedby=note_id.clone()
            >
                <option value="">{usual}</option>
                {gone
                    .map(|word| {
                        let label = format!("{} (does not speak here now)", VoiceChoice::parse(&word).voice);
                        view! {
                            <option value=word selected>
                                {label}
                            </option>
                        }
                    })}
                {groups}
            </select>
            <ListenButton voice=shown />
            </div>
            <p class="field-note" id=note_id>
                {note}
            </p>
        </div>
    }
    .into_any()
}

/// Where the voice stands that a word means.
fn position(voices: &[VoiceOption], word: &str) -> Option<usize> {
    let wanted = VoiceChoice::parse(word);
    voices.iter().position(|voice| {
        voice.voice == wanted.voice && wanted.tool.as_ref().is_none_or(|tool| *tool == voice.tool)
    })
}
