//! Many streams at once: whether every answer is right, how late its tokens come, and what it takes, against the upstream
//! itself and against nginx.

use super::{
    outcome::Outcome,
    plot::{Point, svg},
    stage::{Outcomes, Play, Stage},
};
use crate::programs::table::{Table, number};
use clap::Args;
use std::{fs, io, path::PathBuf, str::FromStr, time::Duration};

/// All streams of a level are open for five sixths of the time.
const RAMP: f64 = 1.0 / 6.0;

/// How much at once.
#[derive(Args)]
pub struct Load {
    /// Levels as streams at once and tokens a second in each.
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "1x50,50x50,200x50,500x50,1000x20"
    )]
    levels: Vec<Level>,
    /// Draws the levels into this file, as SVG.
    #[arg(long)]
    plot: Option<PathBuf>,
}

/// So many streams at once, each with so many tokens a second.
#[derive(Clone, Copy, Debug)]
pub struct Level {
    streams: usize,
    rate: usize,
}

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = text.split_once('x');
        let numbers = parts.and_then(|(streams, rate)| streams.parse().ok().zip(rate.parse().ok()));
        match numbers {
            Some((streams, rate)) if streams > 0 && rate > 0 => Ok(Self { streams, rate }),
            _ => Err("a level reads like 500x50: streams, x, tokens a second".to_owned()),
        }
    }
}

impl Load {
    /// How long the streams themselves take.
    pub fn duration(&self, seconds: usize) -> Duration {
        let plays = self.levels.iter().map(|level| level.play(seconds));
        plays.map(|play| play.duration() * 3).sum()
    }

    /// How many levels there are.
    pub fn levels(&self) -> usize {
        self.levels.len()
    }
}

impl Level {
    fn play(self, seconds: usize) -> Play {
        Play {
            streams: self.streams,
            tokens: self.rate * seconds,
            rate: self.rate,
            rounds: 1,
            ramp: RAMP,
        }
    }

    fn name(self) -> String {
        format!("{} × {}/s", self.streams, self.rate)
    }
}

/// Plays each level, draws the plot if one was asked for, and gives the tables with the number of answers that were not as
/// they must be.
pub async fn measure(
    stage: &Stage<'_>,
    load: &Load,
    seconds: usize,
) -> io::Result<(Vec<Table>, usize)> {
    let mut latency = latency_table(seconds);
    let mut cost = cost_table();
    let mut points = Vec::new();
    let mut wrong = 0;
    for level in &load.levels {
        let outcomes = stage.play_all(&level.play(seconds)).await?;
        add_latency(&mut latency, *level, &outcomes);
        add_cost(&mut cost, *level, &outcomes);
        points.push(point(*level, &outcomes));
        wrong += outcomes.wrong();
    }
    if let Some(file) = &load.plot {
        fs::write(file, svg(&points))?;
        eprintln!("drew {}", file.display());
    }
    Ok((vec![latency, cost], wrong))
}

fn latency_table(seconds: usize) -> Table {
    Table::new(
        format!("Latency of streams × tokens a second, {seconds} s each, on one machine"),
        &[
            "",
            "",
            "first token p50, ms",
            "p99",
            "added p50",
            "added p99",
            "token age p50, ms",
            "p99",
            "added p50",
            "added p99 (at most 100)",
        ],
    )
}

fn add_latency(table: &mut Table, level: Level, outcomes: &Outcomes) {
    let direct = &outcomes.direct;
    for (name, outcome) in rows(outcomes) {
        let mut row = vec![name.to_owned()];
        let is_direct = std::ptr::eq(outcome, direct);
        for measure in [Outcome::first_token_ms, Outcome::ages_ms] {
            let (own, floor) = (measure(outcome), measure(direct));
            row.extend(own.map(number));
            row.extend((0..2).map(|index| match is_direct {
                true => "–".to_owned(),
                false => number(own[index] - floor[index]),
            }));
        }
        table.row(&level.name(), row);
    }
}

fn cost_table() -> Table {
    Table::new(
        "What the same streams take, and whether they were right",
        &[
            "",
            "",
            "bytes per byte of text",
            "CPU s per 10,000 tokens",
            "of the upstream",
            "of the readers",
            "resident before, MB",
            "at most (at most 250)",
            "errors",
            "wrong SHA-256 at the reader",
            "in the database",
            "characters lost",
            "doubled",
        ],
    )
}

fn add_cost(table: &mut Table, level: Level, outcomes: &Outcomes) {
    for (name, outcome) in rows(outcomes) {
        let is_direct = std::ptr::eq(outcome, &outcomes.direct);
        let between = |value: f64| match is_direct {
            true => "–".to_owned(),
            false => number(value),
        };
        let in_database = match std::ptr::eq(outcome, &outcomes.server) {
            true => outcome.wrong_in_database.to_string(),
            false => "–".to_owned(),
        };
        table.row(
            &level.name(),
            [
                name.to_owned(),
                number(outcome.bytes_per_content_byte()),
                between(outcome.cpu_per_10_000_tokens(outcome.between)),
                number(outcome.cpu_per_10_000_tokens(outcome.upstream)),
                number(outcome.cpu_per_10_000_tokens(outcome.readers)),
                between(outcome.between.resident_before_mb),
                between(outcome.between.resident_mb),
                outcome.errors.to_string(),
                outcome.wrong_at_reader.to_string(),
                in_database,
                outcome.lost.to_string(),
                outcome.doubled.to_string(),
            ],
        );
    }
}

fn rows(outcomes: &Outcomes) -> [(&'static str, &Outcome); 3] {
    [
        ("direct", &outcomes.direct),
        ("nginx", &outcomes.nginx),
        ("InspireAI", &outcomes.server),
    ]
}

fn point(level: Level, outcomes: &Outcomes) -> Point {
    let floor = outcomes.direct.ages_ms()[1];
    let added = |outcome: &Outcome| outcome.ages_ms()[1] - floor;
    Point {
        streams: level.streams,
        rate: level.rate,
        added_p99_ms: [added(&outcomes.nginx), added(&outcomes.server)],
        resident_mb: [
            outcomes.nginx.between.resident_mb,
            outcomes.server.between.resident_mb,
        ],
    }
}
