//! Hearing a voice before one chooses it.

use super::engine::fetching::fetch;
use crate::{
    browser::speaker::{self, Speaker},
    model::{
        AppError, AppResult, ErrorKind,
        speech::{SpeakRequest, VoiceChoice},
    },
    ui::kit::{icon::Icon, notice::ErrorNotice},
};
use futures::future::{AbortHandle, abortable};
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use std::{cell::RefCell, rc::Rc};

/// What every voice says.
const SAMPLE: &str =
    "This is how I read your answers. Take your time, and choose whom you like to listen to.";

/// Has a voice say a sentence; pressed again, it is silent.
#[component]
pub fn ListenButton(
    /// Gives the voice, as [`VoiceChoice`] reads it; the usual one where it is empty.
    voice: Callback<(), String>,
) -> impl IntoView {
    let problem = RwSignal::new(None::<AppError>);
    let playing = RwSignal::new(None::<AbortHandle>);
    let silence = move || {
        if let Some(playing) = playing.try_update(Option::take).flatten() {
            playing.abort();
        }
    };
    let press = move |_| {
        problem.set(None);
        if playing.with_untracked(Option::is_some) {
            return silence();
        }
        speaker::unlock();
        let (sample, stop) = abortable(say(voice.run(())));
        playing.set(Some(stop));
        spawn_local(async move {
            if let Ok(outcome) = sample.await {
                let _ = playing.try_set(None);
                let _ = problem.try_set(outcome.err());
            }
        });
    };
    on_cleanup(silence);
    let is_on = Memo::new(move |_| playing.with(Option::is_some));
    let label = move || if is_on.get() { "Stop" } else { "Listen" };
    let icon = move || if is_on.get() { "stop" } else { "volume-2" };
    view! {
        <button type="button" class="btn needs-script" on:click=press>
            {move || view! { <Icon name=icon() class="icon-s" /> }}
            {label}
        </button>
        {move || problem.get().map(|error| view! { <ErrorNotice error /> }.into_any())}
    }
    .into_any()
}

/// Says the sample to its end; is silent when it is dropped.
async fn say(voice: String) -> AppResult<()> {
    let speaker = Speaker::new()
        .ok_or_else(|| AppError::new(ErrorKind::Unavailable, "This browser cannot play sound."))?;
    let speaker = Rc::new(RefCell::new(speaker));
    speaker::start().await;
    let chosen = (!voice.is_empty()).then(|| VoiceChoice::parse(&voice));
    let (tool, voice) = chosen.map_or((None, None), |it| (it.tool, Some(it.voice)));
    let request = SpeakRequest {
        text: SAMPLE.to_owned(),
        message: None,
        tool,
        voice,
    };
    let arriving = speaker.clone();
    fetch(request, move |samples| {
        arriving.borrow_mut().play(&samples, ());
    })
    .await?;
    while speaker.borrow().ahead_s() > 0.0 {
        TimeoutFuture::new(100).await;
    }
    Ok(())
}
