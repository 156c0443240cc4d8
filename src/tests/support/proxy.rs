//! Real proxies in front of servers, configured by the samples in `.deploy`: only addresses and certificates are exchanged
//! for what a test has.

use super::{
    client::{Client, http_client},
    within,
};
use std::{
    fmt::Write,
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStderr, Command},
};

/// A port that was free a moment ago may be taken the next; nobody is that unlucky this often.
const TRIES: usize = 5;

/// A running proxy; it is killed when this is dropped.
pub struct Proxy {
    _child: Child,
    address: SocketAddr,
    _directory: TempDir,
}

impl Proxy {
    /// nginx in front of these servers, with `.deploy/nginx.conf`; without TLS, for which a test has no certificate.
    pub async fn nginx(nodes: &[SocketAddr]) -> Self {
        Self::start("using the", |directory, address| {
            let write = |name: &str, text: String| {
                let path = directory.join(name);
                fs::write(&path, text).expect("a configuration");
                path
            };
            let site = write("site.conf", nginx_site(nodes, address));
            let main = write("nginx.conf", nginx_main(directory, &site));
            let mut command = program("nginx");
            command.args(["-e", "stderr", "-p"]).arg(directory);
            command.arg("-c").arg(main);
            command
        })
        .await
    }

    /// Caddy in front of these servers, with `.deploy/Caddyfile`.
    pub async fn caddy(nodes: &[SocketAddr]) -> Self {
        Self::start("serving initial configuration", |directory, address| {
            let path = directory.join("Caddyfile");
            // Caddy's own door is one for the whole machine; tests run side by side.
            let text = format!("{{\n\tadmin off\n}}\n{}", sample("Caddyfile"));
            fs::write(&path, text).expect("a configuration");
            let nodes: Vec<_> = nodes.iter().map(SocketAddr::to_string).collect();
            let mut command = program("caddy");
            command
                .args(["run", "--adapter", "caddyfile", "--config"])
                .arg(path)
                .env("HOME", directory)
                .env("INSPIREAI_SITE", format!("http://{address}"))
                .env("INSPIREAI_NODES", nodes.join(" "));
            command
        })
        .await
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Somebody who comes through it.
    pub fn visitor(&self) -> Client {
        Client::new(http_client(), self.address)
    }

    /// Runs what `command` makes of a directory and an address, until it says on standard error that it is ready.
    async fn start(ready: &str, command: impl Fn(&Path, SocketAddr) -> Command) -> Self {
        let mut told = String::new();
        for _ in 0..TRIES {
            let directory = TempDir::new().expect("a temporary directory");
            let address = free_address();
            let mut child = command(directory.path(), address)
                .stderr(Stdio::piped())
                .kill_on_drop(true)
                .spawn()
                .expect("the proxy is installed: run `.ci/setup-system test`");
            let log = child.stderr.take().expect("its log");
            let is_ready = read_until(log, ready, &mut told);
            if within("the proxy to be ready", is_ready).await {
                return Self {
                    _child: child,
                    address,
                    _directory: directory,
                };
            }
        }
        panic!("the proxy does not start:\n{told}");
    }
}

/// Reads a log up to a line, and to its end in the background: a full pipe would stop its writer.
async fn read_until(log: ChildStderr, wanted: &str, told: &mut String) -> bool {
    let mut lines = BufReader::new(log).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if line.contains(wanted) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return true;
        }
        let _ = writeln!(told, "{line}");
    }
    false
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
}

/// A program by its name. Debian keeps those of the system's services off the path.
fn program(name: &str) -> Command {
    let beside = Path::new("/usr/sbin").join(name);
    if beside.exists() {
        Command::new(beside)
    } else {
        Command::new(name)
    }
}

/// The text of a file in `.deploy`.
pub fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(".deploy")
        .join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The sample's site, at an address of the test's and in front of its servers.
fn nginx_site(nodes: &[SocketAddr], address: SocketAddr) -> String {
    let spare = free_address();
    let mut nodes = nodes;
    let mut site = String::new();
    for line in sample("nginx.conf").lines() {
        let kept = match line.trim() {
            "listen 443 ssl http2;" => format!("listen {address};"),
            "listen 80;" => format!("listen {spare};"),
            other if other.starts_with("listen [::]:") || other.starts_with("ssl_") => continue,
            // All of them in place of the first, none in place of the others.
            other if other.starts_with("server 127.0.0.1:") => std::mem::take(&mut nodes)
                .iter()
                .map(|node| with_address(other, *node))
                .collect(),
            _ => line.to_owned(),
        };
        let _ = writeln!(site, "{kept}");
    }
    site
}

/// A line `server ADDRESS OPTIONS;` of another address.
fn with_address(line: &str, address: SocketAddr) -> String {
    let options = line.splitn(3, ' ').nth(2).unwrap_or(";");
    format!("server {address} {options}\n")
}

/// What is around a site: the part of nginx's configuration that a distribution brings. One process does all the work, so
/// that nothing is left when it is killed.
fn nginx_main(directory: &Path, site: &Path) -> String {
    let directory_of = |kind: &str| directory.join(kind).display().to_string();
    let mut scratch = String::new();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        let _ = writeln!(scratch, "{kind}_temp_path {};", directory_of(kind));
    }
    format!(
        "daemon off;\nmaster_process off;\npid {};\nerror_log stderr notice;\n\
         events {{ worker_connections 4096; }}\n\
         http {{\naccess_log off;\n{scratch}include {};\n}}\n",
        directory_of("nginx.pid"),
        site.display(),
    )
}
