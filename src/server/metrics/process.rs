//! What the process takes of its machine, as Linux tells in `/proc`. Elsewhere these numbers are absent.

use metrics::gauge;
use std::fs;

/// Reads memory and open files anew.
pub fn sample_process() {
    if let Some(bytes) = resident_memory_bytes() {
        gauge!("inspireai_process_resident_memory_bytes").set(bytes as f64);
    }
    if let Ok(descriptors) = fs::read_dir("/proc/self/fd") {
        // One of them is the directory that is being read.
        let open = descriptors.count().saturating_sub(1);
        gauge!("inspireai_process_open_file_descriptors").set(open as f64);
    }
}

/// The line `VmRSS:  1234 kB` of the process's status.
fn resident_memory_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}
