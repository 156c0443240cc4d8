//! Fields of an assistant's form. Their names are those of the form's type.

use crate::{
    model::{assistant::ToolChoice, file::FileView, ids::FileId},
    ui::kit::field_text::field_text,
};
use leptos::prelude::*;

/// A line.
#[component]
pub(super) fn LineField(
    /// Its name in the form.
    name: &'static str,
    /// What is asked.
    label: &'static str,
    /// What stands in it.
    value: String,
    /// Longest text, in characters.
    max_chars: usize,
    /// Help.
    #[prop(optional)]
    note: &'static str,
    /// Whether it must be filled in.
    #[prop(optional)]
    is_required: bool,
) -> impl IntoView {
    let note_id = (!note.is_empty()).then(|| format!("{name}-note"));
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input
                class="input"
                id=name
                name=format!("form[{name}]")
                value=value
                maxlength=max_chars.to_string()
                autocomplete="off"
                required=is_required
                aria-describedby=note_id.clone()
            />
            {note_id
                .map(|id| {
                    view! {
                        <p class="field-note" id=id>
                            {note}
                        </p>
                    }
                })}
        </div>
    }
    .into_any()
}

/// Several lines.
#[component]
pub(super) fn AreaField(
    /// Its name in the form.
    name: &'static str,
    /// What is asked.
    label: &'static str,
    /// What stands in it.
    value: String,
    /// How many lines it shows.
    rows: &'static str,
    /// Longest text, in characters.
    max_chars: usize,
    /// Help.
    #[prop(into)]
    note: String,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <textarea
                class="input"
                id=name
                name=format!("form[{name}]")
                rows=rows
                maxlength=max_chars.to_string()
                aria-describedby=format!("{name}-note")
            >
                {field_text(value)}
            </textarea>
            <p class="field-note" id=format!("{name}-note")>
                {note}
            </p>
        </div>
    }
    .into_any()
}

/// The tool that answers.
#[component]
pub(super) fn ToolField(
    /// Those that answer here.
    tools: Vec<ToolChoice>,
    /// The one that is chosen; the first, while there is none.
    chosen: RwSignal<String>,
) -> impl IntoView {
    let before = chosen.get_untracked();
    let is_gone = !before.is_empty() && !tools.iter().any(|tool| tool.slug == before);
    if before.is_empty()
        && let Some(first) = tools.first()
    {
        chosen.set(first.slug.clone());
    }
    let selected = chosen.get_untracked();
    let options = tools
        .into_iter()
        .map(|tool| {
            let is_selected = tool.slug == selected;
            view! {
                <option value=tool.slug selected=is_selected>
                    {tool.name}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="tool">"Tool"</label>
            <select
                class="input"
                id="tool"
                name="form[tool]"
                autocomplete="off"
                aria-describedby="tool-note"
                on:change=move |event| chosen.set(event_target_value(&event))
            >
                {is_gone
                    .then(|| {
                        view! {
                            <option value=before.clone() selected>
                                {format!("{before} (does not answer here now)")}
                            </option>
                        }
                    })}
                {options}
            </select>
            <p class="field-note" id="tool-note">
                "Who answers."
            </p>
        </div>
    }
    .into_any()
}

/// The files that it knows.
#[component]
pub(super) fn FileFields(
    /// The person's, the latest first.
    files: Vec<FileView>,
    /// Those that it knows.
    chosen: Vec<FileId>,
) -> impl IntoView {
    let is_open = !chosen.is_empty();
    let content = if files.is_empty() {
        view! {
            <p class="quiet small">
                "You have no files yet. " <a href="/files">"Store some"</a> " and choose them here."
            </p>
        }
        .into_any()
    } else {
        let rows = files
            .into_iter()
            .map(|file| {
                let is_chosen = chosen.contains(&file.id);
                view! {
                    <li>
                        <label class="check">
                            <input
                                type="checkbox"
                                name="form[files][]"
                                value=file.id.to_string()
                                checked=is_chosen
                            />
                            {file.name}
                        </label>
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="check-list">{rows}</ul> }.into_any()
    };
    view! {
        <details class="editor-more" open=is_open>
            <summary>"Files it knows"</summary>
            <p class="quiet small">"They go with the first message of each conversation."</p>
            {content}
        </details>
    }
    .into_any()
}
