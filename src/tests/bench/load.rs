//! Many streams at once: whether every answer is right, how late its tokens come, and what it takes.

use super::{
    answer::{self, Answer, MAX_TOKENS, Question, TOKEN_BYTES, lost_and_doubled},
    person::sign_up,
    programs::{Home, Programs, Server, Upstream, resident_mb},
    table::{Table, number, quantile},
};
use crate::support::{client::http_client, person::Person};
use clap::Args;
use serde_json::Value;
use std::{
    collections::HashMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::sleep};

/// Streams begin one after another within this time, as people do.
const RAMP: Duration = Duration::from_secs(2);

/// Longest time that the upstream alone is measured: it only says how late tokens are by themselves.
const DIRECT_SECONDS: usize = 5;

/// Streams that one person has open.
const STREAMS_PER_PERSON: usize = 4;

const SAMPLING: Duration = Duration::from_millis(200);

/// How many errors are told; the rest are counted.
const TOLD_ERRORS: usize = 5;

/// How much at once.
#[derive(Args)]
pub struct Load {
    /// How many streams are open at once.
    #[arg(long, default_value_t = 200)]
    streams: usize,
    /// Tokens a second in each.
    #[arg(long, default_value_t = 50)]
    rate: usize,
    /// How long each stream goes on.
    #[arg(long, default_value_t = 20)]
    seconds: usize,
}

impl Load {
    /// How long the streams themselves take.
    pub fn duration(&self) -> Duration {
        let seconds = self.seconds + self.direct_seconds();
        Duration::from_secs(seconds as u64) + RAMP * 2
    }

    fn direct_seconds(&self) -> usize {
        self.seconds.min(DIRECT_SECONDS)
    }

    /// The question of each stream.
    fn questions(&self, path: &str, seconds: usize) -> io::Result<Vec<Question>> {
        let tokens = self.rate * seconds;
        if tokens == 0 || tokens > MAX_TOKENS || self.streams == 0 {
            let message = format!(
                "{} streams of {tokens} tokens: both must be at least 1, the tokens at most {MAX_TOKENS}",
                self.streams
            );
            return Err(io::Error::other(message));
        }
        let question = |index| Question {
            name: format!("{path}-{index}"),
            tokens,
            rate: self.rate,
        };
        Ok((0..self.streams).map(question).collect())
    }
}

/// Plays the streams straight from the upstream, then through the server; gives the table and the number of answers
/// that were wrong or did not come.
pub async fn measure(programs: &Programs, load: &Load) -> io::Result<(Table, usize)> {
    let upstream = Arc::new(Upstream::start(programs).await?);
    let home = Home::new()?;
    let server = Server::start_with_tools(programs, &home, &upstream).await?;
    let people = people(&server, load.streams.div_ceil(STREAMS_PER_PERSON)).await?;

    let questions = load.questions("direct", load.direct_seconds())?;
    let direct = play(&upstream, questions, |_, question| {
        let upstream = Arc::clone(&upstream);
        async move { answer::ask_directly(&upstream, &question).await }
    })
    .await?;

    let questions = load.questions("through", load.seconds)?;
    let memory = Memory::watch(server.pid());
    let cpu = server.cpu_seconds()?;
    let through = play(&upstream, questions, |index, question| {
        let person = Arc::clone(&people[index / STREAMS_PER_PERSON]);
        async move { answer::ask(&person, &question).await }
    })
    .await?;
    let cpu = server.cpu_seconds()? - cpu;
    let resident = memory.highest_mb();
    server.stop().await?;

    let table = report(load, &direct, &through, cpu, resident);
    Ok((table, direct.wrong() + through.wrong()))
}

/// People with accounts.
async fn people(server: &Server, count: usize) -> io::Result<Vec<Arc<Person>>> {
    let http = http_client();
    let mut people = Vec::with_capacity(count);
    for index in 0..count {
        let name = format!("person-{index}");
        people.push(Arc::new(sign_up(&http, server, &name).await?));
    }
    Ok(people)
}

/// What became of a number of streams.
#[derive(Default)]
struct Outcome {
    errors: usize,
    wrong_texts: usize,
    lost: usize,
    doubled: usize,
    tokens: usize,
    bytes: usize,
    first_token_ms: Vec<f64>,
    ages_ms: Vec<f64>,
}

impl Outcome {
    /// Answers that were not as they must be.
    fn wrong(&self) -> usize {
        self.errors + self.wrong_texts
    }

    fn add(&mut self, question: &Question, answer: &Answer, began_at: Option<f64>) {
        let wanted = question.answer();
        if answer.text != wanted {
            self.wrong_texts += 1;
            let (lost, doubled) = lost_and_doubled(&wanted, &answer.text);
            self.lost += lost;
            self.doubled += doubled;
        }
        self.tokens += answer.text.len() / TOKEN_BYTES;
        self.bytes += answer.bytes;
        self.first_token_ms.extend(answer.first_token_ms());
        if let Some(began_at) = began_at {
            self.ages_ms.extend(answer.ages_ms(question, began_at));
        }
    }

    fn fail(&mut self, error: &dyn std::fmt::Display) {
        self.errors += 1;
        if self.errors <= TOLD_ERRORS {
            eprintln!("a stream failed: {error}");
        }
    }

    fn bytes_per_content_byte(&self) -> f64 {
        self.bytes as f64 / (self.tokens * TOKEN_BYTES) as f64
    }
}

/// Plays all streams, and judges them when the last has ended, so that judging takes no time from reading.
async fn play<Asking>(
    upstream: &Upstream,
    questions: Vec<Question>,
    ask: impl Fn(usize, Question) -> Asking,
) -> io::Result<Outcome>
where
    Asking: Future<Output = io::Result<Answer>> + Send + 'static,
{
    let gap = RAMP / u32::try_from(questions.len()).unwrap_or(u32::MAX);
    let mut streams = JoinSet::new();
    for (index, question) in questions.iter().enumerate() {
        let asking = ask(index, question.clone());
        let wait = gap * u32::try_from(index).unwrap_or(u32::MAX);
        streams.spawn(async move {
            sleep(wait).await;
            (index, asking.await)
        });
    }
    let mut outcome = Outcome::default();
    let mut answers = Vec::with_capacity(questions.len());
    while let Some(stream) = streams.join_next().await {
        match stream {
            Ok((index, Ok(answer))) => answers.push((index, answer)),
            Ok((index, Err(error))) => {
                outcome.fail(&format!("{}: {error}", questions[index].name));
            }
            Err(panic) => outcome.fail(&panic),
        }
    }
    let beginnings = beginnings(upstream).await?;
    for (index, answer) in &answers {
        let question = &questions[*index];
        let began_at = beginnings.get(&question.text()).copied();
        outcome.add(question, answer, began_at);
    }
    Ok(outcome)
}

/// When the upstream began to answer each question.
async fn beginnings(upstream: &Upstream) -> io::Result<HashMap<String, f64>> {
    /// The upstream cuts its times off at the millisecond; the middle of it is the best guess.
    const CUT_OFF_MS: f64 = 0.5;
    let url = format!("http://{}/_requests", upstream.address());
    let response = http_client().get(url).send().await;
    let text = response.map_err(io::Error::other)?.text().await;
    let exchanges: Vec<Value> = serde_json::from_str(&text.map_err(io::Error::other)?)?;
    let beginning = |exchange: &Value| {
        let question = exchange["body"]["messages"].as_array()?.last()?["content"].as_str()?;
        Some((
            question.to_owned(),
            exchange["received_at"].as_f64()? + CUT_OFF_MS,
        ))
    };
    Ok(exchanges.iter().filter_map(beginning).collect())
}

/// Watches how much memory a process holds, until it is dropped.
struct Memory {
    highest_kb: Arc<AtomicU64>,
    watching: tokio::task::JoinHandle<()>,
}

impl Memory {
    fn watch(pid: u32) -> Self {
        let highest_kb = Arc::new(AtomicU64::new(0));
        let highest = Arc::clone(&highest_kb);
        let watching = tokio::spawn(async move {
            while let Ok(mb) = resident_mb(pid) {
                highest.fetch_max((mb * 1024.0) as u64, Ordering::Relaxed);
                sleep(SAMPLING).await;
            }
        });
        Self {
            highest_kb,
            watching,
        }
    }

    fn highest_mb(&self) -> f64 {
        self.highest_kb.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

fn report(load: &Load, direct: &Outcome, through: &Outcome, cpu: f64, resident: f64) -> Table {
    let mut table = Table::new(
        format!(
            "{} streams at once, {} tokens a second each, {} s",
            load.streams, load.rate, load.seconds
        ),
        &[
            "",
            "errors",
            "wrong answers",
            "characters lost",
            "characters doubled",
            "first token p50, ms",
            "first token p99, ms",
            "token age p50, ms",
            "token age p99, ms",
            "bytes per byte of content",
            "added p50, ms",
            "added p99, ms",
            "CPU s per 10,000 tokens",
            "resident at most, MB",
        ],
    );
    let [floor, ages] =
        [direct, through].map(|outcome| [0.5, 0.99].map(|share| quantile(&outcome.ages_ms, share)));
    let row = |outcome: &Outcome, ages: [f64; 2]| {
        let counts = [
            outcome.errors,
            outcome.wrong_texts,
            outcome.lost,
            outcome.doubled,
        ];
        let first = [0.5, 0.99].map(|share| quantile(&outcome.first_token_ms, share));
        let mut row: Vec<_> = counts.iter().map(usize::to_string).collect();
        row.extend(first.into_iter().chain(ages).map(number));
        row.push(number(outcome.bytes_per_content_byte()));
        row
    };
    // What only a server in between can have.
    let nothing = std::iter::repeat_n("–".to_owned(), 4);
    let own = [
        ages[0] - floor[0],
        ages[1] - floor[1],
        cpu * 10_000.0 / through.tokens as f64,
        resident,
    ];
    let straight = row(direct, floor).into_iter().chain(nothing);
    table.row("straight from the upstream", straight);
    let through = row(through, ages).into_iter().chain(own.map(number));
    table.row("InspireAI", through);
    table
}
