//! The queries, one file each: what it takes and what it answers. None of them writes.

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

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::command::not_found;
use crate::failure::{During, unanswered};
use crate::form::Form;
use crate::ports::ClientRef;
use crate::spec::OperationSpec;
use crate::{Caller, Clients, Failure, Outcome, Reply};

/// Answers a query whose caller has been let in.
pub(crate) async fn answer(
    clients: &Clients,
    spec: &'static OperationSpec,
    data: &Map<String, Value>,
    caller: &Caller,
) -> Result<Reply, Failure> {
    let form = Form::new(spec.fields, data);
    match spec.name {
        name if name == contact_by_id::SPEC.name => contact_by_id::answer(clients, form, caller).await,
        name if name == contact_list::SPEC.name => contact_list::answer(clients, form, caller).await,
        name if name == actions::SPEC.name => actions::answer(clients, form, caller).await,
        name if name == history::SPEC.name => history::answer(clients, form, caller).await,
        name if name == search_fields::SPEC.name => search_fields::answer(form, caller),
        name if name == kyc_information::SPEC.name => kyc_information::answer(clients, form).await,
        name if name == identity_details::SPEC.name => identity_details::answer(clients, form).await,
        name if name == address_details::SPEC.name => address_details::answer(clients, form).await,
        name if name == kyc_policy::SPEC.name => kyc_policy::answer(clients, form),
        name if name == kyc_policy_preview::SPEC.name => kyc_policy_preview::answer(clients, form).await,
        _ => lifecycle::answer(form),
    }
}

impl Clients {
    /// The client that a query names.
    async fn client(&self, client: &ClientRef) -> Result<client_domain::Client, Failure> {
        let found = self.store.find(client).await.map_err(|error| unanswered(&error, During::Query))?;
        found.ok_or_else(|| not_found(client))
    }
}

/// The day on which a query is answered, UTC.
fn today(clients: &Clients) -> Date {
    clients.clock.now().to_zoned(TimeZone::UTC).date()
}

/// The answer of a query that shows no single version of a client.
fn reply(message: &str, data: Value) -> Reply {
    Reply { message: message.to_owned(), data, version: None, outcome: Outcome::Done }
}
