//! What processes take while something is measured.

use crate::programs::process::{cpu_seconds, resident_mb};
use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{task::JoinHandle, time::sleep};

/// How often memory is looked at.
const SAMPLING: Duration = Duration::from_millis(200);

/// What processes took between two moments.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Processor time, in seconds.
    pub cpu_seconds: f64,
    /// Memory they held at the first of them, in megabytes.
    pub resident_before_mb: f64,
    /// The most memory they held at once, in megabytes.
    pub resident_mb: f64,
}

/// Watches processes from now on.
pub struct Meter {
    pids: Vec<u32>,
    cpu_before: f64,
    resident_before_mb: f64,
    highest_mb: Arc<Mutex<f64>>,
    watching: JoinHandle<()>,
}

impl Meter {
    /// Begins to watch.
    pub fn start(pids: Vec<u32>) -> io::Result<Self> {
        let highest_mb = Arc::new(Mutex::new(0.0));
        let (watched, highest) = (pids.clone(), Arc::clone(&highest_mb));
        let watching = tokio::spawn(async move {
            while let Ok(mb) = sum(&watched, resident_mb) {
                raise(&highest, mb);
                sleep(SAMPLING).await;
            }
        });
        Ok(Self {
            cpu_before: sum(&pids, cpu_seconds)?,
            resident_before_mb: sum(&pids, resident_mb)?,
            pids,
            highest_mb,
            watching,
        })
    }

    /// What they took until now.
    pub fn read(&self) -> io::Result<Usage> {
        let highest = self
            .highest_mb
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(Usage {
            cpu_seconds: sum(&self.pids, cpu_seconds)? - self.cpu_before,
            resident_before_mb: self.resident_before_mb,
            resident_mb: *highest,
        })
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.watching.abort();
    }
}

fn raise(highest: &Mutex<f64>, value: f64) {
    let mut highest = highest.lock().unwrap_or_else(PoisonError::into_inner);
    *highest = f64::max(*highest, value);
}

fn sum(pids: &[u32], measure: fn(u32) -> io::Result<f64>) -> io::Result<f64> {
    pids.iter().map(|pid| measure(*pid)).sum()
}
