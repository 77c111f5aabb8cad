//! The commands on the wire, one file each: its specification, its parser, its reply.

pub(crate) mod amendment;
pub(crate) mod approve;
pub(crate) mod approve_address;
pub(crate) mod approve_amendment;
pub(crate) mod approve_document;
pub(crate) mod batch;
pub(crate) mod blacklist;
pub(crate) mod claim_work_item;
pub(crate) mod client_ref;
pub(crate) mod correct_contact;
pub(crate) mod create_address_information;
pub(crate) mod create_batch;
pub(crate) mod create_contact;
pub(crate) mod create_identity_document;
pub(crate) mod dead_letter;
pub(crate) mod delete_view;
pub(crate) mod discard_dead_letter;
mod document_kind;
pub(crate) mod exit;
pub(crate) mod operation;
pub(crate) mod phone_number;
mod reason_code;
pub(crate) mod record_transaction;
pub(crate) mod reject;
pub(crate) mod reject_address;
pub(crate) mod reject_amendment;
pub(crate) mod reject_document;
pub(crate) mod release_work_item;
pub(crate) mod replace_content;
pub(crate) mod request_approval;
pub(crate) mod request_documents;
pub(crate) mod resend_dead_letter;
pub(crate) mod return_customer;
mod review;
pub(crate) mod save_view;
pub(crate) mod standalone;
pub(crate) mod undo_blacklist;
pub(crate) mod undo_reject;
pub(crate) mod update_contact;
pub(crate) mod verify_contact_point;
pub(crate) mod withdraw;
pub(crate) mod work_item;

use operation::CommandOperation;
use standalone::StandaloneOperation;

/// Every command, in the order of the contract.
pub(crate) const COMMANDS: [&CommandOperation; 23] = [
    &create_contact::OPERATION,
    &update_contact::OPERATION,
    &correct_contact::OPERATION,
    &approve_amendment::OPERATION,
    &reject_amendment::OPERATION,
    &request_approval::OPERATION,
    &approve::OPERATION,
    &reject::OPERATION,
    &undo_reject::OPERATION,
    &blacklist::OPERATION,
    &undo_blacklist::OPERATION,
    &exit::OPERATION,
    &return_customer::OPERATION,
    &withdraw::OPERATION,
    &record_transaction::OPERATION,
    &create_identity_document::OPERATION,
    &approve_document::OPERATION,
    &reject_document::OPERATION,
    &request_documents::OPERATION,
    &create_address_information::OPERATION,
    &approve_address::OPERATION,
    &reject_address::OPERATION,
    &verify_contact_point::OPERATION,
];

/// Every command that writes no client.
pub(crate) const STANDALONE: [&StandaloneOperation; 11] = [
    &claim_work_item::OPERATION,
    &release_work_item::OPERATION,
    &resend_dead_letter::OPERATION,
    &discard_dead_letter::OPERATION,
    &save_view::OPERATION,
    &delete_view::OPERATION,
    &create_batch::OPERATION,
    &batch::CONFIRM,
    &batch::PAUSE,
    &batch::RESUME,
    &batch::STOP,
];

#[cfg(test)]
mod tests {
    use client_app::commands::{
        ApproveAddress, ApproveAmendment, ApproveClient, ApproveDocument, BlacklistClient, CorrectClient,
        CreateClient, ExitClient, RecordTransaction, RejectAddress, RejectAmendment, RejectClient,
        RejectDocument, RequestApproval, RequestDocuments, ReturnClient, SubmitAddress, SubmitDocument,
        UndoBlacklist, UndoRejection, UpdateClient, VerifyContactPoint, WithdrawClient,
    };
    use client_domain::Permission;
    use client_domain::lifecycle::{Action, TRANSITIONS};

    use client_app::commands::Command;

    use super::*;

    fn of<C: Command>() -> (&'static str, Option<Permission>) {
        (C::NAME, Some(C::PERMISSION))
    }

    #[test]
    fn operations_have_the_names_and_permissions_of_their_commands() {
        let commands = [
            of::<CreateClient>(),
            of::<UpdateClient>(),
            of::<CorrectClient>(),
            of::<ApproveAmendment>(),
            of::<RejectAmendment>(),
            of::<RequestApproval>(),
            of::<ApproveClient>(),
            of::<RejectClient>(),
            of::<UndoRejection>(),
            of::<BlacklistClient>(),
            of::<UndoBlacklist>(),
            of::<ExitClient>(),
            of::<ReturnClient>(),
            of::<WithdrawClient>(),
            of::<RecordTransaction>(),
            of::<SubmitDocument>(),
            of::<ApproveDocument>(),
            of::<RejectDocument>(),
            of::<RequestDocuments>(),
            of::<SubmitAddress>(),
            of::<ApproveAddress>(),
            of::<RejectAddress>(),
            of::<VerifyContactPoint>(),
        ];
        let specs = COMMANDS.map(|operation| (operation.spec.name, operation.spec.permission));
        assert_eq!(specs, commands);
    }

    #[test]
    fn command_requires_a_reason_exactly_if_the_lifecycle_table_does() {
        for (action, spec) in [
            (Action::Approve, &approve::SPEC),
            (Action::Reject, &reject::SPEC),
            (Action::UndoReject, &undo_reject::SPEC),
            (Action::Blacklist, &blacklist::SPEC),
            (Action::UndoBlacklist, &undo_blacklist::SPEC),
            (Action::Exit, &exit::SPEC),
            (Action::Withdraw, &withdraw::SPEC),
        ] {
            let requires_reason =
                spec.fields.iter().any(|field| field.is_required() && field.name.ends_with("eason"));
            for row in TRANSITIONS.iter().filter(|row| row.action == action) {
                assert_eq!(requires_reason, row.reason_needed, "{}", spec.name);
            }
        }
    }
}
