//! The server program, configured by nothing but what it is given here.

use super::{PATIENCE, Programs, absolute, address::free_address, process::Process, wire};
use std::{
    collections::BTreeMap,
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    process::Command,
    time::{Instant, sleep},
};

/// What a server keeps on disk: fresh for each, gone with this.
pub struct Home(TempDir);

impl Home {
    /// An empty one. The server runs in it, out of reach of a developer's `.env`.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn new() -> io::Result<Self> {
        let directory = TempDir::new()?;
        fs::copy("Leptos.toml", directory.path().join("Leptos.toml"))?;
        Ok(Self(directory))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

/// How a server is started, again and again the same.
#[derive(Clone)]
pub struct Setting {
    program: PathBuf,
    directory: PathBuf,
    address: SocketAddr,
    variables: BTreeMap<String, String>,
}

impl Setting {
    /// A server with a database of its own in `home`, on a free port, whose tools ask `upstream`.
    ///
    /// # Errors
    /// When there is no such program.
    pub fn new(programs: &Programs, home: &Home, upstream: &str) -> io::Result<Self> {
        let (address, data) = (free_address()?, home.path().join("data"));
        let setting = Self {
            program: absolute(&programs.server)?,
            directory: home.path().to_owned(),
            address,
            variables: BTreeMap::new(),
        };
        Ok([
            ("LEPTOS_SITE_ADDR", address.to_string().as_str()),
            ("INSPIREAI_DATA_DIR", &data.to_string_lossy()),
            ("INSPIREAI_LOCAL_MODEL", "off"),
            ("INSPIREAI_LOCAL_SPEECH", "off"),
            ("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "100000"),
            ("INSPIREAI_DRAIN_SECONDS", "1"),
            ("OPENAI_BASE_URL", upstream),
            ("OPENAI_API_KEY", "sk-secret"),
            ("RUST_LOG", "warn"),
        ]
        .into_iter()
        .fold(setting, |setting, (name, value)| setting.with(name, value)))
    }

    /// The same with another variable.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Where it will listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts it and waits until it says that it is alive. What it tells whoever runs it goes to `log`.
    ///
    /// # Errors
    /// When it ends at once or does not come up.
    pub async fn start(&self, log: Stdio) -> io::Result<Server> {
        let mut command = Command::new(&self.program);
        command
            .arg("serve")
            .current_dir(&self.directory)
            .env_clear()
            .envs(&self.variables)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let began = Instant::now();
        let mut process = Process::start(&mut command)?;
        while !wire::answers(self.address, "/healthz").await {
            if let Some(status) = process.status()? {
                return Err(io::Error::other(format!("the server ended: {status}")));
            }
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other("the server does not come up"));
            }
            sleep(Duration::from_millis(1)).await;
        }
        Ok(Server {
            process,
            address: self.address,
            started_in: began.elapsed(),
        })
    }
}

/// A running server; it is killed when this is dropped.
pub struct Server {
    process: Process,
    address: SocketAddr,
    started_in: Duration,
}

impl Server {
    /// Waits until its catalogue holds the upstream's models as well.
    ///
    /// # Errors
    /// When that takes too long.
    pub async fn learn_tools(&self) -> io::Result<()> {
        let began = Instant::now();
        while !wire::answers(self.address, "/tools/count").await {
            if began.elapsed() > PATIENCE {
                let message = "the catalogue lacks the upstream's models";
                return Err(io::Error::other(message));
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.process.pid()
    }

    /// From the start of its process to its first answer.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// Kills it at once, as `kill -9` does.
    ///
    /// # Errors
    /// When it cannot be killed.
    pub async fn kill(self) -> io::Result<()> {
        self.process.kill().await
    }

    /// Asks it to stop, and waits until it has.
    ///
    /// # Errors
    /// When it does not.
    pub async fn stop(self) -> io::Result<()> {
        self.process.terminate(PATIENCE).await.map(drop)
    }
}
