use client_domain::Permission;
use client_domain::lifecycle::Action;
use serde_json::json;

use super::change_state::StateChange;
use crate::Code;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveCustomerCommand",
    kind: Kind::Command,
    about: "Accepts a client who waits for approval. Nobody approves a client whom they have touched since its last decision.",
    permission: Permission::Approve,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::optional("approvalNotes", shape::NOTES, "A remark for the history."),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("approvalStatus", shape::APPROVAL, "Approved."),
        FieldSpec::required(
            "approvedBy",
            shape::ANY_TEXT,
            "The caller's verified e-mail address, else its subject.",
        ),
        FieldSpec::required("approvalDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::FourEyes,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "approvalNotes": "All papers in order." }"#,
};

pub(crate) static CHANGE: StateChange = StateChange {
    spec: &SPEC,
    action: Action::Approve,
    reason: None,
    notes: "approvalNotes",
    message: "Customer approved successfully.",
    reply: |client, _, stamp| {
        json!({
            "contactEncodedKey": client.key().as_str(),
            "approvalStatus": "Approved",
            "approvedBy": stamp.by.label(),
            "approvalDate": stamp.at.to_string(),
        })
    },
};
