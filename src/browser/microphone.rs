//! The microphone: what it hears, as samples that models listen to. The light that says it is on goes off with it.

use crate::model::speech::{LISTENING_RATE, Resampler};
use futures::channel::oneshot;
use js_sys::{Float32Array, Reflect};
use leptos::task::spawn_local;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AudioContext, AudioNode, AudioWorkletNode, AudioWorkletNodeOptions, Event, MediaDevices,
    MediaStream, MediaStreamConstraints, MediaStreamTrack, MessageEvent,
};

/// What hands the samples over, and the name that it has there.
const WORKLET: &str = "/pkg/microphone.js";
const PROCESSOR: &str = "listener";

/// What a microphone tells.
#[derive(Clone, Debug, PartialEq)]
pub enum MicrophoneEvent {
    /// It heard this: one channel at [`LISTENING_RATE`], 25 times a second.
    Heard(Vec<f32>),
    /// It was unplugged, or taken away from this site. Nothing follows.
    Lost,
}

/// Why there is nothing to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MicrophoneProblem {
    /// The page did not come over a connection that browsers let use the microphone.
    Insecure,
    /// The person, or their settings, said no.
    Denied,
    /// The question was shut without an answer.
    Dismissed,
    /// The system keeps it from the browser.
    DeniedBySystem,
    /// There is none.
    Missing,
    /// Something else uses it.
    Busy,
    /// The browser cannot hand sound to a page.
    Unsupported,
    /// What hands the sound over could not be loaded.
    NotLoaded,
}

/// A microphone that is on. It is let go of when this is dropped.
pub struct Microphone {
    context: AudioContext,
    stream: Option<MediaStream>,
    nodes: Vec<AudioNode>,
    /// The browser calls these while the microphone is on.
    on_block: Option<Closure<dyn FnMut(MessageEvent)>>,
    on_end: Option<Closure<dyn FnMut(Event)>>,
}

impl Drop for Microphone {
    fn drop(&mut self) {
        for track in self.tracks() {
            track.stop();
            if let Some(on_end) = &self.on_end {
                let listener = on_end.as_ref().unchecked_ref();
                let _ = track.remove_event_listener_with_callback("ended", listener);
            }
        }
        for node in &self.nodes {
            let _ = node.disconnect();
            if let Some(port) = node.dyn_ref::<AudioWorkletNode>().and_then(port) {
                port.set_onmessage(None);
                port.close();
            }
        }
        if let Ok(closing) = self.context.close() {
            ignore(closing);
        }
    }
}

impl Microphone {
    /// Asks for the microphone, and the person for leave. Who does not wait for the answer leaves it switched off.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn open(
        on_event: impl FnMut(MicrophoneEvent) + 'static,
    ) -> Result<Self, MicrophoneProblem> {
        let (sender, opened) = oneshot::channel();
        spawn_local(async move {
            // Given back where nobody waits any more, and dropped here.
            let _ = sender.send(Self::ask(on_event).await);
        });
        opened.await.unwrap_or(Err(MicrophoneProblem::Unsupported))
    }

    async fn ask(
        on_event: impl FnMut(MicrophoneEvent) + 'static,
    ) -> Result<Self, MicrophoneProblem> {
        let devices = devices()?;
        // Made before anything is waited for: browsers let only somebody's own doing start sound.
        let context = AudioContext::new().map_err(|_| MicrophoneProblem::Unsupported)?;
        let mut microphone = Self {
            context,
            stream: None,
            nodes: Vec::new(),
            on_block: None,
            on_end: None,
        };
        let asked = devices
            .get_user_media_with_constraints(&constraints())
            .map_err(|error| problem(&error))?;
        let stream = JsFuture::from(asked)
            .await
            .map_err(|error| problem(&error))?;
        microphone.stream = Some(stream.unchecked_into());
        microphone.load().await?;
        microphone
            .listen(Rc::new(RefCell::new(on_event)))
            .map_err(|_| MicrophoneProblem::Unsupported)?;
        Ok(microphone)
    }

    async fn load(&self) -> Result<(), MicrophoneProblem> {
        let worklet = self.context.audio_worklet();
        let loading = worklet
            .and_then(|worklet| worklet.add_module(WORKLET))
            .map_err(|_| MicrophoneProblem::Unsupported)?;
        JsFuture::from(loading)
            .await
            .map_err(|_| MicrophoneProblem::NotLoaded)?;
        Ok(())
    }

    fn listen(&mut self, on_event: Rc<RefCell<dyn FnMut(MicrophoneEvent)>>) -> Result<(), JsValue> {
        let Some(stream) = &self.stream else {
            return Ok(());
        };
        let source = self.context.create_media_stream_source(stream)?;
        let options = AudioWorkletNodeOptions::new();
        options.set_channel_count(1);
        options.set_channel_count_mode(web_sys::ChannelCountMode::Explicit);
        let listener = AudioWorkletNode::new_with_options(&self.context, PROCESSOR, &options)?;
        self.nodes = vec![source.clone().into(), listener.clone().into()];
        source.connect_with_audio_node(&listener)?;
        // It gives silence; what leads nowhere is not run.
        listener.connect_with_audio_node(&self.context.destination())?;
        self.follow(&listener, on_event)?;
        // What somebody's own doing began runs already. Elsewhere it waits for that, and nothing is heard.
        if let Ok(resuming) = self.context.resume() {
            ignore(resuming);
        }
        Ok(())
    }

    fn follow(
        &mut self,
        listener: &AudioWorkletNode,
        on_event: Rc<RefCell<dyn FnMut(MicrophoneEvent)>>,
    ) -> Result<(), JsValue> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rate is a whole number of some thousands"
        )]
        let rate_hz = self.context.sample_rate() as u32;
        let mut resampler = Resampler::new(rate_hz, LISTENING_RATE);
        let on_lost = on_event.clone();
        let on_block = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let block = event.data().unchecked_into::<Float32Array>().to_vec();
            let heard = resampler.push(&block);
            (on_event.borrow_mut())(MicrophoneEvent::Heard(heard));
        });
        let on_end = Closure::<dyn FnMut(Event)>::new(move |_| {
            (on_lost.borrow_mut())(MicrophoneEvent::Lost);
        });
        if let Some(port) = port(listener) {
            port.set_onmessage(Some(on_block.as_ref().unchecked_ref()));
        }
        for track in self.tracks() {
            track.add_event_listener_with_callback("ended", on_end.as_ref().unchecked_ref())?;
        }
        (self.on_block, self.on_end) = (Some(on_block), Some(on_end));
        Ok(())
    }

    fn tracks(&self) -> Vec<MediaStreamTrack> {
        let Some(stream) = &self.stream else {
            return Vec::new();
        };
        let tracks = stream.get_tracks();
        tracks.iter().map(JsCast::unchecked_into).collect()
    }
}

/// Whether this page may ask for a microphone at all.
///
/// # Errors
/// Why not.
pub fn devices() -> Result<MediaDevices, MicrophoneProblem> {
    let window = web_sys::window().ok_or(MicrophoneProblem::Unsupported)?;
    let is_secure = window.is_secure_context();
    let devices = window.navigator().media_devices().ok();
    // Where the page is not secure there is no such thing, whatever the types say.
    devices
        .filter(|devices| devices.is_object())
        .ok_or(if is_secure {
            MicrophoneProblem::Unsupported
        } else {
            MicrophoneProblem::Insecure
        })
}

fn port(listener: &AudioWorkletNode) -> Option<web_sys::MessagePort> {
    listener.port().ok()
}

/// For what cannot fail in a way that anybody could mend.
fn ignore(promise: js_sys::Promise) {
    spawn_local(async move {
        let _ = JsFuture::from(promise).await;
    });
}

/// One channel without what loudspeakers play beside it, and without the room's hum: each where the device can.
fn constraints() -> MediaStreamConstraints {
    let audio = js_sys::Object::new();
    for (name, value) in [
        ("channelCount", JsValue::from(1)),
        ("echoCancellation", JsValue::TRUE),
        ("noiseSuppression", JsValue::TRUE),
        ("autoGainControl", JsValue::TRUE),
    ] {
        // Setting a property of a plain object cannot fail.
        let _ = Reflect::set(&audio, &JsValue::from_str(name), &value);
    }
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&audio);
    constraints
}

fn problem(error: &JsValue) -> MicrophoneProblem {
    let text = |name: &str| {
        let value = Reflect::get(error, &JsValue::from_str(name)).ok();
        value
            .and_then(|value| value.as_string())
            .unwrap_or_default()
    };
    // Browsers tell these apart only by their words, and not all do; then it is a refusal like any other.
    let message = text("message").to_lowercase();
    match text("name").as_str() {
        "NotAllowedError" if message.contains("dismissed") => MicrophoneProblem::Dismissed,
        "NotAllowedError" if message.contains("system") => MicrophoneProblem::DeniedBySystem,
        "NotAllowedError" | "SecurityError" => MicrophoneProblem::Denied,
        "NotReadableError" | "AbortError" => MicrophoneProblem::Busy,
        "TypeError" | "NotSupportedError" => MicrophoneProblem::Unsupported,
        _ => MicrophoneProblem::Missing,
    }
}
