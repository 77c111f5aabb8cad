//! What the groups of a count are.

use client_domain::Permission;
use client_domain::client::WorkKind;
use client_domain::kyc::{KycPolicy, KycStatusRule};
use client_domain::search::Property;
use jiff::Timestamp;

use crate::ports::count::Grouping;

/// What the groups of a count are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CountBy {
    /// Clients by state.
    State,
    /// Clients by branch.
    Branch,
    /// Clients by KYC status today.
    KycStatus,
    /// What waits for a person, by kind and age: items of the work queue. Kinds that the caller may not see are left out.
    WaitingAge,
}

impl CountBy {
    /// The permission that it needs.
    pub const fn permission(self) -> Permission {
        match self {
            Self::State => Property::ClientState.permission(),
            Self::Branch => Property::BranchEncodedKey.permission(),
            Self::KycStatus => Property::KycStatus.permission(),
            Self::WaitingAge => Permission::Read,
        }
    }

    pub(crate) fn grouping(self, policy: &KycPolicy, kinds: &[WorkKind], now: Timestamp) -> Grouping {
        match self {
            Self::State => Grouping::State,
            Self::Branch => Grouping::Branch,
            Self::KycStatus => Grouping::KycStatus(KycStatusRule::of(policy)),
            Self::WaitingAge => Grouping::Waiting(kinds.to_vec(), now),
        }
    }
}
