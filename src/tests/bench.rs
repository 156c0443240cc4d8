//! Measures the server program as people meet it: its start, its first token, and many streams at once, against the
//! upstream itself and against nginx. Everything runs as processes of its own on this machine's loopback and goes through
//! HTTP. `cargo run --release --example bench -- all`

#![expect(
    dead_code,
    reason = "tests do more with people and event streams than measurements do, and the chaos test more with programs"
)]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own: it prints tables, and a measurement that cannot be made ends it"
)]

#[path = "bench/answer.rs"]
mod answer;
#[path = "bench/cost.rs"]
mod cost;
#[path = "bench/crowd.rs"]
mod crowd;
#[path = "bench/first_token.rs"]
mod first_token;
#[path = "bench/load.rs"]
mod load;
#[path = "bench/outcome.rs"]
mod outcome;
#[path = "bench/plot.rs"]
mod plot;
mod programs;
#[path = "bench/speech.rs"]
mod speech;
#[path = "bench/stage.rs"]
mod stage;
#[path = "bench/start.rs"]
mod start;
#[path = "programs/support.rs"]
mod support;
#[path = "bench/usage.rs"]
mod usage;

use clap::{Parser, Subcommand};
use load::Load;
use programs::{
    Programs, absolute,
    server::{Home, Server, Setting},
    table::Table,
    upstream::Upstream,
};
use stage::Stage;
use std::{
    io,
    path::PathBuf,
    process::{ExitCode, Stdio},
    time::Duration,
};

/// Longest time that a phase may take beside the streams it plays: programs start, accounts are made, answers are judged.
const PATIENCE: Duration = Duration::from_secs(180);

/// Measures the server program and prints Markdown tables. Fails when an answer is wrong or does not come.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    programs: BenchPrograms,
    /// How long each stream goes on, in seconds; other measurements take accordingly many answers.
    #[arg(long, global = true, default_value_t = 60)]
    seconds: usize,
    #[command(subcommand)]
    phase: Phase,
}

/// Where the programs are, and what the server serves.
#[derive(clap::Args)]
struct BenchPrograms {
    #[command(flatten)]
    programs: Programs,
    /// The site that the server serves.
    #[arg(long, global = true, default_value = "target/site")]
    site: PathBuf,
    /// Where the models are that listen and speak.
    #[arg(long, global = true, default_value = "data/models")]
    models: PathBuf,
}

impl BenchPrograms {
    /// Starts a server in `home`, with the models that listen and speak if they are wanted.
    async fn start(
        &self,
        home: &Home,
        upstream: &Upstream,
        with_speech: bool,
    ) -> io::Result<Server> {
        let site = absolute(&self.site)?;
        let mut setting = Setting::new(&self.programs, home, upstream.base_url())?
            .with("LEPTOS_SITE_ROOT", &site.to_string_lossy());
        if with_speech {
            let models = absolute(&self.models)?;
            let (voice, listener) = (
                models.join("hibari/hibari.onnx"),
                models.join("moonshine-tiny"),
            );
            setting = setting
                .with("INSPIREAI_LOCAL_SPEECH", &voice.to_string_lossy())
                .with("INSPIREAI_LOCAL_TRANSCRIPTION", &listener.to_string_lossy());
        }
        setting.start(Stdio::inherit()).await
    }
}

/// What to measure.
#[derive(Subcommand)]
enum Phase {
    /// From the start of the process to the first answer, and the memory it holds while nobody is there.
    Start,
    /// What the server adds to the time to the first token, to one stream at a time and to a hundred.
    Ttft,
    /// What answers of 1,000 tokens cost, against nginx.
    Cost,
    /// Listening and speaking in the process, alone and beside streams of text.
    Speech,
    /// From one stream to a thousand at once.
    Load(Load),
    /// Everything, each with its table.
    All(Load),
}

// One thread: the readers leave the rest of the machine to what is measured.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match measure(&arguments).await {
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
async fn measure(arguments: &Arguments) -> io::Result<usize> {
    let Arguments {
        programs,
        seconds,
        phase,
    } = arguments;
    let (seconds, is_all) = (*seconds, matches!(phase, Phase::All(_)));
    let mut wrong = 0;
    if is_all || matches!(phase, Phase::Start) {
        show(&within(Duration::ZERO, start::measure(programs)).await?);
    }
    if matches!(phase, Phase::Start) {
        return Ok(0);
    }
    let stage = Stage::set(programs).await?;
    if is_all || matches!(phase, Phase::Ttft) {
        show(&within(Duration::ZERO, first_token::measure(programs)).await?);
        let playing = crowd::duration(seconds);
        let (table, errors) = within(playing, crowd::measure(&stage, seconds)).await?;
        show(&table);
        wrong += errors;
    }
    if is_all || matches!(phase, Phase::Cost) {
        let playing = cost::duration(seconds);
        let (table, errors) = within(playing, cost::measure(&stage, seconds)).await?;
        show(&table);
        wrong += errors;
    }
    if is_all || matches!(phase, Phase::Speech) {
        let playing = speech::duration(seconds);
        let (tables, errors) = within(playing, speech::measure(&stage, seconds)).await?;
        tables.iter().for_each(show);
        wrong += errors;
    }
    if let Phase::Load(load) | Phase::All(load) = phase {
        let playing = load.duration(seconds) + PATIENCE * u32::try_from(load.levels()).unwrap_or(1);
        let (tables, errors) = within(playing, load::measure(&stage, load, seconds)).await?;
        tables.iter().for_each(show);
        wrong += errors;
    }
    Ok(wrong)
}

fn show(table: &Table) {
    println!("{table}");
}

async fn within<T>(playing: Duration, phase: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let limit = PATIENCE + playing;
    tokio::time::timeout(limit, phase)
        .await
        .map_err(|_| io::Error::other(format!("gave up after {limit:?}")))?
}
