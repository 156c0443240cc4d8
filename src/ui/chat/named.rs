//! What a person keeps under names: presets and schemas are listed, renamed, deleted and saved in one way. What a row shows
//! and what is saved is theirs.

use crate::{
    browser::page::{dismiss_menus, focus_element},
    model::{AppError, AppResult, ErrorKind},
    ui::{
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
            sentence::sentence,
        },
        load::Loaded,
    },
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};
use serde::{Serialize, de::DeserializeOwned};
use std::{future::Future, pin::Pin};

/// What is kept, in the words of its block.
pub(super) struct Words {
    /// One of them, in small letters; ids on the page begin with it.
    pub noun: &'static str,
    /// The id of the block's heading.
    pub heading: &'static str,
    /// What the heading says.
    pub title: &'static str,
    /// What the list is called.
    pub list: &'static str,
    /// What to know while there are none.
    pub empty: &'static str,
    /// What the save button says.
    pub save: &'static str,
    /// What the field for the name is called.
    pub name: &'static str,
    /// Longest name, in characters.
    pub max_name_chars: usize,
}

/// A block of them, as its parts share it.
#[derive(Clone, Copy)]
pub(super) struct Named {
    words: &'static Words,
    /// Counted up to fetch the list again.
    version: RwSignal<u32>,
    /// Why the last change did not come about.
    problem: RwSignal<Option<AppError>>,
}

impl Named {
    /// A block that was not changed yet.
    pub(super) fn new(words: &'static Words) -> Self {
        Self {
            words,
            version: RwSignal::new(0),
            problem: RwSignal::new(None),
        }
    }

    /// Changes with each change.
    pub(super) fn version(self) -> u32 {
        self.version.get()
    }

    fn fetch_again(self) {
        let _ = self.version.try_update(|version| *version += 1);
    }

    /// Carries out a change, then fetches the list again.
    pub(super) fn change(self, work: impl Future<Output = AppResult<()>> + 'static) {
        self.problem.set(None);
        spawn_local(async move {
            match work.await {
                Ok(()) => {
                    dismiss_menus();
                    self.fetch_again();
                }
                Err(error) => {
                    let _ = self.problem.try_set(Some(error));
                }
            }
        });
    }

    /// Deletes one of them.
    pub(super) fn delete(self, work: impl Future<Output = AppResult<()>> + 'static) {
        self.change(async move {
            work.await?;
            // The button goes with its row.
            focus_element(self.words.heading);
            Ok(())
        });
    }

    /// The whole block: the list, each of it as `row` shows it, and the form that saves another.
    pub(super) fn block<T: Serialize + DeserializeOwned + Clone + Send + Sync + 'static>(
        self,
        list: Loaded<Vec<T>>,
        row: impl Fn(T) -> AnyView + Copy + Send + 'static,
        save: AnyView,
    ) -> AnyView {
        let Words { heading, title, .. } = *self.words;
        let rows = move |list: Vec<T>| self.rows(list.into_iter().map(row).collect());
        view! {
            <section class="panel-section" aria-labelledby=heading>
                <h3 id=heading tabindex="-1">
                    {title}
                </h3>
                {move || self.problem.get().map(|error| view! { <ErrorNotice error /> })}
                <Transition fallback=move || self.skeleton()>
                    {move || Suspend::new(async move {
                        match list.await {
                            Ok(list) => rows(list),
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
                {save}
            </section>
        }
        .into_any()
    }

    fn skeleton(self) -> impl IntoView {
        view! {
            <p class="sr-only" role="status">
                {format!("Loading your {}s", self.words.noun)}
            </p>
            <span class="skeleton w-75" aria-hidden="true"></span>
        }
    }

    fn rows(self, rows: Vec<AnyView>) -> AnyView {
        if rows.is_empty() {
            return view! { <p class="quiet small">{self.words.empty}</p> }.into_any();
        }
        view! {
            <ul class="presets" aria-label=self.words.list>
                {rows}
            </ul>
        }
        .into_any()
    }
}

/// What can be done with one of them besides using it: another name, and away with it.
#[component]
pub(super) fn NamedMenu(
    /// The block it belongs to.
    named: Named,
    /// Its name until now.
    name: String,
    /// Gives it another name.
    #[prop(into)]
    on_rename: Callback<String>,
    /// Deletes it.
    #[prop(into)]
    on_delete: Callback<()>,
) -> impl IntoView {
    let Words {
        noun,
        max_name_chars,
        ..
    } = *named.words;
    let field = NodeRef::<html::Input>::new();
    let rename = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(input) = field.get_untracked() {
            on_rename.run(input.value());
        }
    };
    view! {
        <details class="menu" name=format!("{noun}-menu")>
            <summary class="icon-btn" aria-label=format!("Options for {name}")>
                <Icon name="more-horizontal" class="icon-s" />
            </summary>
            <div class="menu-list">
                <details name=format!("{noun}-change")>
                    <summary class="menu-item">
                        <Icon name="pencil" class="icon-s" />
                        "Rename"
                    </summary>
                    <form class="menu-form" on:submit=rename>
                        <input
                            node_ref=field
                            class="input select"
                            aria-label=format!("New name for {name}")
                            maxlength=max_name_chars.to_string()
                            autocomplete="off"
                            required
                            value=name
                        />
                        <button class="btn btn-primary btn-wide">"Save name"</button>
                    </form>
                </details>
                <button
                    type="button"
                    class="menu-item menu-item-danger"
                    on:click=move |_| on_delete.run(())
                >
                    <Icon name="trash-2" class="icon-s" />
                    "Delete"
                </button>
            </div>
        </details>
    }
    .into_any()
}

/// Saves something under a name, in place of what has it or not.
pub(super) type Save =
    Callback<(String, bool), Pin<Box<dyn Future<Output = AppResult<()>> + 'static>>>;

/// Saving under a name: whether it is under way, and what came of the last time.
#[derive(Clone, Copy)]
struct Saving {
    named: Named,
    name: RwSignal<String>,
    save: Save,
    is_saving: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    /// Whether the name stands for another already.
    taken: RwSignal<bool>,
}

impl Saving {
    fn save(self, replace: bool) {
        if self.is_saving.get_untracked() {
            return;
        }
        self.is_saving.set(true);
        let work = self.save.run((self.name.get_untracked(), replace));
        spawn_local(async move {
            let saved = work.await;
            let _ = self.is_saving.try_set(false);
            let is_conflict = saved
                .as_ref()
                .is_err_and(|error| error.kind == ErrorKind::Conflict && error.field.is_some());
            let _ = self.taken.try_set(is_conflict);
            if saved.is_ok() {
                self.named.fetch_again();
            }
            let _ = self.problem.try_set(saved.err().map(|error| error.message));
        });
    }

    /// The name was changed: what was told of the one before is no longer so.
    fn renamed(self, name: String) {
        self.name.set(name);
        self.taken.set(false);
        self.problem.set(None);
    }
}

/// Keeps something under a name. A name that is taken is told, with the way to replace what it stands for.
#[component]
pub(super) fn SaveNamed(
    /// The block it belongs to.
    named: Named,
    /// The name.
    name: RwSignal<String>,
    /// Whether there is nothing to save.
    #[prop(into)]
    is_off: Signal<bool>,
    /// Saves it.
    save: Save,
    /// The name was written.
    #[prop(optional, into)]
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let saving = Saving {
        named,
        name,
        save,
        is_saving: RwSignal::new(false),
        problem: RwSignal::new(None),
        taken: RwSignal::new(false),
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        saving.save(false);
    };
    let words = named.words;
    let (field, note) = (
        format!("{}-name", words.noun),
        format!("{}-note", words.noun),
    );
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
    let written = move |_| {
        if let Some(on_change) = on_change {
            on_change.run(());
        }
    };
    view! {
        <form class="save-preset" on:submit=submit>
            <label class="sr-only" for=field.clone()>
                {words.name}
            </label>
            <div class="row-tight">
                <input
                    class="input"
                    id=field
                    name="name"
                    placeholder=words.name
                    maxlength=words.max_name_chars.to_string()
                    autocomplete="off"
                    aria-describedby=note.clone()
                    aria-invalid=is_wrong
                    prop:value=name
                    on:input=move |event| saving.renamed(event_target_value(&event))
                    on:change=written
                />
                <button class="btn" disabled=move || saving.is_saving.get() || is_off.get()>
                    {words.save}
                </button>
            </div>
            <p class="field-note" id=note aria-live="polite">
                {problem}
            </p>
            {replace}
        </form>
    }
    .into_any()
}
