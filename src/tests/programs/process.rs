//! One process: its start, what `/proc` tells of it, its end.

use std::{fs, io, process::ExitStatus, time::Duration};
use tokio::{
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running process; it is killed when this is dropped.
pub struct Process {
    child: Child,
    pid: u32,
}

impl Process {
    /// Starts a program.
    ///
    /// # Errors
    /// With the program's name, when it cannot be started.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let child = command.kill_on_drop(true).spawn().map_err(|error| {
            let program = command.as_std().get_program().display();
            io::Error::new(error.kind(), format!("{program}: {error}"))
        })?;
        let pid = child.id().ok_or_else(|| io::Error::other("it ended"))?;
        Ok(Self { child, pid })
    }

    /// Its number.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// What it prints, where that was asked for; once.
    pub fn take_stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// When the system does not tell.
    pub fn status(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Kills it at once, as `kill -9` does.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(mut self) -> io::Result<()> {
        self.child.kill().await
    }

    /// Asks it to stop, as `kill` does, and waits until it has.
    ///
    /// # Errors
    /// When it does not stop within `patience`; it is killed then.
    pub async fn terminate(mut self, patience: Duration) -> io::Result<ExitStatus> {
        let pid = self.pid;
        let kill = format!("kill -TERM {pid}");
        Command::new("sh").arg("-c").arg(kill).status().await?;
        match timeout(patience, self.child.wait()).await {
            Ok(status) => status,
            Err(_) => {
                self.kill().await?;
                let message = format!("process {pid} did not stop within {patience:?}");
                Err(io::Error::other(message))
            }
        }
    }
}

/// A process and everything that it started: nginx works in children.
///
/// # Errors
/// When `/proc` cannot be read.
pub fn family(pid: u32) -> io::Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(child) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process may end between the listing and this.
        if let Ok(stat) = stat(child)
            && let Some(parent) = stat.get(1).and_then(|parent| parent.parse::<u32>().ok())
        {
            parents.push((child, parent));
        }
    }
    let mut family = vec![pid];
    let mut index = 0;
    while let Some(parent) = family.get(index).copied() {
        let children = parents.iter().filter(|(_, of)| *of == parent);
        family.extend(children.map(|(child, _)| child));
        index += 1;
    }
    Ok(family)
}

/// Processor time that a process and its ended children have taken so far, in seconds.
///
/// # Errors
/// When there is no such process.
pub fn cpu_seconds(pid: u32) -> io::Result<f64> {
    // User and system time, its own and that of children that ended: the 12th to the 15th.
    let ticks: f64 = stat(pid)?
        .iter()
        .skip(11)
        .take(4)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum();
    Ok(ticks / TICKS_PER_SECOND)
}

/// Memory that a process holds, in megabytes.
///
/// # Errors
/// When there is no such process.
pub fn resident_mb(pid: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok())
        .ok_or_else(|| io::Error::other("no VmRSS"))?;
    Ok(kilobytes / 1024.0)
}

/// How many files and connections a process has open.
///
/// # Errors
/// When there is no such process.
pub fn open_files(pid: u32) -> io::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

/// The values of `/proc/PID/stat` from the process's state on.
fn stat(pid: u32) -> io::Result<Vec<String>> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The program's name, in brackets before these, may hold anything.
    let values = stat.rsplit(')').next().unwrap_or_default();
    Ok(values.split_whitespace().map(ToOwned::to_owned).collect())
}
