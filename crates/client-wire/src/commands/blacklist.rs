use client_domain::Permission;
use client_domain::lifecycle::Action;
use serde_json::json;

use super::change_state::StateChange;
use crate::Code;
use crate::spec::{FieldSpec, Kind, OperationSpec, Shape, field};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "BlacklistCustomerCommand",
    kind: Kind::Command,
    about: "Bars an approved or active client.",
    permission: Permission::Blacklist,
    fields: &[field::KEY, field::NUMBER, field::REASON, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("isBlacklisted", Shape::Flag, "True."),
        FieldSpec::required("blacklistDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::ClientNotFound,
        Code::AlreadyBlacklisted,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "Named on a sanctions list." }"#,
};

pub(crate) static CHANGE: StateChange = StateChange {
    spec: &SPEC,
    action: Action::Blacklist,
    reason: Some("reason"),
    notes: "notes",
    message: "Customer blacklisted successfully.",
    reply: |client, _, stamp| {
        json!({
            "contactEncodedKey": client.key().as_str(),
            "isBlacklisted": client.is_blacklisted(),
            "blacklistDate": stamp.at.to_string(),
        })
    },
};
