//! The members of answers that need a permission of their own.
//!
//! An operation needs one permission ([`OperationSpec::permission`](crate::spec::OperationSpec::permission)), and a search property
//! may need another ([`Property::permission`](client_domain::search::Property::permission)). [`GUARDS`] lists members of
//! answers that are null for a caller without a further permission, in replayed answers too. [`CONDITIONS`] lists what depends
//! on the client or on the data: a further permission of an operation, or parts of an answer. `docs/rights.md` is generated
//! from all of them.

mod conditions;

use client_domain::Permission;
use client_domain::lifecycle::{Action, Activity, Operation};

/// Members of the answer of one operation that need another permission than the operation.
#[derive(Debug)]
pub struct Guard {
    /// The operation.
    pub operation: &'static str,
    /// The permission without which they are null.
    pub permission: Permission,
    /// Their paths in `data`, such as `kycStatus`, `client.kycStatus` or `touched[].clientState`.
    pub members: &'static [&'static str],
}

/// The members of a reviewed document, except those that the reviewer already knows.
const REVIEWED_DOCUMENT: &[&str] = &[
    "identityType",
    "identityTypeDesc",
    "idNumber",
    "issuingAuthority",
    "issueDate",
    "expiryDate",
    "isExpired",
    "expiresInDays",
    "docExtension",
    "contentType",
    "contentSize",
    "contentSha256",
    "uploadedBy",
    "uploadedAt",
    "createdBy",
    "createdAt",
];

const REVIEWED_ADDRESS: &[&str] =
    &["addressLine1", "addressLine2", "city", "state", "country", "postalCode", "createdBy", "createdAt"];

/// Every member of an answer that needs another permission than its operation.
pub static GUARDS: &[Guard] = &[
    Guard { operation: "RetrieveContactByIdQuery", permission: Permission::KycRead, members: &["kycStatus"] },
    Guard {
        operation: "RetrieveContactListQuery",
        permission: Permission::KycRead,
        members: &["contacts[].kycStatus"],
    },
    Guard {
        operation: "RetrieveClientViewQuery",
        permission: Permission::KycRead,
        members: &["client.kycStatus", "kyc"],
    },
    Guard { operation: "RetrieveClientViewQuery", permission: Permission::History, members: &["history"] },
    Guard {
        operation: "RetrieveClientViewQuery",
        permission: Permission::HistoryValues,
        members: &["history.entries[].values"],
    },
    Guard {
        operation: "ApproveIdentityDocumentCommand",
        permission: Permission::KycRead,
        members: REVIEWED_DOCUMENT,
    },
    Guard {
        operation: "RejectIdentityDocumentCommand",
        permission: Permission::KycRead,
        members: REVIEWED_DOCUMENT,
    },
    Guard {
        operation: "ApproveCustomerAddressInformationCommand",
        permission: Permission::KycRead,
        members: REVIEWED_ADDRESS,
    },
    Guard {
        operation: "RejectCustomerAddressInformationCommand",
        permission: Permission::KycRead,
        members: REVIEWED_ADDRESS,
    },
    Guard {
        operation: "ReplaceIdentityDocumentContent",
        permission: Permission::KycRead,
        members: &[
            "identityType",
            "identityTypeDesc",
            "idNumber",
            "issuingAuthority",
            "issueDate",
            "expiryDate",
            "isExpired",
            "expiresInDays",
            "createdBy",
            "createdAt",
        ],
    },
    Guard {
        operation: "RetrieveContactHistoryQuery",
        permission: Permission::HistoryValues,
        members: &["entries[].values"],
    },
    Guard {
        operation: "RetrieveActivityQuery",
        permission: Permission::Read,
        members: &[
            "entries[].customerNumber",
            "entries[].firstName",
            "entries[].lastName",
            "entries[].clientState",
            "entries[].branchEncodedKey",
        ],
    },
    Guard {
        operation: "RetrieveExportsQuery",
        permission: Permission::HistoryValues,
        members: &["exports[].search"],
    },
    Guard {
        operation: "PreviewKycPolicyQuery",
        permission: Permission::Read,
        members: &["touched[].customerNumber", "touched[].clientState", "touched[].clientStateDescription"],
    },
];

pub use client_app::DRY_RUN;
pub use conditions::{CONDITIONS, Condition};

/// The permission without which a member of the answer is null.
pub fn guard_of(operation: &str, member: &str) -> Option<Permission> {
    let guards = GUARDS.iter().filter(|guard| guard.operation == operation);
    guards.filter(|guard| guard.members.contains(&member)).map(|guard| guard.permission).next()
}

/// The operation of the lifecycle that a command performs, if the state of the client restricts it.
pub fn lifecycle_operation(command: &str) -> Option<Operation> {
    Some(match command {
        "UpdateContactCommand" => Operation::Activity(Activity::Update),
        "CorrectContactCommand" => Operation::Activity(Activity::Correct),
        "ApproveAmendmentCommand" | "RejectAmendmentCommand" => {
            Operation::Activity(Activity::DecideAmendment)
        }
        "ReturnCustomerCommand" => Operation::Activity(Activity::Return),
        "VerifyContactPointCommand" => Operation::Activity(Activity::VerifyContactPoint),
        "RequestCustomerApprovalCommand" => Operation::Activity(Activity::RequestApproval),
        "RequestIdentityDocumentsCommand" => Operation::Activity(Activity::RequestDocuments),
        "RecordCustomerTransactionCommand" => Operation::Activity(Activity::Transact),
        "CreateIdentityDocumentCommand" | "CreateAddressInformationCommand" => {
            Operation::Activity(Activity::ChangeKyc)
        }
        "ApproveIdentityDocumentCommand"
        | "RejectIdentityDocumentCommand"
        | "ApproveCustomerAddressInformationCommand"
        | "RejectCustomerAddressInformationCommand" => Operation::Activity(Activity::ReviewKyc),
        "ApproveCustomerCommand" => Operation::Action(Action::Approve),
        "RejectCustomerCommand" => Operation::Action(Action::Reject),
        "UndoRejectCustomerCommand" => Operation::Action(Action::UndoReject),
        "BlacklistCustomerCommand" => Operation::Action(Action::Blacklist),
        "UndoBlacklistCustomerCommand" => Operation::Action(Action::UndoBlacklist),
        "ExitCustomerCommand" => Operation::Action(Action::Exit),
        "WithdrawCustomerCommand" => Operation::Action(Action::Withdraw),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::conditions::TAKING_CLAIMS;
    use super::*;
    use crate::catalogue::OPERATIONS;
    use crate::code::Code;
    use crate::commands::replace_content;
    use crate::spec::{FieldSpec, Shape};

    fn find<'a>(fields: &'a [FieldSpec], path: &str) -> Option<&'a FieldSpec> {
        let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
        let field = fields.iter().find(|field| field.name == name.trim_end_matches("[]"))?;
        match (rest, &field.shape) {
            (None, _) => Some(field),
            (Some(rest), Shape::List { of: Shape::Object(inner), .. }) if name.ends_with("[]") => {
                find(inner, rest)
            }
            (Some(rest), Shape::Object(inner)) if !name.ends_with("[]") => find(inner, rest),
            _ => None,
        }
    }

    #[test]
    fn every_guard_names_a_member_of_an_answer_and_another_permission() {
        for guard in GUARDS {
            let specs = OPERATIONS.iter().copied().chain([&replace_content::SPEC]);
            let spec = specs.into_iter().find(|spec| spec.name == guard.operation).unwrap();
            assert_ne!(spec.permission, Some(guard.permission), "{}", guard.operation);
            for member in guard.members {
                assert!(find(spec.reply, member).is_some(), "{} {member}", guard.operation);
            }
        }
    }

    #[test]
    fn every_condition_names_operations_and_another_permission() {
        for condition in CONDITIONS {
            for name in condition.operations {
                let spec = OPERATIONS.iter().find(|spec| spec.name == *name).unwrap();
                assert_ne!(spec.permission, Some(condition.permission), "{name}");
            }
        }
    }

    #[test]
    fn commands_that_take_claims_are_those_that_refuse_duplicates() {
        let duplicates = [Code::DuplicateIdentification, Code::DuplicateEmail, Code::DuplicatePhone];
        let taking =
            OPERATIONS.iter().filter(|spec| spec.refusals.iter().any(|code| duplicates.contains(code)));
        assert!(taking.map(|spec| spec.name).eq(TAKING_CLAIMS.iter().copied()));
    }
}
