//! `inspireai token create`.

use super::Outcome;
use crate::{
    model::token::{DEFAULT_LIFETIME_DAYS, Scope},
    server::{auth::tokens::Tokens, config::Config, serve::open_database},
};
use clap::{Args, Subcommand};

/// What is done with tokens.
#[derive(Subcommand)]
pub(super) enum TokenCommand {
    /// Make a token for the programming interface and print it, once.
    Create(CreateArgs),
}

/// Whose token, and what it opens.
#[derive(Args)]
pub(super) struct CreateArgs {
    /// The name of the person in whose name it will act.
    user: String,
    /// What to call it.
    #[arg(long, default_value = "command line")]
    name: String,
    /// What it opens: models, chat, files, audio, images; several by repeating it. All of them where none is named.
    #[arg(long = "scope", value_parser = parse_scope)]
    scopes: Vec<Scope>,
    /// Days until it stops working: 30, 90, 365, or 0 for never.
    #[arg(long, default_value_t = DEFAULT_LIFETIME_DAYS)]
    days: u32,
}

fn parse_scope(name: &str) -> Result<Scope, String> {
    let known = Scope::ALL.map(Scope::as_str).join(", ");
    Scope::parse(name).ok_or_else(|| format!("there are {known}"))
}

pub(super) async fn run(config: &Config, command: TokenCommand) -> Outcome {
    match command {
        TokenCommand::Create(args) => create(config, args).await,
    }
}

async fn create(config: &Config, args: CreateArgs) -> Outcome {
    let db = open_database(config).await?;
    db.migrate().await?;
    let Some(credentials) = db.find_credentials(&args.user).await? else {
        return Err(format!("There is nobody called {:?} here.", args.user).into());
    };
    let scopes = match args.scopes.is_empty() {
        true => Scope::ALL.to_vec(),
        false => args.scopes,
    };
    let token = Tokens::new(db, None, &config.auth)
        .create(credentials.user.id, &args.name, scopes, args.days)
        .await?;
    println!("{}", token.secret);
    Ok(())
}
