//! Where a dictation is in the composer: nothing, until somebody wants it or has one left over.

use super::{
    bar::dictation_view,
    state::{Desk, Phase, Wish},
};
use crate::{
    browser::recordings::Shelf,
    ui::{
        chat::{address::Address, session::ChatSession},
        lazy::Lazy,
        session::use_session,
    },
};
use leptos::{html, prelude::*};

/// Whose recordings they are while nobody is logged in; there are none.
pub(in crate::ui::chat) const NOBODY: &str = "nobody";

/// The place of the dictation, around the field and over the bar below it.
#[component]
pub(in crate::ui::chat) fn DictationRow(
    /// Where the words go.
    field: NodeRef<html::Textarea>,
) -> impl IntoView {
    let session = ChatSession::of_page();
    let dictation = session.dictation;
    let user = use_session();
    let desk = RwSignal::new(None::<Desk>);
    Effect::new(move || {
        let place = session.address.with(Address::place);
        let Some(user) = user.get() else { return };
        let person = user.ok().flatten().map(|user| user.id.to_string());
        let shelf = Shelf::new(person.as_deref().unwrap_or(NOBODY), &place);
        let is_marked = shelf.is_marked();
        let new = Some(Desk { shelf, place });
        if desk.with_untracked(|desk| *desk != new) {
            desk.set(new);
            if is_marked {
                untrack(|| dictation.wish(Wish::Look));
            }
        }
    });
    move || {
        dictation.is_needed.get().then(|| {
            let view = dictation_view(dictation, field, desk.into());
            view! { <Lazy view waiting=|| () problem=not_loaded /> }
        })
    }
}

/// Nothing is being recorded by what did not come.
fn not_loaded(problem: AnyView) -> AnyView {
    let dictation = ChatSession::of_page().dictation;
    untrack(|| dictation.phase.set(Phase::Idle));
    view! { <div class="dictation-notices">{problem}</div> }.into_any()
}
