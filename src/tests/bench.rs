//! Measures the server program as people meet it: its start, its first token, and many streams at once. A scripted upstream
//! and the server run as processes of their own on this machine's loopback; everything goes through HTTP.
//! `cargo run --release --example bench -- all`

#![expect(
    dead_code,
    reason = "tests do more with people and event streams than measurements do"
)]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own: it prints tables, and a measurement that cannot be made ends it"
)]

#[path = "bench/answer.rs"]
mod answer;
#[path = "bench/first_token.rs"]
mod first_token;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/person.rs"]
mod person;
#[path = "bench/programs.rs"]
mod programs;
#[path = "bench/start.rs"]
mod start;
#[path = "bench/support.rs"]
mod support;
#[path = "bench/table.rs"]
mod table;
#[path = "bench/wire.rs"]
mod wire;

use clap::{Parser, Subcommand};
use load::Load;
use programs::Programs;
use std::{io, process::ExitCode, time::Duration};
use table::Table;

/// Longest time that a phase may take beside the streams it plays.
const PATIENCE: Duration = Duration::from_secs(180);

/// Measures the server program and prints Markdown tables. Fails when an answer is wrong or does not come.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    programs: Programs,
    #[command(subcommand)]
    phase: Phase,
}

/// What to measure.
#[derive(Subcommand)]
enum Phase {
    /// From the start of the process to the first answer, and the memory it holds while nobody is there.
    Start,
    /// What the server adds to the time to the first token, one stream at a time.
    Ttft,
    /// Many streams at once.
    Load(Load),
    /// Everything, each with its table.
    All(Load),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { programs, phase } = Arguments::parse();
    match measure(&programs, &phase).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(errors) => {
            eprintln!("error: {errors} answers were wrong or did not come.");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs what was asked for; gives the number of answers that were not as they must be.
async fn measure(programs: &Programs, phase: &Phase) -> io::Result<usize> {
    let (starts, first_tokens, load) = match phase {
        Phase::Start => (true, false, None),
        Phase::Ttft => (false, true, None),
        Phase::Load(load) => (false, false, Some(load)),
        Phase::All(load) => (true, true, Some(load)),
    };
    if starts {
        show(within(Duration::ZERO, start::measure(programs)).await?);
    }
    if first_tokens {
        show(within(Duration::ZERO, first_token::measure(programs)).await?);
    }
    let Some(load) = load else {
        return Ok(0);
    };
    let (table, errors) = within(load.duration(), load::measure(programs, load)).await?;
    show(table);
    Ok(errors)
}

fn show(table: Table) {
    println!("{table}");
}

async fn within<T>(playing: Duration, phase: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let limit = PATIENCE + playing;
    tokio::time::timeout(limit, phase)
        .await
        .map_err(|_| io::Error::other(format!("gave up after {limit:?}")))?
}
