//! What blocks an operation on a client: its state, or the guards of the lifecycle that are not met.

use super::aggregate::Client;
use super::approval::Approval;
use crate::actor::Actor;
use crate::claim_kind::ClaimKind;
use crate::lifecycle::{Action, Activity, Facts, Guard, OpenAccounts, origins, transition};
use crate::refusal::Blocker;
use crate::value::ClientKey;

/// The blockers of an action: the state alone, or else every guard that is not met.
pub(super) fn action_blockers(client: &Client, action: Action, actor: &Actor, facts: &Facts) -> Vec<Blocker> {
    match transition(client.state(), action) {
        None => vec![Blocker::State { needed: origins(action) }],
        Some(row) => row.guards.iter().filter_map(|guard| guard.blocker(client, actor, facts)).collect(),
    }
}

/// The blockers of an activity.
pub(super) fn activity_blockers(client: &Client, activity: Activity) -> Vec<Blocker> {
    let row = activity.allowance();
    if !row.allows(client.state()) {
        return vec![Blocker::State { needed: row.states.to_vec() }];
    }
    let open = matches!(client.snapshot().approval, Approval::Requested(_));
    if activity == Activity::RequestApproval && open { vec![Blocker::AlreadyRequested] } else { Vec::new() }
}

/// The blocker of the return of an exited client.
pub(super) fn return_blocker(facts: &Facts) -> Option<Blocker> {
    facts.returned_as.clone().map(|returned_as| Blocker::Returned { returned_as })
}

/// The blockers of an action that takes an ended application up again: other clients may have its values by now.
pub(super) fn duplicate_blockers(client: &Client, action: Action, facts: &Facts) -> Vec<Blocker> {
    if !client.is_taken_up_by(action) {
        return Vec::new();
    }
    let blocker = |(kind, holders): (&ClaimKind, &Vec<ClientKey>)| Blocker::Duplicate {
        kind: *kind,
        holders: holders.clone(),
    };
    facts.duplicates.iter().map(blocker).collect()
}

impl Guard {
    /// The blocker, if the guard is not met.
    fn blocker(self, client: &Client, actor: &Actor, facts: &Facts) -> Option<Blocker> {
        let snapshot = client.snapshot();
        match self {
            Self::FourEyes if facts.four_eyes => {
                let (makers, by) = (&snapshot.makers, &actor.id);
                let blocker =
                    || Blocker::FourEyes { touches: makers.touches_of(by), too_many: makers.is_full() };
                (!makers.are_without(by)).then(blocker)
            }
            Self::ApprovalRequested if facts.approval_needs_request => {
                (!matches!(snapshot.approval, Approval::Requested(_)))
                    .then_some(Blocker::ApprovalNotRequested)
            }
            Self::NotWithdrawn => facts.withdrawn.then_some(Blocker::Withdrawn),
            Self::NoOpenAccounts => match facts.open_accounts {
                OpenAccounts::Count(count) if count > 0 => Some(Blocker::OpenAccounts { count }),
                OpenAccounts::Unanswered => Some(Blocker::AccountsUnanswered),
                OpenAccounts::Count(_) | OpenAccounts::Unknown => None,
            },
            Self::KycVerified => {
                let requirements = facts.kyc.as_ref()?;
                let missing = client.missing_requirements(&requirements.required, requirements.today);
                (!missing.is_empty()).then_some(Blocker::Kyc { missing })
            }
            Self::LookAlikesReviewed => {
                let unreviewed = &facts.unreviewed_look_alikes;
                (!unreviewed.is_empty()).then(|| Blocker::LookAlikes { unreviewed: unreviewed.clone() })
            }
            Self::FourEyes | Self::ApprovalRequested => None,
        }
    }
}
