//! Stored files on a message that is sent without a script: each is a box that one can untick.

use crate::{api::files::find_files, model::ids::FileId, ui::load::load};
use leptos::prelude::*;

/// Those that the address names, and those of a message that was not taken.
#[component]
pub(in crate::ui::chat) fn StoredFields(
    /// Which, in their order.
    ids: Vec<FileId>,
) -> impl IntoView {
    let found = load(
        move || ids.clone(),
        |ids| async move {
            match ids.is_empty() {
                true => Ok(Vec::new()),
                false => find_files(ids).await,
            }
        },
    );
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                let files = found.await.unwrap_or_default();
                let boxes: Vec<_> = files
                    .into_iter()
                    .map(|file| {
                        view! {
                            <label class="stored-file">
                                <input type="checkbox" name="stored" value=file.id.to_string() checked />
                                <span>{file.name}</span>
                            </label>
                        }
                    })
                    .collect();
                (!boxes.is_empty())
                    .then(|| {
                        view! {
                            <fieldset class="stored-files without-script">
                                <legend>"Files that go along"</legend>
                                {boxes}
                            </fieldset>
                        }
                    })
            })}
        </Suspense>
    }
    .into_any()
}
