//! What may change around the clients: settings, the KYC policy, and accounts elsewhere.

use client_app::{OnDuplicate, OnLookAlike, OnUnanswered, Policy};
use client_domain::BankCalendar;
use client_domain::kyc::KycPolicy;
use client_domain::lifecycle::OpenAccounts;
use client_domain::reason::ReasonedOperation;
use client_wire::read_kyc_policy;
use jiff::tz::TimeZone;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::order::object;
use super::samples::CODES;

pub fn settings() -> impl Strategy<Value = Policy> {
    let on_duplicate = || select(vec![OnDuplicate::Refuse, OnDuplicate::Warn, OnDuplicate::Off]);
    let flags = (weighted(0.7, Just(())), weighted(0.2, Just(())), weighted(0.15, Just(())));
    let unanswered = select(vec![OnUnanswered::Refuse, OnUnanswered::Allow]);
    let on_look_alike =
        select(vec![OnLookAlike::Off, OnLookAlike::Off, OnLookAlike::Warn, OnLookAlike::Review]);
    let same = (on_duplicate(), on_duplicate(), on_duplicate());
    (flags, same, unanswered, on_look_alike).prop_map(
        |(
            (four_eyes, request, version),
            (same_identification, same_email, same_phone),
            unanswered_accounts,
            look_alikes,
        )| Policy {
            four_eyes: four_eyes.is_some(),
            approval_needs_request: request.is_some(),
            decisions_need_version: version.is_some(),
            same_identification,
            same_email,
            same_phone,
            unanswered_accounts,
            look_alikes,
            // Of a large bank; the sequences have a few clients.
            broad_search_limit: u64::MAX,
        },
    )
}

/// The KYC policy; the absent policy is the most frequent.
pub fn requirements() -> impl Strategy<Value = KycPolicy> {
    let written = |policy: Value| Just(read_kyc_policy(&object(policy)).unwrap());
    let identity = ["National ID", "International Passport"];
    // A list for every operation, and for the rejection of documents alone.
    let codes = |last_is_final: bool| {
        json!([
            { "code": CODES[0], "text": "As people say, 李" },
            { "code": CODES[1], "text": "As the bank says", "final": last_is_final },
            { "code": CODES[2], "text": "No longer used", "retired": true },
        ])
    };
    let lists = ReasonedOperation::ALL.map(|one| (one.name().to_owned(), codes(one.can_be_final())));
    let reasons: Map<String, Value> = lists.into_iter().collect();
    prop_oneof![
        2 => written(json!({ "version": "coded", "reasons": reasons })),
        2 => written(json!({
            "version": "coded home", "required": { "Individual": ["Address", identity] }, "numberMasks": {},
            "reasons": { "rejectDocument": codes(true) },
        })),
        4 => Just(KycPolicy::default()),
        1 => written(json!({ "version": "identity", "required": { "Individual": [identity] } })),
        2 => written(json!({
            "version": "home", "noticeDays": 3, "required": { "Individual": ["Address"] }, "numberMasks": {},
        })),
        3 => written(json!({
            "version": "two",
            "twoPersons": {
                "Approved": ["lastName", "emailAddress"],
                "Active": ["lastName", "emailAddress", "phoneNumber", "city"],
            },
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

/// The calendar of the bank: the day of [`crate::bank::NOW`] is another one in some of them.
pub fn calendars() -> impl Strategy<Value = BankCalendar> {
    let zones =
        vec!["UTC", "UTC", "Africa/Lagos", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"];
    select(zones).prop_map(|zone| BankCalendar::new(TimeZone::get(zone).unwrap()))
}

pub fn accounts() -> impl Strategy<Value = OpenAccounts> {
    let unanswered = OpenAccounts::Unanswered;
    select(vec![OpenAccounts::Count(0), OpenAccounts::Count(2), OpenAccounts::Unknown, unanswered])
}
