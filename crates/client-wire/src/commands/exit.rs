use client_domain::Permission;
use client_domain::lifecycle::Action;
use serde_json::json;

use super::change_state::StateChange;
use crate::Code;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ExitCustomerCommand",
    kind: Kind::Command,
    about: "Ends the relationship with an approved or active client who has no open accounts. That is final.",
    permission: Permission::Exit,
    fields: &[field::KEY, field::NUMBER, field::REASON, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("exitDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::StaleVersion, Code::VersionRequired],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "Moved abroad." }"#,
};

pub(crate) static CHANGE: StateChange = StateChange {
    spec: &SPEC,
    action: Action::Exit,
    reason: Some("reason"),
    notes: "notes",
    message: "Customer exited successfully.",
    reply: |client, _, stamp| {
        json!({
            "contactEncodedKey": client.key().as_str(),
            "clientState": client.state().number(),
            "clientStateDescription": client.state().description(),
            "exitDate": stamp.at.to_string(),
        })
    },
};
