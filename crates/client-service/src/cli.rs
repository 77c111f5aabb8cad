//! The command line, as `--help` shows it: a file for each group of settings. Values are checked in
//! [`crate::settings`].

#![expect(
    clippy::doc_markdown,
    reason = "these comments are what --help prints, where backticks would be noise"
)]

mod database;
mod dead_letters;
mod documents;
mod limits;
mod log;
mod relay;
mod rules;
mod serve;
mod tokens;
mod webhook;

use clap::{Parser, Subcommand, ValueEnum};

pub(crate) use database::{DatabaseArgs, DatabasePlace};
pub(crate) use dead_letters::{DeadLetterCommand, DeadLettersArgs};
pub(crate) use documents::{CollectGarbageArgs, DocumentArgs};
pub(crate) use limits::LimitArgs;
pub(crate) use log::LogFormat;
pub(crate) use relay::RelayArgs;
pub(crate) use rules::{Duplicate, RuleArgs};
pub(crate) use serve::ServeArgs;
pub(crate) use tokens::{KeyArgs, SecretArgs, TokenArgs};
pub(crate) use webhook::WebhookArgs;

/// Clients API: a bank's clients, from onboarding to exit, over HTTP.
///
/// Without a command it serves: in memory and with a development key if nothing else is said, so that
/// `client-service` alone is enough to look around.
#[derive(Parser, Debug)]
#[command(name = "client-service", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Serve the API until told to stop (this is what happens without a command)
    Serve(Box<ServeArgs>),
    /// Deliver events to the webhook until told to stop, beside services that do not or together with them
    Relay(Box<RelayArgs>),
    /// Events that could not be delivered: list them, send them again, give one up
    DeadLetters(DeadLettersArgs),
    /// Move files to the trash that no document names, and delete those that have been there for long
    CollectGarbage(CollectGarbageArgs),
    /// Bring the schema of the database up to date, and end
    Migrate(DatabasePlace),
    /// Print a token for development, signed with the secret of --jwt-hs256-secret
    Token(TokenArgs),
    /// Print the lifecycle of a client
    Lifecycle {
        /// How to print it
        #[arg(long, value_enum, default_value_t = LifecycleFormat::Table)]
        format: LifecycleFormat,
    },
    /// Print the OpenAPI 3.1 description of the API
    Openapi,
}

impl Cli {
    pub(crate) fn command(self) -> Command {
        self.command.unwrap_or_else(|| Command::Serve(Box::new(self.serve)))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LifecycleFormat {
    /// A Markdown table
    Table,
    /// A state diagram
    Mermaid,
    /// The answer of RetrieveLifecycleQuery
    Json,
    /// The legal edges as rows for a database
    Sql,
}

/// A wrong call in one sentence: what `clap` says in several lines, without its advice on usage.
pub(crate) fn sentence(wrong: &clap::Error) -> String {
    let text = wrong.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = first.split_whitespace().collect();
    let sentence = words.join(" ");
    format!("{}; see client-service --help", sentence.strip_prefix("error: ").unwrap_or(&sentence))
}
