//! The real program in a process of its own, for what can only happen to a process: signals, death, a full disk.

use super::{
    client::{Client, http_client},
    database::Database,
    person::Person,
    test_app::sign_up,
    upstream::Upstream,
    within,
};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    path::Path,
    process::{ExitStatus, Output, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::watch,
};

/// Variables for the program.
pub type Variables = BTreeMap<String, String>;

const PROGRAM: &str = env!("CARGO_BIN_EXE_inspireai");

/// A running server program; it is killed when this is dropped.
pub struct Process {
    child: Child,
    address: SocketAddr,
}

/// What the program is configured with.
pub fn variables(data_dir: &Path, upstream: &Upstream) -> Variables {
    let pairs = [
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0".to_owned()),
        (
            "INSPIREAI_DATA_DIR",
            data_dir.to_string_lossy().into_owned(),
        ),
        ("DATABASE_URL", Database::Sqlite.url(data_dir)),
        ("INSPIREAI_LOCAL_MODEL", "off".to_owned()),
        ("INSPIREAI_LOCAL_SPEECH", "off".to_owned()),
        ("OPENAI_BASE_URL", upstream.base_url()),
        ("OPENAI_API_KEY", "sk-secret".to_owned()),
        ("INSPIREAI_DRAIN_SECONDS", "1".to_owned()),
        ("RUST_LOG", "warn".to_owned()),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}

/// Runs a command of the program to its end.
pub async fn run(command: &str, variables: &Variables) -> Output {
    run_with(&[command], variables).await
}

/// Runs a command with its arguments to its end.
pub async fn run_with(arguments: &[&str], variables: &Variables) -> Output {
    let mut program = Command::new(PROGRAM);
    finish(program.args(arguments), variables).await
}

/// Runs a command with a file as its standard input.
pub async fn run_reading(arguments: &[&str], variables: &Variables, input: &Path) -> Output {
    let input = std::fs::File::open(input).expect("the input");
    let mut program = Command::new(PROGRAM);
    finish(program.args(arguments).stdin(input), variables).await
}

/// Runs a command whose files cannot grow beyond `kilobytes`, as [`Process::serve_with_file_limit`] does.
pub async fn run_with_file_limit(
    arguments: &[&str],
    variables: &Variables,
    kilobytes: u32,
) -> Output {
    let mut program = with_file_limit(kilobytes);
    finish(program.args(arguments), variables).await
}

/// What a command said, on either output.
pub fn told(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), output.stderr.as_slice()].concat())
        .into_owned()
}

async fn finish(program: &mut Command, variables: &Variables) -> Output {
    let output = program.env_clear().envs(variables).output();
    within("the program to end", output)
        .await
        .expect("the program runs")
}

/// What a server program has written to its log.
pub struct Log {
    lines: watch::Receiver<Vec<String>>,
}

impl Log {
    /// Every line so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.borrow().clone()
    }

    /// Waits for a line that is as wanted, and returns the first one.
    pub async fn until(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        let is_wanted = |line: &&String| wanted(line);
        let mut lines = self.lines.clone();
        let arrived = lines.wait_for(|lines| lines.iter().any(|line| is_wanted(&line)));
        let lines = within(what, arrived).await.expect("the program goes on");
        lines.iter().find(is_wanted).expect("it is there").clone()
    }
}

/// The shell ignores the signal that comes with the limit, and so does what it becomes.
fn with_file_limit(kilobytes: u32) -> Command {
    let mut command = Command::new("sh");
    let blocks = kilobytes * 2;
    command
        .arg("-c")
        .arg(format!(
            "trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\""
        ))
        .arg(PROGRAM);
    command
}

impl Process {
    /// Starts a server and keeps what it logs.
    pub async fn serve_logged(variables: &Variables) -> (Self, Log) {
        let mut command = Command::new(PROGRAM);
        command.stderr(Stdio::piped());
        let mut server = Self::spawn(command, variables).await;
        let mut written = BufReader::new(server.child.stderr.take().expect("its log")).lines();
        let (sender, lines) = watch::channel(Vec::new());
        tokio::spawn(async move {
            while let Ok(Some(line)) = written.next_line().await {
                sender.send_modify(|lines| lines.push(line));
            }
            // Whoever looks afterwards finds the lines all the same.
            sender.closed().await;
        });
        (server, Log { lines })
    }

    /// Starts a server and waits until it is ready.
    pub async fn serve(variables: &Variables) -> Self {
        Self::spawn(Command::new(PROGRAM), variables).await
    }

    /// Starts a server of another program, in a working directory of its own.
    pub async fn serve_program(program: &Path, directory: &Path, variables: &Variables) -> Self {
        let mut command = Command::new(program);
        command.current_dir(directory);
        Self::spawn(command, variables).await
    }

    /// Starts a server whose files cannot grow beyond `kilobytes`, which is how a full disk looks to whoever may not mount
    /// a small one.
    pub async fn serve_with_file_limit(variables: &Variables, kilobytes: u32) -> Self {
        Self::spawn(with_file_limit(kilobytes), variables).await
    }

    /// Starts a server that writes its log into a file.
    pub async fn serve_logging_to(variables: &Variables, log: &Path) -> Self {
        let mut command = Command::new(PROGRAM);
        command.stderr(std::fs::File::create(log).expect("a log file"));
        Self::spawn(command, variables).await
    }

    async fn spawn(mut command: Command, variables: &Variables) -> Self {
        let mut child = command
            .env_clear()
            .envs(variables)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the program starts");
        let stdout = child.stdout.take().expect("its output");
        let mut lines = BufReader::new(stdout).lines();
        let ready = within("the server to be ready", lines.next_line())
            .await
            .expect("readable output")
            .expect("it says where it listens");
        let address = ready
            .rsplit("http://")
            .next()
            .and_then(|text| text.parse().ok());
        Self {
            address: address.unwrap_or_else(|| panic!("no address in {ready:?}")),
            child,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A line of what the kernel says of its memory, in bytes: `VmRSS` for now, `VmHWM` for the most so far.
    pub fn memory(&self, name: &str) -> u64 {
        let pid = self.child.id().expect("a running program");
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("its status");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        kilobytes.expect("a number") * 1024
    }

    /// Waits until the models of the service behind it are in its catalogue, which is a moment after its start.
    pub async fn discovered(&self) {
        let visitor = Client::new(http_client(), self.address);
        within("the models of the service", async {
            while visitor.get("/tools/echo").await.status != 200 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
    }

    /// Somebody new with an account, when there is something to talk to.
    pub async fn sign_up(&self, name: &str) -> Person {
        let visitor = Client::new(http_client(), self.address);
        self.discovered().await;
        let reply = sign_up(&visitor, name).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        Person::new(visitor)
    }

    /// Lets its files grow again.
    pub async fn lift_file_limit(&self) {
        let pid = self.child.id().expect("it runs").to_string();
        let status = Command::new("prlimit")
            .args(["--pid", &pid, "--fsize=unlimited:"])
            .status()
            .await
            .expect("prlimit of util-linux");
        assert!(status.success());
    }

    /// Kills it at once, as `kill -9` does.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }

    /// Asks it to stop, as `kill` does.
    pub async fn terminate(&self) {
        let pid = self.child.id().expect("it runs");
        let status = Command::new("sh")
            .arg("-c")
            .arg(format!("kill -TERM {pid}"))
            .status()
            .await
            .expect("a shell");
        assert!(status.success());
    }

    /// Waits for its end.
    pub async fn ended(mut self) -> ExitStatus {
        within("the program to end", self.child.wait())
            .await
            .expect("its status")
    }
}
