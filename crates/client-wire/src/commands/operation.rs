//! What every command on the wire has.

use std::sync::Arc;

use client_app::commands::Command;
use client_app::{Admission, Clients, Decided, Plan, RequestContext};
use client_domain::ClientEvent;
use client_domain::kyc::KycPolicy;
use client_domain::value::NumberingPlan;
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::spec::OperationSpec;
use crate::use_case_error::{duplicate, looks_alike};

/// A command on the wire.
pub(crate) struct CommandOperation {
    pub(crate) spec: &'static OperationSpec,
    /// Reads the data, and reports all wrong fields together.
    pub(crate) parse: fn(Form<'_>, &Request<'_>) -> Result<Plan, Failure>,
    /// The published message.
    pub(crate) message: &'static str,
    /// The data of the reply.
    pub(crate) reply: fn(&Decided<'_>) -> Map<String, Value>,
    /// The members of the reply that name things which a dry run does not create; they are null then.
    pub(crate) fresh: &'static [&'static str],
}

impl CommandOperation {
    /// The reply as it is stored and sent.
    pub(crate) fn recorded(&self, decided: &Decided<'_>) -> (String, Value) {
        let mut data = (self.reply)(decided);
        describe(&mut data, decided, self.fresh);
        (self.message.to_owned(), Value::Object(data))
    }
}

/// Adds the members that every reply to a command may have: warnings of duplicates and look-alikes, and the mark of a dry run. A dry run
/// creates no version, client or document, so their names in `fresh` become null.
pub(crate) fn describe(data: &mut Map<String, Value>, decided: &Decided<'_>, fresh: &[&str]) {
    let duplicates = decided.duplicates.iter().copied().map(duplicate);
    let warnings: Vec<_> =
        duplicates.chain(decided.looks_alike.then(looks_alike)).map(|item| warning(&item)).collect();
    if !warnings.is_empty() {
        data.insert("warnings".to_owned(), warnings.into());
    }
    if decided.dry_run {
        for name in fresh.iter().chain(&["version"]) {
            if let Some(value) = data.get_mut(*name) {
                *value = Value::Null;
            }
        }
        data.insert("dryRun".to_owned(), true.into());
    }
}

fn warning(item: &Item) -> Value {
    json!({ "code": item.code.name(), "field": item.field, "message": item.message })
}

/// An admitted request whose data is being read.
pub(crate) struct Request<'a> {
    clients: &'a Clients,
    context: &'a RequestContext,
    admission: Admission,
}

impl<'a> Request<'a> {
    pub(crate) const fn new(clients: &'a Clients, context: &'a RequestContext, admission: Admission) -> Self {
        Self { clients, context, admission }
    }

    /// The day of the bank at the time of the request.
    pub(crate) fn today(&self) -> Date {
        self.clients.calendar().day_of(self.admission.now())
    }

    pub(crate) fn numbering(&self) -> &dyn NumberingPlan {
        self.clients.numbering()
    }

    pub(crate) fn kyc_policy(&self) -> Arc<KycPolicy> {
        self.clients.kyc_policy()
    }

    /// The plan of a command.
    pub(crate) fn plan<C: Command>(&self, command: C) -> Result<Plan, Failure> {
        let planned = self.clients.plan(self.context, self.admission, command);
        planned.map_err(|error| Failure::of_error(error, &self.context.caller))
    }
}

/// Adds to the reply that the change has withdrawn an open request for approval, if it has.
pub(super) fn with_withdrawal(mut data: Map<String, Value>, decided: &Decided<'_>) -> Map<String, Value> {
    if decided.event.is_some_and(ClientEvent::withdrew_request) {
        data.insert("approvalRequestWithdrawn".to_owned(), true.into());
    }
    data
}
