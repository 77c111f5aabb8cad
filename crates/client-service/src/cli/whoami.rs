//! `client-service whoami`: who the caller is for a service, over HTTP.

use clap::Args;
use serde_json::{Value, json};

use crate::calls::connection::{Connection, ConnectionArgs};
use crate::calls::output::Output;
use crate::exit::ExitError;
use crate::runtime;

#[derive(Args, Debug)]
pub(crate) struct WhoamiArgs {
    #[command(flatten)]
    connection: ConnectionArgs,
}

/// Asks who the caller is.
pub(crate) fn run(arguments: &WhoamiArgs) -> Result<String, ExitError> {
    let connection = Connection::new(&arguments.connection)?;
    let asked = connection.ask("RetrieveMyselfQuery", json!({}));
    let myself = runtime::run_to_end(runtime::start()?, asked)?;
    let output = arguments.connection.output;
    Ok(match output {
        Output::Table | Output::Csv => output.object(&summary(&myself)),
        Output::Json | Output::Ndjson => output.object(&myself),
    })
}

/// What a person wants to know first: the names of the permissions, without all operations.
fn summary(myself: &Value) -> Value {
    let permissions = myself.get("permissions").and_then(Value::as_array).into_iter().flatten();
    let held = permissions.filter(|one| one.get("held").and_then(Value::as_bool) == Some(true));
    let names: Vec<_> = held.filter_map(|one| one.get("permission")).cloned().collect();
    let mut summary = myself.clone();
    if let Some(members) = summary.as_object_mut() {
        members.remove("operations");
        members.insert("permissions".to_owned(), names.into());
    }
    summary
}
