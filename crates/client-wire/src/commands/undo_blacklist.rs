use client_domain::Permission;
use client_domain::lifecycle::Action;
use serde_json::json;

use super::change_state::StateChange;
use crate::Code;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "UndoBlacklistCustomerCommand",
    kind: Kind::Command,
    about: "Lifts the bar; the client is reviewed afresh and waits for approval again.",
    permission: Permission::Blacklist,
    fields: &[field::KEY, field::NUMBER, field::REASON, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("isBlacklisted", Shape::Flag, "False."),
        FieldSpec::required("unblacklistDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::NotBlacklisted, Code::StaleVersion, Code::VersionRequired],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "A namesake, as the papers show." }"#,
};

pub(crate) static CHANGE: StateChange = StateChange {
    spec: &SPEC,
    action: Action::UndoBlacklist,
    reason: Some("reason"),
    notes: "notes",
    message: "Customer blacklist removed successfully.",
    reply: |client, _, stamp| {
        json!({
            "contactEncodedKey": client.key().as_str(),
            "isBlacklisted": client.is_blacklisted(),
            "unblacklistDate": stamp.at.to_string(),
        })
    },
};
