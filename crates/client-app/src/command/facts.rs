//! The facts that a decision looks at.

use client_domain::Client;
use client_domain::kyc::KycDemand;
use client_domain::lifecycle::{Facts, OpenAccounts};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::Clients;

impl Clients {
    /// The facts that the policies and the directories know.
    pub(crate) fn facts(&self, client: &Client, open_accounts: OpenAccounts, now: Timestamp) -> Facts {
        let required = self.kyc_policy.required_of(client.snapshot().customer_type);
        let kyc = KycDemand { required: required.to_vec(), today: now.to_zoned(TimeZone::UTC).date() };
        Facts {
            kyc: Some(kyc).filter(|kyc| !kyc.required.is_empty()),
            four_eyes: self.policy.four_eyes,
            approval_needs_request: self.policy.approval_needs_request,
            open_accounts,
        }
    }
}
