//! The commands that a person can give about a client, and the operations of the lifecycle they belong to.

use client_wire::find_operation;
use client_wire::spec::FieldSpec;

/// What a command is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The client itself.
    Client,
    /// One of its documents.
    Document,
    /// One of its addresses for verification.
    Address,
    /// One of its open amendments.
    Amendment,
}

impl Subject {
    /// The member that names the subject.
    pub(crate) const fn member(self) -> &'static str {
        match self {
            Self::Client => "contactEncodedKey",
            Self::Document => "identityId",
            Self::Address => "addressId",
            Self::Amendment => "amendmentId",
        }
    }
}

/// A command with a form.
#[derive(Debug)]
pub(crate) struct CommandForm {
    /// The last part of the path.
    pub(crate) slug: &'static str,
    /// The command on the wire.
    pub(crate) command: &'static str,
    /// The operation that the service explains.
    pub(crate) action: &'static str,
    /// The name under which the bank lists codes for its reason.
    pub(crate) reasons: &'static str,
    pub(crate) subject: Subject,
    /// The part of the operation that the form is about, if the service explains its parts.
    pub(crate) part: Option<&'static str>,
    /// A member with a value that the form does not ask for.
    pub(crate) fixed: Option<(&'static str, &'static str)>,
    pub(crate) initial: Initial,
}

/// What the fields hold at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Initial {
    /// Nothing.
    Empty,
    /// The values of the client; the command gets those that were changed.
    Client,
    /// One field holds this member of the client.
    Member(&'static str, &'static str),
}

const fn of_client(slug: &'static str, command: &'static str, action: &'static str) -> CommandForm {
    CommandForm {
        slug,
        command,
        action,
        reasons: action,
        subject: Subject::Client,
        part: None,
        fixed: None,
        initial: Initial::Empty,
    }
}

const fn of_item(
    slug: &'static str,
    command: &'static str,
    action: &'static str,
    reasons: &'static str,
    subject: Subject,
) -> CommandForm {
    CommandForm { slug, command, action, reasons, subject, part: None, fixed: None, initial: Initial::Empty }
}

const fn changing(slug: &'static str, command: &'static str, action: &'static str) -> CommandForm {
    CommandForm { initial: Initial::Client, ..of_client(slug, command, action) }
}

const fn submitting(slug: &'static str, command: &'static str, part: &'static str) -> CommandForm {
    CommandForm { part: Some(part), ..of_client(slug, command, "changeKyc") }
}

const fn verifying(slug: &'static str, point: &'static str, member: &'static str) -> CommandForm {
    CommandForm {
        part: Some(point),
        fixed: Some(("contactPoint", point)),
        initial: Initial::Member("value", member),
        ..of_client(slug, "VerifyContactPointCommand", "verifyContactPoint")
    }
}

/// Every command with a form, in the order in which a page offers them.
pub(crate) const FORMS: &[CommandForm] = &[
    changing("update", "UpdateContactCommand", "update"),
    changing("correct", "CorrectContactCommand", "correct"),
    submitting("submit-document", "CreateIdentityDocumentCommand", "document"),
    submitting("submit-address", "CreateAddressInformationCommand", "address"),
    of_client("request-documents", "RequestIdentityDocumentsCommand", "requestDocuments"),
    verifying("verify-mobile", "mobile", "phoneNumber"),
    verifying("verify-email", "email", "emailAddress"),
    of_client("request-approval", "RequestCustomerApprovalCommand", "requestApproval"),
    of_client("approve", "ApproveCustomerCommand", "approve"),
    of_client("reject", "RejectCustomerCommand", "reject"),
    of_client("undo-reject", "UndoRejectCustomerCommand", "undoReject"),
    of_client("withdraw", "WithdrawCustomerCommand", "withdraw"),
    of_client("record-transaction", "RecordCustomerTransactionCommand", "transact"),
    of_client("blacklist", "BlacklistCustomerCommand", "blacklist"),
    of_client("undo-blacklist", "UndoBlacklistCustomerCommand", "undoBlacklist"),
    of_client("exit", "ExitCustomerCommand", "exit"),
    changing("return", "ReturnCustomerCommand", "return"),
    of_item("approve-document", "ApproveIdentityDocumentCommand", "reviewKyc", "", Subject::Document),
    of_item(
        "reject-document",
        "RejectIdentityDocumentCommand",
        "reviewKyc",
        "rejectDocument",
        Subject::Document,
    ),
    of_item("approve-address", "ApproveCustomerAddressInformationCommand", "reviewKyc", "", Subject::Address),
    of_item(
        "reject-address",
        "RejectCustomerAddressInformationCommand",
        "reviewKyc",
        "rejectAddress",
        Subject::Address,
    ),
    of_item("approve-amendment", "ApproveAmendmentCommand", "decideAmendment", "", Subject::Amendment),
    of_item(
        "reject-amendment",
        "RejectAmendmentCommand",
        "decideAmendment",
        "rejectAmendment",
        Subject::Amendment,
    ),
];

impl CommandForm {
    /// The form with this last part of its path.
    pub(crate) fn find(slug: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.slug == slug)
    }

    /// The members that a person fills in.
    pub(crate) fn members(&self) -> Vec<&'static FieldSpec> {
        let spec = find_operation(self.command);
        let fields = spec.map_or(&[][..], |spec| spec.fields).iter();
        fields.filter(|field| !self.is_given(field.name)).collect()
    }

    /// Whether the console itself knows the value of a member.
    fn is_given(&self, name: &str) -> bool {
        let known = ["contactEncodedKey", "customerNumber", "contentSha256", self.subject.member()];
        known.contains(&name) || self.fixed.is_some_and(|(fixed, _)| fixed == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use client_wire::OPERATIONS;
    use client_wire::spec::OperationKind;

    use super::*;

    #[test]
    fn every_command_about_a_client_has_a_form() {
        let forms: BTreeSet<_> = FORMS.iter().map(|form| form.command).collect();
        // A new client has a page of its own, and a claim of work is no form about a client.
        let elsewhere = ["CreateContactCommand", "ClaimWorkItemCommand", "ReleaseWorkItemCommand"];
        let commands = OPERATIONS.iter().filter(|spec| spec.kind == OperationKind::Command);
        let about_clients =
            commands.filter(|spec| spec.fields.iter().any(|field| SUBJECTS.contains(&field.name)));
        let missing: Vec<_> = about_clients
            .map(|spec| spec.name)
            .filter(|name| !forms.contains(name) && !elsewhere.contains(name))
            .collect();
        assert_eq!(missing, Vec::<&str>::new());
        assert!(forms.len() > 20);
    }

    const SUBJECTS: [&str; 4] = ["contactEncodedKey", "identityId", "addressId", "amendmentId"];

    #[test]
    fn every_form_names_a_command_with_its_subject() {
        for form in FORMS {
            let spec = find_operation(form.command).unwrap_or_else(|| panic!("{}", form.command));
            let has = |name: &str| spec.fields.iter().any(|field| field.name == name);
            assert!(has(form.subject.member()), "{}", form.slug);
            assert!(form.fixed.is_none_or(|(name, _)| has(name)), "{}", form.slug);
            assert_eq!(FORMS.iter().filter(|other| other.slug == form.slug).count(), 1);
        }
    }
}
