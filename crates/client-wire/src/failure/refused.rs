use client_app::{Caller, Refused};
use client_domain::client::Touch;
use client_domain::lifecycle::{Activity, ClientState, Operation};
use client_domain::{Permission, RefusalKind, Unmet};
use serde_json::{Value, json};

use super::{Code, Failure, Item};
use crate::kyc_view::shortfall_json;
use crate::reply::members;

/// What a caller is told of a refusal: the published head, and as data where the client stands, everything
/// that was missing, and what this caller could do instead.
pub(super) fn refused(refused: &Refused, caller: &Caller) -> Failure {
    let refusal = &refused.refusal;
    let allowed: Vec<_> = refused.allowed.iter().map(|operation| operation.name()).collect();
    let code = match refusal.kind() {
        RefusalKind::InvalidStatus => Code::InvalidStatus,
        RefusalKind::AlreadyBlacklisted => Code::AlreadyBlacklisted,
        RefusalKind::NotBlacklisted => Code::NotBlacklisted,
        RefusalKind::FourEyes => Code::FourEyes,
        RefusalKind::AlreadyInApproval => Code::AlreadyInApproval,
        RefusalKind::ReasonMissing => Code::Required,
        RefusalKind::KycIncomplete => Code::KycIncomplete,
        RefusalKind::AlreadyReviewed => Code::AlreadyReviewed,
        RefusalKind::DocumentExpired => Code::DocumentExpired,
        RefusalKind::ContentChanged => Code::ContentChanged,
        RefusalKind::TooMany => Code::TooMany,
    };
    let item = Item::new(code, format!("{refusal}."))
        .detail("currentState", refusal.state.name())
        .detail("action", refusal.operation.name())
        .detail("unmet", refusal.unmet.iter().map(|unmet| unmet_json(unmet, caller)).collect::<Vec<_>>())
        .detail("allowedActions", allowed);
    let missing = match refusal.operation {
        Operation::Activity(Activity::ReviewKyc) => "comment",
        Operation::Action(_) | Operation::Activity(_) => "reason",
    };
    Failure::of(if code == Code::Required { item.field(missing) } else { item })
}

/// One thing that stands in the way, as data; what is about the caller or about what was seen is also told in a sentence.
/// Whoever may not see KYC information is told that it stands in the way, and not what it is.
pub(crate) fn unmet_json(unmet: &Unmet, caller: &Caller) -> Value {
    let mut told = members(data(unmet, caller));
    told.insert("code".to_owned(), unmet.code().into());
    let in_words = matches!(
        unmet,
        Unmet::FourEyes { .. }
            | Unmet::OwnUpload
            | Unmet::TooManyUploaders
            | Unmet::NothingToReview
            | Unmet::ContentChanged
    );
    if in_words {
        told.insert("message".to_owned(), sentence(&unmet.words()).into());
    }
    Value::Object(told)
}

fn data(unmet: &Unmet, caller: &Caller) -> Value {
    match unmet {
        Unmet::Kyc { .. } | Unmet::Reviewed { .. } | Unmet::DocumentExpired { .. }
            if !caller.may(Permission::KycRead) =>
        {
            json!({})
        }
        Unmet::State { needed } => {
            let names: Vec<_> = needed.iter().copied().map(ClientState::name).collect();
            json!({ "neededStates": names })
        }
        Unmet::Permission(permission) => json!({ "permission": permission.name() }),
        Unmet::FourEyes { touches, too_many } => json!({
            "created": touches.holds(Touch::Created),
            "requested": touches.holds(Touch::Requested),
            "touched": touches.iter().map(Touch::name).collect::<Vec<_>>(),
            "tooManyMakers": too_many,
        }),
        Unmet::OpenAccounts { count } => json!({ "count": count }),
        Unmet::Kyc { missing } => {
            json!({ "missing": missing.iter().map(shortfall_json).collect::<Vec<_>>() })
        }
        Unmet::Reviewed { status } => json!({ "verificationStatus": status.name() }),
        Unmet::DocumentExpired { last } => json!({ "expiryDate": last.to_string() }),
        Unmet::TooMany { max } => json!({ "max": max }),
        Unmet::ApprovalNotRequested
        | Unmet::AlreadyRequested
        | Unmet::ReasonMissing
        | Unmet::OwnUpload
        | Unmet::TooManyUploaders
        | Unmet::NotHandedIn
        | Unmet::NothingToReview
        | Unmet::ContentChanged => json!({}),
    }
}

/// A clause as a sentence.
fn sentence(clause: &str) -> String {
    let mut rest = clause.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).chain(['.']).collect()
}
