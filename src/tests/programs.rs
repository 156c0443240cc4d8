//! Real programs in processes of their own on this machine's loopback, for measurements and the chaos test: how they are
//! started, looked at through `/proc` (so Linux only) and stopped by pid; what people do with them; and tables. What is
//! measured, broken or asserted lives elsewhere.

pub mod address;
pub mod nginx;
pub mod person;
pub mod process;
pub mod server;
pub mod table;
pub mod upstream;
pub mod wire;

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

/// Longest time that a program may take to start or to stop.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Where the programs of this project are.
#[derive(clap::Args)]
pub struct Programs {
    /// The server program.
    #[arg(long, global = true, default_value = "target/release/inspireai")]
    pub server: PathBuf,
    /// The scripted upstream (`cargo build --release --example upstream`).
    #[arg(
        long,
        global = true,
        default_value = "target/release/examples/upstream"
    )]
    pub upstream: PathBuf,
}

/// A path that means the same in whatever directory a program is started.
///
/// # Errors
/// When there is nothing.
pub fn absolute(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
