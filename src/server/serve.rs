//! Starting a server and stopping it: the one place where the parts are put together.

use super::{
    assistants::Assistants,
    auth::{Accounts, tokens::Tokens},
    catalog::{Catalog, SeedError},
    chat::{Chat, engine::Engine},
    cluster::Cluster,
    config::Config,
    db::{Db, DbError},
    files::Files,
    http::router::router,
    import::Import,
    metrics,
    presets::Presets,
    providers::Providers,
    redis::Redis,
    runlog::RunLog,
    schemas::Schemas,
    site::Site,
    speech::Speech,
    state::AppState,
    storage::{Storage, StorageError},
};
use crate::model::markdown;
use axum::serve::ListenerExt;
use leptos::config::errors::LeptosConfigError;
use std::{io, net::SocketAddr, path::PathBuf, sync::Arc};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// A server that takes requests.
pub struct Server {
    address: SocketAddr,
    state: AppState,
    serving: JoinHandle<io::Result<()>>,
    closing: CancellationToken,
}

/// Why a server did not start, in words for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data directory cannot be used.
    #[error(
        "The data directory {path} cannot be created or written ({source}). Set INSPIREAI_DATA_DIR to one that can."
    )]
    DataDir {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The address is taken or not ours.
    #[error(
        "Cannot listen on {address} ({source}). Stop what listens there, or set LEPTOS_SITE_ADDR to another address."
    )]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The database.
    #[error("The database cannot be used: {0}. Check DATABASE_URL.")]
    Database(#[from] DbError),
    /// The storage of files.
    #[error("The storage of files cannot be used: {0}.")]
    Storage(#[from] StorageError),
    /// The catalogue's data.
    #[error("The catalogue cannot be filled: {0}.")]
    Seed(#[from] SeedError),
    /// The Redis address.
    #[error("REDIS_URL cannot be used: {0}.")]
    Redis(#[from] ::redis::RedisError),
    /// The HTTP client.
    #[error("The HTTP client cannot be set up: {0}.")]
    Client(#[from] reqwest::Error),
    /// Leptos' own settings.
    #[error("Leptos.toml cannot be read: {0}.")]
    Leptos(#[from] LeptosConfigError),
}

/// Makes the cryptography provider known that every TLS connection uses. Again is fine.
pub(super) fn install_tls() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Opens the database that is configured, with its directory.
pub(super) async fn open_database(config: &Config) -> Result<Db, StartError> {
    std::fs::create_dir_all(&config.data_dir).map_err(|source| StartError::DataDir {
        path: config.data_dir.clone(),
        source,
    })?;
    Ok(Db::open(&config.database).await?)
}

impl Server {
    /// Opens the database, brings it up to date, fills the catalogue and begins to take requests.
    ///
    /// # Errors
    /// A sentence for whoever starts it.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        install_tls();
        metrics::install();
        markdown::install_math(markdown::math::to_mathml);
        let config = Arc::new(config);
        // First of all: whoever starts a second server by mistake must not end what the first one writes.
        let address = config.server.address;
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| StartError::Listen { address, source })?;
        let address = listener
            .local_addr()
            .map_err(|source| StartError::Listen { address, source })?;
        let parts = open_parts(config, address).await?;
        begin_background_work(&parts.state, &parts.providers, parts.cluster);
        let state = parts.state;
        let closing = CancellationToken::new();
        let service = router(state.clone()).into_make_service_with_connect_info::<SocketAddr>();
        // A delta must not wait until the reader has acknowledged the one before it.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps Nagle's delay");
            }
        });
        let serving = axum::serve(listener, service)
            .with_graceful_shutdown(closing.clone().cancelled_owned());
        Ok(Self {
            address,
            state,
            serving: tokio::spawn(serving.into_future()),
            closing,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its services.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Stops: nothing new is taken, open answers may end for a while, what is left is kept as interrupted.
    pub async fn stop(self) {
        let limit = self.state.config.server.drain;
        self.state.chat.drain(limit).await;
        self.state.shutdown.cancel();
        self.closing.cancel();
        // Connections that do not end by themselves are dropped with the process.
        let _ = tokio::time::timeout(limit, self.serving).await;
        self.state.db.close().await;
    }
}

/// What is put together before requests are taken.
struct Parts {
    state: AppState,
    providers: Providers,
    cluster: Cluster,
}

/// Opens the database, brings it up to date and puts the services on top of it.
async fn open_parts(config: Arc<Config>, address: SocketAddr) -> Result<Parts, StartError> {
    let db = open_database(&config).await?;
    db.migrate().await?;
    let storage = Storage::open(&config.storage)?;
    let providers = Providers::new(&config)?;
    let catalog = Catalog::new(db.clone(), providers.clone());
    catalog.seed().await?;
    let instance = format!("{}/{}", config.cluster.node, Uuid::new_v4());
    let redis = config.cluster.redis.as_ref().map(Redis::new).transpose()?;
    let log = match &redis {
        Some(redis) => RunLog::shared(redis.clone(), &instance),
        None => RunLog::in_memory(),
    };
    let files = Files::new(db.clone(), storage.clone(), providers.clone(), config.files);
    let presets = Presets::new(db.clone());
    let engine = Engine::new(
        providers.clone(),
        catalog.clone(),
        files.clone(),
        config.breaker,
    );
    let assistants = Assistants::new(db.clone(), catalog.clone(), presets.clone(), files.clone());
    let chat = Chat::new(
        db.clone(),
        catalog.clone(),
        assistants.clone(),
        engine.clone(),
        log.clone(),
        &instance,
        config.cluster.lease,
    );
    chat.recover().await?;
    let speech = Speech::new(
        db.clone(),
        catalog.clone(),
        assistants.clone(),
        &engine,
        &storage,
        config.speech,
    );
    let cluster = Cluster::new(db.clone(), &config, &instance);
    let site = open_site(&config);
    let mut leptos = site.leptos_options()?;
    leptos.site_addr = address;
    let state = AppState {
        assistants,
        import: Import::new(db.clone(), catalog.clone()),
        presets,
        leptos,
        site,
        accounts: Accounts::new(db.clone(), redis.clone(), &config.auth),
        tokens: Tokens::new(db.clone(), redis, &config.auth),
        shutdown: CancellationToken::new(),
        schemas: Schemas::new(db.clone()),
        speech,
        config,
        db,
        storage,
        files,
        catalog,
        engine,
        chat,
        log,
    };
    Ok(Parts {
        state,
        providers,
        cluster,
    })
}

/// What goes on beside requests: loading the local model, asking a server for its models, minding the leases of runs and
/// the other servers, keeping the store of files tidy, sorting numbers into their buckets.
fn begin_background_work(state: &AppState, providers: &Providers, cluster: Cluster) {
    providers.warm_up();
    let storage = state.storage.clone();
    tokio::spawn(async move {
        if let Err(error) = storage.check().await {
            tracing::warn!(%error, "files cannot be stored for now; everything else works");
        }
    });
    let (catalog, shutdown) = (state.catalog.clone(), state.shutdown.clone());
    tokio::spawn(async move {
        let discovered = shutdown.run_until_cancelled(catalog.discover()).await;
        if let Some(Err(error)) = discovered {
            tracing::warn!(%error, "the models of the configured server could not be stored");
        }
    });
    let shutdown = state.shutdown.clone();
    tokio::spawn(async move { cluster.announce(shutdown).await });
    let (chat, shutdown) = (state.chat.clone(), state.shutdown.clone());
    tokio::spawn(async move {
        tokio::join!(
            chat.keep_leases(shutdown.clone()),
            chat.end_orphans(shutdown.clone()),
            chat.hear_stops(shutdown)
        )
    });
    let (files, shutdown) = (state.files.clone(), state.shutdown.clone());
    tokio::spawn(async move { files.keep_tidy(shutdown).await });
    let (speech, shutdown) = (state.speech.clone(), state.shutdown.clone());
    tokio::spawn(async move { speech.keep_tidy(shutdown).await });
    tokio::spawn(metrics::keep_up(state.shutdown.clone()));
}

fn open_site(config: &Config) -> Site {
    let site = Site::new(&config.server.site_root);
    if site.hashes().is_empty() {
        tracing::warn!(
            directory = %config.server.site_root.display(),
            "the client's files are missing, so pages come without style and script; run `make build`, or name their directory with LEPTOS_SITE_ROOT"
        );
    }
    site
}
