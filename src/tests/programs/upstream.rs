//! The scripted upstream as a process.

use super::{PATIENCE, Programs, absolute, process::Process};
use std::{io, net::SocketAddr, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
    time::timeout,
};

/// A running upstream; it is killed when this is dropped.
pub struct Upstream {
    process: Process,
    base_url: String,
    address: SocketAddr,
}

impl Upstream {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start(programs: &Programs) -> io::Result<Self> {
        let mut command = Command::new(absolute(&programs.upstream)?);
        command
            .args(["--addr", "127.0.0.1:0"])
            .env_clear()
            .stdout(Stdio::piped());
        let mut process = Process::start(&mut command)?;
        let silent = || io::Error::other("the upstream says no address");
        let stdout = process.take_stdout().ok_or_else(silent)?;
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(PATIENCE, lines.next_line()).await??;
        let base_url = line.ok_or_else(silent)?;
        let authority = base_url.trim_start_matches("http://").split('/').next();
        let address = authority.and_then(|authority| authority.parse().ok());
        Ok(Self {
            process,
            address: address.ok_or_else(silent)?,
            base_url,
        })
    }

    /// What `OPENAI_BASE_URL` is set to.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// What it was asked so far, and what became of it: a list of the upstream's exchanges.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn exchanges(&self, http: &reqwest::Client) -> io::Result<Vec<serde_json::Value>> {
        let response = http.get(self.ledger()).send().await;
        let text = response.map_err(io::Error::other)?.text().await;
        Ok(serde_json::from_str(&text.map_err(io::Error::other)?)?)
    }

    /// Forgets what it was asked; nobody may be asking.
    ///
    /// # Errors
    /// When it does not answer.
    pub async fn forget(&self, http: &reqwest::Client) -> io::Result<()> {
        let forgotten = http.delete(self.ledger()).send().await;
        forgotten.map(drop).map_err(io::Error::other)
    }

    fn ledger(&self) -> String {
        format!("http://{}/_requests", self.address)
    }
}
