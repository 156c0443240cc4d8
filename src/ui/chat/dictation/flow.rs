//! From sound to words: what is sent, and what becomes of the answers.

use super::{
    driver::{Driver, change},
    recording::Sent,
    state::{Notice, Phase},
};
use crate::{
    browser::{drafts, text_field, transcribe::transcribe},
    model::{
        AppResult,
        speech::{ListenerOption, SpeechOptions, Transcription, place},
    },
    ui::chat::insist::insist,
};
use futures::future::abortable;
use leptos::{prelude::*, task::spawn_local};

/// How often what is being said is kept, in milliseconds.
const KEEP_EVERY_MS: u32 = 1_000;

impl Driver {
    /// Shows and keeps what has changed.
    pub(super) fn refresh(self) {
        self.keep();
        let Some((words, failure)) =
            self.with(|work| (work.recording.words(), work.recording.failure()))
        else {
            return;
        };
        change(self.dictation.words, words);
        change(self.dictation.failure, failure);
    }

    pub(super) fn keep(self) {
        let kept = self.with(|work| {
            let mut pieces = work.recording.unkept();
            let now_ms = work.recording.listened_ms();
            if now_ms >= work.kept_ms + KEEP_EVERY_MS {
                work.kept_ms = now_ms;
                pieces.extend(work.recording.unfinished());
            }
            (work.desk.shelf.clone(), pieces)
        });
        if let Some((shelf, pieces)) = kept {
            self.keeper.try_with_value(|keeper| {
                pieces
                    .into_iter()
                    .for_each(|piece| keeper.keep(&shelf, piece));
            });
        }
    }

    /// Sends what is next, or ends when that was all.
    pub(super) fn pump(self) {
        let is_eager = self.listener().is_some_and(|listener| listener.is_local);
        let errand = self.with(|work| {
            if let Some((sent, abort)) = &work.in_flight {
                if !work.recording.is_moot(sent) {
                    return None;
                }
                abort.abort();
                work.in_flight = None;
            }
            work.recording.next(is_eager)
        });
        let Some(Some(errand)) = errand else {
            return self.end();
        };
        let written = self.field.try_get_untracked().flatten();
        let written = written.map(|field| text_field::around_cursor(&field).0);
        let before = format!("{} {}", written.unwrap_or_default(), errand.before);
        let language = self.language();
        let sent = errand.of;
        let is_final = matches!(sent, Sent::Piece(_));
        let (asking, abort) = abortable(async move {
            let ask = || transcribe(&errand.audio, language.as_deref(), &before);
            // Words that may yet become others are not worth a second try.
            if is_final {
                insist(ask, |_| {}).await
            } else {
                ask().await
            }
        });
        self.with(|work| work.in_flight = Some((sent.clone(), abort)));
        spawn_local(async move {
            if let Ok(answer) = asking.await {
                self.answered(&sent, answer);
            }
        });
    }

    fn answered(self, sent: &Sent, answer: AppResult<Transcription>) {
        self.with(|work| {
            work.in_flight = None;
            work.recording.answered(sent, answer);
        });
        self.refresh();
        self.pump();
    }

    fn end(self) {
        let is_finishing = self.dictation.phase.try_get_untracked() == Some(Phase::Finishing);
        let settled = self.with(|work| {
            let is_off = work.microphone.is_none() && work.in_flight.is_none();
            (is_off && work.recording.is_settled()).then(|| work.recording.failure())
        });
        match settled.flatten() {
            Some(None) if is_finishing => self.settle(),
            Some(Some(failure)) if is_finishing => {
                self.show(Phase::Stuck);
                self.say(failure.error.message);
            }
            _ => {}
        }
    }

    /// Gives the words.
    pub(super) fn settle(self) {
        let Some((words, heard, desk)) = self.with(|work| {
            let recording = &work.recording;
            (
                recording.certain_words(),
                recording.transcriptions(),
                work.desk.clone(),
            )
        }) else {
            return;
        };
        if words.is_empty() {
            if self.dictation.notice.with_untracked(Option::is_none) {
                self.tell(Notice::NothingHeard);
            }
        } else if let Some(field) = self.field.try_get_untracked().flatten() {
            let (before, after) = text_field::around_cursor(&field);
            self.clear();
            text_field::place_at_cursor(&field, &place(&before, &words, &after));
            let mut all = drafts::load_heard(&desk.place);
            all.extend(heard);
            drafts::save_heard(&desk.place, &all);
            self.say(format!("Added: {words}"));
        }
        self.forget();
        self.show(Phase::Idle);
        self.look();
    }

    fn listener(self) -> Option<ListenerOption> {
        self.dictation
            .options
            .with_untracked(|options| options.as_ref().and_then(chosen))
    }

    /// The language that somebody chose, if any listener knows it.
    fn language(self) -> Option<String> {
        self.dictation
            .options
            .with_untracked(|options| options.as_ref().and_then(spoken))
    }
}

/// Who listens, as the server decides it.
pub(in crate::ui::chat) fn chosen(options: &SpeechOptions) -> Option<ListenerOption> {
    let spoken = spoken(options);
    let wanted = options.settings.transcription_tool.as_ref();
    let understands = |listener: &&ListenerOption| {
        let languages = &listener.languages;
        let is_known = |code: &String| languages.is_empty() || languages.contains(code);
        spoken.as_ref().is_none_or(is_known)
    };
    let mut able = options.listeners.iter().filter(understands);
    let preferred = able.clone().find(|listener| Some(&listener.tool) == wanted);
    preferred.or_else(|| able.next()).cloned()
}

/// The language that somebody chose, if any listener knows it.
pub(in crate::ui::chat) fn spoken(options: &SpeechOptions) -> Option<String> {
    let code = options.settings.language.as_ref()?;
    let languages = languages(options);
    (languages.is_empty() || languages.contains(code)).then(|| code.clone())
}

/// The languages that are understood here; any, where there are none.
pub(super) fn languages(options: &SpeechOptions) -> Vec<String> {
    if options
        .listeners
        .iter()
        .any(|listener| listener.languages.is_empty())
    {
        return Vec::new();
    }
    let known = options
        .listeners
        .iter()
        .flat_map(|listener| &listener.languages);
    let mut known: Vec<String> = known.cloned().collect();
    known.sort();
    known.dedup();
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::speech::SpeechSettings;

    fn options(listeners: &[(&str, &[&str])], language: Option<&str>) -> SpeechOptions {
        let listener = |(tool, languages): &(&str, &[&str])| ListenerOption {
            tool: (*tool).to_owned(),
            tool_name: (*tool).to_owned(),
            languages: languages.iter().map(|code| (*code).to_owned()).collect(),
            is_local: *tool == "local",
        };
        SpeechOptions {
            settings: SpeechSettings {
                language: language.map(ToOwned::to_owned),
                ..SpeechSettings::default()
            },
            voices: Vec::new(),
            listeners: listeners.iter().map(listener).collect(),
            mute_because: None,
            deaf_because: None,
            max_recording_bytes: 0,
            max_recording_ms: 0,
        }
    }

    fn who(options: &SpeechOptions) -> Option<String> {
        chosen(options).map(|listener| listener.tool)
    }

    #[test]
    fn whoever_understands_the_language_listens() {
        let both: &[(&str, &[&str])] = &[("local", &["en"]), ("remote", &[])];
        assert_eq!(who(&options(both, None)).as_deref(), Some("local"));
        assert_eq!(who(&options(both, Some("en"))).as_deref(), Some("local"));
        assert_eq!(who(&options(both, Some("de"))).as_deref(), Some("remote"));
        assert_eq!(who(&options(&[], None)), None);
        let mut wished = options(both, None);
        wished.settings.transcription_tool = Some("remote".to_owned());
        assert_eq!(who(&wished).as_deref(), Some("remote"));
    }

    #[test]
    fn a_language_that_nobody_knows_is_not_asked_for() {
        let one: &[(&str, &[&str])] = &[("local", &["en"])];
        assert_eq!(spoken(&options(one, Some("de"))), None);
        assert_eq!(who(&options(one, Some("de"))).as_deref(), Some("local"));
        assert_eq!(languages(&options(one, None)), ["en"]);
    }
}
