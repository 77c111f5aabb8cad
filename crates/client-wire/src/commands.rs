//! The commands on the wire, one file each: its specification, its parser, its reply.

pub(crate) mod approve;
pub(crate) mod approve_address;
pub(crate) mod approve_document;
pub(crate) mod blacklist;
pub(crate) mod create_address_information;
pub(crate) mod create_contact;
pub(crate) mod create_identity_document;
pub(crate) mod exit;
pub(crate) mod record_transaction;
pub(crate) mod reject;
pub(crate) mod reject_address;
pub(crate) mod reject_document;
pub(crate) mod replace_content;
pub(crate) mod request_approval;
mod review;
pub(crate) mod undo_blacklist;
pub(crate) mod update_contact;

use client_app::commands::Command;
use client_app::ports::ClientRef;
use client_app::{Admission, Clients, Decided, Plan, RequestContext};
use client_domain::kyc::KycPolicy;
use client_domain::value::{ClientKey, CustomerNumber};
use client_domain::{ClientEvent, Invalid};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use crate::failure::duplicate;
use crate::form::Form;
use crate::kyc_view::CONTENT_SHA256;
use crate::spec::{OperationSpec, field};
use crate::{Code, Failure, Item};

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

/// Every command, in the order of the contract.
pub(crate) const COMMANDS: [&CommandOperation; 15] = [
    &create_contact::OPERATION,
    &update_contact::OPERATION,
    &request_approval::OPERATION,
    &approve::OPERATION,
    &reject::OPERATION,
    &blacklist::OPERATION,
    &undo_blacklist::OPERATION,
    &exit::OPERATION,
    &record_transaction::OPERATION,
    &create_identity_document::OPERATION,
    &approve_document::OPERATION,
    &reject_document::OPERATION,
    &create_address_information::OPERATION,
    &approve_address::OPERATION,
    &reject_address::OPERATION,
];

impl CommandOperation {
    /// The reply as it is stored and sent.
    pub(crate) fn recorded(&self, decided: &Decided<'_>) -> (String, Value) {
        let mut data = (self.reply)(decided);
        describe(&mut data, decided, self.fresh);
        (self.message.to_owned(), Value::Object(data))
    }
}

/// Adds the members that every reply to a command may have: warnings of duplicates, and the mark of a dry run. A dry run
/// creates no version, client or document, so their names in `fresh` become null.
pub(crate) fn describe(data: &mut Map<String, Value>, decided: &Decided<'_>, fresh: &[&str]) {
    if !decided.duplicates.is_empty() {
        let warnings: Vec<_> =
            decided.duplicates.iter().copied().map(|found| warning(&duplicate(found))).collect();
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

    /// The day of the request, UTC.
    pub(crate) fn today(&self) -> Date {
        self.admission.now().to_zoned_datetime(TimeZone::UTC).date()
    }

    pub(crate) fn kyc_policy(&self) -> &KycPolicy {
        self.clients.kyc_policy()
    }

    /// The plan of a command.
    pub(crate) fn plan<C: Command>(&self, command: C) -> Result<Plan, Failure> {
        let planned = self.clients.plan(self.context, self.admission, command);
        planned.map_err(|error| Failure::of_error(error, &self.context.caller))
    }
}

/// Whether a caller can name the file that it has seen, instead of the version of the client.
pub(crate) fn accepts_content_digest(command: &str) -> bool {
    let spec = COMMANDS.iter().map(|operation| operation.spec).find(|spec| spec.name == command);
    spec.is_some_and(|spec| spec.fields.iter().any(|field| field.name == CONTENT_SHA256))
}

/// Reads the client that a request names, by its key or by its customer number.
pub(crate) fn client(form: &mut Form<'_>) -> Option<ClientRef> {
    let key = form.optional("contactEncodedKey", client_ref);
    let number = form.optional("customerNumber", CustomerNumber::parse);
    match field::WAYS.iter().filter(|name| !form.is_absent(name)).count() {
        0 => form.fail("contactEncodedKey", Item::new(Code::Required, "This field is mandatory.")),
        1 => {}
        _ => {
            let message = "Only one of contactEncodedKey and customerNumber can be there.";
            form.fail(
                "customerNumber",
                Item::new(Code::ExactlyOne, message).detail("fields", field::WAYS.to_vec()),
            );
        }
    }
    key.or(number.map(|number| ClientRef::Id(number.id())))
}

/// Adds to the reply that the change has withdrawn an open request for approval, if it has.
fn with_withdrawal(mut data: Map<String, Value>, decided: &Decided<'_>) -> Map<String, Value> {
    if decided.event.is_some_and(ClientEvent::withdrew_request) {
        data.insert("approvalRequestWithdrawn".to_owned(), true.into());
    }
    data
}

/// Reads a key, or a customer number in the member of the key.
pub(crate) fn client_ref(raw: &str) -> Result<ClientRef, Invalid> {
    match CustomerNumber::parse(raw) {
        Ok(number) => Ok(ClientRef::Id(number.id())),
        Err(_) => ClientKey::parse(raw).map(ClientRef::Key),
    }
}

#[cfg(test)]
mod tests {
    use client_app::commands::{
        ApproveAddress, ApproveClient, ApproveDocument, BlacklistClient, CreateClient, ExitClient,
        RecordTransaction, RejectAddress, RejectClient, RejectDocument, RequestApproval, SubmitAddress,
        SubmitDocument, UndoBlacklist, UpdateClient,
    };
    use client_domain::Permission;
    use client_domain::lifecycle::{Action, TRANSITIONS};

    use super::*;

    fn of<C: Command>() -> (&'static str, Permission) {
        (C::NAME, C::PERMISSION)
    }

    #[test]
    fn operations_have_the_names_and_permissions_of_their_commands() {
        let commands = [
            of::<CreateClient>(),
            of::<UpdateClient>(),
            of::<RequestApproval>(),
            of::<ApproveClient>(),
            of::<RejectClient>(),
            of::<BlacklistClient>(),
            of::<UndoBlacklist>(),
            of::<ExitClient>(),
            of::<RecordTransaction>(),
            of::<SubmitDocument>(),
            of::<ApproveDocument>(),
            of::<RejectDocument>(),
            of::<SubmitAddress>(),
            of::<ApproveAddress>(),
            of::<RejectAddress>(),
        ];
        let specs = COMMANDS.map(|operation| (operation.spec.name, operation.spec.permission));
        assert_eq!(specs, commands);
    }

    #[test]
    fn command_requires_a_reason_exactly_if_the_lifecycle_table_does() {
        for (action, spec) in [
            (Action::Approve, &approve::SPEC),
            (Action::Reject, &reject::SPEC),
            (Action::Blacklist, &blacklist::SPEC),
            (Action::UndoBlacklist, &undo_blacklist::SPEC),
            (Action::Exit, &exit::SPEC),
        ] {
            let requires_reason =
                spec.fields.iter().any(|field| field.is_required() && field.name.ends_with("eason"));
            for row in TRANSITIONS.iter().filter(|row| row.action == action) {
                assert_eq!(requires_reason, row.reason_needed, "{}", spec.name);
            }
        }
    }
}
