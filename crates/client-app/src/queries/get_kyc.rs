use client_domain::client::OpenRequest;
use client_domain::kyc::{KycStatus, MissingRequirement, PolicyVersion};
use client_domain::{Client, Permission};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::store::ClientRef;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// The documents and addresses of a client, with their status under the KYC policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetKyc {
    /// The client.
    pub client: ClientRef,
}

/// The status of a client under the KYC policy.
#[derive(Clone, Debug)]
pub struct ClientKyc {
    /// The client, with documents and addresses.
    pub client: Client,
    /// The status of all documents and addresses together.
    pub status: KycStatus,
    /// The requirements that are not met.
    pub missing: Vec<MissingRequirement>,
    /// The documents that the client was asked for and has not submitted since.
    pub requested: Vec<OpenRequest>,
    /// The version of the policy that says so.
    pub policy: Option<PolicyVersion>,
    /// The day of the bank that decides what has expired.
    pub today: Date,
}

impl Sealed for GetKyc {}

impl Query for GetKyc {
    const PERMISSION: Option<Permission> = Some(Permission::KycRead);
    const MAY_LAG: bool = true;
    type Answer = ClientKyc;

    async fn answer(self, clients: &Clients, _caller: &Caller, now: Timestamp) -> Result<ClientKyc, Error> {
        let client = clients.found(&self.client).await?;
        let today = clients.calendar.day_of(now);
        let policy = clients.kyc_policy();
        let required = policy.required_of(client.snapshot().customer_type);
        let status = client.kyc_status(required, today);
        let missing = client.missing_requirements(required, today);
        let requested = clients.open_requests(&client).await?;
        Ok(ClientKyc { client, status, missing, requested, policy: policy.version.clone(), today })
    }
}
