//! `inspireai migrate-data`.

use super::{Outcome, backup::report};
use crate::server::{
    backup,
    config::{Config, DatabaseConfig},
    db::{Db, DbError},
};
use clap::Args;
use std::time::Instant;

/// Between which databases.
#[derive(Args)]
pub(super) struct MigrateDataArgs {
    /// The database that is in use: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL")]
    from: String,
    /// The new one: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL")]
    to: String,
}

pub(super) async fn migrate_data(config: &Config, args: &MigrateDataArgs) -> Outcome {
    let began = Instant::now();
    let source = Db::open_existing(&named(config, "--from", &args.from)?)
        .await
        .map_err(|error| unusable("--from", &error))?;
    let target = Db::open(&named(config, "--to", &args.to)?)
        .await
        .map_err(|error| unusable("--to", &error))?;
    let moved = backup::transfer(&source, &target).await;
    target.close().await;
    source.close().await;
    print!("{}", report(&moved?, began.elapsed()));
    println!("Set DATABASE_URL to the database of --to. Files stay where STORAGE_URL says.");
    Ok(())
}

fn named(config: &Config, option: &str, url: &str) -> Result<DatabaseConfig, String> {
    // The address may hold a password, so it is not repeated.
    config.database.at(url).ok_or_else(|| {
        format!(
            "{option} names neither a SQLite file nor a PostgreSQL server; for example {option} sqlite:data/inspireai.db"
        )
    })
}

fn unusable(option: &str, error: &DbError) -> String {
    format!("The database of {option} cannot be used: {error}.")
}
