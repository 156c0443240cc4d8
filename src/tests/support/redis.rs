//! A Redis of a test's own, which can die and come back with nothing.

use super::within;
use std::{
    net::{Ipv4Addr, TcpListener},
    process::Stdio,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A server on a port that stays the same; it is killed when this is dropped.
pub struct RedisServer {
    port: u16,
    keeps_data: bool,
    directory: TempDir,
    child: Option<Child>,
}

impl RedisServer {
    /// A server that is ready.
    pub async fn start() -> Self {
        let mut server = Self::planned();
        server.start_again().await;
        server
    }

    /// A server that is ready, and has what it was told when it comes back from the dead.
    pub async fn start_keeping() -> Self {
        let mut server = Self::planned();
        server.keeps_data = true;
        server.start_again().await;
        server
    }

    /// A server that is not there yet.
    pub fn planned() -> Self {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .expect("a free port")
            .port();
        Self {
            port,
            keeps_data: false,
            directory: TempDir::new().expect("a directory"),
            child: None,
        }
    }

    /// The value of `REDIS_URL`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Starts it, with nothing in it unless it keeps its data.
    pub async fn start_again(&mut self) {
        let mut child = Command::new("redis-server")
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendfsync", "always", "--appendonly"])
            .args([if self.keeps_data { "yes" } else { "no" }, "--dir"])
            .arg(self.directory.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server, which `make test` installs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await.expect("its output") {
                if line.contains("eady to accept connections") {
                    return;
                }
            }
            panic!("redis-server ended before it was ready");
        };
        within("Redis to be ready", ready).await;
        // What it says later is read, so that it never waits for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        self.child = Some(child);
    }

    /// Kills it at once.
    pub async fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().await.expect("it can be killed");
        }
    }

    /// Runs a command in it, for what no node shows.
    pub async fn command(&self, words: &[&str]) -> String {
        let output = Command::new("redis-cli")
            .args(["-p", &self.port.to_string()])
            .args(words)
            .output();
        let output = within("redis-cli", output).await.expect("redis-cli");
        String::from_utf8(output.stdout).expect("text")
    }
}
