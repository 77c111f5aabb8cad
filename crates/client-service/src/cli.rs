//! The command line: each file holds one subcommand.

#![expect(
    clippy::doc_markdown,
    reason = "the comments of flags are the text of --help, where backticks would be noise"
)]

mod backup;
mod batches;
mod check;
mod check_config;
mod clients;
mod collect_garbage;
mod copy;
mod dead_letters;
mod documents;
mod export;
mod health;
mod lifecycle;
mod migrate;
mod package_files;
mod policy;
mod receive;
mod receivers;
mod relay;
mod reports;
mod restore;
mod roles;
mod serve;
mod token;
mod whoami;

use std::sync::Arc;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::config::effective::EffectiveSettings;
use crate::config::empty_values;
use crate::config::error::SettingsError;
use crate::config::reading::{ReadAgain, Reading};
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
    /// Deliver events to the webhooks until SIGTERM or Ctrl-C, instead of the services or together with them
    Relay(Box<relay::RelayArgs>),
    /// List the events that could not be delivered, send them again, or discard one
    DeadLetters(dead_letters::DeadLettersArgs),
    /// List the receivers of events besides the webhook of --webhook, or forget one
    Receivers(receivers::ReceiversArgs),
    /// Move files that no document names to the trash, and delete old files from it
    CollectGarbage(collect_garbage::CollectGarbageArgs),
    /// Migrate the schema of the database, and end
    Migrate(migrate::MigrateArgs),
    /// Print the SQL for the roles of a PostgreSQL database and their rights
    Roles(roles::RolesArgs),
    /// Check that the database is whole and that every document has the file that was submitted
    Check(check::CheckArgs),
    /// Read every setting and every file that settings name, say what is wrong, and start nothing
    CheckConfig(Box<ServeArgs>),
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
    /// Over HTTP: list, create, change and approve clients of a service
    Clients(clients::ClientsArgs),
    /// Over HTTP: submit documents and their files, and review them
    Documents(documents::DocumentsArgs),
    /// Over HTTP: send lists of commands in a file, watch them, and get back what became of each row
    Batches(batches::BatchesArgs),
    /// Over HTTP: write every client that a search finds into one file
    Export(export::ExportArgs),
    /// Over HTTP: print a report about clients, the work queue or decisions
    Reports(reports::ReportsArgs),
    /// Over HTTP: show the KYC policy, and which clients another one would touch
    Policy(policy::PolicyArgs),
    /// Over HTTP: show who the caller is, and which permissions it has
    Whoami(whoami::WhoamiArgs),
    /// Write completions for shells and manual pages, for packages of the program
    #[command(hide = true)]
    PackageFiles(package_files::PackageFilesArgs),
}

/// Runs the command of the process, and returns the text that it prints.
pub(crate) fn run() -> Result<String, ExitError> {
    let all = Cli::command();
    let words: Vec<_> = std::env::args_os().collect();
    if check_config::is_called(&all, &words) {
        return check_config::run(&all, words);
    }
    let file = SettingsFile::read(&all, words)?;
    let (cli, effective) = match parsed(&all, file) {
        Ok(parsed) => parsed,
        Err(help) if !help.use_stderr() => help.exit(), // --help and --version
        Err(error) => return Err(SettingsError::from(&error).into()),
    };
    match cli.command.unwrap_or_else(|| Command::Serve(Box::new(cli.serve))) {
        Command::Serve(arguments) => {
            let again = again(&all, |cli| match cli.command {
                None => Some(cli.serve),
                Some(Command::Serve(arguments)) => Some(*arguments),
                Some(_) => None,
            });
            serve::run(Reading { arguments: *arguments, effective, again }, &all).map(|()| String::new())
        }
        Command::Relay(arguments) => {
            let again = again(&all, |cli| match cli.command {
                Some(Command::Relay(arguments)) => Some(*arguments),
                _ => None,
            });
            relay::run(Reading { arguments: *arguments, effective, again }, &all).map(|()| String::new())
        }
        Command::DeadLetters(arguments) => dead_letters::run(&arguments),
        Command::Receivers(arguments) => receivers::run(&arguments),
        Command::CollectGarbage(arguments) => collect_garbage::run(&arguments),
        Command::Migrate(arguments) => migrate::run(&arguments),
        Command::Roles(arguments) => roles::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        // It was called before the settings were read, because they may be wrong.
        Command::CheckConfig(_) => Ok(String::new()),
        Command::Health(arguments) => health::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => restore::run(&arguments),
        Command::Copy(arguments) => copy::run(&arguments),
        Command::Receive(arguments) => receive::run(&arguments).map(|()| String::new()),
        Command::Token(arguments) => token::run(&arguments),
        Command::Lifecycle(arguments) => Ok(lifecycle::run(&arguments)),
        Command::Openapi => Ok(format!("{:#}\n", client_wire::description())),
        Command::Clients(arguments) => clients::run(&arguments),
        Command::Documents(arguments) => documents::run(&arguments),
        Command::Batches(arguments) => batches::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Reports(arguments) => reports::run(&arguments),
        Command::Policy(arguments) => policy::run(&arguments),
        Command::Whoami(arguments) => whoami::run(&arguments),
        Command::PackageFiles(arguments) => package_files::run(&arguments, &Cli::command()),
    }
}

fn parsed(all: &clap::Command, file: SettingsFile) -> Result<(Cli, EffectiveSettings), clap::Error> {
    let matches = empty_values::without_empty_variables(all.clone()).try_get_matches_from(file.arguments)?;
    empty_values::refuse(all, &matches)?;
    let cli = Cli::from_arg_matches(&matches)?;
    Ok((cli, EffectiveSettings::of(all, &matches, &file.flags)))
}

/// Reads the settings of this process once more: the file may have others now.
fn again<A>(all: &clap::Command, of: fn(Cli) -> Option<A>) -> ReadAgain<A>
where
    A: 'static,
{
    let all = all.clone();
    Arc::new(move || {
        let (cli, effective) = read_again(&all)?;
        let arguments = of(cli).ok_or_else(|| SettingsError("the command is another one".to_owned()))?;
        Ok((arguments, effective))
    })
}

fn read_again(all: &clap::Command) -> Result<(Cli, EffectiveSettings), SettingsError> {
    let file = SettingsFile::read(all, std::env::args_os().collect())?;
    parsed(all, file).map_err(|error| SettingsError::from(&error))
}
