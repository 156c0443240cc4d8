//! The two programs that are measured against each other, and what the system knows of them. Linux only: the numbers come
//! from `/proc`.

use super::wire;
use clap::Args;
use std::{
    fs, io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

/// Longest time that a program may take to start, to learn its tools, or to stop.
const PATIENCE: Duration = Duration::from_secs(30);

/// Linux counts processor time in hundredths of a second.
const TICKS_PER_SECOND: f64 = 100.0;

/// Where the programs are.
#[derive(Args)]
pub struct Programs {
    /// The server program.
    #[arg(long, global = true, default_value = "target/release/inspireai")]
    server: PathBuf,
    /// The scripted upstream (`cargo build --release --example upstream`).
    #[arg(
        long,
        global = true,
        default_value = "target/release/examples/upstream"
    )]
    upstream: PathBuf,
    /// The site that the server serves.
    #[arg(long, global = true, default_value = "target/site")]
    site: PathBuf,
}

/// A running upstream; it is killed when this is dropped.
pub struct Upstream {
    _child: Child,
    base_url: String,
}

impl Upstream {
    /// Starts one on a free port.
    pub async fn start(programs: &Programs) -> io::Result<Self> {
        let mut child = Command::new(absolute(&programs.upstream)?)
            .args(["--addr", "127.0.0.1:0"])
            .env_clear()
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().expect("it is piped");
        let mut lines = BufReader::new(stdout).lines();
        let line = timeout(PATIENCE, lines.next_line()).await??;
        let base_url = line.ok_or_else(|| io::Error::other("the upstream says no address"))?;
        Ok(Self {
            _child: child,
            base_url,
        })
    }

    /// What `OPENAI_BASE_URL` is set to.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        let authority = self.base_url.trim_start_matches("http://");
        let authority = authority.split('/').next().unwrap_or_default();
        authority.parse().expect("the upstream's address")
    }
}

/// What a server keeps on disk: fresh for each, gone with this.
pub struct Home(TempDir);

impl Home {
    /// An empty one. The server runs in it, out of reach of a developer's `.env`.
    pub fn new() -> io::Result<Self> {
        let directory = TempDir::new()?;
        fs::copy("Leptos.toml", directory.path().join("Leptos.toml"))?;
        Ok(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

/// A running server; it is killed when this is dropped.
pub struct Server {
    child: Child,
    pid: u32,
    address: SocketAddr,
    started_in: Duration,
}

impl Server {
    /// Starts one and waits until it says that it is alive.
    pub async fn start(programs: &Programs, home: &Home, upstream: &Upstream) -> io::Result<Self> {
        let address = free_address()?;
        let site = absolute(&programs.site)?;
        let mut command = Command::new(absolute(&programs.server)?);
        command
            .arg("serve")
            .current_dir(home.path())
            .env_clear()
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env("LEPTOS_SITE_ROOT", site)
            .env("INSPIREAI_DATA_DIR", home.path().join("data"))
            .env("INSPIREAI_LOCAL_MODEL", "off")
            .env("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "100000")
            .env("INSPIREAI_DRAIN_SECONDS", "1")
            .env("OPENAI_BASE_URL", upstream.base_url())
            .env("OPENAI_API_KEY", "sk-secret")
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let began = Instant::now();
        let mut child = command.spawn()?;
        while !wire::answers(address, "/healthz").await {
            if let Some(status) = child.try_wait()? {
                return Err(io::Error::other(format!("the server ended: {status}")));
            }
            if began.elapsed() > PATIENCE {
                return Err(io::Error::other("the server does not come up"));
            }
            sleep(Duration::from_millis(1)).await;
        }
        let started_in = began.elapsed();
        let pid = child.id().ok_or_else(|| io::Error::other("it ended"))?;
        Ok(Self {
            child,
            pid,
            address,
            started_in,
        })
    }

    /// Starts one and waits until its catalogue holds the upstream's models as well.
    pub async fn start_with_tools(
        programs: &Programs,
        home: &Home,
        upstream: &Upstream,
    ) -> io::Result<Self> {
        let server = Self::start(programs, home, upstream).await?;
        let began = Instant::now();
        while !wire::answers(server.address, "/tools/count").await {
            if began.elapsed() > PATIENCE {
                let message = "the catalogue lacks the upstream's models";
                return Err(io::Error::other(message));
            }
            sleep(Duration::from_millis(50)).await;
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// From the start of its process to its first answer.
    pub fn started_in(&self) -> Duration {
        self.started_in
    }

    /// Processor time it has taken so far, in seconds.
    pub fn cpu_seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid))?;
        // The program's name may hold anything; what follows it are numbers, user and system time the 12th and 13th.
        let numbers = stat.rsplit(')').next().unwrap_or_default();
        let ticks = numbers.split_whitespace().skip(11).take(2);
        let ticks: f64 = ticks.filter_map(|ticks| ticks.parse::<f64>().ok()).sum();
        Ok(ticks / TICKS_PER_SECOND)
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> io::Result<()> {
        let kill = format!("kill -TERM {}", self.pid);
        Command::new("sh").arg("-c").arg(kill).status().await?;
        match timeout(PATIENCE, self.child.wait()).await {
            Ok(status) => status.map(drop),
            Err(_) => Err(io::Error::other("the server does not stop")),
        }
    }
}

/// Memory that a process holds, in megabytes.
pub fn resident_mb(pid: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.split_whitespace().next()?.parse::<f64>().ok())
        .ok_or_else(|| io::Error::other("no VmRSS"))?;
    Ok(kilobytes / 1024.0)
}

/// A port that was free a moment ago.
fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

fn absolute(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
