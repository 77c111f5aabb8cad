//! The queries on the wire, one file each: its specification, its parser, its answer.

pub(crate) mod actions;
pub(crate) mod address_details;
pub(crate) mod contact_by_id;
pub(crate) mod contact_list;
mod cursor;
mod filters;
pub(crate) mod history;
pub(crate) mod identity_details;
pub(crate) mod kyc_information;
pub(crate) mod kyc_policy;
pub(crate) mod kyc_policy_preview;
pub(crate) mod lifecycle;
pub(crate) mod search_fields;
mod sort;

use client_app::queries::Query;
use client_app::{Caller, Clients};
use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::form::Form;
use crate::spec::OperationSpec;
use crate::{Failure, Outcome, Reply};

/// A query on the wire.
pub(crate) struct QueryOperation {
    pub(crate) spec: &'static OperationSpec,
    /// Reads the data, reports all wrong fields together, and answers.
    pub(crate) answer: for<'a> fn(&'a Clients, Form<'a>, &'a Caller) -> BoxFuture<'a, Result<Reply, Failure>>,
}

/// Every query, in the order of the contract.
pub(crate) const QUERIES: [&QueryOperation; 11] = [
    &contact_by_id::OPERATION,
    &contact_list::OPERATION,
    &actions::OPERATION,
    &history::OPERATION,
    &search_fields::OPERATION,
    &lifecycle::OPERATION,
    &kyc_information::OPERATION,
    &identity_details::OPERATION,
    &address_details::OPERATION,
    &kyc_policy::OPERATION,
    &kyc_policy_preview::OPERATION,
];

/// Runs a query.
async fn ask<Q: Query>(clients: &Clients, caller: &Caller, query: Q) -> Result<Q::Answer, Failure> {
    clients.query(caller, query).await.map_err(|error| Failure::of_error(error, caller))
}

/// An answer that shows no single version of a client.
fn reply(message: &str, data: Value) -> Reply {
    Reply { message: message.to_owned(), data, version: None, outcome: Outcome::Done }
}

#[cfg(test)]
mod tests {
    use client_app::queries::{
        GetActions, GetClient, GetHistory, GetKyc, GetKycPolicy, PreviewKycPolicy, SearchClients,
    };
    use client_domain::Permission;

    use super::*;

    #[test]
    fn operations_have_the_permissions_of_their_queries() {
        let expected = [
            GetClient::PERMISSION,
            SearchClients::PERMISSION,
            GetActions::PERMISSION,
            GetHistory::PERMISSION,
            // These two read no client.
            Permission::Read,
            Permission::Read,
            GetKyc::PERMISSION,
            GetKyc::PERMISSION,
            GetKyc::PERMISSION,
            GetKycPolicy::PERMISSION,
            PreviewKycPolicy::PERMISSION,
        ];
        assert_eq!(QUERIES.map(|operation| operation.spec.permission), expected);
    }
}
