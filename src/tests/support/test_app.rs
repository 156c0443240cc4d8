//! A whole server in this process, on a free port, with its own database and its own upstream.

use super::{
    client::{Client, Reply, http_client},
    database::{self, Database},
    person::Person,
    process::{self, Variables},
    upstream::Upstream,
};
use inspireai::server::{
    Server,
    config::{Config, Environment},
};
use std::{net::SocketAddr, path::Path};
use tempfile::TempDir;

/// The password of everybody in tests.
pub const PASSWORD: &str = "correct horse battery";

/// A server and what belongs to it.
pub struct TestApp {
    /// Whom its tools ask.
    pub upstream: Upstream,
    server: Option<Server>,
    environment: Environment,
    http: reqwest::Client,
    _database: Database,
    data_dir: TempDir,
}

/// A server in the making.
pub struct Builder {
    variables: Vec<(String, String)>,
    offered: Vec<String>,
    database: Database,
}

impl Builder {
    /// Sets a variable of its environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets its upstream offer a model besides the scripted ones: a tool of the catalogue answers then.
    pub fn offering(mut self, model: &str) -> Self {
        self.offered.push(model.to_owned());
        self
    }

    /// Uses another database than a SQLite file.
    pub fn database(mut self, database: Database) -> Self {
        self.database = database;
        self
    }

    /// Starts it; its catalogue holds the upstream's models.
    pub async fn start(self) -> TestApp {
        let upstream = Upstream::start().await;
        for model in &self.offered {
            upstream.offer(model);
        }
        let data_dir = TempDir::new().expect("a temporary directory");
        let defaults = environment(data_dir.path(), &self.database, &upstream);
        let environment = self
            .variables
            .into_iter()
            .fold(defaults, |environment, (name, value)| {
                environment.with(&name, value)
            });
        TestApp {
            server: Some(start(&environment).await),
            upstream,
            environment,
            http: http_client(),
            _database: self.database,
            data_dir,
        }
    }
}

/// What a server in tests is configured with.
pub fn environment(data_dir: &Path, database: &Database, upstream: &Upstream) -> Environment {
    let (directory, url) = (data_dir.to_string_lossy(), database.url(data_dir));
    Environment::from_pairs([
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ("INSPIREAI_DATA_DIR", directory.as_ref()),
        ("DATABASE_URL", url.as_str()),
        ("INSPIREAI_DATABASE_CONNECTIONS", "4"),
        ("INSPIREAI_LOCAL_MODEL", "off"),
        ("INSPIREAI_LOCAL_SPEECH", "off"),
        ("OPENAI_BASE_URL", upstream.base_url().as_str()),
        ("OPENAI_API_KEY", "sk-secret"),
        ("INSPIREAI_LOGIN_ATTEMPTS_PER_MINUTE", "1000"),
        ("INSPIREAI_DRAIN_SECONDS", "1"),
        ("INSPIREAI_LEASE_SECONDS", "1"),
        // One test's failures are no reason to leave the upstream alone in the middle of it.
        ("INSPIREAI_BREAKER_FAILURES", "0"),
    ])
}

async fn start(environment: &Environment) -> Server {
    let config = Config::from_env(environment).expect("a valid configuration");
    let server = Server::start(config).await.expect("the server starts");
    // It also does so by itself, at some time after its start.
    let catalog = &server.state().catalog;
    catalog.discover().await.expect("the models are stored");
    server
}

impl TestApp {
    /// A server as most tests want it.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A server to be set up.
    pub fn builder() -> Builder {
        Builder {
            variables: Vec::new(),
            offered: Vec::new(),
            database: Database::Sqlite,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server().address()
    }

    /// The server itself.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("a running server")
    }

    /// Somebody who has just come.
    pub fn visitor(&self) -> Client {
        Client::new(self.http.clone(), self.address())
    }

    /// Somebody new with an account.
    pub async fn sign_up(&self, name: &str) -> Person {
        let visitor = self.visitor();
        let reply = sign_up(&visitor, name).await;
        assert_eq!(reply.status, 200, "{}", reply.body);
        Person::new(visitor)
    }

    /// The value of a variable that it was configured with.
    pub fn variable(&self, name: &str) -> &str {
        self.environment.get(name).expect("set for every test")
    }

    /// Where it keeps its data.
    pub fn data_dir(&self) -> &Path {
        self.data_dir.path()
    }

    /// Runs a statement on its database behind its back.
    pub async fn execute(&self, statement: &str) {
        database::execute(self.variable("DATABASE_URL"), statement.to_owned()).await;
    }

    /// Has a tool's model take what `features` says, also after the next look at the upstream.
    pub async fn change_features(&self, tool: &str, features: &serde_json::Value) {
        let statement = format!(
            "update tool set features = '{features}', source = 'manual' where slug = '{tool}'"
        );
        self.execute(&statement).await;
    }

    /// Another node on the same data.
    pub async fn join(&self) -> Server {
        start(&self.environment).await
    }

    /// What the server is configured with, for another as a process of its own.
    pub fn variables(&self) -> Variables {
        let names = [
            "INSPIREAI_DATA_DIR",
            "DATABASE_URL",
            "REDIS_URL",
            "OPENAI_BASE_URL",
            "OPENAI_API_KEY",
        ];
        let mut variables = process::variables(self.data_dir.path(), &self.upstream);
        variables.extend(
            names.iter().filter_map(|name| {
                Some(((*name).to_owned(), self.environment.get(name)?.to_owned()))
            }),
        );
        variables
    }

    /// Stops the server as a signal would.
    pub async fn stop(&mut self) {
        let server = self.server.take().expect("a running server");
        server.stop().await;
    }

    /// Stops the server and starts it again on the same data; it listens on another port.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.server = Some(start(&self.environment).await);
    }
}

/// Makes an account with everybody's password.
pub async fn sign_up(visitor: &Client, name: &str) -> Reply {
    visitor
        .call("sign_up", &[("name", name), ("password", PASSWORD)])
        .await
}

/// Logs in with a password.
pub async fn log_in(visitor: &Client, name: &str, password: &str) -> Reply {
    visitor
        .call("log_in", &[("name", name), ("password", password)])
        .await
}
