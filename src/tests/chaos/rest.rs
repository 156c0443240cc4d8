//! What must come to rest when nobody does anything any more: runs, files, logs.

use crate::{
    cluster::{Cluster, DATABASE_CONNECTIONS},
    findings::Findings,
    records::count_open,
};
use std::{io, time::Duration};
use tokio::time::{Instant, sleep};

/// Longest time until the last run has ended: a lease, and the time until somebody notices its end.
const ENDED: Duration = Duration::from_secs(45);

/// Longest time until connections that nobody uses are gone.
const CLOSED: Duration = Duration::from_secs(20);

/// Files that a node may hold beyond those it had when it had just started: connections to the database, which it opens when
/// it needs them, and a few to Redis. A reader that left something behind would show as one file for each of hundreds.
const FILES: usize = DATABASE_CONNECTIONS + 8;

/// How a node was when all was over.
pub struct NodeAtRest {
    /// Its name.
    pub name: &'static str,
    /// Files beyond those it had when it had just started.
    pub files_gained: usize,
    /// Memory it holds.
    pub resident_mb: f64,
}

/// How everything was when all was over.
pub struct Rest {
    /// The nodes.
    pub nodes: Vec<NodeAtRest>,
    /// Keys that are left in Redis.
    pub redis_keys: usize,
    /// Those of them that would stay for ever.
    pub lasting_redis_keys: usize,
}

/// Waits until every run has an end; one that gets none is a finding.
///
/// # Errors
/// When the database does not answer.
pub async fn wait_until_ended(cluster: &Cluster, findings: &Findings) -> io::Result<()> {
    let (url, began) = (cluster.postgres.url(), Instant::now());
    loop {
        let open = count_open(&url).await?;
        if open == 0 {
            return Ok(());
        }
        if began.elapsed() > ENDED {
            findings.add(format!("{open} runs do not end"));
            return Ok(());
        }
        sleep(Duration::from_millis(200)).await;
    }
}

/// Sees to it that every node came to rest: what readers held open is closed, and nothing panicked.
///
/// # Errors
/// When a node does not run any more.
pub async fn look_around(cluster: &mut Cluster, findings: &Findings) -> io::Result<Rest> {
    let (redis_keys, lasting_redis_keys) = cluster.redis.keys().await?;
    cluster.isolate_nodes().await?;
    let mut nodes = Vec::new();
    for node in &cluster.nodes {
        let began = Instant::now();
        let files_gained = loop {
            let gained = node.files_gained()?;
            if gained <= FILES || began.elapsed() > CLOSED {
                break gained;
            }
            sleep(Duration::from_millis(200)).await;
        };
        let name = node.name();
        if files_gained > FILES {
            findings.add(format!(
                "{name} holds {files_gained} files more than at its start, {FILES} at most are due"
            ));
        }
        for panic in node.panics()? {
            findings.add(format!("{name} panicked: {panic}"));
        }
        nodes.push(NodeAtRest {
            name,
            files_gained,
            resident_mb: node.resident_mb()?,
        });
    }
    Ok(Rest {
        nodes,
        redis_keys,
        lasting_redis_keys,
    })
}
