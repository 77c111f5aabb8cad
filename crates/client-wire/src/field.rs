//! Members that several operations share.

use crate::shape;
use crate::spec::FieldSpec;

/// The members that name a client, of which a request has one.
pub(crate) const WAYS: &[&str] = &["contactEncodedKey", "customerNumber"];
pub(crate) const KEY: FieldSpec = FieldSpec::exactly_one(
    WAYS,
    "contactEncodedKey",
    shape::KEY,
    "The key of the client, or its customer number. Mandatory unless customerNumber is there.",
);
pub(crate) const NUMBER: FieldSpec = FieldSpec::exactly_one(
    WAYS,
    "customerNumber",
    shape::CUSTOMER_NUMBER,
    "The customer number, in place of contactEncodedKey.",
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
pub(crate) const NOTES: FieldSpec = FieldSpec::optional("notes", shape::NOTES, "A remark for the history.");
pub(crate) const REASON: FieldSpec =
    FieldSpec::required("reason", shape::REASON, "Why; it goes into the history.");
pub(crate) const WITHDRAWN: FieldSpec = FieldSpec::sometimes(
    "approvalRequestWithdrawn",
    crate::spec::Shape::Flag,
    "True where the change has withdrawn a request for approval that was open; it has to be asked for again.",
);
pub(crate) const DRY_RUN: FieldSpec =
    FieldSpec::sometimes("dryRun", crate::spec::Shape::Flag, "True where nothing was written.");
