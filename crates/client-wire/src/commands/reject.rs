use client_domain::Permission;
use client_domain::lifecycle::Action;
use serde_json::json;

use super::change_state::StateChange;
use crate::Code;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectCustomerCommand",
    kind: Kind::Command,
    about: "Turns down a client who waits for approval. That is final.",
    permission: Permission::Approve,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("rejectionReason", shape::REASON, "Why; it goes into the history."),
        FieldSpec::optional("rejectionNotes", shape::NOTES, "A remark for the history."),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("approvalStatus", shape::APPROVAL, "Rejected."),
        FieldSpec::required(
            "rejectedBy",
            shape::ANY_TEXT,
            "The caller's verified e-mail address, else its subject.",
        ),
        FieldSpec::required("rejectionReason", shape::REASON, "The reason that was given."),
        FieldSpec::required("rejectionDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::StaleVersion, Code::VersionRequired],
    example: r#"{ "contactEncodedKey": "CUST1000001", "rejectionReason": "The passport is not genuine." }"#,
};

pub(crate) static CHANGE: StateChange = StateChange {
    spec: &SPEC,
    action: Action::Reject,
    reason: Some("rejectionReason"),
    notes: "rejectionNotes",
    message: "Customer rejected successfully.",
    reply: |client, grounds, stamp| {
        json!({
            "contactEncodedKey": client.key().as_str(),
            "approvalStatus": "Rejected",
            "rejectedBy": stamp.by.label(),
            "rejectionReason": grounds.reason.as_ref().map(|reason| reason.as_str()),
            "rejectionDate": stamp.at.to_string(),
        })
    },
};
