//! The files on the drafts of all conversations, known to every page: an upload goes on when its person leaves the chat.

use super::draft_files::DraftFiles;
use crate::ui::session::use_session_actions;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// The files on the drafts of all conversations. They are one person's: whoever comes next starts with none.
#[derive(Clone, Copy)]
pub struct AllDraftFiles {
    places: StoredValue<(usize, BTreeMap<String, DraftFiles>)>,
    version: Signal<usize>,
}

impl AllDraftFiles {
    /// Those of a place: a conversation's id, or `new`.
    #[must_use]
    pub fn of(self, place: &str) -> DraftFiles {
        let version = self.version.get();
        let mut found = DraftFiles::new(Some(place.to_owned()));
        self.places.update_value(|(whose, places)| {
            if *whose != version {
                *whose = version;
                places.clear();
            }
            let known = places.entry(place.to_owned());
            found = known.or_insert_with(|| found.clone()).clone();
        });
        found
    }
}

/// Makes the files on drafts known to everything below. Needs the session.
pub fn provide_draft_files() {
    provide_context(AllDraftFiles {
        places: StoredValue::default(),
        version: use_session_actions().version,
    });
}

/// The files on all drafts.
#[must_use]
pub fn use_draft_files() -> AllDraftFiles {
    expect_context()
}
