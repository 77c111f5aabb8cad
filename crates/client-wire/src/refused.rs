use client_app::{Caller, Refused};
use client_domain::client::Touch;
use client_domain::lifecycle::{Activity, ClientState, Operation};
use client_domain::{Blocker, Permission, RefusalKind};
use serde_json::{Value, json};

use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::kyc_view::missing_requirement_json;
use crate::reply::members;

/// The failure for a refusal of the domain. Its details hold the state of the client, all blockers, and the operations
/// that this caller could use instead.
pub(crate) fn refused(refused: &Refused, caller: &Caller) -> Failure {
    let refusal = &refused.refusal;
    let allowed: Vec<_> = refused.allowed.iter().map(|operation| operation.name()).collect();
    let code = match refusal.kind() {
        RefusalKind::InvalidStatus => Code::InvalidStatus,
        RefusalKind::AlreadyBlacklisted => Code::AlreadyBlacklisted,
        RefusalKind::NotBlacklisted => Code::NotBlacklisted,
        RefusalKind::FourEyes => Code::FourEyes,
        RefusalKind::AlreadyInApproval => Code::AlreadyInApproval,
        RefusalKind::AlreadyReturned => Code::AlreadyReturned,
        RefusalKind::ReasonMissing => Code::Required,
        RefusalKind::KycIncomplete => Code::KycIncomplete,
        RefusalKind::LookAlikes => Code::LookAlikes,
        RefusalKind::AlreadyReviewed => Code::AlreadyReviewed,
        RefusalKind::DocumentExpired => Code::DocumentExpired,
        RefusalKind::ContentChanged => Code::ContentChanged,
        RefusalKind::ContactPointChanged => Code::ContactPointChanged,
        RefusalKind::RejectedFinally => Code::RejectedFinally,
        RefusalKind::TooMany => Code::TooMany,
        RefusalKind::AccountsUnanswered => Code::AccountsUnavailable,
        RefusalKind::AmendmentOpen => Code::AmendmentOpen,
        RefusalKind::AmendmentNotOpen => Code::AmendmentNotOpen,
        RefusalKind::AmendmentConflict => Code::AmendmentConflict,
    };
    let item = Item::new(code, format!("{refusal}."))
        .detail("currentState", refusal.state.name())
        .detail("action", refusal.operation.name())
        .detail(
            "unmet",
            refusal.blockers.iter().map(|blocker| blocker_json(blocker, caller)).collect::<Vec<_>>(),
        )
        .detail("allowedActions", allowed);
    let missing = match refusal.operation {
        Operation::Activity(Activity::ReviewKyc) => "comment",
        Operation::Action(_) | Operation::Activity(_) => "reason",
    };
    let open = refusal.blockers.iter().find_map(|blocker| match blocker {
        Blocker::AmendmentOpen { field, .. } => Some(field.name()),
        _ => None,
    });
    Failure::of(match (code, open) {
        (Code::Required, _) => item.field(missing),
        (Code::AmendmentOpen, Some(field)) => item.field(field),
        (Code::AmendmentNotOpen, _) => item.field("amendmentId"),
        (Code::ContactPointChanged, _) => item.field("value"),
        _ => item,
    })
}

/// A blocker as data. A blocker about the caller, or about the version that it has seen, also has a message. A caller
/// without the permission to read KYC information gets the code of a KYC blocker without its details.
pub(crate) fn blocker_json(blocker: &Blocker, caller: &Caller) -> Value {
    let mut json = members(data(blocker, caller));
    json.insert("code".to_owned(), blocker.code().into());
    let has_message = matches!(
        blocker,
        Blocker::FourEyes { .. }
            | Blocker::OwnUpload
            | Blocker::TooManyUploaders
            | Blocker::RejectedFinally
            | Blocker::NothingToReview
            | Blocker::Withdrawn
            | Blocker::Returned { .. }
            | Blocker::Duplicate { .. }
            | Blocker::AccountsUnanswered
            | Blocker::ContentChanged
            | Blocker::OwnDetails { .. }
            | Blocker::OwnContactPoint { .. }
            | Blocker::ContactPointChanged
            | Blocker::LookAlikes { .. }
            | Blocker::AmendmentOpen { .. }
            | Blocker::AmendmentNotOpen
            | Blocker::NoAmendment
            | Blocker::OwnAmendment
            | Blocker::AmendmentConflict { .. }
    );
    if has_message {
        json.insert("message".to_owned(), sentence(&blocker.words()).into());
    }
    Value::Object(json)
}

fn data(blocker: &Blocker, caller: &Caller) -> Value {
    match blocker {
        Blocker::Kyc { .. } | Blocker::Reviewed { .. } | Blocker::DocumentExpired { .. }
            if !caller.may(Permission::KycRead) =>
        {
            json!({})
        }
        Blocker::State { needed } => {
            let names: Vec<_> = needed.iter().copied().map(ClientState::name).collect();
            json!({ "neededStates": names })
        }
        Blocker::Permission(permission) => json!({ "permission": permission.name() }),
        Blocker::FourEyes { touches, too_many } => json!({
            "created": touches.holds(Touch::Created),
            "requested": touches.holds(Touch::Requested),
            "touched": touches.iter().map(Touch::name).collect::<Vec<_>>(),
            "tooManyMakers": too_many,
        }),
        Blocker::OpenAccounts { count } => json!({ "count": count }),
        Blocker::Kyc { missing } => {
            json!({ "missing": missing.iter().map(missing_requirement_json).collect::<Vec<_>>() })
        }
        Blocker::LookAlikes { unreviewed } if caller.may(Permission::Read) => {
            json!({ "contacts": unreviewed.iter().map(|key| key.as_str()).collect::<Vec<_>>() })
        }
        Blocker::Duplicate { holders, .. } if caller.may(Permission::Read) && !holders.is_empty() => {
            json!({ "contacts": holders.iter().map(|key| key.as_str()).collect::<Vec<_>>() })
        }
        Blocker::OwnContactPoint { points } => {
            json!({ "points": points.iter().map(|point| point.name()).collect::<Vec<_>>() })
        }
        Blocker::Returned { returned_as } if caller.may(Permission::Read) => {
            json!({ "returnedAsContactEncodedKey": returned_as.as_str() })
        }
        Blocker::Reviewed { status } => json!({ "verificationStatus": status.name() }),
        Blocker::DocumentExpired { last } => json!({ "expiryDate": last.to_string() }),
        Blocker::TooMany { max } => json!({ "max": max }),
        Blocker::AmendmentOpen { field, amendment } => {
            json!({ "field": field.name(), "amendmentId": amendment.to_string() })
        }
        Blocker::AmendmentConflict { fields } => {
            json!({ "fields": fields.iter().map(|field| field.name()).collect::<Vec<_>>() })
        }
        Blocker::LookAlikes { .. }
        | Blocker::Returned { .. }
        | Blocker::Duplicate { .. }
        | Blocker::ApprovalNotRequested
        | Blocker::AlreadyRequested
        | Blocker::ReasonMissing
        | Blocker::Withdrawn
        | Blocker::AccountsUnanswered
        | Blocker::OwnUpload
        | Blocker::TooManyUploaders
        | Blocker::RejectedFinally
        | Blocker::NotSubmitted
        | Blocker::NothingToReview
        | Blocker::ContentChanged
        | Blocker::OwnDetails { .. }
        | Blocker::ContactPointChanged
        | Blocker::AmendmentNotOpen
        | Blocker::NoAmendment
        | Blocker::OwnAmendment => json!({}),
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut rest = clause.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).chain(['.']).collect()
}
