//! Times that all streams have in common. What may wait a moment waits for the next of them, so that a process with many
//! open streams wakes once for all instead of once for each.

use std::{sync::OnceLock, time::Duration};
use tokio::time::Instant;

/// How long text may wait for more: two frames of a screen, less than anybody notices.
pub const BEAT: Duration = Duration::from_millis(30);
/// The same where many streams are open, to do less for each.
pub const SLOW_BEAT: Duration = Duration::from_millis(50);

/// The next time, counted from the same beginning by everybody in this process, that is a multiple of `window`.
#[must_use]
pub fn next_beat(window: Duration) -> Instant {
    static BEGINNING: OnceLock<Instant> = OnceLock::new();
    let now = Instant::now();
    let beginning = *BEGINNING.get_or_init(|| now);
    let window = window.as_micros().max(1);
    let into = now.duration_since(beginning).as_micros() % window;
    now + Duration::from_micros(u64::try_from(window - into).unwrap_or(0))
}
