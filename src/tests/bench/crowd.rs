//! What is added to the time to the first token while a hundred others stream.

use super::{
    outcome::Outcome,
    stage::{Play, Stage},
};
use crate::programs::table::{Table, number};
use std::{io, time::Duration};

/// Answers of two seconds, each asked for when the one before it has ended: always a hundred streams, and many first tokens.
const PLAY: Play = Play {
    streams: 100,
    tokens: 100,
    rate: 50,
    rounds: 1,
    // Somebody asks every few milliseconds, evenly, from the first round to the last.
    ramp: 1.0,
};

/// This share of the time is enough for thousands of first tokens.
const SHARE: usize = 2;

fn play(seconds: usize) -> Play {
    let rounds = seconds * PLAY.rate / PLAY.tokens / SHARE;
    Play {
        rounds: rounds.max(1),
        ..PLAY
    }
}

/// How long the streams themselves take.
pub fn duration(seconds: usize) -> Duration {
    play(seconds).duration() * 3
}

/// Plays the answers for half of `seconds`, at least once.
pub async fn measure(stage: &Stage<'_>, seconds: usize) -> io::Result<(Table, usize)> {
    let play = play(seconds);
    let outcomes = stage.play_all(&play).await?;
    let mut table = Table::new(
        format!(
            "Time to the first token ({} streams at once, {} answers)",
            play.streams,
            play.streams * play.rounds
        ),
        &[
            "",
            "p50, ms",
            "p99, ms",
            "added p50, ms (at most 5)",
            "added p99, ms",
        ],
    );
    let floor = outcomes.direct.first_token_ms();
    let row = |outcome: &Outcome| {
        let own = outcome.first_token_ms();
        [own[0], own[1], own[0] - floor[0], own[1] - floor[1]].map(number)
    };
    let nothing = || "–".to_owned();
    let [p50, p99] = floor.map(number);
    table.row("direct", [p50, p99, nothing(), nothing()]);
    table.row("nginx", row(&outcomes.nginx));
    table.row("InspireAI", row(&outcomes.server));
    Ok((table, outcomes.wrong()))
}
