//! What answers of a usual length cost, against nginx: the one number that tells how much work the server does for a token
//! besides passing it on.

use super::{
    outcome::Outcome,
    stage::{Play, Stage},
};
use crate::programs::table::{Table, number};
use std::{io, time::Duration};

/// Answers of 1,000 tokens on 50 streams.
const PLAY: Play = Play {
    streams: 50,
    tokens: 1_000,
    rate: 50,
    rounds: 1,
    ramp: 1.0 / 6.0,
};

fn play(seconds: usize) -> Play {
    let rounds = seconds * PLAY.rate / PLAY.tokens;
    Play {
        rounds: rounds.max(1),
        ..PLAY
    }
}

/// How long the streams themselves take.
pub fn duration(seconds: usize) -> Duration {
    play(seconds).duration() * 2
}

/// Plays the answers as often as `seconds` allow, at least once.
pub async fn measure(stage: &Stage<'_>, seconds: usize) -> io::Result<(Table, usize)> {
    let play = play(seconds);
    let nginx = stage.play_through_nginx(&play).await?;
    let server = stage.play_through_server(&play).await?;
    let wrong = nginx.wrong() + server.wrong();
    let cpu = |outcome: Outcome| outcome.cpu_per_10_000_tokens(outcome.between);
    let (nginx, server) = (cpu(nginx), cpu(server));
    let mut table = Table::new(
        format!(
            "Answers of {} tokens on {} streams, {} a stream",
            play.tokens, play.streams, play.rounds
        ),
        &["", "CPU s per 10,000 tokens", "against nginx (at most 2)"],
    );
    table.row("nginx", [number(nginx), number(1.0)]);
    table.row("InspireAI", [number(server), number(server / nginx)]);
    Ok((table, wrong))
}
