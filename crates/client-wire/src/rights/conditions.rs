use client_domain::Permission;

/// A further permission that depends on the client, the request or what is found.
#[derive(Debug)]
pub struct Condition {
    /// The operations, by name.
    pub operations: &'static [&'static str],
    /// When it is needed.
    pub when: &'static str,
    /// The further permission.
    pub permission: Permission,
    /// What a caller without it gets.
    pub without: &'static str,
}

/// Every further permission that depends on the client, the request or what is found. Properties of searches have their
/// own.
pub static CONDITIONS: &[Condition] = &[
    Condition {
        operations: &["ReturnCustomerCommand"],
        when: "the client was blacklisted when it exited",
        permission: Permission::Blacklist,
        without: "403; RetrieveContactActionsQuery names the permission in `unmet`",
    },
    Condition {
        operations: TAKING_CLAIMS,
        when: "the command is refused because another client has the same value (`duplicate_…`)",
        permission: Permission::Read,
        without: "`details.contacts` names no client",
    },
    Condition {
        operations: TAKING_CLAIMS,
        when: "the same value is the number of a document of another client",
        permission: Permission::KycRead,
        without: "`details.contacts` does not name that client",
    },
    Condition {
        operations: &["ApproveCustomerCommand"],
        when: "look-alikes are to be reviewed (`look_alikes`)",
        permission: Permission::Read,
        without: "`contacts` is omitted",
    },
    Condition {
        operations: &["ReturnCustomerCommand", "UndoRejectCustomerCommand"],
        when: "the record has returned already (`already_returned`)",
        permission: Permission::Read,
        without: "`returnedAsContactEncodedKey` is omitted in `unmet`",
    },
    Condition {
        operations: &["RetrieveLookAlikesQuery", "RetrieveClientViewQuery"],
        when: "the number of a document is what two clients have in common",
        permission: Permission::KycRead,
        without: "`document` is not among the `resemblances`",
    },
    Condition {
        operations: &["RetrieveContactHistoryQuery"],
        when: "the caller has `customers.history.values`",
        permission: Permission::Read,
        without: "`entries[].values` is null",
    },
    Condition {
        operations: &["RetrieveActivityQuery"],
        when: "`branchEncodedKey` is given",
        permission: Permission::Read,
        without: "403",
    },
    Condition {
        operations: &["RetrieveBatchRowsQuery"],
        when: "the caller sees the batch",
        permission: Permission::Read,
        without: "403",
    },
    Condition {
        operations: &["ConfirmBatchCommand"],
        when: "the batch waits for its confirmation",
        permission: Permission::Read,
        without: "403",
    },
    Condition {
        operations: &["SaveViewCommand", "DeleteViewCommand"],
        when: "the view is to be shared, or is one that another person shares",
        permission: Permission::ViewsShare,
        without: "403",
    },
    Condition {
        operations: &["RetrieveViewsQuery"],
        when: "a view searches by properties of KYC information",
        permission: Permission::KycRead,
        without: "`search` is null, and `problems` names the permission",
    },
    Condition {
        operations: &["RetrieveCountsQuery"],
        when: "`groupBy` is `kycStatus`",
        permission: Permission::KycRead,
        without: "403",
    },
    Condition {
        operations: &["RetrieveCountsQuery", "RetrieveReportQuery"],
        when: "`groupBy` is `waitingAge` or `report` is `waiting`, and the items are documents, addresses or documents that expire soon",
        permission: Permission::KycRead,
        without: "these kinds are omitted, and `total` is without them",
    },
    Condition {
        operations: &["RetrieveReportQuery"],
        when: "`report` is `decisions`, and the decision is about a document or an address",
        permission: Permission::KycRead,
        without: "the code of the reason is empty",
    },
    Condition {
        operations: &["RetrieveReportQuery"],
        when: "`report` is `decisionTimes`, `decisions` or `endings`",
        permission: Permission::History,
        without: "403",
    },
    Condition {
        operations: &["RetrieveReportQuery"],
        when: "`report` is `expiringDocuments` or `incompleteApplications`",
        permission: Permission::KycRead,
        without: "403",
    },
    Condition {
        operations: &["RetrieveWorkQueueQuery", "ClaimWorkItemCommand", "ReleaseWorkItemCommand"],
        when: "the items are documents, addresses or documents that expire soon",
        permission: Permission::KycRead,
        without: "403",
    },
];

/// The commands that are refused where another client has a value already.
pub(super) const TAKING_CLAIMS: &[&str] = &[
    "CreateContactCommand",
    "UpdateContactCommand",
    "CorrectContactCommand",
    "ApproveAmendmentCommand",
    "UndoRejectCustomerCommand",
    "ReturnCustomerCommand",
    "ApproveIdentityDocumentCommand",
];
