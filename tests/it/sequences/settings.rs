//! What may change around the clients: settings, the KYC policy, and accounts elsewhere.

use client_app::{OnDuplicate, Policy};
use client_domain::kyc::KycPolicy;
use client_domain::lifecycle::OpenAccounts;
use client_wire::read_kyc_policy;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::order::object;

pub fn settings() -> impl Strategy<Value = Policy> {
    let on_duplicate = || select(vec![OnDuplicate::Refuse, OnDuplicate::Warn, OnDuplicate::Off]);
    let flags = (weighted(0.7, Just(())), weighted(0.2, Just(())), weighted(0.15, Just(())));
    (flags, on_duplicate(), on_duplicate(), on_duplicate()).prop_map(
        |((four_eyes, request, version), same_identification, same_email, same_phone)| Policy {
            four_eyes: four_eyes.is_some(),
            approval_needs_request: request.is_some(),
            decisions_need_version: version.is_some(),
            same_identification,
            same_email,
            same_phone,
        },
    )
}

/// The KYC policy; the absent policy is the most frequent.
pub fn requirements() -> impl Strategy<Value = KycPolicy> {
    let written = |policy: Value| Just(read_kyc_policy(&object(policy)).unwrap());
    let identity = ["National ID", "International Passport"];
    prop_oneof![
        4 => Just(KycPolicy::default()),
        1 => written(json!({ "version": "identity", "required": { "Individual": [identity] } })),
        2 => written(json!({
            "version": "home", "noticeDays": 3, "required": { "Individual": ["Address"] }, "numberMasks": {},
        })),
        1 => written(json!({
            "version": "both", "noticeDays": 0, "required": { "Individual": [identity, "Address"] },
            "numberMasks": { "National ID": ["#{11}", "@#{8}"] },
        })),
        2 => written(json!({
            "version": "either", "noticeDays": 3660, "numberMasks": {},
            "required": { "Individual": [["Utility Bill", "Other", "Address"]], "Corporate": ["Other"] },
        })),
    ]
}

pub fn accounts() -> impl Strategy<Value = OpenAccounts> {
    select(vec![OpenAccounts::Count(0), OpenAccounts::Count(2), OpenAccounts::Unknown])
}
