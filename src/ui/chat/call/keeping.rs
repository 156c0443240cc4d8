//! What was said in a call and is in no message when somebody hangs up: words go into the composer, what is no text yet to
//! the recordings that the dictation offers to try again.

use super::driver::Driver;
use crate::{
    browser::{
        drafts,
        recordings::{KeptPiece, Shelf},
        text_field,
    },
    model::{
        ids::TranscriptionId,
        speech::{LISTENING_RATE, call::CallPiece, join, place, wav},
    },
    ui::chat::{
        address::Address,
        dictation::{row::NOBODY, state::Wish},
    },
};
use leptos::{prelude::*, task::spawn_local};

impl Driver {
    pub(super) fn keep(self, pieces: Vec<CallPiece>) {
        let heard: Option<Vec<_>> = pieces.iter().map(|piece| piece.heard.as_ref()).collect();
        match heard {
            Some(heard) => {
                let words = join(heard.iter().map(|heard| &heard.text));
                self.write(&words, heard.iter().map(|heard| heard.id).collect());
            }
            None => self.shelve(pieces),
        }
    }

    /// Puts words into the draft, at the cursor where the field is on the page.
    fn write(self, words: &str, heard: Vec<TranscriptionId>) {
        let draft = self.place.get_value();
        let mut all = drafts::load_heard(&draft);
        all.extend(heard);
        drafts::save_heard(&draft, &all);
        let is_here =
            self.session.address.try_with_untracked(Address::place) == Some(draft.clone());
        match self.field.try_get_untracked().flatten() {
            Some(field) if is_here => {
                let (before, after) = text_field::around_cursor(&field);
                text_field::place_at_cursor(&field, &place(&before, words, &after));
            }
            _ => {
                let before = drafts::load(&draft).unwrap_or_default();
                let words = place(&before, words, "");
                drafts::save(&draft, &(before + &words));
            }
        }
    }

    fn shelve(self, pieces: Vec<CallPiece>) {
        let person = self.person.try_get_value().flatten();
        let person = person.map_or_else(|| NOBODY.to_owned(), |person| person.to_string());
        let shelf = Shelf::new(&person, &self.place.get_value());
        let dictation = self.session.dictation;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "milliseconds since 1970"
        )]
        let stamp = js_sys::Date::now() as u64;
        spawn_local(async move {
            for (index, piece) in pieces.into_iter().enumerate() {
                let wav = match piece.heard {
                    Some(_) => Vec::new(),
                    None => wav::encode(&piece.audio, LISTENING_RATE),
                };
                let name = format!("{stamp:014}-{index:05}");
                let heard = piece.heard;
                shelf.keep(KeptPiece { name, wav, heard }).await;
            }
            // The page may be another one by now; it looks for itself when somebody comes back.
            if dictation.phase.try_get_untracked().is_some() {
                dictation.wish(Wish::Look);
            }
        });
    }
}
