//! Breaking things, one after another and in an order of chance: nodes die and are restarted, the database and the run log
//! go away and come back.

use crate::{
    cluster::Cluster, findings::Findings, node::Node, postgres::Stop, programs::wire::now_ms,
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::{fmt, io, net::SocketAddr, time::Duration};
use tokio::time::{Instant, sleep};

/// What can happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disruption {
    /// A node is killed and comes back within seconds.
    KillNode,
    /// A node is killed and stays away until the other must have taken notice.
    KillNodeForLong,
    /// A node is killed while Redis is away, and comes back before it.
    KillNodeWithoutRedis,
    /// Each node in its turn is asked to stop and started again.
    RollingRestart,
    /// Redis is killed and comes back with nothing in its memory.
    RestartRedis,
    /// PostgreSQL shuts down in order and comes back.
    RestartPostgres,
    /// PostgreSQL crashes and comes back.
    CrashPostgres,
    /// Both nodes, PostgreSQL and Redis die at once.
    Blackout,
}

/// A round of everything; when it is through, another, in another order.
const ROUND: [Disruption; 9] = [
    Disruption::KillNode,
    Disruption::KillNode,
    Disruption::KillNodeForLong,
    Disruption::KillNodeWithoutRedis,
    Disruption::RollingRestart,
    Disruption::RestartRedis,
    Disruption::RestartPostgres,
    Disruption::CrashPostgres,
    Disruption::Blackout,
];

/// Longer than a lease lasts and its end goes unnoticed.
const LONG: Duration = Duration::from_secs(20);

impl fmt::Display for Disruption {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::KillNode => "kill -9 of a node",
            Self::KillNodeForLong => "kill -9 of a node that stays away",
            Self::KillNodeWithoutRedis => "kill -9 of Redis and then of a node",
            Self::RollingRestart => "rolling restart",
            Self::RestartRedis => "kill -9 of Redis",
            Self::RestartPostgres => "PostgreSQL restarted (fast)",
            Self::CrashPostgres => "PostgreSQL crashed (immediate)",
            Self::Blackout => "kill -9 of everything",
        })
    }
}

/// A time during which something was away, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct Outage {
    /// When it went.
    from: f64,
    /// When it was back.
    until: f64,
}

impl Outage {
    /// How many seconds of it lie between two moments.
    fn seconds_between(&self, from: f64, until: f64) -> f64 {
        (self.until.min(until) - self.from.max(from)).max(0.0) / 1000.0
    }
}

/// What was done.
#[derive(Default)]
pub struct Story {
    /// In order, and how long each lasted.
    pub disruptions: Vec<(Disruption, Outage)>,
    /// Nodes that were killed, by their addresses, and when, in milliseconds since 1970.
    pub kills: Vec<(SocketAddr, f64)>,
    /// When the database was away.
    database_outages: Vec<Outage>,
}

impl Story {
    /// When a node was last killed between two moments; any node, where it is not known which.
    pub fn last_kill(&self, node: Option<SocketAddr>, from: f64, until: f64) -> Option<f64> {
        let kills = self.kills.iter().filter(|(killed, at)| {
            node.is_none_or(|node| node == *killed) && (from..=until).contains(at)
        });
        kills.map(|(_, at)| *at).next_back()
    }

    /// The moment from which on a node that died at `died_at` can be missed by the other: later where that one was killed
    /// as well, or something else was broken before `noticed_at`.
    pub fn undisturbed_since(&self, died_at: f64, noticed_at: f64) -> f64 {
        let disturbing = self.disruptions.iter().filter(|(disruption, outage)| {
            let is_later = outage.from > died_at && outage.from < noticed_at;
            let has_killed_all = *disruption == Disruption::Blackout
                && (outage.from..=outage.until).contains(&died_at);
            is_later || has_killed_all
        });
        let ends = disturbing.map(|(_, outage)| outage.until);
        ends.fold(died_at, f64::max)
    }

    /// For how many seconds the database was away between two moments.
    pub fn database_away_seconds(&self, from: f64, until: f64) -> f64 {
        let outages = self.database_outages.iter();
        outages.map(|o| o.seconds_between(from, until)).sum()
    }
}

/// Breaks one thing after another until `until`; in the end everything runs.
///
/// # Errors
/// When something does not come back.
pub async fn disrupt(
    cluster: &mut Cluster,
    seed: u64,
    until: Instant,
    findings: &Findings,
) -> io::Result<Story> {
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut story, mut round) = (Story::default(), Vec::new());
    loop {
        sleep(Duration::from_millis(rng.random_range(1_000..4_000))).await;
        if Instant::now() >= until {
            return Ok(story);
        }
        if round.is_empty() {
            round = ROUND.to_vec();
            round.shuffle(&mut rng);
        }
        let Some(next) = round.pop() else { continue };
        let from = now_ms();
        happen(next, cluster, &mut rng, &mut story).await?;
        let until = now_ms();
        story.disruptions.push((next, Outage { from, until }));
        let took = (until - from) / 1000.0;
        findings.tell(format_args!("{next}; everything back after {took:.1} s"));
    }
}

async fn happen(
    disruption: Disruption,
    cluster: &mut Cluster,
    rng: &mut StdRng,
    story: &mut Story,
) -> io::Result<()> {
    let pause = Duration::from_millis(rng.random_range(0..3_000));
    let which = rng.random_range(0..2);
    match disruption {
        Disruption::KillNode | Disruption::KillNodeForLong => {
            let is_long = disruption == Disruption::KillNodeForLong;
            kill(&mut cluster.nodes[which], story).await?;
            sleep(if is_long { LONG } else { pause }).await;
            cluster.nodes[which].start().await
        }
        Disruption::KillNodeWithoutRedis => {
            cluster.redis.kill().await?;
            sleep(pause / 2).await;
            kill(&mut cluster.nodes[which], story).await?;
            cluster.nodes[which].start().await?;
            sleep(pause / 2).await;
            cluster.redis.start_again().await
        }
        Disruption::RollingRestart => {
            for node in &mut cluster.nodes {
                node.stop().await?;
                node.start().await?;
            }
            Ok(())
        }
        Disruption::RestartRedis => {
            cluster.redis.kill().await?;
            sleep(pause).await;
            cluster.redis.start_again().await
        }
        Disruption::RestartPostgres => restart_postgres(cluster, Stop::Fast, pause, story).await,
        Disruption::CrashPostgres => restart_postgres(cluster, Stop::Immediate, pause, story).await,
        Disruption::Blackout => {
            for node in &mut cluster.nodes {
                kill(node, story).await?;
            }
            cluster.redis.kill().await?;
            restart_postgres(cluster, Stop::Immediate, pause, story).await?;
            cluster.redis.start_again().await?;
            let [first, second] = &mut cluster.nodes;
            tokio::try_join!(first.start(), second.start()).map(drop)
        }
    }
}

async fn restart_postgres(
    cluster: &mut Cluster,
    how: Stop,
    pause: Duration,
    story: &mut Story,
) -> io::Result<()> {
    let from = now_ms();
    cluster.postgres.stop(how).await?;
    sleep(pause).await;
    cluster.postgres.start_again().await?;
    let until = now_ms();
    story.database_outages.push(Outage { from, until });
    Ok(())
}

async fn kill(node: &mut Node, story: &mut Story) -> io::Result<()> {
    story.kills.push((node.address(), now_ms()));
    node.kill().await
}
