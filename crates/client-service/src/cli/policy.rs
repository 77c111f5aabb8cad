//! `client-service policy`: the KYC policy of a service, over HTTP.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::pages;
use crate::calls::request::json_file;
use crate::exit::ExitError;
use crate::runtime;

const COLUMNS: &[&str] = &["customerNumber", "clientStateDescription", "kycStatus", "kycStatusThen"];

#[derive(Args, Debug)]
pub(crate) struct PolicyArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(subcommand)]
    command: PolicyCommand,
}

#[derive(Subcommand, Debug)]
enum PolicyCommand {
    /// Show the policy in force
    Show,
    /// List the clients that another policy would touch; it changes nothing
    Preview {
        /// The file with the other policy; - for standard input
        file: String,
        /// How many clients at most
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        limit: usize,
    },
}

/// Runs the command, and returns what it prints.
pub(crate) fn run(arguments: &PolicyArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    let output = arguments.connection.output;
    runtime::run_to_end(runtime::start()?, async {
        match &arguments.command {
            PolicyCommand::Show => {
                let policy = connection.ask("RetrieveKycPolicyQuery", json!({})).await?;
                Ok(output.object(&policy))
            }
            PolicyCommand::Preview { file, limit } => {
                let data = json!({ "policy": json_file(file)? });
                let touched = pages(&connection, "PreviewKycPolicyQuery", data, "touched", *limit).await?;
                Ok(output.list(&touched, COLUMNS))
            }
        }
    })
}
