//! Breaks things at random while people use them, and then looks at what is left: two nodes, nginx before them, PostgreSQL,
//! Redis and a scripted upstream, each a process of its own on this machine's loopback. Whatever is killed, every message
//! that was taken is stored once, every run has one end, and every stored answer is what the upstream sent.
//! `cargo run --example chaos -- --server target/debug/inspireai --upstream target/debug/examples/upstream --seconds 60`

#![expect(
    dead_code,
    reason = "tests do more with people and event streams, and measurements more with programs"
)]
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program of its own: it tells what it does, and what it cannot start ends it"
)]

#[path = "chaos/cluster.rs"]
mod cluster;
#[path = "chaos/disruption.rs"]
mod disruption;
#[path = "chaos/findings.rs"]
mod findings;
#[path = "chaos/following.rs"]
mod following;
#[path = "chaos/node.rs"]
mod node;
#[path = "chaos/postgres.rs"]
mod postgres;
mod programs;
#[path = "chaos/records.rs"]
mod records;
#[path = "chaos/redis_server.rs"]
mod redis_server;
#[path = "chaos/requests.rs"]
mod requests;
#[path = "chaos/rest.rs"]
mod rest;
#[path = "chaos/script.rs"]
mod script;
#[path = "chaos/summary.rs"]
mod summary;
#[path = "programs/support.rs"]
mod support;
#[path = "chaos/turn.rs"]
mod turn;
#[path = "chaos/verdict.rs"]
mod verdict;
#[path = "chaos/visitor.rs"]
mod visitor;

use clap::Parser;
use cluster::Cluster;
use disruption::disrupt;
use findings::Findings;
use programs::{Programs, person::sign_up};
use std::{io, process::ExitCode, time::Duration};
use support::client::http_client;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinSet,
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use turn::Turn;
use visitor::Visitor;

/// Breaks things for a while. Fails when anything is not as it must be afterwards, and lists what.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    programs: Programs,
    /// For how long things are broken; visitors are given time to come to an end after that.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// What chance follows: the same number makes the same choices, though not at the same moments.
    #[arg(long)]
    seed: Option<u64>,
    /// How many people there are.
    #[arg(long, default_value_t = 12)]
    people: usize,
}

/// Questions of each visitor when all is calm again.
const CALM_QUESTIONS: usize = 4;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let seed = arguments.seed.unwrap_or_else(rand::random);
    println!(
        "{} people, {} s, --seed {seed}",
        arguments.people, arguments.seconds
    );
    let findings = Findings::new();
    let outcome = tokio::select! {
        outcome = run(&arguments, seed, &findings) => outcome,
        () = interrupted() => Err(io::Error::other("interrupted")),
    };
    if let Err(error) = outcome {
        eprintln!("error: {error} (--seed {seed})");
        return ExitCode::FAILURE;
    }
    let list = findings.list();
    if list.is_empty() {
        println!("\nAll is as it must be (--seed {seed}).");
        return ExitCode::SUCCESS;
    }
    println!("\n{} things are wrong (--seed {seed}):", list.len());
    for finding in list {
        println!("- {finding}");
    }
    ExitCode::FAILURE
}

/// Waits until somebody wants this to end; the programs are stopped then.
async fn interrupted() {
    let mut terminate = signal(SignalKind::terminate()).expect("signals can be heard");
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

async fn run(arguments: &Arguments, seed: u64, findings: &Findings) -> io::Result<()> {
    let mut cluster = Cluster::start(&arguments.programs).await?;
    records::watch(&cluster.postgres.url()).await?;
    findings.tell("everything is up");
    let outcome = play(&mut cluster, arguments, seed, findings).await;
    if outcome.is_err() || !findings.list().is_empty() {
        let logs = cluster.keep_logs();
        eprintln!("the programs' logs are kept in {}", logs.display());
    }
    outcome
}

async fn play(
    cluster: &mut Cluster,
    arguments: &Arguments,
    seed: u64,
    findings: &Findings,
) -> io::Result<()> {
    let is_over = CancellationToken::new();
    let visitors = visitors(cluster, arguments.people, seed, findings, &is_over).await?;
    let mut visits = JoinSet::new();
    for visitor in visitors {
        visits.spawn(visitor.stay());
    }
    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    let story = disrupt(cluster, seed, until, findings).await?;
    findings.tell("nothing is broken any more");
    is_over.cancel();
    let visitors = join(visits, findings).await;
    rest::wait_until_ended(cluster, findings).await?;

    findings.tell("all runs have ended; a calm round follows");
    let mut visits = JoinSet::new();
    for visitor in visitors {
        visits.spawn(visitor.stay_calmly(CALM_QUESTIONS));
    }
    let visitors = join(visits, findings).await;
    rest::wait_until_ended(cluster, findings).await?;
    let turns: Vec<Turn> = visitors.into_iter().flat_map(Visitor::into_turns).collect();

    let exchanges = cluster.exchanges().await?;
    let records = records::Records::read(&cluster.postgres.url()).await?;
    let evidence = verdict::Evidence {
        turns: &turns,
        records: &records,
        exchanges: &exchanges,
        story: &story,
    };
    let figures = verdict::judge(&evidence, findings);
    let rest = rest::look_around(cluster, findings).await?;
    println!("\n{}", summary::table(&turns, &story, &figures, &rest));
    Ok(())
}

/// People with accounts, each with a seed of their own.
async fn visitors(
    cluster: &Cluster,
    people: usize,
    seed: u64,
    findings: &Findings,
    is_over: &CancellationToken,
) -> io::Result<Vec<Visitor>> {
    let http = http_client();
    let mut visitors = Vec::with_capacity(people);
    for index in 1..=people {
        let name = format!("visitor-{index}");
        let person = sign_up(&http, cluster.address(), &name).await?;
        visitors.push(Visitor::new(
            name,
            person,
            seed.wrapping_add(index as u64),
            findings.clone(),
            is_over.clone(),
        ));
    }
    Ok(visitors)
}

/// Waits for visits to end. One that breaks off is a finding: it saw something that no page could show.
async fn join(mut visits: JoinSet<Visitor>, findings: &Findings) -> Vec<Visitor> {
    let mut visitors = Vec::new();
    while let Some(visit) = visits.join_next().await {
        match visit {
            Ok(visitor) => visitors.push(visitor),
            Err(panic) => findings.add(format!("a visit broke off: {panic}")),
        }
    }
    visitors
}
