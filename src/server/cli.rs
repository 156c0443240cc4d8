//! The command line.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks to whoever typed it"
)]

mod backup;
mod healthy;
mod import_threads;
mod migrate_data;
mod token;

use super::{
    catalog::Catalog,
    cluster::Cluster,
    config::{Config, Environment},
    providers::Providers,
    serve::{Server, StartError, install_tls, open_database},
    storage::Storage,
    telemetry::Telemetry,
};
use clap::{Parser, Subcommand};
use std::process::ExitCode;
use tokio::signal::unix::{SignalKind, signal};

/// A self-hosted AI workbench: a catalogue of AI tools and a chat to use them.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server (the default).
    Serve,
    /// Check configuration, database, storage and model; exit with 1 when anything is wrong.
    Check,
    /// Bring the database's schema up to date.
    Migrate,
    /// Fill the catalogue from its data file; doing it again changes nothing.
    Seed,
    /// Ask the server that runs with this configuration whether it is ready; exit with 1 when it is not.
    Healthy,
    /// Write everything, database and files, into one file; the server may go on running.
    Backup(backup::BackupArgs),
    /// Put everything of a backup into the configured database and storage; stop the server first.
    Restore(backup::RestoreArgs),
    /// Copy everything from one database into another, new one, of whichever kind; stop the server first.
    MigrateData(migrate_data::MigrateDataArgs),
    /// Tokens for the programming interface.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Make conversations of threads that were exported from OpenAI's Assistants; the server may go on running.
    ImportThreads(import_threads::ImportThreadsArgs),
}

impl Command {
    /// Whether it reads whole tables, which is slow by nature: nobody has to be told of each.
    fn is_slow_by_nature(&self) -> bool {
        matches!(
            self,
            Self::Backup(_) | Self::Restore(_) | Self::MigrateData(_)
        )
    }
}

/// A failure with words for whoever typed the command.
type Outcome = Result<(), Box<dyn std::error::Error>>;

/// Runs what the command line says.
#[must_use]
pub fn run() -> ExitCode {
    let command = Cli::parse().command.unwrap_or(Command::Serve);
    let environment = Environment::of_process();
    let outcome = Config::from_env(&environment)
        .map_err(Into::into)
        .and_then(|mut config| {
            if command.is_slow_by_nature() {
                config.database.slow_query = None;
            }
            let runtime = tokio::runtime::Runtime::new()?;
            let node = &config.cluster.node;
            let telemetry = Telemetry::begin(&config.telemetry, node, runtime.handle());
            let outcome = runtime.block_on(execute(command, config));
            telemetry.end();
            // A generation in a thread of its own must not keep a stopped server alive.
            runtime.shutdown_background();
            outcome
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn execute(command: Command, config: Config) -> Outcome {
    match command {
        Command::Serve => serve(config).await,
        Command::Check => check(&config).await,
        Command::Migrate => migrate(&config).await,
        Command::Seed => seed(&config).await,
        Command::Healthy => healthy::ask(config.server.address).await,
        Command::Backup(args) => backup::backup(&config, &args).await,
        Command::Restore(args) => backup::restore(&config, &args).await,
        Command::MigrateData(args) => migrate_data::migrate_data(&config, &args).await,
        Command::Token(command) => token::run(&config, command).await,
        Command::ImportThreads(args) => import_threads::import_threads(&config, &args).await,
    }
}

async fn serve(config: Config) -> Outcome {
    let server = Server::start(config).await?;
    println!("InspireAI is ready: http://{}", server.address());
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

async fn check(config: &Config) -> Outcome {
    install_tls();
    println!("configuration: ok");
    let db = open_database(config).await?;
    let migrations = db.migration_state().await?;
    println!(
        "database: {}, {} migrations applied, {} pending",
        db.kind(),
        migrations.applied,
        migrations.pending
    );
    let storage = Storage::open(&config.storage).map_err(StartError::from)?;
    storage.check().await.map_err(StartError::from)?;
    println!("storage: {}", storage.place());
    if let Some(azure) = &config.azure {
        println!("azure: {azure}");
    }
    if let Some(local) = &config.local {
        match std::fs::metadata(&local.model_path) {
            Ok(file) => println!(
                "local model: {} ({} MB)",
                local.model_path.display(),
                file.len() / 1_000_000
            ),
            Err(error) => {
                return Err(format!(
                    "The local model {} cannot be read ({error}). Run `make models`, or set INSPIREAI_LOCAL_MODEL to a GGUF file or to off.",
                    local.model_path.display()
                )
                .into());
            }
        }
    }
    if migrations.pending > 0 {
        return Err("The database is not up to date. Run `inspireai migrate`.".into());
    }
    if let Some(difference) = Cluster::new(db, config, "check")
        .differences()
        .await?
        .first()
    {
        return Err(difference.to_string().into());
    }
    Ok(())
}

async fn migrate(config: &Config) -> Outcome {
    let db = open_database(config).await?;
    let before = db.migration_state().await?;
    db.migrate().await?;
    println!("{} migrations applied", before.pending);
    Ok(())
}

async fn seed(config: &Config) -> Outcome {
    install_tls();
    let db = open_database(config).await?;
    db.migrate().await?;
    let tools = Catalog::new(db, Providers::new(config)?).seed().await?;
    println!("{tools} tools in the catalogue's data file");
    Ok(())
}
