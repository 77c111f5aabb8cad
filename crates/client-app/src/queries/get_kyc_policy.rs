use client_domain::Permission;
use client_domain::kyc::KycPolicy;
use jiff::Timestamp;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The KYC policy in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GetKycPolicy;

impl Sealed for GetKycPolicy {}

impl Query for GetKycPolicy {
    const PERMISSION: Option<Permission> = Some(Permission::KycRead);
    type Answer = KycPolicy;

    async fn answer(self, clients: &Clients, _caller: &Caller, _now: Timestamp) -> Result<KycPolicy, Error> {
        Ok((*clients.kyc_policy()).clone())
    }
}
