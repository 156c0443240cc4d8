//! A service that somebody else wrote: npm's `@copilotkit/aimock`, in a process of its own, with fixtures.

use super::within;
use serde_json::Value;
use std::process::Stdio;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A running aimock; it is killed when this is dropped.
pub struct Aimock {
    base_url: String,
    _fixtures: TempDir,
    _child: Child,
}

impl Aimock {
    /// Starts one that answers by these fixtures.
    pub async fn start(fixtures: &Value) -> Self {
        const CLI: &str = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/end2end/node_modules/@copilotkit/aimock/dist/cli.js"
        );
        let directory = TempDir::new().expect("a temporary directory");
        let path = directory.path().join("fixtures.json");
        std::fs::write(&path, fixtures.to_string()).expect("written");
        let mut child = Command::new("node")
            .args([CLI, "-p", "0", "-h", "127.0.0.1", "-f"])
            .arg(&path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("this test needs aimock: run `make test`, or .ci/setup-tools npm-packages");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let address = async {
            while let Some(line) = lines.next_line().await.expect("lines") {
                if let Some((_, address)) = line.split_once("http://") {
                    return address.trim().to_owned();
                }
            }
            panic!(
                "aimock ended before it listened: is it installed? .ci/setup-tools npm-packages does it"
            )
        };
        let address = within("aimock to listen", address).await;
        // It tells of every request, and would wait when nobody read that.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            base_url: format!("http://{address}/v1"),
            _fixtures: directory,
            _child: child,
        }
    }

    /// What `OPENAI_BASE_URL` is set to.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}
