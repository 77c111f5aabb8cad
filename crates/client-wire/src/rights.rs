//! What a permission opens beside the operation that asks for it.
//!
//! An operation names one permission ([`OperationSpec::permission`](crate::spec::OperationSpec::permission)), a search property another
//! ([`Property::permission`](client_domain::search::Property::permission)). What an answer shows besides is in
//! [`GUARDS`]: members that are null for a caller without the permission to see them, also in an answer that is
//! repeated from an earlier request. `docs/rights.md` is made from all three.

use client_app::Caller;
use client_domain::Permission;
use client_domain::lifecycle::{Action, Activity, Operation};
use serde_json::Value;

/// Members of one operation's answer that take another permission than the operation.
#[derive(Debug)]
pub struct Guard {
    /// The operation.
    pub operation: &'static str,
    /// The permission without which they are null.
    pub permission: Permission,
    /// Their places in `data`, such as `kycStatus` or `touched[].clientState`.
    pub members: &'static [&'static str],
}

/// What was handed in, as far as a reviewer need not have seen it to name it.
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

/// Every member of an answer that takes another permission than its operation.
pub static GUARDS: &[Guard] = &[
    Guard { operation: "RetrieveContactByIdQuery", permission: Permission::KycRead, members: &["kycStatus"] },
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
        operation: "PreviewKycPolicyQuery",
        permission: Permission::Read,
        members: &["touched[].customerNumber", "touched[].clientState", "touched[].clientStateDescription"],
    },
];

pub use client_app::DRY_RUN;

/// The permission without which a member of an operation's answer is null.
pub fn guard_of(operation: &str, member: &str) -> Option<Permission> {
    let guards = GUARDS.iter().filter(|guard| guard.operation == operation);
    guards.filter(|guard| guard.members.contains(&member)).map(|guard| guard.permission).next()
}

/// Which operation of the lifecycle a command is, where a client's state decides whether it is possible.
pub fn lifecycle_operation(command: &str) -> Option<Operation> {
    Some(match command {
        "UpdateContactCommand" => Operation::Activity(Activity::Update),
        "RequestCustomerApprovalCommand" => Operation::Activity(Activity::RequestApproval),
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
        "BlacklistCustomerCommand" => Operation::Action(Action::Blacklist),
        "UndoBlacklistCustomerCommand" => Operation::Action(Action::UndoBlacklist),
        "ExitCustomerCommand" => Operation::Action(Action::Exit),
        _ => return None,
    })
}

/// Empties the members of an answer that the caller may not see.
pub(crate) fn conceal(operation: &str, data: &mut Value, caller: &Caller) {
    let guards = GUARDS.iter().filter(|guard| guard.operation == operation);
    for guard in guards.filter(|guard| !caller.may(guard.permission)) {
        for member in guard.members {
            empty(data, member);
        }
    }
}

fn empty(value: &mut Value, path: &str) {
    match path.split_once("[].") {
        Some((list, rest)) => {
            let items = value.get_mut(list).and_then(Value::as_array_mut);
            items.into_iter().flatten().for_each(|item| empty(item, rest));
        }
        None => {
            if let Some(member) = value.get_mut(path) {
                *member = Value::Null;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::catalogue::OPERATIONS;
    use crate::commands::replace_content;
    use crate::spec::{FieldSpec, Shape};

    fn find<'a>(fields: &'a [FieldSpec], path: &str) -> Option<&'a FieldSpec> {
        let (name, rest) = path.split_once("[].").map_or((path, None), |(name, rest)| (name, Some(rest)));
        let field = fields.iter().find(|field| field.name == name)?;
        match (rest, &field.shape) {
            (None, _) => Some(field),
            (Some(rest), Shape::List { of: Shape::Object(inner), .. }) => find(inner, rest),
            _ => None,
        }
    }

    #[test]
    fn every_guard_names_a_member_of_an_answer_and_another_permission() {
        for guard in GUARDS {
            let specs = OPERATIONS.iter().copied().chain([&replace_content::SPEC]);
            let spec = specs.into_iter().find(|spec| spec.name == guard.operation).unwrap();
            assert_ne!(spec.permission, guard.permission, "{}", guard.operation);
            for member in guard.members {
                assert!(find(spec.reply, member).is_some(), "{} {member}", guard.operation);
            }
        }
    }

    #[test]
    fn concealed_members_are_null_and_others_stay() {
        let caller = |permissions: &[Permission]| {
            let actor = client_domain::Actor::parse("reader").unwrap();
            Caller::new(actor, permissions.iter().copied().collect())
        };
        let shown = json!({ "touched": [{ "clientState": 3, "kycStatus": "None" }], "totalCount": 1 });
        let mut data = shown.clone();
        conceal("PreviewKycPolicyQuery", &mut data, &caller(&[Permission::KycRead, Permission::Read]));
        assert_eq!(data, shown);
        conceal("PreviewKycPolicyQuery", &mut data, &caller(&[Permission::KycRead]));
        assert_eq!(
            data,
            json!({ "touched": [{ "clientState": null, "kycStatus": "None" }], "totalCount": 1 })
        );
    }
}
