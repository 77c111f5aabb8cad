//! `client-service clients`: clients of a service, over HTTP.

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::output::Output;
use crate::calls::request::{add, json_file, without_nothing};
use crate::calls::{CommandArgs, ReasonArgs, SearchArgs, each_page, pages};
use crate::exit::ExitError;
use crate::{runtime, stdout};

/// What a list shows of a client.
const COLUMNS: &[&str] =
    &["customerNumber", "firstName", "lastName", "clientStateDescription", "branchEncodedKey", "dateCreated"];
const LINE: &[&str] =
    &["version", "at", "actorId", "event", "fromState", "toState", "changedFields", "reason"];

#[derive(Args, Debug)]
pub(crate) struct ClientsArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(subcommand)]
    command: ClientsCommand,
}

#[derive(Subcommand, Debug)]
enum ClientsCommand {
    /// Show one client
    Get {
        /// The key of the client, or its customer number
        client: String,
    },
    /// List clients
    List(ListArgs),
    /// Create a client
    Create {
        /// The file with the details, in JSON; - for standard input
        file: String,
        #[command(flatten)]
        how: CommandArgs,
    },
    /// Change details of a client; those that are not named stay, and null clears an optional one
    Update {
        #[command(flatten)]
        client: ClientArgs,
        /// The file with the details, in JSON; - for standard input
        file: String,
    },
    /// Ask for the approval of a client
    RequestApproval {
        #[command(flatten)]
        client: ClientArgs,
        /// Notes for the history
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Approve a client
    Approve {
        #[command(flatten)]
        client: ClientArgs,
        /// Notes for the history
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
        /// A client that looks like this one, and was compared with it; once for each
        #[arg(long, value_name = "KEY")]
        reviewed: Vec<String>,
    },
    /// Reject a client
    Reject {
        #[command(flatten)]
        client: ClientArgs,
        #[command(flatten)]
        why: ReasonArgs,
        /// Notes for the history
        #[arg(long, value_name = "TEXT")]
        note: Option<String>,
    },
    /// Show who did what with a client, newest first
    History {
        /// The key of the client, or its customer number
        client: String,
        /// How many lines at most
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        limit: usize,
    },
}

#[derive(Args, Debug)]
struct ListArgs {
    #[command(flatten)]
    search: SearchArgs,
    /// How many clients at most
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
}

#[derive(Args, Debug)]
struct ClientArgs {
    /// The key of the client, or its customer number
    client: String,
    #[command(flatten)]
    how: CommandArgs,
}

/// Runs the command, and returns what it prints.
pub(crate) fn run(arguments: &ClientsArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    let output = arguments.connection.output;
    runtime::run_to_end(runtime::start()?, perform(&connection, &arguments.command, output))
}

async fn perform(
    connection: &Connection,
    command: &ClientsCommand,
    output: Output,
) -> Result<String, ExitError> {
    let done = match command {
        ClientsCommand::Get { client } => {
            connection.ask("RetrieveContactByIdQuery", json!({ "contactEncodedKey": client })).await?
        }
        ClientsCommand::List(list) => return list.answer(connection, output).await,
        ClientsCommand::History { client, limit } => {
            let data = json!({ "contactEncodedKey": client });
            let lines = pages(connection, "RetrieveContactHistoryQuery", data, "entries", *limit).await?;
            return Ok(output.list(&lines, LINE));
        }
        ClientsCommand::Create { file, how } => {
            connection.give("CreateContactCommand", json_file(file)?, how).await?
        }
        ClientsCommand::Update { client, file } => {
            client.give(connection, "UpdateContactCommand", json_file(file)?).await?
        }
        ClientsCommand::RequestApproval { client, note } => {
            client
                .give(connection, "RequestCustomerApprovalCommand", without_nothing(json!({ "notes": note })))
                .await?
        }
        ClientsCommand::Approve { client, note, reviewed } => {
            let data = json!({ "approvalNotes": note, "reviewedLookAlikes": reviewed });
            client.give(connection, "ApproveCustomerCommand", without_nothing(data)).await?
        }
        ClientsCommand::Reject { client, why, note } => {
            let data = json!({ "rejectionReason": why.reason, "reasonCode": why.reason_code, "rejectionNotes": note });
            client.give(connection, "RejectCustomerCommand", without_nothing(data)).await?
        }
    };
    Ok(output.object(&done))
}

impl ClientArgs {
    async fn give(
        &self,
        connection: &Connection,
        command: &str,
        mut data: Value,
    ) -> Result<Value, ExitError> {
        add(&mut data, "contactEncodedKey", self.client.as_str());
        connection.give(command, data, &self.how).await
    }
}

impl ListArgs {
    async fn answer(&self, connection: &Connection, output: Output) -> Result<String, ExitError> {
        let mut data = self.search.data()?;
        // Only a table has a place for the total.
        add(&mut data, "totals", if output == Output::Table { "bounded" } else { "none" });
        let (query, member) = ("RetrieveContactListQuery", "contacts");
        if output == Output::Ndjson {
            // A line needs no other one, so a list of any length is printed while it is read.
            let print = |page: Vec<Value>| stdout::prints(&output.list(&page, &[]));
            each_page(connection, query, data, member, self.limit, print).await?;
            return Ok(String::new());
        }
        let mut found = Vec::new();
        let keep = |page: Vec<Value>| {
            found.extend(page);
            true
        };
        let first = each_page(connection, query, data, member, self.limit, keep).await?;
        let further = self.search.fields.iter().map(String::as_str);
        let columns: Vec<_> = COLUMNS.iter().copied().chain(further).collect();
        Ok(output.list(&found, &columns) + &total(&first))
    }
}

/// How many clients were found, as a line below the table; empty where no total was asked for.
fn total(first: &Value) -> String {
    let Some(number) = first.get("totalCount").and_then(Value::as_u64) else { return String::new() };
    let more = if first.get("atLeast") == Some(&Value::Bool(true)) { "more than " } else { "" };
    format!("\n{more}{number} {}\n", if number == 1 { "client" } else { "clients" })
}
