//! An answer as rows and columns.

use super::{Output, tabs::Tab};
use crate::model::schema::table::{Cell, Table};
use leptos::prelude::*;

/// Most rows on the page; the rest is in the CSV.
const MAX_ROWS: usize = 200;

/// The table that is in the answer.
#[component]
pub(super) fn TableView(
    /// The answer.
    view: Output,
) -> impl IntoView {
    let content = move || {
        match view.table() {
        Some(table) => render(table),
        None => view! { <p class="quiet small">"There is no list in this answer to make a table of."</p> }.into_any(),
    }
    };
    view! {
        <div
            id=Tab::Table.panel_id(view.message)
            role="tabpanel"
            aria-labelledby=Tab::Table.id(view.message)
        >
            {content}
        </div>
    }
    .into_any()
}

fn render(table: Table) -> AnyView {
    let rest = table.rows.len().saturating_sub(MAX_ROWS);
    let caption = match table.pointer.trim_start_matches('/') {
        "" => "Answer".to_owned(),
        pointer => pointer.replace('/', "."),
    };
    let head = table
        .columns
        .into_iter()
        .map(|column| view! { <th scope="col">{column}</th> })
        .collect_view();
    let rows = table
        .rows
        .into_iter()
        .take(MAX_ROWS)
        .map(|row| view! { <tr>{row.into_iter().map(cell).collect_view()}</tr> })
        .collect_view();
    view! {
        <div class="table-scroll" role="group" aria-label="Table" tabindex="0">
            <table class="output-table">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {(rest > 0)
            .then(|| view! { <p class="quiet small">{format!("{rest} more rows are in the CSV.")}</p> })}
    }
    .into_any()
}

fn cell(cell: Cell) -> AnyView {
    let class = if cell.is_number { "num" } else { "" };
    view! { <td class=class>{cell.text}</td> }.into_any()
}
