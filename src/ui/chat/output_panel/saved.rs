//! The person's schemas: saved by name, taken by one press.

use super::draft::Draft;
use crate::{
    api,
    browser::page::{dismiss_menus, focus_element},
    model::{
        AppError, AppResult, ErrorKind,
        ids::SchemaId,
        schema::saved::{MAX_SCHEMA_NAME_CHARS, SavedSchema},
    },
    ui::{
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
            sentence::sentence,
        },
        load::load,
    },
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use std::future::Future;

/// The id of the block's heading.
const HEADING: &str = "schemas-heading";

/// What the parts of the block share.
#[derive(Clone, Copy)]
struct Schemas {
    /// Counted up to fetch the list again.
    version: RwSignal<u32>,
    /// Why the last change did not come about.
    problem: RwSignal<Option<AppError>>,
}

impl Schemas {
    /// Carries out a change, then fetches the list again.
    fn change(self, work: impl Future<Output = AppResult<()>> + 'static) {
        self.problem.set(None);
        spawn_local(async move {
            match work.await {
                Ok(()) => {
                    dismiss_menus();
                    let _ = self.version.try_update(|version| *version += 1);
                }
                Err(error) => {
                    let _ = self.problem.try_set(Some(error));
                }
            }
        });
    }
}

/// What is kept, and the form that keeps another.
#[component]
pub(super) fn SavedSchemas(
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let schemas = Schemas {
        version: RwSignal::new(0),
        problem: RwSignal::new(None),
    };
    let list = load(
        move || schemas.version.get(),
        |_| api::schemas::list_schemas(),
    );
    view! {
        <section class="panel-section" aria-labelledby=HEADING>
            <h3 id=HEADING tabindex="-1">
                "Your schemas"
            </h3>
            {move || schemas.problem.get().map(|error| view! { <ErrorNotice error /> })}
            <Transition fallback=|| {
                view! {
                    <p class="sr-only" role="status">
                        "Loading your schemas"
                    </p>
                    <span class="skeleton w-75" aria-hidden="true"></span>
                }
            }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <SchemaList list schemas draft /> }.into_any(),
                        Err(error) => {
                            view! {
                                <ErrorNotice error>
                                    <RetryButton on_retry=move |()| list.refetch() />
                                </ErrorNotice>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
            <SaveSchema schemas draft />
        </section>
    }
    .into_any()
}

#[component]
fn SchemaList(
    /// What there is.
    list: Vec<SavedSchema>,
    /// What the block shares.
    schemas: Schemas,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    if list.is_empty() {
        return view! {
            <p class="quiet small">"Save a schema under a name, and use it in any chat."</p>
        }
        .into_any();
    }
    let rows = list
        .into_iter()
        .map(|schema| view! { <SchemaRow schema schemas draft /> })
        .collect_view();
    view! {
        <ul class="presets" aria-label="Your schemas">
            {rows}
        </ul>
    }
    .into_any()
}

/// One schema: take it, give it another name, forget it.
#[component]
fn SchemaRow(
    /// Which.
    schema: SavedSchema,
    /// What the block shares.
    schemas: Schemas,
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
    let delete = move |_| {
        schemas.change(async move {
            api::schemas::delete_schema(id).await?;
            // The button goes with its row.
            focus_element(HEADING);
            Ok(())
        });
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
            <details class="menu" name="schema-menu">
                <summary class="icon-btn" aria-label=format!("Options for {name}")>
                    <Icon name="more-horizontal" class="icon-s" />
                </summary>
                <div class="menu-list">
                    <details name="schema-change">
                        <summary class="menu-item">
                            <Icon name="pencil" class="icon-s" />
                            "Rename"
                        </summary>
                        <RenameForm id name schemas />
                    </details>
                    <button type="button" class="menu-item menu-item-danger" on:click=delete>
                        <Icon name="trash-2" class="icon-s" />
                        "Delete"
                    </button>
                </div>
            </details>
        </li>
    }
    .into_any()
}

/// Gives a schema another name.
#[component]
fn RenameForm(
    /// Which.
    id: SchemaId,
    /// What it is called.
    name: String,
    /// What the block shares.
    schemas: Schemas,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.get_untracked() {
            schemas.change(api::schemas::rename_schema(id, input.value()));
        }
    };
    view! {
        <form class="menu-form" on:submit=rename>
            <input
                node_ref=field
                class="input select"
                aria-label=format!("New name for {name}")
                maxlength=MAX_SCHEMA_NAME_CHARS.to_string()
                autocomplete="off"
                required
                value=name
            />
            <button class="btn btn-primary btn-wide">"Save name"</button>
        </form>
    }
    .into_any()
}

/// Keeping what is written: whether it is under way, and what came of the last time.
#[derive(Clone, Copy)]
struct Saving {
    draft: Draft,
    schemas: Schemas,
    is_saving: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    /// Whether the name stands for another schema.
    taken: RwSignal<bool>,
}

impl Saving {
    fn save(self, replace: bool) {
        if self.is_saving.get_untracked() {
            return;
        }
        self.is_saving.set(true);
        let draft = self.draft;
        let (name, schema) = (draft.name.get_untracked(), draft.text.get_untracked());
        let is_strict = draft.is_strict.get_untracked();
        spawn_local(async move {
            let saved = api::schemas::save_schema(name, schema, is_strict, replace).await;
            let _ = self.is_saving.try_set(false);
            let is_conflict = saved
                .as_ref()
                .is_err_and(|error| error.kind == ErrorKind::Conflict && error.field.is_some());
            let _ = self.taken.try_set(is_conflict);
            let problem = saved.as_ref().err().map(|error| error.message.clone());
            let _ = self.problem.try_set(problem);
            if saved.is_ok() {
                let version = self.schemas.version;
                let _ = version.try_update(|version| *version += 1);
            }
        });
    }

    /// The name was changed: what was told of the one before is no longer so.
    fn renamed(self, name: String) {
        self.draft.name.set(name);
        self.taken.set(false);
        self.problem.set(None);
    }
}

/// Keeps what is written under its name. A name that is taken is told, with the way to replace what it stands for.
#[component]
fn SaveSchema(
    /// What the block shares.
    schemas: Schemas,
    /// What is being written.
    draft: Draft,
) -> impl IntoView {
    let saving = Saving {
        draft,
        schemas,
        is_saving: RwSignal::new(false),
        problem: RwSignal::new(None),
        taken: RwSignal::new(false),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        saving.save(false);
    };
    let is_wrong = move || saving.problem.with(Option::is_some).then_some("true");
    let problem = move || {
        let words = saving.problem.get()?;
        Some(view! { <span class="field-error">{sentence(&words)}</span> })
    };
    let replace = move || {
        saving.taken.get().then(|| {
            view! {
                <button type="button" class="btn" on:click=move |_| saving.save(true)>
                    "Replace it"
                </button>
            }
        })
    };
    let is_off = move || saving.is_saving.get() || draft.text.with(|text| text.trim().is_empty());
    view! {
        <form class="save-preset" on:submit=submit>
            <label class="sr-only" for="schema-name">
                "Schema name"
            </label>
            <div class="row-tight">
                <input
                    class="input"
                    id="schema-name"
                    name="name"
                    maxlength=MAX_SCHEMA_NAME_CHARS.to_string()
                    autocomplete="off"
                    aria-describedby="schema-name-note"
                    aria-invalid=is_wrong
                    prop:value=draft.name
                    on:input=move |event| saving.renamed(event_target_value(&event))
                    on:change=move |_| draft.take()
                />
                <button class="btn" disabled=is_off>
                    "Save schema"
                </button>
            </div>
            <p class="field-note" id="schema-name-note" aria-live="polite">
                {problem}
            </p>
            {replace}
        </form>
    }
    .into_any()
}
