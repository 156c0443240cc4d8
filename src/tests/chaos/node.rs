//! One of the servers that share everything: killed, asked to stop and started again at the same address.

use crate::programs::{
    process::{open_files, resident_mb},
    server::{Server, Setting},
};
use std::{fs, io, net::SocketAddr, path::PathBuf, process::Stdio, time::Duration};
use tokio::time::{Instant, sleep};

/// Longest time until a node that is started again and again is up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A service manager starts what ended this long after.
const PAUSE: Duration = Duration::from_millis(300);

/// A node that may be running; it is killed when this is dropped.
pub struct Node {
    name: &'static str,
    setting: Setting,
    log: PathBuf,
    server: Option<Server>,
    files_at_rest: usize,
}

impl Node {
    /// A node that is not running yet; its log is appended to `log`.
    pub fn new(name: &'static str, setting: Setting, log: PathBuf) -> Self {
        Self {
            name,
            setting,
            log,
            server: None,
            files_at_rest: 0,
        }
    }

    /// Its `INSPIREAI_NODE_ID`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.setting.address()
    }

    /// Starts it, again where it ends at once, as a service manager would.
    ///
    /// # Errors
    /// When it does not come up for a long time.
    pub async fn start(&mut self) -> io::Result<()> {
        let began = Instant::now();
        let server = loop {
            let mut log = fs::OpenOptions::new();
            let log = log.create(true).append(true).open(&self.log)?;
            match self.setting.start(Stdio::from(log)).await {
                Ok(server) => break server,
                Err(error) if began.elapsed() > PATIENCE => {
                    return Err(io::Error::other(format!("{}: {error}", self.name)));
                }
                Err(_) => sleep(PAUSE).await,
            }
        };
        self.files_at_rest = open_files(server.pid())?;
        self.server = Some(server);
        Ok(())
    }

    /// Waits until its catalogue holds the upstream's models.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn learn_tools(&self) -> io::Result<()> {
        match &self.server {
            Some(server) => server.learn_tools().await,
            None => Ok(()),
        }
    }

    /// `kill -9`.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(&mut self) -> io::Result<()> {
        match self.server.take() {
            Some(server) => server.kill().await,
            None => Ok(()),
        }
    }

    /// SIGTERM, and waits for its end.
    ///
    /// # Errors
    /// When it does not end.
    pub async fn stop(&mut self) -> io::Result<()> {
        match self.server.take() {
            Some(server) => server.stop().await,
            None => Ok(()),
        }
    }

    /// Files and connections it has open, beyond those it had when it had just started.
    ///
    /// # Errors
    /// When it does not run.
    pub fn files_gained(&self) -> io::Result<usize> {
        let files = open_files(self.pid()?)?;
        Ok(files.saturating_sub(self.files_at_rest))
    }

    /// Memory it holds, in megabytes.
    ///
    /// # Errors
    /// When it does not run.
    pub fn resident_mb(&self) -> io::Result<f64> {
        resident_mb(self.pid()?)
    }

    /// Lines of its log that tell of a panic.
    ///
    /// # Errors
    /// When there is no log.
    pub fn panics(&self) -> io::Result<Vec<String>> {
        let log = fs::read_to_string(&self.log)?;
        let panics = log.lines().filter(|line| line.contains("panicked"));
        Ok(panics.map(ToOwned::to_owned).collect())
    }

    fn pid(&self) -> io::Result<u32> {
        let server = self.server.as_ref();
        let ended = || io::Error::other(format!("{} does not run", self.name));
        server.map(Server::pid).ok_or_else(ended)
    }
}
