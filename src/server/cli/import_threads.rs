//! `inspireai import-threads`: conversations out of exported threads, for somebody who has an account.

use super::Outcome;
use crate::server::{
    catalog::Catalog,
    config::Config,
    db::Db,
    import::Import,
    providers::Providers,
    serve::{install_tls, open_database},
};
use clap::Args;
use std::path::PathBuf;

/// Whose conversations, out of which file.
#[derive(Args)]
pub(super) struct ImportThreadsArgs {
    /// The name of the person whose conversations they become.
    user: String,
    /// The JSON file with the exported threads.
    file: PathBuf,
}

/// Imports a file and tells what became of it.
pub(super) async fn import_threads(config: &Config, args: &ImportThreadsArgs) -> Outcome {
    install_tls();
    let file = std::fs::read(&args.file)
        .map_err(|error| format!("{} cannot be read ({error}).", args.file.display()))?;
    let db: Db = open_database(config).await?;
    db.migrate().await?;
    let credentials = db.find_credentials(&args.user).await?;
    let user = credentials
        .ok_or_else(|| format!("There is no account “{}”.", args.user))?
        .user;
    let catalog = Catalog::new(db.clone(), Providers::new(config)?);
    catalog.seed().await?;
    let report = Import::new(db.clone(), catalog)
        .threads(user.id, file)
        .await?;
    println!("{}", report.summary());
    for note in &report.notes {
        println!("{note}");
    }
    db.close().await;
    Ok(())
}
