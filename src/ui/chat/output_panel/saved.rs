//! The person's schemas: saved by name, taken by one press.

use super::draft::Draft;
use crate::{
    api,
    model::schema::saved::{MAX_SCHEMA_NAME_CHARS, SavedSchema},
    ui::{
        chat::named::{Named, NamedMenu, SaveNamed, Words},
        load::load,
    },
};
use leptos::prelude::*;

static WORDS: Words = Words {
    noun: "schema",
    heading: "schemas-heading",
    title: "Your schemas",
    list: "Your schemas",
    empty: "Save a schema under a name, and use it in any chat.",
    save: "Save schema",
    name: "Schema name",
    max_name_chars: MAX_SCHEMA_NAME_CHARS,
};

/// What is kept, and the form that keeps another.
#[component]
pub(super) fn SavedSchemas(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let schemas = Named::new(&WORDS);
    let list = load(move || schemas.version(), |_| api::schemas::list_schemas());
    let save = Callback::new(move |(name, replace): (String, bool)| {
        let schema = draft.text.get_untracked();
        let is_strict = draft.is_strict.get_untracked();
        let saved = api::schemas::save_schema(name, schema, is_strict, replace);
        Box::pin(async move { saved.await.map(drop) }) as _
    });
    let is_off = Signal::derive(move || draft.text.with(|text| text.trim().is_empty()));
    let form = view! {
        <SaveNamed named=schemas name=draft.name is_off save on_change=move |()| draft.take() />
    };
    schemas.block(
        list,
        move |schema| view! { <SchemaRow schema schemas draft /> }.into_any(),
        form.into_any(),
    )
}

/// One schema: take it, give it another name, forget it.
#[component]
fn SchemaRow(
    /// Which.
    schema: SavedSchema,
    /// The block it belongs to.
    schemas: Named,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let SavedSchema {
        id,
        name,
        schema,
        is_strict,
    } = schema;
    let saved = StoredValue::new((name.clone(), schema));
    let is_taken = Memo::new(move |_| {
        saved.with_value(|(_, schema)| draft.text.with(|text| text == schema))
            && draft.is_strict.get() == is_strict
    });
    let take = move |_| {
        let (name, schema) = saved.get_value();
        draft.name.set(name);
        draft.is_strict.set(is_strict);
        draft.replace(schema);
    };
    view! {
        <li class="preset">
            <button
                type="button"
                class="preset-apply"
                aria-label=format!("Use {name}")
                aria-pressed=move || if is_taken.get() { "true" } else { "false" }
                on:click=take
            >
                <span>{name.clone()}</span>
                {is_strict.then(|| view! { <span class="badge">"Strict"</span> })}
            </button>
            <NamedMenu
                named=schemas
                name
                on_rename=move |name| schemas.change(api::schemas::rename_schema(id, name))
                on_delete=move |()| schemas.delete(api::schemas::delete_schema(id))
            />
        </li>
    }
    .into_any()
}
