//! Reads what other processes publish: events of the runs mirrored here, and signals to this process. One connection, one
//! waiting command for all of it.

use super::{
    FIRST_WAIT, MAX_WAIT, Shared,
    entry::{Signal, event_of, node_key, number_of, run_key, run_of},
    lock,
};
use crate::model::ids::RunId;
use redis::{
    RedisResult,
    aio::MultiplexedConnection,
    streams::{StreamKey, StreamReadReply},
};
use std::{
    collections::HashMap,
    sync::{Weak, atomic::Ordering},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// Longest time that one command waits; then whether the log is still wanted is looked at.
const BLOCK: Duration = Duration::from_secs(2);
/// How much longer than that Redis may be silent before it counts as gone.
const SILENCE: Duration = Duration::from_secs(2);
/// Most entries of a stream in one answer.
const COUNT: u32 = 1_000;
/// How long a mirror that nobody reads is kept up to date.
const UNREAD: Duration = Duration::from_secs(30);

/// Listens until the log is gone.
pub(super) async fn listen(log: Weak<Shared>) {
    let mut wait = FIRST_WAIT;
    let mut is_told = false;
    while let Some(shared) = log.upgrade() {
        let connected = shared.redis.connect(BLOCK + SILENCE).await;
        drop(shared);
        let error = match connected {
            Ok(connection) => {
                let heard = || {
                    if std::mem::take(&mut is_told) {
                        tracing::info!(
                            "Redis is back: runs of other nodes are followed live again"
                        );
                    }
                    wait = FIRST_WAIT;
                };
                let Err(error) = listen_on(&log, connection, heard).await else {
                    return;
                };
                error
            }
            Err(error) => error,
        };
        let Some(shared) = log.upgrade() else { return };
        shared.is_up.store(false, Ordering::Relaxed);
        shared.drop_mirrors();
        if !std::mem::replace(&mut is_told, true) {
            tracing::warn!(%error, "Redis cannot be reached. Everything works but this: answers that another node writes are shown from the database, a second late. Trying again.");
        }
        drop(shared);
        sleep(wait).await;
        wait = (wait * 2).min(MAX_WAIT);
    }
}

/// Listens on one connection; an error is its end, `Ok` that of the log. `heard` is called when Redis has answered for the
/// first time: one that loads its data, or refuses the command, takes connections as well.
async fn listen_on(
    log: &Weak<Shared>,
    mut connection: MultiplexedConnection,
    heard: impl FnOnce(),
) -> RedisResult<()> {
    redis::cmd("XLEN")
        .arg(node_key(""))
        .query_async::<u64>(&mut connection)
        .await?;
    if let Some(shared) = log.upgrade() {
        shared.is_up.store(true, Ordering::Relaxed);
    }
    heard();
    // A Redis that came back may number anew, so all messages there are count as new: hearing one twice does no harm.
    let mut signals_read = "0".to_owned();
    let mut unread = HashMap::new();
    loop {
        let Some(shared) = log.upgrade() else {
            return Ok(());
        };
        let node = node_key(&shared.instance);
        shared.drop_unread(&mut unread);
        let mut command = redis::cmd("XREAD");
        command
            .arg("COUNT")
            .arg(COUNT)
            .arg("BLOCK")
            .arg(u64::try_from(BLOCK.as_millis()).unwrap_or(u64::MAX))
            .arg("STREAMS")
            .arg(&node);
        let mirrors: Vec<(RunId, u64)> = lock(&shared.mirrors)
            .iter()
            .map(|(run, read)| (*run, *read))
            .collect();
        for (run, _) in &mirrors {
            command.arg(run_key(*run));
        }
        command.arg(&signals_read);
        for (_, read) in &mirrors {
            command.arg(format!("{read}-0"));
        }
        drop(shared);
        let reply: Option<StreamReadReply> = command.query_async(&mut connection).await?;
        let Some(shared) = log.upgrade() else {
            return Ok(());
        };
        for StreamKey { key, ids } in reply.map(|reply| reply.keys).unwrap_or_default() {
            if let Some(run) = run_of(&key) {
                for entry in &ids {
                    shared.take(run, number_of(&entry.id), event_of(entry));
                }
            } else {
                if let Some(last) = ids.last() {
                    signals_read.clone_from(&last.id);
                }
                ids.iter()
                    .filter_map(Signal::of)
                    .for_each(|signal| shared.hear(signal));
            }
        }
    }
}

impl Shared {
    /// An event of a mirrored run. Where one is missing, or cannot be read here, the mirror is given up and its readers
    /// take a snapshot.
    fn take(
        &self,
        run: RunId,
        number: Option<u64>,
        event: Option<crate::model::event::SequencedEvent>,
    ) {
        let is_end = event.as_ref().is_some_and(|event| event.event.is_end());
        let is_taken = event.is_some_and(|event| self.memory.append_numbered(run, event));
        let mut mirrors = lock(&self.mirrors);
        match number {
            Some(number) if is_taken && !is_end => {
                mirrors.insert(run, number);
                // What is older is in the database, or will be before anybody asks for it.
                self.memory.trim(run, number);
            }
            _ => {
                mirrors.remove(&run);
                drop(mirrors);
                if is_taken {
                    self.memory.close(run);
                } else {
                    self.memory.forget(run);
                }
            }
        }
    }

    fn hear(&self, signal: Signal) {
        match signal {
            // Nobody listens when nothing is driven here.
            Signal::Stop(run) => drop(self.stops.send(run)),
            Signal::Probe(number) => {
                self.probed.send_replace(number);
            }
            Signal::Wake => {}
        }
    }

    /// Lets go of mirrors that nobody has read for a while. `unread` is since when, of each.
    fn drop_unread(&self, unread: &mut HashMap<RunId, Instant>) {
        let mut mirrors = lock(&self.mirrors);
        unread.retain(|run, _| mirrors.contains_key(run) && self.memory.followers(*run) == 0);
        for run in mirrors.keys() {
            if self.memory.followers(*run) == 0 {
                unread.entry(*run).or_insert_with(Instant::now);
            }
        }
        for (run, _) in unread.iter().filter(|(_, since)| since.elapsed() > UNREAD) {
            mirrors.remove(run);
            self.memory.forget(*run);
        }
    }
}
