//! What every command on the wire has that writes no client.

use client_app::commands::StandaloneCommand;
use client_app::{Clients, Executed, RequestContext};
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::failure::Failure;
use crate::form::Form;
use crate::reply::{Outcome, Reply};
use crate::spec::OperationSpec;

/// A command on the wire that writes no client.
pub(crate) struct StandaloneOperation {
    pub(crate) spec: &'static OperationSpec,
    /// Reads the data, reports all wrong fields together, and does it.
    pub(crate) perform:
        for<'a> fn(&'a Clients, Form<'a>, &'a RequestContext) -> BoxFuture<'a, Result<Reply, Failure>>,
}

/// Does a command, and makes its reply of the outcome.
pub(super) async fn perform<C: StandaloneCommand>(
    clients: &Clients,
    context: &RequestContext,
    command: C,
    message: &'static str,
    data: impl FnOnce(&C::Outcome) -> Value,
) -> Result<Reply, Failure> {
    perform_with_message(clients, context, command, |_| message, data).await
}

/// The same for a command whose message depends on its outcome, such as whether there was anything to do.
pub(super) async fn perform_with_message<C: StandaloneCommand>(
    clients: &Clients,
    context: &RequestContext,
    command: C,
    message: impl FnOnce(&C::Outcome) -> &'static str,
    data: impl FnOnce(&C::Outcome) -> Value,
) -> Result<Reply, Failure> {
    let executed = clients.perform(context, command).await;
    let executed = executed.map_err(|error| Failure::of_error(error, &context.caller))?;
    let outcome = match &executed {
        Executed::Done(_) | Executed::Checked(_) => Outcome::Done,
        Executed::Recovered(_) => Outcome::Recovered,
        Executed::Replayed(_) => Outcome::Replayed,
    };
    let done = executed.into_outcome();
    let (message, mut data) = (message(&done), data(&done));
    if let Some(data) = data.as_object_mut().filter(|_| context.dry_run) {
        data.insert("dryRun".to_owned(), true.into());
    }
    Ok(Reply { message: message.to_owned(), data: data.into(), version: None, outcome })
}
