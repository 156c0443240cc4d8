//! What listening and speaking in the process take: for one person alone, and of the answers of others while forty do both.

use super::{
    outcome::Outcome,
    stage::{Play, Settled, Stage},
};
use crate::{
    programs::table::{Table, median, number, quantile},
    support::person::Person,
};
use inspireai::model::speech::{SPEECH_RATE_HZ, wav};
use reqwest::{
    Method,
    header::ACCEPT,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use std::{future::pending, io, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};

/// Streams of text that go on beside the speech.
const STREAMS: usize = 50;
/// Recordings that are listened to at once, and texts that are said at once.
const AT_ONCE: usize = 20;
/// How often each thing is timed.
const TIMES: usize = 20;
/// Before those: the models are loaded, and connections are open.
const WARM_UP: usize = 2;
/// Length of the recording, in seconds.
const RECORDING_SECONDS: usize = 10;
/// Bytes of a second of what is said, in 16 bits.
const BYTES_A_SECOND: usize = SPEECH_RATE_HZ as usize * 2;
/// What is said into the recording; longer than it.
const READING: &str = "The lighthouse stood on a small island, an hour from the harbour by boat. Every evening the keeper \
    climbed two hundred steps and lit the lamp. Ships from the north steered by it, and fishermen came home by its light. \
    In winter the waves went over the roof, and nobody could land for weeks.";

/// Times one person alone, then plays streams of text for `seconds`, without speech and beside it.
pub async fn measure(stage: &Stage<'_>, seconds: usize) -> io::Result<(Vec<Table>, usize)> {
    let play = play(seconds);
    let settled = stage.settle(AT_ONCE, true).await?;
    let person = settled.people().first().cloned();
    let person = person.ok_or_else(|| io::Error::other("nobody is there"))?;
    let recording = recording(&person).await?;
    let alone = alone(&person, &recording).await?;

    let quiet = stage.play_at(&settled, &play).await?;
    let crowd = crowd(&settled, &recording);
    let beside = tokio::select! {
        outcome = stage.play_at(&settled, &play) => outcome?,
        error = crowd => return Err(error),
    };
    settled.stop().await?;
    let wrong = quiet.wrong() + beside.wrong();
    Ok((vec![alone, compared(&quiet, &beside)], wrong))
}

fn play(seconds: usize) -> Play {
    let rate = 50;
    Play {
        streams: STREAMS,
        tokens: seconds.max(1) * rate,
        rate,
        rounds: 1,
        ramp: 1.0 / 6.0,
    }
}

/// How long the streams themselves take.
pub fn duration(seconds: usize) -> Duration {
    play(seconds).duration() * 2
}

fn compared(quiet: &Outcome, beside: &Outcome) -> Table {
    let mut table = Table::new(
        format!(
            "{STREAMS} streams of text beside {AT_ONCE} recordings and {AT_ONCE} texts at once"
        ),
        &[
            "",
            "an answer took p50, s",
            "against without (at most 1.2)",
            "token delay p50, ms",
            "token delay p99, ms",
            "resident at most, MB",
            "wrong answers",
        ],
    );
    for (name, outcome) in [("without speech", quiet), ("beside speech", beside)] {
        let ages = outcome.ages_ms();
        let took = outcome.duration_ms();
        table.row(
            name,
            [
                number(took / 1000.0),
                number(took / quiet.duration_ms()),
                number(ages[0]),
                number(ages[1]),
                number(outcome.between.resident_mb),
                outcome.wrong().to_string(),
            ],
        );
    }
    table
}

async fn alone(person: &Person, recording: &[u8]) -> io::Result<Table> {
    let (mut first, mut whole, mut factor, mut heard) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for turn in 0..WARM_UP + TIMES {
        // Never the same, or it would come out of the cache.
        let said = say(person, &sentence(turn)).await?;
        let took = hear(person, recording).await?;
        if turn >= WARM_UP {
            first.push(said.first_ms);
            whole.push(said.whole_ms);
            factor.push(said.whole_ms / said.sound_ms);
            heard.push(took);
        }
    }
    let mut table = Table::new(
        format!("Speech for one person ({TIMES} times)"),
        &["", "p50", "p99"],
    );
    let both = |values: &[f64]| [median(values), quantile(values, 0.99)].map(number);
    table.row("a sentence: until its first sound, ms", both(&first));
    table.row("until all of it is there, ms", both(&whole));
    table.row("its computation for each second of sound, s", both(&factor));
    table.row(
        "10 s of speech: until their text, ms (at most 1,000)",
        both(&heard),
    );
    Ok(table)
}

fn sentence(turn: usize) -> String {
    format!(
        "Sentence number {turn} tells that the harbour lies an hour away, and that the boat leaves at noon."
    )
}

/// What became of a text that was said.
struct Said {
    first_ms: f64,
    whole_ms: f64,
    /// How long it sounds.
    sound_ms: f64,
    samples: Vec<u8>,
}

async fn say(person: &Person, text: &str) -> io::Result<Said> {
    let body = json!({ "request": { "text": text } }).to_string();
    let request = person
        .request(Method::POST, "/api/speak")
        .header("Content-Type", "application/json")
        .body(body);
    let began = Instant::now();
    let mut response = person.open(request).await;
    if response.status() != 200 {
        return Err(io::Error::other(
            response.text().await.map_err(io::Error::other)?,
        ));
    }
    let (mut first_ms, mut samples) = (None, Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(io::Error::other)? {
        first_ms.get_or_insert_with(|| since(began));
        samples.extend_from_slice(&chunk);
    }
    let first_ms = first_ms.ok_or_else(|| io::Error::other("no sound came"))?;
    Ok(Said {
        first_ms,
        whole_ms: since(began),
        sound_ms: samples.len() as f64 * 1000.0 / BYTES_A_SECOND as f64,
        samples,
    })
}

/// Milliseconds until the recording is text.
async fn hear(person: &Person, recording: &[u8]) -> io::Result<f64> {
    let part = Part::bytes(recording.to_vec()).file_name("recording.wav");
    let request = person
        .request(Method::POST, "/api/transcribe")
        .header(ACCEPT, "application/json")
        .multipart(Form::new().part("audio", part));
    let began = Instant::now();
    let reply = person.send(request).await;
    let took = since(began);
    let heard: Value = serde_json::from_str(&reply.body)?;
    // Enough to know that it listened to the end, whatever words it is in doubt about.
    match heard["text"].as_str() {
        Some(text) if text.contains("lighthouse") && text.contains("steps") => Ok(took),
        _ => Err(io::Error::other(format!("it heard {}", reply.body))),
    }
}

/// Ten seconds of speech, as a WAV file.
async fn recording(person: &Person) -> io::Result<Vec<u8>> {
    let said = say(person, READING).await?;
    let length = RECORDING_SECONDS * BYTES_A_SECOND;
    let samples = said.samples.get(..length);
    let samples = samples.ok_or_else(|| io::Error::other("the reading is too short"))?;
    let size = u32::try_from(length).map_err(io::Error::other)?;
    Ok([&wav::header(size, SPEECH_RATE_HZ)[..], samples].concat())
}

/// People who speak and listen without a pause. It ends only when one of them fails.
async fn crowd(settled: &Settled, recording: &[u8]) -> io::Error {
    let recording: Arc<[u8]> = recording.into();
    let mut people = JoinSet::<io::Error>::new();
    for (index, person) in settled.people().iter().take(AT_ONCE).enumerate() {
        let (speaker, listener, recording) = (
            Arc::clone(person),
            Arc::clone(person),
            Arc::clone(&recording),
        );
        people.spawn(async move {
            for turn in 0.. {
                let text = format!("{} It is told to person {index}.", sentence(turn));
                if let Err(error) = say(&speaker, &text).await {
                    return error;
                }
            }
            pending().await
        });
        people.spawn(async move {
            loop {
                if let Err(error) = hear(&listener, &recording).await {
                    return error;
                }
            }
        });
    }
    match people.join_next().await {
        Some(Ok(error)) => error,
        Some(Err(panic)) => io::Error::other(panic),
        None => io::Error::other("nobody is there"),
    }
}

fn since(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}
