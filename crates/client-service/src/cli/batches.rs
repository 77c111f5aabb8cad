//! `client-service batches`: lists of commands in a file, over HTTP.

mod put;
mod watch;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::output::Output;
use crate::calls::request::path_of;
use crate::calls::{CommandArgs, Download, pages};
use crate::exit::ExitError;
use crate::runtime;

const COLUMNS: &[&str] =
    &["batchId", "state", "commandName", "rows", "uploadedBy", "createdAt", "confirmedBy", "endedAt"];

#[derive(Args, Debug)]
pub(crate) struct BatchesArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(subcommand)]
    command: BatchesCommand,
}

#[derive(Subcommand, Debug)]
enum BatchesCommand {
    /// Send a file, and watch until its rows are checked
    Put(put::PutArgs),
    /// List batches, newest first
    List {
        /// Only those of the caller
        #[arg(long)]
        mine: bool,
        /// How many batches at most
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        limit: usize,
    },
    /// Show where a batch stands
    Get(BatchArgs),
    /// Watch a batch until it waits for a person, or has ended
    Watch(BatchArgs),
    /// Get all rows, and what became of each
    Results(FileArgs),
    /// Get the refused rows with the reasons, to be corrected and sent again
    Corrections(FileArgs),
    /// Get the rows that were not tried
    NotTried(FileArgs),
    /// Set a checked batch going
    Confirm(MoveArgs),
    /// Let a batch rest
    Pause(MoveArgs),
    /// Let a batch go on
    Resume(MoveArgs),
    /// End a batch before its last row
    Stop(MoveArgs),
}

#[derive(Args, Debug)]
struct BatchArgs {
    /// The id of the batch
    batch: String,
}

#[derive(Args, Debug)]
struct FileArgs {
    /// The id of the batch
    batch: String,
    #[command(flatten)]
    to: Download,
}

#[derive(Args, Debug)]
struct MoveArgs {
    /// The id of the batch
    batch: String,
    /// The key under which the command is done once, however often it is given; made anew by default
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
}

/// Runs the command, and returns what it prints.
pub(crate) fn run(arguments: &BatchesArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    let output = arguments.connection.output;
    runtime::run_to_end(runtime::start()?, perform(&connection, &arguments.command, output))
}

async fn perform(
    connection: &Connection,
    command: &BatchesCommand,
    output: Output,
) -> Result<String, ExitError> {
    let (moved, name) = match command {
        BatchesCommand::Put(put) => return put.send(connection, output).await,
        BatchesCommand::List { mine, limit } => {
            let found =
                pages(connection, "RetrieveBatchesQuery", json!({ "mine": mine }), "batches", *limit).await?;
            return Ok(output.list(&found, COLUMNS));
        }
        BatchesCommand::Get(of) => {
            return Ok(
                output.object(&connection.ask("RetrieveBatchQuery", json!({ "batchId": of.batch })).await?)
            );
        }
        BatchesCommand::Watch(of) => return watch::watch(connection, &of.batch, output).await,
        BatchesCommand::Results(file) => return file.get(connection, "results").await,
        BatchesCommand::Corrections(file) => return file.get(connection, "corrections").await,
        BatchesCommand::NotTried(file) => return file.get(connection, "not-tried").await,
        BatchesCommand::Confirm(of) => (of, "ConfirmBatchCommand"),
        BatchesCommand::Pause(of) => (of, "PauseBatchCommand"),
        BatchesCommand::Resume(of) => (of, "ResumeBatchCommand"),
        BatchesCommand::Stop(of) => (of, "StopBatchCommand"),
    };
    let how = CommandArgs::under(moved.idempotency_key.clone());
    let done = connection.give(name, json!({ "batchId": moved.batch }), &how).await?;
    Ok(output.object(&done))
}

impl FileArgs {
    async fn get(&self, connection: &Connection, kind: &str) -> Result<String, ExitError> {
        self.to.check()?;
        self.to.write(connection.get(&path_of("batches", &self.batch, kind)?).await?).await?;
        Ok(String::new())
    }
}
