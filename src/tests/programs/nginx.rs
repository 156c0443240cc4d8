//! nginx as a reverse proxy that streams: the baseline of measurements, and what stands before several servers.

use super::{
    PATIENCE,
    address::free_address,
    process::{self, Process},
    wire,
};
use std::{
    fmt::Write, fs, io, net::SocketAddr, os::unix::fs::PermissionsExt, path::Path, process::Stdio,
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    process::Command,
    time::{Instant, sleep},
};

/// Where Debian keeps it, off the path of most people.
const DEBIANS: &str = "/usr/sbin/nginx";

/// A running nginx with a directory of its own. Dropped, it stops with its workers.
pub struct Nginx {
    process: Option<Process>,
    pid: u32,
    address: SocketAddr,
    directory: TempDir,
}

impl Nginx {
    /// Starts one before `servers`, and waits until `path` is answered with 200 through it.
    ///
    /// # Errors
    /// When there is no nginx, or it does not come up; its own words stand in the error.
    pub async fn start(servers: &[SocketAddr], path: &str) -> io::Result<Self> {
        let (address, directory) = (free_address()?, TempDir::new()?);
        // Started by root, nginx works as somebody else, who must get to its files as well.
        fs::set_permissions(directory.path(), fs::Permissions::from_mode(0o755))?;
        let file = directory.path().join("nginx.conf");
        fs::write(&file, configuration(address, servers))?;
        let log = fs::File::create(directory.path().join("error.log"))?;
        let program = if Path::new(DEBIANS).exists() {
            DEBIANS
        } else {
            "nginx"
        };
        let mut command = Command::new(program);
        command
            .arg("-p")
            .arg(directory.path())
            .arg("-c")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log);
        let process = Process::start(&mut command)?;
        let mut nginx = Self {
            pid: process.pid(),
            process: Some(process),
            address,
            directory,
        };
        nginx.wait_for(path).await?;
        Ok(nginx)
    }

    async fn wait_for(&mut self, path: &str) -> io::Result<()> {
        let began = Instant::now();
        while !wire::answers(self.address, path).await {
            let has_ended = match &mut self.process {
                Some(process) => process.status()?.is_some(),
                None => true,
            };
            if has_ended || began.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.directory.path().join("error.log"))?;
                let message = format!("nginx does not come up: {}", log.trim());
                return Err(io::Error::other(message));
            }
            sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its processes: the one that was started, and its workers.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn pids(&self) -> io::Result<Vec<u32>> {
        process::family(self.pid)
    }

    /// Stops it; what is open is cut off.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(mut self) -> io::Result<()> {
        match self.process.take() {
            Some(process) => process.terminate(PATIENCE).await.map(drop),
            None => Ok(()),
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        // Its workers outlive a master that is killed; one that is asked to stop takes them along.
        let kill = format!("kill -TERM {}", self.pid);
        let _ = std::process::Command::new("sh")
            .args(["-c", &kill])
            .status();
        for _ in 0..100 {
            if !matches!(process.status(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A plain proxy as its manual teaches it: streams pass unbuffered, connections to the servers stay open, and a request that
/// a server did not take goes to the next, also one that changes something, because ours carry a key that makes them safe to
/// repeat. No server is taken for dead by hearsay (`max_fails=0`): each request finds out for itself, which costs nothing on
/// one machine. A worker for each core, as Debian ships it: the server under test also has a thread for each.
fn configuration(address: SocketAddr, servers: &[SocketAddr]) -> String {
    let mut listed = String::new();
    for server in servers {
        let _ = write!(listed, "    server {server} max_fails=0;\n    ");
    }
    // Where several could have answered, the answer tells who did: the address, behind those that were tried before.
    let told = match servers {
        [_] => "",
        _ => "add_header X-Served-By $upstream_addr always;",
    };
    format!(
        "daemon off;
worker_processes auto;
pid nginx.pid;
error_log stderr warn;
events {{
  worker_connections 4096;
}}
http {{
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  client_max_body_size 4m;
  upstream servers {{
{listed}
    keepalive 64;
  }}
  server {{
    listen {address} backlog=4096;
    location / {{
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Connection \"\";
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_buffering off;
      proxy_connect_timeout 2s;
      proxy_read_timeout 60s;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
      {told}
    }}
  }}
}}
"
    )
}
