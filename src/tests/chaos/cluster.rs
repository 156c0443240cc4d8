//! Everything that is broken: two nodes with nginx before them, their database, their run log and their upstream.

use crate::{
    node::Node,
    postgres::Postgres,
    programs::{
        Programs,
        nginx::Nginx,
        server::{Home, Setting},
        upstream::Upstream,
    },
    redis_server::RedisServer,
    support::client::http_client,
};
use std::{fs, io, net::SocketAddr, os::unix::fs::PermissionsExt, path::PathBuf};
use tempfile::TempDir;

/// How long open answers may go on at a SIGTERM: some end by themselves, some are cut off.
const DRAIN_SECONDS: &str = "3";

/// Nodes tell what happens to runs; a library that prints whole answers is silent.
const LOGGED: &str = "info,async_openai=off";

/// Connections of each node to the database.
pub const DATABASE_CONNECTIONS: usize = 8;

/// All programs, each in a process of its own. Dropped, they stop.
pub struct Cluster {
    /// The servers.
    pub nodes: [Node; 2],
    /// Their database.
    pub postgres: Postgres,
    /// Their run log.
    pub redis: RedisServer,
    nginx: Option<Nginx>,
    upstream: Option<Upstream>,
    address: SocketAddr,
    scratch: TempDir,
    _homes: [Home; 2],
}

impl Cluster {
    /// Starts everything and waits until people can come.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub async fn start(programs: &Programs) -> io::Result<Self> {
        let scratch = TempDir::new()?;
        // PostgreSQL, started by root, runs as somebody else, who must get to its files.
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755))?;
        let postgres = Postgres::start(scratch.path()).await?;
        let redis = RedisServer::start(scratch.path().to_owned()).await?;
        let upstream = Upstream::start(programs).await?;
        let homes = [Home::new()?, Home::new()?];
        let node = |name: &'static str, home: &Home| -> io::Result<Node> {
            let setting = Setting::new(programs, home, upstream.base_url())?
                .with("INSPIREAI_NODE_ID", name)
                .with("DATABASE_URL", &postgres.url())
                .with(
                    "INSPIREAI_DATABASE_CONNECTIONS",
                    &DATABASE_CONNECTIONS.to_string(),
                )
                .with("REDIS_URL", &redis.url())
                .with("INSPIREAI_DRAIN_SECONDS", DRAIN_SECONDS)
                .with("INSPIREAI_TRUST_PROXY", "true")
                .with("LEPTOS_HASH_FILES", "false")
                .with("RUST_LOG", LOGGED);
            let log = scratch.path().join(format!("{name}.log"));
            Ok(Node::new(name, setting, log))
        };
        let mut nodes = [node("node-1", &homes[0])?, node("node-2", &homes[1])?];
        // Both at once, on an empty database: one of them migrates it, the other waits.
        let [first, second] = &mut nodes;
        tokio::try_join!(first.start(), second.start())?;
        for node in &nodes {
            node.learn_tools().await?;
        }
        let addresses = nodes.each_ref().map(Node::address);
        let nginx = Nginx::start(&addresses, "/healthz").await?;
        Ok(Self {
            nodes,
            postgres,
            redis,
            address: nginx.address(),
            nginx: Some(nginx),
            upstream: Some(upstream),
            scratch,
            _homes: homes,
        })
    }

    /// Where people come.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the upstream was asked so far.
    ///
    /// # Errors
    /// When it does not tell.
    pub async fn exchanges(&self) -> io::Result<Vec<serde_json::Value>> {
        match &self.upstream {
            Some(upstream) => upstream.exchanges(&http_client()).await,
            None => Ok(Vec::new()),
        }
    }

    /// Leaves the nodes alone with their databases: nobody comes any more, and there is nobody to ask.
    ///
    /// # Errors
    /// When nginx does not stop.
    pub async fn isolate_nodes(&mut self) -> io::Result<()> {
        self.upstream = None;
        match self.nginx.take() {
            Some(nginx) => nginx.stop().await,
            None => Ok(()),
        }
    }

    /// Keeps the logs beyond the end of this, for whoever wants to know what happened; gives their directory.
    pub fn keep_logs(&mut self) -> PathBuf {
        self.scratch.disable_cleanup(true);
        self.scratch.path().to_owned()
    }
}
