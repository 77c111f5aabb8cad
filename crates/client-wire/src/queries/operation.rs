//! What every query on the wire has.

use client_app::queries::Query;
use client_app::{Caller, Clients};
use futures_util::future::BoxFuture;

use crate::failure::Failure;
use crate::form::Form;
use crate::reply::{Outcome, Reply};
use crate::reply_data::ReplyData;
use crate::spec::OperationSpec;

/// A query on the wire.
pub(crate) struct QueryOperation {
    pub(crate) spec: &'static OperationSpec,
    /// Reads the data, reports all wrong fields together, and answers.
    pub(crate) answer: for<'a> fn(&'a Clients, Form<'a>, &'a Caller) -> BoxFuture<'a, Result<Reply, Failure>>,
}

/// Runs a query.
pub(super) async fn ask<Q: Query>(
    clients: &Clients,
    caller: &Caller,
    query: Q,
) -> Result<Q::Answer, Failure> {
    clients.query(caller, query).await.map_err(|error| Failure::of_error(error, caller))
}

/// An answer that shows no single version of a client.
pub(super) fn reply(message: &str, data: impl Into<ReplyData>) -> Reply {
    Reply { message: message.to_owned(), data: data.into(), version: None, outcome: Outcome::Done }
}
