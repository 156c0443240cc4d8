//! Reading aloud: what is read and how it stands, for every page; the button, the bar, and the engine behind them. How
//! sentences are found and speech is stretched is in `model::speech`.

mod bar;
pub mod dock;
mod engine;
pub mod listen_button;
pub mod options;
pub mod read_button;

use crate::{
    browser::speaker,
    model::{
        AppError,
        ids::{ConversationId, MessageId, RunId},
        speech::{SpeechOptions, SpeechSettings},
        transcript::Transcript,
    },
    ui::{lazy::prefetch, session::use_session_actions},
};
use leptos::{__reexports::send_wrapper::SendWrapper, prelude::*};
use std::rc::Rc;

/// An answer that is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// Which.
    pub message: MessageId,
    /// Where it is.
    pub conversation: ConversationId,
    /// Who said it.
    pub author: String,
    /// How fast it is read; as fast as the person prefers where it is missing.
    pub speed: Option<f32>,
}

/// How the reading stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ReadingState {
    /// Nothing is read.
    #[default]
    Idle,
    /// The first sound is on its way.
    Loading,
    /// It sounds.
    Playing,
    /// Everything that is certain of the answer was read; the next sentence is being written.
    Waiting,
    /// The person stopped it for a while.
    Paused,
    /// The browser wants a press before it plays anything.
    Blocked,
    /// A sentence could not be had.
    Failed(AppError),
    /// The answer was read to its end.
    Finished,
}

impl ReadingState {
    /// Whether it goes on by itself.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Loading | Self::Playing | Self::Waiting)
    }
}

/// Where in the answer the reading is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadingPlace {
    /// The sentence that is heard, counted from 0.
    pub sentence: usize,
    /// How many there are so far.
    pub count: usize,
    /// Whether that is all of them.
    pub is_whole: bool,
    /// The words of the sentence.
    pub words: String,
    /// Whether it announces a table whose rows can be read.
    pub has_rows: bool,
}

/// The answer on the page that is being written.
#[derive(Clone, Debug)]
struct OpenAnswer {
    message: MessageId,
    run: RunId,
    /// The last event that `text` holds.
    seq: u64,
    text: String,
    is_over: bool,
    /// Whether its view is on the page, and tells of it.
    is_shown: bool,
}

/// What the engine is to do.
#[derive(Clone, Debug)]
enum Order {
    /// Read an answer from its beginning: its text, and whether there is more to come.
    Read(Asked, String, bool),
    /// The open answer has grown, or is told by nobody any more.
    Grown,
    Pause,
    Resume,
    /// So many sentences on or back.
    Skip(i32),
    /// The speed is another one.
    Speed,
    /// The voice is another one.
    Voice,
    /// Read the rows of the table that was announced.
    ReadRows,
    /// Hand out all of it as a file.
    Save,
    Stop,
}

/// What carries out orders; it comes with the bar.
trait Engine {
    fn carry_out(&self, order: Order);
}

/// What is read on this page, and what can be done about it.
#[derive(Clone, Copy)]
pub struct Reader {
    /// The answer that is read; the bar shows while there is one.
    pub asked: RwSignal<Option<Asked>>,
    /// How the reading stands.
    pub state: Signal<ReadingState>,
    /// Where it is.
    pub place: Signal<ReadingPlace>,
    /// What the person chose, and what there is to choose from, once that is known.
    pub options: RwSignal<Option<SpeechOptions>>,
    /// How fast it reads.
    pub speed: RwSignal<f32>,
    /// The tool and the voice that were chosen on this page.
    pub voice: RwSignal<Option<(String, String)>>,
    /// How much of the file that was asked for is there, in percent.
    pub saving: RwSignal<Option<u8>>,
    /// Why there is no file.
    pub save_problem: RwSignal<Option<AppError>>,
    /// How many places above composers there are for the bar.
    composers: RwSignal<usize>,
    write_state: WriteSignal<ReadingState>,
    write_place: WriteSignal<ReadingPlace>,
    /// How many characters have been spoken.
    said: StoredValue<usize>,
    open: StoredValue<Option<OpenAnswer>>,
    engine: StoredValue<Option<SendWrapper<Rc<dyn Engine>>>>,
    /// What was ordered before the engine was there.
    waiting: StoredValue<Option<Order>>,
}

/// Makes the reader known to everything below: it goes on from page to page, until the person logs out. Needs the session.
pub fn provide_reader() {
    let (state, write_state) = signal(ReadingState::default());
    let (place, write_place) = signal(ReadingPlace::default());
    let reader = Reader {
        asked: RwSignal::new(None),
        state: state.into(),
        place: place.into(),
        options: RwSignal::new(None),
        speed: RwSignal::new(1.0),
        voice: RwSignal::new(None),
        saving: RwSignal::new(None),
        save_problem: RwSignal::new(None),
        composers: RwSignal::new(0),
        write_state,
        write_place,
        said: StoredValue::new(0),
        open: StoredValue::new(None),
        engine: StoredValue::new(None),
        waiting: StoredValue::new(None),
    };
    provide_context(reader);
    let log_out = use_session_actions().log_out;
    Effect::new(move |before: Option<usize>| {
        let now = log_out.version().get();
        if before.is_some_and(|before| before != now) {
            reader.stop();
        }
        now
    });
}

/// Fetches what reads before it is wanted. Runs in effects and event handlers.
pub fn prefetch_reader() {
    prefetch(bar::reading_bar::PART);
}

/// The reader of the page.
#[must_use]
pub fn use_reader() -> Reader {
    expect_context()
}

impl Reader {
    /// Reads an answer aloud from its beginning; `text` is what there is of it. To be called from the handler of a press.
    pub fn read(self, asked: Asked, text: String) {
        speaker::unlock();
        self.begin(asked, text, false);
    }

    /// Reads an answer that is being written: each sentence as soon as it is finished. The page must be unlocked.
    pub fn read_open_answer(self, asked: Asked) {
        self.begin(asked, String::new(), true);
    }

    fn begin(self, asked: Asked, text: String, is_open: bool) {
        let open = self.open.with_value(|open| {
            let open = open.as_ref().filter(|open| open.message == asked.message);
            open.map(|open| (open.text.clone(), !open.is_over))
        });
        let (text, is_open) = open.unwrap_or((text, is_open));
        self.said.set_value(0);
        self.save_problem.set(None);
        self.set_speed(asked.speed);
        self.asked.set(Some(asked.clone()));
        self.write_state.set(ReadingState::Loading);
        self.write_place.set(ReadingPlace::default());
        self.order(Order::Read(asked, text, is_open));
    }

    /// Reads at a speed of the answer's own, or else at the person's, as far as that is known.
    fn set_speed(self, own: Option<f32>) {
        let preferred = |options: &Option<SpeechOptions>| {
            options.as_ref().map(|options| options.settings.speed)
        };
        if let Some(speed) = own.or_else(|| self.options.with_untracked(preferred)) {
            self.speed.set(speed);
        }
    }

    /// Stops, if anything is read, and tells how many characters have been spoken of it.
    pub fn stop(self) -> usize {
        self.order(Order::Stop);
        self.asked.set(None);
        self.write_state.set(ReadingState::Idle);
        self.said.get_value()
    }

    /// Pauses, or goes on.
    pub fn toggle(self) {
        let is_active = self.state.with_untracked(ReadingState::is_active);
        self.order(if is_active {
            Order::Pause
        } else {
            speaker::unlock();
            Order::Resume
        });
    }

    /// Whether an answer is the one that is read.
    #[must_use]
    pub fn is_reading(self, message: MessageId) -> bool {
        let is_asked =
            |asked: &Option<Asked>| asked.as_ref().is_some_and(|it| it.message == message);
        self.asked.with(is_asked)
    }

    /// Tells what there is of an answer that is being written; `is_shown` by its view on the page.
    pub fn tell(self, message: MessageId, run: RunId, transcript: &Transcript, is_shown: bool) {
        let is_other =
            |asked: &Option<Asked>| asked.as_ref().is_some_and(|it| it.message != message);
        // One that is read while it is written goes before another.
        let is_second = self.open.with_value(|open| {
            let open = open.as_ref().filter(|open| !open.is_over);
            open.is_some_and(|open| open.message != message)
        });
        if is_second && self.asked.with_untracked(is_other) {
            return;
        }
        self.open.update_value(|open| {
            let is_over = transcript.state.is_end();
            match open {
                Some(open) if open.run == run && transcript.text.starts_with(&open.text) => {
                    open.text.push_str(&transcript.text[open.text.len()..]);
                    open.seq = transcript.seq;
                    open.is_over = is_over;
                    open.is_shown = is_shown;
                }
                _ => {
                    *open = Some(OpenAnswer {
                        message,
                        run,
                        seq: transcript.seq,
                        text: transcript.text.clone(),
                        is_over,
                        is_shown,
                    });
                }
            }
        });
        self.order_for_open(message);
    }

    /// Tells that the view of an answer that was being written left the page.
    pub fn leave(self, message: MessageId) {
        let _ = self.open.try_update_value(|open| {
            if let Some(open) = open.as_mut().filter(|open| open.message == message) {
                open.is_shown = false;
            }
        });
        self.order_for_open(message);
    }

    fn order_for_open(self, message: MessageId) {
        let is_asked =
            |asked: &Option<Asked>| asked.as_ref().is_some_and(|it| it.message == message);
        if self.asked.try_with_untracked(is_asked) == Some(true) {
            self.order(Order::Grown);
        }
    }

    /// Whether new answers are read by themselves, and the page may be heard.
    #[must_use]
    pub fn reads_automatically(self) -> bool {
        let wants = |options: &Option<SpeechOptions>| {
            let settings = options.as_ref().map(|options| &options.settings);
            settings.is_some_and(|settings: &SpeechSettings| settings.reads_automatically)
        };
        self.options.with_untracked(wants) && speaker::is_unlocked()
    }

    fn order(self, order: Order) {
        let engine = self
            .engine
            .with_value(|engine| engine.as_ref().map(|it| (**it).clone()));
        match (engine, order) {
            (Some(engine), order) => engine.carry_out(order),
            (None, order @ Order::Read(..)) => self.waiting.set_value(Some(order)),
            (None, Order::Stop) => self.waiting.set_value(None),
            // The engine looks by itself for what else has changed until it is there.
            (None, _) => {}
        }
    }
}
