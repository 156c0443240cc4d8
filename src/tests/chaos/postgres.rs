//! A PostgreSQL of the test's own, which can be stopped in the middle of its work.

use crate::programs::address::free_address;
use std::{
    fs, io,
    net::SocketAddr,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// It breaks off what is done and shuts down in order.
    Fast,
    /// It drops everything, as in a crash: at its next start it recovers from its log.
    Immediate,
}

/// A running PostgreSQL. Dropped, it stops.
pub struct Postgres {
    programs: PathBuf,
    directory: PathBuf,
    address: SocketAddr,
    /// Whom it runs as: root, which it refuses, hands it to somebody else.
    user: Option<&'static str>,
    is_running: bool,
}

impl Postgres {
    /// Makes a database in `scratch` and starts it on a free port.
    ///
    /// # Errors
    /// When PostgreSQL is missing or does not start; its own words stand in the error.
    pub async fn start(scratch: &Path) -> io::Result<Self> {
        let is_root = fs::metadata("/proc/self")?.uid() == 0;
        let mut postgres = Self {
            programs: find_programs()?,
            directory: scratch.join("postgres"),
            address: free_address()?,
            user: is_root.then_some(if has_account("postgres")? {
                "postgres"
            } else {
                "nobody"
            }),
            is_running: false,
        };
        fs::create_dir(&postgres.directory)?;
        if let Some(user) = postgres.user {
            let mut chown = Command::new("chown");
            run(chown.arg(user).arg(&postgres.directory)).await?;
        }
        let mut initdb = postgres.command("initdb");
        initdb
            .arg("-D")
            .arg(&postgres.directory)
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8"])
            .args(["--no-locale", "--no-sync"]);
        run(&mut initdb).await?;
        postgres.start_again().await?;
        Ok(postgres)
    }

    /// What `DATABASE_URL` is set to.
    pub fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.address)
    }

    /// Stops it.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(&mut self, how: Stop) -> io::Result<()> {
        let mut stop = self.stopping(how);
        run(&mut stop).await?;
        self.is_running = false;
        Ok(())
    }

    /// Starts it and waits until it takes connections. What was committed must outlive a crash of the program, so commits
    /// wait for its log; they need not wait for the disk, which does not crash here.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_again(&mut self) -> io::Result<()> {
        let port = self.address.port();
        let options = format!(
            "-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off \
             -c synchronous_commit=on -c max_connections=100"
        );
        let mut start = self.command("pg_ctl");
        start
            .arg("-D")
            .arg(&self.directory)
            .arg("-l")
            .arg(self.directory.join("server.log"))
            .args(["-w", "-t", "60", "start", "-o", &options]);
        run(&mut start).await?;
        self.is_running = true;
        Ok(())
    }

    fn stopping(&self, how: Stop) -> Command {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        let mut stop = self.command("pg_ctl");
        stop.arg("-D")
            .arg(&self.directory)
            .args(["-m", mode, "-w", "-t", "60", "stop"]);
        stop
    }

    /// One of its programs, as somebody whom it accepts, with nowhere to write but its own log.
    fn command(&self, program: &str) -> Command {
        let program = self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.is_running {
            let _ = self.stopping(Stop::Immediate).status();
        }
    }
}

/// Runs a command to its end. Not waited for by pipes: the server that `pg_ctl` leaves behind would keep them open.
async fn run(command: &mut Command) -> io::Result<()> {
    let mut running = tokio::process::Command::from(std::mem::replace(command, Command::new("")));
    let status = running.status().await?;
    if status.success() {
        Ok(())
    } else {
        let program = format!("{:?}", running.as_std());
        Err(io::Error::other(format!("{program} ended with {status}")))
    }
}

fn has_account(name: &str) -> io::Result<bool> {
    let accounts = fs::read_to_string("/etc/passwd")?;
    let mut names = accounts.lines().filter_map(|line| line.split(':').next());
    Ok(names.any(|known| known == name))
}

/// The directory of PostgreSQL's server programs; Debian keeps them off the path.
fn find_programs() -> io::Result<PathBuf> {
    let missing = || io::Error::other("PostgreSQL's initdb is missing: run .ci/setup-system test");
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|versions| {
            let paths = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
            paths.filter(|path| path.join("initdb").exists()).collect()
        })
        .unwrap_or_default();
    for directory in ["/usr/local/bin", "/usr/bin"].map(PathBuf::from) {
        if directory.join("initdb").exists() {
            found.push(directory);
        }
    }
    found.into_iter().max().ok_or_else(missing)
}
