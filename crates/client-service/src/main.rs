//! The Clients API as one binary. This file says which adapter goes where; everything else is in the libraries.

mod cli;
mod collect_garbage;
mod dead_letters;
mod development;
mod directory;
mod documents;
mod jobs;
mod lifecycle;
mod migrate;
mod relay;
mod secret;
mod serve;
mod settings;
mod shutdown;
mod span;
mod storage;
mod system;
mod telemetry;
mod token;
mod unsafe_settings;
mod webhook;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::{Cli, Command};
use crate::settings::SettingsError;

/// Requests make and drop many small values; this allocator spends less on each (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What stops the program before it has begun: the exit code of a wrong call.
const EXIT_USAGE: u8 = 2;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(asked) if !asked.use_stderr() => asked.exit(), // --help and --version
        Err(wrong) => return complain(&cli::sentence(&wrong), EXIT_USAGE),
    };
    let outcome = match cli.command() {
        Command::Serve(arguments) => serve::run(&arguments).map(|()| String::new()),
        Command::Relay(arguments) => relay::run(&arguments).map(|()| String::new()),
        Command::DeadLetters(arguments) => dead_letters::run(&arguments),
        Command::CollectGarbage(arguments) => collect_garbage::run(&arguments),
        Command::Migrate(place) => migrate::run(&place).map(|()| String::new()),
        Command::Token(arguments) => token::minted(&arguments),
        Command::Lifecycle { format } => Ok(lifecycle::render(format)),
        Command::Openapi => Ok(format!("{:#}\n", client_wire::description())),
    };
    match outcome {
        Ok(text) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Err(Stop::Usage(error)) => complain(&error.to_string(), EXIT_USAGE),
        Err(Stop::Failed(sentence)) => complain(&sentence, 1),
    }
}

/// Why the program stopped.
#[derive(Debug)]
enum Stop {
    /// It was called wrongly, and did nothing.
    Usage(SettingsError),
    /// It was called rightly and could not go on.
    Failed(String),
}

impl From<SettingsError> for Stop {
    fn from(error: SettingsError) -> Self {
        Self::Usage(error)
    }
}

fn complain(sentence: &str, code: u8) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "client-service: {sentence}");
    ExitCode::from(code)
}

/// Prints what was asked for. A reader that has gone away, such as `head`, is no failure.
fn print(text: &str) {
    let _ = std::io::stdout().write_all(text.as_bytes());
}
