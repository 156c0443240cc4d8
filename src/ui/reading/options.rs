//! What the person prefers to hear: asked of the server once a page, and kept there.

use super::{Asked, Order, Reader};
use crate::{
    api,
    browser::speaker,
    model::speech::{SpeechOptions, SpeechSettings},
    ui::session::use_session,
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How long after a page the person's preferences are asked for: what the page itself loads goes first.
const SOON: Duration = Duration::from_secs(1);

/// Learns soon after the page has come what the person prefers, if anybody is logged in: answers may have to be read by
/// themselves. Call it in a component.
pub fn learn_options_soon() {
    let reader = super::use_reader();
    let user = use_session();
    Effect::new(move || {
        let learn = move || {
            spawn_local(async move {
                if let Ok(Some(_)) = user.await {
                    reader.learn_options().await;
                }
            });
        };
        if let Ok(timer) = set_timeout_with_handle(learn, SOON) {
            on_cleanup(move || timer.clear());
        }
    });
}

impl Reader {
    /// Asks what the person prefers, unless that is known.
    pub(super) async fn learn_options(self) {
        if self.options.try_with_untracked(Option::is_some) != Some(false) {
            return;
        }
        // Who cannot be asked is read to as usual.
        if let Ok(options) = api::speech::speech_options().await {
            self.take_options(options);
        }
    }

    /// Has the person's preferences asked for anew: they have changed.
    pub fn forget_options(self) {
        self.options.set(None);
        self.voice.set(None);
    }

    fn take_options(self, options: SpeechOptions) {
        if options.settings.reads_automatically {
            speaker::unlock_with_next_press();
        }
        self.options.set(Some(options));
        let own = |asked: &Option<Asked>| asked.as_ref().and_then(|asked| asked.speed);
        self.set_speed(self.asked.with_untracked(own));
        self.order(Order::Speed);
    }

    /// Has what the person chose kept with their settings. It holds on this page whether or not that works.
    pub(super) fn keep_settings(self, choose: impl FnOnce(&mut SpeechSettings)) {
        let Some(mut options) = self.options.get_untracked() else {
            return;
        };
        choose(&mut options.settings);
        let settings = options.settings.clone();
        self.options.set(Some(options));
        spawn_local(async move {
            let _ = api::speech::save_speech_settings(settings).await;
        });
    }
}
