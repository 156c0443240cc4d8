//! How answers are read out, and how one is listened to.

use crate::{
    api::speech::{SaveSpeechSettings, speech_options},
    model::{
        ErrorKind,
        speech::{LANGUAGES, ListenerOption, SpeechOptions},
    },
    ui::{
        kit::{
            notice::{ErrorNotice, RetryButton},
            submit::SubmitButton,
        },
        load::load,
        reading::use_reader,
        session::use_session_actions,
        speech::{speed_field::SpeedField, voice_field::VoiceField},
    },
};
use leptos::prelude::*;

/// Voice, speed, listener and language; for whoever is logged in.
#[component]
pub(super) fn VoiceBlock() -> impl IntoView {
    let session = use_session_actions();
    let options = load(move || session.version.get(), |_| speech_options());
    view! {
        <section class="settings-block" id="voice" aria-labelledby="voice-title">
            <header>
                <h2 id="voice-title">"Voice"</h2>
                <p>"How answers are read to you, and how you are listened to."</p>
            </header>
            <Transition fallback=|| {
                view! { <span class="skeleton w-50"></span> }
            }>
                {move || Suspend::new(async move {
                    match options.await {
                        Ok(options) => view! { <VoiceForm options /> }.into_any(),
                        Err(error) if error.kind == ErrorKind::Unauthorized => {
                            view! { <p>"Log in to choose a voice."</p> }.into_any()
                        }
                        Err(error) => {
                            view! {
                                <ErrorNotice error>
                                    <RetryButton on_retry=move |()| options.refetch() />
                                </ErrorNotice>
                            }
                                .into_any()
                        }
                    }
                })}
            </Transition>
        </section>
    }
    .into_any()
}

#[component]
fn VoiceForm(
    /// What there is, and what is chosen.
    options: SpeechOptions,
) -> impl IntoView {
    let save = ServerAction::<SaveSpeechSettings>::new();
    let problem = move || {
        let failed = save.value().get().and_then(Result::err);
        failed.map(|error| view! { <ErrorNotice error /> })
    };
    // What reads on this page is to know it as well.
    let reader = use_reader();
    Effect::new(move || {
        if save.value().with(|saved| matches!(saved, Some(Ok(())))) {
            reader.forget_options();
        }
    });
    let is_saved = move || matches!(save.value().get(), Some(Ok(())));
    let SpeechOptions {
        settings,
        voices,
        listeners,
        mute_because,
        deaf_because,
        ..
    } = options;
    let voice = match (settings.speech_tool, settings.voice) {
        (Some(tool), Some(voice)) => Some(format!("{tool}/{voice}")),
        (_, voice) => voice,
    };
    view! {
        <ActionForm action=save attr:class="voice-form">
            {mute_because.map(|reason| view! { <p class="quiet small">{reason}</p> })}
            <VoiceField
                name="settings[voice]"
                id="voice-name"
                usual="The usual one"
                note="An assistant may bring a voice of its own."
                voices
                chosen=voice
            />
            <SpeedField name="settings[speed]" id="voice-speed" chosen=Some(settings.speed) />
            <label class="check">
                <input
                    type="checkbox"
                    name="settings[reads_automatically]"
                    value="true"
                    autocomplete="off"
                    checked=settings.reads_automatically
                />
                "Read each new answer out by itself"
            </label>
            {deaf_because.map(|reason| view! { <p class="quiet small">{reason}</p> })}
            <ListenerField listeners chosen=settings.transcription_tool />
            <LanguageField chosen=settings.language />
            {problem}
            <div class="row">
                <SubmitButton
                    label="Save voice"
                    pending_label="Saving…"
                    is_pending=save.pending()
                    class=""
                />
                <p class="quiet" role="status">
                    {move || is_saved().then_some("Saved.")}
                </p>
            </div>
        </ActionForm>
    }
    .into_any()
}

/// Who listens.
#[component]
fn ListenerField(
    /// Those that listen here.
    listeners: Vec<ListenerOption>,
    /// Who does until now; they may be gone.
    chosen: Option<String>,
) -> impl IntoView {
    let gone = chosen
        .clone()
        .filter(|tool| !listeners.iter().any(|one| one.tool == *tool));
    let options = listeners
        .into_iter()
        .map(|listener| {
            let is_chosen = chosen.as_ref() == Some(&listener.tool);
            let label = match listener.is_local {
                true => format!("{}: on this server", listener.tool_name),
                false => listener.tool_name,
            };
            view! {
                <option value=listener.tool selected=is_chosen>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="voice-listener">"Who listens"</label>
            <select
                class="input"
                id="voice-listener"
                name="settings[transcription_tool]"
                autocomplete="off"
                aria-describedby="voice-listener-note"
            >
                <option value="">"Whoever understands you"</option>
                {gone
                    .map(|tool| {
                        view! {
                            <option value=tool.clone() selected>
                                {format!("{tool} (does not listen here now)")}
                            </option>
                        }
                    })}
                {options}
            </select>
            <p class="field-note" id="voice-listener-note">
                "What you dictate goes to whoever listens, and is not kept here."
            </p>
        </div>
    }
    .into_any()
}

/// The language that one speaks.
#[component]
fn LanguageField(
    /// Until now; it may be none of those that are listed.
    chosen: Option<String>,
) -> impl IntoView {
    let other = chosen
        .clone()
        .filter(|code| !LANGUAGES.iter().any(|(known, _)| known == code));
    let options = LANGUAGES
        .iter()
        .map(|(code, name)| {
            view! {
                <option value=*code selected=chosen.as_deref() == Some(*code)>
                    {*name}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for="voice-language">"Language you speak"</label>
            <select class="input" id="voice-language" name="settings[language]" autocomplete="off">
                <option value="">"Found out by listening"</option>
                {other
                    .map(|code| {
                        let name = code.clone();
                        view! {
                            <option value=code selected>
                                {name}
                            </option>
                        }
                    })}
                {options}
            </select>
        </div>
    }
    .into_any()
}
