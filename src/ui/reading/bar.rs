//! The reader's bar: where it is, and what can be done about it. It brings the engine along.

use super::{Order, Reader, ReadingState, dock::CloseButton, engine, use_reader};
use crate::{
    model::{
        AppError,
        speech::{SPEED_PERCENTS, SpeechOptions, VoiceChoice},
    },
    ui::{
        kit::{
            icon::Icon,
            notice::{ErrorNotice, RetryButton},
        },
        lazy::lazy_view,
    },
};
use leptos::{ev::KeyboardEvent, prelude::*, task::spawn_local};
use leptos_router::hooks::use_location;

lazy_view! {
    /// What stands in the bar.
    pub fn reading_bar() in reading {
        view! { <ReadingBar /> }
    }
}

/// The sentence, the buttons, the choices; what went wrong, with the way out.
#[component]
fn ReadingBar() -> impl IntoView {
    let reader = use_reader();
    Effect::new(move || {
        engine::install(reader);
        spawn_local(reader.learn_options());
    });
    let problem = Memo::new(move |_| reader.state.with(problem));
    let on_key = move |event: KeyboardEvent| {
        let is_choice = event_target::<web_sys::Element>(&event).tag_name() == "SELECT";
        let by = match event.key().as_str() {
            "ArrowLeft" if !is_choice => -1,
            "ArrowRight" if !is_choice => 1,
            _ => return,
        };
        event.prevent_default();
        reader.order(Order::Skip(by));
    };
    view! {
        <div class="reading-inner" on:keydown=on_key>
            <Words reader />
            <div class="reading-controls">
                <SkipButton reader by=-1 label="Previous sentence" icon="skip-back" />
                <PlayButton reader />
                <SkipButton reader by=1 label="Next sentence" icon="skip-forward" />
                <Count reader />
                <SpeedChoice reader />
                <VoiceField reader />
                <SaveButton reader />
            </div>
            <CloseButton />
            {move || {
                problem
                    .get()
                    .map(|error| {
                        view! {
                            <ErrorNotice error>
                                <RetryButton on_retry=move |()| reader.toggle() />
                            </ErrorNotice>
                        }
                            .into_any()
                    })
            }}
            {move || reader.save_problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
        </div>
    }
}

fn problem(state: &ReadingState) -> Option<AppError> {
    match state {
        ReadingState::Failed(error) => Some(error.clone()),
        _ => None,
    }
}

/// The sentence that is heard: it leads to the answer. A table is offered to be read.
#[component]
fn Words(
    /// What is read.
    reader: Reader,
) -> impl IntoView {
    let words = move || match reader.state.get() {
        ReadingState::Loading if reader.place.with(|place| place.count == 0) => {
            "Getting ready to read aloud…".to_owned()
        }
        ReadingState::Waiting => "The next sentence is being written…".to_owned(),
        ReadingState::Blocked => {
            "Press Read aloud: the browser plays nothing by itself.".to_owned()
        }
        ReadingState::Finished => "Read to the end.".to_owned(),
        _ => reader.place.with(|place| place.words.clone()),
    };
    let href = move || {
        let asked = reader.asked.get();
        asked.map(|asked| format!("/chat/{}", asked.conversation))
    };
    let pathname = use_location().pathname;
    let is_elsewhere = move || href().is_some_and(|href| pathname.with(|path| *path != href));
    let has_rows = Memo::new(move |_| reader.place.with(|place| place.has_rows));
    let author = move || {
        reader
            .asked
            .with(|asked| asked.as_ref().map(|asked| asked.author.clone()))
    };
    view! {
        <p class="reading-words">
            {move || {
                is_elsewhere()
                    .then(|| {
                        view! {
                            <a class="reading-from" href=href>
                                {author}
                            </a>
                        }
                    })
            }}
            <span>{words}</span>
            {move || {
                has_rows
                    .get()
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="reading-rows"
                                on:click=move |_| reader.order(Order::ReadRows)
                            >
                                "Read the table"
                            </button>
                        }
                    })
            }}
        </p>
    }
    .into_any()
}

#[component]
fn PlayButton(
    /// What is read.
    reader: Reader,
) -> impl IntoView {
    let is_active = Memo::new(move |_| reader.state.with(ReadingState::is_active));
    let label = move || {
        if is_active.get() {
            "Pause"
        } else {
            "Read aloud"
        }
    };
    let icon = move || if is_active.get() { "pause" } else { "play" };
    view! {
        <button
            type="button"
            class="icon-btn reading-play"
            aria-label=label
            title=label
            on:click=move |_| reader.toggle()
        >
            {move || view! { <Icon name=icon() /> }}
        </button>
    }
    .into_any()
}

#[component]
fn SkipButton(
    /// What is read.
    reader: Reader,
    /// So many sentences on or back.
    by: i32,
    /// What the button says.
    label: &'static str,
    /// What it shows.
    icon: &'static str,
) -> impl IntoView {
    let is_idle = move || {
        reader.place.with(|place| match by {
            ..0 => place.sentence == 0,
            _ => place.sentence + 1 >= place.count,
        })
    };
    view! {
        <button
            type="button"
            class="icon-btn"
            aria-label=label
            title=label
            aria-disabled=move || is_idle().then_some("true")
            on:click=move |_| {
                if !untrack(is_idle) || by < 0 {
                    reader.order(Order::Skip(by));
                }
            }
        >
            <Icon name=icon />
        </button>
    }
    .into_any()
}

/// How far it is: in numbers, and as a line across the bar.
#[component]
fn Count(
    /// What is read.
    reader: Reader,
) -> impl IntoView {
    let count = move || reader.place.with(|place| place.count);
    let now = move || {
        reader.place.with(|place| match reader.state.get() {
            ReadingState::Finished => place.count,
            _ => (place.sentence + 1).min(place.count),
        })
    };
    let of = move || {
        let (now, count) = (now(), count());
        let more = if reader.place.with(|place| place.is_whole) {
            ""
        } else {
            "+"
        };
        (count > 0).then(|| format!("{now} of {count}{more}"))
    };
    view! {
        <span class="reading-count" aria-label=move || of().map(|of| format!("Sentence {of}"))>
            {of}
        </span>
        <progress class="reading-progress" aria-hidden="true" max=count value=now></progress>
    }
    .into_any()
}

#[component]
fn SpeedChoice(
    /// What is read.
    reader: Reader,
) -> impl IntoView {
    let choose = move |event| {
        let Ok(percent) = event_target_value(&event).parse::<u16>() else {
            return;
        };
        let speed = f32::from(percent) / 100.0;
        reader.speed.set(speed);
        reader.order(Order::Speed);
        reader.keep_settings(|settings| settings.speed = speed);
    };
    let is_now = move |percent: u16| (reader.speed.get() * 100.0 - f32::from(percent)).abs() < 1.0;
    let offered = SPEED_PERCENTS.map(|percent| {
        let label = format!("{}×", f32::from(percent) / 100.0);
        view! {
            <option value=percent.to_string() selected=move || is_now(percent)>
                {label}
            </option>
        }
    });
    let other = move || {
        let speed = reader.speed.get();
        let is_offered = SPEED_PERCENTS.iter().any(|percent| is_now(*percent));
        (!is_offered).then(|| view! { <option selected value="">{format!("{speed:.2}×")}</option> })
    };
    view! {
        <select class="input reading-choice" aria-label="Speed" title="Speed" on:change=choose>
            {offered.into_iter().collect_view()}
            {other}
        </select>
    }
    .into_any()
}

/// The voices, where there is more than one.
#[component]
fn VoiceField(
    /// What is read.
    reader: Reader,
) -> impl IntoView {
    let choose = move |event| {
        let chosen = VoiceChoice::parse(&event_target_value(&event));
        reader
            .voice
            .set(chosen.tool.map(|tool| (tool, chosen.voice)));
        reader.order(Order::Voice);
        reader.keep_settings(|settings| {
            if let Some((tool, voice)) = reader.voice.get_untracked() {
                settings.speech_tool = Some(tool);
                settings.voice = Some(voice);
            }
        });
    };
    let options = move |options: SpeechOptions| {
        let chosen = reader.voice.get_untracked();
        let voices = options.voices.into_iter().map(|voice| {
            let is_chosen = chosen
                .as_ref()
                .is_some_and(|(tool, name)| *tool == voice.tool && *name == voice.voice);
            let label = format!("{} · {}", voice.label, voice.tool_name);
            view! {
                <option value=voice.word() selected=is_chosen>
                    {label}
                </option>
            }
        });
        voices.collect_view()
    };
    move || {
        let known = reader.options.get()?;
        (known.voices.len() > 1).then(|| {
            view! {
                <select class="input reading-choice reading-voice" aria-label="Voice" title="Voice" on:change=choose>
                    <option value="">"Usual voice"</option>
                    {options(known)}
                </select>
            }
            .into_any()
        })
    }
}

#[component]
fn SaveButton(
    /// What is read.
    reader: Reader,
) -> impl IntoView {
    let is_idle =
        move || reader.saving.with(Option::is_some) || !reader.place.with(|place| place.is_whole);
    let label = move || match reader.saving.get() {
        Some(percent) => format!("Preparing the download: {percent} %"),
        None => "Download as audio".to_owned(),
    };
    let percent = move || reader.saving.get().map(|percent| format!("{percent} %"));
    view! {
        <button
            type="button"
            class="icon-btn"
            aria-label=label
            title=label
            disabled=is_idle
            on:click=move |_| reader.order(Order::Save)
        >
            {move || match percent() {
                Some(percent) => view! { <span class="small">{percent}</span> }.into_any(),
                None => view! { <Icon name="download" /> }.into_any(),
            }}
        </button>
    }
    .into_any()
}
