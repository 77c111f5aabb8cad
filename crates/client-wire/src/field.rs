//! Members that several operations share.

use crate::shape;
use crate::spec::FieldSpec;

/// The members that name a client, of which a request has one.
pub(crate) const WAYS: &[&str] = &["contactEncodedKey", "customerNumber"];
pub(crate) const KEY: FieldSpec = FieldSpec::exactly_one(
    WAYS,
    "contactEncodedKey",
    shape::KEY,
    "The key of the client or its customer number. Mandatory unless customerNumber is given.",
);
pub(crate) const NUMBER: FieldSpec = FieldSpec::exactly_one(
    WAYS,
    "customerNumber",
    shape::CUSTOMER_NUMBER,
    "The customer number, instead of contactEncodedKey.",
);
pub(crate) const KEY_ANSWER: FieldSpec =
    FieldSpec::required("contactEncodedKey", shape::KEY, "The key of the client.");
pub(crate) const VERSION: FieldSpec =
    FieldSpec::required("version", shape::NUMBER, "The version of the client, for If-Match.");
pub(crate) const NEW_VERSION: FieldSpec = FieldSpec::nullable(
    "version",
    shape::NUMBER,
    "The version of the client, for If-Match; null in a dry run.",
);
pub(crate) const STATE: FieldSpec =
    FieldSpec::required("clientState", shape::STATE_NUMBER, "The number of the client's state.");
pub(crate) const STATE_DESCRIPTION: FieldSpec =
    FieldSpec::required("clientStateDescription", shape::STATE_DESCRIPTION, "The client's state in words.");
pub(crate) const NOTES: FieldSpec = FieldSpec::optional("notes", shape::NOTES, "Notes for the history.");
pub(crate) const REASON: FieldSpec =
    FieldSpec::required("reason", shape::REASON, "The reason, for the history.");
pub(crate) const WITHDRAWN: FieldSpec = FieldSpec::sometimes(
    "approvalRequestWithdrawn",
    crate::spec::Shape::Flag,
    "Whether the change has withdrawn an open approval request; the approval must be requested again.",
);
pub(crate) const DRY_RUN: FieldSpec =
    FieldSpec::sometimes("dryRun", crate::spec::Shape::Flag, "True if nothing was written.");
pub(crate) const WARNINGS: FieldSpec = FieldSpec::sometimes(
    "warnings",
    shape::OBJECTS,
    "Duplicates for which the bank's settings only warn, and whether the client looks like another one.",
);
