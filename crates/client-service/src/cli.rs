//! The command line: each file holds one subcommand.

#![expect(
    clippy::doc_markdown,
    reason = "the comments of flags are the text of --help, where backticks would be noise"
)]

mod backup;
mod check;
mod collect_garbage;
mod copy;
mod dead_letters;
mod health;
mod lifecycle;
mod migrate;
mod package_files;
mod receive;
mod relay;
mod restore;
mod roles;
mod serve;
mod token;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::effective::EffectiveSettings;
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::config::settings_file::SettingsFile;
use crate::exit::ExitError;

/// Clients API: a bank's clients, from onboarding to exit, over HTTP.
///
/// Without a command it serves. Without any settings it keeps clients, files and a development key in the folder
/// clients-data, so client-service alone is enough to try the API.
#[derive(Parser, Debug)]
#[command(name = "client-service", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// A TOML file with settings by the names of their flags; the command line and the environment have precedence
    // Only for --help: the file is read before the arguments, which it adds to.
    #[arg(id = "config", long, env = "CLIENTS_CONFIG", value_name = "FILE", global = true)]
    _config: Option<String>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the API until SIGTERM or Ctrl-C (the default without a command)
    Serve(Box<ServeArgs>),
    /// Deliver events to the webhook until SIGTERM or Ctrl-C, instead of the services or together with them
    Relay(Box<relay::RelayArgs>),
    /// List the events that could not be delivered, send them again, or discard one
    DeadLetters(dead_letters::DeadLettersArgs),
    /// Move files that no document names to the trash, and delete old files from it
    CollectGarbage(collect_garbage::CollectGarbageArgs),
    /// Migrate the schema of the database, and end
    Migrate(migrate::MigrateArgs),
    /// Print the SQL for the roles of a PostgreSQL database and their rights
    Roles(roles::RolesArgs),
    /// Check that the database is whole and that every document has the file that was handed in
    Check(check::CheckArgs),
    /// Ask a service that runs on this machine whether it is ready, and fail if it is not
    Health(health::HealthArgs),
    /// Copy a data folder as it is now, beside a running service; no key is copied
    Backup(backup::BackupArgs),
    /// Make a data folder from a backup
    Restore(restore::RestoreArgs),
    /// Copy everything that a data folder holds into PostgreSQL; no key is copied
    Copy(copy::CopyArgs),
    /// Receive deliveries on this machine, verify their signatures and print them, until SIGTERM or Ctrl-C
    Receive(receive::ReceiveArgs),
    /// Print a token for development, signed with the secret of --jwt-hs256-secret or the key in the data folder
    Token(token::TokenArgs),
    /// Print the lifecycle of a client
    Lifecycle(lifecycle::LifecycleArgs),
    /// Print the OpenAPI 3.1 description of the API
    Openapi,
    /// Write completions for shells and manual pages, for packages of the program
    #[command(hide = true)]
    PackageFiles(package_files::PackageFilesArgs),
}

/// Runs the command of the process, and returns the text that it prints.
pub(crate) fn run() -> Result<String, ExitError> {
    let all = Cli::command();
    let SettingsFile { arguments, flags, .. } = SettingsFile::read(&all, std::env::args_os().collect())?;
    let parsed = all
        .clone()
        .try_get_matches_from(arguments)
        .and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(help) if !help.use_stderr() => help.exit(), // --help and --version
        Err(error) => return Err(SettingsError(sentence(&error)).into()),
    };
    let settings = EffectiveSettings::of(&all, &matches, &flags);
    match cli.command.unwrap_or_else(|| Command::Serve(Box::new(cli.serve))) {
        Command::Serve(arguments) => serve::run(&arguments, &all, &settings).map(|()| String::new()),
        Command::Relay(arguments) => relay::run(&arguments, &settings).map(|()| String::new()),
        Command::DeadLetters(arguments) => dead_letters::run(&arguments),
        Command::CollectGarbage(arguments) => collect_garbage::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Roles(arguments) => roles::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Copy(arguments) => copy::run(&arguments),
        Command::Receive(arguments) => receive::run(&arguments).map(|()| String::new()),
        Command::Token(arguments) => token::run(&arguments),
        Command::Lifecycle(arguments) => Ok(lifecycle::run(&arguments)),
        Command::Openapi => Ok(format!("{:#}\n", client_wire::description())),
        Command::PackageFiles(arguments) => package_files::run(&arguments, &Cli::command()),
    }
}

/// The error of `clap` in one sentence: without its advice on usage, which takes several lines.
fn sentence(error: &clap::Error) -> String {
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<_> = first.split_whitespace().collect();
    let sentence = words.join(" ");
    format!("{}; see client-service --help", sentence.strip_prefix("error: ").unwrap_or(&sentence))
}
