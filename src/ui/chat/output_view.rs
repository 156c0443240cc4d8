//! An answer in a shape: a tree that grows while it comes, a table, the JSON itself; whether it has its shape, and what can
//! be done with it. The server renders the tree, so it is there without a script and before one has come.

mod actions;
mod table_view;
mod tabs;
mod tree_painter;
mod verdict;

use super::session::{ChatSession, OpenConversation};
use crate::{
    model::{
        AppError,
        chat::RunState,
        ids::MessageId,
        schema::{
            json::Json,
            outline::{outline, rest_text},
            table::Table,
            tree::Tree,
        },
        settings::OutputFormat,
    },
    ui::lazy::lazy_view,
};
use actions::OutputActions;
use leptos::{html, prelude::*};
use table_view::TableView;
use tabs::{Tab, TabList};
use tree_painter::TreePainter;
use verdict::{VerdictBadge, VerdictProblems, Verdicts};

/// The text of an answer as far as it has come.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    /// The text.
    pub text: String,
    /// Counted up when the text was replaced by another, instead of going on.
    pub generation: u32,
}

impl Growing {
    /// A text that is there.
    pub(super) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            generation: 0,
        }
    }
}

/// What the parts of the view share.
#[derive(Clone, Copy)]
struct Output {
    message: MessageId,
    text: RwSignal<Growing>,
    state: RwSignal<RunState>,
    /// What was read of the text.
    tree: StoredValue<Tree>,
    /// Counted up when the tree has grown on the page.
    painted: RwSignal<u32>,
    tab: RwSignal<Tab>,
    /// The list that the tree's root is in.
    list: NodeRef<html::Ul>,
}

impl Output {
    /// What is made of the tree, again whenever it has grown.
    fn with_tree<T>(self, read: impl FnOnce(&Tree) -> T) -> T {
        self.painted.track();
        self.tree.with_value(read)
    }

    /// The JSON of the answer: indented once it is whole, as it came before.
    fn json(self) -> String {
        let whole = self
            .tree
            .with_value(|tree| tree.is_complete().then(|| Json::of(tree, 0).pretty()));
        whole.unwrap_or_else(|| self.text.with_untracked(|growing| growing.text.clone()))
    }

    fn table(self) -> Option<Table> {
        self.with_tree(Table::of)
    }
}

lazy_view! {
    /// An answer in the shape that it was asked for in.
    pub fn output_view(
        message: MessageId,
        output: OutputFormat,
        text: RwSignal<Growing>,
        state: RwSignal<RunState>,
        open: OpenConversation,
        problem: RwSignal<Option<AppError>>,
    ) in structured {
        view! { <OutputView message output text state open problem /> }
    }
}

/// An answer in the shape that it was asked for in.
#[component]
fn OutputView(
    /// The answer.
    message: MessageId,
    /// Its shape.
    output: OutputFormat,
    /// Its text.
    text: RwSignal<Growing>,
    /// Where its run stands.
    state: RwSignal<RunState>,
    /// Where it is.
    open: OpenConversation,
    /// Where a failure is shown.
    problem: RwSignal<Option<AppError>>,
) -> impl IntoView {
    let tree = text.with_untracked(|growing| Tree::of(&growing.text));
    let html = outline(&tree);
    let view = Output {
        message,
        text,
        state,
        tree: StoredValue::new(tree),
        painted: RwSignal::new(0),
        tab: RwSignal::new(Tab::Tree),
        list: NodeRef::new(),
    };
    grow(view);
    let verdicts = Verdicts::new(view);
    let has_tree = Memo::new(move |_| view.with_tree(|tree| tree.root().is_some()));
    let name = StoredValue::new(output.name.clone());
    view! {
        <section class="output" aria-label="Structured answer">
            <div class="output-bar" hidden=move || !has_tree.get()>
                <TabList view />
                <VerdictBadge verdicts />
                <OutputActions view name />
            </div>
            <div
                id=Tab::Tree.panel_id(message)
                role="tabpanel"
                aria-labelledby=Tab::Tree.id(message)
                hidden=move || view.tab.get() != Tab::Tree
            >
                <ul class="json-tree" aria-label="Answer" node_ref=view.list inner_html=html></ul>
                {move || {
                    let rest = view.with_tree(rest_text);
                    (!rest.is_empty()).then(|| view! { <p class="quiet small">{rest}</p> }.into_any())
                }}
            </div>
            {move || match view.tab.get() {
                Tab::Tree => ().into_any(),
                Tab::Table => view! { <TableView view /> }.into_any(),
                Tab::Raw => view! { <RawView view /> }.into_any(),
            }}
            <Words view has_tree />
            <VerdictProblems verdicts view output open problem />
        </section>
    }
    .into_any()
}

/// Has the tree on the page grow with the text, at most once a frame.
fn grow(view: Output) {
    let follow = ChatSession::of_page().follow;
    Effect::new(move || {
        let Some(list) = view.list.get() else {
            return;
        };
        let Some(painter) = TreePainter::new(&list, &view.tree) else {
            return;
        };
        Effect::new(move |is_later: Option<()>| {
            view.text.track();
            // What is on the page already has come with it.
            if is_later.is_some() {
                painter.schedule(view, move || follow.keep_up());
            }
        });
    });
}

/// The words of an answer that has no JSON in it: a refusal, or a model that does what it likes.
#[component]
fn Words(
    /// The answer.
    view: Output,
    /// Whether there is JSON.
    has_tree: Memo<bool>,
) -> impl IntoView {
    let words = Memo::new(move |_| {
        view.text
            .with(|growing| (!has_tree.get()).then(|| growing.text.clone()))
    });
    move || {
        let words = words.get().filter(|words| !words.trim().is_empty())?;
        Some(view! { <p class="output-words">{words}</p> }.into_any())
    }
}

/// The JSON itself.
#[component]
fn RawView(
    /// The answer.
    view: Output,
) -> impl IntoView {
    let json = move || {
        view.painted.track();
        view.json()
    };
    view! {
        <div
            id=Tab::Raw.panel_id(view.message)
            role="tabpanel"
            aria-labelledby=Tab::Raw.id(view.message)
        >
            <pre class="json-raw" tabindex="0">
                <code>{json}</code>
            </pre>
        </div>
    }
    .into_any()
}
