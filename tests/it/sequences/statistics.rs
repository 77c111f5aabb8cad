//! Counts of what occurred, so that a run in which nothing happens does not pass.

use std::collections::BTreeMap;

use client_wire::spec::OperationKind;

use super::expected::Expected;
use super::model::{Last, Model};
use super::step::{Step, What};

pub type Statistics = BTreeMap<String, usize>;

pub fn count(statistics: &mut Statistics, model: &Model, step: &Step) {
    let mut note = |what: &str| *statistics.entry(what.to_owned()).or_default() += 1;
    note("steps");
    match &model.last {
        Last::Command { order, expected, before } => match expected {
            Expected::Done { replayed_from: Some(_), .. } => note("replayed"),
            Expected::Done { done, .. } => {
                note(&format!("{} {}", order.name(), if order.dry { "tried" } else { "done" }));
                done.warnings.iter().for_each(|_| note("warned"));
                let demanded = before.as_deref().map_or(&[][..], |client| model.demanded_of(client));
                if matches!(order.what, What::Approve) && !demanded.is_empty() {
                    note("approved with all evidence");
                }
            }
            Expected::Refused(refused) => {
                note(&format!("{} refused", order.name()));
                refused.reasons.iter().for_each(|(code, _)| note(code));
            }
        },
        Last::Query(query) => note(query.name),
        Last::Watch { round, .. } => {
            (0..round.expiring).for_each(|_| note("reported that a document expires soon"));
            (0..round.expired).for_each(|_| note("reported that a document has expired"));
        }
        _ => note(format!("{step:?}").split([' ', '(']).next().unwrap_or_default()),
    }
}

/// What only long runs are certain to reach: a client is approved, a value is proposed, and another person decides.
const RARE: [&str; 2] = ["ApproveAmendmentCommand done", "RejectAmendmentCommand done"];

/// Commands that write no client, so that the model of clients has nothing to say about them; the suite of the stores and
/// `work_queue`, `views` and `operations` test them.
const WITHOUT_A_CLIENT: [&str; 11] = [
    "ClaimWorkItemCommand",
    "ReleaseWorkItemCommand",
    "ResendDeadLetterCommand",
    "DiscardDeadLetterCommand",
    "SaveViewCommand",
    "DeleteViewCommand",
    "CreateBatchCommand",
    "ConfirmBatchCommand",
    "PauseBatchCommand",
    "ResumeBatchCommand",
    "StopBatchCommand",
];

/// Sequences in which nothing happens agree as well, so each of these must occur: returns those that did not.
pub fn what_never_occurred(statistics: &Statistics) -> Vec<String> {
    let commands = client_wire::OPERATIONS.iter().filter(|spec| spec.kind == OperationKind::Command);
    let commands = commands.filter(|spec| !WITHOUT_A_CLIENT.contains(&spec.name));
    let of_clients = |name: &str| name.starts_with("RetrieveContact") || name.starts_with("GetCustomer");
    let queries = client_wire::OPERATIONS.iter().filter(|spec| of_clients(spec.name));
    let done = commands.flat_map(|spec| [format!("{} done", spec.name), format!("{} refused", spec.name)]);
    let others = [
        "replayed",
        "warned",
        "idempotency_key_reused",
        "stale_version",
        "four_eyes",
        "invalid_status",
        "already_in_approval",
        "already_blacklisted",
        "not_blacklisted",
        "client_not_found",
        "document_not_found",
        "address_not_found",
        "kyc_incomplete",
        "look_alikes",
        "already_reviewed",
        "contact_point_changed",
        "amendment_not_open",
        "document_expired",
        "duplicate_identification",
        "duplicate_email",
        "duplicate_phone",
        "permission_missing",
        "in_future",
        "end_before_start",
        "number_mask",
        "content_empty",
        "unknown_country",
        "unknown_member",
        "approved with all evidence",
        "reported that a document expires soon",
        "reported that a document has expired",
        "report clientsByBranch",
        "report waiting",
        "report decisions",
        "Demand",
        "Relay",
    ];
    let names = done.chain(queries.map(|spec| spec.name.to_owned())).chain(others.map(str::to_owned));
    let is_certain = |name: &String| !RARE.contains(&name.as_str()) || statistics["steps"] > 50_000;
    names.filter(is_certain).filter(|name| !statistics.contains_key(name)).collect()
}
