//! The page's loudspeaker: sounds that follow each other without a gap.

use futures::future::select;
use gloo_timers::future::TimeoutFuture;
use std::{cell::RefCell, collections::VecDeque, ops::Range};
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AddEventListenerOptions, AnalyserNode, AudioBufferSourceNode, AudioContext,
    AudioContextOptions, AudioContextState, AudioScheduledSourceNode, GainNode,
};

/// Samples a second of what is played, and of the context where the browser lets it have them.
const RATE: f32 = 24_000.0;
/// A browser that does not start by then waits for the person.
const START_MS: u32 = 700;
/// Before the first sound, so that it is not late already when it is asked for.
const LEAD_S: f64 = 0.02;
/// Samples that loudness is measured over.
const METERED: usize = 1_024;
/// Where a meter begins and where it is full, in dB.
const METER_DB: Range<f32> = -50.0..-14.0;
/// How fast a sound that is broken off dies away; at once it would click.
const FADE_S: f64 = 0.008;

thread_local! {
    /// The page has one context: a phone allows few, and each has to be unlocked by a press.
    static CONTEXT: RefCell<Option<AudioContext>> = const { RefCell::new(None) };
    /// Everything that it plays passes by here.
    static METER: RefCell<Option<AnalyserNode>> = const { RefCell::new(None) };
}

/// The page's audio context, made when it is first wanted; `None` where the browser has no such thing.
#[must_use]
pub fn audio_context() -> Option<AudioContext> {
    CONTEXT.with_borrow_mut(|context| {
        if context.is_none() {
            let options = AudioContextOptions::new();
            options.set_sample_rate(RATE);
            *context = AudioContext::new_with_context_options(&options)
                .or_else(|_| AudioContext::new())
                .ok();
        }
        context.clone()
    })
}

/// Lets the page be heard. Browsers want this from within the handler of a press or a key.
pub fn unlock() {
    if let Some(context) = audio_context() {
        // It waits for as long as the browser does not want to.
        let _ = context.resume();
    }
}

/// Lets the page be heard from the next press or key on, so that sound may come by itself later.
pub fn unlock_with_next_press() {
    for event in ["pointerdown", "keydown"] {
        let unlock = Closure::once_into_js(unlock);
        let options = AddEventListenerOptions::new();
        options.set_once(true);
        options.set_capture(true);
        if let Some(window) = web_sys::window() {
            let _ = window.add_event_listener_with_callback_and_add_event_listener_options(
                event,
                unlock.unchecked_ref(),
                &options,
            );
        }
    }
}

/// Whether the page can be heard without another press.
#[must_use]
pub fn is_unlocked() -> bool {
    CONTEXT.with_borrow(|context| {
        context
            .as_ref()
            .is_some_and(|context| context.state() == AudioContextState::Running)
    })
}

/// Has the page's sound begin, or go on after [`Speaker::pause`]. The browser may want a press first; then it does not.
pub async fn start() {
    let resumed = audio_context().and_then(|context| context.resume().ok());
    if let Some(resumed) = resumed {
        let _ = select(JsFuture::from(resumed), TimeoutFuture::new(START_MS)).await;
    }
}

/// Plays sounds one behind the other, each with a mark that tells what it is.
#[derive(Debug)]
pub struct Speaker<M> {
    context: AudioContext,
    /// All sounds go through it, so that they can be faded together.
    volume: GainNode,
    queue: VecDeque<Queued<M>>,
    /// When the next sound begins, in the context's time.
    end_s: f64,
}

#[derive(Debug)]
struct Queued<M> {
    source: AudioBufferSourceNode,
    start_s: f64,
    end_s: f64,
    mark: M,
}

impl<M> Drop for Speaker<M> {
    fn drop(&mut self) {
        self.hush();
        let _ = self.volume.disconnect();
    }
}

impl<M> Speaker<M> {
    /// A silent one; `None` where the browser cannot play.
    #[must_use]
    pub fn new() -> Option<Self> {
        let context = audio_context()?;
        let volume = connected(&context)?;
        Some(Self {
            context,
            volume,
            queue: VecDeque::new(),
            end_s: 0.0,
        })
    }

    /// Stands still at once; what is queued stays.
    pub fn pause(&self) {
        let _ = self.context.suspend();
    }

    /// Whether time passes.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.context.state() == AudioContextState::Running
    }

    /// Queues samples (24,000 a second) behind what is queued already.
    pub fn play(&mut self, samples: &[f32], mark: M) {
        let now_s = self.context.current_time();
        let start_s = if self.end_s > now_s {
            self.end_s
        } else {
            now_s + LEAD_S
        };
        if let Some(source) = self.source(samples, start_s) {
            let end_s = start_s + duration_s(samples.len());
            self.end_s = end_s;
            self.queue.push_back(Queued {
                source,
                start_s,
                end_s,
                mark,
            });
        }
    }

    fn source(&self, samples: &[f32], start_s: f64) -> Option<AudioBufferSourceNode> {
        let length = u32::try_from(samples.len()).ok().filter(|len| *len > 0)?;
        let buffer = self.context.create_buffer(1, length, RATE).ok()?;
        buffer.copy_to_channel(samples, 0).ok()?;
        let source = self.context.create_buffer_source().ok()?;
        source.set_buffer(Some(&buffer));
        source.connect_with_audio_node(&self.volume).ok()?;
        source.start_with_when(start_s).ok()?;
        Some(source)
    }

    /// How many seconds are queued that were not heard yet.
    #[must_use]
    pub fn ahead_s(&self) -> f64 {
        (self.end_s - self.context.current_time()).max(0.0)
    }

    /// What sounds now, and which part of it is over, between 0 and 1. Forgets what was heard; the last sound stays until
    /// another begins.
    pub fn now(&mut self) -> Option<(&M, f64)> {
        let now_s = self.context.current_time();
        while self.queue.get(1).is_some_and(|next| next.start_s <= now_s) {
            self.queue.pop_front();
        }
        let first = self.queue.front()?;
        let part = (now_s - first.start_s) / (first.end_s - first.start_s);
        Some((&first.mark, part.clamp(0.0, 1.0)))
    }

    /// Takes back what has not begun to sound, and gives the mark of the first of that.
    pub fn take_back(&mut self) -> Option<M> {
        let now_s = self.context.current_time();
        let begun = self.queue.iter().take_while(|one| one.start_s <= now_s);
        let begun = begun.count();
        let mut later = self.queue.split_off(begun).into_iter();
        let first = later.next()?;
        self.end_s = first.start_s;
        stop(&first.source);
        later.for_each(|one| stop(&one.source));
        Some(first.mark)
    }

    /// Breaks everything off.
    pub fn hush(&mut self) {
        let now_s = self.context.current_time();
        if self.is_running()
            && let Some(next) = connected(&self.context)
        {
            let old = std::mem::replace(&mut self.volume, next);
            let _ = old.gain().set_target_at_time(0.0, now_s, FADE_S);
            for one in self.queue.drain(..) {
                let _ = AudioScheduledSourceNode::stop_with_when(&one.source, now_s + 8.0 * FADE_S);
            }
        }
        self.queue.drain(..).for_each(|one| stop(&one.source));
        self.end_s = 0.0;
    }
}

fn connected(context: &AudioContext) -> Option<GainNode> {
    let volume = context.create_gain().ok()?;
    volume
        .connect_with_audio_node(&context.destination())
        .ok()?;
    METER.with_borrow_mut(|meter| {
        if meter.is_none() {
            *meter = context.create_analyser().ok();
        }
        // Without it nothing is seen; it is heard all the same.
        if let Some(meter) = meter {
            let _ = volume.connect_with_audio_node(meter);
        }
    });
    Some(volume)
}

/// How loud it is just now, for a meter: from 0 to 1.
#[must_use]
pub fn level() -> f32 {
    METER.with_borrow(|meter| {
        let Some(meter) = meter else { return 0.0 };
        let mut samples = [0.0; METERED];
        meter.get_float_time_domain_data(&mut samples);
        let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
        let decibels = 10.0 * (energy / METERED as f32).max(1e-9).log10();
        ((decibels - METER_DB.start) / (METER_DB.end - METER_DB.start)).clamp(0.0, 1.0)
    })
}

/// What has ended already takes no notice.
fn stop(source: &AudioBufferSourceNode) {
    let _ = AudioScheduledSourceNode::stop(source);
    let _ = source.disconnect();
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of samples are far below 2^52"
)]
fn duration_s(samples: usize) -> f64 {
    samples as f64 / f64::from(RATE)
}
