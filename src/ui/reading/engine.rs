//! What reads: has sentences spoken before they are due, queues their sound, and tells where it is.

pub(super) mod fetching;
mod lines;
mod reading;
mod saving;

use super::{Asked, Engine, Order, Reader, ReadingState};
use crate::{
    browser::{event_stream::Next, event_stream::follow_run, speaker},
    model::{AppError, ErrorKind, transcript::Transcript},
};
use fetching::fetch;
use futures::future::{AbortHandle, abortable};
use gloo_timers::callback::Interval;
use leptos::{__reexports::send_wrapper::SendWrapper, prelude::*, task::spawn_local};
use reading::Reading;
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

/// How often it looks where the sound is, in milliseconds: a sentence is marked about when it is heard.
const TICK_MS: u32 = 100;

/// Gives the reader of a page its engine, and has it carry out what was ordered before.
pub(super) fn install(reader: Reader) {
    if reader.engine.with_value(Option::is_some) {
        return;
    }
    let player = Rc::new_cyclic(|me: &Weak<Player>| Player {
        me: me.clone(),
        reader,
        reading: RefCell::new(None),
        ticker: RefCell::new(None),
        following: RefCell::new(None),
    });
    let engine: Rc<dyn Engine> = player.clone();
    reader.engine.set_value(Some(SendWrapper::new(engine)));
    let order = reader.waiting.try_update_value(Option::take).flatten();
    if let Some(order) = order {
        player.carry_out(order);
    }
}

/// The engine: it lives as long as the page.
struct Player {
    me: Weak<Self>,
    reader: Reader,
    reading: RefCell<Option<Reading>>,
    ticker: RefCell<Option<Interval>>,
    /// Follows the run of an answer whose view left the page.
    following: RefCell<Option<AbortHandle>>,
}

impl Engine for Player {
    fn carry_out(&self, order: Order) {
        match order {
            Order::Read(asked, text, is_open) => self.begin(asked, &text, is_open),
            Order::Stop => self.end(),
            Order::Grown => self.grow(),
            Order::Save => self.save(),
            Order::Resume => {
                self.change(Reading::resume);
                self.start();
            }
            Order::Pause => self.change(Reading::pause),
            Order::Skip(by) => {
                self.change(|reading| reading.skip(by));
                self.start();
            }
            Order::Speed => {
                let speed = self.reader.speed.get_untracked();
                self.change(|reading| reading.set_speed(speed));
            }
            Order::Voice => self.change(Reading::forget_sound),
            Order::ReadRows => self.change(Reading::read_rows),
        }
        self.go_on();
    }
}

impl Player {
    fn begin(&self, asked: Asked, text: &str, is_open: bool) {
        self.end();
        let speed = self.reader.speed.get_untracked();
        let Some(mut reading) = Reading::new(asked, speed) else {
            let problem = AppError::new(
                ErrorKind::Unavailable,
                "This browser cannot play sound. Use a newer one to have answers read aloud.",
            );
            return self.reader.write_state.set(ReadingState::Failed(problem));
        };
        reading.grow(text, !is_open);
        *self.reading.borrow_mut() = Some(reading);
        self.grow();
        self.start();
    }

    fn end(&self) {
        let ended = self.reading.borrow_mut().take();
        drop(ended);
        *self.ticker.borrow_mut() = None;
        self.unfollow();
        self.reader.saving.set(None);
    }

    fn change(&self, change: impl FnOnce(&mut Reading)) {
        if let Some(reading) = self.reading.borrow_mut().as_mut() {
            change(reading);
        }
    }

    /// Has the browser let sound be heard, which may take a while, or a press.
    fn start(&self) {
        let wants = |reading: &Option<Reading>| reading.as_ref().is_some_and(Reading::wants_sound);
        if !wants(&self.reading.borrow()) {
            return;
        }
        self.change(|reading| reading.is_starting = true);
        let Some(player) = self.me.upgrade() else {
            return;
        };
        spawn_local(async move {
            speaker::start().await;
            player.change(|reading| reading.is_starting = false);
            player.go_on();
        });
    }

    /// Takes what the open answer has grown by; follows it where its view does not any more.
    fn grow(&self) {
        let open = self.reader.open.get_value();
        let asked = self.asked_message();
        let Some(open) = open.filter(|open| Some(open.message) == asked) else {
            return;
        };
        self.change(|reading| reading.grow(&open.text, open.is_over));
        if open.is_shown || open.is_over {
            return self.unfollow();
        }
        if self.following.borrow().is_some() {
            return;
        }
        let reader = self.reader;
        let mut transcript = Transcript::new(open.text, open.seq);
        let on_event = move |event| {
            transcript.apply(&event);
            reader.tell(open.message, open.run, &transcript, false);
            match transcript.state.is_end() {
                true => Next::Done,
                false => Next::After(transcript.seq),
            }
        };
        let (following, stop) = abortable(follow_run(open.run, open.seq, on_event, |_| {}));
        *self.following.borrow_mut() = Some(stop);
        spawn_local(async move {
            let _ = following.await;
        });
    }

    fn asked_message(&self) -> Option<crate::model::ids::MessageId> {
        let reading = self.reading.borrow();
        reading.as_ref().map(|reading| reading.asked.message)
    }

    fn unfollow(&self) {
        if let Some(following) = self.following.borrow_mut().take() {
            following.abort();
        }
    }

    /// Queues what can be heard, asks for what will be, and tells how it stands.
    fn go_on(&self) {
        let (state, place, said, wanted) = {
            let mut reading = self.reading.borrow_mut();
            let Some(reading) = reading.as_mut() else {
                return;
            };
            reading.fill();
            let state = reading.state();
            let place = reading.place();
            reading.show_place();
            (state, place, reading.said(), reading.take_wanted())
        };
        self.keep_ticking(state.is_active() || state == ReadingState::Blocked);
        self.reader.said.set_value(said);
        if self.reader.state.with_untracked(|before| *before != state) {
            self.reader.write_state.set(state);
        }
        if self.reader.place.with_untracked(|before| *before != place) {
            self.reader.write_place.set(place);
        }
        for (line, text) in wanted {
            self.fetch(line, text);
        }
    }

    fn keep_ticking(&self, is_wanted: bool) {
        let mut ticker = self.ticker.borrow_mut();
        if !is_wanted {
            *ticker = None;
        } else if ticker.is_none() {
            let me = self.me.clone();
            *ticker = Some(Interval::new(TICK_MS, move || {
                if let Some(player) = me.upgrade() {
                    player.go_on();
                }
            }));
        }
    }

    fn fetch(&self, line: u32, text: String) {
        let Some(player) = self.me.upgrade() else {
            return;
        };
        let request = self.request(text);
        let arriving = player.clone();
        let fetching = fetch(request, move |samples| {
            arriving.change(|reading| reading.arrived(line, &samples));
            arriving.go_on();
        });
        let (fetching, stop) = abortable(fetching);
        self.change(|reading| reading.fetching(line, stop));
        spawn_local(async move {
            if let Ok(outcome) = fetching.await {
                player.change(|reading| reading.ended(line, outcome.err()));
                player.go_on();
            }
        });
    }
}
